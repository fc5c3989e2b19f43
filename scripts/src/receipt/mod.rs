//! A job as the chain tells it, with everything that it takes to check that.

mod account;
mod check;
mod evidence;

use alloy::primitives::B256;
use serde::Serialize;

pub use self::account::{Account, Attempt, Place, SlotAccount, job_id};
pub use self::check::{Check, offline, online};
pub use self::evidence::{Entry, Evidence, Folded, History, fold, history_place, work_of};
use crate::client::Linq;
use crate::error::Result;

/// The form of receipts that this version writes and reads.
pub const VERSION: u8 = 1;

/// An account of a job, and what it rests on.
#[derive(Clone, Debug, Serialize)]
pub struct Receipt {
    /// [`VERSION`].
    pub version: u8,
    /// What happened.
    #[serde(flatten)]
    pub account: Account,
    /// Logs and histories, from which the account follows.
    pub evidence: Evidence,
}

impl Receipt {
    /// Reads a job from the chain, with proofs of the histories if wanted.
    pub async fn of(linq: &Linq, job: B256, proof: bool) -> Result<Self> {
        Self::from_evidence(Evidence::gather(linq, job, None, proof).await?)
    }

    /// What the evidence comes to.
    pub fn from_evidence(evidence: Evidence) -> Result<Self> {
        Ok(Self { version: VERSION, account: Account::of(&evidence)?, evidence })
    }
}
