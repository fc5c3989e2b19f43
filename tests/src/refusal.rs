//! Calls that were refused.

use std::fmt;

use alloy::{primitives::Bytes, sol_types::SolError};
use nitro_devnode::NodeError;

use crate::explain;

/// A call that was refused.
#[derive(Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Revert data.
    pub data: Bytes,
    /// What the chain says when there is no revert data.
    pub message: String,
}

impl Refusal {
    /// Whether it is exactly this typed error.
    pub fn is<E: SolError>(&self, error: &E) -> bool {
        self.data == error.abi_encode()
    }
}

impl fmt::Debug for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", explain(&self.data), self.message)
    }
}

impl From<NodeError> for Refusal {
    fn from(error: NodeError) -> Self {
        Self { data: error.data().cloned().unwrap_or_default(), message: error.to_string() }
    }
}

/// Asserts that `result` was refused with exactly `error`.
///
/// # Panics
///
/// When it succeeded or was refused otherwise.
#[track_caller]
pub fn assert_refused<R, E: SolError + fmt::Debug>(result: Result<R, Refusal>, error: &E) {
    match result {
        Ok(_) => panic!("it succeeded instead of failing with {error:?}"),
        Err(refusal) => assert!(refusal.is(error), "refused with {refusal:?} instead of {error:?}"),
    }
}

/// Asserts that `result` was refused without any revert data, as the chain's own limits and the SDK's decoder do it.
///
/// # Panics
///
/// When it succeeded or was refused with data.
#[track_caller]
pub fn assert_refused_bare<R>(result: Result<R, Refusal>) {
    match result {
        Ok(_) => panic!("it succeeded"),
        Err(refusal) => assert!(refusal.data.is_empty(), "refused with {refusal:?} instead of empty data"),
    }
}
