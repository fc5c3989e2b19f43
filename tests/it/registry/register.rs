use super::*;

/// The usual registration of the first provider, changed.
fn changed(world: &World, change: impl FnOnce(&mut Registration)) -> Registration {
    let mut registration = world.registration(world.cast.operator, world.cast.payout);
    change(&mut registration);
    registration
}

/// The owner registers with the usual registration, changed.
fn register(world: &mut World, change: impl FnOnce(&mut Registration)) -> Result<Sent<u32>, Refusal> {
    let registration = changed(world, change);
    world.register_as(world.cast.owner, registration)
}

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut world = World::unwired();
        assert_refused(register(&mut world, |_| {}), &IRegistry::RegistryNotWired {});
    }
}

mod given_registering_is_paused {
    use super::*;

    #[test]
    fn it_reverts_with_paused() {
        let mut world = World::new();
        let (owner, until) = (world.cast.owner, next_day(&world) + 6 * 86_400);
        world.registry(world.cast.guardian, &IRegistry::pauseCall {}).expect("pause");
        let registration = world.registration(world.cast.operator, world.cast.payout);
        assert_refused(world.register_as(owner, registration), &IRegistry::RegistryPaused { until });
    }
}

mod when_the_caller_has_a_provider_already {
    use super::*;

    #[test]
    fn it_reverts_with_address_taken_for_an_owner() {
        let mut world = World::with_providers();
        let account = world.cast.owner;
        let error = IRegistry::RegistryAddressTaken { account, provider: 1 };
        assert_refused(register(&mut world, |_| {}), &error);
    }

    #[test]
    fn it_reverts_with_address_taken_for_an_operator_that_has_accepted() {
        let mut world = World::with_providers();
        let account = world.cast.operator;
        world.give(account, lnq(10_000));
        let registration = changed(&world, |registration| registration.operator = account);
        let error = IRegistry::RegistryAddressTaken { account, provider: 1 };
        assert_refused(world.register_as(account, registration), &error);
    }
}

mod when_the_operator_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::new();
        let error = IRegistry::RegistryBadAddress { given: Address::ZERO };
        assert_refused(register(&mut world, |registration| registration.operator = Address::ZERO), &error);
    }
}

mod when_the_payout_cannot_be_paid {
    use super::*;

    #[test]
    fn it_reverts_with_bad_payout() {
        let mut world = World::new();
        let suite = world.suite;
        for payout in [Address::ZERO, suite.token, suite.registry, suite.jobs] {
            let result = register(&mut world, |registration| registration.payout = payout);
            assert_refused(result, &IRegistry::RegistryBadPayout { payout });
        }
    }
}

mod when_the_capacity_runs_nothing {
    use super::*;

    #[test]
    fn it_reverts_with_bad_capacity() {
        let changes: [fn(&mut Resources); 4] = [
            |capacity| capacity.cpuMillis = 0,
            |capacity| capacity.memoryMib = 0,
            |capacity| capacity.gpuClass = 1,
            |capacity| capacity.gpus = 1,
        ];
        let mut world = World::new();
        for change in changes {
            let result = register(&mut world, |registration| change(&mut registration.capacity));
            assert_refused(result, &IRegistry::RegistryBadCapacity {});
        }
    }
}

mod when_the_offer_takes_nothing {
    use super::*;

    #[test]
    fn it_reverts_with_bad_offer() {
        let mut world = World::new();
        for change in set_offer::UNSOUND {
            let result = register(&mut world, |registration| change(&mut registration.offer));
            assert_refused(result, &IRegistry::RegistryBadOffer {});
        }
    }
}

mod when_the_stake_is_below_the_minimum {
    use super::*;

    #[test]
    fn it_reverts_with_stake_too_low() {
        let mut world = World::new();
        // 1,000 and 100 for each of four cores.
        let minimum = u96(lnq(1_400));
        for stake in [0, lnq(1_400) - 1] {
            let result = register(&mut world, |registration| registration.stake = u96(stake));
            assert_refused(result, &IRegistry::RegistryStakeTooLow { stake: u96(stake), minimum });
        }
        register(&mut world, |registration| registration.stake = minimum).expect("the minimum itself");
    }
}

mod when_the_caller_cannot_pay {
    use super::*;

    #[test]
    fn it_passes_the_tokens_refusal_on_and_registers_nobody() {
        let mut world = World::new();
        let (owner, registry) = (world.cast.owner, world.suite.registry);
        let registration = changed(&world, |_| {});
        let error = ILnqToken::ERC20InsufficientAllowance {
            spender: registry,
            allowance: U256::ZERO,
            needed: U256::from(lnq(10_000)),
        };
        assert_refused(world.registry(owner, &IRegistry::registerCall { registration }), &error);
        assert_eq!(world.read(world.suite.lens, &ILens::providerCountCall {}), 0);
        assert_eq!(world.read(registry, &IRegistry::providerOfCall { account: owner }), 0);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_bonds_the_stake_and_says_so() {
        let mut world = World::new();
        let (owner, operator, registry) = (world.cast.owner, world.cast.operator, world.suite.registry);
        world.approve(owner, registry);
        let before = world.holdings();
        let registration = changed(&world, |_| {});
        let sent = world
            .registry(owner, &IRegistry::registerCall { registration: registration.clone() })
            .expect("registration");
        assert_eq!(sent.value, 1);
        let registered = IRegistry::ProviderRegistered { provider: 1, owner, operator, registration };
        assert_eq!(sent.emitted(), [by_registry(&world, &registered), moves(&world, owner, registry, lnq(10_000))]);
        let moved = lnq(10_000) as i128;
        assert_eq!(world.changes(&before), [("owner", -moved), ("registry", moved)]);
        assert_eq!(world.read(world.suite.lens, &ILens::providerCountCall {}), 1);
        assert_eq!(world.read(registry, &IRegistry::providerOfCall { account: owner }), 1);
        let operates = world.read(registry, &IRegistry::providerOfCall { account: operator });
        assert_eq!(operates, 0, "it has not accepted yet");
    }

    #[test]
    fn it_gives_out_ids_in_turn() {
        let mut world = World::with_providers();
        let cast = world.cast;
        assert_eq!(world.register(cast.mallory, cast.mallory_operator, cast.mallory), 3);
        assert_eq!(world.read(world.suite.lens, &ILens::providerCountCall {}), 3);
    }

    #[test]
    fn it_takes_an_owner_that_operates_itself_at_its_word() {
        let mut world = World::new();
        let owner = world.cast.owner;
        register(&mut world, |registration| registration.operator = owner).expect("registration");
        assert!(world.provider(1).operatorAccepted);
        let result = world.registry(owner, &IRegistry::acceptRoleCall { provider: 1 });
        assert_refused(result, &IRegistry::RegistryNotInvited { provider: 1, caller: owner });
    }

    #[test]
    fn it_may_name_the_same_operator_as_another_until_one_of_them_has_it() {
        let mut world = World::with_providers();
        let (mallory, operator) = (world.cast.mallory, world.cast.operator);
        let registration = changed(&world, |_| {});
        let provider = world.register_as(mallory, registration).expect("registration").value;
        let result = world.registry(operator, &IRegistry::acceptRoleCall { provider });
        assert_refused(result, &IRegistry::RegistryAddressTaken { account: operator, provider: 1 });
        assert!(!world.provider(provider).operatorAccepted);
    }
}
