//! Calls that leave no trace on the chain.

use alloy::primitives::Address;
use alloy::rpc::types::TransactionRequest;
use serde_json::json;

use super::super::backend::Backend;
use super::super::dispatch::Outcome;
use super::super::error::RpcError;
use super::super::params::Params;
use super::super::view::quantity;
use crate::chain::Recording;
use crate::{CallOptions, CallTrace, Node, NodeError};

/// `eth_call`.
pub(crate) fn call(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let (request, options) = read(params)?;
    let output =
        node.call_with(&request, &options)?.result.map_err(|error| explained(node, &request, options, error))?;
    Ok(json!(output))
}

/// `eth_estimateGas`.
pub(crate) fn estimate(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let (request, options) = read(params)?;
    let gas = node.estimate(&request, &options).map_err(|error| explained(node, &request, options, error))?;
    Ok(quantity(gas))
}

/// The error of a call, with what ended the program that made it fail when the error itself does not tell.
///
/// A chain says "execution reverted" or "out of gas" and no more; clients look for just that, so it comes first.
fn explained(node: &Node, request: &TransactionRequest, options: CallOptions, error: NodeError) -> RpcError {
    let silent = match &error {
        NodeError::Reverted { output, .. } => output.is_empty(),
        NodeError::Halted { .. } | NodeError::GasAboveAllowance(_) => true,
        _ => false,
    };
    let mut answer = RpcError::from(error);
    if silent
        && node.config().explain
        && let Ok(replay) = node.replay_call(request, &options, Recording::Frames)
        && let Some((program, reason)) = cause(&replay.trace)
    {
        answer.message += &format!(": {reason} (program {program})");
    }
    answer
}

/// The innermost program that did not end by itself, following the last call of each frame that failed.
fn cause(trace: &CallTrace) -> Option<(Address, &str)> {
    let failed = trace.calls().filter(|nested| nested.error.is_some()).last();
    let inner = failed.and_then(cause);
    inner.or_else(|| Some((trace.to?, trace.reason.as_deref()?)))
}

/// `eth_createAccessList`.
pub(crate) fn access_list(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let (request, options) = read(params)?;
    let list = node.create_access_list(&request, &options)?;
    let mut answer = json!({ "accessList": list.access_list, "gasUsed": quantity(list.gas_used) });
    if let Some(error) = list.error {
        answer["error"] = error.into();
    }
    Ok(answer)
}

/// Transaction, block, state overrides, block overrides: all but the first may be left out.
fn read(params: &mut Params) -> Result<(TransactionRequest, CallOptions), RpcError> {
    let request = params.transaction()?;
    let options = CallOptions {
        block: params.block()?,
        state: params.optional()?,
        block_fields: params.optional()?,
        trace: false,
    };
    Ok((request, options))
}
