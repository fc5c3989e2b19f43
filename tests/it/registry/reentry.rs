//! No token calls back, ours least of all. A token that does finds every entry closed.

use linq_tests::{registry_arguments, registry_parameters};

use super::*;

/// What an entry answers to a token that calls it in the middle of a registration.
fn reply(input: Vec<u8>) -> Bytes {
    let mut world = World::new();
    let (cast, jobs) = (world.cast, world.suite.jobs);
    // The address of the registry is known before the token that calls it is placed.
    let registry = world.next_contract();
    let token = world.place(&Stub::CallsBack { target: registry, input, agrees: true });
    let arguments = registry_arguments(cast.deployer, token, registry_parameters());
    assert_eq!(world.construct("registry", arguments).expect("construction"), registry);
    world.send(cast.deployer, registry, &IRegistry::wireCall { jobs }).expect("wiring");
    let registration = world.registration(cast.operator, cast.payout);
    let sent = world.send(cast.owner, registry, &IRegistry::registerCall { registration }).expect("registration");
    let log = sent.receipt.logs.iter().find(|log| log.inner.address == token).expect("it called back");
    log.inner.data.data.clone()
}

#[test]
fn it_reverts_with_empty_data() {
    let (provider, amount) = (1, u96(1));
    let world = World::new();
    let registration = world.registration(world.cast.rival_operator, world.cast.payout);
    assert_eq!(reply(IRegistry::registerCall { registration }.abi_encode()), Bytes::new());
    assert_eq!(reply(IRegistry::acceptRoleCall { provider }.abi_encode()), Bytes::new());
    assert_eq!(reply(IRegistry::addStakeCall { provider, amount }.abi_encode()), Bytes::new());
    assert_eq!(reply(IRegistry::unbondCall { provider, amount }.abi_encode()), Bytes::new());
    assert_eq!(reply(IRegistry::withdrawCall { provider }.abi_encode()), Bytes::new());
}

#[test]
fn it_answers_no_view_either() {
    assert_eq!(reply(IRegistry::recordsCall { id: 1 }.abi_encode()), Bytes::new());
    assert_eq!(reply(IRegistry::settingsCall {}.abi_encode()), Bytes::new());
}

mod given_the_token_misbehaves {
    use super::*;

    /// What a registry over a token that answers like `stub` makes of a registration.
    fn register_with(stub: &Stub) -> Result<(), Refusal> {
        let mut world = World::new();
        let (cast, jobs) = (world.cast, world.suite.jobs);
        let token = world.place(stub);
        let arguments = registry_arguments(cast.deployer, token, registry_parameters());
        let registry = world.construct("registry", arguments).expect("construction");
        world.send(cast.deployer, registry, &IRegistry::wireCall { jobs }).expect("wiring");
        let registration = world.registration(cast.operator, cast.payout);
        world.send(cast.owner, registry, &IRegistry::registerCall { registration }).map(drop)
    }

    #[test]
    fn it_reverts_with_token_failed_unless_the_answer_is_exactly_true() {
        for stub in [
            Stub::Returns(Vec::new()),
            Stub::Returns(vec![0; 31]),
            Stub::Returns(vec![0; 64]),
            Stub::word(0),
            Stub::word(2),
            Stub::Reverts(Vec::new()),
            Stub::Halts,
        ] {
            assert_refused(register_with(&stub), &IRegistry::RegistryTokenFailed {});
        }
        register_with(&Stub::word(1)).expect("a token that says true");
    }
}
