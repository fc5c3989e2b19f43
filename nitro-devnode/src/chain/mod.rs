//! The chain: state, blocks, execution, precompiles.
//!
//! [`Node`] is the whole of it: an Arbitrum chain in memory that runs EVM contracts and Stylus programs with the
//! gas figures of Nitro. It opens no sockets and starts no threads.

pub mod accounts;
pub mod arbos;
mod arbos_state;
pub mod block;
mod blocks;
mod calls;
pub mod config;
mod dev;
mod dump;
pub mod error;
mod estimate;
pub(crate) mod failure;
mod fees;
mod frames;
mod genesis;
mod history;
mod host;
mod l1;
mod mining;
mod node;
mod node_interface;
mod pool;
mod precompiles;
pub mod predeploys;
mod program;
mod proof;
mod reasons;
mod recording;
mod replay;
mod runtime;
mod sending;
mod simulation;
mod state;
pub mod trace;
mod tracer;
mod transaction;

pub use arbos::ArbosVersion;
pub use block::{Block, Receipt, Transaction, TransactionBody};
pub use calls::{CallOptions, CallResult};
pub use config::{Clock, Mining, NodeConfig};
pub use error::NodeError;
pub use estimate::AccessListResult;
pub use genesis::FEE_RECEIVER;
pub use history::BLOCK_HASH_HISTORY;
pub use node::{Node, SnapshotId};
pub use proof::{AccountProof, SlotProof};
pub use replay::{AccountState, Replay, Touched};
pub use simulation::{SimulatedBlock, SimulatedCall, Simulation};
pub use trace::{CallTrace, EvmStep, Recording, TraceKind, TraceStep};
