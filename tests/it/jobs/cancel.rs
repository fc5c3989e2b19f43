use super::*;

/// The requester cancels.
fn cancel(scene: &mut Scene) -> Result<Sent<IJobs::cancelReturn>, Refusal> {
    let (requester, job) = (scene.world.cast.requester, scene.job);
    scene.world.jobs(requester, &IJobs::cancelCall { job, slot: 0 })
}

mod given_the_job_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let mut world = World::new();
        let requester = world.cast.requester;
        let result = world.jobs(requester, &IJobs::cancelCall { job: NOWHERE, slot: 0 });
        assert_refused(result, &IJobs::JobsUnknownJob { job: NOWHERE });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let mut scene = Scene::posted();
        let (requester, job) = (scene.world.cast.requester, scene.job);
        let result = scene.world.jobs(requester, &IJobs::cancelCall { job, slot: 1 });
        assert_refused(result, &IJobs::JobsUnknownSlot { job, slot: 1 });
    }
}

mod given_the_slot_is_in_another_state {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_state() {
        let mut closed = Scene::posted();
        cancel(&mut closed).expect("cancel");
        for (mut scene, state) in [
            (Scene::taken(), SlotState::Taken),
            (Scene::running(), SlotState::Running),
            (Scene::submitted(20), SlotState::Submitted),
            (closed, SlotState::Closed),
        ] {
            let error = scene.wrong_state(state);
            assert_refused(cancel(&mut scene), &error);
        }
    }
}

mod when_it_is_open_no_longer {
    use super::*;

    #[test]
    fn it_reverts_with_too_late() {
        let mut scene = Scene::posted();
        scene.wait();
        let error = scene.too_late(scene.now());
        assert_refused(cancel(&mut scene), &error);
    }
}

mod when_the_caller_is_not_the_requester {
    use super::*;

    #[test]
    fn it_reverts_with_not_requester() {
        let mut scene = Scene::posted();
        let (cast, job) = (scene.world.cast, scene.job);
        for caller in [cast.operator, cast.owner, cast.treasury, cast.deployer, cast.eve] {
            let result = scene.world.jobs(caller, &IJobs::cancelCall { job, slot: 0 });
            assert_refused(result, &IJobs::JobsNotRequester { job, caller });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_returns_the_price_and_says_so() {
        let mut scene = Scene::posted_with(|terms| terms.tasks = 2);
        let (job, requester, escrow) = (scene.job, scene.world.cast.requester, scene.world.suite.escrow);
        let before = scene.world.holdings();
        let sent = cancel(&mut scene).expect("cancel");
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::SlotClosed {
                    job,
                    slot: 0,
                    provider: 0,
                    outcome: Outcome::Cancelled as u8,
                    paid: U96::ZERO,
                    fee: U96::ZERO,
                }),
                scene.by_escrow(&IEscrow::SlotSettled {
                    job,
                    payee: Address::ZERO,
                    paid: U96::ZERO,
                    fee: U96::ZERO,
                    refunded: u96(lnq(100)),
                }),
                scene.moves(escrow, requester, lnq(100)),
            ]
        );
        assert_eq!(scene.world.changes(&before), [("requester", lnq(100) as i128), ("escrow", -(lnq(100) as i128))]);
        assert_eq!((scene.state(), scene.outcome()), (SlotState::Closed, Outcome::Cancelled));
        let other = scene.world.read(scene.world.suite.jobs, &IJobs::slotCall { id: job, index: 1 });
        assert_eq!(other.state, SlotState::Open as u8);
    }

    #[test]
    fn it_counts_for_a_slot_that_opened_again() {
        let mut scene = Scene::running();
        scene.wait();
        scene.world.step(scene.job).expect("step");
        cancel(&mut scene).expect("cancel");
        assert_eq!(scene.outcome(), Outcome::Cancelled);
    }
}
