use linq_tests::{RESULT, ROOT};

use super::*;

/// The first provider's operator submits a result.
fn submit(scene: &mut Scene, claim: u8) -> Result<Sent<IJobs::submitReturn>, Refusal> {
    let (operator, job) = (scene.world.cast.operator, scene.job);
    scene.world.submit(operator, job, claim)
}

mod when_the_uri_is_too_long {
    use super::*;

    #[test]
    fn it_reverts_with_uri_too_long() {
        let mut scene = Scene::running();
        let (operator, job) = (scene.world.cast.operator, scene.job);
        let call = |length| IJobs::submitCall { job, slot: 0, root: ROOT, claim: 20, uri: "x".repeat(length) };
        let error = IJobs::JobsUriTooLong { length: 257, limit: 256 };
        assert_refused(scene.world.jobs(operator, &call(257)), &error);
        scene.world.jobs(operator, &call(256)).expect("submit");
    }
}

mod when_the_uri_is_not_printable_ascii {
    use super::*;

    #[test]
    fn it_is_malformed_calldata() {
        let mut scene = Scene::running();
        let (operator, job) = (scene.world.cast.operator, scene.job);
        for uri in MALFORMED {
            let call = IJobs::submitCall { job, slot: 0, root: ROOT, claim: 20, uri: uri.into() };
            assert_refused_bare(scene.world.jobs(operator, &call));
        }
        let call = IJobs::submitCall { job, slot: 0, root: ROOT, claim: 20, uri: PRINTABLE.into() };
        scene.world.jobs(operator, &call).expect("submit");
    }
}

mod given_the_job_was_not_posted {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_job() {
        let mut world = World::with_providers();
        let operator = world.cast.operator;
        assert_refused(world.submit(operator, NOWHERE, 20), &IJobs::JobsUnknownJob { job: NOWHERE });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let mut scene = Scene::running();
        let (operator, job) = (scene.world.cast.operator, scene.job);
        let call = IJobs::submitCall { job, slot: 1, root: ROOT, claim: 20, uri: RESULT.into() };
        assert_refused(scene.world.jobs(operator, &call), &IJobs::JobsUnknownSlot { job, slot: 1 });
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
            assert_refused(submit(&mut scene, 20), &error);
        }
    }
}

mod when_it_is_due_or_later {
    use super::*;

    #[test]
    fn it_reverts_with_too_late() {
        let mut scene = Scene::running();
        scene.wait();
        let due = scene.now();
        let error = scene.too_late(due);
        assert_refused(submit(&mut scene, 20), &error);
        scene.world.warp(1);
        assert_refused(submit(&mut scene, 20), &error);
    }
}

mod when_the_claim_is_out_of_range {
    use super::*;

    #[test]
    fn it_reverts_with_bad_claim() {
        let mut scene = Scene::running();
        for claim in [21, u8::MAX] {
            assert_refused(submit(&mut scene, claim), &IJobs::JobsBadClaim { claim, least: 0, most: 20 });
        }
    }

    #[test]
    fn it_has_to_be_the_whole_where_a_result_is_expected() {
        let mut scene = Scene::posted_with(|terms| terms.expected = keccak256(ROOT)).then_running();
        for claim in [0, 19, 21] {
            assert_refused(submit(&mut scene, claim), &IJobs::JobsBadClaim { claim, least: 20, most: 20 });
        }
    }
}

mod when_the_result_is_not_the_expected_one {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_result() {
        let expected = keccak256("something else");
        let mut scene = Scene::posted_with(|terms| terms.expected = expected).then_running();
        let error = IJobs::JobsWrongResult { given: keccak256(ROOT), expected };
        assert_refused(submit(&mut scene, 20), &error);
        assert_eq!(scene.state(), SlotState::Running);
    }
}

mod when_the_caller_is_not_the_operator {
    use super::*;

