//! The chain, as the rest of the relayer sees it: state read at a block, hints from logs, bytes sent.
//!
//! Only this folder knows how a node is talked to.

mod decode;
pub mod key;
mod rpc;
mod sign;

use std::fmt;

use alloy_primitives::{Address, B256, Bytes};
use async_trait::async_trait;
use linq_abi::{Provider, Slot, Terms};
use thiserror::Error;

pub use decode::Refusal;
pub use rpc::{RpcChain, SetupError, wake_on_heads};
pub use sign::{Fees, SignError, Signed, Signer, Unsigned, step, submit, take, unable};

/// A slot of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotId {
    /// The job.
    pub job: B256,
    /// Which of its slots.
    pub slot: u16,
}

impl fmt::Display for SlotId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}#{}", self.job, self.slot)
    }
}

/// A block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Its time, unix seconds.
    pub time: u64,
}

/// What a log hints at. Nothing is decided from it but where to look.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Hint {
    /// A job was posted. Its terms are believed once they hash to its id.
    Posted {
        /// The job's id.
        job: B256,
        /// Its terms, as the log says.
        terms: Box<Terms>,
        /// Where its manifest is, as the log says.
        uri: String,
        /// The block of the log.
        block: u64,
    },
    /// Something happened to a slot.
    Touched(SlotId),
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Receipt {
    /// The block that holds it.
    pub block: u64,
    /// The hash of that block.
    pub block_hash: B256,
    /// Whether it did what it was for, or reverted.
    pub succeeded: bool,
}

/// Why the chain did not answer as hoped.
#[derive(Clone, Debug, Error)]
pub enum ChainError {
    /// The node could not be reached, or not be understood.
    #[error("the node does not answer: {0}")]
    Transport(String),
    /// The node answered with an error of its own.
    #[error("the node refuses: {0}")]
    Node(String),
    /// A contract answered with something else than its interface says.
    #[error("the contract does not answer {0} as it should")]
    Unexpected(&'static str),
    /// More logs than the node returns at once.
    #[error("too many logs in one query")]
    TooManyLogs,
    /// A contract refused.
    #[error("refused: {0}")]
    Refused(Refusal),
    /// The block that was asked for is not there (any more).
    #[error("no such block")]
    NoBlock,
}

impl ChainError {
    /// Whether the same question may be answered later.
    pub const fn retryable(&self) -> bool {
        !matches!(self, Self::Refused(_))
    }

    /// Its name in metrics.
    pub const fn metric_label(&self) -> &'static str {
        match self {
            Self::Transport(_) => "transport",
            Self::Node(_) => "node",
            Self::Unexpected(_) => "unexpected",
            Self::TooManyLogs => "too_many_logs",
            Self::Refused(_) => "refused",
            Self::NoBlock => "no_block",
        }
    }
}

/// The questions that the relayer asks and the bytes that it sends.
#[async_trait]
pub trait Chain: Send + Sync + 'static {
    /// The newest block.
    async fn head(&self) -> Result<Head, ChainError>;
    /// The hash of the block with this number, if there is one.
    async fn block_hash(&self, number: u64) -> Result<Option<B256>, ChainError>;
    /// The number of the newest block that never changes.
    async fn finalized(&self) -> Result<u64, ChainError>;
    /// Hints from the jobs contract's logs in these blocks, in order.
    async fn hints(&self, from: u64, to: u64) -> Result<Vec<Hint>, ChainError>;
    /// A slot, at a block.
    async fn slot(&self, id: SlotId, at: B256) -> Result<Slot, ChainError>;
    /// A provider, at a block.
    async fn provider(&self, id: u32, at: B256) -> Result<Provider, ChainError>;
    /// What a provider's rates come to for `terms`, at a block.
    async fn quote(&self, provider: u32, terms: &Terms, at: B256) -> Result<u128, ChainError>;
    /// The number of transactions that an account has in the chain.
    async fn nonce(&self, account: Address) -> Result<u64, ChainError>;
    /// What an account has for gas, in wei.
    async fn balance(&self, account: Address) -> Result<u128, ChainError>;
    /// The gas that a call would use, or the contract's refusal.
    async fn estimate(&self, from: Address, data: &Bytes) -> Result<u64, ChainError>;
    /// What a unit of gas costs now.
    async fn fees(&self) -> Result<Fees, ChainError>;
    /// Sends signed bytes. That they are known already is no error.
    async fn send(&self, raw: &Bytes) -> Result<(), ChainError>;
    /// What became of a transaction; nothing when it is in no block.
    async fn receipt(&self, transaction: B256) -> Result<Option<Receipt>, ChainError>;
}
