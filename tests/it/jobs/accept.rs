use super::*;

/// The requester accepts.
fn accept(scene: &mut Scene) -> Result<Sent<IJobs::acceptReturn>, Refusal> {
    let (requester, job) = (scene.world.cast.requester, scene.job);
    scene.world.jobs(requester, &IJobs::acceptCall { job, slot: 0 })
}

mod given_the_job_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let mut world = World::new();
        let requester = world.cast.requester;
        let result = world.jobs(requester, &IJobs::acceptCall { job: NOWHERE, slot: 0 });
        assert_refused(result, &IJobs::JobsUnknownJob { job: NOWHERE });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let mut scene = Scene::submitted(20);
        let (requester, job) = (scene.world.cast.requester, scene.job);
        let result = scene.world.jobs(requester, &IJobs::acceptCall { job, slot: 1 });
        assert_refused(result, &IJobs::JobsUnknownSlot { job, slot: 1 });
    }
}

mod given_the_slot_is_in_another_state {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_state() {
        let mut closed = Scene::submitted(20);
        accept(&mut closed).expect("accept");
        for (mut scene, state) in [
            (Scene::posted(), SlotState::Open),
            (Scene::taken(), SlotState::Taken),
            (Scene::running(), SlotState::Running),
            (closed, SlotState::Closed),
        ] {
            let error = scene.wrong_state(state);
            assert_refused(accept(&mut scene), &error);
        }
    }
}

mod when_the_window_has_passed {
    use super::*;

    #[test]
    fn it_reverts_with_too_late() {
        let mut scene = Scene::submitted(20);
        scene.wait();
        let error = scene.too_late(scene.now());
        assert_refused(accept(&mut scene), &error);
    }
}

mod when_the_caller_is_not_the_requester {
    use super::*;

    #[test]
    fn it_reverts_with_not_requester() {
        let mut scene = Scene::submitted(20);
        let (cast, job) = (scene.world.cast, scene.job);
        for caller in [cast.operator, cast.owner, cast.judge, cast.eve, cast.deployer] {
            let result = scene.world.jobs(caller, &IJobs::acceptCall { job, slot: 0 });
            assert_refused(result, &IJobs::JobsNotRequester { job, caller });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_pays_the_claim_and_says_so() {
        let mut scene = Scene::submitted(15);
        let (job, requester, payout, escrow) =
            (scene.job, scene.world.cast.requester, scene.world.cast.payout, scene.world.suite.escrow);
        let before = scene.world.holdings();
        let sent = accept(&mut scene).expect("accept");
        // 15/20 of 80 LNQ are 60; a fortieth of that is the fee.
        let (paid, fee, refunded) = (lnq(60) - lnq(60) / 40, lnq(60) / 40, lnq(40));
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::SlotClosed {
                    job,
                    slot: 0,
                    provider: 1,
                    outcome: Outcome::Accepted as u8,
                    paid: u96(paid),
                    fee: u96(fee),
                }),
                scene.work_closed(WorkEnd::Settled, lnq(60), 0),
                scene.by_escrow(&IEscrow::SlotSettled {
                    job,
                    payee: payout,
                    paid: u96(paid),
                    fee: u96(fee),
                    refunded: u96(refunded),
                }),
                scene.moves(escrow, payout, paid),
                scene.moves(escrow, requester, refunded),
            ]
        );
        assert_eq!(
            scene.world.changes(&before),
            [("requester", refunded as i128), ("payout", paid as i128), ("escrow", -((paid + refunded) as i128))]
        );
        let slot = scene.slot();
        assert_eq!((slot.state, slot.until, slot.claim), (SlotState::Closed as u8, 0, 15));
        assert_eq!(scene.outcome(), Outcome::Accepted);
    }

    #[test]
    fn it_counts_in_the_last_second_of_the_window() {
        let mut scene = Scene::submitted(20);
        let last = scene.slot().until - 1;
        scene.world.at(last);
        accept(&mut scene).expect("accept");
    }

    #[test]
    fn it_returns_everything_for_a_result_that_claims_nothing() {
        let mut scene = Scene::submitted(0);
        let before = scene.world.balance(scene.world.cast.requester);
        accept(&mut scene).expect("accept");
        assert_eq!(scene.world.balance(scene.world.cast.requester), before + lnq(100));
    }

    #[test]
    fn it_leaves_other_slots_alone() {
        let mut scene = Scene::posted_with(|terms| terms.tasks = 2).then_submitted(20);
        accept(&mut scene).expect("accept");
        let other = scene.world.read(scene.world.suite.jobs, &IJobs::slotCall { id: scene.job, index: 1 });
        assert_eq!(other.state, SlotState::Open as u8);
        assert_eq!(scene.world.escrow_owes(), lnq(102));
    }
}
