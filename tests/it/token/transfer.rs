use super::*;

fn transfer(world: &mut World, from: Address, to: Address, value: U256) -> Result<Sent<bool>, Refusal> {
    world.token(from, &ILnqToken::transferCall { to, value })
}

mod when_the_receiver_cannot_receive {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_receiver_for_zero_and_for_the_token() {
        let mut world = World::new();
        let (eve, token) = (world.cast.eve, world.suite.token);
        for receiver in [Address::ZERO, token] {
            let result = transfer(&mut world, eve, receiver, U256::from(1));
            assert_refused(result, &ILnqToken::ERC20InvalidReceiver { receiver });
        }
    }
}

mod when_the_sender_has_less {
    use super::*;

    #[test]
    fn it_reverts_with_insufficient_balance() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        for needed in [U256::from(SHARE + 1), U256::from(1) << 96, U256::MAX] {
            let result = transfer(&mut world, eve, keeper, needed);
            let error = ILnqToken::ERC20InsufficientBalance { sender: eve, balance: U256::from(SHARE), needed };
            assert_refused(result, &error);
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_moves_the_value_and_says_so() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        let before = world.holdings();
        let sent = transfer(&mut world, eve, keeper, U256::from(5)).expect("transfer");
        assert!(sent.value);
        assert_eq!(sent.emitted(), [moved(&world, eve, keeper, 5)]);
        assert_eq!(world.changes(&before), [("keeper", 5), ("eve", -5)]);
        assert_eq!(supply(&world), (SUPPLY, 0));
    }

    #[test]
    fn it_moves_everything() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        transfer(&mut world, eve, keeper, U256::from(SHARE)).expect("transfer");
        assert_eq!((world.balance(eve), world.balance(keeper)), (0, SHARE));
    }
}

mod when_the_value_is_zero {
    use super::*;

    #[test]
    fn it_says_so_and_moves_nothing_even_for_somebody_without_lnq() {
        let mut world = World::new();
        let (keeper, judge) = (world.cast.keeper, world.cast.judge);
        let before = world.holdings();
        let sent = transfer(&mut world, keeper, judge, U256::ZERO).expect("transfer");
        assert_eq!(sent.emitted(), [moved(&world, keeper, judge, 0)]);
        assert_eq!(world.changes(&before), []);
    }
}

mod when_the_receiver_is_the_sender {
    use super::*;

    #[test]
    fn it_changes_no_balance() {
        let mut world = World::new();
        let eve = world.cast.eve;
        let before = world.holdings();
        let sent = transfer(&mut world, eve, eve, U256::from(SHARE)).expect("transfer");
        assert_eq!(sent.emitted(), [moved(&world, eve, eve, SHARE)]);
        assert_eq!(world.changes(&before), []);
    }

    #[test]
    fn it_still_needs_the_balance() {
        let mut world = World::new();
        let eve = world.cast.eve;
        let needed = U256::from(SHARE + 1);
        let error = ILnqToken::ERC20InsufficientBalance { sender: eve, balance: U256::from(SHARE), needed };
        assert_refused(transfer(&mut world, eve, eve, needed), &error);
    }
}
