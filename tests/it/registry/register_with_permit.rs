use super::*;

/// The owner's registration, and its call with a permit over its stake that `signer` signed.
fn call(world: &World, signer: Address, value: u128) -> IRegistry::registerWithPermitCall {
    let (owner, registration) = (world.cast.owner, world.registration(world.cast.operator, world.cast.payout));
    let (permit, _) = permit(world, owner, signer, value);
    IRegistry::registerWithPermitCall { registration, permit }
}

mod when_the_signature_is_good {
    use super::*;

    #[test]
    fn it_registers_without_an_allowance_given_before() {
        let mut world = World::new();
        let (owner, registry) = (world.cast.owner, world.suite.registry);
        let (call, before) = (call(&world, owner, lnq(10_000)), world.holdings());
        let sent = world.registry(owner, &call).expect("registration");
        assert_eq!(sent.value, 1);
        let moved = lnq(10_000) as i128;
        assert_eq!(world.changes(&before), [("owner", -moved), ("registry", moved)]);
        assert_eq!(sent.events::<IRegistry::ProviderRegistered>().len(), 1);
        let left = world.read(world.suite.token, &ILnqToken::allowanceCall { owner, spender: registry });
        assert_eq!(left, U256::ZERO, "it lets the registry take exactly the stake");
    }
}

mod when_somebody_else_showed_it_first {
    use super::*;

    #[test]
    fn it_registers_all_the_same() {
        let mut world = World::new();
        let (owner, eve) = (world.cast.owner, world.cast.eve);
        let call = call(&world, owner, lnq(10_000));
        let (_, shown) = permit(&world, owner, owner, lnq(10_000));
        world.token(eve, &shown).expect("anyone may show it");
        assert_eq!(world.registry(owner, &call).expect("registration").value, 1);
    }
}

mod when_the_signature_is_not_good {
    use super::*;

    /// What the token says without an allowance.
    fn missing(world: &World, allowance: u128) -> ILnqToken::ERC20InsufficientAllowance {
        ILnqToken::ERC20InsufficientAllowance {
            spender: world.suite.registry,
            allowance: U256::from(allowance),
            needed: U256::from(lnq(10_000)),
        }
    }

    #[test]
    fn it_shows_as_a_missing_allowance() {
        let mut world = World::new();
        let (owner, eve) = (world.cast.owner, world.cast.eve);
        let error = missing(&world, 0);
        for call in [call(&world, eve, lnq(10_000)), call(&world, owner, lnq(10_000) - 1)] {
            assert_refused(world.registry(owner, &call), &error);
        }
        let late = call(&world, owner, lnq(10_000));
        world.warp(3_601);
        assert_refused(world.registry(owner, &late), &error);
        assert_eq!(world.read(world.suite.lens, &ILens::providerCountCall {}), 0);
    }

    #[test]
    fn it_registers_where_there_is_an_allowance_anyway() {
        let mut world = World::new();
        let (owner, eve) = (world.cast.owner, world.cast.eve);
        world.approve(owner, world.suite.registry);
        let call = call(&world, eve, lnq(10_000));
        world.registry(owner, &call).expect("registration");
    }

    #[test]
    fn it_gives_nobody_elses_allowance_away() {
        let mut world = World::new();
        let (owner, eve) = (world.cast.owner, world.cast.eve);
        // Eve brings what the owner signed: the signature is over another owner than the caller.
        let call = call(&world, owner, lnq(10_000));
        let error = missing(&world, 0);
        assert_refused(world.registry(eve, &call), &error);
    }
}

mod when_registering_is_refused {
    use super::*;

    #[test]
    fn it_says_why_as_register_does() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        let call = call(&world, owner, lnq(10_000));
        let error = IRegistry::RegistryAddressTaken { account: owner, provider: 1 };
        assert_refused(world.registry(owner, &call), &error);
    }
}
