//! Transactions: found, fetched, sent.

use alloy::eips::{BlockId, Encodable2718};
use alloy::primitives::{B256, Bytes};
use serde_json::{Value, json};

use super::super::backend::Backend;
use super::super::dispatch::Outcome;
use super::super::error::RpcError;
use super::super::params::Params;
use super::super::view;
use crate::{Node, NodeError, Transaction, TransactionBody};

/// A transaction of the chain, or one that waits for a block.
pub(crate) fn find(node: &Node, hash: B256) -> Option<Value> {
    let chain_id = node.config().chain_id;
    match node.transaction(hash) {
        Some(included) => Some(view::transaction(included, true, chain_id)),
        None => waiting(node, hash).map(|transaction| view::transaction(&transaction, false, chain_id)),
    }
}

fn waiting(node: &Node, hash: B256) -> Option<Transaction> {
    node.pending().into_iter().find(|transaction| transaction.hash == hash)
}

/// `eth_getTransactionByHash`.
pub(crate) fn by_hash(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    Ok(find(node, params.required()?).unwrap_or(Value::Null))
}

/// `eth_getTransactionByBlockNumberAndIndex` and `…ByBlockHashAndIndex`.
pub(crate) fn by_place(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let block: BlockId = params.required()?;
    let index = usize::try_from(params.quantity()?).unwrap_or(usize::MAX);
    let found = node.block(block).and_then(|block| block.transactions.get(index));
    Ok(found.map_or(Value::Null, |transaction| view::transaction(transaction, true, node.config().chain_id)))
}

/// `eth_getRawTransactionByHash`. The internal transaction of a block has no signed form and gives `0x`.
pub(crate) fn raw_by_hash(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let hash = params.required()?;
    let found = node.transaction(hash).cloned().or_else(|| waiting(node, hash));
    let raw = match found.map(|transaction| transaction.body) {
        Some(TransactionBody::User(envelope)) => envelope.encoded_2718().into(),
        Some(TransactionBody::StartBlock { .. }) | None => Bytes::new(),
    };
    Ok(json!(raw))
}

/// `eth_getTransactionReceipt`: null until the transaction is in a block.
pub(crate) fn receipt(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    Ok(node.receipt(params.required()?).map_or(Value::Null, view::receipt))
}

/// `eth_sendRawTransaction`.
pub(crate) fn send_raw(backend: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let raw: Bytes = params.required()?;
    let hash = node.send_raw(&raw)?;
    backend.announce_transaction(hash);
    Ok(json!(hash))
}

/// `eth_sendRawTransactionSync`: answers with the receipt, which takes automatic mining.
pub(crate) fn send_raw_sync(backend: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let raw: Bytes = params.required()?;
    let hash = node.send_raw(&raw)?;
    backend.announce_transaction(hash);
    let receipt = node.receipt(hash).ok_or_else(|| RpcError {
        code: 4,
        message: "the transaction waits for a block".to_owned(),
        data: Some(json!(hash)),
    })?;
    Ok(view::receipt(receipt))
}

/// `eth_sendTransaction`, for development accounts and impersonated ones.
pub(crate) fn send(backend: &Backend, node: &mut Node, params: &mut Params) -> Outcome {
    let request = params.transaction()?;
    if let Some(from) = request.from
        && !node.accounts().contains(&from)
        && !node.is_impersonated(from)
    {
        return Err(NodeError::UnknownAccount(from).into());
    }
    let hash = node.send(request)?;
    backend.announce_transaction(hash);
    Ok(json!(hash))
}
