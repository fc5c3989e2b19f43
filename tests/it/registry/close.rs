use super::*;

/// [`settled`] work of a world in which it was taken, changed.
fn changed(change: impl FnOnce(&mut WorkClose)) -> (World, WorkClose) {
    let world = taken();
    let mut work = settled(&world);
    change(&mut work);
    (world, work)
}

/// Work that ends without a result.
fn unpaid(end: WorkEnd) -> impl FnOnce(&mut WorkClose) {
    move |work| {
        work.end = end as u8;
        (work.claim, work.share) = (0, 0);
        (work.paid, work.fee) = (U96::ZERO, U96::ZERO);
    }
}

mod when_the_caller_is_not_jobs {
    use super::*;

    #[test]
    fn it_reverts_with_not_jobs() {
        let (mut world, work) = changed(|_| {});
        for caller in [world.cast.owner, world.cast.deployer, world.suite.escrow] {
            let result = world.registry(caller, &IRegistry::closeCall { work: work.clone() });
            assert_refused(result, &IRegistry::RegistryNotJobs { caller });
        }
    }
}

mod when_it_makes_no_sense {
    use super::*;

    #[test]
    fn it_reverts_with_bad_work() {
        let changes: [fn(&mut WorkClose); 8] = [
            |work| work.end = 4,
            |work| work.end = u8::MAX,
            |work| (work.claim, work.share) = (21, 20),
            |work| (work.claim, work.share) = (21, 21),
            |work| (work.claim, work.share) = (19, 20),
            |work| work.lock = u96(lnq(20) + 1),
            |work| work.lock = U96::MAX,
            |work| work.resources.cpuMillis += 1,
        ];
        for change in changes {
            let (mut world, work) = changed(change);
            assert_refused(close(&mut world, &work), &IRegistry::RegistryBadWork { provider: 1 });
        }
    }

    #[test]
    fn it_reverts_with_bad_work_for_a_provider_that_has_none() {
        for provider in [0, 2, NOBODY] {
            let (mut world, work) = changed(|work| work.provider = provider);
            assert_refused(close(&mut world, &work), &IRegistry::RegistryBadWork { provider });
        }
    }

    #[test]
    fn it_reverts_with_bad_work_the_second_time() {
        let (mut world, work) = changed(|_| {});
        close(&mut world, &work).expect("close");
        assert_refused(close(&mut world, &work), &IRegistry::RegistryBadWork { provider: 1 });
    }
}

mod when_the_result_was_good {
    use super::*;

    #[test]
    fn it_unlocks_counts_and_says_so() {
        let (mut world, work) = changed(|_| {});
        let before = world.holdings();
        let sent = close(&mut world, &work).expect("close");
        assert_eq!((sent.value.payout, sent.value.slashed), (world.cast.payout, U96::ZERO));
        let closed = IRegistry::WorkClosed {
            provider: 1,
            work: work.work,
            end: WorkEnd::Settled as u8,
            tookSecs: 100,
            paid: u96(lnq(80)),
            trial: Trial::None as u8,
            unlocked: u96(lnq(20)),
            slashed: U96::ZERO,
            compensated: U96::ZERO,
            bonded: u96(lnq(10_000)),
        };
        assert_eq!(sent.emitted(), [by_registry(&world, &closed)]);
        assert_eq!(world.changes(&before), []);
        let provider = world.provider(1);
        assert_eq!((provider.used, provider.locked), (Resources::default(), U96::ZERO));
        assert_eq!((provider.record.accepted, provider.record.completed), (1, 1));
        assert_eq!((provider.record.late, provider.record.unable), (0, 0));
        assert_eq!((provider.record.earned, provider.record.slashed), (u96(lnq(78)), U96::ZERO));
    }

    #[test]
    fn it_returns_no_capacity_that_was_returned_before() {
        let (mut world, work) = changed(|work| work.reserved = false);
        let request = request(&world);
        take(&mut world, &request).expect("take");
        close(&mut world, &work).expect("close");
        let provider = world.provider(1);
        assert_eq!(provider.used.cpuMillis, 2_000);
        assert_eq!(provider.locked, u96(lnq(20)));
    }
}

