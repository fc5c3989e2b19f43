//! Blocks, transactions and receipts as the node keeps them.

use alloy::consensus::{Header, Transaction as _, TxEnvelope, Typed2718};
use alloy::primitives::{Address, B256, Bloom, Bytes, U256, address};
use alloy::rpc::types::Log;
use alloy::sol_types::SolEvent;

use super::error::NodeError;
use super::failure;

/// Fee recipient of every block.
pub const SEQUENCER: Address = address!("a4b000000000000000000073657175656e636572");

/// Sender and recipient of the internal transaction that starts a block.
pub const ARBOS: Address = address!("00000000000000000000000000000000000a4b05");

/// Gas limit in every header (2^50).
pub const BLOCK_GAS_LIMIT: u64 = 1 << 50;

/// A block with everything in it.
#[derive(Clone, Debug)]
pub struct Block {
    /// The header as Ethereum has it.
    pub header: Header,
    /// Its hash.
    pub hash: B256,
    /// The transactions; the first one is the internal transaction of ArbOS, except in the genesis block.
    pub transactions: Vec<Transaction>,
    /// One receipt for each transaction.
    pub receipts: Vec<Receipt>,
    /// Estimate of the L1 block number.
    pub l1_block_number: u64,
    /// Messages sent to L1 up to and including this block.
    pub send_count: u64,
    /// Commitment to those messages.
    pub send_root: B256,
    /// Length of the encoded block in bytes.
    pub size: u64,
}

/// A transaction in a block, with who sent it.
#[derive(Clone, Debug)]
pub struct Transaction {
    /// What was sent.
    pub body: TransactionBody,
    /// Transaction hash.
    pub hash: B256,
    /// Who sent it: the signer, or the impersonated account.
    pub from: Address,
    /// Hash of the block.
    pub block_hash: B256,
    /// Number of the block.
    pub block_number: u64,
    /// Time of the block in unix seconds.
    pub block_timestamp: u64,
    /// Place in the block.
    pub index: u64,
    /// What a unit of gas cost, in wei: the base fee of the block.
    pub effective_gas_price: u128,
}

/// The kinds of transaction a block can hold.
#[expect(clippy::large_enum_variant, reason = "nearly all transactions are of the larger kind")]
#[derive(Clone, Debug)]
pub enum TransactionBody {
    /// A transaction of a user (types 0, 1, 2 and 4). An impersonated one carries a made-up signature.
    User(TxEnvelope),
    /// The internal transaction (type 0x6a) with which ArbOS starts a block.
    StartBlock {
        /// The call to ArbOS: L1 base fee, L1 block number, L2 block number, seconds since the last block.
        input: Bytes,
    },
}

impl Transaction {
    /// EIP-2718 type: 0, 1, 2, 4, or 0x6a for the internal transaction.
    pub fn kind(&self) -> u8 {
        match &self.body {
            TransactionBody::User(envelope) => envelope.ty(),
            TransactionBody::StartBlock { .. } => 0x6a,
        }
    }

    /// Recipient; `None` creates a contract.
    pub fn to(&self) -> Option<Address> {
        match &self.body {
            TransactionBody::User(envelope) => envelope.to(),
            TransactionBody::StartBlock { .. } => Some(ARBOS),
        }
    }
}

/// What a transaction did.
#[derive(Clone, Debug)]
pub struct Receipt {
    /// Transaction hash.
    pub transaction_hash: B256,
    /// EIP-2718 type of the transaction.
    pub kind: u8,
    /// Sender.
    pub from: Address,
    /// Recipient; `None` for a creation.
    pub to: Option<Address>,
    /// Whether it succeeded.
    pub success: bool,
    /// Gas used by this transaction and those before it in the block.
    pub cumulative_gas_used: u64,
    /// Gas used, including that for L1.
    pub gas_used: u64,
    /// Part of the gas that paid for L1 data.
    pub gas_used_for_l1: u64,
    /// Price of a unit of gas in wei.
    pub effective_gas_price: u128,
    /// The account a transaction without recipient created (also when it failed, as on Nitro).
    pub contract_address: Option<Address>,
    /// Logs, ready for clients.
    pub logs: Vec<Log>,
    /// Bloom filter over the logs.
    pub logs_bloom: Bloom,
    /// Hash of the block.
    pub block_hash: B256,
    /// Number of the block.
    pub block_number: u64,
    /// Place in the block.
    pub index: u64,
    /// Estimate of the L1 block number.
    pub l1_block_number: u64,
    /// Return or revert data of the outermost call; not part of an RPC receipt.
    pub output: Bytes,
    /// Why it failed, in geth's words; not part of an RPC receipt.
    pub failure: Option<String>,
}

impl Receipt {
    /// Why the transaction failed; `None` when it succeeded.
    pub fn error(&self) -> Option<NodeError> {
        if self.success {
            return None;
        }
        let message = self.failure.clone().unwrap_or_default();
        Some(match message.starts_with(failure::REVERTED) {
            true => NodeError::Reverted { output: self.output.clone(), message },
            false => NodeError::Halted { message },
        })
    }

    /// Events of one type that the contract at `emitter` logged, in order. Logs that are not of this type are left out.
    pub fn events<E: SolEvent>(&self, emitter: Address) -> impl Iterator<Item = E> {
        let own = self.logs.iter().filter(move |log| log.inner.address == emitter);
        own.filter_map(|log| E::decode_log_data(&log.inner.data).ok())
    }

    /// What the sender paid for gas, in wei.
    pub fn fee_wei(&self) -> U256 {
        U256::from(self.gas_used) * U256::from(self.effective_gas_price)
    }
}
