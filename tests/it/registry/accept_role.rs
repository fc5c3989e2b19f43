use super::*;

/// The first provider is registered; its operator has not accepted yet.
fn invited() -> World {
    let mut world = World::new();
    let registration = world.registration(world.cast.operator, world.cast.payout);
    world.register_as(world.cast.owner, registration).expect("registration");
    world
}

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = invited();
        let operator = world.cast.operator;
        for provider in [0, 2, NOBODY] {
            let result = world.registry(operator, &IRegistry::acceptRoleCall { provider });
            assert_refused(result, &IRegistry::RegistryUnknownProvider { provider });
        }
    }
}

mod when_the_caller_was_not_named {
    use super::*;

    #[test]
    fn it_reverts_with_not_invited() {
        let mut world = invited();
        for caller in [world.cast.owner, world.cast.payout, world.cast.eve] {
            let result = world.registry(caller, &IRegistry::acceptRoleCall { provider: 1 });
            assert_refused(result, &IRegistry::RegistryNotInvited { provider: 1, caller });
        }
    }
}

mod given_it_has_accepted {
    use super::*;

    #[test]
    fn it_reverts_with_not_invited() {
        let mut world = World::with_providers();
        let operator = world.cast.operator;
        let result = world.registry(operator, &IRegistry::acceptRoleCall { provider: 1 });
        assert_refused(result, &IRegistry::RegistryNotInvited { provider: 1, caller: operator });
    }
}

mod given_the_caller_has_another_provider {
    use super::*;

    #[test]
    fn it_reverts_with_address_taken() {
        let mut world = invited();
        let cast = world.cast;
        // The one that was named becomes an owner in the meantime.
        world.give(cast.operator, lnq(10_000));
        let registration = world.registration(cast.rival_operator, cast.payout);
        world.register_as(cast.operator, registration).expect("registration");
        let result = world.registry(cast.operator, &IRegistry::acceptRoleCall { provider: 1 });
        assert_refused(result, &IRegistry::RegistryAddressTaken { account: cast.operator, provider: 2 });
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_counts_from_now_on_and_says_so() {
        let mut world = invited();
        let (operator, registry) = (world.cast.operator, world.suite.registry);
        let call = IRegistry::acceptRoleCall { provider: 1 };
        let sent = world.registry(operator, &call).expect("acceptance");
        let accepted = IRegistry::OperatorAccepted { provider: 1, operator };
        assert_eq!(sent.emitted(), [by_registry(&world, &accepted)]);
        assert!(world.provider(1).operatorAccepted);
        assert_eq!(world.read(registry, &IRegistry::providerOfCall { account: operator }), 1);
    }

    #[test]
    fn it_does_nothing_for_a_provider_before() {
        let mut world = invited();
        let request = request(&world);
        // Not being its operator yet, it would only be somebody who assigns work, at the quote.
        let error = IRegistry::RegistryNotTheQuote {
            provider: 1,
            price: request.price,
            quote: u96(world.quote(1, &request.resources, request.runSecs)),
        };
        assert_refused(take(&mut world, &request), &error);
    }
}

mod given_the_ownership_was_offered {
    use super::*;

    /// The first provider, whose owner has invited `successor`.
    fn offered(successor: Address) -> World {
        let mut world = World::with_providers();
        let cast = world.cast;
        let call =
            IRegistry::setKeysCall { provider: 1, owner: successor, operator: cast.operator, payout: cast.payout };
        world.registry(cast.owner, &call).expect("keys");
        world
    }

    fn accept(world: &mut World, caller: Address) -> Result<Sent<IRegistry::acceptRoleReturn>, Refusal> {
        world.registry(caller, &IRegistry::acceptRoleCall { provider: 1 })
    }

    fn provider_of(world: &World, account: Address) -> u32 {
        world.read(world.suite.registry, &IRegistry::providerOfCall { account })
    }

    #[test]
    fn it_reverts_with_not_invited_for_anybody_else() {
        let mut world = offered(Cast::ALL.mallory);
        for caller in [world.cast.eve, world.cast.owner, world.cast.operator, world.cast.governor] {
            assert_refused(accept(&mut world, caller), &IRegistry::RegistryNotInvited { provider: 1, caller });
        }
    }

