//! The relayer as its users have it: the binary, real contracts, real programs.
//!
//! Needs what `cargo xtask build` leaves: the contracts under `target/contracts` and the workloads as WASM.

mod kill_points;
mod service;
mod workload;
mod world;
