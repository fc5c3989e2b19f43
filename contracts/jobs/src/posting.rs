//! From terms to a job, and back again while nobody has taken it.

use alloy_primitives::{Address, B256};
use linq_abi::{
    IJobs::*,
    Terms,
    wire::{Raw, Uri},
};
use linq_records::job::preimage;
use stylus_sdk::prelude::*;

use crate::{JobsError, calls::Reward, logs, state::Jobs, terms, transition};

/// The longest URI that is logged, in bytes.
const MAX_URI: usize = 256;

/// Posting jobs.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Posting {
    /// Posts `terms` as a job and locks the price of every slot. `uri` says where the manifest is found that
    /// `terms.specHash` names.
    ///
    /// Who:   the requester of the terms.
    /// Needs: the contract is wired; no job was posted with exactly these terms; the terms are inside every limit; the
    ///        requester has approved price × tasks to the escrow.
    /// Does:  keeps what later calls need, then has the escrow lock the prices.
    /// Emits: [`JobPosted`].
    /// Fails: [`JobsNotWired`], [`JobsPaused`], [`JobsNotRequester`], [`JobsAlreadyPosted`], [`JobsUnknownParameters`],
    ///        [`JobsBadTasks`], [`JobsBadPrice`], [`JobsBadResources`], [`JobsJudgeAndExpected`], [`JobsBadBidding`], [`JobsBadRun`],
    ///        [`JobsBadWindow`], [`JobsBadAttempts`], [`JobsBadEnd`], [`JobsBadOpening`], [`JobsUriTooLong`]; a refusal of
    ///        the escrow or the token passes through, as [`JobsSiblingFailed`] if it has no reason.
    /// Units: LNQ base units; seconds. Returns the job's id.
    /// Note:  a URI of anything but printable ASCII is malformed calldata, which is refused without a reason.
    fn post(&mut self, terms: Raw<Terms>, uri: Uri) -> Result<B256, JobsError>;

    /// Takes back an open slot and its price.
    ///
    /// Who:   the requester.
    /// Needs: the slot is open, before `openUntil`.
    /// Does:  closes the slot as cancelled, then has the escrow return its price.
    /// Emits: [`SlotClosed`].
    /// Fails: [`JobsUnknownJob`], [`JobsUnknownSlot`], [`JobsWrongState`], [`JobsTooLate`], [`JobsNotRequester`].
    fn cancel(&mut self, job: B256, slot: u16) -> Result<(), JobsError>;

    /// The word that is kept of a job, zero if there is none. The lens says what is in it. Its terms are in [`JobPosted`];
    /// what it still pays is `locked` of the escrow.
    fn conditions(&self, job: B256) -> B256;
}

#[public]
impl Posting for Jobs {
    fn post(&mut self, terms: Raw<Terms>, uri: Uri) -> Result<B256, JobsError> {
        let setup = self.in_force();
        if setup.escrow.is_zero() {
            return Err(JobsNotWired {}.into());
        }
        self.require_not_paused(&setup)?;
        let job = self.id_of(&terms);
        let read = terms.read();
        let Terms { requester, price, judge, expected, .. } = read;
        let caller = self.vm().msg_sender();
        if caller != requester {
            return Err(JobsNotRequester { job, caller }.into());
        }
        if !self.jobs.getter(job).conditions.get().is_zero() {
            return Err(JobsAlreadyPosted { job }.into());
        }
        let conditions = terms::conditions(read, &setup, self.now())?;
        require_short(&uri)?;

        let mut stored = self.jobs.setter(job);
        stored.conditions.set(conditions.pack().ok_or(JobsOverflow {})?);
        if conditions.judged {
            stored.decider.set(judge.into_word());
        }
        if conditions.expects {
            stored.decider.set(expected);
        }

        let log = logs::posted(job, requester, &terms, conditions.open_until.secs(), &uri);
        self.vm().emit_log(&log, logs::POSTED_TOPICS);

        self.escrow_lock(job, requester, price, conditions.tasks())?;
        Ok(job)
    }

    fn cancel(&mut self, job: B256, slot: u16) -> Result<(), JobsError> {
        let work = self.work(job, slot)?;
        let next = transition::cancel(&work.conditions, &work.slot, self.now()).map_err(|why| work.refused(why))?;
        self.only_requester(job)?;
        self.refund(&work, &next)
    }

    fn conditions(&self, job: B256) -> B256 {
        self.jobs.getter(job).conditions.get()
    }
}

impl Jobs {
    /// The id of `terms`: they and nothing else, here and nowhere else.
    pub(crate) fn id_of(&self, terms: &Raw<Terms>) -> B256 {
        let preimage = preimage(self.vm().chain_id(), self.vm().contract_address(), terms);
        self.vm().native_keccak256(&preimage)
    }

    /// Requires that the requester of `job`, which has an unsettled slot, calls. Answers what it pays.
    pub(crate) fn only_requester(&self, job: B256) -> Result<Reward, JobsError> {
        let reward = self.reward_of(job)?;
        let caller: Address = self.vm().msg_sender();
        if caller != reward.requester {
            return Err(JobsNotRequester { job, caller }.into());
        }
        Ok(reward)
    }
}

/// Requires that a URI is short enough to be logged.
pub(crate) fn require_short(uri: &Uri) -> Result<(), JobsError> {
    if uri.length() > MAX_URI {
        let length = u32::try_from(uri.length()).unwrap_or(u32::MAX);
        return Err(JobsUriTooLong { length, limit: u32::try_from(MAX_URI).unwrap_or(u32::MAX) }.into());
    }
    Ok(())
}
