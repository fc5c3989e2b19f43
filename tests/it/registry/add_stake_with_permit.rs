use super::*;

/// `owner` adds 5 LNQ to the first provider, with a permit over them that `signer` signed.
fn call(world: &World, owner: Address, signer: Address) -> IRegistry::addStakeWithPermitCall {
    let (permit, _) = permit(world, owner, signer, lnq(5));
    IRegistry::addStakeWithPermitCall { provider: 1, amount: u96(lnq(5)), permit }
}

/// What the token says without an allowance.
fn missing(world: &World) -> ILnqToken::ERC20InsufficientAllowance {
    let needed = U256::from(lnq(5));
    ILnqToken::ERC20InsufficientAllowance { spender: world.suite.registry, allowance: U256::ZERO, needed }
}

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = World::with_providers();
        let eve = world.cast.eve;
        let call = IRegistry::addStakeWithPermitCall { provider: NOBODY, ..call(&world, eve, eve) };
        assert_refused(world.registry(eve, &call), &IRegistry::RegistryUnknownProvider { provider: NOBODY });
    }
}

mod when_the_amount_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_no_amount() {
        let mut world = World::with_providers();
        let eve = world.cast.eve;
        let call = IRegistry::addStakeWithPermitCall { amount: U96::ZERO, ..call(&world, eve, eve) };
        assert_refused(world.registry(eve, &call), &IRegistry::RegistryNoAmount {});
    }
}

mod when_the_signature_is_not_good {
    use super::*;

    #[test]
    fn it_shows_as_a_missing_allowance() {
        let mut world = World::with_providers();
        let (eve, requester) = (world.cast.eve, world.cast.requester);
        let error = missing(&world);
        let forged = call(&world, eve, requester);
        assert_refused(world.registry(eve, &forged), &error);
        let stolen = call(&world, requester, requester);
        assert_refused(world.registry(eve, &stolen), &error);
        let mut odd = call(&world, eve, eve);
        odd.permit.v = 2;
        assert_refused(world.registry(eve, &odd), &error);
        assert_eq!(world.provider(1).bonded, u96(lnq(10_000)));
    }

    #[test]
    fn it_counts_once() {
        let mut world = World::with_providers();
        let eve = world.cast.eve;
        let (call, error) = (call(&world, eve, eve), missing(&world));
        world.registry(eve, &call).expect("stake");
        assert_refused(world.registry(eve, &call), &error);
    }
}

mod when_the_signature_is_good {
    use super::*;

    #[test]
    fn it_bonds_more_and_says_so() {
        let mut world = World::with_providers();
        let (eve, registry) = (world.cast.eve, world.suite.registry);
        let (call, before) = (call(&world, eve, eve), world.holdings());
        let sent = world.registry(eve, &call).expect("stake");
        let (amount, bonded) = (u96(lnq(5)), u96(lnq(10_005)));
        let added = IRegistry::StakeAdded { provider: 1, from: eve, amount, bonded };
        assert_eq!(sent.emitted()[1..], [by_registry(&world, &added), moves(&world, eve, registry, lnq(5))]);
        let moved = lnq(5) as i128;
        assert_eq!(world.changes(&before), [("eve", -moved), ("registry", moved)]);
    }

    #[test]
    fn it_bonds_more_if_somebody_else_showed_it_first() {
        let mut world = World::with_providers();
        let (eve, mallory) = (world.cast.eve, world.cast.mallory);
        let call = call(&world, eve, eve);
        let (_, shown) = permit(&world, eve, eve, lnq(5));
        world.token(mallory, &shown).expect("anyone may show it");
        world.registry(eve, &call).expect("stake");
        assert_eq!(world.provider(1).bonded, u96(lnq(10_005)));
    }
}
