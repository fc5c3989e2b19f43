//! Hashes of L2 blocks, for contracts (EIP-2935, from ArbOS 40 on).
//!
//! The contract answers a word with the number of a block by that block's hash. Its storage is a ring, which the chain
//! writes at the start of every block. The code is the node's own, so asking costs other gas than on Nitro.

use alloy::primitives::{Address, B256, U256, address};

use super::predeploys;
use super::state::View;

/// Where the contract is.
pub const BLOCK_HASH_HISTORY: Address = address!("0000f90827f1c53a10cb7a02335b175320002935");

/// Blocks the ring holds.
pub(crate) const WINDOW: u64 = 393_168;

/// The contract's code.
pub(crate) fn code() -> Vec<u8> {
    predeploys::block_hash_history(WINDOW)
}

/// Writes down the hash of a block.
pub(crate) fn record(view: &mut View<'_>, number: u64, hash: B256) {
    view.set_slot(BLOCK_HASH_HISTORY, U256::from(number % WINDOW), hash.into());
}
