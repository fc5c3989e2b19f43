use super::*;

mod given_the_suite_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut world = World::unwired();
        let call = IDisputes::disputeCall { job: NOWHERE, slot: 0, claim: 0 };
        assert_refused(world.disputes(world.cast.requester, &call), &IDisputes::DisputesNotWired {});
    }
}

mod when_the_caller_is_not_the_requester {
    use super::*;

    #[test]
    fn it_reverts_with_not_requester() {
        let mut quarrel = Quarrel::submitted(20);
        let (cast, job) = (quarrel.room.world.cast, quarrel.job);
        for caller in [cast.owner, cast.operator, cast.rival, cast.judge, cast.keeper, cast.governor] {
            assert_refused(quarrel.dispute_as(caller, 0), &IDisputes::DisputesNotRequester { job, caller });
        }
    }

    #[test]
    fn it_reverts_with_not_requester_for_a_job_that_nobody_posted() {
        let mut world = World::new();
        let caller = world.cast.requester;
        let call = IDisputes::disputeCall { job: NOWHERE, slot: 0, claim: 0 };
        assert_refused(world.disputes(caller, &call), &IDisputes::DisputesNotRequester { job: NOWHERE, caller });
    }
}

mod given_a_judge_rules {
    use super::*;

    #[test]
    fn it_reverts_with_judged() {
        let mut quarrel = Quarrel::submitted_with(20, |terms| terms.judge = Cast::ALL.judge);
        let job = quarrel.job;
        assert_refused(quarrel.dispute(0), &IJobs::JobsJudged { job });
    }
}

mod when_there_is_no_such_slot {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_slot() {
        let mut quarrel = Quarrel::submitted(20);
        let (job, requester) = (quarrel.job, quarrel.room.world.cast.requester);
        let call = IDisputes::disputeCall { job, slot: 1, claim: 0 };
        assert_refused(quarrel.room.world.disputes(requester, &call), &IJobs::JobsUnknownSlot { job, slot: 1 });
    }
}

mod given_it_is_disputed_already {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_state() {
        let mut quarrel = Quarrel::disputed(5);
        let (job, state) = (quarrel.job, SlotState::Disputed as u8);
        assert_refused(quarrel.dispute(0), &IJobs::JobsWrongState { job, slot: 0, state });
    }
}

mod when_the_window_has_passed {
    use super::*;

    #[test]
    fn it_reverts_with_too_late() {
        let mut quarrel = Quarrel::submitted(20);
        let (job, deadline) = (quarrel.job, quarrel.slot().until);
        quarrel.room.world.at(deadline);
        assert_refused(quarrel.dispute(0), &IJobs::JobsTooLate { job, slot: 0, deadline });
    }
}

mod when_the_claim_is_not_below_the_providers {
    use super::*;

    #[test]
    fn it_reverts_with_bad_claim() {
        for (theirs, most) in [(20, 19), (7, 6), (1, 0)] {
            let mut quarrel = Quarrel::submitted(theirs);
            for claim in [most + 1, 20, 21, u8::MAX] {
                assert_refused(quarrel.dispute(claim), &IDisputes::DisputesBadClaim { claim, least: 0, most });
            }
        }
    }

    #[test]
    fn it_reverts_with_bad_claim_for_any_where_nothing_is_claimed() {
        let mut quarrel = Quarrel::submitted(0);
        assert_refused(quarrel.dispute(0), &IDisputes::DisputesBadClaim { claim: 0, least: 0, most: 0 });
    }
}

mod when_the_jury_is_not_paid_for {
    use super::*;

