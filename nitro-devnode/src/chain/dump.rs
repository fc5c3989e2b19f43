//! Writing a chain down and reading it back.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use alloy::consensus::{Header, TxEnvelope};
use alloy::primitives::{Address, B256, Bloom, Bytes, U256, logs_bloom};
use alloy::rpc::types::Log;
use revm::state::AccountInfo;
use serde::{Deserialize, Serialize};

use crate::fork::Fork;

use super::block::{Block, Receipt, Transaction, TransactionBody};
use super::blocks::Blocks;
use super::error::NodeError;
use super::node::{Chain, Node};
use super::pool::Pending;
use super::state::{Changes, State, View, bytecode};

/// Changes whenever files of the version before cannot be read any more.
const FORMAT: u32 = 1;

/// Largest number a dump may begin with: far from where numbers end.
const MAX_BLOCK_NUMBER: u64 = 1 << 48;

#[derive(Serialize, Deserialize)]
struct Dump {
    format: u32,
    chain_id: u64,
    clock_offset: i64,
    next_timestamp: Option<u64>,
    accounts: BTreeMap<Address, AccountDump>,
    blocks: Vec<BlockDump>,
    pool: Vec<SentDump>,
}

#[derive(Serialize, Deserialize)]
struct AccountDump {
    balance: U256,
    nonce: u64,
    #[serde(default, skip_serializing_if = "is_empty")]
    code: Bytes,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    storage: BTreeMap<U256, U256>,
}

#[derive(Serialize, Deserialize)]
struct BlockDump {
    header: Header,
    l1_block_number: u64,
    send_count: u64,
    send_root: B256,
    size: u64,
    transactions: Vec<TransactionDump>,
    receipts: Vec<ReceiptDump>,
}

#[derive(Serialize, Deserialize)]
struct SentDump {
    envelope: TxEnvelope,
    from: Address,
}

#[derive(Serialize, Deserialize)]
struct TransactionDump {
    /// A transaction of a user, or nothing for the internal one.
    envelope: Option<TxEnvelope>,
    /// Calldata of the internal transaction.
    #[serde(default, skip_serializing_if = "is_empty")]
    input: Bytes,
    hash: B256,
    from: Address,
    effective_gas_price: u128,
}

#[derive(Serialize, Deserialize)]
struct ReceiptDump {
    to: Option<Address>,
    success: bool,
    cumulative_gas_used: u64,
    gas_used: u64,
    gas_used_for_l1: u64,
    contract_address: Option<Address>,
    logs: Vec<Log>,
    output: Bytes,
    failure: Option<String>,
}

fn is_empty(bytes: &Bytes) -> bool {
    bytes.is_empty()
}

/// Writing the chain down and reading it back.
impl Node {
    /// The whole chain as JSON; equal chains give equal text. Snapshots and the states of earlier blocks stay behind.
    pub fn dump(&self) -> Result<String, NodeError> {
        let dump = Dump {
            format: FORMAT,
            chain_id: self.config.chain_id,
            clock_offset: self.chain.clock_offset,
            next_timestamp: self.chain.next_timestamp,
            accounts: self
                .chain
                .state
                .iter()
                .map(|(address, info, storage)| (address, account(info, storage)))
                .collect(),
            blocks: self.chain.blocks.iter().map(block_dump).collect(),
            pool: self.chain.pool.iter().map(|p| SentDump { envelope: p.envelope.clone(), from: p.from }).collect(),
        };
        serde_json::to_string(&dump).map_err(|error| NodeError::Dump(error.to_string()))
    }

    /// Replaces the chain by one from [`Node::dump`]. Options of the node stay; snapshots are forgotten.
    pub fn load(&mut self, dump: &str) -> Result<(), NodeError> {
        let dump: Dump = serde_json::from_str(dump).map_err(|error| NodeError::Dump(error.to_string()))?;
        if dump.format != FORMAT {
            return Err(NodeError::Dump(format!("format {} is not {FORMAT}", dump.format)));
        }
        if dump.chain_id != self.config.chain_id {
            let (have, want) = (dump.chain_id, self.config.chain_id);
            return Err(NodeError::Dump(format!("it is of chain {have}, not {want}")));
        }
        check_blocks(&dump.blocks)?;
        self.chain = chain(dump, self.config.fork.clone());
        self.snapshots.clear();
        Ok(())
    }
}

/// Everything else relies on blocks being numbered without gaps.
fn check_blocks(blocks: &[BlockDump]) -> Result<(), NodeError> {
    let Some(first) = blocks.first().map(|block| block.header.number) else {
        return Err(NodeError::Dump("it has no blocks".to_owned()));
    };
    if first > MAX_BLOCK_NUMBER {
        return Err(NodeError::Dump(format!("it begins with block {first}, which no chain has reached")));
    }
    for (index, block) in blocks.iter().enumerate() {
        let number = first + index as u64;
        if block.header.number != number || block.transactions.len() != block.receipts.len() {
            return Err(NodeError::Dump(format!("block {number} is not well-formed")));
        }
    }
    Ok(())
}

