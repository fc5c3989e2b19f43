use super::*;

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut world = World::unwired();
        let (jobs, call) = (world.suite.jobs, settle_of(&world));
        assert_refused(world.escrow(jobs, &call), &IEscrow::EscrowNotWired {});
    }
}

mod when_the_caller_is_not_jobs {
    use super::*;

    #[test]
    fn it_reverts_with_not_jobs() {
        let mut world = locked(1);
        let (caller, call) = (world.cast.payout, settle_of(&world));
        assert_refused(world.escrow(caller, &call), &IEscrow::EscrowNotJobs { caller });
    }
}

mod given_nothing_is_locked {
    use super::*;

    #[test]
    fn it_reverts_with_nothing_locked() {
        let mut world = locked(1);
        let (jobs, call) = (world.suite.jobs, settle_of(&world));
        let other = IEscrow::settleCall { job: OTHER, ..call.clone() };
        assert_refused(world.escrow(jobs, &other), &IEscrow::EscrowNothingLocked { job: OTHER });
        world.escrow(jobs, &call).expect("settlement");
        assert_refused(world.escrow(jobs, &call), &IEscrow::EscrowNothingLocked { job: JOB });
    }
}

mod when_the_price_is_above_the_posted_one {
    use super::*;

    #[test]
    fn it_reverts_with_price_above_posted() {
        let mut world = locked(2);
        let jobs = world.suite.jobs;
        let price = u96(lnq(100) + 1);
        let call = IEscrow::settleCall { price, ..settle_of(&world) };
        let error = IEscrow::EscrowPriceAbovePosted { price, posted: u96(lnq(100)) };
        assert_refused(world.escrow(jobs, &call), &error);
    }
}

mod when_the_share_is_above_the_whole {
    use super::*;

    #[test]
    fn it_reverts_with_bad_share() {
        let mut world = locked(1);
        let jobs = world.suite.jobs;
        for share in [21, u8::MAX] {
            let call = IEscrow::settleCall { share, ..settle_of(&world) };
            assert_refused(world.escrow(jobs, &call), &IEscrow::EscrowBadShare { share });
        }
    }
}

mod when_the_fee_is_above_its_limit {
    use super::*;

    #[test]
    fn it_reverts_with_bad_fee() {
        let mut world = locked(1);
        let jobs = world.suite.jobs;
        for fee in [1_001, u16::MAX] {
            let call = IEscrow::settleCall { feeBps: fee, ..settle_of(&world) };
            assert_refused(world.escrow(jobs, &call), &IEscrow::EscrowBadFee { feeBps: fee, limit: 1_000 });
        }
    }
}

mod when_the_payee_cannot_receive {
    use super::*;

    #[test]
    fn it_passes_the_tokens_refusal_on_and_keeps_the_reward() {
        let mut world = locked(1);
        let (jobs, token) = (world.suite.jobs, world.suite.token);
        for payee in [Address::ZERO, token] {
            let call = IEscrow::settleCall { payee, ..settle_of(&world) };
            assert_refused(world.escrow(jobs, &call), &ILnqToken::ERC20InvalidReceiver { receiver: payee });
        }
        assert_eq!(reward(&world, JOB).2, 1);
        assert_eq!(owed(&world), (lnq(100), 0));
    }
}

mod when_the_whole_is_due {
    use super::*;

    #[test]
    fn it_pays_net_of_the_fee_and_returns_the_difference_to_the_posted_price() {
        let mut world = locked(2);
        let (requester, payee) = (world.cast.requester, world.cast.payout);
        let (escrow, jobs, token) = (world.suite.escrow, world.suite.jobs, world.suite.token);
        let before = world.holdings();
        let call = settle_of(&world);
        let sent = world.escrow(jobs, &call).expect("settlement");
        assert_eq!((sent.value.paid, sent.value.fee), (u96(lnq(78)), u96(lnq(2))));
        let (paid, fee, refunded) = (u96(lnq(78)), u96(lnq(2)), u96(lnq(20)));
        assert_eq!(
            sent.emitted(),
            [
                emitted(escrow, &IEscrow::SlotSettled { job: JOB, payee, paid, fee, refunded }),
                emitted(token, &ILnqToken::Transfer { from: escrow, to: payee, value: U256::from(lnq(78)) }),
                emitted(token, &ILnqToken::Transfer { from: escrow, to: requester, value: U256::from(lnq(20)) }),
            ]
        );
        assert_eq!(
            world.changes(&before),
            [("requester", lnq(20) as i128), ("payout", lnq(78) as i128), ("escrow", -(lnq(98) as i128))]
        );
        assert_eq!(reward(&world, JOB), (requester, lnq(100), 1));
        assert_eq!(owed(&world), (lnq(100), lnq(2)));
    }

