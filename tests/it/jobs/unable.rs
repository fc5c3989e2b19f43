use super::*;

/// The first provider's operator says that it is unable, for reason 7.
fn unable(scene: &mut Scene) -> Result<Sent<IJobs::unableReturn>, Refusal> {
    let (operator, job) = (scene.world.cast.operator, scene.job);
    scene.world.jobs(operator, &IJobs::unableCall { job, slot: 0, reason: 7 })
}

/// The last second that still belongs to the first quarter of the run.
fn end_of_first_quarter(scene: &Scene) -> u64 {
    scene.slot().due - u64::from(Times::RUN) + u64::from(Times::RUN) / 4 - 1
}

mod given_the_job_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let mut world = World::with_providers();
        let operator = world.cast.operator;
        let result = world.jobs(operator, &IJobs::unableCall { job: NOWHERE, slot: 0, reason: 7 });
        assert_refused(result, &IJobs::JobsUnknownJob { job: NOWHERE });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let mut scene = Scene::running();
        let (operator, job) = (scene.world.cast.operator, scene.job);
        let result = scene.world.jobs(operator, &IJobs::unableCall { job, slot: 1, reason: 7 });
        assert_refused(result, &IJobs::JobsUnknownSlot { job, slot: 1 });
    }
}

mod given_the_slot_is_in_another_state {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_state() {
        let mut closed = Scene::submitted(20);
        closed.wait();
        closed.world.step(closed.job).expect("step");
        for (mut scene, state) in [
            (Scene::posted(), SlotState::Open),
            (Scene::taken(), SlotState::Taken),
            (Scene::submitted(20), SlotState::Submitted),
            (closed, SlotState::Closed),
        ] {
            let error = scene.wrong_state(state);
            assert_refused(unable(&mut scene), &error);
        }
    }
}

mod when_it_is_due_or_later {
    use super::*;

    #[test]
    fn it_reverts_with_too_late() {
        let mut scene = Scene::running();
        scene.wait();
        let error = scene.too_late(scene.now());
        assert_refused(unable(&mut scene), &error);
    }
}

mod when_the_caller_is_not_the_operator {
    use super::*;

    #[test]
    fn it_passes_on_that_it_is_not() {
        let mut scene = Scene::running();
        let (cast, job) = (scene.world.cast, scene.job);
        for caller in [cast.owner, cast.requester, cast.rival_operator, cast.eve] {
            let result = scene.world.jobs(caller, &IJobs::unableCall { job, slot: 0, reason: 7 });
            assert_refused(result, &IRegistry::RegistryNotOperator { provider: 1, caller });
        }
    }
}

mod when_it_comes_in_the_first_quarter {
    use super::*;

    #[test]
    fn it_costs_a_sixteenth_of_the_lock_and_opens_the_slot_again() {
        let mut scene = Scene::running();
        let job = scene.job;
        let second = end_of_first_quarter(&scene);
        scene.world.at(second);
        let before = scene.world.holdings();
        let sent = unable(&mut scene).expect("unable");
        let slash = lnq(20) / 16;
        let registry = scene.world.suite.registry;
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::UnableReported { job, slot: 0, provider: 1, attempt: 1, reason: 7 }),
                scene.by_jobs(&IJobs::SlotReopened {
                    job,
                    slot: 0,
                    provider: 1,
                    end: WorkEnd::Unable as u8,
                    attempt: 1,
                }),
                scene.by_registry(&IRegistry::CapacityFreed { provider: 1 }),
                scene.work_closed(WorkEnd::Unable, 0, slash),
                scene.moves(registry, Address::ZERO, slash),
            ]
        );
        assert_eq!(scene.world.changes(&before), [("registry", -(slash as i128))]);
        let slot = scene.slot();
        assert_eq!((slot.state, slot.left, slot.attempt), (SlotState::Open as u8, 1, 1));
        let provider = scene.world.provider(1);
        assert_eq!((provider.used, provider.locked, provider.record.unable), (Resources::default(), U96::ZERO, 1));
    }

    #[test]
    fn it_costs_nothing_for_a_take_from_the_standing_offer() {
        let mut scene = Scene::posted();
        let requester = scene.world.cast.requester;
        let price = scene.world.quote(1, &scene.terms.resources, Times::RUN);
        scene.world.take(requester, &scene.terms, 1, price).expect("take");
        scene.wait();
        let before = scene.world.holdings();
        unable(&mut scene).expect("unable");
        assert_eq!(scene.world.changes(&before), []);
        let provider = scene.world.provider(1);
        assert_eq!(
            (provider.bonded, provider.record.unable, provider.record.slashed),
            (u96(lnq(10_000)), 1, U96::ZERO)
        );
    }
}

mod when_it_comes_later {
    use super::*;

    #[test]
    fn it_counts_as_late() {
        let mut scene = Scene::running();
        let second = end_of_first_quarter(&scene) + 1;
        scene.world.at(second);
        let sent = unable(&mut scene).expect("unable");
        assert_eq!(sent.events::<IJobs::SlotReopened>()[0].end, WorkEnd::Late as u8);
        let slash = lnq(20) * 5 / 20;
        assert_eq!(sent.events::<IRegistry::WorkClosed>()[0].slashed, u96(slash));
        let provider = scene.world.provider(1);
        assert_eq!((provider.record.unable, provider.record.late), (0, 1));
    }

    #[test]
    fn it_counts_as_late_for_a_take_from_the_standing_offer_too() {
        let mut scene = Scene::posted();
        let requester = scene.world.cast.requester;
        let price = scene.world.quote(1, &scene.terms.resources, Times::RUN);
        scene.world.take(requester, &scene.terms, 1, price).expect("take");
        scene.wait();
        let second = end_of_first_quarter(&scene) + 1;
        scene.world.at(second);
        let sent = unable(&mut scene).expect("unable");
        assert_eq!(sent.events::<IRegistry::WorkClosed>()[0].slashed, u96(lnq(20) * 5 / 20));
    }
}

mod given_no_attempt_or_no_time_is_left {
    use super::*;

    fn closes(mut scene: Scene) {
        let (job, requester) = (scene.job, scene.world.cast.requester);
        let before = scene.world.balance(requester);
        let sent = unable(&mut scene).expect("unable");
        let closed = IJobs::SlotClosed {
            job,
            slot: 0,
            provider: 1,
            outcome: Outcome::Unable as u8,
            paid: U96::ZERO,
            fee: U96::ZERO,
        };
        assert_eq!(sent.events::<IJobs::SlotClosed>(), [closed]);
        assert_eq!(scene.world.balance(requester), before + lnq(100));
        assert_eq!((scene.state(), scene.outcome()), (SlotState::Closed, Outcome::Unable));
    }

    #[test]
    fn it_closes_with_a_refund_after_the_last_attempt() {
        closes(Scene::posted_with(|terms| terms.attempts = 1).then_running());
    }

    #[test]
    fn it_closes_with_a_refund_once_the_job_is_open_no_longer() {
        closes(Scene::posted_with(|terms| terms.openSecs = Times::BID).then_running());
    }
}
