//! The small namespaces: `net`, `web3`, `rpc`, `txpool`, `personal`.

use alloy::primitives::{Bytes, U256, keccak256};
use serde_json::{Map, Value, json};

use super::backend::Backend;
use super::dispatch::Method::{self, Plain, Read};
use super::dispatch::Outcome;
use super::eth::signing;
use super::params::Params;
use super::view::{self, quantity};
use crate::{Node, Transaction};

/// What the node calls itself.
pub(crate) const CLIENT: &str = concat!("nitro-devnode/v", env!("CARGO_PKG_VERSION"));

/// A method by its full name.
pub(super) fn lookup(method: &str) -> Option<Method> {
    Some(match method {
        "net_version" => Read(|_, node, _| Ok(node.config().chain_id.to_string().into())),
        "net_listening" => Plain(|_| Ok(true.into())),
        "net_peerCount" => Plain(|_| Ok(quantity(0))),
        "web3_clientVersion" => Plain(|_| Ok(CLIENT.into())),
        "web3_sha3" => Plain(sha3),
        "rpc_modules" => Plain(modules),
        "txpool_status" => Read(pool_status),
        "txpool_content" => Read(pool_content),
        "personal_sign" => Read(signing::personal_sign),
        _ => return None,
    })
}

fn sha3(params: &mut Params) -> Outcome {
    let data: Bytes = params.required()?;
    Ok(json!(keccak256(data)))
}

fn modules(_: &mut Params) -> Outcome {
    let names = ["anvil", "debug", "eth", "evm", "hardhat", "net", "personal", "rpc", "txpool", "web3"];
    Ok(names.into_iter().map(|name| (name.to_owned(), Value::from("1.0"))).collect::<Map<_, _>>().into())
}

fn pool_status(_: &Backend, node: &Node, _: &mut Params) -> Outcome {
    Ok(json!({ "pending": quantity(node.pending().len() as u64), "queued": quantity(0) }))
}

fn pool_content(_: &Backend, node: &Node, _: &mut Params) -> Outcome {
    let mut by_sender = Map::new();
    for waiting in node.pending() {
        let entry = by_sender.entry(waiting.from.to_checksum(None)).or_insert_with(|| json!({}));
        entry[nonce(&waiting).to_string()] = view::transaction(&waiting, false, node.config().chain_id);
    }
    Ok(json!({ "pending": by_sender, "queued": {} }))
}

fn nonce(waiting: &Transaction) -> U256 {
    use alloy::consensus::Transaction as _;
    match &waiting.body {
        crate::TransactionBody::User(envelope) => U256::from(envelope.nonce()),
        crate::TransactionBody::StartBlock { .. } => U256::ZERO,
    }
}
