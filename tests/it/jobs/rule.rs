use super::*;

/// A job with a judge, whose slot 0 has a result worth `claim` twentieths.
fn judged(claim: u8) -> Scene {
    posted().then_submitted(claim)
}

fn posted() -> Scene {
    Scene::posted_with(|terms| terms.judge = Cast::ALL.judge)
}

/// The judge rules.
fn rule(scene: &mut Scene, share: u8) -> Result<Sent<IJobs::ruleReturn>, Refusal> {
    let (judge, job) = (scene.world.cast.judge, scene.job);
    scene.world.jobs(judge, &IJobs::ruleCall { job, slot: 0, share })
}

mod given_the_job_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let mut world = World::new();
        let judge = world.cast.judge;
        let result = world.jobs(judge, &IJobs::ruleCall { job: NOWHERE, slot: 0, share: 10 });
        assert_refused(result, &IJobs::JobsUnknownJob { job: NOWHERE });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let mut scene = judged(20);
        let (judge, job) = (scene.world.cast.judge, scene.job);
        let result = scene.world.jobs(judge, &IJobs::ruleCall { job, slot: 1, share: 10 });
        assert_refused(result, &IJobs::JobsUnknownSlot { job, slot: 1 });
    }
}

mod when_the_caller_is_not_the_judge {
    use super::*;

    #[test]
    fn it_reverts_with_not_judge() {
        let mut scene = judged(20);
        let (cast, job) = (scene.world.cast, scene.job);
        for caller in [cast.requester, cast.operator, cast.deployer, cast.eve] {
            let result = scene.world.jobs(caller, &IJobs::ruleCall { job, slot: 0, share: 10 });
            assert_refused(result, &IJobs::JobsNotJudge { job, caller });
        }
    }
}

mod given_the_job_has_no_judge {
    use super::*;

    #[test]
    fn it_reverts_with_not_judge_for_everybody() {
        let mut scene = Scene::submitted(20);
        let (cast, job) = (scene.world.cast, scene.job);
        scene.world.node_mut().set_balance(Address::ZERO, U256::from(lnq(1)));
        for caller in [cast.judge, cast.requester, Address::ZERO] {
            let result = scene.world.jobs(caller, &IJobs::ruleCall { job, slot: 0, share: 10 });
            assert_refused(result, &IJobs::JobsNotJudge { job, caller });
        }
    }

    #[test]
    fn it_reverts_with_not_judge_for_an_address_that_the_expected_hash_ends_in() {
        let expected = keccak256("the expected root");
        let mut scene = Scene::posted_with(|terms| terms.expected = expected).then_running();
        let (caller, job) = (Address::from_word(expected), scene.job);
        scene.world.node_mut().set_balance(caller, U256::from(lnq(1)));
        let result = scene.world.jobs(caller, &IJobs::ruleCall { job, slot: 0, share: 10 });
        assert_refused(result, &IJobs::JobsNotJudge { job, caller });
    }
}

mod given_the_slot_is_in_another_state {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_state() {
        let mut closed = judged(20);
        rule(&mut closed, 20).expect("ruling");
        for (mut scene, state) in [
            (posted(), SlotState::Open),
            (posted().then_taken(), SlotState::Taken),
            (posted().then_running(), SlotState::Running),
            (closed, SlotState::Closed),
        ] {
            let error = scene.wrong_state(state);
            assert_refused(rule(&mut scene, 10), &error);
        }
    }
}

mod when_the_window_has_passed {
    use super::*;

    #[test]
    fn it_reverts_with_too_late() {
        let mut scene = judged(20);
        scene.wait();
        let error = scene.too_late(scene.now());
        assert_refused(rule(&mut scene, 10), &error);
    }
}

mod when_the_share_is_above_the_claim {
    use super::*;

    #[test]
    fn it_reverts_with_bad_share() {
        let mut scene = judged(15);
        for share in [16, 20, 21, u8::MAX] {
            assert_refused(rule(&mut scene, share), &IJobs::JobsBadShare { share, claim: 15 });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_splits_as_ruled_and_says_so() {
        let mut scene = judged(20);
        let (job, requester, payout, escrow) =
            (scene.job, scene.world.cast.requester, scene.world.cast.payout, scene.world.suite.escrow);
        let before = scene.world.holdings();
        let sent = rule(&mut scene, 16).expect("ruling");
        // 16/20 of 80 LNQ are 64, of which a fortieth is the fee. Overclaiming by 4 is still free.
        let (fee, refunded) = (lnq(64) / 40, lnq(36));
        let paid = lnq(64) - fee;
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::SlotClosed {
                    job,
                    slot: 0,
                    provider: 1,
                    outcome: Outcome::Ruled as u8,
                    paid: u96(paid),
                    fee: u96(fee),
                }),
                scene.work_closed(WorkEnd::Settled, lnq(64), 0),
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
        assert_eq!((scene.state(), scene.outcome()), (SlotState::Closed, Outcome::Ruled));
    }

    #[test]
    fn it_slashes_by_share_and_overclaim_and_burns_all_of_it() {
        for (claim, share) in (0..=20).flat_map(|claim| (0..=claim).map(move |share| (claim, share))) {
            // One scene for every pair would be a suite for every pair; the interesting ones are enough.
            if !(share <= 5 || claim - share >= 4 || claim == share) || (claim % 5 != 0 && share % 5 != 0) {
                continue;
            }
            let mut scene = judged(claim);
            let lock = lnq(20);
            let low = lock * u128::from(5_u8.saturating_sub(share)) / 20;
            let over = lock * u128::from((claim - share).saturating_sub(4)) / 16;
            let slash = low.max(over);
            let burned: u128 = scene.world.read(scene.world.suite.token, &ILnqToken::totalBurnedCall {}).to();
            let sent = rule(&mut scene, share).expect("ruling");
            let closed = &sent.events::<IRegistry::WorkClosed>()[0];
            let label = format!("claim {claim}, share {share}");
            assert_eq!((closed.slashed, closed.unlocked), (u96(slash), u96(lock - slash)), "{label}");
            let after: u128 = scene.world.read(scene.world.suite.token, &ILnqToken::totalBurnedCall {}).to();
            assert_eq!(after - burned, slash, "{label}");
            let provider = scene.world.provider(1);
            assert_eq!((provider.bonded, provider.locked), (u96(lnq(10_000) - slash), U96::ZERO), "{label}");
            assert_eq!(provider.record.slashed, u96(slash), "{label}");
        }
    }
}

mod when_the_judge_is_silent {
    use super::*;

    #[test]
    fn it_is_paid_as_claimed_once_the_window_has_passed() {
        let mut scene = judged(20);
        scene.wait();
        scene.world.step(scene.job).expect("step");
        assert_eq!(scene.outcome(), Outcome::Undisputed);
        assert_eq!(scene.world.balance(scene.world.cast.payout), lnq(78));
    }
}
