//! What becomes of a result, and whatever the clock makes due.

use alloy_primitives::{Address, B256};
use linq_abi::{IJobs::*, codes::Verdict};
use stylus_sdk::prelude::*;

use crate::{
    JobsError,
    state::Jobs,
    transition::{self, Due},
    work::Settlement,
};

/// Settling slots.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Settling {
    /// Accepts a result: the slot pays what was claimed, at once.
    ///
    /// Who:   the requester.
    /// Needs: a result is in, and its window open.
    /// Does:  closes the slot, ends the work in the registry's books, then has the escrow pay.
    /// Emits: [`SlotClosed`].
    /// Fails: [`JobsUnknownJob`], [`JobsUnknownSlot`], [`JobsWrongState`], [`JobsTooLate`], [`JobsNotRequester`].
    fn accept(&mut self, job: B256, slot: u16) -> Result<(), JobsError>;

    /// Rules that `share` of the price is due for a result, at once and finally.
    ///
    /// Who:   the judge that the terms name.
    /// Needs: a result is in, and its window open; the share is at most the claim.
    /// Does:  closes the slot, ends the work in the registry's books, then has the escrow pay.
    /// Emits: [`SlotClosed`].
    /// Fails: [`JobsUnknownJob`], [`JobsUnknownSlot`], [`JobsNotJudge`], [`JobsWrongState`], [`JobsTooLate`],
    ///        [`JobsBadShare`].
    /// Units: twentieths.
    fn rule(&mut self, job: B256, slot: u16, share: u8) -> Result<(), JobsError>;

    /// Does whatever is due: returns the price of a slot that nobody took in time, ends an attempt that is late, or pays
    /// for a result whose window passed.
    ///
    /// Who:   anyone.
    /// Needs: the state of the slot has come to its end.
    /// Does:  an open slot closes with a refund; a late one opens again while attempts and time are left, and closes with
    ///        a refund otherwise; a submitted one closes and pays its claim.
    /// Emits: [`SlotReopened`] or [`SlotClosed`].
    /// Fails: [`JobsUnknownJob`], [`JobsUnknownSlot`], [`JobsNothingDue`].
    fn step(&mut self, job: B256, slot: u16) -> Result<(), JobsError>;
}

#[public]
impl Settling for Jobs {
    fn accept(&mut self, job: B256, slot: u16) -> Result<(), JobsError> {
        let work = self.work(job, slot)?;
        let next = transition::accept(&work.conditions, &work.slot, self.now()).map_err(|why| work.refused(why))?;
        let reward = self.only_requester(job)?;
        self.pay(&work, &next, Settlement::undisputed(next.claim, Verdict::Undisputed), reward, None)
    }

    fn rule(&mut self, job: B256, slot: u16, share: u8) -> Result<(), JobsError> {
        let work = self.work(job, slot)?;
        let caller = self.vm().msg_sender();
        let judge = Address::from_word(self.jobs.getter(job).decider.get());
        if !work.conditions.judged || caller != judge {
            return Err(JobsNotJudge { job, caller }.into());
        }
        let (next, share) =
            transition::rule(&work.conditions, &work.slot, self.now(), share).map_err(|why| work.refused(why))?;
        let reward = self.reward_of(job)?;
        self.pay(&work, &next, Settlement::undisputed(share, Verdict::Judge), reward, None)
    }

    fn step(&mut self, job: B256, slot: u16) -> Result<(), JobsError> {
        let work = self.work(job, slot)?;
        let due = transition::step(&work.conditions, &work.slot, self.now()).map_err(|why| work.refused(why))?;
        match due {
            Due::Expiry(next) => self.refund(&work, &next),
            Due::Lateness(departure) => self.leave(&work, &departure, None),
            Due::Payment(next) => {
                let reward = self.reward_of(job)?;
                self.pay(&work, &next, Settlement::undisputed(next.claim, Verdict::Undisputed), reward, None)
            }
        }
    }
}
