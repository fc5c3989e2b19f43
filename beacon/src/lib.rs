//! Rounds of a randomness beacon: drand's scheme `bls-bn254-unchained-on-g1`, checked and signed off chain.
//!
//! The `beacon` contract verifies the same on chain with arithmetic of its own; this crate rests on `ark-bn254` and the text of
//! RFC 9380 alone, so that tests can hold the two against each other. [`Network`] says which round is due when, [`Signature`]
//! is what the network publishes of a round, and [`SecretKey`] signs the rounds of a local beacon.

mod curve;
mod hash;
mod network;
mod signature;

pub use curve::{map_to_curve, words};
pub use hash::{hash_to_curve, hash_to_field, message};
pub use network::Network;
pub use signature::{DEVELOPMENT_SECRET, InvalidKey, InvalidSignature, PublicKey, SecretKey, Signature};
