//! The relayer: runs the work that one provider takes, and brings its results to the chain.
//!
//! [`chain`] reads state and sends bytes, [`plan`] decides, [`pipeline`] acts, [`store`] remembers, [`backend`] of `linq_runner` runs.
//! Logs are hints; every decision is made from contract state read at a block. What is to be sent is on disk before it
//! is sent, and what was run is on disk before it is submitted, so the process may end at any instant: the next one
//! sends the same bytes again and runs nothing twice whose result is recorded. [`kill`] lets tests show it.
#![deny(missing_docs)]

pub mod chain;
pub mod config;
pub mod http;
pub mod kill;
pub mod pipeline;
pub mod plan;
pub mod policy;
pub mod results;
pub mod store;

mod start;

pub use linq_runner::{backend, fetch};
pub use start::{Deps, RunError, check, run};
