use super::*;

/// `setKeys` of the first provider that leaves everything as it is.
fn unchanged(world: &World) -> IRegistry::setKeysCall {
    let cast = world.cast;
    IRegistry::setKeysCall { provider: 1, owner: cast.owner, operator: cast.operator, payout: cast.payout }
}

/// The owner of the first provider calls `setKeys`, changed from [`unchanged`].
fn set_keys(
    world: &mut World,
    change: impl FnOnce(&mut IRegistry::setKeysCall),
) -> Result<Sent<IRegistry::setKeysReturn>, Refusal> {
    let (owner, mut call) = (world.cast.owner, unchanged(world));
    change(&mut call);
    world.registry(owner, &call)
}

/// The number of the kind of payout addresses.
const PAYOUT: u16 = 11;

fn provider_of(world: &World, account: Address) -> u32 {
    world.read(world.suite.registry, &IRegistry::providerOfCall { account })
}

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = World::with_providers();
        for provider in [0, 3, NOBODY] {
            let result = set_keys(&mut world, |call| call.provider = provider);
            assert_refused(result, &IRegistry::RegistryUnknownProvider { provider });
        }
    }
}

mod when_the_caller_is_not_the_owner {
    use super::*;

    #[test]
    fn it_reverts_with_not_owner() {
        let mut world = World::with_providers();
        let (cast, call) = (world.cast, unchanged(&world));
        for caller in [cast.operator, cast.payout, cast.rival, cast.governor, cast.guardian, cast.deployer, cast.eve] {
            assert_refused(world.registry(caller, &call), &IRegistry::RegistryNotOwner { provider: 1, caller });
        }
    }
}

mod when_owner_or_operator_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::with_providers();
        let error = IRegistry::RegistryBadAddress { given: Address::ZERO };
        assert_refused(set_keys(&mut world, |call| call.owner = Address::ZERO), &error);
        assert_refused(set_keys(&mut world, |call| call.operator = Address::ZERO), &error);
    }
}

mod when_the_payout_cannot_be_paid {
    use super::*;

    #[test]
    fn it_reverts_with_bad_payout() {
        let mut world = World::with_providers();
        let suite = world.suite;
        for payout in [Address::ZERO, suite.token, suite.registry, suite.jobs] {
            let result = set_keys(&mut world, |call| call.payout = payout);
            assert_refused(result, &IRegistry::RegistryBadPayout { payout });
        }
    }
}

mod given_there_were_as_many_payout_addresses_as_can_be {
    use super::*;

    /// The operator's word, with the bytes of the payout version above address and time: 20 + 5.
    const OPERATOR: u16 = 1;

    #[test]
    fn it_reverts_with_overflow_and_the_rest_can_still_change() {
        let mut world = World::with_providers();
        let (registry, eve) = (world.suite.registry, world.cast.eve);
        let place = word_of(OPERATOR, 0, 1);
        let last: U256 = U256::from_be_bytes(world.slot(registry, place).0) | (U256::from(u16::MAX) << (8 * 25));
        world.node_mut().set_storage(registry, place, last.into());
        // The address of that version is the one it had.
        let payout = world.cast.payout.into_word();
        world.node_mut().set_storage(registry, word_of(PAYOUT, u16::MAX, 1), payout);
        assert_refused(set_keys(&mut world, |call| call.payout = eve), &IRegistry::RegistryOverflow {});
        set_keys(&mut world, |call| call.operator = eve).expect("another operator");
    }
}

mod when_everything_stays_as_it_is {
    use super::*;

    #[test]
    fn it_says_so_and_changes_nothing() {
        let mut world = World::with_providers();
        let (cast, before) = (world.cast, world.provider(1));
        let sent = set_keys(&mut world, |_| {}).expect("keys");
        let changed = IRegistry::KeysChanged {
            provider: 1,
            invitedOwner: Address::ZERO,
            operator: cast.operator,
            payout: cast.payout,
        };
        assert_eq!(sent.emitted(), [by_registry(&world, &changed)]);
        assert_eq!(world.provider(1), before);
    }
}

mod when_another_operator_is_named {
    use super::*;

