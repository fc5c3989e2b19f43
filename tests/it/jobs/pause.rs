use super::*;

fn pause(world: &mut World, caller: Address) -> Result<Sent<()>, Refusal> {
    let jobs = world.suite.jobs;
    let sent = world.send(caller, jobs, &IJobs::pauseCall {})?;
    Ok(Sent { value: (), receipt: sent.receipt, calldata_gas: sent.calldata_gas })
}

/// The first second of the UTC day that is `days` after today.
fn in_days(world: &World, days: u64) -> u64 {
    (world.now() / u64::from(DAY) + days) * u64::from(DAY)
}

mod when_the_caller_is_not_the_guardian {
    use super::*;

    #[test]
    fn it_reverts_with_not_guardian() {
        let mut world = World::new();
        for caller in [world.cast.deployer, world.cast.governor, world.cast.eve] {
            assert_refused(pause(&mut world, caller), &IJobs::JobsNotGuardian { caller });
        }
    }
}

mod given_there_was_a_pause_within_thirty_days {
    use super::*;

    #[test]
    fn it_reverts_with_paused_lately() {
        let mut world = World::new();
        let (guardian, next) = (world.cast.guardian, in_days(&world, 30));
        pause(&mut world, guardian).expect("pause");
        assert_refused(pause(&mut world, guardian), &IJobs::JobsPausedLately { next });
        world.at(next - 1);
        assert_refused(pause(&mut world, guardian), &IJobs::JobsPausedLately { next });
        world.at(next);
        pause(&mut world, guardian).expect("another pause");
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_stops_posting_and_taking_for_a_week_and_says_so() {
        let mut scene = Scene::posted_with(|terms| terms.openSecs = 30 * DAY);
        let (guardian, operator, until) =
            (scene.world.cast.guardian, scene.world.cast.operator, in_days(&scene.world, 7));
        let sent = pause(&mut scene.world, guardian).expect("pause");
        assert_eq!(sent.emitted(), [scene.by_jobs(&IJobs::Paused { until })]);
        let terms = Terms { salt: B256::repeat_byte(9), ..scene.terms.clone() };
        for second in [scene.now() + 1, until - 1] {
            scene.world.at(second);
            assert_eq!(scene.world.read(scene.world.suite.lens, &ILens::jobLimitsCall {}).pausedUntil, until);
            assert_refused(scene.world.post(&terms), &IJobs::JobsPaused { until });
            assert_refused(scene.world.take(operator, &scene.terms, 1, lnq(80)), &IJobs::JobsPaused { until });
        }
        scene.world.at(until);
        assert_eq!(scene.world.read(scene.world.suite.lens, &ILens::jobLimitsCall {}).pausedUntil, 0);
        scene.world.take(operator, &scene.terms, 1, lnq(80)).expect("take");
        let terms = Terms { endBy: until + 40 * u64::from(DAY), ..terms };
        scene.world.post(&terms).expect("post");
    }
}