    #[test]
    fn it_passes_on_that_it_is_not() {
        let mut scene = Scene::running();
        let cast = scene.world.cast;
        for caller in [cast.owner, cast.payout, cast.requester, cast.rival_operator, cast.eve] {
            let result = scene.world.submit(caller, scene.job, 20);
            assert_refused(result, &IRegistry::RegistryNotOperator { provider: 1, caller });
        }
    }

    #[test]
    fn it_passes_on_that_it_is_not_where_a_result_is_expected() {
        let mut scene = Scene::posted_with(|terms| terms.expected = keccak256(ROOT)).then_running();
        let caller = scene.world.cast.rival_operator;
        let result = scene.world.submit(caller, scene.job, 20);
        assert_refused(result, &IRegistry::RegistryNotOperator { provider: 1, caller });
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_opens_the_window_and_frees_the_capacity_but_not_the_lock() {
        let mut scene = Scene::running();
        let (job, now) = (scene.job, scene.now());
        let before = scene.world.holdings();
        let sent = submit(&mut scene, 15).expect("submit");
        let window_end = now + u64::from(Times::WINDOW);
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::ResultSubmitted {
                    job,
                    slot: 0,
                    provider: 1,
                    attempt: 1,
                    root: ROOT,
                    claim: 15,
                    windowEnd: window_end,
                    uri: RESULT.into(),
                }),
                scene.by_registry(&IRegistry::CapacityFreed { provider: 1 }),
            ]
        );
        assert_eq!(scene.world.changes(&before), []);
        let slot = scene.slot();
        assert_eq!((slot.state, slot.until, slot.claim), (SlotState::Submitted as u8, window_end, 15));
        let provider = scene.world.provider(1);
        assert_eq!((provider.used, provider.locked), (Resources::default(), u96(lnq(20))));
    }

    #[test]
    fn it_counts_from_the_end_of_the_bidding_to_the_second_before_it_is_due() {
        for when in [0, u64::from(Times::RUN) - 1] {
            let mut scene = Scene::running();
            let second = scene.now() + when;
            scene.world.at(second);
            submit(&mut scene, 20).expect("submit");
        }
    }
}

mod when_the_result_is_the_expected_one {
    use super::*;

    #[test]
    fn it_pays_at_once() {
        let mut scene = Scene::posted_with(|terms| terms.expected = keccak256(ROOT)).then_running();
        let (job, now) = (scene.job, scene.now());
        let (requester, payout, escrow) =
            (scene.world.cast.requester, scene.world.cast.payout, scene.world.suite.escrow);
        let before = scene.world.holdings();
        let sent = submit(&mut scene, 20).expect("submit");
        assert_eq!(
            sent.emitted(),
            [
                scene.by_jobs(&IJobs::ResultSubmitted {
                    job,
                    slot: 0,
                    provider: 1,
                    attempt: 1,
                    root: ROOT,
                    claim: 20,
                    windowEnd: now,
                    uri: RESULT.into(),
                }),
                scene.by_jobs(&IJobs::SlotClosed {
                    job,
                    slot: 0,
                    provider: 1,
                    outcome: Outcome::Expected as u8,
                    paid: u96(lnq(78)),
                    fee: u96(lnq(2)),
                }),
                scene.by_registry(&IRegistry::CapacityFreed { provider: 1 }),
                scene.work_closed(WorkEnd::Settled, lnq(80), 0),
                scene.by_escrow(&IEscrow::SlotSettled {
                    job,
                    payee: payout,
                    paid: u96(lnq(78)),
                    fee: u96(lnq(2)),
                    refunded: u96(lnq(20)),
                }),
                scene.moves(escrow, payout, lnq(78)),
                scene.moves(escrow, requester, lnq(20)),
            ]
        );
        assert_eq!(
            scene.world.changes(&before),
            [("requester", lnq(20) as i128), ("payout", lnq(78) as i128), ("escrow", -(lnq(98) as i128))]
        );
        assert_eq!((scene.state(), scene.outcome()), (SlotState::Closed, Outcome::Expected));
    }
}
