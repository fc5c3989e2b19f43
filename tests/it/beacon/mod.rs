//! The beacon, one file for each function, and what it says held against another library.

mod constructor;
mod key;
mod little_gas;
mod oracle;
mod randomness;
mod recorded;
mod round_after;
mod schedule;
mod submit;
mod time_of;

use linq_beacon::{Network, SecretKey, Signature};

use crate::prelude::*;

/// The local network of these tests: rounds a second apart from the first second on, so that all up to the present are due.
fn local() -> Network {
    Network { key: SecretKey::development().public(), genesis: 1, period_secs: 1 }
}

/// What the beacon of `network` is constructed with, encoded.
fn arguments(network: &Network) -> Vec<u8> {
    arguments_of(network.key.words(), network.genesis, network.period_secs)
}

fn arguments_of(key: [B256; 4], genesis: u64, period_secs: u32) -> Vec<u8> {
    let [x_imaginary, x_real, y_imaginary, y_real] = key;
    (x_imaginary, x_real, y_imaginary, y_real, genesis, period_secs).abi_encode_params()
}

/// A world with a beacon of `network` on it.
fn beacon_of(network: &Network) -> (World, Address) {
    let mut world = World::unwired();
    let beacon = world.construct("beacon", arguments(network)).expect("construction");
    (world, beacon)
}

/// A world with the local beacon on it.
fn beacon() -> (World, Address) {
    beacon_of(&local())
}

/// What brings `signature` as that of `round`.
fn submission(round: u64, signature: &Signature) -> IBeacon::submitCall {
    let [x, y] = signature.words().map(Into::into);
    IBeacon::submitCall { round, x, y }
}

/// What brings round `round` of the local beacon.
fn signed(round: u64) -> IBeacon::submitCall {
    submission(round, &SecretKey::development().sign(round))
}

/// The prime of the field.
fn prime() -> U256 {
    "0x30644e72e131a029b85045b68181585d97816a916871ca8d3c208c16d87cfd47".parse().expect("a number")
}
