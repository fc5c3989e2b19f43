//! What the disputes contract alone may call; in its name, without what it checks itself.

use super::*;

/// Until when the court has time, in these tests.
const UNTIL: u64 = 4_000_000_000;

fn dispute(scene: &mut Scene) -> Result<Sent<IJobs::disputeReturn>, Refusal> {
    dispute_slot(scene, 0, UNTIL)
}

fn dispute_slot(scene: &mut Scene, slot: u16, until: u64) -> Result<Sent<IJobs::disputeReturn>, Refusal> {
    let disputes = scene.world.suite.disputes;
    scene.world.jobs(disputes, &IJobs::disputeCall { job: scene.job, slot, until })
}

mod when_the_caller_is_not_the_disputes_contract {
    use super::*;

    #[test]
    fn it_reverts_with_not_disputes() {
        let mut scene = Scene::submitted(20);
        let Cast { requester, operator, deployer, governor, .. } = scene.world.cast;
        let Suite { jobs, registry, escrow, court, .. } = scene.world.suite;
        for caller in [requester, operator, deployer, governor, jobs, registry, escrow, court] {
            scene.world.node_mut().set_balance(caller, U256::from(lnq(1)));
            let call = IJobs::disputeCall { job: scene.job, slot: 0, until: UNTIL };
            assert_refused(scene.world.jobs(caller, &call), &IJobs::JobsNotDisputes { caller });
        }
    }
}

mod given_the_job_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let mut scene = Scene { job: NOWHERE, ..Scene::submitted(20) };
        assert_refused(dispute(&mut scene), &IJobs::JobsUnknownJob { job: NOWHERE });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let mut scene = Scene::submitted(20);
        let job = scene.job;
        assert_refused(dispute_slot(&mut scene, 1, UNTIL), &IJobs::JobsUnknownSlot { job, slot: 1 });
    }
}

mod given_a_judge_rules {
    use super::*;

    #[test]
    fn it_reverts_with_judged() {
        let mut scene = Scene::posted_with(|terms| terms.judge = Cast::ALL.judge).then_submitted(20);
        let job = scene.job;
        assert_refused(dispute(&mut scene), &IJobs::JobsJudged { job });
    }
}

mod given_the_slot_is_in_another_state {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_state() {
        let mut disputed = Scene::submitted(20);
        dispute(&mut disputed).expect("dispute");
        for (mut scene, state) in [
            (Scene::posted(), SlotState::Open),
            (Scene::taken(), SlotState::Taken),
            (Scene::running(), SlotState::Running),
            (disputed, SlotState::Disputed),
        ] {
            let error = scene.wrong_state(state);
            assert_refused(dispute(&mut scene), &error);
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
        assert_refused(dispute(&mut scene), &error);
    }
}

mod when_the_time_does_not_fit {
    use super::*;

    #[test]
    fn it_reverts_with_overflow() {
        let mut scene = Scene::submitted(20);
        for until in [1 << 32, 1 << 40, u64::MAX] {
            assert_refused(dispute_slot(&mut scene, 0, until), &IJobs::JobsOverflow {});
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_freezes_the_slot_and_says_so() {
        let mut scene = Scene::submitted(17);
        let before = scene.world.holdings();
        let sent = dispute(&mut scene).expect("dispute");
        let event = IJobs::SlotDisputed { job: scene.job, slot: 0, provider: 1, until: UNTIL };
        assert_eq!(sent.emitted(), [scene.by_jobs(&event)]);
        let slot = scene.slot();
        assert_eq!((slot.state, slot.until, slot.claim), (SlotState::Disputed as u8, UNTIL, 17));
        assert_eq!(scene.world.changes(&before), []);
        let (job, requester) = (scene.job, scene.world.cast.requester);
        let error = scene.wrong_state(SlotState::Disputed);
        assert_refused(scene.world.jobs(requester, &IJobs::acceptCall { job, slot: 0 }), &error);
    }
}