    #[test]
    fn it_reverts_with_the_tokens_refusal_and_changes_nothing() {
        let mut quarrel = Quarrel::submitted(20);
        let Suite { court: spender, .. } = quarrel.room.world.suite;
        let requester = quarrel.room.world.cast.requester;
        let nothing = ILnqToken::approveCall { spender, value: U256::ZERO };
        quarrel.room.world.token(requester, &nothing).expect("approval");
        let needed = U256::from(3 * FEE);
        let error = ILnqToken::ERC20InsufficientAllowance { spender, allowance: U256::ZERO, needed };
        assert_refused(quarrel.dispute(0), &error);
        assert_eq!(quarrel.slot().state, SlotState::Submitted as u8);
        assert_eq!(quarrel.kept(), Disputed::default());
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_orders_a_jury_freezes_the_slot_and_says_so() {
        let mut quarrel = Quarrel::submitted(20);
        let Suite { jobs, disputes, court, .. } = quarrel.room.world.suite;
        let (job, before) = (quarrel.job, quarrel.room.world.holdings());
        let sent = quarrel.dispute(4).expect("dispute");
        assert_eq!((sent.value.dispute, sent.value.cost.to()), (1, 3 * FEE));

        // The longest dispute there can be, five juries of 3 to 31 seats, and thirty days.
        let times = court_parameters();
        let round = times.drawSecs + times.commitSecs + times.revealSecs;
        let longest = times.evidenceSecs + round + 4 * (times.appealSecs + times.appealEvidenceSecs + round);
        let until = quarrel.room.world.now() + u64::from(longest) + 30 * 86_400;
        let disputed = IDisputes::ResultDisputed {
            job,
            slot: 0,
            dispute: 1,
            provider: 1,
            requesterClaim: 4,
            providerClaim: 20,
            // 16/20 of 400 and 80.
            value: u96(lnq(384)),
            cost: u96(3 * FEE),
            neutralFrom: until,
        };
        let events = sent.emitted();
        assert_eq!(events.first(), Some(&emitted(jobs, &IJobs::SlotDisputed { job, slot: 0, provider: 1, until })));
        assert_eq!(events.last(), Some(&emitted(disputes, &disputed)));
        assert_eq!(quarrel.room.world.changes(&before), [("requester", -gained(3 * FEE)), ("court", gained(3 * FEE))]);

        let slot = quarrel.slot();
        assert_eq!((slot.state, slot.until), (SlotState::Disputed as u8, until));
        let opened = Disputed {
            dispute: 1,
            provider: 1,
            requesterOpened: 4,
            providerOpened: 20,
            requesterClaim: 4,
            providerClaim: 20,
            neutralFrom: until,
        };
        assert_eq!(quarrel.kept(), opened);
        let ordered = quarrel.room.world.read(court, &ICourt::phaseCall { dispute: 1 });
        assert_eq!((ordered.round, ordered.phase), (0, CourtPhase::Evidence as u8));
        assert_eq!(quarrel.stake().1, lnq(80), "the lock outlives the window");
    }

    #[test]
    fn it_orders_one_seat_for_what_is_worth_little() {
        let mut quarrel = Quarrel::submitted(10);
        // 10/20 of 480 LNQ are 240, below 32 seat fees.
        assert_eq!(quarrel.dispute(0).expect("dispute").value.cost.to::<u128>(), FEE);
        assert_eq!(quarrel.room.round(1, 0).seats(), 1);
    }

    #[test]
    fn it_numbers_disputes_one_after_the_other() {
        let mut quarrel = Quarrel::disputed(0);
        let world = &mut quarrel.room.world;
        let terms = Terms { salt: B256::repeat_byte(3), price: u96(lnq(400)), bidSecs: 0, ..world.terms() };
        let job = world.post(&terms).expect("post").value;
        world.take(world.cast.operator, &terms, 1, lnq(400)).expect("take");
        world.submit(world.cast.operator, job, 20).expect("submit");
        quarrel.job = job;
        assert_eq!(quarrel.dispute(0).expect("dispute").value.dispute, 2);
    }
}

mod given_the_court_has_other_parameters_since {
    use super::*;

    /// Seats of 20 LNQ, from tomorrow on.
    fn announce(world: &mut World) {
        let (governor, court) = (world.cast.governor, world.suite.court);
        let parameters = CourtParameters { floorMilliLnq: 20_000, evidenceSecs: 301, ..court_parameters() };
        world.send(governor, court, &ICourt::setParametersCall { parameters }).expect("parameters");
    }

    fn next_day(world: &mut World) {
        let midnight = (world.now() / 86_400 + 1) * 86_400;
        world.at(midnight);
    }

