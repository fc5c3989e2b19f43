//! Accounts as they stood after a block.

use serde_json::json;

use super::super::backend::Backend;
use super::super::dispatch::Outcome;
use super::super::params::Params;
use super::super::view::quantity;
use crate::Node;

/// `eth_getBalance`.
pub(crate) fn balance(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let address = params.required()?;
    Ok(json!(node.balance(address, params.block()?)?))
}

/// `eth_getCode`.
pub(crate) fn code(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let address = params.required()?;
    Ok(json!(node.code(address, params.block()?)?))
}

/// `eth_getStorageAt`: the slot may be a full word or a short quantity.
pub(crate) fn storage(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let address = params.required()?;
    let slot = params.required()?;
    Ok(json!(node.storage(address, slot, params.block()?)?))
}

/// `eth_getTransactionCount`.
pub(crate) fn nonce(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let address = params.required()?;
    Ok(quantity(node.nonce(address, params.block()?)?))
}
