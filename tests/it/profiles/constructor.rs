use super::*;

mod when_the_registry_has_no_code {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::new();
        for given in [Address::ZERO, world.cast.eve] {
            let result = world.construct("profiles", (given,).abi_encode_params());
            assert_refused(result, &IProfiles::ProfilesBadAddress { given });
        }
    }
}

mod given_a_registry_that_answers_otherwise {
    use super::*;

    #[test]
    fn every_entry_reverts_with_registry_failed() {
        let mut world = World::new();
        let eve = world.cast.eve;
        let failed = IProfiles::ProfilesRegistryFailed {};
        for answer in [Vec::new(), vec![0; 31], vec![0; 64]] {
            let registry = world.place(&Stub::Returns(answer));
            let profiles = world.construct("profiles", (registry,).abi_encode_params()).expect("construction");
            let set = IProfiles::setProfileCall { provider: 1, sealingKey: KEY, metadata: METADATA.into() };
            let until = world.now() + 60;
            let publish = IProfiles::publishSelfTestCall { provider: 1, report: REPORT, validUntil: until };
            assert_refused(world.send(eve, profiles, &set), &failed);
            assert_refused(world.send(eve, profiles, &publish), &failed);
            assert_refused(world.call(eve, profiles, &IProfiles::profileCall { id: 1 }), &failed);
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_asks_that_registry() {
        let world = World::new();
        assert_eq!(world.read(world.suite.profiles, &IProfiles::wiringCall {}), world.suite.registry);
    }

    #[test]
    fn it_reverts_the_second_time() {
        let mut world = World::new();
        let (profiles, registry) = (world.suite.profiles, world.suite.registry);
        assert!(world.construct_again(profiles, (registry,).abi_encode_params()).is_err());
    }
}