mod when_a_judge_ruled_low_or_against_an_overclaim {
    use super::*;

    /// The slash of the protocol, of 20 LNQ, rounded up.
    fn slash(claim: u8, share: u8) -> u128 {
        let low = (lnq(20) * u128::from(5_u8.saturating_sub(share))).div_ceil(20);
        let over = (lnq(20) * u128::from((claim - share).saturating_sub(4))).div_ceil(16);
        low.max(over)
    }

    #[test]
    fn it_burns_the_larger_of_both_slashes() {
        let mut world = taken();
        let work = settled(&world);
        for (claim, share) in (0..=20).flat_map(|claim| (0..=claim).map(move |share| (claim, share))) {
            let work = WorkClose { claim, share, verdict: Verdict::Judge as u8, ..work.clone() };
            let expected = slash(claim, share);
            world.rehearse(|world| {
                let before = world.holdings();
                let sent = close(world, &work).expect("close");
                assert_eq!(sent.value.slashed, u96(expected), "claim {claim}, share {share}");
                let changes = world.changes(&before);
                let burned = -(expected as i128);
                assert_eq!(changes, [("registry", burned)].into_iter().filter(|_| burned != 0).collect::<Vec<_>>());
                let provider = world.provider(1);
                assert_eq!((provider.bonded, provider.locked), (u96(lnq(10_000) - expected), U96::ZERO));
                assert_eq!(provider.record.slashed, u96(expected));
            });
        }
    }

    #[test]
    fn it_says_so() {
        let (mut world, work) = changed(|work| (work.claim, work.share, work.verdict) = (20, 4, Verdict::Judge as u8));
        let registry = world.suite.registry;
        let sent = close(&mut world, &work).expect("close");
        // Overclaimed by 16: 12/16 of the lock.
        let closed = IRegistry::WorkClosed {
            provider: 1,
            work: work.work,
            end: WorkEnd::Settled as u8,
            tookSecs: 100,
            paid: u96(lnq(80)),
            trial: Trial::None as u8,
            unlocked: u96(lnq(5)),
            slashed: u96(lnq(15)),
            compensated: U96::ZERO,
            bonded: u96(lnq(9_985)),
        };
        assert_eq!(sent.emitted(), [by_registry(&world, &closed), moves(&world, registry, Address::ZERO, lnq(15))]);
    }

    #[test]
    fn it_rounds_up_against_the_provider() {
        let mut world = World::with_providers();
        let request = WorkRequest { lock: u96(7), ..request(&world) };
        take(&mut world, &request).expect("take");
        // A twentieth of 7 is 0.35.
        let work = WorkClose { lock: u96(7), claim: 4, share: 4, ..settled(&world) };
        assert_eq!(close(&mut world, &work).expect("close").value.slashed, u96(1));
    }

    #[test]
    fn it_takes_no_more_than_the_lock() {
        let mut world = World::with_providers();
        let request = WorkRequest { lock: u96(1), ..request(&world) };
        take(&mut world, &request).expect("take");
        let work = WorkClose { lock: u96(1), claim: 20, share: 0, ..settled(&world) };
        assert_eq!(close(&mut world, &work).expect("close").value.slashed, u96(1));
        assert_eq!(world.provider(1).bonded, u96(lnq(10_000) - 1));
    }
}

mod when_the_provider_was_late {
    use super::*;

    #[test]
    fn it_burns_a_quarter_of_the_lock_and_counts() {
        for standing in [false, true] {
            let (mut world, mut work) = changed(unpaid(WorkEnd::Late));
            work.standing = standing;
            let sent = close(&mut world, &work).expect("close");
            assert_eq!(sent.value.slashed, u96(lnq(5)));
            let provider = world.provider(1);
            assert_eq!((provider.record.late, provider.record.completed, provider.record.accepted), (1, 0, 1));
            assert_eq!((provider.used, provider.locked), (Resources::default(), U96::ZERO));
        }
    }
}

mod when_the_provider_was_unable {
    use super::*;

