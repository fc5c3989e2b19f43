//! Parameters by version, and the pause of registering.

// The SDK's macros name `Vec` without a path.
use alloc::{vec, vec::Vec};

use alloy_primitives::B256;
use linq_abi::{
    IRegistry::{
        ParametersSet, Paused, RegistryBadParameters, RegistryNotGovernor, RegistryNotGuardian,
        RegistryParametersPending, RegistryPaused, RegistryPausedLately,
    },
    RegistryParameters,
};
use linq_common::{Abi, OutOfRange, Timestamp, log, next_pause, pause_end};
use linq_records::{
    formulas::parameters_are_sound,
    settings::{Announcement, Gate, Holdings, Steps},
    words::{Ladder, MinimumParts},
};
use stylus_sdk::prelude::*;

use crate::{Registry, RegistryError};

/// What the governor and the guardian can do.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Governance {
    /// Announces the next version of the parameters.
    ///
    /// Who:   the governor.
    /// Needs: parameters inside their limits; the version announced before counts already.
    /// Does:  stores them; they count from the next UTC day on. Work that was taken and stake that is being unbonded keep
    ///        what they were given.
    /// Emits: `ParametersSet`.
    /// Fails: `RegistryNotGovernor`; `RegistryBadParameters`; `RegistryParametersPending`; `RegistryOverflow`.
    /// Units: whole LNQ; seconds; days; bps.
    fn set_parameters(&mut self, parameters: Abi<RegistryParameters>) -> Result<(), RegistryError>;

    /// Keeps newcomers from registering for the rest of the day and six more.
    ///
    /// Who:   the guardian.
    /// Needs: 30 days since the day of the last pause.
    /// Does:  stores the day. Nothing else than registering stops.
    /// Emits: `Paused`.
    /// Fails: `RegistryNotGuardian`; `RegistryPausedLately`.
    fn pause(&mut self) -> Result<(), RegistryError>;

    /// The words that hold for all providers, in the order and packing of `linq_records::settings`.
    fn settings(&self) -> Vec<B256>;
}

#[public]
impl Governance for Registry {
    fn set_parameters(&mut self, parameters: Abi<RegistryParameters>) -> Result<(), RegistryError> {
        let Abi(parameters) = parameters;
        let caller = self.vm().msg_sender();
        if caller != self.governor.get() {
            return Err(RegistryNotGovernor { caller }.into());
        }
        require_sound(&parameters)?;
        let today = self.now().day();
        let last = self.announcement.get();
        if today < last.from_day {
            return Err(RegistryParametersPending { from: Timestamp::of_day(last.from_day).secs() }.into());
        }
        let version = last.version.checked_add(1).ok_or(OutOfRange)?;
        let from_day = today.saturating_add(1);

        if self.steps.get().announced {
            let steps = self.announced_steps.get();
            self.put_in_force(&last, steps);
        }
        self.steps.set(&Steps { announced: true, ..self.steps.get() });
        self.announcement.set(&Announcement { version, from_day, ..(&parameters).into() });
        self.announced_steps.set(&(&parameters).into());

        let from = Timestamp::of_day(from_day).secs();
        log(self.vm(), &ParametersSet { version, from, parameters });
        Ok(())
    }

    fn pause(&mut self) -> Result<(), RegistryError> {
        let caller = self.vm().msg_sender();
        if caller != self.guardian.get() {
            return Err(RegistryNotGuardian { caller }.into());
        }
        let (now, holdings) = (self.now(), self.holdings.get());
        let next = next_pause(holdings.paused_day);
        if now < next {
            return Err(RegistryPausedLately { next: next.secs() }.into());
        }
        let paused_day = now.day();
        self.holdings.set(&Holdings { paused_day, ..holdings });
        log(self.vm(), &Paused { until: pause_end(paused_day).secs() });
        Ok(())
    }

    fn settings(&self) -> Vec<B256> {
        vec![
            self.holdings.word(),
            self.gate.word(),
            self.steps.word(),
            self.announcement.word(),
            self.announced_steps.word(),
            self.governor.word(),
            self.guardian.word(),
        ]
    }
}

impl Registry {
    /// What the minimum stake is made of, and the tiers, as they count now.
    pub(crate) fn rules(&self) -> (MinimumParts, Ladder) {
        let steps = self.steps.get();
        match self.arrived(&steps) {
            Some(announcement) => (announcement.minimum, self.announced_steps.get().ladder),
            None => (self.gate.get().minimum, steps.ladder),
        }
    }

    /// How long stake waits that is unbonded now.
    pub(crate) fn unbonding_secs(&self) -> u32 {
        self.arrived(&self.steps.get())
            .map_or_else(|| self.holdings.get().unbonding_secs, |announcement| announcement.unbonding_secs)
    }

    /// Refuses while registering is paused.
    pub(crate) fn require_not_paused(&self) -> Result<(), RegistryPaused> {
        let until = pause_end(self.holdings.get().paused_day);
        if self.now() < until { Err(RegistryPaused { until: until.secs() }) } else { Ok(()) }
    }

    /// Stores parameters as those that count. The announcement keeps its own copy of what came later.
    pub(crate) fn put_in_force(&mut self, announcement: &Announcement, steps: Steps) {
        let &Announcement { minimum, unbonding_secs, .. } = announcement;
        self.gate.set(&Gate { minimum, ..self.gate.get() });
        self.holdings.set(&Holdings { unbonding_secs, ..self.holdings.get() });
        self.steps.set(&steps);
    }

    /// The announcement, if there is one that counts and is not stored as what counts.
    fn arrived(&self, steps: &Steps) -> Option<Announcement> {
        if !steps.announced {
            return None;
        }
        let announcement = self.announcement.get();
        (self.now().day() >= announcement.from_day).then_some(announcement)
    }
}

/// Parameters inside their limits.
pub(crate) fn require_sound(parameters: &RegistryParameters) -> Result<(), RegistryBadParameters> {
    if parameters_are_sound(parameters) { Ok(()) } else { Err(RegistryBadParameters {}) }
}
