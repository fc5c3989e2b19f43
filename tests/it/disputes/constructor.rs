use super::*;

#[test]
fn it_reverts_with_bad_address_for_a_zero_deployer() {
    let mut world = World::new();
    let refused = world.construct("disputes", (Address::ZERO,).abi_encode_params());
    assert_refused(refused, &IDisputes::DisputesBadAddress { given: Address::ZERO });
}

#[test]
fn it_reverts_when_it_was_constructed_before() {
    let mut world = World::new();
    let (disputes, eve) = (world.suite.disputes, world.cast.eve);
    assert!(world.construct_again(disputes, (eve,).abi_encode_params()).is_err());
    assert_eq!(world.read(disputes, &IDisputes::wiringCall {}).deployer, world.cast.deployer);
}

#[test]
fn it_knows_its_deployer_and_no_sibling() {
    let world = World::unwired();
    let wiring = world.read(world.suite.disputes, &IDisputes::wiringCall {});
    assert_eq!(wiring.deployer, world.cast.deployer);
    assert_eq!([wiring.jobs, wiring.registry, wiring.escrow, wiring.court], [Address::ZERO; 4]);
}
