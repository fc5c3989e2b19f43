//! Who sits in a jury, and what anyone may read of weights.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::B256;
use linq_abi::IJurors::{JurorsDayAhead, JurorsTooMany};
use stylus_sdk::prelude::*;

use crate::{
    Jurors, JurorsError,
    tree::{self, Draw},
};

/// The most seats that one call fills.
const MAX_SEATS: u32 = 8;
/// Seats have the numbers that a byte has.
const ALL_SEATS: u32 = 256;

/// Draws, which change nothing.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Drawing {
    /// The jurors of seats `from` to `from + count − 1`, drawn by `seed` from the weights at the start of `day`. A seat is the
    /// first of 16 tries that falls on a juror that weighed at least `least` then; where none does it is 0.
    ///
    /// Needs: the present UTC day or an earlier one; at most 8 seats, numbered below 256.
    /// Fails: `JurorsDayAhead`; `JurorsTooMany`.
    /// Units: UTC days since 1970; whole LNQ.
    /// Note:  a function of its arguments alone: nothing that happens from the start of `day` on changes its answer.
    fn pick(&self, day: u16, seed: B256, from: u8, count: u8, least: u32) -> Result<Vec<u32>, JurorsError>;

    /// The weight of all jurors at the start of `day`.
    ///
    /// Fails: `JurorsDayAhead`.
    /// Units: UTC days since 1970; whole LNQ.
    fn total(&self, day: u16) -> Result<u32, JurorsError>;

    /// What `juror` weighed at the start of `day`; 0 for a number that was not given out by then.
    ///
    /// Fails: `JurorsDayAhead`.
    /// Units: UTC days since 1970; whole LNQ.
    fn weight(&self, juror: u32, day: u16) -> Result<u32, JurorsError>;
}

#[public]
impl Drawing for Jurors {
    fn pick(&self, day: u16, seed: B256, from: u8, count: u8, least: u32) -> Result<Vec<u32>, JurorsError> {
        self.require_begun(day)?;
        if u32::from(count) > MAX_SEATS {
            return Err(JurorsTooMany { given: count.into(), limit: MAX_SEATS }.into());
        }
        let past = u32::from(from).saturating_add(count.into());
        if past > ALL_SEATS {
            return Err(JurorsTooMany { given: past, limit: ALL_SEATS }.into());
        }
        let draw = Draw::new(self, self.settings.get().jurors, day, seed, least);
        Ok((0..count).map(|number| draw.seat(from.saturating_add(number))).collect())
    }

    fn total(&self, day: u16) -> Result<u32, JurorsError> {
        self.require_begun(day)?;
        Ok(tree::total(self, self.settings.get().jurors, day))
    }

    fn weight(&self, juror: u32, day: u16) -> Result<u32, JurorsError> {
        self.require_begun(day)?;
        Ok(tree::weight(self, juror, day))
    }
}

impl Jurors {
    /// What is to come can still change.
    fn require_begun(&self, day: u16) -> Result<(), JurorsDayAhead> {
        let today = self.now().day();
        if day > today { Err(JurorsDayAhead { day, today }) } else { Ok(()) }
    }
}

/// Refuses lists that are too long.
pub(crate) fn require_at_most(length: usize, limit: u32) -> Result<(), JurorsTooMany> {
    let given = u32::try_from(length).unwrap_or(u32::MAX);
    if given > limit { Err(JurorsTooMany { given, limit }) } else { Ok(()) }
}
