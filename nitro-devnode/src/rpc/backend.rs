//! The chain behind the server: a node shared by a few threads, and what clients keep beside it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Duration;

use alloy::primitives::B256;
use tokio::sync::{broadcast, mpsc, oneshot, watch};

use super::config::Bounds;
use super::error::RpcError;
use super::events::ChainEvent;
use super::filters::Filters;
use crate::Node;

/// Threads that execute. Two, so that a long call does not keep everybody else from reading.
const THREADS: usize = 2;

/// Stack of an executing thread; only what is used of it takes memory.
const STACK_BYTES: usize = 256 << 20;

/// Where subscriptions get their identifiers from; no two of a process are equal.
static NEXT_SUBSCRIPTION: AtomicU64 = AtomicU64::new(1);

type Job = Box<dyn FnOnce() + Send>;

/// The node and what is kept beside it.
pub(crate) struct Backend {
    node: RwLock<Node>,
    jobs: mpsc::Sender<Job>,
    events: broadcast::Sender<ChainEvent>,
    filters: Mutex<Filters>,
    block_time: watch::Sender<Option<Duration>>,
    /// Limits on clients.
    pub(crate) bounds: Bounds,
}

impl Backend {
    /// Takes the node over and starts the threads that execute on it; they end with the backend.
    pub(crate) fn start(node: Node, bounds: Bounds, block_time: Option<Duration>) -> std::io::Result<Arc<Self>> {
        let (jobs, queue) = mpsc::channel::<Job>(bounds.queue);
        let queue = Arc::new(Mutex::new(queue));
        for index in 0..THREADS {
            let queue = queue.clone();
            std::thread::Builder::new().name(format!("node-{index}")).stack_size(STACK_BYTES).spawn(move || {
                loop {
                    let next = lock(&queue).blocking_recv();
                    match next {
                        Some(job) => job(),
                        None => return,
                    }
                }
            })?;
        }
        Ok(Arc::new(Self {
            node: RwLock::new(node),
            jobs,
            events: broadcast::channel(bounds.event_backlog).0,
            filters: Mutex::new(Filters::new(bounds.filters, bounds.filter_idle)),
            block_time: watch::Sender::new(block_time),
            bounds,
        }))
    }

    /// Runs `work` on the node, beside other readers.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self, &Node) -> T + Send + 'static,
    ) -> Result<T, RpcError> {
        let backend = self.clone();
        self.run(move || work(&backend, &backend.node.read().unwrap_or_else(PoisonError::into_inner))).await
    }

    /// Runs `work` on the node alone, then tells subscribers of the blocks it made.
    pub(crate) async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self, &mut Node) -> T + Send + 'static,
    ) -> Result<T, RpcError> {
        let backend = self.clone();
        self.run(move || {
            let mut node = backend.node.write().unwrap_or_else(PoisonError::into_inner);
            let before = node.block_number();
            // Caught here as well as in `run`, so that the blocks a failing request made are still announced.
            let outcome = catch_unwind(AssertUnwindSafe(|| work(&backend, &mut node)));
            backend.announce_blocks(&node, before);
            outcome.unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
        .await
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T, RpcError> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move || {
            // A fault in one request must not take the thread away from all the others.
            if let Ok(value) = catch_unwind(AssertUnwindSafe(work)) {
                let _ = sender.send(value);
            }
        });
        self.jobs.send(job).await.map_err(|_| RpcError::internal("the node has stopped"))?;
        receiver.await.map_err(|_| RpcError::internal("the node failed on this request"))
    }

    fn announce_blocks(&self, node: &Node, before: u64) {
        if self.events.receiver_count() == 0 {
            return;
        }
        for number in before + 1..=node.block_number() {
            if let Some(block) = node.block(number) {
                let _ = self.events.send(ChainEvent::block(block));
            }
        }
    }

    /// Tells filters and subscribers of a transaction that was taken in.
    pub(crate) fn announce_transaction(&self, hash: B256) {
        self.filters().transaction_arrived(hash);
        let _ = self.events.send(ChainEvent::Transaction(hash));
    }

    /// Events from now on.
    pub(crate) fn events(&self) -> broadcast::Receiver<ChainEvent> {
        self.events.subscribe()
    }

    /// The filters of all clients.
    pub(crate) fn filters(&self) -> MutexGuard<'_, Filters> {
        lock(&self.filters)
    }

    /// Changes the interval at which blocks are made; `None` ends it.
    pub(crate) fn set_block_time(&self, interval: Option<Duration>) {
        self.block_time.send_replace(interval);
    }

    /// Follows the interval at which blocks are made.
    pub(crate) fn block_time(&self) -> watch::Receiver<Option<Duration>> {
        self.block_time.subscribe()
    }
}

/// A new identifier of a subscription.
pub(crate) fn subscription_id() -> String {
    format!("{:#034x}", NEXT_SUBSCRIPTION.fetch_add(1, Ordering::Relaxed))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
