//! The small namespaces: `net`, `web3`, `rpc`, `txpool`, `personal`.

use alloy::primitives::{Address, Bytes, U256, keccak256};
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
        "txpool_contentFrom" => Read(pool_content_from),
        "txpool_inspect" => Read(pool_inspect),
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
    let chain_id = node.config().chain_id;
    let waiting = by_sender(node, |waiting| view::transaction(waiting, false, chain_id));
    Ok(json!({ "pending": waiting, "queued": {} }))
}

fn pool_content_from(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let sender: Address = params.required()?;
    let chain_id = node.config().chain_id;
    let mut waiting = by_sender(node, |waiting| view::transaction(waiting, false, chain_id));
    let own = waiting.remove(&sender.to_checksum(None)).unwrap_or_else(|| json!({}));
    Ok(json!({ "pending": own, "queued": {} }))
}

fn pool_inspect(_: &Backend, node: &Node, _: &mut Params) -> Outcome {
    Ok(json!({ "pending": by_sender(node, |waiting| summary(waiting).into()), "queued": {} }))
}

/// Transactions that wait for a block, by sender and nonce.
fn by_sender(node: &Node, show: impl Fn(&Transaction) -> Value) -> Map<String, Value> {
    let mut by_sender = Map::new();
    for waiting in node.pending() {
        let entry = by_sender.entry(waiting.from.to_checksum(None)).or_insert_with(|| json!({}));
        entry[nonce(&waiting).to_string()] = show(&waiting);
    }
    by_sender
}

/// A transaction in geth's one line.
fn summary(waiting: &Transaction) -> String {
    use alloy::consensus::Transaction as _;
    let crate::TransactionBody::User(envelope) = &waiting.body else { return String::new() };
    let to = envelope.to().map_or_else(|| "contract creation".to_owned(), |to| to.to_checksum(None));
    let (value, gas, price) = (envelope.value(), envelope.gas_limit(), envelope.max_fee_per_gas());
    format!("{to}: {value} wei + {gas} gas × {price} wei")
}

fn nonce(waiting: &Transaction) -> U256 {
    use alloy::consensus::Transaction as _;
    match &waiting.body {
        crate::TransactionBody::User(envelope) => U256::from(envelope.nonce()),
        crate::TransactionBody::StartBlock { .. } => U256::ZERO,
    }
}
