//! Disputing a result, and moving towards the other side.

use alloy_primitives::{B256, aliases::U96};
use linq_abi::{
    Disputed,
    IDisputes::*,
    codes::{Trial, Verdict},
    wire::{Abi, bytes_of},
};
use linq_common::{Amount, Share, Timestamp, log};
use stylus_sdk::prelude::*;

use crate::{Disputes, DisputesError, rules, state::Case};

/// What the two sides claim.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Claims {
    /// Disputes a result: in the caller's eyes `claim` of the price is due, less than the provider claims.
    ///
    /// Who:   the requester of the job.
    /// Needs: a result is in and its window open; no judge rules on it; the caller has approved the first jury's cost to the
    ///        court.
    /// Does:  freezes the slot, then has the court order the first jury. Where the lock is below the least seat fee nobody
    ///        is called: what the provider claimed burns with a quarter of the lock, and the rest goes back.
    /// Emits: [`ResultDisputed`]; [`DisputeSettled`] where nobody is called.
    /// Fails: [`DisputesNotWired`], [`DisputesNotRequester`], what jobs refuses, [`DisputesBadClaim`], what the court and the
    ///        token refuse; [`DisputesSiblingFailed`] where a sibling gives no reason; [`DisputesOverflow`] for sums that do not
    ///        fit.
    /// Units: twentieths; LNQ base units. Returns the number of the dispute, and what the jury cost; 0 and 0 without one.
    /// Note:  the dispute lives under the court's parameters of the day on which the slot was taken. Jobs and court are called
    ///        before the claims are written, because the number is the court's answer. They call nobody back, and the entry
    ///        point admits no second call meanwhile.
    fn dispute(&mut self, job: B256, slot: u16, claim: u8) -> Result<(u64, U96), DisputesError>;

    /// Moves the caller's claim towards the other side's. Where they meet, the slot is settled and the jury's cost goes back,
    /// less the least seat fee where the requester gave up its whole claim.
    ///
    /// Who:   the requester; owner or operator of the provider.
    /// Needs: the slot is disputed, before the beacon's time of the first jury; the claim lies between the two, the other's
    ///        included.
    /// Does:  stores the claim; or forgets the dispute, has jobs settle the slot and the court return the cost.
    /// Emits: [`ClaimMoved`]; [`DisputeSettled`] where the claims meet.
    /// Fails: [`DisputesNotDisputed`], [`DisputesTooLate`], [`DisputesNotParty`], [`DisputesBadClaim`];
    ///        [`DisputesSiblingFailed`] if a sibling does not answer.
    /// Units: twentieths.
    fn concede(&mut self, job: B256, slot: u16, claim: u8) -> Result<(), DisputesError>;

    /// What is disputed of a slot; all zero unless it is.
    ///
    /// Units: twentieths; seconds.
    fn disputed(&self, job: B256, slot: u16) -> Abi<Disputed>;
}

#[public]
impl Claims for Disputes {
    fn dispute(&mut self, job: B256, slot: u16, claim: u8) -> Result<(u64, U96), DisputesError> {
        if self.court.get().is_zero() {
            return Err(DisputesNotWired {}.into());
        }
        let caller = self.vm().msg_sender();
        if caller != self.requester_of(job)? {
            return Err(DisputesNotRequester { job, caller }.into());
        }
        let result = self.slot_of(job, slot)?;
        let (price, lock) = (Amount::from(result.price), Amount::from(result.lock));
        // Nobody took a slot that is open; jobs refuses it below.
        let taken_at = if result.takenAt == 0 { self.now() } else { Timestamp::new(result.takenAt)? };
        let (version, parameters) = self.court_parameters_at(taken_at)?;
        let mut case = Case {
            neutral_from: self.now().plus(rules::neutral_after(&parameters))?,
            provider: result.provider,
            version,
            provider_opened: Share::new(result.claim)?,
            provider_claim: Share::new(result.claim)?,
            ..Case::default()
        };

        // What jobs refuses names the state of the slot, which comes before the claim.
        self.freeze(job, slot, case.neutral_from)?;
        let asked = between(claim, 0, result.claim.checked_sub(1))?;
        (case.requester_opened, case.requester_claim) = (asked, asked);
        if lock < parameters.floor() {
            self.log_disputed(job, slot, &case, (Amount::ZERO, U96::ZERO));
            self.finish((job, slot), &case, Share::NONE, (Verdict::Unheard, Trial::Lost), Amount::ZERO)?;
            return Ok((0, U96::ZERO));
        }
        let value = rules::value(price, lock, &case)?;
        let (dispute, cost) = self.open_dispute(caller, value, version)?;
        case.dispute = dispute;

        let work = self.work(job, slot);
        self.cases.setter(work).set(&case);

        self.log_disputed(job, slot, &case, (value, cost));
        Ok((dispute, cost))
    }

