//! What the court stores.
//!
//! # Layout
//!
//! | slot | what |
//! |---|---|
//! | 0 | opener 20, disputes so far 8, version announced last 2, the UTC day it counts from 2 |
//! | 1 | token 20 |
//! | 2 | jurors 20 |
//! | 3 | beacon 20 |
//! | 4 | deployer 20 |
//! | 5 | governor 20, shortest phase 4 |
//! | 6 | by version: six lengths of 4 bytes, floor of the seat fee 4 |
//! | 7 | by place, round and dispute: the words of disputes, as [`place`] numbers them |
//!
//! The key of a word of slot 7 has the dispute in its low 8 bytes, the round in the next one and the place in the one
//! after. Fields of a packed word lie from the low end up, but for the ballots, a byte for each seat, and the jurors of eight
//! seats, 4 bytes each, which lie from the high end down, as they are read.

use alloy_primitives::{Address, B256};
use linq_abi::ICourt::{CourtUnknownDispute, CourtUnknownRound};
use linq_common::{Amount, Field, Key, OutOfRange, Packed, Share, Timestamp, Word, packed};
use stylus_sdk::{
    prelude::*,
    storage::{StorageB256, StorageMap},
};

use crate::{
    CourtError,
    ballots::Ballots,
    rules::{self, Reckoning},
};
pub use linq_records::court::{Parameters, Setup};

/// The court.
#[entrypoint]
#[storage]
pub struct Court {
    // slot 0: 20 + 8 + 2 + 2
    pub(crate) setup: Packed<Setup>,
    // slot 1: 20
    pub(crate) token: Packed<Address>,
    // slot 2: 20
    pub(crate) jurors: Packed<Address>,
    // slot 3: 20
    pub(crate) beacon: Packed<Address>,
    // slot 4: 20
    pub(crate) deployer: Packed<Address>,
    // slot 5: 20 + 4
    pub(crate) rule: Packed<Rule>,
    // slot 6: by version; each 24 + 4
    pub(crate) parameters: StorageMap<Key, StorageB256>,
    // slot 7: by place, round and dispute
    words: StorageMap<Key, StorageB256>,
}

/// The places of the words of a round. Below them are the sealed votes, by seat.
pub mod place {
    /// [`Case`](super::Case): 12 + 2 + 2 + 1 + 1. Of the dispute, so that it is there in round 0 alone.
    pub const CASE: u8 = 32;
    /// [`Stage`](super::Stage): 32.
    pub const STAGE: u8 = 33;
    /// [`Ballots`](crate::ballots::Ballots): 31.
    pub const BALLOTS: u8 = 34;
    /// [`Funding`](super::Funding): 20 + 4.
    pub const FUNDING: u8 = 35;
    /// The jurors of the first eight seats; three more follow.
    pub const SEATS: u8 = 36;
}

packed! {
    /// Who announces parameters, and the shortest phase they may have.
    pub struct Rule {
        /// The governor, or zero for none.
        pub governor: Address,
        /// The shortest phase in which silence costs something.
        pub min_window_secs: u32,
    }

    /// What a dispute was opened with, and how far it has come.
    pub struct Case {
        /// What is in dispute.
        pub value: Amount,
        /// The version of the parameters it lives under; 0 where there is no dispute.
        pub version: u16,
        /// The UTC day it was opened on.
        pub day: u16,
        /// The last round so far.
        pub last: u8,
        /// Whether it began with three seats.
        pub large: bool,
    }

    /// Where a round stands, as of the last change.
    pub struct Stage {
        /// What was reached last.
        pub step: Step,
        /// When that ends.
        pub until: Timestamp,
        /// How many seats the jury has.
        pub seats: u8,
        /// How many of them were drawn, the empty ones among them.
        pub drawn: u8,
        /// The round of the beacon that they are drawn by.
        pub beacon_round: u64,
        /// In whose name it was ordered, a `Side` code.
        pub side: u8,
        /// The verdict that stood before.
        pub standing: Share,
        /// Whether a jury had voted it.
        pub voted: bool,
        /// What was collected for the round; once it is settled, the bonus for each point.
        pub purse: Amount,
        /// Seats whose penalties were collected; [`SETTLED`] at the end.
        pub settled: u8,
    }

    /// Who paid for a jury, and what was paid out of it.
    pub struct Funding {
        /// Who paid.
        pub funder: Address,
        /// Seats whose reward was claimed, by bit.
        pub claimed: u32,
    }
}

/// What [`Stage::settled`] is once everything of a round is shared out.
pub const SETTLED: u8 = u8::MAX;

/// What a round has reached by a call. The clock can take it further.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Step {
    /// There is no such round.
    #[default]
    None,
    /// The jury is ordered, and perhaps drawn in part.
    Ordered,
    /// The jury is drawn.
    Drawn,
    /// Every vote was sealed before its time was up.
    Sealed,
    /// Every vote was shown before its time was up, or there was none.
    Decided,
    /// The verdict of the last jury.
    Final,
    /// The claims met.
    Cancelled,
    /// The jury was not drawn in time.
    Lapsed,
}

impl Field for Step {
    const BYTES: usize = 1;

    fn load(word: &B256, end: usize) -> Self {
        match u8::load(word, end) {
            1 => Self::Ordered,
            2 => Self::Drawn,
            3 => Self::Sealed,
            4 => Self::Decided,
            5 => Self::Final,
            6 => Self::Cancelled,
            7 => Self::Lapsed,
            _ => Self::None,
        }
    }

    fn store(self, word: &mut B256, end: usize) {
        let code: u8 = match self {
            Self::None => 0,
            Self::Ordered => 1,
            Self::Drawn => 2,
            Self::Sealed => 3,
            Self::Decided => 4,
            Self::Final => 5,
            Self::Cancelled => 6,
            Self::Lapsed => 7,
        };
        code.store(word, end);
    }
}

