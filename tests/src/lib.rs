//! A world to test in: the embedded chain with the whole suite deployed as compiled WASM, and people in it.

mod artefacts;
mod cast;
mod courtroom;
mod emitted;
mod evm;
mod explain;
mod jurors;
mod permit;
mod reference;
mod refusal;
mod story;
mod suite;
mod world;

/// Whether tests that have a larger size run at it: `cargo xtask nightly` asks for that.
pub fn is_nightly() -> bool {
    std::env::var_os("LINQ_NIGHTLY").is_some_and(|value| value == "1")
}

pub use artefacts::code;
pub use cast::Cast;
pub use courtroom::{
    BEACON_WORD, Courtroom, JUROR_STAKE, LARGE, REFUSAL, RoundWords, SMALL, court_arguments, court_parameters,
};
pub use emitted::{Emitted, emitted};
pub use evm::Stub;
pub use explain::explain;
pub use jurors::{Bench, UNSTAKING, drawn_by_counting, jurors_arguments, member, unequal_stakes};
pub use permit::{Delegation, Permit};
pub use refusal::{Refusal, assert_refused, assert_refused_bare};
pub use story::{MANIFEST, RESULT, ROOT, Times};
pub use suite::{
    COLLATERAL_BPS, FEE_BPS, MAX_ATTEMPTS, MIN_WINDOW, SHARE, SUPPLY, Suite, UNBONDING, job_parameters, jobs_arguments,
    lnq, registry_arguments, registry_parameters, u96,
};
pub use world::{Holdings, Sent, World};
