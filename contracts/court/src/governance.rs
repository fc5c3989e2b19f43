//! Parameters by version. There is no pause.

use core::ops::RangeInclusive;

use linq_abi::{CourtParameters, ICourt::*, wire::Abi};
use linq_common::{DAY_SECS, Timestamp, Word, log};
use stylus_sdk::prelude::*;

use crate::{
    CourtError,
    state::{Court, Parameters, Setup},
};

/// A week, the longest of every phase.
const LONGEST: u32 = 7 * DAY_SECS;
/// From this shortest phase on a chain counts as public: long enough to force a transaction in.
const PUBLIC_WINDOW: u32 = 36 * 3_600;
/// The least time from an order to the beacon on a public chain: more than the clock of its blocks may lag.
const PUBLIC_EVIDENCE: u32 = 25 * 3_600;
const LOCAL_EVIDENCE: u32 = 3;
const PUBLIC_DRAW: u32 = 3_600;
const LOCAL_DRAW: u32 = 60;
/// Limits of the shortest phase.
const MIN_WINDOW_SECS: RangeInclusive<u32> = 60..=LONGEST;
/// Limits of the floor of the seat fee: a tenth of one LNQ to a thousand.
const FLOOR_MILLI_LNQ: RangeInclusive<u32> = 100..=1_000_000;

/// What the governor can do.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Governance {
    /// Announces the next version of the parameters.
    ///
    /// Who:   the governor.
    /// Needs: parameters inside their limits; the version announced before counts already.
    /// Does:  stores them; disputes can be opened under them from the next UTC day on. Open ones keep their version.
    /// Emits: [`ParametersSet`].
    /// Fails: [`CourtNotGovernor`], [`CourtBadParameters`], [`CourtParametersPending`]; [`CourtOverflow`] after 65,535 versions.
    /// Units: seconds; thousandths of one LNQ.
    fn set_parameters(&mut self, parameters: Abi<CourtParameters>) -> Result<(), CourtError>;
}

#[public]
impl Governance for Court {
    fn set_parameters(&mut self, parameters: Abi<CourtParameters>) -> Result<(), CourtError> {
        let rule = self.rule.get();
        let caller = self.vm().msg_sender();
        if caller != rule.governor {
            return Err(CourtNotGovernor { caller }.into());
        }
        let parameters = sound(&parameters.0, rule.min_window_secs)?;
        let (today, setup) = (self.now().day(), self.setup.get());
        if today < setup.from_day {
            return Err(CourtParametersPending { from: Timestamp::of_day(setup.from_day).secs() }.into());
        }
        let version = setup.version.checked_add(1).ok_or(CourtOverflow {})?;

        self.announce(Setup { version, from_day: today.saturating_add(1), ..setup }, &parameters);
        Ok(())
    }
}

impl Court {
    /// The version of the parameters that counts now.
    pub(crate) fn in_force(&self, setup: &Setup) -> u16 {
        if self.now().day() >= setup.from_day { setup.version } else { setup.version.saturating_sub(1) }
    }

    /// The parameters of a version that counts already.
    pub(crate) fn parameters_in_force(&self, setup: &Setup, version: u16) -> Result<Parameters, CourtError> {
        let current = self.in_force(setup);
        if version == 0 || version > current {
            return Err(CourtUnknownParameters { version, current }.into());
        }
        Ok(self.parameters_of(version))
    }

    /// Stores and logs a version of the parameters.
    pub(crate) fn announce(&mut self, setup: Setup, parameters: &Parameters) {
        let Setup { version, from_day, .. } = setup;
        self.setup.set(&setup);
        self.parameters.setter(u32::from(version).into()).set(Parameters { from_day, ..*parameters }.to_word());
        let from = Timestamp::of_day(from_day).secs();
        log(self.vm(), &ParametersSet { version, from, parameters: (*parameters).into() });
    }
}

/// Parameters inside their limits.
pub(crate) fn sound(given: &CourtParameters, min_window_secs: u32) -> Result<Parameters, CourtBadParameters> {
    let is_public = min_window_secs >= PUBLIC_WINDOW;
    let evidence = if is_public { PUBLIC_EVIDENCE } else { LOCAL_EVIDENCE }..=LONGEST;
    let draw = if is_public { PUBLIC_DRAW } else { LOCAL_DRAW }..=LONGEST;
    let phase = min_window_secs..=LONGEST;
    let inside = MIN_WINDOW_SECS.contains(&min_window_secs)
        && evidence.contains(&given.evidenceSecs)
        && evidence.contains(&given.appealEvidenceSecs)
        && phase.contains(&given.commitSecs)
        && phase.contains(&given.revealSecs)
        && phase.contains(&given.appealSecs)
        && draw.contains(&given.drawSecs)
        && FLOOR_MILLI_LNQ.contains(&given.floorMilliLnq);
    if !inside {
        return Err(CourtBadParameters {});
    }
    Ok(Parameters {
        evidence_secs: given.evidenceSecs,
        appeal_evidence_secs: given.appealEvidenceSecs,
        commit_secs: given.commitSecs,
        reveal_secs: given.revealSecs,
        appeal_secs: given.appealSecs,
        draw_secs: given.drawSecs,
        floor_milli_lnq: given.floorMilliLnq,
        ..Parameters::default()
    })
}
