//! Freezing a result while it is disputed, and settling it as the dispute ends.
//!
//! What is claimed, who pays the jury and what the court found is the business of the disputes contract. Here is only what
//! a dispute does to a slot.

use alloy_primitives::{B256, aliases::U96};
use linq_abi::{
    IJobs::*,
    codes::{Outcome, Trial, Verdict},
};
use linq_common::{Timestamp, log};
use stylus_sdk::prelude::*;

use crate::{JobsError, state::Jobs, transition, work::Settlement};

/// What the disputes contract calls.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Disputing {
    /// Freezes a result that its requester disputes. From `until` on the slot can be settled without the court.
    ///
    /// Who:   the disputes contract.
    /// Needs: a result is in, its window open, and no judge rules on it.
    /// Does:  the slot is disputed.
    /// Emits: [`SlotDisputed`].
    /// Fails: [`JobsNotDisputes`], [`JobsUnknownJob`], [`JobsUnknownSlot`], [`JobsJudged`], [`JobsWrongState`],
    ///        [`JobsTooLate`], [`JobsOverflow`] for a time after the year 2105.
    /// Units: seconds.
    fn dispute(&mut self, job: B256, slot: u16, until: u64) -> Result<(), JobsError>;

    /// Settles a disputed slot at `share` of its price. `owed` of the jury's cost comes out of the pay, and what that does
    /// not cover out of the lock.
    ///
    /// Who:   the disputes contract.
    /// Needs: the slot is disputed; the share is at most the claim; a verdict by which a dispute ends.
    /// Does:  closes the slot, ends the work in the registry's books, then has the escrow pay; where no jury was paid for
    ///        ([`Verdict::Unheard`]) it burns what was claimed and returns the rest.
    /// Emits: [`SlotClosed`].
    /// Fails: [`JobsNotDisputes`], [`JobsBadVerdict`], [`JobsUnknownJob`], [`JobsUnknownSlot`], [`JobsWrongState`],
    ///        [`JobsBadShare`].
    /// Units: LNQ base units; twentieths.
    fn settle(&mut self, job: B256, slot: u16, share: u8, owed: U96, verdict: u8, trial: u8) -> Result<(), JobsError>;
}

#[public]
impl Disputing for Jobs {
    fn dispute(&mut self, job: B256, slot: u16, until: u64) -> Result<(), JobsError> {
        self.only_disputes()?;
        let work = self.work(job, slot)?;
        if work.conditions.judged {
            return Err(JobsJudged { job }.into());
        }
        let next = transition::dispute(&work.conditions, &work.slot, self.now(), Timestamp::new(until)?)
            .map_err(|why| work.refused(why))?;

        self.put(&work, &next)?;

        log(self.vm(), &SlotDisputed { job, slot, provider: next.provider, until });
        Ok(())
    }

    fn settle(&mut self, job: B256, slot: u16, share: u8, owed: U96, verdict: u8, trial: u8) -> Result<(), JobsError> {
        self.only_disputes()?;
        let Some((verdict, trial, outcome)) = ending(verdict, trial) else {
            return Err(JobsBadVerdict { verdict, trial }.into());
        };
        let work = self.work(job, slot)?;
        let (next, share) = transition::settle(&work.conditions, &work.slot, self.now(), share, outcome)
            .map_err(|why| work.refused(why))?;
        let reward = self.reward_of(job)?;
        let settlement = Settlement { share, owed: owed.into(), verdict, trial };
        self.pay(&work, &next, settlement, reward, None)
    }
}

impl Jobs {
    /// Requires that the disputes contract calls.
    fn only_disputes(&self) -> Result<(), JobsError> {
        let caller = self.vm().msg_sender();
        if caller != self.disputes.get() {
            return Err(JobsNotDisputes { caller }.into());
        }
        Ok(())
    }
}

/// The codes `verdict` and `trial`, and how a slot closes by them, if a dispute ends like that.
fn ending(verdict: u8, trial: u8) -> Option<(Verdict, Trial, Outcome)> {
    let (verdict, trial) = (Verdict::from_u8(verdict)?, Trial::from_u8(trial)?);
    let outcome = match verdict {
        Verdict::Conceded => Outcome::Conceded,
        Verdict::Jury => Outcome::Decided,
        Verdict::Neutral => Outcome::Neutral,
        Verdict::Unheard => Outcome::Forfeited,
        Verdict::Undisputed | Verdict::Judge => return None,
    };
    (trial != Trial::None).then_some((verdict, trial, outcome))
}
