//! What people ask about jobs.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::B256;
use linq_abi::{
    IJobs,
    ILens::LensUnknownJob,
    Job, Terms,
    wire::{Abi, Raw},
};
use linq_common::view;
use linq_records::job::{Conditions, preimage};
use stylus_sdk::prelude::*;

use crate::{Lens, LensError};

/// Jobs, as they were posted.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Postings {
    /// The id that `terms` have as a job on this chain, posted or not.
    fn job_id(&self, terms: Raw<Terms>) -> B256;

    /// What is kept of a job. Its terms are in `JobPosted`; what it still pays is `locked` of the escrow.
    ///
    /// Fails: `LensUnknownJob`; `LensSiblingFailed` if jobs does not answer.
    /// Units: seconds.
    fn job(&self, id: B256) -> Result<Abi<Job>, LensError>;
}

#[public]
impl Postings for Lens {
    fn job_id(&self, terms: Raw<Terms>) -> B256 {
        self.vm().native_keccak256(&preimage(self.vm().chain_id(), self.jobs.get(), &terms))
    }

    fn job(&self, id: B256) -> Result<Abi<Job>, LensError> {
        let word: B256 = view::<IJobs::conditionsCall, _, _, _>(self, self.jobs.get(), &(id,))?;
        if word.is_zero() {
            return Err(LensUnknownJob { job: id }.into());
        }
        let conditions = Conditions::unpack(&word);
        let job = Job {
            tasks: conditions.tasks(),
            bidSecs: conditions.bid_secs,
            runSecs: conditions.run_secs,
            windowSecs: conditions.window_secs,
            openUntil: conditions.open_until.secs(),
            endBy: conditions.end_by.secs(),
            attempts: conditions.attempts,
            parameters: conditions.version,
            judged: conditions.judged,
            expects: conditions.expects,
            resources: conditions.resources,
        };
        Ok(job.into())
    }
}
