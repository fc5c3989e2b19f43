//! What only a development chain can do: time, state by hand, snapshots.

use std::sync::Arc;

use alloy::primitives::{Address, B256, Bytes, U256};
use revm::state::AccountInfo;

use super::calls::with_code;
use super::error::NodeError;
use super::node::{Node, SnapshotId};

/// Time.
impl Node {
    /// Moves the clock on and returns the seconds by which it has been moved in all.
    pub fn increase_time(&mut self, seconds: u64) -> i64 {
        self.chain.clock_offset = self.chain.clock_offset.saturating_add_unsigned(seconds);
        self.chain.clock_offset
    }

    /// Moves the clock on and makes a block.
    pub fn warp(&mut self, seconds: u64) {
        self.increase_time(seconds);
        self.mine(1);
    }

    /// Sets the clock. Blocks are still never older than their parent.
    pub fn set_time(&mut self, timestamp: u64) {
        let difference = i128::from(timestamp) - i128::from(self.unmoved_clock());
        self.chain.clock_offset = difference.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
    }

    /// Sets the time of the next block and lets the clock go on from there.
    pub fn set_next_timestamp(&mut self, timestamp: u64) -> Result<(), NodeError> {
        let parent = self.latest().header.timestamp;
        if timestamp < parent {
            let text = format!("timestamp {timestamp} is lower than that of the latest block, {parent}");
            return Err(NodeError::InvalidParams(text));
        }
        self.set_time(timestamp);
        self.chain.next_timestamp = Some(timestamp);
        Ok(())
    }
}

/// State by hand. Changes belong to the latest block: calls on earlier ones do not see them.
impl Node {
    /// Sets a balance.
    pub fn set_balance(&mut self, address: Address, balance: U256) {
        self.change(address, |info| AccountInfo { balance, ..info });
    }

    /// Sets a nonce.
    pub fn set_nonce(&mut self, address: Address, nonce: u64) {
        self.change(address, |info| AccountInfo { nonce, ..info });
    }

    /// Sets code. Prefixed Stylus code still has to be activated.
    pub fn set_code(&mut self, address: Address, code: Bytes) {
        self.change(address, |info| with_code(info, code));
    }

    /// Sets one slot of storage.
    pub fn set_storage(&mut self, address: Address, slot: U256, value: B256) {
        if let Some(undo) = self.chain.undos.back_mut() {
            self.chain.state.set_slot(address, slot, value.into(), Arc::make_mut(undo));
        }
    }

    fn change(&mut self, address: Address, change: impl FnOnce(AccountInfo) -> AccountInfo) {
        let info = change(self.view().info(address).unwrap_or_default());
        if let Some(undo) = self.chain.undos.back_mut() {
            self.chain.state.set_info(address, info, Arc::make_mut(undo));
        }
    }
}

/// Snapshots.
impl Node {
    /// Remembers the chain: blocks, state, time, waiting transactions.
    pub fn snapshot(&mut self) -> SnapshotId {
        let id = SnapshotId(self.next_snapshot);
        self.next_snapshot += 1;
        self.snapshots.push((id, self.chain.clone()));
        id
    }

    /// Goes back to a snapshot and forgets it and all later ones. `false` if there is no such snapshot.
    pub fn revert(&mut self, id: SnapshotId) -> bool {
        let Some(place) = self.snapshots.iter().position(|(known, _)| *known == id) else { return false };
        let chain = self.snapshots.drain(place..).next();
        if let Some((_, chain)) = chain {
            self.chain = chain;
        }
        true
    }
}
