//! What a server may be told.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::time::Duration;

/// Where a server listens and how much it takes on.
#[derive(Clone, Debug)]
pub struct ServerConfig {
    /// Address to listen on; port 0 takes a free one.
    pub listen: SocketAddr,
    /// Browser origins allowed besides those of this machine; `*` allows every one.
    pub allowed_origins: Vec<String>,
    /// Makes a block at this interval, whether or not there is a transaction.
    pub block_time: Option<Duration>,
    /// Limits on what clients can make the server hold or do.
    pub bounds: Bounds,
}

impl Default for ServerConfig {
    /// A free port of the loopback interface.
    fn default() -> Self {
        Self {
            listen: SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0),
            allowed_origins: Vec::new(),
            block_time: None,
            bounds: Bounds::default(),
        }
    }
}

/// Limits on what clients can make the server hold or do.
#[derive(Clone, Debug)]
pub struct Bounds {
    /// Open connections, HTTP and WebSocket together; further ones are turned away with status 503.
    pub connections: usize,
    /// Bytes of a request body or WebSocket message.
    pub body_bytes: usize,
    /// Requests in a batch.
    pub batch: usize,
    /// Bytes of the answers to one batch; once reached, the remaining requests are refused.
    pub batch_response_bytes: usize,
    /// Logs in one answer.
    pub logs: usize,
    /// Filters that exist at a time, over all clients.
    pub filters: usize,
    /// Time after which a filter nobody asked about is forgotten.
    pub filter_idle: Duration,
    /// Subscriptions of one connection.
    pub subscriptions: usize,
    /// Chain events a subscriber may fall behind before its connection is closed.
    pub event_backlog: usize,
    /// Requests waiting for the chain, over all clients; further ones wait in their connections.
    pub queue: usize,
    /// Time for a request body to arrive and for one message to be taken by a client.
    pub transfer: Duration,
    /// Time a connection without a request may stay open.
    pub idle: Duration,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            connections: 512,
            body_bytes: 16 << 20,
            batch: 1_000,
            batch_response_bytes: 64 << 20,
            logs: 10_000,
            filters: 1_000,
            filter_idle: Duration::from_secs(300),
            subscriptions: 128,
            event_backlog: 1_024,
            queue: 1_024,
            transfer: Duration::from_secs(30),
            // Longer than the 90 s for which the usual clients keep idle connections, so that the
            // server does not close one just as it is used again.
            idle: Duration::from_secs(120),
        }
    }
}
