//! The state of the chain, and what it was at earlier blocks.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use alloy::primitives::{Address, B256, Bytes, U256};
use revm::Database;
use revm::primitives::{HashMap, HashSet};
use revm::state::{AccountInfo, Bytecode, EvmState};

use crate::fork::Fork;

use super::arbos_state::{ARBOS_STORAGE, ArbosStorage};

/// One account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Account {
    /// Balance, nonce and code; the code is always present.
    pub info: AccountInfo,
    /// Slots that are not zero. Shared with snapshots until one of the two changes it.
    pub storage: Arc<HashMap<U256, U256>>,
}

/// An account with its slots in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct StoredAccount {
    pub info: AccountInfo,
    pub storage: BTreeMap<U256, U256>,
}

/// Every account that exists.
#[derive(Clone, Debug, Default)]
pub(crate) struct State {
    accounts: HashMap<Address, Account>,
    /// Where accounts and slots are that are not here.
    fork: Option<Arc<Fork>>,
}

/// Values that differ from a state. Of two values for the same place the one that was put in last holds.
#[derive(Clone, Debug, Default)]
pub(crate) struct Changes {
    accounts: HashMap<Address, Option<AccountInfo>>,
    storage: HashMap<(Address, U256), U256>,
    /// Accounts of which only the slots in `storage` exist.
    cleared: HashSet<Address>,
}

/// Code as revm wants it. Bytes that only look like a delegation are code like any other.
pub(crate) fn bytecode(code: Bytes) -> Bytecode {
    Bytecode::new_raw_checked(code.clone()).unwrap_or_else(|_| Bytecode::new_legacy(code))
}

impl State {
    /// No accounts, except those of a fork.
    pub fn on(fork: Option<Arc<Fork>>) -> Self {
        Self { fork, ..Self::default() }
    }

    /// An account of the fork.
    fn remote(&self, address: Address) -> Option<AccountInfo> {
        let account = self.fork.as_ref()?.account(address);
        let info = AccountInfo::from_bytecode(bytecode(account.code));
        let info = info.with_balance(account.balance).with_nonce(account.nonce);
        (!info.is_empty()).then_some(info)
    }

    pub fn info(&self, address: Address) -> Option<&AccountInfo> {
        self.accounts.get(&address).map(|account| &account.info)
    }

    pub fn slot(&self, address: Address, key: U256) -> U256 {
        let account = self.accounts.get(&address);
        let slot = account.and_then(|account| account.storage.get(&key)).copied();
        slot.or_else(|| Some(self.fork.as_ref()?.slot(address, key))).unwrap_or_default()
    }

    /// Accounts in order of their address, slots in order of their key.
    pub fn iter(&self) -> impl Iterator<Item = (Address, &AccountInfo, BTreeMap<U256, U256>)> {
        let sorted: BTreeMap<_, _> = self.accounts.iter().collect();
        sorted.into_iter().map(|(address, account)| {
            (*address, &account.info, account.storage.iter().map(|(k, v)| (*k, *v)).collect())
        })
    }

    /// Sets an account as a whole (an empty one ceases to exist) and notes in `undo` what it was.
    pub fn set_info(&mut self, address: Address, info: AccountInfo, undo: &mut Changes) {
        undo.note_account(address, self.info(address));
        let stays_empty = self.accounts.get(&address).is_none_or(|account| account.storage.is_empty());
        // An account that is gone from here would come back from a fork.
        if info.is_empty() && stays_empty && self.fork.is_none() {
            self.accounts.remove(&address);
        } else {
            self.accounts.entry(address).or_default().info = info;
        }
    }

