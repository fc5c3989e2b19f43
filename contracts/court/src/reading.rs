//! What people read.

use alloc::{vec, vec::Vec};

use alloy_primitives::B256;
use stylus_sdk::prelude::*;

use crate::{
    CourtError,
    state::{Court, place},
};

/// Disputes as they stand.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Reading {
    /// The last round of a dispute, a `CourtPhase` code for the present second, and when that phase ends; 0 where it does
    /// not.
    ///
    /// Fails: [`CourtUnknownDispute`](linq_abi::ICourt::CourtUnknownDispute).
    fn phase(&self, dispute: u64) -> Result<(u8, u8, u64), CourtError>;

    /// Eight words of a round, as the court stores them: the dispute, the stage, the ballots, the funding, and the jurors
    /// of four times eight seats. All zero where there is none.
    fn records(&self, dispute: u64, round: u8) -> Vec<B256>;
}

#[public]
impl Reading for Court {
    fn phase(&self, dispute: u64) -> Result<(u8, u8, u64), CourtError> {
        let last = self.case(dispute)?.last;
        let (phase, until) = self.phase_of(dispute, &self.round_of(dispute, last)?)?;
        Ok((last, phase.number(), until.secs()))
    }

    fn records(&self, dispute: u64, round: u8) -> Vec<B256> {
        let mut words = vec![self.word(dispute, 0, place::CASE)];
        words.extend((place::STAGE..place::STAGE.saturating_add(7)).map(|place| self.word(dispute, round, place)));
        words
    }
}
