//! `eth_simulateV1`: blocks that are tried out.

use alloy::eips::BlockId;
use alloy::primitives::Log;
use serde_json::{Value, json};

use super::super::backend::Backend;
use super::super::dispatch::Outcome;
use super::super::error::RpcError;
use super::super::params::Params;
use super::super::view::{self, quantity};
use crate::chain::{SimulatedBlock, SimulatedCall, Simulation};
use crate::{Block, Node, NodeError, Transaction};

/// Answers with one block for each that was tried out, its calls included.
pub(crate) fn simulate(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let simulation: Simulation = params.required()?;
    let block: BlockId = params.block()?;
    if simulation.block_state_calls.is_empty() {
        return Err(RpcError::invalid_params("empty input"));
    }
    let blocks = node.simulate(&simulation, block).map_err(refusal)?;
    let full = simulation.return_full_transactions;
    Ok(blocks.iter().map(|simulated| show(simulated, full, node.config().chain_id)).collect())
}

/// Refusals of the method have codes of their own.
fn refusal(error: NodeError) -> RpcError {
    let code = match &error {
        NodeError::NonceTooLow { .. } => -38_010,
        NodeError::NonceTooHigh { .. } => -38_011,
        NodeError::FeeCapTooLow { .. } | NodeError::CallFeeCapTooLow { .. } => -38_012,
        NodeError::IntrinsicGasTooLow | NodeError::CallIntrinsicGasTooLow { .. } => -38_013,
        NodeError::InsufficientFunds { .. } | NodeError::CallInsufficientFunds { .. } => -38_014,
        NodeError::InvalidParams(text) if text.starts_with("block numbers") => -38_020,
        NodeError::InvalidParams(text) if text.starts_with("block timestamps") => -38_021,
        NodeError::InvalidParams(text) if text.starts_with("too many") => -38_026,
        NodeError::InitcodeTooLong { .. } => -38_025,
        other => other.code(),
    };
    RpcError { code, ..RpcError::from(error) }
}

fn show(simulated: &SimulatedBlock, full: bool, chain_id: u64) -> Value {
    let mut object = view::block(&simulated.block, full, chain_id);
    let mut log_index = 0;
    let mut calls = Vec::new();
    for (call, transaction) in simulated.calls.iter().zip(&simulated.block.transactions) {
        calls.push(show_call(call, transaction, &simulated.block, &mut log_index));
    }
    object["calls"] = calls.into();
    object
}

fn show_call(call: &SimulatedCall, transaction: &Transaction, block: &Block, log_index: &mut u64) -> Value {
    let mut logs = Vec::new();
    for log in &call.logs {
        logs.push(show_log(log, transaction, block, *log_index));
        *log_index += 1;
    }
    let mut object = json!({
        "returnData": "0x",
        "logs": logs,
        "gasUsed": quantity(call.gas_used),
        "maxUsedGas": quantity(call.max_used_gas),
        "status": quantity(call.result.is_ok().into()),
    });
    match &call.result {
        Ok(output) => object["returnData"] = json!(output),
        Err(error) => {
            if let Some(data) = error.data() {
                object["returnData"] = json!(data);
            }
            object["error"] = call_error(error);
        }
    }
    object
}

/// Why a call failed: code 3 for a revert, -32015 for everything else the virtual machine says.
fn call_error(error: &NodeError) -> Value {
    let mut shown = RpcError::from(error.clone());
    if !matches!(error, NodeError::Reverted { .. }) {
        shown.code = -32_015;
    }
    shown.to_json()
}

fn show_log(log: &Log, transaction: &Transaction, block: &Block, index: u64) -> Value {
    json!({
        "address": log.address,
        "topics": log.topics(),
        "data": log.data.data,
        "blockHash": block.hash,
        "blockNumber": quantity(block.header.number),
        "blockTimestamp": quantity(block.header.timestamp),
        "transactionHash": transaction.hash,
        "transactionIndex": quantity(transaction.index),
        "logIndex": quantity(index),
        "removed": false,
    })
}
