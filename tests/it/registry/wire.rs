use super::*;

mod when_the_caller_is_not_the_deployer {
    use super::*;

    #[test]
    fn it_reverts_with_not_deployer() {
        let mut world = World::unwired();
        let jobs = world.suite.jobs;
        for caller in [world.cast.eve, world.cast.treasury, jobs] {
            let result = world.registry(caller, &IRegistry::wireCall { jobs });
            assert_refused(result, &IRegistry::RegistryNotDeployer { caller });
        }
    }
}

mod when_it_is_wired_already {
    use super::*;

    #[test]
    fn it_reverts_with_already_wired() {
        let mut world = World::new();
        let (deployer, token) = (world.cast.deployer, world.suite.token);
        let result = world.registry(deployer, &IRegistry::wireCall { jobs: token });
        assert_refused(result, &IRegistry::RegistryAlreadyWired {});
    }
}

mod when_the_sibling_has_no_code {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::unwired();
        let (deployer, eve) = (world.cast.deployer, world.cast.eve);
        for given in [Address::ZERO, eve] {
            let result = world.registry(deployer, &IRegistry::wireCall { jobs: given });
            assert_refused(result, &IRegistry::RegistryBadAddress { given });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_names_jobs_and_says_so() {
        let mut world = World::unwired();
        let (deployer, jobs, token) = (world.cast.deployer, world.suite.jobs, world.suite.token);
        let sent = world.registry(deployer, &IRegistry::wireCall { jobs }).expect("wiring");
        assert_eq!(sent.emitted(), [by_registry(&world, &IRegistry::Wired { jobs })]);
        let wiring = world.read(world.suite.registry, &IRegistry::wiringCall {});
        assert_eq!((wiring.deployer, wiring.token, wiring.jobs), (deployer, token, jobs));
    }
}
