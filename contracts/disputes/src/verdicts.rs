//! Settling a disputed slot.

use alloy_primitives::B256;
use linq_abi::{
    IDisputes::*,
    codes::{CourtPhase, Verdict},
};
use linq_common::{Amount, Share};
use stylus_sdk::prelude::*;

use crate::{Disputes, DisputesError, rules};

/// How disputes end that were not conceded.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Verdicts {
    /// Settles a slot as the court decided: the verdict inside the claims. What the first jury used up is the provider's to
    /// bear in the part by which its claim was too high. A verdict that no jury voted slashes nothing.
    ///
    /// Who:   anyone.
    /// Needs: the slot is disputed; the court's verdict is final.
    /// Does:  forgets the dispute, then has jobs settle the slot.
    /// Emits: [`DisputeSettled`].
    /// Fails: [`DisputesNotDisputed`], [`DisputesUndecided`]; [`DisputesSiblingFailed`] if a sibling does not answer,
    ///        [`DisputesOverflow`] if the court answers with more than the whole.
    fn settle(&mut self, job: B256, slot: u16) -> Result<(), DisputesError>;

    /// Settles a slot without asking the court: half of the price, inside the claims. Nothing is owed, nothing slashed.
    ///
    /// Who:   anyone.
    /// Needs: the slot is disputed, for as long as the longest dispute takes and 30 days more.
    /// Does:  forgets the dispute, then has jobs settle the slot.
    /// Emits: [`DisputeSettled`].
    /// Fails: [`DisputesNotDisputed`], [`DisputesTooEarly`]; [`DisputesSiblingFailed`] if a sibling does not answer.
    fn settle_neutral(&mut self, job: B256, slot: u16) -> Result<(), DisputesError>;
}

#[public]
impl Verdicts for Disputes {
    fn settle(&mut self, job: B256, slot: u16) -> Result<(), DisputesError> {
        let case = self.case_of(job, slot)?;
        let dispute = case.dispute;
        let ruling = self.ruling_of(dispute)?;
        if !ruling.is(CourtPhase::Final) {
            return Err(DisputesUndecided { dispute, phase: ruling.phase }.into());
        }
        let share = rules::clipped(&case, Share::new(ruling.share)?);
        let owed = rules::owed(ruling.used, &case, share)?;
        let verdict = if ruling.voted { Verdict::Jury } else { Verdict::Neutral };
        self.finish((job, slot), &case, share, (verdict, rules::trial(&case, share)), owed)
    }

    fn settle_neutral(&mut self, job: B256, slot: u16) -> Result<(), DisputesError> {
        let case = self.case_of(job, slot)?;
        if self.now() < case.neutral_from {
            let neutral_from = case.neutral_from.secs();
            return Err(DisputesTooEarly { dispute: case.dispute, neutralFrom: neutral_from }.into());
        }
        let share = rules::neutral(&case);
        self.finish((job, slot), &case, share, (Verdict::Neutral, rules::trial(&case, share)), Amount::ZERO)
    }
}
