//! Calldata as no honest caller makes it.

use alloy::rpc::types::TransactionRequest;

use super::*;

#[test]
fn it_takes_no_less_than_all_arguments() {
    let (mut world, beacon) = beacon();
    let (eve, input) = (world.cast.eve, signed(7).abi_encode());
    for length in 0..input.len() {
        assert_refused_bare(world.transact(eve, beacon, input[..length].to_vec()));
    }
    world.transact(eve, beacon, input).expect("the whole of it is taken");
}

#[test]
fn it_takes_no_dirty_round() {
    let (mut world, beacon) = beacon();
    let eve = world.cast.eve;
    for place in 4..28 {
        let mut input = signed(7).abi_encode();
        input[place] = 1;
        assert_refused_bare(world.transact(eve, beacon, input));
    }
    assert_eq!(world.read(beacon, &IBeacon::randomnessCall { round: 7 }), B256::ZERO);
}

#[test]
fn it_takes_no_ether() {
    let (mut world, beacon) = beacon();
    let request = TransactionRequest::default().from(world.cast.eve).to(beacon).value(U256::from(1));
    let request = request.input(signed(7).abi_encode().into()).gas_limit(1_000_000);
    let result = world.node_mut().transact(request).map(|_| ()).map_err(Refusal::from);
    assert_refused_bare(result);
    assert_eq!(world.read(beacon, &IBeacon::randomnessCall { round: 7 }), B256::ZERO);
}
