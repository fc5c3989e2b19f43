use super::*;

#[test]
fn it_is_what_was_given_in_the_order_of_the_precompile() {
    let network = Network::evmnet();
    let (world, beacon) = beacon_of(&network);
    let key = world.read(beacon, &IBeacon::keyCall {});
    assert_eq!([key.xImaginary, key.xReal, key.yImaginary, key.yReal].map(B256::from), network.key.words());
}
