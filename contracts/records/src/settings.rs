//! What the registry keeps that holds for all providers, word by word.

use alloy_primitives::{Address, B256};
use linq_abi::RegistryParameters;
use linq_common::{Word, packed};

use crate::words::{Ladder, MinimumParts};

packed! {
    /// The token, and what is needed beside it. (20 + 4 + 4 + 2)
    pub struct Holdings {
        /// LNQ.
        pub token: Address,
        /// The last id given out.
        pub providers: u32,
        /// How long stake waits that is unbonded.
        pub unbonding_secs: u32,
        /// The UTC day of the last pause, or 0.
        pub paused_day: u16,
    }

    /// Who takes and closes work, and what it takes to be eligible for any. (20 + 12)
    pub struct Gate {
        /// Zero until wired.
        pub jobs: Address,
        /// What the minimum stake is made of.
        pub minimum: MinimumParts,
    }

    /// The tiers, and whether a later version of the parameters was announced. (31 + 1)
    pub struct Steps {
        /// The tiers.
        pub ladder: Ladder,
        /// Whether the announcement is not stored as what counts yet.
        pub announced: bool,
    }

    /// The version of the parameters that was announced last, but for its tiers. (2 + 2 + 12 + 4)
    pub struct Announcement {
        /// Its number; every number below it was in force once.
        pub version: u16,
        /// The UTC day from which on it counts.
        pub from_day: u16,
        /// What the minimum stake is made of.
        pub minimum: MinimumParts,
        /// How long stake waits that is unbonded.
        pub unbonding_secs: u32,
    }
}

impl From<&RegistryParameters> for Steps {
    fn from(parameters: &RegistryParameters) -> Self {
        Self { ladder: parameters.into(), announced: false }
    }
}

impl From<&RegistryParameters> for Announcement {
    fn from(parameters: &RegistryParameters) -> Self {
        Self { minimum: parameters.into(), unbonding_secs: parameters.unbondingSecs, ..Self::default() }
    }
}

/// All of it.
pub struct Settings {
    /// The token, and what is needed beside it.
    pub holdings: Holdings,
    /// The parameters that are stored as those that count.
    pub gate: Gate,
    /// Its tiers.
    pub steps: Steps,
    /// The parameters announced last.
    pub announcement: Announcement,
    /// Its tiers.
    pub announced_steps: Steps,
    /// Who sets parameters.
    pub governor: Address,
    /// Who pauses.
    pub guardian: Address,
}

impl Settings {
    /// Out of the registry's words, if there are as many.
    pub fn from_words(words: &[B256]) -> Option<Self> {
        let [holdings, gate, steps, announcement, announced_steps, governor, guardian] = words else { return None };
        Some(Self {
            holdings: Holdings::from_word(holdings),
            gate: Gate::from_word(gate),
            steps: Steps::from_word(steps),
            announcement: Announcement::from_word(announcement),
            announced_steps: Steps::from_word(announced_steps),
            governor: Address::from_word(*governor),
            guardian: Address::from_word(*guardian),
        })
    }

    /// What the minimum stake is made of, the tiers, and how long stake waits, as they count on a day.
    pub fn on(&self, day: u16) -> (MinimumParts, Ladder, u32) {
        let Announcement { from_day, minimum, unbonding_secs, .. } = self.announcement;
        if self.steps.announced && day >= from_day {
            (minimum, self.announced_steps.ladder, unbonding_secs)
        } else {
            (self.gate.minimum, self.steps.ladder, self.holdings.unbonding_secs)
        }
    }
}