    #[test]
    fn it_burns_a_sixteenth_of_the_lock_and_counts() {
        let (mut world, work) = changed(unpaid(WorkEnd::Unable));
        assert_eq!(close(&mut world, &work).expect("close").value.slashed, u96(lnq(20) / 16));
        let provider = world.provider(1);
        assert_eq!((provider.record.unable, provider.record.late, provider.record.completed), (1, 0, 0));
    }

    #[test]
    fn it_burns_nothing_where_it_was_assigned() {
        let (mut world, mut work) = changed(unpaid(WorkEnd::Unable));
        work.standing = true;
        assert_eq!(close(&mut world, &work).expect("close").value.slashed, U96::ZERO);
        assert_eq!(world.provider(1).record.unable, 1);
    }
}

mod when_it_was_displaced {
    use super::*;

    #[test]
    fn it_leaves_no_trace() {
        let (mut world, work) = changed(unpaid(WorkEnd::Displaced));
        let fresh = World::with_providers().provider(1);
        let sent = close(&mut world, &work).expect("close");
        assert_eq!(sent.value.slashed, U96::ZERO);
        assert_eq!(world.provider(1), fresh);
    }
}

/// What a disputed result costs, of a lock of 160 LNQ.
mod when_it_was_disputed {
    use super::*;

    /// The first provider has taken work that locks 160 LNQ, of which 20 twentieths were claimed.
    fn disputed(verdict: Verdict, share: u8, owed: u128) -> (World, WorkClose) {
        let mut world = World::with_providers();
        let lock = u96(lnq(160));
        let request = WorkRequest { lock, ..request(&world) };
        take(&mut world, &request).expect("take");
        let work = WorkClose { lock, share, verdict: verdict as u8, owed: u96(owed), ..settled(&world) };
        (world, work)
    }

    /// Asserts what goes to the requester, and what burns, in whole LNQ.
    #[track_caller]
    fn costs(verdict: Verdict, claim: u8, share: u8, owed: u128, compensated: u128, burned: u128) {
        let (mut world, work) = disputed(verdict, share, lnq(owed));
        let work = WorkClose { claim, ..work };
        let (registry, requester, before) = (world.suite.registry, world.cast.requester, world.holdings());
        let sent = close(&mut world, &work).expect("close");
        let (slashed, paid, burned) = (lnq(compensated + burned), lnq(compensated), lnq(burned));
        assert_eq!(sent.value.slashed, u96(slashed));
        let closed = &sent.events::<IRegistry::WorkClosed>()[0];
        assert_eq!((closed.slashed, closed.compensated), (u96(slashed), u96(paid)));
        assert_eq!(closed.unlocked, u96(lnq(160) - slashed), "RG-4: slashed and unlocked are the lock");
        let mut moved = Vec::new();
        if paid > 0 {
            moved.push(moves(&world, registry, requester, paid));
        }
        if burned > 0 {
            moved.push(moves(&world, registry, Address::ZERO, burned));
        }
        assert_eq!(sent.emitted()[1..], moved);
        let provider = world.provider(1);
        assert_eq!((provider.bonded, provider.locked), (u96(lnq(10_000) - slashed), U96::ZERO));
        assert_eq!(provider.record.slashed, u96(slashed));
        let gone: i128 = world.changes(&before).iter().map(|(_, change)| change).sum();
        assert_eq!(gone, -(burned as i128), "G-2: what is nowhere was burned");
    }

    #[test]
    fn a_jury_gives_half_of_an_overclaim_to_the_requester() {
        costs(Verdict::Jury, 20, 0, 0, 80, 80);
        costs(Verdict::Jury, 20, 15, 0, 5, 5);
        costs(Verdict::Jury, 20, 16, 0, 0, 0);
    }

    #[test]
    fn the_larger_of_low_and_overclaim_counts() {
        costs(Verdict::Jury, 8, 3, 0, 0, 16);
        costs(Verdict::Jury, 4, 0, 0, 0, 40);
    }

    #[test]
    fn claims_that_met_cost_half_and_a_low_share_all_the_same() {
        costs(Verdict::Conceded, 20, 0, 0, 40, 40);
        costs(Verdict::Conceded, 4, 0, 0, 0, 40);
    }

    #[test]
    fn a_judge_burns_everything() {
        costs(Verdict::Judge, 20, 0, 0, 0, 160);
    }

