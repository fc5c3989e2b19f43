//! Signatures with the public development keys.

use alloy::consensus::{SignableTransaction, TxEnvelope};
use alloy::dyn_abi::TypedData;
use alloy::eips::{BlockId, Encodable2718};
use alloy::primitives::{Address, Bytes, Signature};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use serde_json::{Value, json};

use super::super::backend::Backend;
use super::super::dispatch::Outcome;
use super::super::error::RpcError;
use super::super::params::Params;
use crate::chain::accounts;
use crate::{CallOptions, Node, NodeError};

/// `eth_accounts`: the accounts the node signs for and that were given money.
pub(crate) fn accounts(_: &Backend, node: &Node, _: &mut Params) -> Outcome {
    let funded = |account: &Address| node.config().funded.iter().any(|(address, _)| address == account);
    Ok(node.accounts().into_iter().filter(funded).map(|account| json!(account)).collect())
}

/// `eth_sign`: address, then message.
pub(crate) fn sign(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let signer = signer(node, params.required()?)?;
    let message: Bytes = params.required()?;
    answer(signer.sign_message_sync(&message))
}

/// `personal_sign`: message, then address.
pub(crate) fn personal_sign(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let message: Bytes = params.required()?;
    let signer = signer(node, params.required()?)?;
    answer(signer.sign_message_sync(&message))
}

/// `eth_signTypedData_v4`: the typed data may be an object or its JSON text.
pub(crate) fn sign_typed_data(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let signer = signer(node, params.required()?)?;
    let data = match params.required()? {
        Value::String(text) => serde_json::from_str::<TypedData>(&text),
        object => serde_json::from_value(object),
    }
    .map_err(|error| RpcError::invalid_params(format!("invalid typed data: {error}")))?;
    let hash =
        data.eip712_signing_hash().map_err(|error| RpcError::invalid_params(format!("invalid typed data: {error}")))?;
    answer(signer.sign_hash_sync(&hash))
}

/// `eth_signTransaction`: fills in what is missing and answers with the signed transaction, unsent.
pub(crate) fn sign_transaction(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let mut request = params.transaction()?;
    let from = request.from.ok_or_else(|| RpcError::invalid_params("missing field: from"))?;
    let signer = signer(node, from)?;
    if request.nonce.is_none() {
        request.nonce = Some(node.nonce(from, BlockId::pending())?);
    }
    if request.gas.is_none() {
        request.gas = Some(node.estimate(&request, &CallOptions::default())?);
    }
    if request.gas_price.is_none() {
        // Twice the base fee, as libraries propose: the price may rise before the transaction is sent.
        request.max_fee_per_gas.get_or_insert(u128::from(node.base_fee()) * 2);
        request.max_priority_fee_per_gas.get_or_insert(0);
    }
    request.chain_id = Some(node.config().chain_id);
    let unsigned = request.build_typed_tx().map_err(|_| RpcError::invalid_params("incomplete transaction"))?;
    let signature = signer.sign_hash_sync(&unsigned.signature_hash()).map_err(failed)?;
    let envelope: TxEnvelope = unsigned.into_signed(signature).into();
    Ok(json!(Bytes::from(envelope.encoded_2718())))
}

fn signer(node: &Node, address: Address) -> Result<PrivateKeySigner, RpcError> {
    let known = node.accounts().contains(&address);
    let signer = known.then(|| accounts::signer(address)).flatten();
    signer.ok_or_else(|| NodeError::UnknownAccount(address).into())
}

fn answer(signature: Result<Signature, alloy::signers::Error>) -> Outcome {
    Ok(json!(Bytes::from(signature.map_err(failed)?.as_bytes())))
}

fn failed(error: alloy::signers::Error) -> RpcError {
    RpcError::internal(format!("cannot sign: {error}"))
}
