use super::*;

/// The keeper burns `value` of eve's LNQ.
fn burn_from(world: &mut World, value: U256) -> Result<Sent<ILnqToken::burnFromReturn>, Refusal> {
    let (keeper, account) = (world.cast.keeper, world.cast.eve);
    world.token(keeper, &ILnqToken::burnFromCall { account, value })
}

mod when_the_allowance_is_too_low {
    use super::*;

    #[test]
    fn it_reverts_with_insufficient_allowance() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        approve(&mut world, eve, keeper, U256::from(5));
        let needed = U256::from(6);
        let error = ILnqToken::ERC20InsufficientAllowance { spender: keeper, allowance: U256::from(5), needed };
        assert_refused(burn_from(&mut world, needed), &error);
    }
}

mod when_the_balance_is_too_low {
    use super::*;

    #[test]
    fn it_reverts_with_insufficient_balance() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        approve(&mut world, eve, keeper, U256::MAX);
        let needed = U256::from(SHARE + 1);
        let error = ILnqToken::ERC20InsufficientBalance { sender: eve, balance: U256::from(SHARE), needed };
        assert_refused(burn_from(&mut world, needed), &error);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_destroys_the_value_and_lowers_the_allowance() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        approve(&mut world, eve, keeper, U256::from(5));
        let before = world.holdings();
        let sent = burn_from(&mut world, U256::from(3)).expect("burn");
        assert_eq!(sent.emitted(), [moved(&world, eve, Address::ZERO, 3)]);
        assert_eq!(world.changes(&before), [("eve", -3)]);
        assert_eq!(allowance(&world, eve, keeper), U256::from(2));
        assert_eq!(supply(&world), (SUPPLY - 3, 3));
    }

    #[test]
    fn it_leaves_an_infinite_allowance() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        approve(&mut world, eve, keeper, U256::MAX);
        burn_from(&mut world, U256::from(3)).expect("burn");
        assert_eq!(allowance(&world, eve, keeper), U256::MAX);
    }
}
