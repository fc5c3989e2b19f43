//! Blocks by number, hash or tag.

use alloy::eips::BlockId;
use serde_json::Value;

use super::super::backend::Backend;
use super::super::dispatch::Outcome;
use super::super::params::Params;
use super::super::view::{self, quantity};
use crate::{Block, Node};

/// `eth_getBlockByNumber` and `eth_getBlockByHash`: null when there is no such block.
pub(crate) fn block(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let id: BlockId = params.required()?;
    let full = params.optional()?.unwrap_or(false);
    Ok(node.block(id).map_or(Value::Null, |block| view::block(block, full, node.config().chain_id)))
}

/// `eth_getHeaderByNumber` and `eth_getHeaderByHash`.
pub(crate) fn header(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    find(node, params, view::header)
}

/// `eth_getBlockReceipts`.
pub(crate) fn receipts(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    find(node, params, |block| block.receipts.iter().map(view::receipt).collect::<Vec<_>>().into())
}

/// `eth_getBlockTransactionCountByNumber` and `…ByHash`.
pub(crate) fn transaction_count(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    find(node, params, |block| quantity(block.transactions.len() as u64))
}

/// `eth_getUncleCountByBlockNumber` and `…ByBlockHash`: this chain has no uncles.
pub(crate) fn uncle_count(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    find(node, params, |_| quantity(0))
}

fn find(node: &Node, params: &mut Params, view: impl FnOnce(&Block) -> Value) -> Outcome {
    let id: BlockId = params.required()?;
    Ok(node.block(id).map_or(Value::Null, view))
}