    fn concede(&mut self, job: B256, slot: u16, claim: u8) -> Result<(), DisputesError> {
        let mut case = self.case_of(job, slot)?;
        let dispute = case.dispute;
        if !self.is_unheard(dispute)? {
            return Err(DisputesTooLate { dispute }.into());
        }
        let caller = self.vm().msg_sender();
        let (low, high) = (case.requester_claim.twentieths(), case.provider_claim.twentieths());
        if caller == self.requester_of(job)? {
            case.requester_claim = between(claim, low.saturating_add(1), Some(high))?;
        } else if self.acts_for(case.provider, caller)? {
            case.provider_claim = between(claim, low, high.checked_sub(1))?;
        } else {
            return Err(DisputesNotParty { job, slot, caller }.into());
        }

        log(
            self.vm(),
            &ClaimMoved {
                job,
                slot,
                dispute,
                requesterClaim: case.requester_claim.twentieths(),
                providerClaim: case.provider_claim.twentieths(),
            },
        );
        if case.requester_claim < case.provider_claim {
            let work = self.work(job, slot);
            self.cases.setter(work).set(&case);
            return Ok(());
        }
        let share = case.provider_claim;
        // Otherwise a dispute would be a delay that costs nothing.
        let burn = if share == case.provider_opened { self.floor_of(case.version)? } else { Amount::ZERO };
        self.finish((job, slot), &case, share, (Verdict::Conceded, rules::trial(&case, share)), Amount::ZERO)?;
        self.cancel_dispute(dispute, burn)
    }

    fn disputed(&self, job: B256, slot: u16) -> Abi<Disputed> {
        Abi(self.cases.getter(self.work(job, slot)).get().into())
    }
}

/// `claim`, which is at least `least` and at most `most`; nothing is where there is no most.
fn between(claim: u8, least: u8, most: Option<u8>) -> Result<Share, DisputesError> {
    let refusal = DisputesBadClaim { claim, least, most: most.unwrap_or_default() };
    let inside = most.is_some_and(|most| claim >= least && claim <= most);
    if inside { Ok(Share::new(claim)?) } else { Err(refusal.into()) }
}

impl Disputes {
    /// What a slot is named by: keccak256(job, index).
    pub(crate) fn work(&self, job: B256, slot: u16) -> B256 {
        self.vm().native_keccak256(&bytes_of(&(job, slot)))
    }

    /// What is disputed of a slot.
    pub(crate) fn case_of(&self, job: B256, slot: u16) -> Result<Case, DisputesError> {
        let case = self.cases.getter(self.work(job, slot)).get();
        if case.dispute == 0 {
            return Err(DisputesNotDisputed { job, slot }.into());
        }
        Ok(case)
    }

    /// Forgets a dispute, then has jobs settle its slot.
    pub(crate) fn finish(
        &mut self,
        (job, slot): (B256, u16),
        case: &Case,
        share: Share,
        (verdict, trial): (Verdict, Trial),
        owed: Amount,
    ) -> Result<(), DisputesError> {
        if case.dispute != 0 {
            let work = self.work(job, slot);
            self.cases.setter(work).set(&Case::default());
        }

        log(
            self.vm(),
            &DisputeSettled {
                job,
                slot,
                dispute: case.dispute,
                verdict: verdict.number(),
                trial: trial.number(),
                share: share.twentieths(),
                owed: owed.into(),
            },
        );

        self.settle_slot((job, slot), share, owed, verdict, trial)
    }

    fn log_disputed(&self, job: B256, slot: u16, case: &Case, (value, cost): (Amount, U96)) {
        log(
            self.vm(),
            &ResultDisputed {
                job,
                slot,
                dispute: case.dispute,
                provider: case.provider,
                requesterClaim: case.requester_claim.twentieths(),
                providerClaim: case.provider_claim.twentieths(),
                value: value.into(),
                cost,
                neutralFrom: case.neutral_from.secs(),
            },
        );
    }
}
