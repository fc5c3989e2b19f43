//! The pause of new stake.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use linq_abi::IJurors::{JurorsNotGuardian, JurorsPaused, JurorsPausedLately, Paused};
use linq_common::{log, next_pause, pause_end};
use stylus_sdk::prelude::*;

use crate::{Jurors, JurorsError, Settings};

/// What the guardian can do.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Governance {
    /// Keeps new stake out for the rest of the day and six more.
    ///
    /// Who:   the guardian.
    /// Needs: 30 days since the day of the last pause.
    /// Does:  stores the day. Nothing else than adding stake stops.
    /// Emits: `Paused`.
    /// Fails: `JurorsNotGuardian`; `JurorsPausedLately`.
    fn pause(&mut self) -> Result<(), JurorsError>;

    /// From when on stake can be added; zero or past while it can.
    ///
    /// Units: unix seconds.
    fn paused_until(&self) -> u64;
}

#[public]
impl Governance for Jurors {
    fn pause(&mut self) -> Result<(), JurorsError> {
        let caller = self.vm().msg_sender();
        if caller != self.guardian.get() {
            return Err(JurorsNotGuardian { caller }.into());
        }
        let (now, settings) = (self.now(), self.settings.get());
        let next = next_pause(settings.paused_day);
        if now < next {
            return Err(JurorsPausedLately { next: next.secs() }.into());
        }
        let paused_day = now.day();

        self.settings.set(&Settings { paused_day, ..settings });

        log(self.vm(), &Paused { until: pause_end(paused_day).secs() });
        Ok(())
    }

    fn paused_until(&self) -> u64 {
        pause_end(self.settings.get().paused_day).secs()
    }
}

impl Jurors {
    /// Refuses while new stake is kept out.
    pub(crate) fn require_not_paused(&self, settings: &Settings) -> Result<(), JurorsPaused> {
        let until = pause_end(settings.paused_day);
        if self.now() < until { Err(JurorsPaused { until: until.secs() }) } else { Ok(()) }
    }
}
