use super::*;

const DRAIN: IRegistry::drainCall = IRegistry::drainCall { provider: 1 };

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        for provider in [0, 3, NOBODY] {
            let result = world.registry(owner, &IRegistry::drainCall { provider });
            assert_refused(result, &IRegistry::RegistryUnknownProvider { provider });
        }
    }
}

mod when_the_caller_is_not_the_owner {
    use super::*;

    #[test]
    fn it_reverts_with_not_owner() {
        let mut world = World::with_providers();
        let cast = world.cast;
        for caller in [cast.operator, cast.payout, cast.rival, cast.governor, cast.guardian, cast.eve] {
            assert_refused(world.registry(caller, &DRAIN), &IRegistry::RegistryNotOwner { provider: 1, caller });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_takes_no_more_work_and_says_so() {
        let mut world = World::with_providers();
        let (owner, before, request) = (world.cast.owner, world.provider(1), request(&world));
        let sent = world.registry(owner, &DRAIN).expect("drain");
        assert_eq!(sent.emitted(), [by_registry(&world, &IRegistry::Draining { provider: 1 })]);
        assert_eq!(world.provider(1), Provider { draining: true, ..before });
        assert_refused(take(&mut world, &request), &IRegistry::RegistryDraining { provider: 1 });
        let other = WorkRequest { provider: 2, caller: world.cast.rival_operator, ..request };
        take(&mut world, &other).expect("another takes all the same");
    }

    #[test]
    fn it_changes_nothing_a_second_time() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        world.registry(owner, &DRAIN).expect("drain");
        let before = world.provider(1);
        world.registry(owner, &DRAIN).expect("drain");
        assert_eq!(world.provider(1), before);
    }

    #[test]
    fn it_is_the_way_out_with_everything() {
        let mut world = taken();
        let (owner, registry, work) = (world.cast.owner, world.suite.registry, settled(&world));
        world.registry(owner, &DRAIN).expect("drain");
        let before = world.holdings();
        close(&mut world, &work).expect("what was taken is finished");
        let amount = u96(lnq(10_000));
        world.registry(owner, &IRegistry::unbondCall { provider: 1, amount }).expect("unbonding");
        world.warp(u64::from(linq_tests::UNBONDING));
        world.registry(owner, &IRegistry::withdrawCall { provider: 1 }).expect("withdrawal");
        let moved = lnq(10_000) as i128;
        assert_eq!(world.changes(&before), [("owner", moved), ("registry", -moved)]);
        // The id stays its own: nobody gets it again, and the owner gets no other.
        assert_eq!(world.read(registry, &IRegistry::providerOfCall { account: owner }), 1);
        assert_eq!(world.register(world.cast.mallory, world.cast.mallory_operator, world.cast.payout), 3);
    }
}
