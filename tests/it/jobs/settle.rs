//! What the disputes contract alone may call; in its name, without what it checks itself.

use super::*;

fn disputed(claim: u8) -> Scene {
    let mut scene = Scene::submitted(claim);
    let (disputes, until) = (scene.world.suite.disputes, scene.now() + 1_000);
    scene.world.jobs(disputes, &IJobs::disputeCall { job: scene.job, slot: 0, until }).expect("dispute");
    scene
}

/// Half of the price, as a jury decided.
fn decided(scene: &Scene) -> IJobs::settleCall {
    let (verdict, trial) = (Verdict::Jury as u8, Trial::Lost as u8);
    IJobs::settleCall { job: scene.job, slot: 0, share: 10, owed: U96::ZERO, verdict, trial }
}

fn settle(scene: &mut Scene, call: &IJobs::settleCall) -> Result<Sent<IJobs::settleReturn>, Refusal> {
    let disputes = scene.world.suite.disputes;
    scene.world.jobs(disputes, call)
}

mod when_the_caller_is_not_the_disputes_contract {
    use super::*;

    #[test]
    fn it_reverts_with_not_disputes() {
        let mut scene = disputed(20);
        let Cast { requester, operator, deployer, governor, .. } = scene.world.cast;
        let Suite { jobs, registry, escrow, court, .. } = scene.world.suite;
        for caller in [requester, operator, deployer, governor, jobs, registry, escrow, court] {
            scene.world.node_mut().set_balance(caller, U256::from(lnq(1)));
            let call = decided(&scene);
            assert_refused(scene.world.jobs(caller, &call), &IJobs::JobsNotDisputes { caller });
        }
    }
}

mod when_no_dispute_ends_like_that {
    use super::*;

    #[test]
    fn it_reverts_with_bad_verdict() {
        let mut scene = disputed(20);
        let lost = Trial::Lost as u8;
        for (verdict, trial) in [
            (Verdict::Undisputed as u8, lost),
            (Verdict::Judge as u8, lost),
            (6, lost),
            (u8::MAX, lost),
            (Verdict::Jury as u8, Trial::None as u8),
            (Verdict::Jury as u8, 3),
        ] {
            let call = IJobs::settleCall { verdict, trial, ..decided(&scene) };
            assert_refused(settle(&mut scene, &call), &IJobs::JobsBadVerdict { verdict, trial });
        }
    }
}

mod given_the_job_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let mut scene = disputed(20);
        let call = IJobs::settleCall { job: NOWHERE, ..decided(&scene) };
        assert_refused(settle(&mut scene, &call), &IJobs::JobsUnknownJob { job: NOWHERE });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let mut scene = disputed(20);
        let call = IJobs::settleCall { slot: 1, ..decided(&scene) };
        assert_refused(settle(&mut scene, &call), &IJobs::JobsUnknownSlot { job: scene.job, slot: 1 });
    }
}

mod given_the_slot_is_not_disputed {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_state() {
        let mut settled = disputed(20);
        let call = decided(&settled);
        settle(&mut settled, &call).expect("settlement");
        for (mut scene, state) in [
            (Scene::posted(), SlotState::Open),
            (Scene::taken(), SlotState::Taken),
            (Scene::running(), SlotState::Running),
            (Scene::submitted(20), SlotState::Submitted),
            (settled, SlotState::Closed),
        ] {
            let (error, call) = (scene.wrong_state(state), decided(&scene));
            assert_refused(settle(&mut scene, &call), &error);
        }
    }
}

mod when_the_share_is_above_the_claim {
    use super::*;

    #[test]
    fn it_reverts_with_bad_share() {
        let mut scene = disputed(9);
        for share in [10, 20, 21, u8::MAX] {
            let call = IJobs::settleCall { share, ..decided(&scene) };
            assert_refused(settle(&mut scene, &call), &IJobs::JobsBadShare { share, claim: 9 });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_takes_what_is_owed_out_of_the_pay_and_the_rest_out_of_the_lock() {
        let mut scene = disputed(20);
        let (job, before) = (scene.job, scene.world.holdings());
        // A twentieth of 80 LNQ is due, and 10 are owed: 4 come out of the pay, 6 out of the lock of 20.
        let call = IJobs::settleCall { share: 1, owed: u96(lnq(10)), ..decided(&scene) };
        let sent = settle(&mut scene, &call).expect("settlement");
        let closed = IJobs::SlotClosed {
            job,
            slot: 0,
            provider: 1,
            outcome: Outcome::Decided as u8,
            paid: U96::ZERO,
            fee: U96::ZERO,
        };
        assert_eq!(sent.emitted().first(), Some(&scene.by_jobs(&closed)));
        // An overclaim of 19 costs 15/16 of 20 LNQ, which the 14 that are left do not hold: 7 for the requester, 7 burn.
        let changes = scene.world.changes(&before);
        let requester = lnq(100) + lnq(6) + lnq(7);
        assert_eq!(
            changes,
            [("requester", requester as i128), ("registry", -(lnq(20) as i128)), ("escrow", -(lnq(100) as i128)),]
        );
        assert_eq!(scene.outcome(), Outcome::Decided);
    }

    #[test]
    fn it_closes_by_how_the_dispute_ended() {
        for (verdict, outcome) in [
            (Verdict::Conceded, Outcome::Conceded),
            (Verdict::Jury, Outcome::Decided),
            (Verdict::Neutral, Outcome::Neutral),
            (Verdict::Unheard, Outcome::Forfeited),
        ] {
            let mut scene = disputed(20);
            let call = IJobs::settleCall { verdict: verdict as u8, ..decided(&scene) };
            settle(&mut scene, &call).expect("settlement");
            assert_eq!(scene.outcome(), outcome, "{verdict:?}");
            assert_eq!(scene.world.escrow_owes(), scene.world.balance(scene.world.suite.escrow));
        }
    }
}
