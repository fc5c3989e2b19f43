//! Disputes as court and disputes contract keep them.
//!
//! The court answers with the words that it stores; what lies where in them is said in its `state.rs`.

use alloy::primitives::aliases::U96;
use alloy::primitives::{Address, B256};
use linq_abi::codes::{CourtPhase, Side};
use linq_abi::{CourtParameters, Disputed, ICourt, IDisputes};
use linq_beacon::Network;
use serde::Serialize;

use super::Linq;
use crate::beacon::Beacon;
use crate::error::{Error, Result};
use crate::units::Lnq;

/// Seconds of a UTC day.
const DAY_SECS: u64 = 86_400;

/// What `settled` of a round is once its money is shared out.
const SETTLED: u8 = u8::MAX;

/// The most seats a jury has. No jury follows one of so many.
const MOST_SEATS: u8 = 31;

/// A seat fee is this part of what is in dispute, or the floor.
const FEE_PART: u128 = 256;

/// From so many floors on a dispute begins with three seats.
const LARGE_FLOORS: u128 = 32;

/// The code of a vote for nothing in the word of ballots; those for a twentieth more follow.
const FIRST_VOTE: u8 = 5;

/// What one seat of a jury has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Ballot {
    /// Nobody sits there: not drawn yet, or nobody with enough stake was found.
    Empty,
    /// Drawn, and silent so far.
    Silent,
    /// A vote is sealed.
    Sealed,
    /// The sealed vote was shown too early; it is void.
    Exposed,
    /// Declined to vote.
    Refused,
    /// Voted for so many twentieths.
    Vote(u8),
}

impl Ballot {
    /// The ballot with this code. A code that names nothing reads as an empty seat, as the court reads it.
    const fn of_code(code: u8) -> Self {
        match code {
            1 => Self::Silent,
            2 => Self::Sealed,
            3 => Self::Exposed,
            4 => Self::Refused,
            FIRST_VOTE..=25 => Self::Vote(code - FIRST_VOTE),
            _ => Self::Empty,
        }
    }

    /// The twentieths it voted for, if it did.
    pub const fn vote(self) -> Option<u8> {
        match self {
            Self::Vote(share) => Some(share),
            _ => None,
        }
    }

    /// In one word, the vote aside.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Silent => "silent",
            Self::Sealed => "sealed",
            Self::Exposed => "exposed",
            Self::Refused => "refused",
            Self::Vote(_) => "vote",
        }
    }
}

/// One seat of a jury.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Seat {
    /// Who sits there; nobody while it was not drawn, and where nobody was found.
    pub juror: Option<u32>,
    /// What was done there.
    pub ballot: Ballot,
}

/// One round of a dispute: a jury and what it did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// Counted from 0.
    pub number: u8,
    /// Its seats, those that were not drawn yet among them.
    pub seats: Vec<Seat>,
    /// How many of them were drawn.
    pub drawn: u8,
    /// The round of the beacon that they are drawn by.
    pub beacon_round: u64,
    /// In whose name it was ordered.
    pub side: Side,
    /// The verdict that it was ordered against.
    pub standing: u8,
    /// Whether a jury had voted that.
    pub standing_voted: bool,
    /// Who paid for it.
    pub funder: Address,
    /// Whether its money is shared out.
    pub settled: bool,
}

impl Round {
    /// Reads a round from the words of the court.
    fn from_words(number: u8, words: &[B256]) -> Option<Self> {
        let [_, stage, ballots, funding, jurors @ ..] = words else { return None };
        let seat = |place: usize| {
            let (word, at) = (jurors.get(place / 8)?, place % 8 * 4);
            let juror = u32::from_be_bytes(word.get(at..at + 4)?.try_into().ok()?);
            Some(Seat { juror: (juror != 0).then_some(juror), ballot: Ballot::of_code(*ballots.get(place)?) })
        };
        Some(Self {
            number,
            seats: (0..usize::from(stage[25])).map(seat).collect::<Option<_>>()?,
            drawn: stage[24],
            beacon_round: u64::from_be_bytes(stage[16..24].try_into().ok()?),
            side: Side::from_u8(stage[15])?,
            standing: stage[14],
            standing_voted: stage[13] != 0,
            funder: Address::from_word(*funding),
            settled: stage[0] == SETTLED,
        })
    }

