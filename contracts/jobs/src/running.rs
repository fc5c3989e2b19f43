//! What the provider's operator says of the work: here is the result, or there will be none.

use alloy_primitives::B256;
use linq_abi::{
    IJobs::*,
    codes::{SlotState, Verdict},
    wire::Uri,
};
use linq_common::{Share, log};
use stylus_sdk::prelude::*;

use crate::{
    JobsError,
    logs::{self, Submission},
    posting::require_short,
    state::Jobs,
    transition,
    work::Settlement,
};

/// Bringing results.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Running {
    /// Submits the result of a slot: the hash `root` of its output, found at `uri`, claimed to be worth `claim`.
    ///
    /// Who:   the provider's operator.
    /// Needs: the slot is running, before it is due. Where a hash is expected, `root` has it and the claim is the whole.
    /// Does:  opens the window, or, with an expected hash, closes the slot and pays; has the registry return the capacity.
    /// Emits: [`ResultSubmitted`]; [`SlotClosed`] with an expected hash.
    /// Fails: [`JobsUriTooLong`], [`JobsUnknownJob`], [`JobsUnknownSlot`], [`JobsWrongState`], [`JobsTooLate`],
    ///        [`JobsBadClaim`], [`JobsWrongResult`]; the registry's refusal of a caller that is not the operator passes
    ///        through, as [`JobsSiblingFailed`] if it has no reason.
    /// Units: twentieths.
    /// Note:  a URI of anything but printable ASCII is malformed calldata, which is refused without a reason.
    fn submit(&mut self, job: B256, slot: u16, root: B256, claim: u8, uri: Uri) -> Result<(), JobsError>;

    /// Gives a slot back without a result, for a `reason` that the provider's software numbers.
    ///
    /// Who:   the provider's operator.
    /// Needs: the slot is running, before it is due.
    /// Does:  opens the slot again while attempts and time are left, and closes it with a refund otherwise. In the first
    ///        quarter of the run this counts as unable, afterwards as late.
    /// Emits: [`UnableReported`], then [`SlotReopened`] or [`SlotClosed`].
    /// Fails: [`JobsUnknownJob`], [`JobsUnknownSlot`], [`JobsWrongState`], [`JobsTooLate`]; the registry's refusal of a
    ///        caller that is not the operator passes through, as [`JobsSiblingFailed`] if it has no reason.
    fn unable(&mut self, job: B256, slot: u16, reason: u8) -> Result<(), JobsError>;
}

#[public]
impl Running for Jobs {
    fn submit(&mut self, job: B256, slot: u16, root: B256, claim: u8, uri: Uri) -> Result<(), JobsError> {
        require_short(&uri)?;
        let work = self.work(job, slot)?;
        let now = self.now();
        let next = transition::submit(&work.conditions, &work.slot, now, claim).map_err(|why| work.refused(why))?;
        let closed = next.state == SlotState::Closed;
        if closed {
            let expected = self.jobs.getter(job).decider.get();
            let given = self.vm().native_keccak256(root.as_slice());
            if given != expected {
                return Err(JobsWrongResult { given, expected }.into());
            }
        }
        let operator = self.vm().msg_sender();
        let window_end = if closed { now } else { next.until };

        let topics = (job, slot, next.provider);
        let data = (next.attempt, root, claim, window_end.secs());
        let log = logs::submitted(&Submission { topics, data }, &uri);
        self.vm().emit_log(&log, logs::SUBMITTED_TOPICS);

        if closed {
            let reward = self.reward_of(job)?;
            let settlement = Settlement::undisputed(Share::ALL, Verdict::Undisputed);
            return self.pay(&work, &next, settlement, reward, Some(operator));
        }
        self.put(&work, &next)?;
        self.free(&work, operator)
    }

    fn unable(&mut self, job: B256, slot: u16, reason: u8) -> Result<(), JobsError> {
        let work = self.work(job, slot)?;
        let departure =
            transition::unable(&work.conditions, &work.slot, self.now()).map_err(|why| work.refused(why))?;
        let (provider, attempt) = (work.slot.provider, work.slot.attempt);

        log(self.vm(), &UnableReported { job, slot, provider, attempt, reason });

        let operator = self.vm().msg_sender();
        self.leave(&work, &departure, Some(operator))
    }
}
