//! What nearly every test uses.

pub use alloy::{
    primitives::{Address, B256, Bytes, U256, aliases::U96, keccak256},
    sol_types::{SolCall, SolError, SolValue},
};
pub use linq_abi::{
    IBeacon, ICourt, IDisputes, IEscrow, IJobs, IJurors, ILens, ILnqToken, IProfiles, IRegistry, Job, JobParameters,
    Provider, Rates, Record, Registration, Requirements, Resources, Slot, StandingOffer, Terms, WorkClose, WorkRequest,
    codes::{Action, Obstacle, Outcome, SlotState, Trial, Verdict, WorkEnd},
};
pub use linq_tests::{
    Cast, Emitted, MIN_WINDOW, Refusal, SHARE, SUPPLY, Sent, Stub, Suite, Times, World, assert_refused,
    assert_refused_bare, emitted, lnq, u96,
};
