//! What the beacon keeps.

// The SDK's macros name `vec!` and `Vec` without a path.
use alloc::{vec, vec::Vec};

use linq_common::{Key, Packed, packed};
use stylus_sdk::{
    prelude::*,
    storage::{StorageB256, StorageMap},
};

/// Storage of the beacon. Nothing in it changes once it is written.
#[entrypoint]
#[storage]
pub struct Beacon {
    // slots 0 to 3: the key, in the order of the pairing precompile
    pub(crate) x_imaginary: StorageB256,
    pub(crate) x_real: StorageB256,
    pub(crate) y_imaginary: StorageB256,
    pub(crate) y_real: StorageB256,
    // slot 4: 8 + 4
    pub(crate) schedule: Packed<Schedule>,
    // slot 5: by round; keccak256 of its signature
    pub(crate) rounds: StorageMap<Key, StorageB256>,
}

packed! {
    /// When rounds are due.
    pub struct Schedule {
        /// When round 1 is.
        pub genesis: u64,
        /// Seconds from one round to the next; never 0 once it is constructed.
        pub period_secs: u32,
    }
}
