//! The blocks a node remembers.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use alloy::primitives::B256;

use super::block::Block;

/// Blocks by number, hash and transaction. Old ones can be dropped; those that are kept have no gaps.
#[derive(Clone, Debug, Default)]
pub(crate) struct Blocks {
    /// Number of the oldest block that is kept.
    first: u64,
    kept: VecDeque<Arc<Block>>,
    by_hash: HashMap<B256, u64>,
    /// Block and index of each transaction.
    by_transaction: HashMap<B256, (u64, usize)>,
}

impl Blocks {
    /// Adds the block that comes next. The first one may have any number.
    pub fn push(&mut self, block: Block) {
        let number = block.header.number;
        if self.kept.is_empty() {
            self.first = number;
        }
        self.by_hash.insert(block.hash, number);
        let places = block.transactions.iter().enumerate().map(|(index, sent)| (sent.hash, (number, index)));
        self.by_transaction.extend(places);
        self.kept.push_back(Arc::new(block));
    }

    /// Drops the oldest blocks until at most `count` are left.
    pub fn keep(&mut self, count: u64) {
        while self.kept.len() as u64 > count.max(1) {
            let Some(block) = self.kept.pop_front() else { return };
            self.first += 1;
            self.by_hash.remove(&block.hash);
            for transaction in &block.transactions {
                self.by_transaction.remove(&transaction.hash);
            }
        }
    }

    /// Number of the oldest block that is kept.
    pub fn first(&self) -> u64 {
        self.first
    }

    pub fn latest(&self) -> Option<&Block> {
        self.kept.back().map(|block| &**block)
    }

    pub fn get(&self, number: u64) -> Option<&Block> {
        let place = usize::try_from(number.checked_sub(self.first)?).ok()?;
        self.kept.get(place).map(|block| &**block)
    }

    /// Blocks with numbers from `from` to `to`, as far as they are kept.
    pub fn range(&self, from: u64, to: u64) -> impl Iterator<Item = &Block> {
        let skipped = from.saturating_sub(self.first) as usize;
        let wanted = (to + 1).saturating_sub(from.max(self.first)) as usize;
        self.kept.iter().skip(skipped).take(wanted).map(|block| &**block)
    }

    pub fn iter(&self) -> impl Iterator<Item = &Block> {
        self.kept.iter().map(|block| &**block)
    }

    pub fn number(&self, hash: B256) -> Option<u64> {
        self.by_hash.get(&hash).copied()
    }

    /// Block and index of a transaction.
    pub fn place(&self, transaction: B256) -> Option<(u64, usize)> {
        self.by_transaction.get(&transaction).copied()
    }
}
