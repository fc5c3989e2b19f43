//! A jury as the court keeps it.

use alloy::primitives::aliases::U96;
use alloy::primitives::{Address, B256, U256};

use super::Vote;
use crate::units::Lnq;

/// What [`Round::settled`] counts to once everything is shared out.
const SETTLED: u8 = u8::MAX;

/// The code of a vote for nothing; the others follow.
const FIRST_VOTE: u8 = 5;

/// What one seat has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ballot {
    /// Nobody sits there: not drawn yet, or nobody with enough stake was found.
    Empty,
    /// Drawn, and silent so far.
    Silent,
    /// A vote is sealed.
    Sealed,
    /// The sealed vote was shown too early; it is void.
    Exposed,
    /// A vote was shown.
    Shown(Vote),
}

impl Ballot {
    fn of_code(code: u8) -> Self {
        match code {
            1 => Self::Silent,
            2 => Self::Sealed,
            3 => Self::Exposed,
            4 => Self::Shown(Vote::REFUSAL),
            _ => code.checked_sub(FIRST_VOTE).and_then(Vote::new).map_or(Self::Empty, Self::Shown),
        }
    }

    /// What people call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Empty => "empty",
            Self::Silent => "silent",
            Self::Sealed => "sealed",
            Self::Exposed => "exposed",
            Self::Shown(_) => "shown",
        }
    }
}

/// What a round has reached by a call. The clock can take it further.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The jury is ordered, and perhaps drawn in part.
    Ordered,
    /// The jury is drawn.
    Drawn,
    /// Every vote was sealed before its time was up.
    Sealed,
    /// There is a verdict, or the round ended without one.
    Over,
}

/// One jury of a dispute.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Round {
    /// What is in dispute.
    pub value: Lnq,
    /// How many juries there were so far, less one.
    pub last: u8,
    /// What was reached by a call.
    pub step: Step,
    /// When what was reached ends by the clock.
    pub until: u64,
    /// How many seats the jury has.
    pub seats: u8,
    /// How many of them were drawn.
    pub drawn: u8,
    /// The round of the beacon that it is drawn by.
    pub beacon_round: u64,
    /// In whose name it was ordered, a `Side` code.
    pub side: u8,
    /// The verdict that it was ordered against.
    pub standing: u8,
    /// Whether a jury had voted that one.
    pub voted: bool,
    /// Seats whose penalties were collected.
    settled: u8,
    /// Who paid for it.
    pub funder: Address,
    /// Seats whose reward was claimed, by bit.
    claimed: u32,
    ballots: B256,
    jurors: [u32; 32],
}

impl Round {
    /// Reads a round from the words that `records` of the court answers; nothing where there is none.
    pub fn from_words(words: &[B256]) -> Option<Self> {
        let [case, stage, ballots, funding, seats @ ..] = words else { return None };
        let seats: &[B256; 4] = seats.try_into().ok()?;
        let step = match stage[31] {
            1 => Step::Ordered,
            2 => Step::Drawn,
            3 => Step::Sealed,
            4..=7 => Step::Over,
            _ => return None,
        };
        let mut jurors = [0; 32];
        for (place, juror) in jurors.iter_mut().enumerate() {
            *juror = number(&seats[place / 8], place % 8 * 4, 4) as u32;
        }
        Some(Self {
            value: Lnq(U96::from_be_slice(&case[20..32])),
            last: case[15],
            step,
            until: number(stage, 26, 5),
            seats: stage[25],
            drawn: stage[24],
            beacon_round: number(stage, 16, 8),
            side: stage[15],
            standing: stage[14],
            voted: stage[13] != 0,
            settled: stage[0],
            funder: Address::from_slice(&funding[12..32]),
            claimed: number(funding, 8, 4) as u32,
            ballots: *ballots,
            jurors,
        })
    }

    /// What a seat has done.
    pub fn ballot(&self, seat: u8) -> Ballot {
        Ballot::of_code(self.ballots.get(usize::from(seat)).copied().unwrap_or_default())
    }

    /// Who sits in a seat; nobody where it is empty or not drawn.
    pub fn juror(&self, seat: u8) -> Option<u32> {
        self.jurors.get(usize::from(seat)).copied().filter(|juror| *juror != 0)
    }

    /// The seats of a juror.
    pub fn seats_of(&self, juror: u32) -> Vec<u8> {
        (0..self.seats).filter(|seat| self.juror(*seat) == Some(juror)).collect()
    }

    /// Whether its money was shared out.
    pub const fn is_settled(&self) -> bool {
        self.settled == SETTLED
    }

    /// Whether the reward of a seat was claimed.
    pub const fn is_claimed(&self, seat: u8) -> bool {
        seat < 32 && self.claimed & (1 << seat) != 0
    }
}

/// The number in `length` bytes of a word.
fn number(word: &B256, from: usize, length: usize) -> u64 {
    U256::from_be_slice(&word[from..from + length]).saturating_to()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A word of these fields, from the low end up: value and bytes.
    fn word(fields: &[(u128, usize)]) -> B256 {
        let mut word = B256::ZERO;
        let mut end = 32;
        for (value, bytes) in fields {
            word[end - bytes..end].copy_from_slice(&value.to_be_bytes()[16 - bytes..]);
            end -= bytes;
        }
        word
    }

    #[test]
    fn a_round_is_read_as_it_is_stored() {
        let case = word(&[(1_000_000_000_000_000_000_000, 12), (1, 2), (20_000, 2), (3, 1), (1, 1)]);
        let mut stage = word(&[(2, 1), (1_800_000_000, 5), (7, 1), (7, 1), (55, 8), (1, 1), (12, 1), (1, 1)]);
        stage[0] = SETTLED;
        let mut ballots = B256::ZERO;
        ballots[..7].copy_from_slice(&[1, 2, 3, 4, 5, 25, 0]);
        let mut funding = Address::repeat_byte(9).into_word();
        funding[11] = 0b10_0000;
        let mut jurors = B256::ZERO;
        jurors[..12].copy_from_slice(&[0, 0, 0, 4, 0, 0, 1, 0, 0, 0, 0, 4]);
        let words = [case, stage, ballots, funding, jurors, B256::ZERO, B256::ZERO, B256::ZERO];

        let round = Round::from_words(&words).unwrap();
        assert_eq!((round.value, round.last, round.step), (Lnq::whole(1_000), 3, Step::Drawn));
        assert_eq!((round.until, round.seats, round.drawn, round.beacon_round), (1_800_000_000, 7, 7, 55));
        assert_eq!((round.side, round.standing, round.voted, round.is_settled()), (1, 12, true, true));
        assert_eq!((round.funder, round.is_claimed(5), round.is_claimed(4)), (Address::repeat_byte(9), true, false));
        assert_eq!((round.seats_of(4), round.seats_of(256), round.juror(3)), (vec![0, 2], vec![1], None));
        let shown = |share| Ballot::Shown(Vote::new(share).unwrap());
        let ballots: Vec<Ballot> = (0..7).map(|seat| round.ballot(seat)).collect();
        let Ballot::Shown(refused) = ballots[3] else { panic!("{ballots:?}") };
        assert_eq!(refused, Vote::REFUSAL);
        assert_eq!(ballots[..3], [Ballot::Silent, Ballot::Sealed, Ballot::Exposed]);
        assert_eq!(ballots[4..], [shown(0), shown(20), Ballot::Empty]);
    }

    #[test]
    fn where_there_is_no_round_nothing_is_read() {
        assert_eq!(Round::from_words(&[B256::ZERO; 8]), None);
        assert_eq!(Round::from_words(&[]), None);
    }
}
