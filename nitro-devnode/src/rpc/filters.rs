//! Filters: what clients that poll have asked to be told, and how far they have been told.
//!
//! A filter keeps a position in the chain rather than a copy of what happened, so that one nobody asks
//! about costs nothing while blocks are made. Only hashes of waiting transactions are collected.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use alloy::primitives::{B256, U256};
use alloy::rpc::types::Filter;

use super::error::RpcError;

/// Hashes a filter of waiting transactions keeps for a client that does not fetch them.
const MAX_HASHES: usize = 10_000;

/// What a filter is about.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    /// New blocks.
    Blocks,
    /// Logs; boxed because a filter is much larger than the other kinds.
    Logs(Box<Filter>),
    /// Transactions that were taken in.
    Transactions,
}

/// What has to be looked up to answer a poll.
#[derive(Debug)]
pub(crate) enum Due {
    /// Hashes of the blocks after this number.
    Blocks {
        /// The last block the client knows of.
        after: u64,
    },
    /// Logs of the blocks after this number.
    Logs {
        /// The last block the client knows of.
        after: u64,
        /// Which logs.
        filter: Box<Filter>,
    },
    /// These hashes.
    Transactions(Vec<B256>),
}

struct Installed {
    kind: Kind,
    /// The last block the client knows of.
    position: u64,
    hashes: Vec<B256>,
    polled: Instant,
}

/// The filters of all clients.
pub(crate) struct Filters {
    installed: HashMap<U256, Installed>,
    next_id: u64,
    max: usize,
    idle: Duration,
}

impl Filters {
    /// No filters yet; at most `max`, each forgotten when nobody asked about it for `idle`.
    pub(crate) fn new(max: usize, idle: Duration) -> Self {
        Self { installed: HashMap::new(), next_id: 1, max, idle }
    }

    /// Installs a filter that starts after block `head`.
    pub(crate) fn install(&mut self, kind: Kind, head: u64) -> Result<U256, RpcError> {
        let now = Instant::now();
        self.installed.retain(|_, filter| now.duration_since(filter.polled) < self.idle);
        if self.installed.len() >= self.max {
            return Err(RpcError::limit_exceeded(format!("too many filters: at most {}", self.max)));
        }
        let id = U256::from(self.next_id);
        self.next_id += 1;
        self.installed.insert(id, Installed { kind, position: head, hashes: Vec::new(), polled: now });
        Ok(id)
    }

    /// Forgets a filter; whether there was one.
    pub(crate) fn uninstall(&mut self, id: U256) -> bool {
        self.installed.remove(&id).is_some()
    }

    /// What has to be looked up for a poll. The filter stays where it is until [`Filters::advance`],
    /// except that hashes of transactions are handed out once.
    pub(crate) fn poll(&mut self, id: U256) -> Result<Due, RpcError> {
        let filter = self.installed.get_mut(&id).ok_or_else(not_found)?;
        filter.polled = Instant::now();
        let after = filter.position;
        Ok(match &filter.kind {
            Kind::Blocks => Due::Blocks { after },
            Kind::Logs(wanted) => Due::Logs { after, filter: wanted.clone() },
            Kind::Transactions => Due::Transactions(std::mem::take(&mut filter.hashes)),
        })
    }

    /// The client has been told of everything up to block `to`.
    pub(crate) fn advance(&mut self, id: U256, to: u64) {
        if let Some(filter) = self.installed.get_mut(&id) {
            filter.position = to;
        }
    }

    /// What a log filter looks for.
    pub(crate) fn logs_filter(&mut self, id: U256) -> Result<Box<Filter>, RpcError> {
        let filter = self.installed.get_mut(&id).ok_or_else(not_found)?;
        filter.polled = Instant::now();
        match &filter.kind {
            Kind::Logs(wanted) => Ok(wanted.clone()),
            Kind::Blocks | Kind::Transactions => Err(not_found()),
        }
    }

    /// Notes a transaction that was taken in.
    pub(crate) fn transaction_arrived(&mut self, hash: B256) {
        for filter in self.installed.values_mut() {
            if matches!(filter.kind, Kind::Transactions) && filter.hashes.len() < MAX_HASHES {
                filter.hashes.push(hash);
            }
        }
    }

    /// The chain went back to block `head`: what comes after it is new to every filter.
    pub(crate) fn rewind(&mut self, head: u64) {
        for filter in self.installed.values_mut() {
            filter.position = filter.position.min(head);
        }
    }
}

fn not_found() -> RpcError {
    RpcError::server("filter not found")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filters() -> Filters {
        Filters::new(2, Duration::from_secs(60))
    }

    #[test]
    fn a_poll_covers_the_blocks_since_the_last_one() {
        let mut filters = filters();
        let id = filters.install(Kind::Blocks, 5).unwrap();
        assert!(matches!(filters.poll(id), Ok(Due::Blocks { after: 5 })));
        filters.advance(id, 8);
        assert!(matches!(filters.poll(id), Ok(Due::Blocks { after: 8 })));
    }

    #[test]
    fn blocks_made_again_after_a_revert_are_new() {
        let mut filters = filters();
        let id = filters.install(Kind::Blocks, 5).unwrap();
        filters.rewind(3);
        assert!(matches!(filters.poll(id), Ok(Due::Blocks { after: 3 })));
    }

    #[test]
    fn an_unknown_filter_is_refused_in_the_words_clients_match_on() {
        assert_eq!(filters().poll(U256::from(9)).unwrap_err().message, "filter not found");
    }

    #[test]
    fn the_number_of_filters_is_bounded() {
        let mut filters = filters();
        let first = filters.install(Kind::Blocks, 0).unwrap();
        filters.install(Kind::Transactions, 0).unwrap();
        assert_eq!(filters.install(Kind::Blocks, 0).unwrap_err().code, -32005);
        assert!(filters.uninstall(first));
        filters.install(Kind::Blocks, 0).unwrap();
    }

    #[test]
    fn a_filter_nobody_asks_about_makes_room() {
        let mut filters = Filters::new(1, Duration::ZERO);
        filters.install(Kind::Blocks, 0).unwrap();
        filters.install(Kind::Blocks, 0).unwrap();
    }

    #[test]
    fn transaction_hashes_are_handed_out_once() {
        let mut filters = filters();
        let id = filters.install(Kind::Transactions, 0).unwrap();
        filters.transaction_arrived(B256::ZERO);
        assert!(matches!(filters.poll(id), Ok(Due::Transactions(hashes)) if hashes.len() == 1));
        assert!(matches!(filters.poll(id), Ok(Due::Transactions(hashes)) if hashes.is_empty()));
    }
}
