//! Parameters by version, and the pause of posting and taking.

use alloy_primitives::aliases::U16;
use linq_abi::IJobs::*;
use linq_common::{Bps, Timestamp, Word, log, next_pause, pause_end};
use stylus_sdk::prelude::*;

use crate::{JobsError, state::Jobs};
use linq_records::jobs::{MAX_VERSION, Parameters, Setup};

/// Limits of the protocol fee.
const FEE_BPS: core::ops::RangeInclusive<u16> = 50..=1_000;
/// Limits of the collateral.
const COLLATERAL_BPS: core::ops::RangeInclusive<u16> = 500..=10_000;
/// Limits of the attempts that a job may allow.
const MAX_ATTEMPTS: core::ops::RangeInclusive<u8> = 1..=8;

/// What the governor and the guardian can do.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Governance {
    /// Announces the next version of the parameters.
    ///
    /// Who:   the governor.
    /// Needs: parameters inside their limits; the version announced before counts already.
    /// Does:  stores them; jobs are made under them from the next UTC day on. Jobs that were posted keep their version.
    /// Emits: [`ParametersSet`].
    /// Fails: [`JobsNotGovernor`], [`JobsBadParameters`], [`JobsParametersPending`]; [`JobsOverflow`] after 4,095 versions.
    /// Units: bps.
    fn set_parameters(&mut self, fee_bps: u16, collateral_bps: u16, max_attempts: u8) -> Result<(), JobsError>;

    /// Keeps jobs from being posted and slots from being taken for the rest of the day and six more.
    ///
    /// Who:   the guardian.
    /// Needs: 30 days since the day of the last pause.
    /// Does:  stores the day. Nothing else stops: what was posted and taken goes its way.
    /// Emits: [`Paused`].
    /// Fails: [`JobsNotGuardian`], [`JobsPausedLately`].
    fn pause(&mut self) -> Result<(), JobsError>;
}

#[public]
impl Governance for Jobs {
    fn set_parameters(&mut self, fee_bps: u16, collateral_bps: u16, max_attempts: u8) -> Result<(), JobsError> {
        let caller = self.vm().msg_sender();
        if caller != self.governor.get() {
            return Err(JobsNotGovernor { caller }.into());
        }
        let (today, setup) = (self.now().day(), self.setup());
        let parameters = sound(fee_bps, collateral_bps, max_attempts, setup.min_window_secs)?;
        if today < setup.from_day {
            return Err(JobsParametersPending { from: Timestamp::of_day(setup.from_day).secs() }.into());
        }
        if setup.version >= MAX_VERSION {
            return Err(JobsOverflow {}.into());
        }
        let (version, from_day) = (setup.version.saturating_add(1), today.saturating_add(1));

        self.announce(Setup { version, parameters, from_day, ..setup });
        Ok(())
    }

    fn pause(&mut self) -> Result<(), JobsError> {
        let caller = self.vm().msg_sender();
        if caller != self.guardian.get() {
            return Err(JobsNotGuardian { caller }.into());
        }
        let (now, setup) = (self.now(), self.setup());
        let next = next_pause(setup.paused_day);
        if now < next {
            return Err(JobsPausedLately { next: next.secs() }.into());
        }
        let paused_day = now.day();
        self.set_up(&Setup { paused_day, ..setup });
        log(self.vm(), &Paused { until: pause_end(paused_day).secs() });
        Ok(())
    }
}

impl Jobs {
    /// The setup with the version of the parameters that counts now.
    pub(crate) fn in_force(&self) -> Setup {
        let setup = self.setup();
        let version = setup.in_force(self.now());
        if version == setup.version {
            return setup;
        }
        Setup { version, parameters: self.parameters_of(version), ..setup }
    }

    /// Refuses while posting and taking are paused.
    pub(crate) fn require_not_paused(&self, setup: &Setup) -> Result<(), JobsError> {
        let until = pause_end(setup.paused_day);
        if self.now() < until { Err(JobsPaused { until: until.secs() }.into()) } else { Ok(()) }
    }

    /// Stores and logs a version of the parameters.
    pub(crate) fn announce(&mut self, setup: Setup) {
        let Setup { version, parameters, from_day, .. } = setup;
        self.set_up(&setup);
        self.parameters.setter(U16::from(version)).set(parameters.to_word());
        let from = Timestamp::of_day(from_day).secs();
        log(self.vm(), &ParametersSet { version, from, parameters: parameters.into() });
    }
}

/// Parameters inside their limits.
pub(crate) fn sound(
    fee_bps: u16,
    collateral_bps: u16,
    max_attempts: u8,
    min_window_secs: u32,
) -> Result<Parameters, JobsError> {
    let inside = FEE_BPS.contains(&fee_bps)
        && COLLATERAL_BPS.contains(&collateral_bps)
        && MAX_ATTEMPTS.contains(&max_attempts)
        && crate::MIN_WINDOW_SECS.contains(&min_window_secs);
    if !inside {
        return Err(JobsBadParameters {
            feeBps: fee_bps,
            collateralBps: collateral_bps,
            maxAttempts: max_attempts,
            minWindowSecs: min_window_secs,
        }
        .into());
    }
    Ok(Parameters { fee: Bps::new(fee_bps)?, collateral: Bps::new(collateral_bps)?, max_attempts })
}
