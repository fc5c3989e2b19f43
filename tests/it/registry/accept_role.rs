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
