//! The library interface of the node, in process.

#[path = "library/calls.rs"]
mod calls;
#[path = "library/development.rs"]
mod development;
#[path = "library/predeploys.rs"]
mod predeploys;
#[path = "library/programs.rs"]
mod programs;
#[path = "library/traces.rs"]
mod traces;
#[path = "library/transactions.rs"]
mod transactions;
#[path = "library/world.rs"]
mod world;
