use super::*;

fn wire(world: &World) -> IDisputes::wireCall {
    let Suite { jobs, registry, escrow, court, .. } = world.suite;
    IDisputes::wireCall { jobs, registry, escrow, court }
}

#[test]
fn it_reverts_with_not_deployer() {
    let mut world = World::unwired();
    let call = wire(&world);
    for caller in [world.cast.eve, world.cast.governor, world.suite.jobs, world.suite.court] {
        assert_refused(world.disputes(caller, &call), &IDisputes::DisputesNotDeployer { caller });
    }
}

#[test]
fn it_reverts_with_already_wired() {
    let mut world = World::new();
    let (deployer, call) = (world.cast.deployer, wire(&world));
    assert_refused(world.disputes(deployer, &call), &IDisputes::DisputesAlreadyWired {});
}

#[test]
fn it_reverts_with_bad_address_for_a_sibling_without_code() {
    let mut world = World::unwired();
    let (deployer, right) = (world.cast.deployer, wire(&world));
    for given in [Address::ZERO, world.cast.eve] {
        for call in [
            IDisputes::wireCall { jobs: given, ..right.clone() },
            IDisputes::wireCall { registry: given, ..right.clone() },
            IDisputes::wireCall { escrow: given, ..right.clone() },
            IDisputes::wireCall { court: given, ..right.clone() },
        ] {
            assert_refused(world.disputes(deployer, &call), &IDisputes::DisputesBadAddress { given });
        }
    }
}

#[test]
fn it_names_the_siblings_and_says_so() {
    let mut world = World::unwired();
    let Suite { jobs, registry, escrow, court, disputes, .. } = world.suite;
    let (deployer, call) = (world.cast.deployer, wire(&world));
    let sent = world.disputes(deployer, &call).expect("wiring");
    assert_eq!(sent.emitted(), [emitted(disputes, &IDisputes::Wired { jobs, registry, escrow, court })]);
    let wiring = world.read(disputes, &IDisputes::wiringCall {});
    assert_eq!([wiring.jobs, wiring.registry, wiring.escrow, wiring.court], [jobs, registry, escrow, court]);
}
