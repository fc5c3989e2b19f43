//! `eth_subscribe`: what one WebSocket connection wants to be told as it happens.

use std::collections::HashMap;
use std::sync::Arc;

use alloy::primitives::B256;
use alloy::rpc::types::Filter;
use serde_json::{Value, json};
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::{broadcast, mpsc};
use tokio::task::{AbortHandle, JoinSet};
use tokio_util::sync::CancellationToken;

use super::backend::{self, Backend};
use super::dispatch::Outcome;
use super::error::RpcError;
use super::eth;
use super::events::ChainEvent;
use super::message::notification;
use super::params::Params;

/// What a subscription is about.
enum Topic {
    Heads,
    Logs(Box<Filter>),
    TransactionHashes,
    Transactions,
}

/// A subscription whose identifier the client has yet to be told.
struct Prepared {
    id: String,
    topic: Topic,
    events: broadcast::Receiver<ChainEvent>,
}

/// The subscriptions of one connection.
pub(crate) struct Subscriptions {
    backend: Arc<Backend>,
    outgoing: mpsc::Sender<String>,
    behind: CancellationToken,
    prepared: Vec<Prepared>,
    active: HashMap<String, AbortHandle>,
    tasks: JoinSet<()>,
}

impl Subscriptions {
    /// No subscriptions yet. Items go to `outgoing`; `behind` is cancelled when the client is too slow.
    pub(crate) fn new(backend: Arc<Backend>, outgoing: mpsc::Sender<String>, behind: CancellationToken) -> Self {
        Self { backend, outgoing, behind, prepared: Vec::new(), active: HashMap::new(), tasks: JoinSet::new() }
    }

    /// Prepares a subscription. It collects from now on and delivers from [`Subscriptions::start`] on.
    pub(crate) fn subscribe(&mut self, params: &mut Params) -> Outcome {
        let name: String = params.required()?;
        let topic = match name.as_str() {
            "newHeads" => Topic::Heads,
            "logs" => Topic::Logs(Box::new(params.optional()?.unwrap_or_default())),
            "newPendingTransactions" if params.optional()?.unwrap_or(false) => Topic::Transactions,
            "newPendingTransactions" => Topic::TransactionHashes,
            _ => return Err(RpcError::method_not_found(&format!("eth_subscribe({name})"))),
        };
        let max = self.backend.bounds.subscriptions;
        if self.active.len() + self.prepared.len() >= max {
            return Err(RpcError::limit_exceeded(format!("too many subscriptions: at most {max}")));
        }
        let id = backend::subscription_id();
        self.prepared.push(Prepared { id: id.clone(), topic, events: self.backend.events() });
        Ok(id.into())
    }

    /// Ends a subscription; whether there was one.
    pub(crate) fn unsubscribe(&mut self, params: &mut Params) -> Outcome {
        let id: String = params.required()?;
        if let Some(task) = self.active.remove(&id) {
            task.abort();
            return Ok(true.into());
        }
        let before = self.prepared.len();
        self.prepared.retain(|prepared| prepared.id != id);
        if self.prepared.len() == before {
            return Err(RpcError::server("subscription not found"));
        }
        Ok(true.into())
    }

    /// Starts to deliver: called once the answers that name the identifiers are on their way, since
    /// clients drop items of subscriptions they do not know yet.
    pub(crate) fn start(&mut self) {
        // Tasks that were aborted leave their place.
        while self.tasks.try_join_next().is_some() {}
        for prepared in self.prepared.drain(..) {
            let id = prepared.id.clone();
            let task =
                self.tasks.spawn(deliver(prepared, self.backend.clone(), self.outgoing.clone(), self.behind.clone()));
            self.active.insert(id, task);
        }
    }
}

async fn deliver(
    mut subscription: Prepared,
    backend: Arc<Backend>,
    outgoing: mpsc::Sender<String>,
    behind: CancellationToken,
) {
    loop {
        let event = match subscription.events.recv().await {
            Ok(event) => event,
            Err(RecvError::Lagged(missed)) => {
                // A gap would go unnoticed; a closed connection makes the client look at the chain again.
                tracing::warn!(missed, "a subscriber fell behind");
                behind.cancel();
                return;
            }
            Err(RecvError::Closed) => return,
        };
        for item in items(&subscription.topic, &event, &backend).await {
            if outgoing.send(notification(&subscription.id, &item).to_string()).await.is_err() {
                return;
            }
        }
    }
}

async fn items(topic: &Topic, event: &ChainEvent, backend: &Arc<Backend>) -> Vec<Value> {
    match (topic, event) {
        (Topic::Heads, ChainEvent::Block(block)) => vec![block.header.clone()],
        (Topic::Logs(filter), ChainEvent::Block(block)) => {
            block.logs.iter().filter(|log| filter.matches(&log.inner)).map(|log| json!(log)).collect()
        }
        (Topic::TransactionHashes, ChainEvent::Transaction(hash)) => vec![json!(hash)],
        (Topic::Transactions, ChainEvent::Transaction(hash)) => {
            full_transaction(*hash, backend).await.into_iter().collect()
        }
        _ => Vec::new(),
    }
}

async fn full_transaction(hash: B256, backend: &Arc<Backend>) -> Option<Value> {
    backend.read(move |_, node| eth::transactions::find(node, hash)).await.ok().flatten()
}
