use super::*;

/// The keeper moves `value` of eve's LNQ to `to`.
fn transfer_from(world: &mut World, to: Address, value: U256) -> Result<Sent<bool>, Refusal> {
    let (keeper, from) = (world.cast.keeper, world.cast.eve);
    world.token(keeper, &ILnqToken::transferFromCall { from, to, value })
}

/// A world in which the keeper may move `value` of eve's LNQ.
fn approved(value: U256) -> World {
    let mut world = World::new();
    let (eve, keeper) = (world.cast.eve, world.cast.keeper);
    approve(&mut world, eve, keeper, value);
    world
}

mod when_the_allowance_is_too_low {
    use super::*;

    #[test]
    fn it_reverts_with_insufficient_allowance() {
        let mut world = approved(U256::from(5));
        let (keeper, judge) = (world.cast.keeper, world.cast.judge);
        for needed in [U256::from(6), U256::MAX] {
            let error = ILnqToken::ERC20InsufficientAllowance { spender: keeper, allowance: U256::from(5), needed };
            assert_refused(transfer_from(&mut world, judge, needed), &error);
        }
    }

    #[test]
    fn it_counts_for_ones_own_lnq_as_well() {
        let mut world = World::new();
        let (eve, judge) = (world.cast.eve, world.cast.judge);
        let result = world.token(eve, &ILnqToken::transferFromCall { from: eve, to: judge, value: U256::from(1) });
        let error =
            ILnqToken::ERC20InsufficientAllowance { spender: eve, allowance: U256::ZERO, needed: U256::from(1) };
        assert_refused(result, &error);
    }
}

mod when_the_sender_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_approver() {
        let mut world = World::new();
        let (keeper, judge) = (world.cast.keeper, world.cast.judge);
        let call = ILnqToken::transferFromCall { from: Address::ZERO, to: judge, value: U256::ZERO };
        assert_refused(world.token(keeper, &call), &ILnqToken::ERC20InvalidApprover { approver: Address::ZERO });
    }
}

mod when_the_receiver_cannot_receive {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_receiver_for_zero_and_for_the_token() {
        let mut world = approved(U256::MAX);
        let token = world.suite.token;
        for receiver in [Address::ZERO, token] {
            let result = transfer_from(&mut world, receiver, U256::from(1));
            assert_refused(result, &ILnqToken::ERC20InvalidReceiver { receiver });
        }
    }
}

mod when_the_balance_is_too_low {
    use super::*;

    #[test]
    fn it_reverts_with_insufficient_balance_and_keeps_the_allowance() {
        let needed = U256::from(SHARE + 1);
        let mut world = approved(needed);
        let (eve, keeper, judge) = (world.cast.eve, world.cast.keeper, world.cast.judge);
        let error = ILnqToken::ERC20InsufficientBalance { sender: eve, balance: U256::from(SHARE), needed };
        assert_refused(transfer_from(&mut world, judge, needed), &error);
        assert_eq!(allowance(&world, eve, keeper), needed);
    }
}

mod given_a_finite_allowance {
    use super::*;

    #[test]
    fn it_moves_the_value_and_lowers_the_allowance() {
        let mut world = approved(U256::from(5));
        let (eve, keeper, judge) = (world.cast.eve, world.cast.keeper, world.cast.judge);
        let before = world.holdings();
        let sent = transfer_from(&mut world, judge, U256::from(3)).expect("transfer");
        assert!(sent.value);
        assert_eq!(sent.emitted(), [moved(&world, eve, judge, 3)]);
        assert_eq!(world.changes(&before), [("eve", -3), ("judge", 3)]);
        assert_eq!(allowance(&world, eve, keeper), U256::from(2));
    }

    #[test]
    fn it_can_be_used_up() {
        let mut world = approved(U256::from(5));
        let (eve, keeper, judge) = (world.cast.eve, world.cast.keeper, world.cast.judge);
        transfer_from(&mut world, judge, U256::from(5)).expect("transfer");
        assert_eq!(allowance(&world, eve, keeper), U256::ZERO);
    }
}

mod given_an_infinite_allowance {
    use super::*;

    #[test]
    fn it_moves_the_value_and_leaves_the_allowance() {
        let mut world = approved(U256::MAX);
        let (eve, keeper, judge) = (world.cast.eve, world.cast.keeper, world.cast.judge);
        transfer_from(&mut world, judge, U256::from(3)).expect("transfer");
        assert_eq!(allowance(&world, eve, keeper), U256::MAX);
        assert_eq!(world.balance(judge), 3);
    }
}

mod when_the_value_is_zero {
    use super::*;

    #[test]
    fn it_needs_no_allowance() {
        let mut world = World::new();
        let (eve, judge) = (world.cast.eve, world.cast.judge);
        let sent = transfer_from(&mut world, judge, U256::ZERO).expect("transfer");
        assert_eq!(sent.emitted(), [moved(&world, eve, judge, 0)]);
    }
}
