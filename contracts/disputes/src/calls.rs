//! Calls to the siblings.

use alloy_primitives::{Address, B256, aliases::U96};
use linq_abi::{
    ICourt,
    IDisputes::{DisputesOverflow, DisputesSiblingFailed},
    IEscrow, IJobs, IRegistry, Slot,
    codes::{CourtPhase, Trial, Verdict},
};
use linq_common::{Amount, Share, Timestamp, call, view, view_list};
use linq_records::{
    court::{CourtSettings, Parameters},
    words::{Operator, Owner, Record},
};
use stylus_sdk::prelude::*;

use crate::{Disputes, DisputesError};

/// More versions of the court's parameters than there can be since a slot was taken: one a day, of bidding, run and window,
/// which take 6 hours, 90 and 14 days at the most; and one that is announced.
const MOST_VERSIONS: u8 = 107;

/// What the court says of a dispute.
pub(crate) struct Ruling {
    /// Where it stands.
    pub phase: u8,
    /// What is due, once it is final.
    pub share: u8,
    /// Whether a jury voted it.
    pub voted: bool,
    /// What the first jury used up of its cost.
    pub used: Amount,
}

impl Ruling {
    /// Whether it stands there.
    pub fn is(&self, phase: CourtPhase) -> bool {
        self.phase == phase.number()
    }
}

impl Disputes {
    /// The present second.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::new_clipped(self.vm().block_timestamp())
    }

    /// A slot at the present second.
    pub(crate) fn slot_of(&self, job: B256, slot: u16) -> Result<Slot, DisputesError> {
        Ok(view::<IJobs::slotCall, _, _, _>(self, self.jobs.get(), &(job, slot))?)
    }

    /// Who pays for a job that has an unsettled slot.
    pub(crate) fn requester_of(&self, job: B256) -> Result<Address, DisputesError> {
        let (requester, _price, _unsettled): (Address, U96, u16) =
            view::<IEscrow::lockedCall, _, _, _>(self, self.escrow.get(), &(job,))?;
        Ok(requester)
    }

    /// Whether an address is the operator of a provider, or its owner.
    pub(crate) fn acts_for(&self, provider: u32, caller: Address) -> Result<bool, DisputesError> {
        let operator: Operator = self.word_of(provider)?;
        Ok(operator.is(caller) || self.word_of::<Owner>(provider)?.address == caller)
    }

    fn word_of<T: Record>(&self, provider: u32) -> Result<T, DisputesError> {
        let word: B256 =
            view::<IRegistry::recordCall, _, _, _>(self, self.registry.get(), &(provider, T::KIND, 0_u16))?;
        Ok(T::from_word(&word))
    }

    /// The version of the court's parameters that counted on the day of `time`, and what it says.
    pub(crate) fn court_parameters_at(&self, time: Timestamp) -> Result<(u16, Parameters), DisputesError> {
        let mut version = self.court_settings(0)?.setup.version;
        for _ in 0..MOST_VERSIONS {
            let parameters = self.court_settings(version)?.parameters;
            if parameters.from_day <= time.day() || version <= 1 {
                return Ok((version, parameters));
            }
            version = version.saturating_sub(1);
        }
        Err(DisputesOverflow {}.into())
    }

    /// The least seat fee of a version of the court's parameters.
    pub(crate) fn floor_of(&self, version: u16) -> Result<Amount, DisputesError> {
        Ok(self.court_settings(version)?.parameters.floor())
    }

    fn court_settings(&self, version: u16) -> Result<CourtSettings, DisputesError> {
        let words = view_list::<ICourt::settingsCall, _, _>(self, self.court.get(), &(version,))?;
        CourtSettings::from_words(&words).ok_or_else(|| DisputesSiblingFailed {}.into())
    }

    /// What the court says of a dispute.
    pub(crate) fn ruling_of(&self, dispute: u64) -> Result<Ruling, DisputesError> {
        let (phase, share, voted, used): (u8, u8, bool, U96) =
            view::<ICourt::verdictCall, _, _, _>(self, self.court.get(), &(dispute,))?;
        Ok(Ruling { phase, share, voted, used: used.into() })
    }

    /// Whether the beacon's time of the first jury lies ahead.
    pub(crate) fn is_unheard(&self, dispute: u64) -> Result<bool, DisputesError> {
        let (round, phase, _until): (u8, u8, u64) =
            view::<ICourt::phaseCall, _, _, _>(self, self.court.get(), &(dispute,))?;
        Ok(round == 0 && phase == CourtPhase::Evidence.number())
    }

    /// Has the court order a jury at the cost of `funder`. Answers the dispute's number, and the cost.
    pub(crate) fn open_dispute(
        &mut self,
        funder: Address,
        value: Amount,
        version: u16,
    ) -> Result<(u64, U96), DisputesError> {
        let court = self.court.get();
        let value: U96 = value.into();
        Ok(call::<ICourt::openCall, _, _, _>(self, court, &(funder, value, version))?)
    }

    /// Has the court return the cost of a jury that is not needed, less `burn` of it.
    pub(crate) fn cancel_dispute(&mut self, dispute: u64, burn: Amount) -> Result<(), DisputesError> {
        let court = self.court.get();
        let burn: U96 = burn.into();
        let _returned: U96 = call::<ICourt::cancelCall, _, _, _>(self, court, &(dispute, burn))?;
        Ok(())
    }

    /// Has jobs freeze a slot.
    pub(crate) fn freeze(&mut self, job: B256, slot: u16, until: Timestamp) -> Result<(), DisputesError> {
        let jobs = self.jobs.get();
        Ok(call::<IJobs::disputeCall, _, _, _>(self, jobs, &(job, slot, until.secs()))?)
    }

    /// Has jobs settle a slot.
    pub(crate) fn settle_slot(
        &mut self,
        (job, slot): (B256, u16),
        share: Share,
        owed: Amount,
        verdict: Verdict,
        trial: Trial,
    ) -> Result<(), DisputesError> {
        let jobs = self.jobs.get();
        let owed: U96 = owed.into();
        let arguments = (job, slot, share.twentieths(), owed, verdict.number(), trial.number());
        Ok(call::<IJobs::settleCall, _, _, _>(self, jobs, &arguments)?)
    }
}
