use super::*;

fn construct(world: &mut World, to: Vec<Address>, amounts: Vec<u128>) -> Result<Address, Refusal> {
    let amounts: Vec<U256> = amounts.into_iter().map(U256::from).collect();
    world.construct("lnq-token", (to, amounts).abi_encode_params())
}

mod when_the_amounts_are_not_the_supply {
    use super::*;

    #[test]
    fn it_reverts_with_bad_allocation() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        let cases = [
            (vec![], vec![], 0),
            (vec![eve], vec![SUPPLY - 1], SUPPLY - 1),
            (vec![eve], vec![SUPPLY + 1], SUPPLY + 1),
            (vec![eve, keeper], vec![SUPPLY, 1], SUPPLY + 1),
        ];
        for (to, amounts, given) in cases {
            let error = ILnqToken::LnqBadAllocation { given: U256::from(given), supply: U256::from(SUPPLY) };
            assert_refused(construct(&mut world, to, amounts), &error);
        }
    }
}

mod when_a_receiver_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_receiver() {
        let mut world = World::new();
        let error = ILnqToken::ERC20InvalidReceiver { receiver: Address::ZERO };
        assert_refused(construct(&mut world, vec![Address::ZERO], vec![SUPPLY]), &error);
    }
}

mod when_it_was_constructed_before {
    use super::*;

    #[test]
    fn it_reverts_and_mints_nothing() {
        let mut world = World::new();
        let (token, eve) = (world.suite.token, world.cast.eve);
        assert!(world.construct_again(token, (vec![eve], vec![U256::from(SUPPLY)]).abi_encode_params()).is_err());
        assert_eq!(world.balance(eve), SHARE);
        assert_eq!(supply(&world), (SUPPLY, 0));
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_mints_what_each_was_given() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        let token = construct(&mut world, vec![eve, keeper, eve], vec![SUPPLY - 3, 1, 2]).expect("construction");
        let balance =
            |world: &World, account| -> u128 { world.read(token, &ILnqToken::balanceOfCall { account }).to() };
        assert_eq!((balance(&world, eve), balance(&world, keeper)), (SUPPLY - 1, 1));
        assert_eq!(world.read(token, &ILnqToken::totalSupplyCall {}), U256::from(SUPPLY));
    }
}
