use super::*;

fn forfeit_of(share: u8) -> IEscrow::forfeitCall {
    IEscrow::forfeitCall { job: JOB, price: u96(lnq(80)), share }
}

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut world = World::unwired();
        let jobs = world.suite.jobs;
        assert_refused(world.escrow(jobs, &forfeit_of(20)), &IEscrow::EscrowNotWired {});
    }
}

mod when_the_caller_is_not_jobs {
    use super::*;

    #[test]
    fn it_reverts_with_not_jobs() {
        let mut world = locked(1);
        for caller in [world.cast.requester, world.cast.deployer, world.suite.registry] {
            assert_refused(world.escrow(caller, &forfeit_of(20)), &IEscrow::EscrowNotJobs { caller });
        }
    }
}

mod given_nothing_is_locked {
    use super::*;

    #[test]
    fn it_reverts_with_nothing_locked() {
        let mut world = locked(1);
        let jobs = world.suite.jobs;
        world.escrow(jobs, &forfeit_of(20)).expect("the only slot");
        assert_refused(world.escrow(jobs, &forfeit_of(20)), &IEscrow::EscrowNothingLocked { job: JOB });
    }
}

mod when_price_or_share_is_too_high {
    use super::*;

    #[test]
    fn it_reverts_with_price_above_posted() {
        let mut world = locked(1);
        let (jobs, price) = (world.suite.jobs, u96(lnq(100) + 1));
        let call = IEscrow::forfeitCall { price, ..forfeit_of(20) };
        let error = IEscrow::EscrowPriceAbovePosted { price, posted: u96(lnq(100)) };
        assert_refused(world.escrow(jobs, &call), &error);
    }

    #[test]
    fn it_reverts_with_bad_share() {
        let mut world = locked(1);
        let jobs = world.suite.jobs;
        assert_refused(world.escrow(jobs, &forfeit_of(21)), &IEscrow::EscrowBadShare { share: 21 });
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_burns_the_share_returns_the_rest_and_says_so() {
        let mut world = locked(2);
        let (requester, escrow, jobs, token) =
            (world.cast.requester, world.suite.escrow, world.suite.jobs, world.suite.token);
        let before = world.holdings();
        let sent = world.escrow(jobs, &forfeit_of(15)).expect("forfeit");
        let (burned, refunded) = (lnq(60), lnq(40));
        assert_eq!(sent.value, u96(burned));
        let moved = |to, value| emitted(token, &ILnqToken::Transfer { from: escrow, to, value: U256::from(value) });
        assert_eq!(
            sent.emitted(),
            [
                emitted(escrow, &IEscrow::SlotForfeited { job: JOB, burned: u96(burned), refunded: u96(refunded) }),
                moved(requester, refunded),
                moved(Address::ZERO, burned),
            ]
        );
        assert_eq!(world.changes(&before), [("requester", refunded as i128), ("escrow", -(lnq(100) as i128))]);
        assert_eq!(reward(&world, JOB), (requester, lnq(100), 1));
        assert_eq!(owed(&world), (lnq(100), 0), "nobody earns a fee on it");
    }

    #[test]
    fn it_burns_nothing_of_a_claim_of_nothing() {
        let mut world = locked(1);
        let jobs = world.suite.jobs;
        let before = world.holdings();
        let sent = world.escrow(jobs, &forfeit_of(0)).expect("forfeit");
        assert_eq!(sent.events::<ILnqToken::Transfer>().len(), 1);
        assert_eq!(world.changes(&before), [("requester", lnq(100) as i128), ("escrow", -(lnq(100) as i128))]);
    }
}
