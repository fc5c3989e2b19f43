use super::*;

const SKIM: IEscrow::skimCall = IEscrow::skimCall {};

mod given_there_is_no_surplus {
    use super::*;

    #[test]
    fn it_does_nothing() {
        let mut world = locked(2);
        settle(&mut world);
        let (keeper, before) = (world.cast.keeper, world.holdings());
        let sent = world.escrow(keeper, &SKIM).expect("skim");
        assert_eq!(sent.value, U96::ZERO);
        assert_eq!(sent.emitted(), []);
        assert_eq!(world.changes(&before), []);
    }
}

mod given_somebody_sent_lnq_by_mistake {
    use super::*;

    #[test]
    fn it_sends_that_to_the_treasury_and_no_reward_and_no_fee() {
        let mut world = locked(2);
        settle(&mut world);
        let (eve, treasury, escrow, token) =
            (world.cast.eve, world.cast.treasury, world.suite.escrow, world.suite.token);
        world.give(escrow, 7);
        let before = world.holdings();
        let sent = world.escrow(eve, &SKIM).expect("skim");
        assert_eq!(sent.value, u96(7));
        assert_eq!(
            sent.emitted(),
            [
                emitted(escrow, &IEscrow::SurplusSkimmed { toTreasury: u96(7) }),
                emitted(token, &ILnqToken::Transfer { from: escrow, to: treasury, value: U256::from(7) }),
            ]
        );
        assert_eq!(world.changes(&before), [("treasury", 7), ("escrow", -7)]);
        assert_eq!(owed(&world), (lnq(100), lnq(2)));
        assert_eq!(world.balance(escrow), world.escrow_owes());
    }
}
