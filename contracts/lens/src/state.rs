//! What the lens stores.

// The SDK's macros name `vec!` and `Vec` without a path.
use alloc::{vec, vec::Vec};

use stylus_sdk::{prelude::*, storage::StorageAddress};

/// Where the lens looks.
#[storage]
#[entrypoint]
pub struct Lens {
    // slot 0: 20
    pub(crate) registry: StorageAddress,
    // slot 1: 20
    pub(crate) jobs: StorageAddress,
}
