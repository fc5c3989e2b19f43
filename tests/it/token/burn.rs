use super::*;

mod when_the_caller_has_less {
    use super::*;

    #[test]
    fn it_reverts_with_insufficient_balance() {
        let mut world = World::new();
        let eve = world.cast.eve;
        for needed in [U256::from(SHARE + 1), U256::MAX] {
            let error = ILnqToken::ERC20InsufficientBalance { sender: eve, balance: U256::from(SHARE), needed };
            assert_refused(world.token(eve, &ILnqToken::burnCall { value: needed }), &error);
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_destroys_the_value_and_counts_it() {
        let mut world = World::new();
        let eve = world.cast.eve;
        let before = world.holdings();
        let sent = world.token(eve, &ILnqToken::burnCall { value: U256::from(5) }).expect("burn");
        assert_eq!(sent.emitted(), [moved(&world, eve, Address::ZERO, 5)]);
        assert_eq!(world.changes(&before), [("eve", -5)]);
        assert_eq!(supply(&world), (SUPPLY - 5, 5));
    }

    #[test]
    fn it_destroys_everything_there_is() {
        let mut world = World::new();
        let holders: Vec<Address> = Cast::EVERYBODY.iter().map(|(holder, _)| *holder).collect();
        for holder in holders {
            let value = U256::from(world.balance(holder));
            world.token(holder, &ILnqToken::burnCall { value }).expect("burn");
        }
        assert_eq!(supply(&world), (0, SUPPLY));
    }
}
