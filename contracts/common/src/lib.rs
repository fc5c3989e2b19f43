//! What every Linq contract shares: money, time, packed storage words, calls to the token and to siblings, errors.
//!
//! Contracts reckon with the types of this crate alone. None of them has an operator: a sum that could leave its range
//! is a method that returns [`Result`], and `?` turns [`OutOfRange`] into the contract's own error. `U96` and `U256`
//! exist only where calldata, return data and events are written.
//!
//! **Re-entry** is refused for every contract by its entry point: the SDK, built without feature `reentrant`, returns an
//! empty revert before any of our code runs when the contract is already on the call stack. That covers views as well,
//! and no function can forget it, so no contract declares an error for it. Nobody honest ever sees it: the token calls
//! nobody, and siblings call each other along a tree.
#![no_std]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test that overflows fails")
)]

extern crate alloc;

mod call;
mod error;
mod key;
mod log;
mod money;
mod pause;
mod time;
mod word;

pub use call::{CallFailure, Token, call, call_list, view, view_list, view_word};
pub use key::Key;
pub use linq_abi::wire::Abi;
pub use log::log;
pub use money::{Amount, Bps, OutOfRange, Share, div_down, div_up};
pub use pause::{next_pause, pause_end};
pub use time::{DAY_SECS, Timestamp};
pub use word::{Field, Packed, Word};

#[doc(hidden)]
pub mod reexports {
    //! What the macros of this crate name.
    pub use alloc::vec::Vec;
    pub use alloy_primitives::B256;
    pub use alloy_sol_types::SolError;
    pub use linq_abi::wire::encode_error;
}
