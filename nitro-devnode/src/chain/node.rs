//! The node: a chain in memory, driven by method calls.

use std::collections::{HashSet, VecDeque};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use alloy::consensus::Transaction as _;
use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::rpc::types::{Filter, FilterBlockOption, Log};

use crate::fork::Fork;

use super::accounts::{self, DEV_ACCOUNT};
use super::arbos::ArbosVersion;
use super::arbos_state::{ArbosStorage, Field};
use super::block::{Block, Receipt, SEQUENCER, Transaction, TransactionBody};
use super::blocks::Blocks;
use super::config::{Clock, Mining, NodeConfig};
use super::error::NodeError;
use super::genesis;
use super::pool::Pending;
use super::runtime::Environment;
use super::state::{Changes, State, View};

/// Names a state to come back to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct SnapshotId(pub u64);

/// A Stylus chain in memory.
///
/// Nothing happens by itself: no threads, no sockets, no timers. Given the same configuration (with
/// [`Clock::Manual`]) and the same calls, every node computes the same blocks.
#[derive(Debug)]
pub struct Node {
    pub(super) config: NodeConfig,
    pub(super) chain: Chain,
    pub(super) mining: Mining,
    pub(super) impersonated: HashSet<Address>,
    pub(super) impersonates_all: bool,
    pub(super) snapshots: Vec<(SnapshotId, Chain)>,
    pub(super) next_snapshot: u64,
}

/// What a snapshot remembers.
#[derive(Clone, Debug)]
pub(super) struct Chain {
    pub state: State,
    pub blocks: Blocks,
    /// For each of the latest blocks, the newest last: what its transactions and later changes by hand undid.
    pub undos: VecDeque<Arc<Changes>>,
    /// The oldest block whose state can be had.
    pub oldest_state: u64,
    pub pool: Vec<Pending>,
    /// Seconds by which the clock was moved.
    pub clock_offset: i64,
    /// Time of the next block, if it was set.
    pub next_timestamp: Option<u64>,
}

/// Reading the chain.
impl Node {
    /// Makes a chain with a genesis block.
    pub fn new(config: NodeConfig) -> Self {
        let chain = Chain {
            state: genesis::state(&config),
            blocks: Blocks::default(),
            undos: VecDeque::new(),
            oldest_state: 0,
            pool: Vec::new(),
            clock_offset: 0,
            next_timestamp: None,
        };
        let mut node = Self {
            mining: config.mining,
            config,
            chain,
            impersonated: HashSet::new(),
            impersonates_all: false,
            snapshots: Vec::new(),
            next_snapshot: 1,
        };
        // The chain goes on where the one it is a fork of was, at the earliest.
        let behind = node.config.fork.as_ref().map_or(0, |fork| fork.timestamp.saturating_sub(node.now()));
        node.increase_time(behind);
        node.seal_genesis();
        node
    }

    /// The configuration the node was made with.
    pub fn config(&self) -> &NodeConfig {
        &self.config
    }

    /// ArbOS version in force. It differs from the configured one after a scheduled upgrade.
    pub fn arbos(&self) -> ArbosVersion {
        ArbosVersion(self.view().number(Field::Version))
    }

    /// Number of the latest block.
    pub fn block_number(&self) -> u64 {
        self.latest().header.number
    }

    /// Number of the oldest block that is kept (see [`NodeConfig::keep_blocks`]).
    pub fn earliest_number(&self) -> u64 {
        self.chain.blocks.first()
    }

    /// The latest block.
    pub fn latest(&self) -> &Block {
        self.chain.blocks.latest().expect("the latest block is always kept")
    }

    /// A block by number, hash or tag (`pending`, `safe` and `finalized` mean the latest one).
    pub fn block(&self, id: impl Into<BlockId>) -> Option<&Block> {
        let number = self.resolve(id.into()).ok()?;
        self.chain.blocks.get(number)
    }

    /// Number of the block `id` means; an error if there is none.
    pub fn resolve(&self, id: BlockId) -> Result<u64, NodeError> {
        let latest = self.block_number();
        let number = match id {
            BlockId::Hash(hash) => self.chain.blocks.number(hash.block_hash).ok_or(NodeError::BlockNotFound)?,
            BlockId::Number(BlockNumberOrTag::Number(number)) => number,
            BlockId::Number(BlockNumberOrTag::Earliest) => self.chain.blocks.first(),
            BlockId::Number(_) => latest,
        };
        if self.chain.blocks.get(number).is_none() { Err(NodeError::BlockNotFound) } else { Ok(number) }
    }

    /// A transaction of the chain.
    pub fn transaction(&self, hash: B256) -> Option<&Transaction> {
        let (block, index) = self.chain.blocks.place(hash)?;
        self.chain.blocks.get(block)?.transactions.get(index)
    }

    /// The receipt of a transaction of the chain.
    pub fn receipt(&self, hash: B256) -> Option<&Receipt> {
        let (block, index) = self.chain.blocks.place(hash)?;
        self.chain.blocks.get(block)?.receipts.get(index)
    }

    /// Transactions that wait for a block, in the order they came. Their place in the chain is not filled in.
    pub fn pending(&self) -> Vec<Transaction> {
        let base_fee = self.base_fee();
        let place = |pending: &Pending| Transaction {
            body: TransactionBody::User(pending.envelope.clone()),
            hash: pending.hash,
            from: pending.from,
            block_hash: B256::ZERO,
            block_number: 0,
            block_timestamp: 0,
            index: 0,
            effective_gas_price: base_fee.into(),
        };
        self.chain.pool.iter().map(place).collect()
    }

