use super::*;

#[test]
fn it_is_zero_until_the_round_is_brought_and_then_the_hash_of_its_signature_for_ever() {
    let (mut world, beacon) = beacon();
    let eve = world.cast.eve;
    let randomness = IBeacon::randomnessCall { round: 7 };
    assert_eq!(world.read(beacon, &randomness), B256::ZERO);
    let call = signed(7);
    world.send(eve, beacon, &call).expect("submission");
    let expected = keccak256((call.x, call.y).abi_encode());
    assert_eq!(world.read(beacon, &randomness), expected);
    assert_eq!(SecretKey::development().sign(7).randomness(), expected);
    assert_eq!(world.read(beacon, &IBeacon::randomnessCall { round: 8 }), B256::ZERO);
    // The keccak256 of number and slot, as a mapping of Solidity has it.
    let place = keccak256((7u64, 5u64).abi_encode());
    assert_eq!(world.slot(beacon, place.into()), expected);

    world.warp(300 * 86_400);
    for other in [6, 8] {
        world.send(eve, beacon, &signed(other)).expect("submission");
    }
    assert_eq!(world.read(beacon, &randomness), expected);
}
