//! Logs, and the filters clients poll.

use alloy::primitives::U256;
use alloy::rpc::types::{Filter, FilterBlockOption, Log};
use serde_json::{Value, json};

use super::super::backend::Backend;
use super::super::dispatch::Outcome;
use super::super::error::RpcError;
use super::super::filters::{Due, Kind};
use super::super::params::Params;
use crate::Node;

/// `eth_getLogs`.
pub(crate) fn get(backend: &Backend, node: &Node, params: &mut Params) -> Outcome {
    search(backend, node, &params.optional()?.unwrap_or_default())
}

/// `eth_getFilterLogs`: every log the filter is about, told of before or not.
pub(crate) fn filter_logs(backend: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let filter = backend.filters().logs_filter(params.required()?)?;
    search(backend, node, &filter)
}

fn search(backend: &Backend, node: &Node, filter: &Filter) -> Outcome {
    let logs = node.logs(filter)?;
    let max = backend.bounds.logs;
    if logs.len() > max {
        // Indexers match on this text and ask again for fewer blocks.
        return Err(RpcError::limit_exceeded(format!("query returned more than {max} results")));
    }
    Ok(json!(logs))
}

/// `eth_newFilter`.
pub(crate) fn new_filter(backend: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let filter: Filter = params.optional()?.unwrap_or_default();
    if matches!(filter.block_option, FilterBlockOption::AtBlockHash(_)) {
        return Err(RpcError::invalid_params("a filter follows the chain and cannot name a block hash"));
    }
    install(backend, node, Kind::Logs(Box::new(filter)))
}

/// `eth_newBlockFilter`.
pub(crate) fn new_block_filter(backend: &Backend, node: &Node, _: &mut Params) -> Outcome {
    install(backend, node, Kind::Blocks)
}

/// `eth_newPendingTransactionFilter`.
pub(crate) fn new_transaction_filter(backend: &Backend, node: &Node, _: &mut Params) -> Outcome {
    install(backend, node, Kind::Transactions)
}

fn install(backend: &Backend, node: &Node, kind: Kind) -> Outcome {
    Ok(json!(backend.filters().install(kind, node.block_number())?))
}

/// `eth_uninstallFilter`.
pub(crate) fn uninstall(backend: &Backend, _: &Node, params: &mut Params) -> Outcome {
    Ok(backend.filters().uninstall(params.required()?).into())
}

/// `eth_getFilterChanges`. A backlog beyond the bound comes in parts: the next poll goes on where this one ended.
pub(crate) fn changes(backend: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let id: U256 = params.required()?;
    let due = backend.filters().poll(id)?;
    let max = backend.bounds.logs;
    let (news, position) = match due {
        Due::Transactions(hashes) => return Ok(json!(hashes)),
        Due::Blocks { after } => block_hashes(node, after, max),
        Due::Logs { after, filter } => new_logs(node, after, &filter, max),
    };
    backend.filters().advance(id, position);
    Ok(news)
}

fn block_hashes(node: &Node, after: u64, max: usize) -> (Value, u64) {
    let hashes: Vec<_> = (after + 1..=node.block_number()).take(max).filter_map(|number| node.block(number)).collect();
    let position = hashes.last().map_or(node.block_number(), |block| block.header.number);
    (hashes.iter().map(|block| json!(block.hash)).collect(), position)
}

fn new_logs(node: &Node, after: u64, filter: &Filter, max: usize) -> (Value, u64) {
    let (from, to) = filter.extract_block_range();
    let head = node.block_number();
    let mut logs: Vec<&Log> = Vec::new();
    let mut position = head;
    for number in (after + 1).max(from.unwrap_or(0))..=head.min(to.unwrap_or(head)) {
        let Some(block) = node.block(number) else { continue };
        let all = block.receipts.iter().flat_map(|receipt| &receipt.logs);
        logs.extend(all.filter(|log| filter.matches(&log.inner)));
        if logs.len() >= max {
            position = number;
            break;
        }
    }
    (json!(logs), position)
}
