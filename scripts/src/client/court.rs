//! Disputes as court and disputes contract keep them.
//!
//! The court answers with the words that it stores; what lies where in them is said in its `state.rs`.

use alloy::primitives::B256;
use alloy::primitives::aliases::U96;
use linq_abi::codes::CourtPhase;
use linq_abi::{CourtParameters, Disputed, ICourt, IDisputes};
use linq_beacon::Network;

use super::Linq;
use crate::beacon::Beacon;
use crate::error::{Error, Result};
use crate::units::Lnq;
use crate::votes::{Ballot, Round, Vote, topic};

/// Seconds of a UTC day.
const DAY_SECS: u64 = 86_400;

/// A seat fee is this part of what is in dispute, or the floor.
const FEE_PART: u128 = 256;

/// From so many floors on a dispute begins with three seats.
const LARGE_FLOORS: u128 = 32;

/// The verdict that the votes of a round come to: the median, of an even number the mean of the middle two, rounded towards
/// the half. None where fewer than half of the seats voted.
fn median(round: &Round) -> Option<u8> {
    let share = |ballot| match ballot {
        Ballot::Shown(vote) if vote != Vote::REFUSAL => Some(vote.number()),
        _ => None,
    };
    let mut votes: Vec<u8> = (0..round.seats).filter_map(|seat| share(round.ballot(seat))).collect();
    if votes.is_empty() || votes.len() * 2 < usize::from(round.seats) {
        return None;
    }
    votes.sort_unstable();
    let sum = votes[votes.len() / 2] + votes[(votes.len() - 1) / 2];
    Some(if sum < 20 { sum.div_ceil(2) } else { sum / 2 })
}

/// The verdict that stands after a round, and whether a jury voted it.
fn verdict(round: &Round) -> (u8, bool) {
    median(round).map_or((round.standing, round.voted), |share| (share, true))
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
    /// Every round so far, from number 0 on.
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
            [.., last] if decided => Some(verdict(last)),
            [.., before, _] if self.phase != CourtPhase::Cancelled => Some(verdict(before)),
            _ => None,
        }
    }
}

impl Linq {
    /// The parameters of the court that counted on the UTC day of a second; those that disputes of a slot taken then have.
    pub async fn court_parameters_at(&self, second: u64) -> Result<CourtParameters> {
        let mut version = u16_at(&self.court_settings(0).await?[0], 2);
        loop {
            let word = self.court_settings(version).await?[6];
            if u64::from(u16_at(&word, 2)) <= second / DAY_SECS || version <= 1 {
                return Ok(parameters_of(&word));
            }
            version -= 1;
        }
    }

    /// One version of the court's parameters.
    async fn court_version(&self, version: u16) -> Result<CourtParameters> {
        Ok(parameters_of(&self.court_settings(version).await?[6]))
    }

    async fn court_settings(&self, version: u16) -> Result<[B256; 7]> {
        let words = self.client.call(self.suite.court, &ICourt::settingsCall { version }).await?;
        words.try_into().map_err(|_| Error::failure("the court answers about its settings with other words"))
    }

    /// Where a dispute stands, by its number in the court.
    pub async fn dispute(&self, number: u64) -> Result<Dispute> {
        let topics = [None, None, Some(topic(number))];
        let found = self.dispute_events::<IDisputes::ResultDisputed>(topics).await?;
        match found.into_iter().next_back() {
            Some(opened) if number != 0 => self.dispute_of(opened).await,
            _ => Err(Error::not_found(format!("there is no dispute {number}"))
                .hint("`linq status JOB` names the disputes of a job's slots")),
        }
    }

    /// Where the dispute over a slot stands, or the last one that there was.
    pub async fn dispute_over(&self, job: B256, slot: u16) -> Result<Dispute> {
        let topics = [Some(job), Some(topic(slot.into())), None];
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
            rounds.push(Round::from_words(&words).ok_or_else(strange)?);
        }
        let claims = self.disputed(opened.job, opened.slot).await?.filter(|claims| claims.dispute == number);
        let topics = [None, None, Some(topic(number))];
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

/// The parameters in a word of the court, which has the UTC day they count from above them.
fn parameters_of(word: &B256) -> CourtParameters {
    let secs = |end: usize| u32::from_be_bytes([0, 1, 2, 3].map(|byte| word[end - 4 + byte]));
    CourtParameters {
        evidenceSecs: secs(32),
        appealEvidenceSecs: secs(28),
        commitSecs: secs(24),
        revealSecs: secs(20),
        appealSecs: secs(16),
        drawSecs: secs(12),
        floorMilliLnq: secs(8),
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

    /// A round without a verdict before it, whose seats did this: a vote, a refusal, or nothing.
    fn round(ballots: &[Option<Vote>]) -> Round {
        let mut words = [B256::ZERO; 8];
        (words[1][31], words[1][25], words[1][14]) = (2, u8::try_from(ballots.len()).unwrap(), 10);
        for (code, ballot) in words[2].iter_mut().zip(ballots) {
            *code = ballot.map_or(1, |vote| if vote == Vote::REFUSAL { 4 } else { 5 + vote.number() });
        }
        Round::from_words(&words).unwrap()
    }

    #[test]
    fn a_verdict_is_the_median_rounded_towards_the_half_and_a_hung_jury_has_none() {
        let (vote, refused, silent) = (Vote::new, Some(Vote::REFUSAL), None);
        for (ballots, verdict) in [
            (&[vote(0), vote(3), vote(20)][..], Some(3)),
            (&[vote(20), vote(17), silent], Some(18)),
            (&[vote(0), vote(3), silent], Some(2)),
            (&[vote(9), vote(11), refused], Some(10)),
            (&[vote(9), silent, refused], None),
            (&[vote(9)], Some(9)),
            (&[silent], None),
        ] {
            assert_eq!(median(&round(ballots)), verdict, "{ballots:?}");
        }
        assert_eq!(verdict(&round(&[silent])), (10, false));
        assert_eq!(verdict(&round(&[vote(4)])), (4, true));
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