    #[test]
    fn it_transfers_nothing_to_a_requester_who_gets_nothing_back() {
        let mut world = locked(1);
        let jobs = world.suite.jobs;
        let call = IEscrow::settleCall { price: u96(lnq(100)), ..settle_of(&world) };
        let sent = world.escrow(jobs, &call).expect("settlement");
        assert_eq!(sent.events::<ILnqToken::Transfer>().len(), 1);
    }
}

mod when_a_part_is_due {
    use super::*;

    #[test]
    fn it_rounds_pay_and_fee_down_to_the_unit() {
        // 7 units at 13/20 are 4.55, and 10 % of 4 are 0.4.
        let mut world = World::new();
        let (requester, escrow, jobs) = (world.cast.requester, world.suite.escrow, world.suite.jobs);
        world.approve(requester, escrow);
        let call = IEscrow::lockCall { price: u96(9), ..lock_of(&world, JOB, 1) };
        world.escrow(jobs, &call).expect("lock");
        let before = world.holdings();
        let call = IEscrow::settleCall { price: u96(7), share: 13, feeBps: 1_000, ..settle_of(&world) };
        let sent = world.escrow(jobs, &call).expect("settlement");
        assert_eq!((sent.value.paid, sent.value.fee), (u96(4), u96(0)));
        assert_eq!(world.changes(&before), [("requester", 5), ("payout", 4), ("escrow", -9)]);
        assert_eq!(owed(&world), (0, 0));
    }

    #[test]
    fn it_accounts_for_every_unit_at_every_share() {
        let mut world = locked(256);
        let jobs = world.suite.jobs;
        let price = lnq(77) + 777;
        for share in 0..=20_u8 {
            let (before, owed_before) = (world.holdings(), owed(&world));
            let call = IEscrow::settleCall { price: u96(price), share, feeBps: 333, ..settle_of(&world) };
            let sent = world.escrow(jobs, &call).expect("settlement");
            let earned = price * u128::from(share) / 20;
            let fee = earned * 333 / 10_000;
            assert_eq!((sent.value.paid, sent.value.fee), (u96(earned - fee), u96(fee)), "share {share}");
            let mut expected = vec![("requester", (lnq(100) - earned) as i128)];
            if earned > 0 {
                expected.push(("payout", (earned - fee) as i128));
            }
            expected.push(("escrow", -((lnq(100) - fee) as i128)));
            assert_eq!(world.changes(&before), expected, "share {share}");
            assert_eq!(owed(&world), (owed_before.0 - lnq(100), owed_before.1 + fee), "share {share}");
        }
    }
}

mod when_something_is_owed_to_the_requester {
    use super::*;

    #[test]
    fn it_comes_out_of_the_pay_before_the_fee() {
        let mut world = locked(3);
        let jobs = world.suite.jobs;
        // Of the pay of 60 LNQ, with a fee of a fortieth of what is left.
        for (of_pay, paid, fee) in [(20, lnq(39), lnq(1)), (60, 0, 0), (500, 0, 0)] {
            let before = world.holdings();
            let call = IEscrow::settleCall { share: 15, owed: u96(lnq(of_pay)), ..settle_of(&world) };
            let sent = world.escrow(jobs, &call).expect("settlement");
            assert_eq!((sent.value.paid, sent.value.fee), (u96(paid), u96(fee)), "{of_pay} LNQ owed");
            let refunded = lnq(100) - paid - fee;
            let mut expected = vec![("requester", refunded as i128)];
            if paid > 0 {
                expected.push(("payout", paid as i128));
            }
            expected.push(("escrow", -((paid + refunded) as i128)));
            assert_eq!(world.changes(&before), expected, "{of_pay} LNQ owed");
        }
        assert_eq!(owed(&world), (0, lnq(1)));
    }
}

mod when_nothing_is_due {
    use super::*;

    #[test]
    fn it_returns_everything_even_for_a_payee_that_cannot_receive() {
        let mut world = locked(1);
        let jobs = world.suite.jobs;
        let before = world.holdings();
        let call = IEscrow::settleCall { share: 0, payee: Address::ZERO, ..settle_of(&world) };
        let sent = world.escrow(jobs, &call).expect("settlement");
        assert_eq!((sent.value.paid, sent.value.fee), (U96::ZERO, U96::ZERO));
        assert_eq!(world.changes(&before), [("requester", lnq(100) as i128), ("escrow", -(lnq(100) as i128))]);
    }
}

mod given_it_is_the_last_slot {
    use super::*;

    #[test]
    fn it_forgets_the_job() {
        let mut world = locked(1);
        settle(&mut world);
        assert_eq!(reward(&world, JOB), (Address::ZERO, 0, 0));
        assert_eq!(owed(&world), (0, lnq(2)));
    }

    #[test]
    fn it_leaves_other_jobs_alone() {
        let mut world = locked(1);
        lock(&mut world, OTHER, 2);
        settle(&mut world);
        assert_eq!(reward(&world, OTHER), (world.cast.requester, lnq(100), 2));
        assert_eq!(owed(&world), (lnq(200), lnq(2)));
    }
}