    /// The verdict that its votes come to: the median, of an even number the mean of the middle two, rounded towards the
    /// half. None where fewer than half of the seats voted.
    pub fn median(&self) -> Option<u8> {
        let mut votes: Vec<u8> = self.seats.iter().filter_map(|seat| seat.ballot.vote()).collect();
        if votes.is_empty() || votes.len() * 2 < self.seats.len() {
            return None;
        }
        votes.sort_unstable();
        let sum = votes[votes.len() / 2] + votes[(votes.len() - 1) / 2];
        Some(if sum < 20 { sum.div_ceil(2) } else { sum / 2 })
    }

    /// The verdict that stands after it, and whether a jury voted it.
    pub fn verdict(&self) -> (u8, bool) {
        self.median().map_or((self.standing, self.standing_voted), |share| (share, true))
    }

    /// Whether no jury can follow.
    pub fn is_last(&self) -> bool {
        self.seats.len() >= usize::from(MOST_SEATS)
    }
}

/// What juries over a value cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tariff {
    /// What a seat is paid.
    pub seat_fee: Lnq,
    /// How many seats the first jury has.
    pub first_seats: u8,
}

impl Tariff {
    /// Of juries over `value` where `floor` is the least that a seat is paid.
    pub fn of(value: Lnq, floor: Lnq) -> Self {
        let (value, floor) = (value.0.to::<u128>(), floor.0.to::<u128>());
        let seat_fee = value.div_ceil(FEE_PART).max(floor);
        let first_seats = if value < floor.saturating_mul(LARGE_FLOORS) { 1 } else { 3 };
        Self { seat_fee: Lnq(U96::from(seat_fee)), first_seats }
    }

    /// What a jury of so many seats costs.
    pub fn cost(&self, seats: u8) -> Lnq {
        Lnq(self.seat_fee.0.saturating_mul(U96::from(seats)))
    }

    /// How many seats the jury has that follows one of `seats`.
    pub const fn next_seats(seats: u8) -> u8 {
        seats.saturating_mul(2).saturating_add(1)
    }
}

/// Where a dispute stands.
#[derive(Clone, Debug)]
pub struct Dispute {
    /// What was said as it opened.
    pub opened: IDisputes::ResultDisputed,
    /// What is claimed now; nothing once the slot is settled.
    pub claims: Option<Disputed>,
    /// How the slot was settled, once it is.
    pub settled: Option<IDisputes::DisputeSettled>,
    /// Every round so far.
    pub rounds: Vec<Round>,
    /// Where the last one stands.
    pub phase: CourtPhase,
    /// When that ends; 0 where it does not.
    pub until: u64,
    /// When the round of the beacon is due that the last jury is drawn by.
    pub beacon_time: u64,
    /// Whether that round was brought.
    pub brought: bool,
    /// What its juries cost.
    pub tariff: Tariff,
    /// The second that all this is about.
    pub second: u64,
}

impl Dispute {
    /// The last round. There is one in every dispute.
    pub fn last(&self) -> Result<&Round> {
        self.rounds.last().ok_or_else(|| Error::failure("the court knows no round of this dispute"))
    }

    /// The verdict that stands, and whether a jury voted it; nothing before the first one.
    pub fn verdict(&self) -> Option<(u8, bool)> {
        let decided = matches!(self.phase, CourtPhase::Appeal | CourtPhase::Final);
        match self.rounds.as_slice() {
            [.., last] if decided => Some(last.verdict()),
            [.., before, _] if self.phase != CourtPhase::Cancelled => Some(before.verdict()),
            _ => None,
        }
    }
}

impl Linq {
    /// The version of the court's parameters that counts now, and what it says.
    pub async fn court_parameters(&self) -> Result<(u16, CourtParameters)> {
        let words = self.court_settings(0).await?;
        let (version, from_day) = (u16_at(&words[0], 2), u16_at(&words[0], 0));
        let today = self.second().await? / DAY_SECS;
        let version = if today < from_day.into() { version.saturating_sub(1) } else { version };
        Ok((version, self.court_version(version).await?))
    }

    /// One version of the court's parameters.
    async fn court_version(&self, version: u16) -> Result<CourtParameters> {
        let words = self.court_settings(version).await?;
        let secs = |end: usize| u32::from_be_bytes([0, 1, 2, 3].map(|byte| words[6][end - 4 + byte]));
        Ok(CourtParameters {
            evidenceSecs: secs(32),
            appealEvidenceSecs: secs(28),
            commitSecs: secs(24),
            revealSecs: secs(20),
            appealSecs: secs(16),
            drawSecs: secs(12),
            floorMilliLnq: secs(8),
        })
    }

