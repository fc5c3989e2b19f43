//! The library interface of the node, in process.

#[path = "library/calls.rs"]
mod calls;
#[path = "library/crowds.rs"]
mod crowds;
#[path = "library/development.rs"]
mod development;
#[path = "library/lifecycle.rs"]
mod lifecycle;
#[path = "library/predeploys.rs"]
mod predeploys;
#[path = "library/programs.rs"]
mod programs;
#[path = "library/pruning.rs"]
mod pruning;
#[path = "library/traces.rs"]
mod traces;
#[path = "library/transactions.rs"]
mod transactions;
#[path = "library/versions.rs"]
mod versions;
#[path = "library/world.rs"]
mod world;
