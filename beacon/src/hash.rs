//! From a round to a point of G1: `hash_to_curve` of RFC 9380.

use alloy_primitives::{B256, keccak256};
use ark_bn254::{Fq, G1Affine};
use ark_ec::CurveGroup;
use ark_ff::PrimeField;

use crate::curve::map_to_curve;

/// The suite, as drand names it.
const SUITE: &[u8] = b"BLS_SIG_BN254G1_XMD:KECCAK-256_SVDW_RO_NUL_";

/// Bytes of each number before it is reduced.
const NUMBER_BYTES: usize = 48;

/// Bytes that keccak-256 takes at a time.
const BLOCK_BYTES: usize = 136;

/// What is signed of a round: keccak256 of its number as eight bytes.
pub fn message(round: u64) -> B256 {
    keccak256(round.to_be_bytes())
}

/// The point that a message is hashed to.
pub fn hash_to_curve(message: B256) -> G1Affine {
    let [first, second] = hash_to_field(message).map(map_to_curve);
    (first + second).into_affine()
}

/// The two numbers that a message is hashed to (RFC 9380, 5.2).
pub fn hash_to_field(message: B256) -> [Fq; 2] {
    let uniform = expand_message_xmd(message.as_slice(), SUITE, 2 * NUMBER_BYTES);
    let (first, second) = uniform.split_at(NUMBER_BYTES);
    [first, second].map(Fq::from_be_bytes_mod_order)
}

/// `expand_message_xmd` with keccak-256 (RFC 9380, 5.3.1), to fewer than 256 bytes for a suite of fewer than 256.
fn expand_message_xmd(message: &[u8], suite: &[u8], wanted: usize) -> Vec<u8> {
    let suite = [suite, &[suite.len() as u8]].concat();
    let wanted_bytes = (wanted as u16).to_be_bytes();
    let begin = keccak256([&[0; BLOCK_BYTES], message, &wanted_bytes, &[0], &suite].concat());
    let mut uniform = Vec::new();
    let mut last = B256::ZERO;
    for number in 1..=wanted.div_ceil(32) as u8 {
        last = keccak256([(begin ^ last).as_slice(), &[number], &suite].concat());
        uniform.extend_from_slice(last.as_slice());
    }
    uniform.truncate(wanted);
    uniform
}
