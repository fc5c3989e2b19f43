//! What ought to happen: the protocol as plain maps and whole numbers, written from PROTOCOL.md and the promises of the
//! contract functions, and from none of their code.
//!
//! Every function answers what the chain should answer: encoded return values, or the revert data. A function that fails
//! may leave the oracle half changed; whoever calls it works on a copy.

mod disputes;
mod escrow;
mod jobs;
mod registry;
mod token;

pub use self::{
    disputes::Disputes,
    escrow::Escrow,
    jobs::{JobBook, Jobs, Stage, lock_of},
    registry::{ProviderBook, Registry},
    token::Token,
};
use crate::prelude::*;

/// Encoded return values, or revert data.
pub type Answer = Result<Vec<u8>, Vec<u8>>;

/// Refuses with a typed error.
fn refuse<T, E: SolError>(error: E) -> Result<T, Vec<u8>> {
    Err(error.abi_encode())
}

/// The whole suite.
#[derive(Clone)]
pub struct Oracle {
    pub suite: Suite,
    pub now: u64,
    pub token: Token,
    pub registry: Registry,
    pub escrow: Escrow,
    pub jobs: Jobs,
    pub disputes: Disputes,
}

fn units(amount: U96) -> u128 {
    amount.to()
}

/// `value · numerator / denominator`, rounded up.
fn part_up(value: u128, numerator: u128, denominator: u128) -> u128 {
    (value * numerator).div_ceil(denominator)
}
