//! What the profiles store, and how it is reached.
//!
//! Storage layout. Every map is keyed by the provider's id; parts of the metadata by their number too, from 0, in the 32
//! bits above the id.
//!
//! | Slot | Holds | Bytes from the low end |
//! |---|---|---|
//! | 0 | the registry | 20 |
//! | 1 | sealing keys | 32 |
//! | 2 | [`Statement`]s | 20 + 5 + 2 |
//! | 3 | metadata, 32 bytes in a part, the last one filled up with zeros | 32 |
//! | 4 | hashes of reports | 32 |
//! | 5 | [`Validity`] of reports | 20 + 5 |

// The SDK's macros name `vec!` and `Vec` without a path.
use alloc::{vec, vec::Vec};

use alloy_primitives::{Address, B256};
use linq_abi::wire::Uri;
use linq_common::{Key, Packed, Timestamp, packed};
use stylus_sdk::{
    prelude::*,
    storage::{StorageB256, StorageMap},
};

packed! {
    /// Who stated a profile, and when. (20 + 5 + 2)
    pub struct Statement {
        /// The owner that stated it; it counts while this is the owner.
        pub owner: Address,
        /// When that was.
        pub at: Timestamp,
        /// Bytes of the metadata.
        pub metadata_length: u16,
    }

    /// How long a self-test counts. (20 + 5)
    pub struct Validity {
        /// The owner of the provider when it was published; it counts while this is the owner.
        pub owner: Address,
        /// From this second on it does not.
        pub until: Timestamp,
    }
}

/// The profiles.
#[storage]
#[entrypoint]
pub struct Profiles {
    // slot 0: 20
    pub(crate) registry: Packed<Address>,
    // slot 1: each a word
    pub(crate) sealing_keys: StorageMap<Key, StorageB256>,
    // slot 2: each 20 + 5 + 2
    pub(crate) statements: StorageMap<Key, Packed<Statement>>,
    // slot 3: each a word, under part (uint32) and provider (uint32), from the high end
    metadata: StorageMap<Key, StorageB256>,
    // slot 4: each a word
    pub(crate) reports: StorageMap<Key, StorageB256>,
    // slot 5: each 20 + 5
    pub(crate) validities: StorageMap<Key, Packed<Validity>>,
}

/// Bytes of a part of the metadata.
const PART: usize = 32;

impl Profiles {
    /// The metadata of a provider, of which there are so many bytes.
    pub(crate) fn metadata(&self, provider: u32, length: u16) -> Uri {
        let length = usize::from(length);
        let mut bytes = Vec::with_capacity(length.next_multiple_of(PART));
        for part in 0..parts(length) {
            bytes.extend_from_slice(self.metadata.get(part_key(part, provider)).as_slice());
        }
        bytes.truncate(length);
        Uri::from_checked(bytes)
    }

    /// Replaces the metadata of a provider, of which there were `before` bytes. No part of what was longer stays.
    pub(crate) fn store_metadata(&mut self, provider: u32, metadata: &Uri, before: u16) {
        let bytes = metadata.bytes();
        let mut chunks = bytes.chunks(PART);
        for part in 0..parts(bytes.len()).max(parts(before.into())) {
            let chunk = chunks.next().unwrap_or_default();
            self.metadata.setter(part_key(part, provider)).set(filled_up(chunk));
        }
    }
}

/// How many parts so many bytes have.
fn parts(length: usize) -> u64 {
    u64::try_from(length.div_ceil(PART)).unwrap_or_default()
}

fn part_key(part: u64, provider: u32) -> Key {
    (part.unbounded_shl(32) | u64::from(provider)).into()
}

/// At most a word of bytes, with zeros behind them.
fn filled_up(bytes: &[u8]) -> B256 {
    let mut word = B256::ZERO;
    for (to, from) in word.iter_mut().zip(bytes) {
        *to = *from;
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_up() {
        assert_eq!([0, 1, 32, 33, 256].map(parts), [0, 1, 1, 2, 8]);
    }

    #[test]
    fn bytes_lie_at_the_high_end() {
        assert_eq!(filled_up(&[]), B256::ZERO);
        assert_eq!(filled_up(&[1, 2])[..3], [1, 2, 0]);
        assert_eq!(filled_up(&[7; 32]), B256::repeat_byte(7));
    }
}
