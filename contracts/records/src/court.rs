//! The words of the court that others read: the rules of disputes.

use alloy_primitives::{Address, B256};
use linq_abi::CourtParameters;
use linq_common::{Amount, Timestamp, Word, packed};

packed! {
    /// Who opens disputes, and the rules of now.
    pub struct Setup {
        /// The contract that opens disputes; zero until it is wired.
        pub opener: Address,
        /// Disputes opened so far; their ids go from 1 to this.
        pub disputes: u64,
        /// The version of the parameters that was announced last.
        pub version: u16,
        /// The UTC day from which on it counts.
        pub from_day: u16,
    }

    /// One version of the parameters; all zero where there is none.
    pub struct Parameters {
        /// From the opening to the beacon's time.
        pub evidence_secs: u32,
        /// From an appeal to the beacon's time.
        pub appeal_evidence_secs: u32,
        /// How long votes can be sealed.
        pub commit_secs: u32,
        /// How long they can be shown.
        pub reveal_secs: u32,
        /// How long the next jury can be ordered.
        pub appeal_secs: u32,
        /// How long seats can be drawn.
        pub draw_secs: u32,
        /// The least seat fee, in thousandths of one LNQ.
        pub floor_milli_lnq: u32,
        /// The UTC day from which on it counts.
        pub from_day: u16,
    }
}

/// Thousandths of one LNQ in base units.
const MILLI_LNQ: u32 = 1_000_000_000;

impl Parameters {
    /// The least seat fee.
    #[inline(never)]
    pub fn floor(&self) -> Amount {
        // Both factors are below 2^32, and so is what 10^15 is 10^6 times of.
        let milli = Amount::new_clipped(self.floor_milli_lnq.into());
        milli.times(MILLI_LNQ).and_then(|micro| micro.times(1_000_000)).unwrap_or(Amount::MAX)
    }
}

/// What `settings` of the court says of the rules: who opens and which version counts, and one version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CourtSettings {
    /// The first of its words.
    pub setup: Setup,
    /// The last of them: the version that was asked for.
    pub parameters: Parameters,
}

impl CourtSettings {
    /// Reads them from what the court answers; nothing if that has another length.
    pub fn from_words(words: &[B256]) -> Option<Self> {
        let [setup, _, _, _, _, _, parameters] = words else { return None };
        Some(Self { setup: Setup::from_word(setup), parameters: Parameters::from_word(parameters) })
    }
}

impl Setup {
    /// The version of the parameters that counts at `now`.
    pub fn in_force(&self, now: Timestamp) -> u16 {
        if now.day() < self.from_day { self.version.saturating_sub(1) } else { self.version }
    }
}

impl From<Parameters> for CourtParameters {
    fn from(parameters: Parameters) -> Self {
        Self {
            evidenceSecs: parameters.evidence_secs,
            appealEvidenceSecs: parameters.appeal_evidence_secs,
            commitSecs: parameters.commit_secs,
            revealSecs: parameters.reveal_secs,
            appealSecs: parameters.appeal_secs,
            drawSecs: parameters.draw_secs,
            floorMilliLnq: parameters.floor_milli_lnq,
        }
    }
}
