//! The `linq` command as a library: what it does can be called without a terminal.
//!
//! - [`deployment::deploy`] puts the contracts on a chain, [`devnode::DevNode`] is a chain to put them on.
//! - [`client::Client`] calls and sends, [`client::Linq`] knows the contracts, errors come back decoded.
//! - [`beacon`] brings rounds of a randomness beacon to the chain, [`keeper`] those that juries wait for.
//! - [`receipt`] tells a job from the chain alone, and checks what was told.
//! - [`upkeep`] does whatever anyone may do, as soon as it is due.
//! - [`votes`] seals and shows what jurors say.
//! - [`quotes`] says what providers ask for work.
//! - [`submission`] turns a `resource.yaml` into a posted job, [`results::fetch`] brings back what came of it,
//!   and [`replay::replay`] does the work again.
#![warn(clippy::print_stdout, clippy::print_stderr)]

pub mod beacon;
pub mod client;
pub mod commands;
pub mod cost;
pub mod deployment;
pub mod devnode;
pub mod error;
mod files;
pub mod keeper;
pub mod keys;
pub mod market;
pub mod network;
pub mod output;
pub mod quotes;
pub mod receipt;
pub mod replay;
pub mod results;
pub mod submission;
pub mod units;
pub mod upkeep;
pub mod votes;
