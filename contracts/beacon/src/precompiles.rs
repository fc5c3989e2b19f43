//! What the chain reckons on the curve.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, address, b256};
use linq_abi::IBeacon::BeaconPrecompileFailed;
use stylus_sdk::{call::static_call, prelude::*, stylus_core::calls::Call};

use crate::curve::Point;

/// Adds two points of G1 (EIP-196).
const ADD: Address = address!("0000000000000000000000000000000000000006");
/// Whether a product of pairings is one (EIP-197). It refuses what is no point, and points of G2 outside of its subgroup.
const PAIRING: Address = address!("0000000000000000000000000000000000000008");

/// The generator of G2 with its sign changed, in the order of the precompile.
const MINUS_GENERATOR: [B256; 4] = [
    b256!("198e9393920d483a7260bfb731fb5d25f1aa493335a9e71297e485b7aef312c2"),
    b256!("1800deef121f1e76426a00665e5c4479674322d4f75edadd46debd5cd992f6ed"),
    b256!("275dc4a288d1afb3cbb1ac09187524c7db36395df7be3b99e673b13a075a65ec"),
    b256!("1d9befcd05a5323e6da4d435f3b617cdb3af83285c2df711ef39c01571827f9d"),
];

/// Whether `key` is a point of G2 with which something can be signed.
///
/// The pairing of infinity with any point is one, so that all that is asked is whether it is a point. Infinity is one too, but
/// its signatures would all be infinity.
pub fn is_key(host: &impl HostAccess, key: &[B256; 4]) -> bool {
    let infinity = [B256::ZERO; 2];
    let is_point = ask(host, PAIRING, &[&infinity, key]).is_ok_and(|answer| is_one(&answer));
    is_point && key.iter().any(|word| !word.is_zero())
}

/// The sum of two points.
pub fn sum(host: &impl HostAccess, first: &Point, second: &Point) -> Result<[B256; 2], BeaconPrecompileFailed> {
    let sum = ask(host, ADD, &[&first.words(), &second.words()])?;
    match sum.as_chunks::<32>() {
        ([x, y], []) => Ok([B256::from(*x), B256::from(*y)]),
        _ => Err(BeaconPrecompileFailed {}),
    }
}

/// Whether `signature` is to `message` as `key` is to the generator of G2.
pub fn is_pair(
    host: &impl HostAccess,
    signature: &Point,
    message: &[B256; 2],
    key: &[B256; 4],
) -> Result<bool, BeaconPrecompileFailed> {
    let answer = ask(host, PAIRING, &[&signature.words(), &MINUS_GENERATOR, message, key])?;
    Ok(is_one(&answer))
}

/// Whether the pairing said yes; a chain without the precompile says nothing.
fn is_one(answer: &[u8]) -> bool {
    answer == B256::with_last_byte(1).as_slice()
}

/// Calls a precompile with all the gas there is. It fails when that is too little, or when what it is given makes no sense.
fn ask(host: &impl HostAccess, precompile: Address, words: &[&[B256]]) -> Result<Vec<u8>, BeaconPrecompileFailed> {
    let mut data = Vec::with_capacity(384);
    for word in words.iter().copied().flatten() {
        data.extend_from_slice(word.as_slice());
    }
    static_call(host.vm(), Call::new(), precompile, &data).map_err(|_| BeaconPrecompileFailed {})
}
