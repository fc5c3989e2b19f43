//! What the registry stores: every word, what it packs, and how records are reached.

// The SDK's macros name `vec!` and `Vec` without a path.
use alloc::{vec, vec::Vec};

use alloy_primitives::{Address, B256};
use linq_abi::IRegistry::{RegistryNotJobs, RegistryNotOwner, RegistryUnknownProvider};
use linq_common::{Key, Packed, Timestamp, packed};
use linq_records::{
    eligibility::Shelf,
    settings::{Announcement, Gate, Holdings, Steps},
    words::{Operator, Owner, Record},
};
use stylus_sdk::{
    prelude::*,
    storage::{StorageB256, StorageMap},
};

use crate::RegistryError;

packed! {
    /// What an address is to the registry. (4)
    pub struct Account {
        /// The provider it owns or, once it has agreed, operates; 0 for none.
        pub provider: u32,
    }
}

/// The registry.
#[storage]
#[entrypoint]
pub struct Registry {
    // slot 0: 20
    pub(crate) deployer: Packed<Address>,
    // slot 1: 20 + 4 + 4 + 2
    pub(crate) holdings: Packed<Holdings>,
    // slot 2: 20 + 12
    pub(crate) gate: Packed<Gate>,
    // slot 3: 4 + 9 + 9 + 9 + 1
    pub(crate) steps: Packed<Steps>,
    // slot 4: each 4
    pub(crate) accounts: StorageMap<Key, Packed<Account>>,
    // slot 5: each a word, under number (uint16), kind (uint16) and provider (uint32), from the high end
    words: StorageMap<Key, StorageB256>,
    // slot 6: 2 + 2 + 12 + 4
    pub(crate) announcement: Packed<Announcement>,
    // slot 7: 4 + 9 + 9 + 9 + 1
    pub(crate) announced_steps: Packed<Steps>,
    // slot 8: 20
    pub(crate) governor: Packed<Address>,
    // slot 9: 20
    pub(crate) guardian: Packed<Address>,
}

impl Registry {
    /// A word of a provider; nothing where none was stored.
    pub(crate) fn read<T: Record>(&self, provider: u32) -> T {
        self.read_numbered(provider, 0)
    }

    /// Stores a word of a provider.
    pub(crate) fn write<T: Record>(&mut self, provider: u32, word: &T) {
        self.write_numbered(provider, 0, word);
    }

    /// As [`Self::read`], of what a provider has several of.
    pub(crate) fn read_numbered<T: Record>(&self, provider: u32, number: u16) -> T {
        T::from_word(&self.raw(T::KIND, number, provider))
    }

    /// A word of a provider as it lies.
    pub(crate) fn raw(&self, kind: u16, number: u16, provider: u32) -> B256 {
        self.words.get(key(kind, number, provider))
    }

    /// As [`Self::write`], of what a provider has several of.
    pub(crate) fn write_numbered<T: Record>(&mut self, provider: u32, number: u16, word: &T) {
        self.words.setter(key(T::KIND, number, provider)).set(word.to_word());
    }
}

/// The words of one provider.
pub(crate) struct Shelved<'a> {
    /// Who keeps them.
    pub registry: &'a Registry,
    /// Whose they are.
    pub provider: u32,
}

impl Shelf for Shelved<'_> {
    fn read<T: Record>(&self) -> T {
        self.registry.read(self.provider)
    }
}

fn key(kind: u16, number: u16, provider: u32) -> Key {
    ((u64::from(number) << 48) | (u64::from(kind) << 32) | u64::from(provider)).into()
}

impl Registry {
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::new_clipped(self.vm().block_timestamp())
    }

    /// The owner's word of a provider that exists.
    pub(crate) fn known_owner(&self, provider: u32) -> Result<Owner, RegistryUnknownProvider> {
        let owner: Owner = self.read(provider);
        if owner.address.is_zero() { Err(RegistryUnknownProvider { provider }) } else { Ok(owner) }
    }

    /// The operator's word of a provider that exists.
    pub(crate) fn known_operator(&self, provider: u32) -> Result<Operator, RegistryUnknownProvider> {
        let operator: Operator = self.read(provider);
        if operator.registered_at.is_zero() { Err(RegistryUnknownProvider { provider }) } else { Ok(operator) }
    }

    /// The owner's address, if it is the caller.
    pub(crate) fn require_owner(&self, provider: u32) -> Result<Address, RegistryError> {
        let owner = self.known_owner(provider)?.address;
        let caller = self.vm().msg_sender();
        if caller != owner {
            return Err(RegistryNotOwner { provider, caller }.into());
        }
        Ok(owner)
    }

    /// The gate, if the caller is the jobs contract. Before wiring nobody is.
    pub(crate) fn require_jobs(&self) -> Result<Gate, RegistryNotJobs> {
        let gate = self.gate.get();
        let caller = self.vm().msg_sender();
        if caller == gate.jobs { Ok(gate) } else { Err(RegistryNotJobs { caller }) }
    }
}