    #[test]
    fn it_reverts_with_address_taken_for_one_that_has_another_provider() {
        for successor in [Cast::ALL.rival, Cast::ALL.rival_operator] {
            let mut world = offered(successor);
            let error = IRegistry::RegistryAddressTaken { account: successor, provider: 2 };
            assert_refused(accept(&mut world, successor), &error);
        }
    }

    #[test]
    fn it_changes_the_owner_and_says_so() {
        let mut world = offered(Cast::ALL.mallory);
        let (cast, before) = (world.cast, world.provider(1));
        let sent = accept(&mut world, cast.mallory).expect("acceptance");
        let changed = IRegistry::OwnerChanged { provider: 1, owner: cast.mallory };
        assert_eq!(sent.emitted(), [by_registry(&world, &changed)]);
        assert_eq!((provider_of(&world, cast.owner), provider_of(&world, cast.mallory)), (0, 1));
        let expected = Provider { owner: cast.mallory, invitedOwner: Address::ZERO, ..before };
        assert_eq!(world.provider(1), expected);
    }

    #[test]
    fn it_gives_the_stake_to_the_new_owner_alone() {
        let mut world = offered(Cast::ALL.mallory);
        let (cast, amount) = (world.cast, u96(lnq(10_000)));
        // What is being unbonded belongs to whoever is the owner when it is withdrawn.
        world.registry(cast.owner, &IRegistry::unbondCall { provider: 1, amount }).expect("unbonding");
        accept(&mut world, cast.mallory).expect("acceptance");
        world.warp(u64::from(linq_tests::UNBONDING));
        let withdraw = IRegistry::withdrawCall { provider: 1 };
        let error = IRegistry::RegistryNotOwner { provider: 1, caller: cast.owner };
        assert_refused(world.registry(cast.owner, &withdraw), &error);
        let before = world.holdings();
        world.registry(cast.mallory, &withdraw).expect("withdrawal");
        let moved = lnq(10_000) as i128;
        assert_eq!(world.changes(&before), [("mallory", moved), ("registry", -moved)]);
    }

    #[test]
    fn it_lets_the_operator_inherit() {
        let operator = Cast::ALL.operator;
        let mut world = offered(operator);
        accept(&mut world, operator).expect("acceptance");
        let provider = world.provider(1);
        assert_eq!((provider.owner, provider.operator, provider.operatorAccepted), (operator, operator, true));
        assert_eq!((provider_of(&world, operator), provider_of(&world, world.cast.owner)), (1, 0));
    }

    #[test]
    fn it_leaves_an_owner_that_operates_the_operators_role() {
        let mut world = World::with_providers();
        let cast = world.cast;
        let call =
            IRegistry::setKeysCall { provider: 1, owner: cast.mallory, operator: cast.owner, payout: cast.payout };
        world.registry(cast.owner, &call).expect("keys");
        accept(&mut world, cast.mallory).expect("acceptance");
        assert_eq!((provider_of(&world, cast.owner), provider_of(&world, cast.mallory)), (1, 1));
        let provider = world.provider(1);
        assert_eq!((provider.owner, provider.operator, provider.operatorAccepted), (cast.mallory, cast.owner, true));
    }

    #[test]
    fn it_takes_the_ownership_before_the_operators_role() {
        let mut world = World::with_providers();
        let cast = world.cast;
        let both = cast.mallory;
        let call = IRegistry::setKeysCall { provider: 1, owner: both, operator: both, payout: cast.payout };
        world.registry(cast.owner, &call).expect("keys");
        accept(&mut world, both).expect("acceptance");
        assert_eq!((world.provider(1).owner, world.provider(1).operatorAccepted), (both, false));
        accept(&mut world, both).expect("acceptance");
        assert!(world.provider(1).operatorAccepted);
        assert_refused(accept(&mut world, both), &IRegistry::RegistryNotInvited { provider: 1, caller: both });
    }
}
