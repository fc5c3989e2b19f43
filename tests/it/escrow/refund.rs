use super::*;

const REFUND: IEscrow::refundCall = IEscrow::refundCall { job: JOB };

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut world = World::unwired();
        let jobs = world.suite.jobs;
        assert_refused(world.escrow(jobs, &REFUND), &IEscrow::EscrowNotWired {});
    }
}

mod when_the_caller_is_not_jobs {
    use super::*;

    #[test]
    fn it_reverts_with_not_jobs() {
        let mut world = locked(1);
        let caller = world.cast.requester;
        assert_refused(world.escrow(caller, &REFUND), &IEscrow::EscrowNotJobs { caller });
    }
}

mod given_nothing_is_locked {
    use super::*;

    #[test]
    fn it_reverts_with_nothing_locked() {
        let mut world = locked(1);
        let jobs = world.suite.jobs;
        let other = IEscrow::refundCall { job: OTHER };
        assert_refused(world.escrow(jobs, &other), &IEscrow::EscrowNothingLocked { job: OTHER });
        world.escrow(jobs, &REFUND).expect("refund");
        assert_refused(world.escrow(jobs, &REFUND), &IEscrow::EscrowNothingLocked { job: JOB });
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_returns_the_whole_price_of_one_slot() {
        let mut world = locked(2);
        let (requester, escrow, jobs, token) =
            (world.cast.requester, world.suite.escrow, world.suite.jobs, world.suite.token);
        let before = world.holdings();
        let sent = world.escrow(jobs, &REFUND).expect("refund");
        assert_eq!(sent.value, u96(lnq(100)));
        let settled = IEscrow::SlotSettled {
            job: JOB,
            payee: Address::ZERO,
            paid: U96::ZERO,
            fee: U96::ZERO,
            refunded: u96(lnq(100)),
        };
        assert_eq!(
            sent.emitted(),
            [
                emitted(escrow, &settled),
                emitted(token, &ILnqToken::Transfer { from: escrow, to: requester, value: U256::from(lnq(100)) }),
            ]
        );
        assert_eq!(world.changes(&before), [("requester", lnq(100) as i128), ("escrow", -(lnq(100) as i128))]);
        assert_eq!(reward(&world, JOB), (requester, lnq(100), 1));
        assert_eq!(owed(&world), (lnq(100), 0));
    }
}
