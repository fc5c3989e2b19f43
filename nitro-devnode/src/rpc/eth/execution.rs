//! Calls that leave no trace on the chain.

use alloy::rpc::types::TransactionRequest;
use serde_json::json;

use super::super::backend::Backend;
use super::super::dispatch::Outcome;
use super::super::error::RpcError;
use super::super::params::Params;
use super::super::view::quantity;
use crate::{CallOptions, Node};

/// `eth_call`.
pub(crate) fn call(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let (request, options) = read(params)?;
    let output = node.call_with(&request, &options)?.result?;
    Ok(json!(output))
}

/// `eth_estimateGas`.
pub(crate) fn estimate(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let (request, options) = read(params)?;
    Ok(quantity(node.estimate(&request, &options)?))
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
