use super::*;

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        for provider in [0, NOBODY] {
            let result = world.registry(owner, &IRegistry::addStakeCall { provider, amount: u96(1) });
            assert_refused(result, &IRegistry::RegistryUnknownProvider { provider });
        }
    }
}

mod when_the_amount_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_no_amount() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        let result = world.registry(owner, &IRegistry::addStakeCall { provider: 1, amount: U96::ZERO });
        assert_refused(result, &IRegistry::RegistryNoAmount {});
    }
}

mod when_the_sum_leaves_its_range {
    use super::*;

    #[test]
    fn it_reverts_with_overflow() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        let result = world.registry(owner, &IRegistry::addStakeCall { provider: 1, amount: U96::MAX });
        assert_refused(result, &IRegistry::RegistryOverflow {});
    }
}

mod when_the_caller_cannot_pay {
    use super::*;

    #[test]
    fn it_passes_the_tokens_refusal_on() {
        let mut world = World::with_providers();
        let (keeper, registry) = (world.cast.keeper, world.suite.registry);
        world.approve(keeper, registry);
        let result = world.registry(keeper, &IRegistry::addStakeCall { provider: 1, amount: u96(5) });
        let error = ILnqToken::ERC20InsufficientBalance { sender: keeper, balance: U256::ZERO, needed: U256::from(5) };
        assert_refused(result, &error);
        assert_eq!(world.provider(1).bonded, u96(lnq(10_000)));
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_bonds_more_from_anyone_and_says_so() {
        for from in [Cast::ALL.owner, Cast::ALL.eve] {
            let mut world = World::with_providers();
            let registry = world.suite.registry;
            world.approve(from, registry);
            let before = world.holdings();
            let amount = u96(lnq(5));
            let sent = world.registry(from, &IRegistry::addStakeCall { provider: 1, amount }).expect("stake");
            let bonded = u96(lnq(10_005));
            assert_eq!(
                sent.emitted(),
                [
                    by_registry(&world, &IRegistry::StakeAdded { provider: 1, from, amount, bonded }),
                    moves(&world, from, registry, lnq(5)),
                ]
            );
            let moved = lnq(5) as i128;
            assert_eq!(world.changes(&before), [(world.name(from), -moved), ("registry", moved)]);
            assert_eq!(world.provider(1).bonded, bonded);
            assert_eq!(world.provider(2).bonded, u96(lnq(10_000)));
        }
    }
}