    async fn court_settings(&self, version: u16) -> Result<[B256; 7]> {
        let words = self.client.call(self.suite.court, &ICourt::settingsCall { version }).await?;
        words.try_into().map_err(|_| Error::failure("the court answers about its settings with other words"))
    }

    /// Where a dispute stands, by its number in the court.
    pub async fn dispute(&self, number: u64) -> Result<Dispute> {
        let topics = [None, None, Some(B256::from(alloy::primitives::U256::from(number)))];
        let found = self.dispute_events::<IDisputes::ResultDisputed>(topics).await?;
        match found.into_iter().next_back() {
            Some(opened) if number != 0 => self.dispute_of(opened).await,
            _ => Err(Error::not_found(format!("there is no dispute {number}"))
                .hint("`linq status JOB` names the disputes of a job's slots")),
        }
    }

    /// Where the dispute over a slot stands, or the last one that there was.
    pub async fn dispute_over(&self, job: B256, slot: u16) -> Result<Dispute> {
        let topics = [Some(job), Some(B256::from(alloy::primitives::U256::from(slot))), None];
        let found = self.dispute_events::<IDisputes::ResultDisputed>(topics).await?;
        match found.into_iter().next_back() {
            Some(opened) if opened.dispute == 0 => {
                Err(Error::policy(format!("the lock of slot {slot} was too small for a jury: what was claimed burned"))
                    .hint(format!("`linq status {job}` shows what became of it")))
            }
            Some(opened) => self.dispute_of(opened).await,
            None => Err(Error::not_found(format!("slot {slot} of job {job} was never disputed"))
                .hint("its requester disputes a result with `linq dispute open` while its window is open")),
        }
    }

    /// What is claimed of a slot while it is disputed.
    pub async fn disputed(&self, job: B256, slot: u16) -> Result<Option<Disputed>> {
        let claims = self.client.call(self.suite.disputes, &IDisputes::disputedCall { job, slot }).await?;
        Ok((claims.dispute != 0).then_some(claims))
    }

    async fn dispute_events<E: alloy::sol_types::SolEvent>(&self, topics: [Option<B256>; 3]) -> Result<Vec<E>> {
        let events = self.client.events::<E>(self.suite.disputes, self.suite.from_block, topics).await?;
        Ok(events.into_iter().map(|(event, _)| event).collect())
    }

    async fn dispute_of(&self, opened: IDisputes::ResultDisputed) -> Result<Dispute> {
        let (client, court) = (&self.client, self.suite.court);
        let number = opened.dispute;
        let stands = client.call(court, &ICourt::phaseCall { dispute: number }).await?;
        let strange = || Error::failure(format!("the court answers about dispute {number} with other words"));
        let phase = CourtPhase::from_u8(stands.phase).ok_or_else(strange)?;
        let mut rounds = Vec::new();
        let mut version = 0;
        for round in 0..=stands.round {
            let words = client.call(court, &ICourt::recordsCall { dispute: number, round }).await?;
            version = words.first().map_or(version, |case| u16_at(case, 18));
            rounds.push(Round::from_words(round, &words).ok_or_else(strange)?);
        }
        let claims = self.disputed(opened.job, opened.slot).await?.filter(|claims| claims.dispute == number);
        let topics = [None, None, Some(B256::from(alloy::primitives::U256::from(number)))];
        let settled = self.dispute_events::<IDisputes::DisputeSettled>(topics).await?.into_iter().next_back();
        let (beacon_time, brought) = self.beacon_round(rounds.last().map_or(0, |round| round.beacon_round)).await?;
        let floor = floor(&self.court_version(version).await?);
        let tariff = Tariff::of(Lnq(opened.value), floor);
        let (until, second) = (stands.until, self.second().await?);
        Ok(Dispute { opened, claims, settled, rounds, phase, until, beacon_time, brought, tariff, second })
    }

    /// When a round of the beacon is due, and whether it was brought.
    async fn beacon_round(&self, round: u64) -> Result<(u64, bool)> {
        let beacon = Beacon::at(&self.client, self.suite.beacon).await?;
        let Network { genesis, .. } = beacon.network;
        let time = beacon.network.time_of(round).unwrap_or(genesis);
        Ok((time, beacon.randomness(round).await?.is_some()))
    }
}

