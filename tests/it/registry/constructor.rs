use linq_tests::{UNBONDING, registry_arguments, registry_parameters};

use super::*;

fn construct(
    world: &mut World,
    deployer: Address,
    token: Address,
    parameters: RegistryParameters,
) -> Result<Address, Refusal> {
    world.construct("registry", registry_arguments(deployer, token, parameters))
}

mod when_the_deployer_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::new();
        let token = world.suite.token;
        let result = construct(&mut world, Address::ZERO, token, registry_parameters());
        assert_refused(result, &IRegistry::RegistryBadAddress { given: Address::ZERO });
    }
}

mod when_the_token_has_no_code {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::new();
        let (deployer, eve) = (world.cast.deployer, world.cast.eve);
        let result = construct(&mut world, deployer, eve, registry_parameters());
        assert_refused(result, &IRegistry::RegistryBadAddress { given: eve });
    }
}

mod when_a_parameter_is_outside_its_limits {
    use super::*;

    #[test]
    fn it_reverts_with_bad_parameters() {
        let mut world = World::new();
        let (deployer, token) = (world.cast.deployer, world.suite.token);
        for parameters in unsound() {
            assert_refused(construct(&mut world, deployer, token, parameters), &IRegistry::RegistryBadParameters {});
        }
    }
}

mod when_it_was_constructed_before {
    use super::*;

    #[test]
    fn it_reverts() {
        let mut world = World::new();
        let (registry, token, eve) = (world.suite.registry, world.suite.token, world.cast.eve);
        assert!(world.construct_again(registry, registry_arguments(eve, token, registry_parameters())).is_err());
        assert_eq!(world.read(registry, &IRegistry::wiringCall {}).deployer, world.cast.deployer);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_stores_who_is_who_and_the_parameters() {
        let mut world = World::new();
        let (deployer, token) = (world.cast.deployer, world.suite.token);
        let loosest = RegistryParameters {
            minimumLnq: 0,
            perCoreLnq: 1_000_000,
            perGpuLnq: 1_000_000,
            unbondingSecs: 60 * 86_400,
            ..registry_parameters()
        };
        for parameters in [registry_parameters(), loosest] {
            let registry = construct(&mut world, deployer, token, parameters.clone()).expect("construction");
            let (jobs, governor, guardian) = (world.suite.jobs, world.cast.governor, world.cast.guardian);
            let lens = world.construct("lens", (registry, jobs).abi_encode_params()).expect("lens");
            assert_eq!(world.read(lens, &ILens::parametersCall {}), parameters);
            let governance = world.read(lens, &ILens::governanceCall {});
            assert_eq!((governance.governor, governance.guardian, governance.version), (governor, guardian, 1));
            assert_eq!((governance.from, governance.pausedUntil), (world.now() / 86_400 * 86_400, 0));
            let wiring = world.read(registry, &IRegistry::wiringCall {});
            assert_eq!((wiring.deployer, wiring.token, wiring.jobs), (deployer, token, Address::ZERO));
            assert_eq!(world.read(lens, &ILens::providerCountCall {}), 0);
        }
    }

    #[test]
    fn it_is_the_one_the_world_uses() {
        let world = World::new();
        let parameters = world.read(world.suite.lens, &ILens::parametersCall {});
        assert_eq!((parameters.unbondingSecs, parameters), (UNBONDING, registry_parameters()));
    }
}
