//! JSON-RPC over HTTP and WebSocket in front of a [`Node`].
//!
//! [`serve`] is all another program needs: it runs a node in process, with sockets. Requests become jobs
//! on the chain's own threads (`backend`); `dispatch` is the way from a body to its answer and
//! `lookup` in each namespace the list of methods.

mod backend;
mod config;
mod debug;
mod dev;
mod dispatch;
mod error;
mod eth;
mod events;
mod filters;
mod message;
mod net_web3;
mod origin;
mod params;
mod server;
mod socket;
mod subscriptions;
mod view;

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

pub use config::{Bounds, ServerConfig};
pub(crate) use debug::FRAMES;
pub use error::RpcError;

use self::backend::Backend;
use self::server::Shared;
use crate::{Mining, Node};

/// A running server. It ends when the handle is dropped; [`ServerHandle::stop`] also waits for it.
pub struct ServerHandle {
    /// Where it listens, e.g. `http://127.0.0.1:8547`.
    pub url: String,
    /// The same for WebSocket clients, e.g. `ws://127.0.0.1:8547`.
    pub ws_url: String,
    /// The address of the socket.
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

/// Serves `node` until the handle is stopped or dropped. Must be called inside a Tokio runtime.
///
/// Fails when the address cannot be bound.
pub async fn serve(mut node: Node, config: ServerConfig) -> io::Result<ServerHandle> {
    let listener = TcpListener::bind(config.listen).await?;
    let address = listener.local_addr()?;
    if config.block_time.is_some() {
        node.set_mining(Mining::Manual);
    }
    let shared = Arc::new(Shared {
        backend: Backend::start(node, config.bounds.clone(), config.block_time)?,
        bounds: config.bounds,
        allowed_origins: config.allowed_origins,
        shutdown: CancellationToken::new(),
        tasks: TaskTracker::new(),
    });
    shared.tasks.spawn(server::accept_loop(listener, shared.clone()));
    shared.tasks.spawn(make_blocks(shared.clone()));
    let reachable = reachable(address);
    Ok(ServerHandle { url: format!("http://{reachable}"), ws_url: format!("ws://{reachable}"), address, shared })
}

impl ServerHandle {
    /// Runs `work` on the node, beside its clients; also after [`ServerHandle::stop`].
    pub async fn with_node<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Node) -> T + Send + 'static,
    ) -> Result<T, RpcError> {
        self.shared.backend.write(|_, node| work(node)).await
    }

    /// Stops to accept, lets requests that run finish for a moment, and closes every connection.
    pub async fn stop(&self) {
        self.shared.shutdown.cancel();
        self.shared.tasks.close();
        // Connections get `DRAIN` to finish; the rest is for the tasks around them.
        let patience = server::DRAIN + Duration::from_secs(1);
        if tokio::time::timeout(patience, self.shared.tasks.wait()).await.is_err() {
            tracing::warn!("some requests were still running when the server stopped");
        }
    }
}

impl Drop for ServerHandle {
    fn drop(&mut self) {
        self.shared.shutdown.cancel();
    }
}

/// An address clients on this machine can use: one that means "every interface" is none.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

/// Makes blocks at the interval that is set, if any.
async fn make_blocks(shared: Arc<Shared>) {
    let mut interval = shared.backend.block_time();
    loop {
        let current = *interval.borrow_and_update();
        let elapsed = async {
            match current {
                Some(interval) => tokio::time::sleep(interval).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = shared.shutdown.cancelled() => return,
            changed = interval.changed() => if changed.is_err() { return },
            () = elapsed => {
                if let Err(error) = shared.backend.write(|_, node| node.mine(1)).await {
                    tracing::error!(error = %error.message, "cannot make a block");
                }
            }
        }
    }
}
