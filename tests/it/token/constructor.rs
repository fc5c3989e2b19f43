use super::*;

fn construct(world: &mut World, to: Vec<Address>, amounts: Vec<u128>) -> Result<Address, Refusal> {
    let amounts: Vec<U256> = amounts.into_iter().map(U256::from).collect();
    world.construct("lnq-token", (to, amounts).abi_encode_params())
}

mod when_there_is_not_one_amount_for_each_holder {
    use super::*;

    #[test]
    fn it_reverts_with_bad_holders() {
        let mut world = World::new();
        let eve = world.cast.eve;
        for (to, amounts) in [(vec![eve], vec![]), (vec![], vec![SUPPLY]), (vec![eve], vec![SUPPLY, 0])] {
            let (holders, given) = (U256::from(to.len()), U256::from(amounts.len()));
            let error = ILnqToken::LnqBadHolders { holders, amounts: given };
            assert_refused(construct(&mut world, to, amounts), &error);
        }
    }
}

mod when_there_are_too_many_holders {
    use super::*;

    #[test]
    fn it_reverts_with_bad_holders() {
        let mut world = World::new();
        let eve = world.cast.eve;
        let mut amounts = vec![0; 65];
        amounts[0] = SUPPLY;
        let error = ILnqToken::LnqBadHolders { holders: U256::from(65), amounts: U256::from(65) };
        assert_refused(construct(&mut world, vec![eve; 65], amounts.clone()), &error);
        amounts.pop();
        construct(&mut world, vec![eve; 64], amounts).expect("construction");
    }
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

    #[test]
    fn it_is_not_fooled_by_a_sum_that_overflows() {
        let mut world = World::new();
        let (eve, keeper) = (world.cast.eve, world.cast.keeper);
        // The sum is the supply modulo 2^256.
        let amounts = vec![U256::MAX, U256::from(SUPPLY + 1)];
        let result = world.construct("lnq-token", (vec![eve, keeper], amounts).abi_encode_params());
        assert_refused(result, &ILnqToken::LnqBadAllocation { given: U256::MAX, supply: U256::from(SUPPLY) });
    }
}

mod when_a_receiver_cannot_receive {
    use super::*;

    #[test]
    fn it_reverts_with_invalid_receiver_for_zero_and_for_the_token() {
        let mut world = World::new();
        let itself = world.next_contract();
        assert_refused(
            construct(&mut world, vec![itself], vec![SUPPLY]),
            &ILnqToken::ERC20InvalidReceiver { receiver: itself },
        );
        assert_refused(
            construct(&mut world, vec![Address::ZERO], vec![SUPPLY]),
            &ILnqToken::ERC20InvalidReceiver { receiver: Address::ZERO },
        );
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