    #[test]
    fn a_neutral_end_slashes_nothing() {
        costs(Verdict::Neutral, 20, 0, 0, 0, 0);
        costs(Verdict::Neutral, 20, 10, 30, 30, 0);
    }

    #[test]
    fn a_lock_too_small_for_a_jury_loses_a_quarter() {
        costs(Verdict::Unheard, 20, 20, 0, 0, 40);
        costs(Verdict::Unheard, 20, 0, 0, 0, 40);
    }

    #[test]
    fn what_is_owed_of_the_jurys_cost_comes_first() {
        costs(Verdict::Jury, 20, 15, 30, 35, 5);
        costs(Verdict::Jury, 20, 0, 30, 95, 65);
        costs(Verdict::Jury, 20, 0, 500, 160, 0);
        costs(Verdict::Undisputed, 20, 20, 10, 10, 0);
    }

    #[test]
    fn it_counts_who_won() {
        for (trial, won, lost) in [(Trial::None, 0, 0), (Trial::Won, 1, 0), (Trial::Lost, 0, 1)] {
            let (mut world, work) = disputed(Verdict::Jury, 20, 0);
            let sent = close(&mut world, &WorkClose { trial: trial as u8, ..work }).expect("close");
            assert_eq!(sent.events::<IRegistry::WorkClosed>()[0].trial, trial as u8);
            let record = world.provider(1).record;
            assert_eq!((record.disputesWon, record.disputesLost), (won, lost), "{trial}");
        }
    }

    #[test]
    fn it_reverts_with_bad_work_for_a_verdict_or_trial_that_there_is_none_of() {
        for (verdict, trial) in [(6, 0), (u8::MAX, 0), (0, 3), (0, u8::MAX)] {
            let (mut world, work) = changed(|work| (work.verdict, work.trial) = (verdict, trial));
            assert_refused(close(&mut world, &work), &IRegistry::RegistryBadWork { provider: 1 });
        }
    }

    #[test]
    fn it_never_touches_the_lock_of_other_work_nor_what_is_being_unbonded() {
        let (mut world, work) = disputed(Verdict::Judge, 0, lnq(500));
        let owner = world.cast.owner;
        let request = WorkRequest { lock: u96(lnq(20)), ..request(&world) };
        take(&mut world, &request).expect("take");
        // All that is free leaves, so that nothing but the two locks is bonded.
        let amount = u96(lnq(10_000 - 180));
        world.registry(owner, &IRegistry::unbondCall { provider: 1, amount }).expect("unbonding");
        assert_eq!(close(&mut world, &work).expect("close").value.slashed, u96(lnq(160)));
        let provider = world.provider(1);
        let left = (provider.bonded, provider.locked, provider.unbonding);
        assert_eq!(left, (u96(lnq(20)), u96(lnq(20)), amount));
    }
}

mod when_work_follows_work {
    use super::*;

    /// The history with one more piece of work folded in.
    fn folded(history: B256, work: &WorkClose) -> B256 {
        // A `uint8` is encoded as any other number is.
        let entry = (history, work.work, u16::from(work.end), work.tookSecs, work.paid);
        keccak256(entry.abi_encode())
    }

    #[test]
    fn it_folds_each_but_the_displaced_into_the_history() {
        let mut world = World::with_providers();
        let (request, first) = (request(&world), settled(&world));
        let mut late = WorkClose { work: B256::repeat_byte(2), tookSecs: 7, ..first.clone() };
        unpaid(WorkEnd::Late)(&mut late);
        let mut displaced = WorkClose { work: B256::repeat_byte(3), ..first.clone() };
        unpaid(WorkEnd::Displaced)(&mut displaced);
        let mut expected = B256::ZERO;
        assert_eq!(world.provider(1).record.history, expected);
        for work in [&first, &displaced, &late, &first] {
            take(&mut world, &request).expect("take");
            close(&mut world, work).expect("close");
            if work.end != WorkEnd::Displaced as u8 {
                expected = folded(expected, work);
            }
            assert_eq!(world.provider(1).record.history, expected);
        }
        assert_eq!(world.provider(2).record.history, B256::ZERO);
    }
}