    /// Logs that match a filter, in order.
    pub fn logs(&self, filter: &Filter) -> Result<Vec<Log>, NodeError> {
        let (from, to) = match filter.block_option {
            FilterBlockOption::AtBlockHash(hash) => {
                let number = self.chain.blocks.number(hash).ok_or(NodeError::BlockNotFound)?;
                (number, number)
            }
            FilterBlockOption::Range { from_block, to_block } => {
                let end = |tag: Option<BlockNumberOrTag>| match tag {
                    Some(BlockNumberOrTag::Number(number)) => number,
                    Some(BlockNumberOrTag::Earliest) => self.chain.blocks.first(),
                    _ => self.block_number(),
                };
                (end(from_block), end(to_block).min(self.block_number()))
            }
        };
        if from > to {
            return Ok(Vec::new());
        }
        let blocks = self.chain.blocks.range(from, to);
        let candidates = blocks.filter(|block| filter.matches_bloom(block.header.logs_bloom));
        let logs = candidates.flat_map(|block| block.receipts.iter().flat_map(|receipt| &receipt.logs));
        Ok(logs.filter(|log| filter.matches(&log.inner)).cloned().collect())
    }

    /// Balance in wei.
    pub fn balance(&self, address: Address, block: impl Into<BlockId>) -> Result<U256, NodeError> {
        Ok(self.info_at(address, block.into())?.balance)
    }

    /// Next nonce; for the tag `pending` it counts transactions that wait for a block.
    pub fn nonce(&self, address: Address, block: impl Into<BlockId>) -> Result<u64, NodeError> {
        let block = block.into();
        let nonce = self.info_at(address, block)?.nonce;
        if block != BlockId::pending() {
            return Ok(nonce);
        }
        let waiting = self.chain.pool.iter().filter(|pending| pending.from == address);
        Ok(waiting.map(|pending| pending.envelope.nonce() + 1).fold(nonce, u64::max))
    }

    /// Code.
    pub fn code(&self, address: Address, block: impl Into<BlockId>) -> Result<Bytes, NodeError> {
        Ok(self.info_at(address, block.into())?.code.unwrap_or_default().original_bytes())
    }

    /// One slot of storage.
    pub fn storage(&self, address: Address, slot: U256, block: impl Into<BlockId>) -> Result<B256, NodeError> {
        let view = self.view_at(self.resolve(block.into())?)?;
        Fork::take_failure();
        let value = view.slot(address, slot).into();
        Fork::take_failure().map_or(Ok(value), |failure| Err(NodeError::Fork(failure)))
    }

    /// Development accounts the node signs for.
    pub fn accounts(&self) -> Vec<Address> {
        if !self.config.dev_signers {
            return Vec::new();
        }
        accounts::well_known().chain([DEV_ACCOUNT]).collect()
    }

    /// Base fee of the next block in wei.
    pub fn base_fee(&self) -> u64 {
        self.view().number(Field::BaseFee)
    }

    /// Seconds since 1970 by the node's clock.
    pub fn now(&self) -> u64 {
        self.unmoved_clock().saturating_add_signed(self.chain.clock_offset)
    }

    pub(super) fn unmoved_clock(&self) -> u64 {
        match self.config.clock {
            Clock::Manual(time) => time,
            Clock::Wall => SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()),
        }
    }

    /// Time the next block would have.
    pub(super) fn next_time(&self) -> u64 {
        let parent = self.latest().header.timestamp;
        self.chain.next_timestamp.unwrap_or_else(|| self.now()).max(parent)
    }

    fn info_at(&self, address: Address, block: BlockId) -> Result<revm::state::AccountInfo, NodeError> {
        let view = self.view_at(self.resolve(block)?)?;
        Fork::take_failure();
        let info = view.info(address).unwrap_or_default();
        Fork::take_failure().map_or(Ok(info), |failure| Err(NodeError::Fork(failure)))
    }

    /// The present state.
    pub(super) fn view(&self) -> View<'_> {
        View::new(&self.chain.state, Changes::default())
    }

    /// The state after block `number`.
    pub(super) fn view_at(&self, number: u64) -> Result<View<'_>, NodeError> {
        if number < self.chain.oldest_state {
            return Err(NodeError::StateNotAvailable(number));
        }
        let back = (self.block_number() - number) as usize;
        let mut changes = Changes::default();
        for undo in self.chain.undos.iter().rev().take(back) {
            changes.overlay(undo);
        }
        Ok(View::new(&self.chain.state, changes))
    }

    /// What transactions of a block with these figures see.
    pub(super) fn environment(&self, view: &View<'_>, number: u64, timestamp: u64, base_fee: u64) -> Environment<'_> {
        let mut view = view.clone();
        Environment {
            chain_id: self.config.chain_id,
            arbos: ArbosVersion(view.number(Field::Version)),
            debug: self.config.debug,
            max_code_size: self.config.max_code_size,
            number,
            timestamp,
            coinbase: SEQUENCER,
            gas_limit: super::block::BLOCK_GAS_LIMIT,
            prevrandao: B256::with_last_byte(1),
            base_fee,
            l1_block_number: view.number(Field::L1BlockNumber),
            blocks: &self.chain.blocks,
        }
    }
}
