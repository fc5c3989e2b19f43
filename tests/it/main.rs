//! The suite as compiled WASM on the embedded chain.
//!
//! `token`, `registry`, `escrow`, `jobs`, `lens`, `profiles`, `beacon`, `jurors` and `court` have one file for each function
//! of the contract: refusals in the order of its doc comment, then what it does. `transitions` goes through the whole table
//! of slot states, `callers` through every entry that only a sibling may use, `exits` through every way out beside every privileged call, and `model` plays at
//! random against an independent model. `layout` holds the storage against `snapshots/storage.txt`. `INVARIANTS.md` says
//! which truth is shown where, `ATTACKS.md` which attack.

mod prelude;

mod attacks;
mod beacon;
mod calldata;
mod callers;
mod court;
mod disputes;
mod escrow;
mod exits;
mod jobs;
mod jurors;
mod layout;
mod lens;
mod little_gas;
mod model;
mod profiles;
mod registry;
mod scale;
mod token;
mod transitions;
