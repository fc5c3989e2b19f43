use super::*;

mod when_the_spender_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_spender() {
        let mut world = World::new();
        let eve = world.cast.eve;
        let result = world.token(eve, &ILnqToken::approveCall { spender: Address::ZERO, value: U256::from(1) });
        assert_refused(result, &ILnqToken::ERC20InvalidSpender { spender: Address::ZERO });
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_sets_the_allowance_and_says_so() {
        let mut world = World::new();
        let (owner, spender, token) = (world.cast.eve, world.cast.keeper, world.suite.token);
        for value in [U256::from(5), U256::from(7), U256::ZERO, U256::MAX] {
            let sent = world.token(owner, &ILnqToken::approveCall { spender, value }).expect("approval");
            assert!(sent.value);
            assert_eq!(sent.emitted(), [emitted(token, &ILnqToken::Approval { owner, spender, value })]);
            assert_eq!(allowance(&world, owner, spender), value);
        }
        assert_eq!(allowance(&world, spender, owner), U256::ZERO);
    }

    #[test]
    fn it_may_exceed_the_balance() {
        let mut world = World::new();
        let (keeper, eve) = (world.cast.keeper, world.cast.eve);
        approve(&mut world, keeper, eve, U256::from(lnq(1)));
        assert_eq!(allowance(&world, keeper, eve), U256::from(lnq(1)));
    }
}

mod given_an_allowance_that_was_used_in_part {
    use super::*;

    #[test]
    fn a_new_one_replaces_what_is_left_and_zero_ends_it() {
        let mut world = World::new();
        let (eve, keeper, judge) = (world.cast.eve, world.cast.keeper, world.cast.judge);
        let take = |value: u8| ILnqToken::transferFromCall { from: eve, to: judge, value: U256::from(value) };
        approve(&mut world, eve, keeper, U256::from(5));
        world.token(keeper, &take(3)).expect("transfer");
        approve(&mut world, eve, keeper, U256::ZERO);
        let error =
            ILnqToken::ERC20InsufficientAllowance { spender: keeper, allowance: U256::ZERO, needed: U256::from(1) };
        assert_refused(world.token(keeper, &take(1)), &error);
        approve(&mut world, eve, keeper, U256::from(7));
        assert_eq!(allowance(&world, eve, keeper), U256::from(7));
    }
}