fn account(info: &AccountInfo, storage: BTreeMap<U256, U256>) -> AccountDump {
    let code = info.code.as_ref().map(|code| code.original_bytes()).unwrap_or_default();
    AccountDump { balance: info.balance, nonce: info.nonce, code, storage }
}

fn block_dump(block: &Block) -> BlockDump {
    BlockDump {
        header: block.header.clone(),
        l1_block_number: block.l1_block_number,
        send_count: block.send_count,
        send_root: block.send_root,
        size: block.size,
        transactions: block.transactions.iter().map(transaction_dump).collect(),
        receipts: block.receipts.iter().map(receipt_dump).collect(),
    }
}

fn transaction_dump(transaction: &Transaction) -> TransactionDump {
    let (envelope, input) = match &transaction.body {
        TransactionBody::User(envelope) => (Some(envelope.clone()), Bytes::new()),
        TransactionBody::StartBlock { input } => (None, input.clone()),
    };
    TransactionDump {
        envelope,
        input,
        hash: transaction.hash,
        from: transaction.from,
        effective_gas_price: transaction.effective_gas_price,
    }
}

fn receipt_dump(receipt: &Receipt) -> ReceiptDump {
    ReceiptDump {
        to: receipt.to,
        success: receipt.success,
        cumulative_gas_used: receipt.cumulative_gas_used,
        gas_used: receipt.gas_used,
        gas_used_for_l1: receipt.gas_used_for_l1,
        contract_address: receipt.contract_address,
        logs: receipt.logs.clone(),
        output: receipt.output.clone(),
        failure: receipt.failure.clone(),
    }
}

fn chain(dump: Dump, fork: Option<Arc<Fork>>) -> Chain {
    let mut chain = Chain {
        state: state(dump.accounts, fork),
        blocks: Blocks::default(),
        // States before the latest block cannot be restored; changes by hand still need a place.
        undos: VecDeque::from([Arc::new(Changes::default())]),
        oldest_state: dump.blocks.last().map_or(0, |block| block.header.number),
        pool: dump.pool.into_iter().map(|sent| Pending::trusted(sent.envelope, sent.from)).collect(),
        clock_offset: dump.clock_offset,
        next_timestamp: dump.next_timestamp,
    };
    for block in dump.blocks {
        chain.blocks.push(restore(block));
    }
    chain
}

fn state(accounts: BTreeMap<Address, AccountDump>, fork: Option<Arc<Fork>>) -> State {
    let empty = State::default();
    let mut view = View::new(&empty, Changes::default());
    for (address, account) in accounts {
        let info = AccountInfo::from_bytecode(bytecode(account.code));
        view.set_info(address, info.with_nonce(account.nonce).with_balance(account.balance));
        for (slot, value) in account.storage {
            view.set_slot(address, slot, value);
        }
    }
    let changes = view.into_changes();
    let mut state = State::on(fork);
    state.apply(changes, &mut Changes::default());
    state
}

fn restore(dump: BlockDump) -> Block {
    let hash = dump.header.hash_slow();
    let mut transactions = Vec::new();
    let mut receipts = Vec::new();
    for (index, (transaction, receipt)) in dump.transactions.into_iter().zip(dump.receipts).enumerate() {
        let transaction = Transaction {
            body: match transaction.envelope {
                Some(envelope) => TransactionBody::User(envelope),
                None => TransactionBody::StartBlock { input: transaction.input },
            },
            hash: transaction.hash,
            from: transaction.from,
            block_hash: hash,
            block_number: dump.header.number,
            block_timestamp: dump.header.timestamp,
            index: index as u64,
            effective_gas_price: transaction.effective_gas_price,
        };
        receipts.push(restore_receipt(receipt, &transaction, dump.l1_block_number));
        transactions.push(transaction);
    }
    Block {
        header: dump.header,
        hash,
        transactions,
        receipts,
        l1_block_number: dump.l1_block_number,
        send_count: dump.send_count,
        send_root: dump.send_root,
        size: dump.size,
    }
}

fn restore_receipt(dump: ReceiptDump, transaction: &Transaction, l1_block_number: u64) -> Receipt {
    let bloom: Bloom = logs_bloom(dump.logs.iter().map(|log| &log.inner));
    Receipt {
        transaction_hash: transaction.hash,
        kind: transaction.kind(),
        from: transaction.from,
        to: dump.to,
        success: dump.success,
        cumulative_gas_used: dump.cumulative_gas_used,
        gas_used: dump.gas_used,
        gas_used_for_l1: dump.gas_used_for_l1,
        effective_gas_price: transaction.effective_gas_price,
        contract_address: dump.contract_address,
        logs: dump.logs,
        logs_bloom: bloom,
        block_hash: transaction.block_hash,
        block_number: transaction.block_number,
        index: transaction.index,
        l1_block_number,
        output: dump.output,
        failure: dump.failure,
    }
}
