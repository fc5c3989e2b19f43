//! An embedded Arbitrum Stylus chain.
//!
//! [`Node`] is a chain in memory: EVM contracts and Stylus programs run on it with the gas figures, failures
//! and limits of Nitro. Tests use it in process; the binary puts JSON-RPC in front of it.

pub mod chain;
pub mod fork;
pub mod rpc;
pub mod trace;
pub mod wasm;

pub use chain::{
    AccessListResult, ArbosVersion, Block, CallOptions, CallResult, CallTrace, Clock, Mining, Node, NodeConfig,
    NodeError, Receipt, SnapshotId, TraceKind, TraceStep, Transaction, TransactionBody,
};
