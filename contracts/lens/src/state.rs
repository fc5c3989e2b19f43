//! What the lens stores.

// The SDK's macros name `vec!` and `Vec` without a path.
use alloc::{vec, vec::Vec};

use alloy_primitives::Address;
use linq_common::Packed;
use stylus_sdk::prelude::*;

/// Where the lens looks.
#[storage]
#[entrypoint]
pub struct Lens {
    // slot 0: 20
    pub(crate) registry: Packed<Address>,
    // slot 1: 20
    pub(crate) jobs: Packed<Address>,
}