/// A round as a call finds it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// Where it stands.
    pub stage: Stage,
    /// What its seats have done.
    pub ballots: Ballots,
}

impl Round {
    /// The verdict that stands by its votes, and whether a jury voted it.
    #[inline(never)]
    pub fn decision(&self) -> (Share, bool) {
        match self.ballots.median(self.stage.seats) {
            Some(share) => (share, true),
            None => (self.stage.standing, self.stage.voted),
        }
    }

    /// It, against the final verdict.
    #[inline(never)]
    pub fn reckoning(&self, fee: Amount, verdict: Share) -> Reckoning {
        // A jury that was not drawn whole never sat.
        let ballots = if self.stage.step == Step::Lapsed { Ballots::default() } else { self.ballots };
        Reckoning { fee, seats: self.stage.seats, ballots, verdict }
    }
}

/// The key of a word of a round.
#[inline(never)]
fn key(dispute: u64, round: u8, place: u8) -> Key {
    let mut word = B256::ZERO;
    dispute.store(&mut word, 32);
    round.store(&mut word, 24);
    place.store(&mut word, 23);
    word.into()
}

/// The `place`th juror of a word of eight seats; 0 for nobody.
pub fn juror_at(word: &B256, place: u8) -> u32 {
    u32::load(word, usize::from(place).saturating_add(1).saturating_mul(4))
}

impl Court {
    #[inline(never)]
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::new_clipped(self.vm().block_timestamp())
    }

    /// A word of a round; zero where none was stored.
    #[inline(never)]
    pub(crate) fn word(&self, dispute: u64, round: u8, place: u8) -> B256 {
        self.words.get(key(dispute, round, place))
    }

    /// Replaces a word of a round.
    #[inline(never)]
    pub(crate) fn set_word(&mut self, dispute: u64, round: u8, place: u8, word: B256) {
        self.words.setter(key(dispute, round, place)).set(word);
    }

    /// A dispute that exists.
    #[inline(never)]
    pub(crate) fn case(&self, dispute: u64) -> Result<Case, CourtError> {
        let case = Case::from_word(&self.word(dispute, 0, place::CASE));
        if case.version == 0 { Err(CourtUnknownDispute { dispute }.into()) } else { Ok(case) }
    }

    /// A round that exists.
    #[inline(never)]
    pub(crate) fn round_of(&self, dispute: u64, round: u8) -> Result<Round, CourtError> {
        let stage = Stage::from_word(&self.word(dispute, round, place::STAGE));
        if stage.step == Step::None {
            return Err(CourtUnknownRound { dispute, round }.into());
        }
        Ok(Round { stage, ballots: Ballots::from_word(&self.word(dispute, round, place::BALLOTS)) })
    }

    /// Replaces where a round stands.
    #[inline(never)]
    pub(crate) fn set_stage(&mut self, dispute: u64, round: u8, stage: &Stage) {
        self.set_word(dispute, round, place::STAGE, stage.to_word());
    }

    /// Who paid for a jury, and what was paid out of it.
    #[inline(never)]
    pub(crate) fn funding_of(&self, dispute: u64, round: u8) -> Funding {
        Funding::from_word(&self.word(dispute, round, place::FUNDING))
    }

    /// One version of the parameters.
    #[inline(never)]
    pub(crate) fn parameters_of(&self, version: u16) -> Parameters {
        Parameters::from_word(&self.parameters.get(u32::from(version).into()))
    }

    /// The seat fee of a dispute.
    #[inline(never)]
    pub(crate) fn fee_of(&self, case: &Case) -> Result<Amount, OutOfRange> {
        rules::seat_fee(case.value, self.parameters_of(case.version).floor())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const STEPS: [Step; 8] = [
        Step::None,
        Step::Ordered,
        Step::Drawn,
        Step::Sealed,
        Step::Decided,
        Step::Final,
        Step::Cancelled,
        Step::Lapsed,
    ];

    proptest! {
        #[test]
        fn a_stage_comes_back_whole(
            step in 0..8usize, until in 0..1u64 << 40, bytes: [u8; 4], beacon_round: u64, standing in 0..=20u8,
            voted: bool, purse: u128,
        ) {
            let [seats, drawn, side, settled] = bytes;
            let stage = Stage {
                step: STEPS[step],
                until: Timestamp::new_clipped(until),
                seats, drawn, beacon_round, side,
                standing: Share::new(standing).unwrap(),
                voted,
                purse: Amount::new_clipped(purse),
                settled,
            };
            prop_assert_eq!(Stage::from_word(&stage.to_word()), stage);
        }

        #[test]
        fn every_key_is_another(a: (u64, u8, u8), b: (u64, u8, u8)) {
            prop_assert_eq!(key(a.0, a.1, a.2) == key(b.0, b.1, b.2), a == b);
        }
    }

    #[test]
    fn the_floor_is_in_thousandths() {
        let floor = |milli| Parameters { floor_milli_lnq: milli, ..Parameters::default() }.floor();
        assert_eq!(floor(1_000), Amount::LNQ);
        assert_eq!(floor(u32::MAX).units(), u128::from(u32::MAX) * 1_000_000_000_000_000);
    }

    #[test]
    fn jurors_lie_as_they_are_read() {
        let mut word = B256::ZERO;
        word[..4].copy_from_slice(&7u32.to_be_bytes());
        word[28..].copy_from_slice(&9u32.to_be_bytes());
        assert_eq!([0, 1, 7].map(|place| juror_at(&word, place)), [7, 0, 9]);
    }
}
