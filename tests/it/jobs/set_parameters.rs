use linq_tests::job_parameters;

use super::*;

const HARSHER: JobParameters = JobParameters { feeBps: 1_000, collateralBps: 10_000, maxAttempts: 1 };

fn announce(world: &mut World, caller: Address, parameters: &JobParameters) -> Result<Sent<()>, Refusal> {
    let JobParameters { feeBps, collateralBps, maxAttempts } = *parameters;
    let call = IJobs::setParametersCall { feeBps, collateralBps, maxAttempts };
    let jobs = world.suite.jobs;
    let sent = world.send(caller, jobs, &call)?;
    Ok(Sent { value: (), receipt: sent.receipt, calldata_gas: sent.calldata_gas })
}

/// The version that jobs are made under now.
fn current(world: &World) -> u16 {
    world.read(world.suite.lens, &ILens::jobLimitsCall {}).currentParameters
}

/// The first second of the next UTC day.
fn tomorrow(world: &World) -> u64 {
    (world.now() / u64::from(DAY) + 1) * u64::from(DAY)
}

mod when_the_caller_is_not_the_governor {
    use super::*;

    #[test]
    fn it_reverts_with_not_governor() {
        let mut world = World::new();
        for caller in [world.cast.deployer, world.cast.guardian, world.cast.eve] {
            assert_refused(announce(&mut world, caller, &HARSHER), &IJobs::JobsNotGovernor { caller });
        }
    }
}

mod when_a_parameter_is_outside_its_limits {
    use super::*;

    #[test]
    fn it_reverts_with_bad_parameters() {
        let mut world = World::new();
        let governor = world.cast.governor;
        let changes: [fn(&mut JobParameters); 6] = [
            |parameters| parameters.feeBps = 49,
            |parameters| parameters.feeBps = 1_001,
            |parameters| parameters.collateralBps = 499,
            |parameters| parameters.collateralBps = 10_001,
            |parameters| parameters.maxAttempts = 0,
            |parameters| parameters.maxAttempts = 9,
        ];
        for change in changes {
            let mut parameters = job_parameters();
            change(&mut parameters);
            let JobParameters { feeBps, collateralBps, maxAttempts } = parameters;
            let error = IJobs::JobsBadParameters { feeBps, collateralBps, maxAttempts, minWindowSecs: MIN_WINDOW };
            assert_refused(announce(&mut world, governor, &parameters), &error);
        }
    }
}

mod given_a_version_was_announced_today {
    use super::*;

    #[test]
    fn it_reverts_with_parameters_pending() {
        let mut world = World::new();
        let (governor, from) = (world.cast.governor, tomorrow(&world));
        announce(&mut world, governor, &HARSHER).expect("the second version");
        assert_refused(announce(&mut world, governor, &job_parameters()), &IJobs::JobsParametersPending { from });
        world.at(from);
        announce(&mut world, governor, &job_parameters()).expect("the third version");
    }
}

mod given_there_were_as_many_versions_as_can_be {
    use super::*;

    #[test]
    fn it_reverts_with_overflow() {
        let mut world = World::new();
        let (jobs, governor) = (world.suite.jobs, world.cast.governor);
        // Twelve bits of the first word, above the 21 of the shortest window.
        let setup: U256 = U256::from_be_bytes(world.slot(jobs, U256::ZERO).0) | (U256::from(4_095) << 21);
        world.node_mut().set_storage(jobs, U256::ZERO, setup.into());
        assert_eq!(current(&world), 4_095);
        assert_refused(announce(&mut world, governor, &HARSHER), &IJobs::JobsOverflow {});
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_counts_from_the_next_day_on_and_says_so() {
        let mut world = World::with_providers();
        let (governor, from) = (world.cast.governor, tomorrow(&world));
        let Suite { jobs, lens, .. } = world.suite;
        let sent = announce(&mut world, governor, &HARSHER).expect("the second version");
        let event = IJobs::ParametersSet { version: 2, from, parameters: HARSHER };
        assert_eq!(sent.emitted(), [emitted(jobs, &event)]);
        assert_eq!(current(&world), 1);
        let other = |world: &World, parameters| Terms { parameters, salt: B256::repeat_byte(9), ..world.terms() };
        let too_early = other(&world, 2);
        assert_refused(world.post(&too_early), &IJobs::JobsUnknownParameters { version: 2, current: 1 });

        assert_eq!(world.read(lens, &ILens::jobParametersCall { version: 2 }), HARSHER, "before it counts");
        let unknown = world.call(governor, lens, &ILens::jobParametersCall { version: 3 });
        assert_refused(unknown, &ILens::LensUnknownParameters { version: 3, current: 1 });

        world.at(from - 1);
        assert_eq!(current(&world), 1);
        let last = other(&world, 1);
        world.post(&last).expect("the old version counts to the last second");
        world.at(from);
        assert_eq!(current(&world), 2);
        assert_eq!(world.read(lens, &ILens::jobParametersCall { version: 1 }), job_parameters());
        assert_eq!(world.read(lens, &ILens::jobParametersCall { version: 2 }), HARSHER);
        let too_late = Terms { salt: B256::repeat_byte(10), ..other(&world, 1) };
        assert_refused(world.post(&too_late), &IJobs::JobsUnknownParameters { version: 1, current: 2 });
        let many = Terms { attempts: 2, ..other(&world, 2) };
        assert_refused(world.post(&many), &IJobs::JobsBadAttempts { attempts: 2, limit: 1 });
    }

    #[test]
    fn it_leaves_alone_what_was_posted_before() {
        let mut scene = Scene::posted();
        let (governor, from) = (scene.world.cast.governor, tomorrow(&scene.world));
        // So that the day turns between posting and taking.
        scene.world.at(from - 60);
        let terms = Terms { salt: B256::repeat_byte(7), ..scene.world.terms() };
        scene.job = scene.world.post(&terms).expect("post").value;
        scene.terms = terms;
        announce(&mut scene.world, governor, &HARSHER).expect("the second version");
        scene.world.at(from + 60);
        let mut scene = scene.then_submitted(20);
        assert_eq!(scene.slot().lock, u96(lnq(20)), "a fifth of 100 LNQ, not all of it");
        let (job, requester, before) = (scene.job, scene.world.cast.requester, scene.world.holdings());
        scene.world.jobs(requester, &IJobs::acceptCall { job, slot: 0 }).expect("accept");
        let paid = scene.world.changes(&before).into_iter().find(|(name, _)| *name == "payout");
        assert_eq!(paid, Some(("payout", lnq(78) as i128)), "a fortieth is the fee, not a tenth");
    }
}
