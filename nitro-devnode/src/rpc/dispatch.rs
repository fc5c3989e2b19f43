//! From a body to its answer: envelopes, batches, and the table of methods.

use std::sync::Arc;

use serde_json::Value;

use super::backend::Backend;
use super::dev;
use super::error::RpcError;
use super::eth;
use super::message::{self, Body, Entry};
use super::params::Params;
use super::subscriptions::Subscriptions;
use crate::Node;

/// The outcome of a method.
pub(crate) type Outcome = Result<Value, RpcError>;

/// A method, by what it needs.
pub(crate) enum Method {
    /// Nothing but its parameters.
    Plain(fn(&mut Params) -> Outcome),
    /// The chain, which it does not change.
    Read(fn(&Backend, &Node, &mut Params) -> Outcome),
    /// The chain, which it changes.
    Write(fn(&Backend, &mut Node, &mut Params) -> Outcome),
}

/// Answers a body. `None` when there is nothing to answer: everything in it was a notification.
pub(crate) async fn answer(
    backend: &Arc<Backend>,
    subscriptions: Option<&mut Subscriptions>,
    body: &[u8],
) -> Option<Vec<u8>> {
    match message::parse(body, backend.bounds.batch) {
        Err(error) => Some(write(&message::answer(Value::Null, Err(error)))),
        Ok(Body::Single(entry)) => answer_entry(backend, subscriptions, entry).await.map(|answer| write(&answer)),
        Ok(Body::Batch(entries)) => answer_batch(backend, subscriptions, entries).await,
    }
}

/// Requests of a batch run one after the other: a client may rely on the order of its transactions.
async fn answer_batch(
    backend: &Arc<Backend>,
    mut subscriptions: Option<&mut Subscriptions>,
    entries: Vec<Entry>,
) -> Option<Vec<u8>> {
    let mut answers = Vec::new();
    for entry in entries {
        let full = answers.len() >= backend.bounds.batch_response_bytes;
        let answer = if full {
            refuse(entry, RpcError::limit_exceeded("response too large"))
        } else {
            answer_entry(backend, subscriptions.as_deref_mut(), entry).await
        };
        if let Some(answer) = answer {
            answers.push(if answers.is_empty() { b'[' } else { b',' });
            answers.append(&mut write(&answer));
        }
    }
    if answers.is_empty() {
        return None;
    }
    answers.push(b']');
    Some(answers)
}

async fn answer_entry(
    backend: &Arc<Backend>,
    subscriptions: Option<&mut Subscriptions>,
    entry: Entry,
) -> Option<Value> {
    let request = match entry {
        Ok(request) => request,
        Err(refused) => return Some(message::answer(refused.id, Err(refused.error))),
    };
    let mut params = Params::new(request.params);
    let outcome = match (request.method.as_str(), subscriptions) {
        ("eth_subscribe", Some(subscriptions)) => subscriptions.subscribe(&mut params),
        ("eth_unsubscribe", Some(subscriptions)) => subscriptions.unsubscribe(&mut params),
        ("eth_subscribe" | "eth_unsubscribe", None) => Err(RpcError::server("notifications not supported")),
        (method, _) => execute(backend, method, params).await,
    };
    if let Err(error) = &outcome {
        tracing::debug!(method = %request.method, code = error.code, message = %error.message, "refused");
    } else {
        tracing::trace!(method = %request.method, "answered");
    }
    request.id.map(|id| message::answer(id, outcome))
}

fn refuse(entry: Entry, error: RpcError) -> Option<Value> {
    match entry {
        Ok(request) => request.id.map(|id| message::answer(id, Err(error))),
        Err(refused) => Some(message::answer(refused.id, Err(error))),
    }
}

async fn execute(backend: &Arc<Backend>, method: &str, mut params: Params) -> Outcome {
    match lookup(method).ok_or_else(|| RpcError::method_not_found(method))? {
        Method::Plain(run) => run(&mut params),
        Method::Read(run) => backend.read(move |backend, node| run(backend, node, &mut params)).await?,
        Method::Write(run) => backend.write(move |backend, node| run(backend, node, &mut params)).await?,
    }
}

fn lookup(method: &str) -> Option<Method> {
    let (namespace, name) = method.split_once('_')?;
    match namespace {
        "eth" => eth::lookup(name),
        "debug" => super::debug::lookup(name),
        "evm" | "anvil" | "hardhat" => dev::lookup(namespace, name),
        _ => super::net_web3::lookup(method),
    }
}

fn write(answer: &Value) -> Vec<u8> {
    answer.to_string().into_bytes()
}
