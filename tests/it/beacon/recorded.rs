//! Rounds that evmnet has published, and everything a bit away from them.

use std::fs;

use alloy::{eips::BlockId, rpc::types::TransactionRequest, sol_types::SolInterface};
use nitro_devnode::CallOptions;

use super::*;

/// The selector of every constructor.
const CONSTRUCTOR: [u8; 4] = [0x55, 0x85, 0x25, 0x8d];

/// The rounds on record, which another implementation of pairings verified.
fn recorded() -> Vec<(u64, Signature)> {
    let text = fs::read(concat!(env!("CARGO_MANIFEST_DIR"), "/data/drand-evmnet.json")).expect("the record");
    let record: serde_json::Value = serde_json::from_slice(&text).expect("JSON");
    let rounds = record["rounds"].as_array().expect("a list").iter();
    let round = |entry: &serde_json::Value| {
        let signature = Signature::from_hex(entry["signature"].as_str().expect("a text")).expect("a signature");
        (entry["round"].as_u64().expect("a number"), signature)
    };
    rounds.map(round).collect()
}

/// evmnet's beacon, late enough for all of them.
fn evmnet() -> (World, Address) {
    let (mut world, beacon) = beacon_of(&Network::evmnet());
    let due = Network::evmnet().time_of(10_000_000).expect("it fits");
    if world.now() < due {
        world.at(due);
    }
    (world, beacon)
}

/// Whether a call of `to` succeeds, at the second of the next transaction; nothing is kept of it.
fn succeeds(world: &World, to: Address, input: Vec<u8>) -> Result<(), Refusal> {
    let request = TransactionRequest::default().from(world.cast.eve).to(to).input(input.into()).gas_limit(1_000_000);
    let called = world.node().call_with(&request, &CallOptions::at(BlockId::pending()))?;
    called.result?;
    Ok(())
}

#[test]
fn it_keeps_what_the_network_published() {
    let (mut world, beacon) = evmnet();
    let eve = world.cast.eve;
    for (round, signature) in recorded() {
        world.send(eve, beacon, &submission(round, &signature)).expect("submission");
        assert_eq!(world.read(beacon, &IBeacon::randomnessCall { round }), signature.randomness());
    }
}

#[test]
fn no_single_bit_of_a_signature_can_differ() {
    let (world, beacon) = evmnet();
    // One round, or all of them at night: 512 bits each.
    let rounds = recorded().into_iter().take(if linq_tests::is_nightly() { usize::MAX } else { 1 });
    for (round, signature) in rounds {
        let call = submission(round, &signature);
        assert_eq!(succeeds(&world, beacon, call.abi_encode()), Ok(()));
        for bit in 0..256 {
            let flipped = U256::from(1) << bit;
            for (x, y) in [(call.x ^ flipped, call.y), (call.x, call.y ^ flipped)] {
                let refusal = succeeds(&world, beacon, IBeacon::submitCall { round, x, y }.abi_encode());
                let refusal = refusal.expect_err("another signature was taken");
                let expected = [
                    refusal.is(&IBeacon::BeaconBadPoint { x, y }),
                    refusal.is(&IBeacon::BeaconWrongSignature { round }),
                ];
                assert!(expected.contains(&true), "bit {bit}: {refusal:?}");
            }
        }
    }
}

#[test]
fn no_single_bit_of_a_round_can_differ() {
    let (world, beacon) = evmnet();
    for (right, signature) in recorded() {
        for bit in 0..64 {
            let round = right ^ (1 << bit);
            let refusal = succeeds(&world, beacon, submission(round, &signature).abi_encode());
            let refusal = refusal.expect_err("another round was taken");
            let known = IBeacon::IBeaconErrors::abi_decode(&refusal.data).expect("a reason");
            use IBeacon::IBeaconErrors::{BeaconNoRound, BeaconNotYet, BeaconWrongSignature};
            assert!(matches!(known, BeaconWrongSignature(_) | BeaconNotYet(_) | BeaconNoRound(_)), "bit {bit}");
            let due = Network::evmnet().time_of(round).is_some_and(|time| time <= world.now());
            assert_eq!(matches!(known, BeaconWrongSignature(_)), due, "bit {bit}");
        }
    }
}

#[test]
fn no_single_bit_of_the_key_can_differ() {
    let mut world = World::unwired();
    let program = world.node_mut().deploy_code(&linq_tests::code("beacon")).expect("a program");
    // Active already, if another test of this process was first.
    let _ = world.node_mut().activate(program);
    let Network { key, genesis, period_secs } = Network::evmnet();
    let construct = |world: &World, key| {
        succeeds(world, program, [&CONSTRUCTOR[..], &arguments_of(key, genesis, period_secs)].concat())
    };
    assert_eq!(construct(&world, key.words()), Ok(()));
    for bit in 0..1_024 {
        let mut words = key.words();
        words[bit / 256].0[bit % 256 / 8] ^= 0x80 >> (bit % 8);
        assert_refused(construct(&world, words), &IBeacon::BeaconBadKey {});
    }
}