    /// A result of a run of a week, submitted `days` after the slot was taken, with an announcement on each of them.
    fn after(days: u32) -> Quarrel {
        let mut room = Courtroom::in_suite(World::with_providers(), 20);
        let world = &mut room.world;
        let terms = Terms { price: u96(lnq(400)), bidSecs: 0, runSecs: 172_800, ..world.terms() };
        let job = world.post(&terms).expect("post").value;
        world.take(world.cast.operator, &terms, 1, lnq(400)).expect("take");
        for _ in 0..days {
            announce(world);
            next_day(world);
        }
        world.submit(world.cast.operator, job, 20).expect("submit");
        Quarrel { room, job }
    }

    #[test]
    fn it_keeps_to_those_of_the_day_on_which_the_slot_was_taken() {
        let mut quarrel = after(1);
        let opened = quarrel.dispute(0).expect("dispute");
        assert_eq!(opened.value.cost.to::<u128>(), 3 * FEE);
        let (_, _, evidence_end) = quarrel.room.phase(1);
        assert_eq!(evidence_end, quarrel.room.world.now() + u64::from(court_parameters().evidenceSecs));
    }

    #[test]
    fn it_takes_the_new_ones_for_what_is_taken_later() {
        let mut quarrel = after(0);
        announce(&mut quarrel.room.world);
        assert_eq!(
            quarrel.dispute(0).expect("dispute").value.cost.to::<u128>(),
            3 * FEE,
            "announced, but not yet in force"
        );
        let world = &mut quarrel.room.world;
        next_day(world);
        let terms = Terms { salt: B256::repeat_byte(3), price: u96(lnq(400)), bidSecs: 0, ..world.terms() };
        let job = world.post(&terms).expect("post").value;
        world.take(world.cast.operator, &terms, 1, lnq(400)).expect("take");
        world.submit(world.cast.operator, job, 20).expect("submit");
        quarrel.job = job;
        // 480 LNQ are below 32 seat fees of 20: there is one seat.
        assert_eq!(quarrel.dispute(0).expect("dispute").value.cost.to::<u128>(), lnq(20));
    }
}

mod given_the_lock_is_too_small_for_a_jury {
    use super::*;

    fn small() -> Quarrel {
        // A fifth of 49 LNQ is below the least seat fee of 10.
        Quarrel::submitted_with(16, |terms| terms.price = u96(lnq(49)))
    }

    #[test]
    fn it_burns_what_was_claimed_and_a_quarter_of_the_lock_and_returns_the_rest() {
        let mut quarrel = small();
        let disputes = quarrel.room.world.suite.disputes;
        let before = quarrel.room.world.holdings();
        let bonded = quarrel.stake().0;
        let sent = quarrel.dispute(0).expect("dispute");
        assert_eq!((sent.value.dispute, sent.value.cost), (0, U96::ZERO));
        // 16/20 of 49 LNQ burn, 4/20 go back; of the lock of 9.8 LNQ a quarter burns.
        let (burned, returned, slashed) = (lnq(49) * 16 / 20, lnq(49) * 4 / 20, lnq(98) / 40);
        let changes = quarrel.room.world.changes(&before);
        assert_eq!(
            changes,
            [("requester", gained(returned)), ("registry", -gained(slashed)), ("escrow", -gained(lnq(49)))]
        );
        assert_eq!(quarrel.stake(), (bonded - slashed, 0));
        let supply = quarrel.room.world.read(quarrel.room.world.suite.token, &ILnqToken::totalBurnedCall {});
        assert_eq!(supply, U256::from(burned + slashed));
        let settled = IDisputes::DisputeSettled { dispute: 0, ..quarrel.settled(Verdict::Unheard, Trial::Lost, 0, 0) };
        assert_eq!(sent.emitted().iter().filter(|event| **event == emitted(disputes, &settled)).count(), 1);
        quarrel.assert_closed(Outcome::Forfeited);
    }

    #[test]
    fn it_counts_as_lost_and_leaves_no_bad_mark() {
        let mut quarrel = small();
        quarrel.dispute(0).expect("dispute");
        let record = quarrel.room.world.provider(1).record;
        assert_eq!((record.disputesWon, record.disputesLost), (0, 1));
    }
}