    #[test]
    fn it_counts_once_it_has_accepted_and_the_old_one_no_more() {
        let mut world = World::with_providers();
        let (cast, request) = (world.cast, request(&world));
        set_keys(&mut world, |call| call.operator = cast.keeper).expect("keys");
        let provider = world.provider(1);
        assert_eq!((provider.operator, provider.operatorAccepted), (cast.keeper, false));
        assert_eq!((provider_of(&world, cast.operator), provider_of(&world, cast.keeper)), (0, 0));
        // The old one is anybody now: it could only assign, at the quote.
        for caller in [cast.operator, cast.keeper] {
            let work = WorkRequest { caller, assignable: false, ..request.clone() };
            assert_refused(take(&mut world, &work), &IRegistry::RegistryNotAssignable { provider: 1, caller });
        }
        world.registry(cast.keeper, &IRegistry::acceptRoleCall { provider: 1 }).expect("acceptance");
        take(&mut world, &WorkRequest { caller: cast.keeper, ..request }).expect("take");
        assert_eq!(provider_of(&world, cast.keeper), 1);
    }

    #[test]
    fn it_frees_the_old_one_for_another_provider() {
        let mut world = World::with_providers();
        let cast = world.cast;
        set_keys(&mut world, |call| call.operator = cast.keeper).expect("keys");
        world.give(cast.operator, lnq(10_000));
        assert_eq!(world.register(cast.operator, cast.mallory_operator, cast.payout), 3);
    }

    #[test]
    fn it_takes_the_owner_at_its_word() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        set_keys(&mut world, |call| call.operator = owner).expect("keys");
        assert!(world.provider(1).operatorAccepted);
        assert_eq!(provider_of(&world, owner), 1);
        let (operator, payout) = (world.cast.operator, world.cast.payout);
        let call = IRegistry::setKeysCall { provider: 1, owner, operator, payout };
        world.registry(owner, &call).expect("keys");
        assert_eq!(provider_of(&world, owner), 1, "an owner that operates no more is the owner still");
        assert!(!world.provider(1).operatorAccepted, "it has to accept once more");
    }

    #[test]
    fn it_keeps_one_that_never_accepted_where_it_is() {
        let mut world = World::with_providers();
        let cast = world.cast;
        // The rival's operator is named by the first provider, and replaced again.
        set_keys(&mut world, |call| call.operator = cast.rival_operator).expect("keys");
        set_keys(&mut world, |call| call.operator = cast.keeper).expect("keys");
        assert_eq!(provider_of(&world, cast.rival_operator), 2);
    }
}

mod when_it_is_to_be_paid_elsewhere {
    use super::*;

    #[test]
    fn it_pays_work_taken_before_where_it_would_have_been() {
        let mut world = taken();
        let (keeper, work) = (world.cast.keeper, settled(&world));
        set_keys(&mut world, |call| call.payout = keeper).expect("keys");
        let request = request(&world);
        let version = take(&mut world, &request).expect("take").value.payoutVersion;
        assert_eq!(world.provider(1).payout, keeper);
        assert_eq!(close(&mut world, &work).expect("close").value.payout, world.cast.payout);
        let work = WorkClose { payoutVersion: version, ..work };
        assert_eq!(close(&mut world, &work).expect("close").value.payout, keeper);
    }
}

mod when_another_owner_is_invited {
    use super::*;

    #[test]
    fn it_changes_no_owner_yet() {
        let mut world = World::with_providers();
        let cast = world.cast;
        let sent = set_keys(&mut world, |call| call.owner = cast.mallory).expect("keys");
        let changed = IRegistry::KeysChanged {
            provider: 1,
            invitedOwner: cast.mallory,
            operator: cast.operator,
            payout: cast.payout,
        };
        assert_eq!(sent.emitted(), [by_registry(&world, &changed)]);
        let provider = world.provider(1);
        assert_eq!((provider.owner, provider.invitedOwner), (cast.owner, cast.mallory));
        assert_eq!((provider_of(&world, cast.owner), provider_of(&world, cast.mallory)), (1, 0));
    }

    #[test]
    fn it_can_be_taken_back() {
        let mut world = World::with_providers();
        let mallory = world.cast.mallory;
        set_keys(&mut world, |call| call.owner = mallory).expect("keys");
        set_keys(&mut world, |_| {}).expect("keys");
        assert_eq!(world.provider(1).invitedOwner, Address::ZERO);
        let result = world.registry(mallory, &IRegistry::acceptRoleCall { provider: 1 });
        assert_refused(result, &IRegistry::RegistryNotInvited { provider: 1, caller: mallory });
    }
}
