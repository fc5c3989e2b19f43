//! What people ask about jobs.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::B256;
use linq_abi::{
    IJobs,
    ILens::{LensSiblingFailed, LensUnknownJob, LensUnknownParameters},
    Job, JobParameters, Terms,
    wire::{Abi, Raw},
};
use linq_common::{pause_end, view, view_list};
use linq_records::{
    job::{Conditions, preimage},
    jobs::{JobSettings, Parameters},
};
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

    /// One version of the parameters of jobs.
    ///
    /// Fails: `LensUnknownParameters`; `LensSiblingFailed` if jobs does not answer.
    /// Units: bps.
    fn job_parameters(&self, version: u16) -> Result<Abi<JobParameters>, LensError>;

    /// The shortest window a result may have, the version of the parameters that jobs are made under now, and the second
    /// until which nothing is posted or taken, or 0.
    ///
    /// Fails: `LensSiblingFailed` if jobs does not answer.
    /// Units: seconds.
    fn job_limits(&self) -> Result<(u32, u16, u64), LensError>;
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
    fn job_parameters(&self, version: u16) -> Result<Abi<JobParameters>, LensError> {
        let JobSettings { setup, parameters } = self.job_settings(version)?;
        if !parameters.exist() {
            return Err(LensUnknownParameters { version, current: setup.in_force(self.now()) }.into());
        }
        Ok(JobParameters::from(parameters).into())
    }

    fn job_limits(&self) -> Result<(u32, u16, u64), LensError> {
        let setup = self.job_settings(0)?.setup;
        let (version, end) = (setup.in_force(self.now()), pause_end(setup.paused_day));
        Ok((setup.min_window_secs, version, if self.now() < end { end.secs() } else { 0 }))
    }
}

impl Lens {
    /// The rules of jobs that count now.
    pub(crate) fn job_rules(&self) -> Result<Parameters, LensError> {
        let JobSettings { setup, .. } = self.job_settings(0)?;
        let version = setup.in_force(self.now());
        Ok(if version == setup.version { setup.parameters } else { self.job_settings(version)?.parameters })
    }

    fn job_settings(&self, version: u16) -> Result<JobSettings, LensError> {
        let words = view_list::<IJobs::settingsCall, _, _>(self, self.jobs.get(), &(version,))?;
        JobSettings::from_words(&words).ok_or_else(|| LensSiblingFailed {}.into())
    }
}
