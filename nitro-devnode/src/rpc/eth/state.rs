//! Accounts as they stood after a block.

use alloy::primitives::{Address, B256};
use alloy::serde::JsonStorageKey;
use serde_json::{Value, json};

use super::super::backend::Backend;
use super::super::dispatch::Outcome;
use super::super::error::RpcError;
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

/// Slots in one proof.
const MAX_PROOF_SLOTS: usize = 1_024;

/// `eth_getProof`. Keys are answered in the form they came in.
pub(crate) fn proof(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let address: Address = params.required()?;
    let keys: Vec<JsonStorageKey> = params.required()?;
    if keys.len() > MAX_PROOF_SLOTS {
        return Err(RpcError::invalid_params(format!("too many slots: {}, at most {MAX_PROOF_SLOTS}", keys.len())));
    }
    let slots: Vec<B256> = keys.iter().map(JsonStorageKey::as_b256).collect();
    let proof = node.proof(address, &slots, params.block()?)?;
    let slots = keys.iter().zip(&proof.slots);
    let slots: Vec<Value> =
        slots.map(|(key, slot)| json!({ "key": key, "value": slot.value, "proof": slot.nodes })).collect();
    Ok(json!({
        "address": address,
        "accountProof": proof.nodes,
        "balance": proof.balance,
        "codeHash": proof.code_hash,
        "nonce": quantity(proof.nonce),
        "storageHash": proof.storage_root,
        "storageProof": slots,
    }))
}
