//! Blocks, transactions and receipts as clients of Nitro see them.
//!
//! The sets of fields are exactly those of the public chain, for libraries that check them strictly.

use alloy::consensus::{Transaction as _, TxEnvelope};
use alloy::primitives::{U64, U256};
use serde_json::{Map, Value, json};

use crate::chain::block::ARBOS;
use crate::{Block, Receipt, Transaction, TransactionBody};

/// A number as a JSON-RPC quantity.
pub(crate) fn quantity(number: u64) -> Value {
    json!(U64::from(number))
}

fn wide_quantity(number: u128) -> Value {
    json!(U256::from(number))
}

/// The header of a block, as `newHeads` delivers it.
pub(crate) fn header(block: &Block) -> Value {
    let header = &block.header;
    json!({
        "baseFeePerGas": quantity(header.base_fee_per_gas.unwrap_or_default()),
        "difficulty": header.difficulty,
        "extraData": header.extra_data,
        "gasLimit": quantity(header.gas_limit),
        "gasUsed": quantity(header.gas_used),
        "hash": block.hash,
        "l1BlockNumber": quantity(block.l1_block_number),
        "logsBloom": header.logs_bloom,
        "miner": header.beneficiary,
        "mixHash": header.mix_hash,
        "nonce": header.nonce,
        "number": quantity(header.number),
        "parentHash": header.parent_hash,
        "receiptsRoot": header.receipts_root,
        "sendCount": quantity(block.send_count),
        "sendRoot": block.send_root,
        "sha3Uncles": header.ommers_hash,
        "stateRoot": header.state_root,
        "timestamp": quantity(header.timestamp),
        "transactionsRoot": header.transactions_root,
    })
}

/// A block, with its transactions in full or by hash.
pub(crate) fn block(block: &Block, full: bool, chain_id: u64) -> Value {
    let mut object = header(block);
    let transactions: Vec<Value> = if full {
        block.transactions.iter().map(|included| transaction(included, true, chain_id)).collect()
    } else {
        block.transactions.iter().map(|included| json!(included.hash)).collect()
    };
    object["size"] = quantity(block.size);
    object["transactions"] = transactions.into();
    object["uncles"] = json!([]);
    object
}

/// A transaction; one that waits for a block has no place yet.
pub(crate) fn transaction(transaction: &Transaction, included: bool, chain_id: u64) -> Value {
    let mut object = match &transaction.body {
        TransactionBody::User(envelope) => user_fields(envelope),
        TransactionBody::StartBlock { input } => start_block_fields(input, chain_id),
    };
    let price = match &transaction.body {
        TransactionBody::User(envelope) if !included => envelope.max_fee_per_gas(),
        TransactionBody::User(_) => transaction.effective_gas_price,
        TransactionBody::StartBlock { .. } => 0,
    };
    object.insert("hash".into(), json!(transaction.hash));
    object.insert("from".into(), json!(transaction.from));
    object.insert("gasPrice".into(), wide_quantity(price));
    let place = included.then_some(transaction);
    object.insert("blockHash".into(), json!(place.map(|transaction| transaction.block_hash)));
    object.insert("blockNumber".into(), json!(place.map(|transaction| quantity(transaction.block_number))));
    object.insert("transactionIndex".into(), json!(place.map(|transaction| quantity(transaction.index))));
    Value::Object(object)
}

fn user_fields(envelope: &TxEnvelope) -> Map<String, Value> {
    match serde_json::to_value(envelope) {
        Ok(Value::Object(fields)) => fields,
        // The derived form of a transaction is an object of strings: there is nothing that could fail.
        _ => Map::new(),
    }
}

fn start_block_fields(input: &alloy::primitives::Bytes, chain_id: u64) -> Map<String, Value> {
    let zero = || quantity(0);
    [
        ("type", quantity(0x6a)),
        ("chainId", quantity(chain_id)),
        ("nonce", zero()),
        ("gas", zero()),
        ("to", json!(ARBOS)),
        ("value", zero()),
        ("input", json!(input)),
        ("v", zero()),
        ("r", zero()),
        ("s", zero()),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value))
    .collect()
}

/// A receipt.
pub(crate) fn receipt(receipt: &Receipt) -> Value {
    json!({
        "blockHash": receipt.block_hash,
        "blockNumber": quantity(receipt.block_number),
        "contractAddress": receipt.contract_address,
        "cumulativeGasUsed": quantity(receipt.cumulative_gas_used),
        "effectiveGasPrice": wide_quantity(receipt.effective_gas_price),
        "from": receipt.from,
        "gasUsed": quantity(receipt.gas_used),
        "gasUsedForL1": quantity(receipt.gas_used_for_l1),
        "l1BlockNumber": quantity(receipt.l1_block_number),
        "logs": receipt.logs,
        "logsBloom": receipt.logs_bloom,
        "status": quantity(receipt.success.into()),
        "timeboosted": false,
        "to": receipt.to,
        "transactionHash": receipt.transaction_hash,
        "transactionIndex": quantity(receipt.index),
        "type": quantity(receipt.kind.into()),
    })
}
