//! Persistent and transient storage.
//!
//! Persistent storage goes through a cache of the frame: writes reach the chain when the program flushes them, and
//! never otherwise.

use std::collections::BTreeMap;

use alloy::primitives::B256;

use super::super::api::StoreError;
use super::{Escape, Hook, HookCall, prices};

/// ArbOS version from which a cache miss costs 5 gas on top (before, by mistake, as much gas as it should be ink)
/// and from which flushed slots are charged for.
const CHARGING_FIXES: u64 = 32;

/// ArbOS version from which a flush that cannot be paid is out of ink; before, it was a failure of the program.
const FLUSH_OUT_OF_INK: u64 = 50;

/// A slot as the frame sees it.
#[derive(Clone, Copy, Debug)]
struct Slot {
    value: B256,
    /// Value the chain has, if the frame has seen it.
    known: Option<B256>,
}

/// The frame's view of its storage.
#[derive(Debug, Default)]
pub(super) struct StorageCache {
    /// Ordered, so that runs are reproducible.
    slots: BTreeMap<B256, Slot>,
    reads: u64,
    writes: u64,
}

impl StorageCache {
    /// Counts a load and returns its gas.
    fn count_read(&mut self) -> u64 {
        self.reads += 1;
        prices::cache_read_gas(self.reads)
    }

    /// Counts a write and returns its gas.
    fn count_write(&mut self) -> u64 {
        self.writes += 1;
        prices::cache_write_gas(self.writes)
    }

    fn write(&mut self, key: B256, value: B256) {
        self.slots.entry(key).and_modify(|slot| slot.value = value).or_insert(Slot { value, known: None });
    }

    /// Slots the chain does not have yet; from now on they count as known.
    fn take_dirty(&mut self) -> Vec<(B256, B256)> {
        let mut dirty = Vec::new();
        for (key, slot) in &mut self.slots {
            if slot.known != Some(slot.value) {
                slot.known = Some(slot.value);
                dirty.push((*key, slot.value));
            }
        }
        dirty
    }
}

impl HookCall<'_, '_> {
    /// Loads a slot.
    pub fn storage_load_bytes32(&mut self, key: u32, dest: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 2 * prices::POINTER)?;
        let miss_gas = self.cache_miss_gas();
        self.require_gas(prices::COLD_SLOT_GAS + prices::CACHE_ACCESS_GAS + miss_gas)?;
        let key = self.word(key)?;
        let (value, gas) = self.load(key, miss_gas);
        self.buy_gas(gas)?;
        self.write(dest, value.as_slice())?;
        self.record("storage_load_bytes32", &[key.as_slice()], &[value.as_slice()]);
        Ok(())
    }

    /// Gas for asking the chain for a slot, besides the access itself.
    fn cache_miss_gas(&self) -> u64 {
        if self.context().arbos_version < CHARGING_FIXES { prices::EVM_API } else { self.frame.gas_of(prices::EVM_API) }
    }

    fn load(&mut self, key: B256, miss_gas: u64) -> (B256, u64) {
        let gas = self.frame.storage.count_read();
        if let Some(slot) = self.frame.storage.slots.get(&key) {
            return (slot.value, gas);
        }
        let (value, access_gas) = self.frame.api.storage_load(key);
        self.frame.storage.slots.insert(key, Slot { value, known: Some(value) });
        (value, gas + miss_gas + access_gas)
    }

    /// Writes a slot in the cache.
    pub fn storage_cache_bytes32(&mut self, key: u32, value: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 2 * prices::POINTER)?;
        self.require_gas(prices::STORE_SENTRY_GAS + prices::CACHE_ACCESS_GAS)?;
        let key = self.word(key)?;
        let value = self.word(value)?;
        let gas = self.frame.storage.count_write();
        self.frame.storage.write(key, value);
        self.buy_gas(gas)?;
        self.record("storage_cache_bytes32", &[key.as_slice(), value.as_slice()], &[]);
        Ok(())
    }

    /// Writes changed slots to the chain; forgets all slots if `clear` is not 0.
    pub fn storage_flush_cache(&mut self, clear: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + prices::EVM_API)?;
        self.require_gas(prices::STORE_SENTRY_GAS)?;
        let dirty = self.frame.storage.take_dirty();
        if clear != 0 {
            self.frame.storage.slots.clear();
        }
        if !dirty.is_empty() {
            let gas = self.store(&dirty)?;
            if self.context().arbos_version >= CHARGING_FIXES {
                self.buy_gas(gas)?;
            }
        }
        self.record("storage_flush_cache", &[&[u8::from(clear != 0)]], &[]);
        Ok(())
    }

    fn store(&mut self, slots: &[(B256, B256)]) -> Hook<u64> {
        // One gas more than there is: what costs exactly that much is written, and then cannot be paid.
        let budget = self.gas_left().saturating_add(1);
        self.frame.api.storage_store(slots, budget).map_err(|error| match error {
            StoreError::OutOfGas if self.frame.context.arbos_version >= FLUSH_OUT_OF_INK => Escape::OutOfInk,
            StoreError::OutOfGas => Escape::Failure("storage flush out of gas"),
            StoreError::Static => Escape::Failure("write protection"),
        })
    }

    /// Loads a transient slot.
    pub fn transient_load_bytes32(&mut self, key: u32, dest: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 2 * prices::POINTER + prices::EVM_API)?;
        self.buy_gas(prices::TRANSIENT_GAS)?;
        let key = self.word(key)?;
        let value = self.frame.api.transient_load(key);
        self.write(dest, value.as_slice())?;
        self.record("transient_load_bytes32", &[key.as_slice()], &[value.as_slice()]);
        Ok(())
    }

    /// Writes a transient slot.
    pub fn transient_store_bytes32(&mut self, key: u32, value: u32) -> Hook {
        self.buy_ink(prices::HOSTIO + 2 * prices::POINTER + prices::EVM_API)?;
        self.buy_gas(prices::TRANSIENT_GAS)?;
        let key = self.word(key)?;
        let value = self.word(value)?;
        self.frame.api.transient_store(key, value).map_err(|_| Escape::Failure("write protection"))?;
        self.record("transient_store_bytes32", &[key.as_slice(), value.as_slice()], &[]);
        Ok(())
    }
}
