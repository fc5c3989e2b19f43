use super::*;

#[test]
fn it_is_called_lnq_with_eighteen_decimals() {
    let world = World::new();
    let token = world.suite.token;
    assert_eq!(world.read(token, &ILnqToken::nameCall {}), "LNQ");
    assert_eq!(world.read(token, &ILnqToken::symbolCall {}), "LNQ");
    assert_eq!(world.read(token, &ILnqToken::decimalsCall {}), 18);
}

#[test]
fn it_starts_with_a_billion_and_nothing_burned() {
    assert_eq!(supply(&World::new()), (SUPPLY, 0));
}