/// The least that a seat is paid.
pub fn floor(parameters: &CourtParameters) -> Lnq {
    Lnq(U96::from(u128::from(parameters.floorMilliLnq) * 1_000_000_000_000_000))
}

fn u16_at(word: &B256, at: usize) -> u16 {
    u16::from_be_bytes([word[at], word[at + 1]])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(ballots: &[Ballot]) -> Round {
        let seats = ballots.iter().map(|ballot| Seat { juror: Some(1), ballot: *ballot }).collect();
        Round {
            number: 0,
            seats,
            drawn: 0,
            beacon_round: 0,
            side: Side::None,
            standing: 10,
            standing_voted: false,
            funder: Address::ZERO,
            settled: false,
        }
    }

    #[test]
    fn a_round_is_read_from_the_words_of_the_court() {
        let mut words = vec![B256::ZERO; 8];
        words[1][25] = 9;
        words[1][24] = 8;
        words[1][16..24].copy_from_slice(&77_u64.to_be_bytes());
        words[1][15] = 2;
        words[1][14] = 13;
        words[1][13] = 1;
        words[1][0] = 255;
        words[2][0] = 1;
        words[2][7] = 25;
        words[3][12..].copy_from_slice(Address::repeat_byte(7).as_slice());
        words[4][..4].copy_from_slice(&5_u32.to_be_bytes());
        words[4][28..].copy_from_slice(&6_u32.to_be_bytes());
        words[5][..4].copy_from_slice(&9_u32.to_be_bytes());
        let round = Round::from_words(1, &words).unwrap();
        assert_eq!((round.seats.len(), round.drawn, round.beacon_round), (9, 8, 77));
        assert_eq!((round.side, round.standing, round.standing_voted), (Side::Provider, 13, true));
        assert_eq!((round.funder, round.settled), (Address::repeat_byte(7), true));
        assert_eq!(round.seats[0], Seat { juror: Some(5), ballot: Ballot::Silent });
        assert_eq!(round.seats[1], Seat { juror: None, ballot: Ballot::Empty });
        assert_eq!(round.seats[7], Seat { juror: Some(6), ballot: Ballot::Vote(20) });
        assert_eq!(round.seats[8].juror, Some(9));
        assert_eq!(Round::from_words(0, &words[..3]), None);
    }

    #[test]
    fn a_verdict_is_the_median_rounded_towards_the_half_and_a_hung_jury_has_none() {
        use Ballot::{Refused, Silent, Vote};
        for (ballots, verdict) in [
            (&[Vote(0), Vote(3), Vote(20)][..], Some(3)),
            (&[Vote(20), Vote(17), Silent], Some(18)),
            (&[Vote(0), Vote(3), Silent], Some(2)),
            (&[Vote(9), Vote(11), Refused], Some(10)),
            (&[Vote(9), Silent, Refused], None),
            (&[Vote(9)], Some(9)),
            (&[Silent], None),
        ] {
            assert_eq!(round(ballots).median(), verdict, "{ballots:?}");
        }
        assert_eq!(round(&[Silent]).verdict(), (10, false));
        assert_eq!(round(&[Vote(4)]).verdict(), (4, true));
    }

    #[test]
    fn juries_cost_what_the_table_for_people_says() {
        let floor = Lnq::whole(10);
        for (value, fee, seats, first) in
            [(100, 10, 1, 10), (1_000, 10, 3, 30), (5_120, 20, 3, 60), (25_600, 100, 3, 300)]
        {
            let tariff = Tariff::of(Lnq::whole(value), floor);
            assert_eq!((tariff.seat_fee, tariff.first_seats), (Lnq::whole(fee), seats), "{value}");
            assert_eq!(tariff.cost(seats), Lnq::whole(first), "{value}");
        }
        assert_eq!(Tariff::of(Lnq::whole(319), floor).first_seats, 1);
        assert_eq!(Tariff::of(Lnq::whole(320), floor).first_seats, 3);
        let odd = Lnq(Lnq::whole(2_560).0 + U96::from(1));
        assert_eq!(Tariff::of(odd, floor).seat_fee.0, Lnq::whole(10).0 + U96::from(1));
        assert_eq!([1, 3, 7, 15].map(Tariff::next_seats), [3, 7, 15, 31]);
    }
}
