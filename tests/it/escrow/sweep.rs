use super::*;

const SWEEP: IEscrow::sweepCall = IEscrow::sweepCall {};

mod given_there_are_no_fees {
    use super::*;

    #[test]
    fn it_does_nothing() {
        let mut world = locked(1);
        let (keeper, before) = (world.cast.keeper, world.holdings());
        let sent = world.escrow(keeper, &SWEEP).expect("sweep");
        assert_eq!((sent.value.toTreasury, sent.value.burned), (U96::ZERO, U96::ZERO));
        assert_eq!(sent.emitted(), []);
        assert_eq!(world.changes(&before), []);
    }
}

mod given_there_are_fees {
    use super::*;

    #[test]
    fn it_sends_half_to_the_treasury_and_burns_half_for_anyone() {
        let mut world = locked(2);
        settle(&mut world);
        let (eve, treasury, escrow, token) =
            (world.cast.eve, world.cast.treasury, world.suite.escrow, world.suite.token);
        let before = world.holdings();
        let sent = world.escrow(eve, &SWEEP).expect("sweep");
        assert_eq!((sent.value.toTreasury, sent.value.burned), (u96(lnq(1)), u96(lnq(1))));
        assert_eq!(
            sent.emitted(),
            [
                emitted(escrow, &IEscrow::FeesSwept { toTreasury: u96(lnq(1)), burned: u96(lnq(1)) }),
                emitted(token, &ILnqToken::Transfer { from: escrow, to: treasury, value: U256::from(lnq(1)) }),
                emitted(token, &ILnqToken::Transfer { from: escrow, to: Address::ZERO, value: U256::from(lnq(1)) }),
            ]
        );
        assert_eq!(world.changes(&before), [("treasury", lnq(1) as i128), ("escrow", -(lnq(2) as i128))]);
        assert_eq!(world.read(token, &ILnqToken::totalBurnedCall {}), U256::from(lnq(1)));
        assert_eq!(owed(&world), (lnq(100), 0));
    }

    #[test]
    fn it_burns_the_odd_unit() {
        let mut world = World::new();
        let (requester, escrow, jobs, keeper) =
            (world.cast.requester, world.suite.escrow, world.suite.jobs, world.cast.keeper);
        world.approve(requester, escrow);
        for (price, to_treasury, burned) in [(10, 0, 1), (30, 1, 2)] {
            let call = IEscrow::lockCall { price: u96(price), ..lock_of(&world, JOB, 1) };
            world.escrow(jobs, &call).expect("lock");
            let call = IEscrow::settleCall { price: u96(price), feeBps: 1_000, ..settle_of(&world) };
            world.escrow(jobs, &call).expect("settlement");
            let sent = world.escrow(keeper, &SWEEP).expect("sweep");
            assert_eq!((sent.value.toTreasury, sent.value.burned), (u96(to_treasury), u96(burned)));
        }
        assert_eq!(world.balance(escrow), 0);
    }

    #[test]
    fn it_leaves_a_surplus_alone() {
        let mut world = locked(1);
        settle(&mut world);
        let (escrow, keeper) = (world.suite.escrow, world.cast.keeper);
        world.give(escrow, 5);
        world.escrow(keeper, &SWEEP).expect("sweep");
        assert_eq!(world.balance(escrow), 5);
    }
}