    /// Sets a slot and notes in `undo` what it was.
    pub fn set_slot(&mut self, address: Address, key: U256, value: U256, undo: &mut Changes) {
        let previous = self.slot(address, key);
        if previous == value {
            return;
        }
        undo.storage.entry((address, key)).or_insert(previous);
        if !self.accounts.contains_key(&address) {
            undo.note_account(address, None);
            let info = self.remote(address).unwrap_or_default();
            self.accounts.insert(address, Account { info, ..Account::default() });
        }
        let is_forked = self.fork.is_some();
        let storage = Arc::make_mut(&mut self.accounts.entry(address).or_default().storage);
        if value.is_zero() && !is_forked {
            storage.remove(&key);
        } else {
            storage.insert(key, value);
        }
    }

    /// Takes over what a transaction changed.
    pub fn commit(&mut self, changes: EvmState, undo: &mut Changes) {
        for (address, account) in changes {
            if !account.is_touched() {
                continue;
            }
            if account.is_selfdestructed() || account.is_empty() {
                self.remove(address, undo);
                if self.fork.is_some() {
                    self.set_info(address, AccountInfo::default(), undo);
                }
                continue;
            }
            if account.is_created() {
                self.clear_storage(address, undo);
            }
            if self.info(address) != Some(&account.info) {
                self.set_info(address, account.info, undo);
            }
            for (key, slot) in account.storage {
                self.set_slot(address, key, slot.present_value, undo);
            }
        }
    }

    /// Takes over changes that were made on a view.
    pub fn apply(&mut self, changes: Changes, undo: &mut Changes) {
        for address in changes.cleared {
            self.clear_storage(address, undo);
        }
        for (address, info) in changes.accounts {
            match info {
                Some(info) => self.set_info(address, info, undo),
                None => self.remove(address, undo),
            }
        }
        for ((address, key), value) in changes.storage {
            self.set_slot(address, key, value, undo);
        }
    }

    fn remove(&mut self, address: Address, undo: &mut Changes) {
        if self.accounts.contains_key(&address) {
            self.clear_storage(address, undo);
            undo.note_account(address, self.info(address));
            self.accounts.remove(&address);
        }
    }

    fn clear_storage(&mut self, address: Address, undo: &mut Changes) {
        let Some(account) = self.accounts.get_mut(&address) else { return };
        for (key, value) in std::mem::take(&mut account.storage).iter() {
            undo.storage.entry((address, *key)).or_insert(*value);
        }
    }
}

impl Changes {
    /// Remembers what an account was unless an earlier value is remembered already.
    fn note_account(&mut self, address: Address, info: Option<&AccountInfo>) {
        self.accounts.entry(address).or_insert_with(|| info.cloned());
    }

    /// Lets the values of `older` hold over the present ones.
    pub fn overlay(&mut self, older: &Self) {
        self.accounts.extend(older.accounts.iter().map(|(k, v)| (*k, v.clone())));
        self.storage.extend(older.storage.iter().map(|(k, v)| (*k, *v)));
    }
}

/// A state as a transaction sees it: the present one with changes on top.
#[derive(Clone, Debug)]
pub(crate) struct View<'a> {
    base: &'a State,
    changes: Changes,
}

impl<'a> View<'a> {
    pub fn new(base: &'a State, changes: Changes) -> Self {
        Self { base, changes }
    }

    /// Where the rest of it is.
    pub fn fork(&self) -> Option<&Fork> {
        self.base.fork.as_deref()
    }

    /// Whether an account and all its slots are as in the fork. One that was touched here may be.
    pub fn is_as_in_fork(&self, address: Address) -> bool {
        let Some(fork) = self.fork() else { return false };
        let here = self.info(address).filter(|info| !info.is_empty());
        let stored = self.base.accounts.get(&address).into_iter().flat_map(|account| account.storage.keys());
        let changed = self.changes.storage.keys().filter(|(of, _)| *of == address).map(|(_, key)| key);
        here == self.base.remote(address)
            && !self.changes.cleared.contains(&address)
            && stored.chain(changed).all(|key| self.slot(address, *key) == fork.slot(address, *key))
    }

    /// Lets `changes` hold on top.
    pub fn absorb(&mut self, changes: Changes) {
        self.changes = changes;
    }

