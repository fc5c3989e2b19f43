use super::*;

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        for provider in [0, 3, NOBODY, u32::MAX] {
            let error = IProfiles::ProfilesUnknownProvider { provider };
            assert_refused(set(&mut world, owner, provider, METADATA), &error);
        }
    }
}

mod when_the_caller_is_not_the_owner {
    use super::*;

    #[test]
    fn it_reverts_with_not_owner() {
        let mut world = World::with_providers();
        let (cast, registry) = (world.cast, world.suite.registry);
        for caller in [cast.payout, cast.rival, cast.eve, cast.governor, cast.guardian, cast.deployer, registry] {
            let error = IProfiles::ProfilesNotOwner { provider: 1, caller };
            assert_refused(set(&mut world, caller, 1, METADATA), &error);
        }
        assert_eq!(read(&world, 1), nothing());
    }

    #[test]
    fn it_reverts_with_not_owner_for_the_operator_whose_key_is_hot() {
        let mut world = World::with_providers();
        let caller = world.cast.operator;
        assert_refused(set(&mut world, caller, 1, METADATA), &IProfiles::ProfilesNotOwner { provider: 1, caller });
    }

    #[test]
    fn it_reverts_with_not_owner_for_whoever_is_invited_or_was_the_owner() {
        let mut world = World::with_providers();
        let cast = world.cast;
        let (owner, operator, payout) = (cast.mallory, cast.operator, cast.payout);
        let call = IRegistry::setKeysCall { provider: 1, owner, operator, payout };
        world.registry(cast.owner, &call).expect("invitation");
        let refused = |world: &mut World, caller| {
            assert_refused(set(world, caller, 1, METADATA), &IProfiles::ProfilesNotOwner { provider: 1, caller });
        };
        refused(&mut world, cast.mallory);
        world.registry(cast.mallory, &IRegistry::acceptRoleCall { provider: 1 }).expect("acceptance");
        refused(&mut world, cast.owner);
        set(&mut world, cast.mallory, 1, METADATA).expect("the owner states");
    }
}

mod when_the_metadata_are_too_long {
    use super::*;

    #[test]
    fn it_reverts_with_metadata_too_long() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        for length in [257, 300, 70_000] {
            let error = IProfiles::ProfilesMetadataTooLong { length, limit: 256 };
            assert_refused(set(&mut world, owner, 1, &"a".repeat(length as usize)), &error);
        }
    }
}

mod when_the_metadata_are_no_uri {
    use super::*;

    #[test]
    fn it_reverts_bare_for_anything_that_is_not_printable() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        for text in ["a b", "line\nbreak", "\u{1b}[31m", "\u{202e}", "é", "\0", "\u{7f}"] {
            assert_refused_bare(set(&mut world, owner, 1, text));
        }
        assert_eq!(read(&world, 1), nothing());
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_stores_both_and_says_so() {
        let mut world = World::with_providers();
        let (owner, now) = (world.cast.owner, world.now() + 10);
        world.at(now);
        let sent = set(&mut world, owner, 1, METADATA).expect("profile");
        let said = IProfiles::ProfileSet { provider: 1, sealingKey: KEY, metadata: METADATA.into() };
        assert_eq!(sent.emitted(), [emitted(world.suite.profiles, &said)]);
        assert_eq!(read(&world, 1), (KEY, METADATA.into(), now, B256::ZERO, 0));
        assert_eq!(read(&world, 2), nothing(), "another provider has none");
    }

    #[test]
    fn it_keeps_every_length_to_the_byte_and_forgets_what_was_longer() {
        let mut world = World::with_providers();
        let (owner, profiles) = (world.cast.owner, world.suite.profiles);
        let long: String = (0..256).map(|place| char::from(b'!' + (place % 94) as u8)).collect();
        for length in [0, 1, 31, 32, 33, 64, 255, 256, 40, 3, 256, 0] {
            set(&mut world, owner, 1, &long[..length]).expect("profile");
            assert_eq!(read(&world, 1).1, long[..length]);
            for part in 0..9 {
                let used = part < length.div_ceil(32);
                let word = world.slot(profiles, part_of(3, part as u64, 1));
                assert_eq!(word != B256::ZERO, used, "part {part} of {length} bytes");
            }
        }
    }

    #[test]
    fn it_replaces_the_key_and_takes_it_back() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        for sealing_key in [KEY, B256::repeat_byte(1), B256::ZERO] {
            let call = IProfiles::setProfileCall { provider: 1, sealingKey: sealing_key, metadata: String::new() };
            world.profiles(owner, &call).expect("profile");
            assert_eq!((read(&world, 1).0, read(&world, 1).1), (sealing_key, String::new()));
        }
    }

    #[test]
    fn it_leaves_the_self_test_and_the_provider_alone() {
        let mut world = World::with_providers();
        let (owner, until) = (world.cast.owner, world.now() + 100);
        publish(&mut world, owner, 1, REPORT, until).expect("self-test");
        let (before, holdings) = (world.provider(1), world.holdings());
        set(&mut world, owner, 1, METADATA).expect("profile");
        let (_, _, _, report, valid_until) = read(&world, 1);
        assert_eq!((report, valid_until), (REPORT, until));
        assert_eq!((world.provider(1), world.changes(&holdings)), (before, vec![]));
    }

    #[test]
    fn it_can_be_done_while_a_provider_leaves_and_while_newcomers_are_kept_out() {
        let mut world = World::with_providers();
        let cast = world.cast;
        world.registry(cast.guardian, &IRegistry::pauseCall {}).expect("pause");
        world.registry(cast.owner, &IRegistry::drainCall { provider: 1 }).expect("drain");
        set(&mut world, cast.owner, 1, METADATA).expect("profile");
        assert_eq!(read(&world, 1).0, KEY);
    }
}
