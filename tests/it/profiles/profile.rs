use super::*;

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let world = World::with_providers();
        for provider in [0, 3, NOBODY] {
            let result = world.call(world.cast.eve, world.suite.profiles, &IProfiles::profileCall { id: provider });
            assert_refused(result, &IProfiles::ProfilesUnknownProvider { provider });
        }
    }
}

mod given_nothing_was_stated {
    use super::*;

    #[test]
    fn it_is_empty() {
        assert_eq!(read(&World::with_providers(), 1), nothing());
    }
}

mod given_the_provider_has_another_owner {
    use super::*;

    /// A world in which the first provider stated everything.
    fn stated() -> World {
        let mut world = World::with_providers();
        let (owner, until) = (world.cast.owner, world.now() + 1_000);
        set(&mut world, owner, 1, METADATA).expect("profile");
        publish(&mut world, owner, 1, REPORT, until).expect("self-test");
        world
    }

    #[test]
    fn it_keeps_it_while_the_other_is_only_invited() {
        let mut world = stated();
        let (cast, before) = (world.cast, read(&world, 1));
        let (owner, operator, payout) = (cast.mallory, cast.operator, cast.payout);
        let call = IRegistry::setKeysCall { provider: 1, owner, operator, payout };
        world.registry(cast.owner, &call).expect("invitation");
        assert_eq!(read(&world, 1), before);
    }

    #[test]
    fn it_forgets_what_the_one_before_stated() {
        let mut world = stated();
        let (owner, mallory) = (world.cast.owner, world.cast.mallory);
        hand_over(&mut world, owner, mallory);
        assert_eq!(read(&world, 1), nothing());
    }

    #[test]
    fn each_part_counts_for_whoever_stated_it() {
        let mut world = stated();
        let (owner, mallory, operator) = (world.cast.owner, world.cast.mallory, world.cast.operator);
        hand_over(&mut world, owner, mallory);
        let until = world.now() + 50;
        publish(&mut world, operator, 1, REPORT, until).expect("self-test");
        assert_eq!(read(&world, 1), (B256::ZERO, String::new(), 0, REPORT, until));
        set(&mut world, mallory, 1, "ipfs://b").expect("profile");
        let (key, metadata, _, _, _) = read(&world, 1);
        assert_eq!((key, metadata.as_str()), (KEY, "ipfs://b"));
    }

    #[test]
    fn it_counts_again_when_the_provider_comes_back() {
        let mut world = stated();
        let (owner, mallory, before) = (world.cast.owner, world.cast.mallory, read(&world, 1));
        hand_over(&mut world, owner, mallory);
        hand_over(&mut world, mallory, owner);
        assert_eq!(read(&world, 1), before);
    }
}

mod given_its_self_test_is_over {
    use super::*;

    #[test]
    fn it_still_tells_the_report_and_when_it_ended() {
        let mut world = World::with_providers();
        let (owner, until) = (world.cast.owner, world.now() + 100);
        publish(&mut world, owner, 1, REPORT, until).expect("self-test");
        world.at(until + 1);
        assert_eq!((read(&world, 1).3, read(&world, 1).4), (REPORT, until));
    }
}
