use super::*;

fn construct(world: &mut World, deployer: Address, token: Address, unstake_secs: u32) -> Result<Address, Refusal> {
    let guardian = world.cast.guardian;
    world.construct("jurors", (deployer, token, guardian, unstake_secs).abi_encode_params())
}

mod when_the_deployer_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::new();
        let token = world.suite.token;
        let result = construct(&mut world, Address::ZERO, token, UNSTAKING);
        assert_refused(result, &IJurors::JurorsBadAddress { given: Address::ZERO });
    }
}

mod when_the_token_has_no_code {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::new();
        let cast = world.cast;
        let result = construct(&mut world, cast.deployer, cast.eve, UNSTAKING);
        assert_refused(result, &IJurors::JurorsBadAddress { given: cast.eve });
    }
}

mod when_the_wait_is_out_of_range {
    use super::*;

    #[test]
    fn it_reverts_with_bad_unstaking() {
        let mut world = World::new();
        let (deployer, token) = (world.cast.deployer, world.suite.token);
        for secs in [0, 59, 120 * 86_400 + 1, u32::MAX] {
            let result = construct(&mut world, deployer, token, secs);
            assert_refused(result, &IJurors::JurorsBadUnstaking { secs });
        }
    }
}

mod when_it_was_constructed_before {
    use super::*;

    #[test]
    fn it_reverts() {
        let mut bench = Bench::new();
        let (jurors, token) = (bench.jurors, bench.world.suite.token);
        assert!(bench.world.construct_again(jurors, jurors_arguments(token, 600)).is_err());
        assert_eq!(bench.read(&IJurors::wiringCall {}).unstakeSecs, UNSTAKING);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_stores_who_is_who_and_has_no_jurors() {
        for secs in [60, 120 * 86_400] {
            let mut world = World::new();
            let (cast, token) = (world.cast, world.suite.token);
            let jurors = construct(&mut world, cast.deployer, token, secs).expect("construction");
            let wiring = world.read(jurors, &IJurors::wiringCall {});
            assert_eq!(
                (wiring.deployer, wiring.token, wiring.court, wiring.guardian, wiring.unstakeSecs),
                (cast.deployer, token, Address::ZERO, cast.guardian, secs)
            );
            assert_eq!(world.read(jurors, &IJurors::countCall {}), 0);
            assert_eq!(world.read(jurors, &IJurors::pausedUntilCall {}), 0);
        }
    }
}
