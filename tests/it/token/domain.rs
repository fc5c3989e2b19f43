use super::*;

#[test]
fn the_separator_is_that_of_the_domain() {
    let world = World::new();
    assert_eq!(world.read(world.suite.token, &ILnqToken::DOMAIN_SEPARATORCall {}), world.permit_domain().separator());
}

#[test]
fn the_domain_can_be_read_field_by_field() {
    let world = World::new();
    let token = world.suite.token;
    let read = world.read(token, &ILnqToken::eip712DomainCall {});
    // Name, version, chain id and contract are in use.
    assert_eq!(read.fields.0, [0x0f]);
    assert_eq!((read.name.as_str(), read.version.as_str()), ("LNQ", "1"));
    assert_eq!(read.chainId, U256::from(world.node().config().chain_id));
    assert_eq!(read.verifyingContract, token);
    assert_eq!(read.salt, B256::ZERO);
    assert!(read.extensions.is_empty());
}
