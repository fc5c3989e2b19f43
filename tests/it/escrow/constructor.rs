use crate::prelude::*;

fn construct(world: &mut World, deployer: Address, token: Address, treasury: Address) -> Result<Address, Refusal> {
    world.construct("escrow", (deployer, token, treasury).abi_encode_params())
}

mod when_the_deployer_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::new();
        let (token, treasury) = (world.suite.token, world.cast.treasury);
        let result = construct(&mut world, Address::ZERO, token, treasury);
        assert_refused(result, &IEscrow::EscrowBadAddress { given: Address::ZERO });
    }
}

mod when_the_token_has_no_code {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address() {
        let mut world = World::new();
        let cast = world.cast;
        let result = construct(&mut world, cast.deployer, cast.eve, cast.treasury);
        assert_refused(result, &IEscrow::EscrowBadAddress { given: cast.eve });
    }
}

mod when_the_treasury_cannot_receive {
    use super::*;

    #[test]
    fn it_reverts_with_bad_address_for_zero() {
        let mut world = World::new();
        let (deployer, token) = (world.cast.deployer, world.suite.token);
        let result = construct(&mut world, deployer, token, Address::ZERO);
        assert_refused(result, &IEscrow::EscrowBadAddress { given: Address::ZERO });
    }

    #[test]
    fn it_reverts_with_bad_address_for_the_token() {
        let mut world = World::new();
        let (deployer, token) = (world.cast.deployer, world.suite.token);
        let result = construct(&mut world, deployer, token, token);
        assert_refused(result, &IEscrow::EscrowBadAddress { given: token });
    }

    #[test]
    fn it_reverts_with_bad_address_for_the_escrow_itself() {
        let mut world = World::new();
        let (deployer, token) = (world.cast.deployer, world.suite.token);
        let itself = world.next_contract();
        let result = construct(&mut world, deployer, token, itself);
        assert_refused(result, &IEscrow::EscrowBadAddress { given: itself });
    }
}

mod when_it_was_constructed_before {
    use super::*;

    #[test]
    fn it_reverts() {
        let mut world = World::new();
        let (escrow, token, cast) = (world.suite.escrow, world.suite.token, world.cast);
        assert!(world.construct_again(escrow, (cast.eve, token, cast.eve).abi_encode_params()).is_err());
        let wiring = world.read(escrow, &IEscrow::wiringCall {});
        assert_eq!((wiring.deployer, wiring.treasury), (cast.deployer, cast.treasury));
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_stores_who_is_who_and_owes_nothing() {
        let mut world = World::new();
        let (cast, token) = (world.cast, world.suite.token);
        let escrow = construct(&mut world, cast.deployer, token, cast.treasury).expect("construction");
        let wiring = world.read(escrow, &IEscrow::wiringCall {});
        assert_eq!(
            (wiring.deployer, wiring.token, wiring.jobs, wiring.treasury),
            (cast.deployer, token, Address::ZERO, cast.treasury)
        );
        let owed = world.read(escrow, &IEscrow::liabilitiesCall {});
        assert_eq!((owed.rewards, owed.fees), (U96::ZERO, U96::ZERO));
    }
}
