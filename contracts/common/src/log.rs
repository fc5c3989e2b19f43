//! Events.

use alloc::vec::Vec;

use linq_abi::wire::Event;
use stylus_sdk::prelude::*;

/// Logs an event.
pub fn log<E: Event>(host: &impl RawLogAccess, event: &E) {
    let mut bytes = Vec::with_capacity(256);
    event.write(&mut bytes);
    host.emit_log(&bytes, E::TOPICS);
}