    pub fn into_changes(self) -> Changes {
        self.changes
    }

    pub fn info(&self, address: Address) -> Option<AccountInfo> {
        match self.changes.accounts.get(&address) {
            // One that was not here at an earlier block was that of the fork.
            Some(info) => info.clone().or_else(|| self.base.remote(address)),
            None => self.base.info(address).cloned().or_else(|| self.base.remote(address)),
        }
    }

    pub fn slot(&self, address: Address, key: U256) -> U256 {
        match self.changes.storage.get(&(address, key)) {
            Some(value) => *value,
            None if self.changes.cleared.contains(&address) => U256::ZERO,
            None => self.base.slot(address, key),
        }
    }

    /// Every account with its slots.
    pub fn accounts(&self) -> BTreeMap<Address, StoredAccount> {
        let stored = self.base.iter().map(|(address, info, storage)| (address, info.clone(), storage));
        let mut accounts: BTreeMap<_, _> =
            stored.map(|(address, info, storage)| (address, StoredAccount { info, storage })).collect();
        for address in &self.changes.cleared {
            accounts.entry(*address).and_modify(|account| account.storage.clear());
        }
        for (address, info) in &self.changes.accounts {
            match info {
                Some(info) => accounts.entry(*address).or_default().info = info.clone(),
                None => drop(accounts.remove(address)),
            }
        }
        for ((address, key), value) in &self.changes.storage {
            let Some(account) = accounts.get_mut(address) else { continue };
            match value.is_zero() {
                true => account.storage.remove(key),
                false => account.storage.insert(*key, *value),
            };
        }
        accounts
    }

    pub fn set_info(&mut self, address: Address, info: AccountInfo) {
        self.changes.accounts.insert(address, Some(info));
    }

    pub fn set_slot(&mut self, address: Address, key: U256, value: U256) {
        self.changes.storage.insert((address, key), value);
    }

    /// Forgets all slots of an account.
    pub fn clear_storage(&mut self, address: Address) {
        self.changes.storage.retain(|(of, _), _| *of != address);
        self.changes.cleared.insert(address);
    }

    /// Takes over what a transaction changed, for the transactions after it.
    pub fn commit(&mut self, changes: EvmState) {
        for (address, account) in changes {
            if !account.is_touched() {
                continue;
            }
            if account.is_selfdestructed() || account.is_empty() {
                self.clear_storage(address);
                // An account that is gone from here would come back from a fork.
                let gone = self.base.fork.is_some().then(AccountInfo::default);
                self.changes.accounts.insert(address, gone);
                continue;
            }
            if account.is_created() {
                self.clear_storage(address);
            }
            self.changes.accounts.insert(address, Some(account.info));
            let slots = account.storage.into_iter();
            self.changes.storage.extend(slots.map(|(key, slot)| ((address, key), slot.present_value)));
        }
    }
}

impl ArbosStorage for View<'_> {
    fn get(&mut self, slot: U256) -> U256 {
        self.slot(ARBOS_STORAGE, slot)
    }

    fn set(&mut self, slot: U256, value: U256) {
        self.set_slot(ARBOS_STORAGE, slot, value);
    }
}

impl Database for View<'_> {
    type Error = Infallible;

    fn basic(&mut self, address: Address) -> Result<Option<AccountInfo>, Infallible> {
        Ok(self.info(address))
    }

    /// Never asked: accounts carry their code.
    fn code_by_hash(&mut self, _code_hash: B256) -> Result<Bytecode, Infallible> {
        Ok(Bytecode::default())
    }

    fn storage(&mut self, address: Address, key: U256) -> Result<U256, Infallible> {
        Ok(self.slot(address, key))
    }

    /// BLOCKHASH knows L1 blocks only, and a development chain follows none.
    fn block_hash(&mut self, _number: u64) -> Result<B256, Infallible> {
        Ok(B256::ZERO)
    }
}
