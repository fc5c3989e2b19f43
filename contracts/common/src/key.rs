//! Keys of storage maps.

use alloy_primitives::{Address, B256, U256};
use stylus_sdk::{crypto, storage::StorageKey};

/// A key of a storage map: the word that Solidity would make of an address, a number or a hash.
///
/// The SDK's own keys lead to the same slots in many more steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key(B256);

impl StorageKey for Key {
    #[inline(never)]
    fn to_slot(&self, root: B256) -> U256 {
        crypto::keccak([self.0.0, root.0].as_flattened()).into()
    }
}

impl From<Address> for Key {
    fn from(address: Address) -> Self {
        Self(address.into_word())
    }
}

impl From<B256> for Key {
    fn from(hash: B256) -> Self {
        Self(hash)
    }
}

impl From<u64> for Key {
    #[inline(never)]
    fn from(number: u64) -> Self {
        let mut word = B256::ZERO;
        if let Some(low) = word.last_chunk_mut() {
            *low = number.to_be_bytes();
        }
        Self(word)
    }
}

impl From<u32> for Key {
    fn from(number: u32) -> Self {
        u64::from(number).into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_number_is_the_word_of_it(number: u64, small: u32) {
            prop_assert_eq!(Key::from(number).0, B256::from(U256::from(number)));
            prop_assert_eq!(Key::from(small), Key::from(u64::from(small)));
        }
    }
}
