use super::*;

mod given_there_is_no_such_provider {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_provider() {
        let mut world = World::with_providers();
        let (owner, until) = (world.cast.owner, world.now() + 100);
        for provider in [0, 3, NOBODY] {
            let error = IProfiles::ProfilesUnknownProvider { provider };
            assert_refused(publish(&mut world, owner, provider, REPORT, until), &error);
        }
    }
}

mod when_the_caller_is_neither_owner_nor_operator {
    use super::*;

    #[test]
    fn it_reverts_with_not_operator() {
        let mut world = World::with_providers();
        let (cast, until) = (world.cast, world.now() + 100);
        for caller in [cast.payout, cast.rival, cast.rival_operator, cast.eve, cast.governor] {
            let error = IProfiles::ProfilesNotOperator { provider: 1, caller };
            assert_refused(publish(&mut world, caller, 1, REPORT, until), &error);
        }
    }

    #[test]
    fn it_reverts_with_not_operator_for_one_that_has_not_accepted_or_was_replaced() {
        let mut world = World::with_providers();
        let (cast, until) = (world.cast, world.now() + 100);
        let (owner, operator, payout) = (cast.owner, cast.keeper, cast.payout);
        let call = IRegistry::setKeysCall { provider: 1, owner, operator, payout };
        world.registry(owner, &call).expect("another operator");
        for caller in [cast.keeper, cast.operator] {
            let error = IProfiles::ProfilesNotOperator { provider: 1, caller };
            assert_refused(publish(&mut world, caller, 1, REPORT, until), &error);
        }
    }
}

mod when_the_report_does_not_count {
    use super::*;

    #[test]
    fn it_reverts_with_bad_self_test() {
        let mut world = World::with_providers();
        let owner = world.cast.owner;
        // What the next transaction sees.
        let now = world.now();
        world.at(now);
        let latest = now + MAX_VALIDITY_SECS;
        for until in [0, 1, now - 1, now, latest + 1, u64::MAX] {
            let error = IProfiles::ProfilesBadSelfTest { validUntil: until, latest };
            let found = world.rehearse(|world| publish(world, owner, 1, REPORT, until));
            assert_refused(found, &error);
        }
    }

    #[test]
    fn it_reverts_with_bad_self_test_without_a_report() {
        let mut world = World::with_providers();
        let (owner, now) = (world.cast.owner, world.now());
        world.at(now);
        let error = IProfiles::ProfilesBadSelfTest { validUntil: now + 5, latest: now + MAX_VALIDITY_SECS };
        assert_refused(publish(&mut world, owner, 1, B256::ZERO, now + 5), &error);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_stores_hash_and_time_for_owner_and_operator_and_says_so() {
        for caller in [Cast::ALL.owner, Cast::ALL.operator] {
            let mut world = World::with_providers();
            let now = world.now();
            world.at(now);
            for until in [now + 1, now + MAX_VALIDITY_SECS] {
                let sent = world.rehearse(|world| {
                    let sent = publish(world, caller, 1, REPORT, until).expect("self-test");
                    assert_eq!(read(world, 1), (B256::ZERO, String::new(), 0, REPORT, until));
                    sent
                });
                let said = IProfiles::SelfTestPublished { provider: 1, report: REPORT, validUntil: until };
                assert_eq!(sent.emitted(), [emitted(world.suite.profiles, &said)]);
            }
        }
    }

    #[test]
    fn it_takes_back_with_two_zeros() {
        let mut world = World::with_providers();
        let (owner, operator, until) = (world.cast.owner, world.cast.operator, world.now() + 100);
        set(&mut world, owner, 1, METADATA).expect("profile");
        let before = read(&world, 1);
        publish(&mut world, operator, 1, REPORT, until).expect("self-test");
        let sent = publish(&mut world, owner, 1, B256::ZERO, 0).expect("taken back");
        let said = IProfiles::SelfTestPublished { provider: 1, report: B256::ZERO, validUntil: 0 };
        assert_eq!(sent.emitted(), [emitted(world.suite.profiles, &said)]);
        assert_eq!(read(&world, 1), before);
    }

    #[test]
    fn it_never_reaches_the_sealing_key_and_the_metadata() {
        let mut world = World::with_providers();
        let (cast, until) = (world.cast, world.now() + 100);
        set(&mut world, cast.owner, 1, METADATA).expect("profile");
        let (key, metadata, stated_at, _, _) = read(&world, 1);
        publish(&mut world, cast.operator, 1, REPORT, until).expect("self-test");
        assert_eq!(read(&world, 1), (key, metadata, stated_at, REPORT, until));
    }
}
