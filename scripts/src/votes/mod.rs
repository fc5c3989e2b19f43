//! Votes of jurors: sealed first, shown later, and never lost.
//!
//! A vote is sealed as keccak256 of the seat, the vote and a [`salt`]. The salt of a seat follows from the juror's key, and a
//! vote is one of 22, so the key alone finds a sealed vote again: [`restore`]. A [`VoteFile`] keeps votes and salts besides.
//! What the court keeps of a jury is a [`Round`]; [`Bench`] is a juror's view of it all, and [`Watch`] acts on it.
//!
//! Salts are secrets until the reveal phase: whoever knows one can find the vote and void the seat.

mod bench;
mod file;
mod round;
mod salt;
mod watch;

use std::fmt;
use std::str::FromStr;

use alloy::primitives::{Address, B256, keccak256};
use alloy::sol_types::SolValue;
use serde::{Deserialize, Serialize};

pub use self::bench::{Bench, Case, OwnSeat, Phase, Showing, Todo, round_of, topic};
pub use self::file::{Sealed, VoteFile};
pub use self::round::{Ballot, Round, Step};
pub use self::salt::{file_key, salt};
pub use self::watch::{Deed, Watch, Worth};

/// What a juror says: twentieths of the whole that are due, or nothing.
///
/// Its number is what the court takes: 0 to 20, or 255 for a refusal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Vote(u8);

impl Vote {
    /// A refusal to vote on the matter.
    pub const REFUSAL: Self = Self(u8::MAX);

    /// The most that can be due.
    const WHOLE: u8 = 20;

    /// The vote with this number, if there is one.
    pub const fn new(number: u8) -> Option<Self> {
        if number <= Self::WHOLE || number == Self::REFUSAL.0 { Some(Self(number)) } else { None }
    }

    /// What the court takes.
    pub const fn number(self) -> u8 {
        self.0
    }

    /// Every vote there is.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=Self::WHOLE).map(Self).chain([Self::REFUSAL])
    }
}

impl fmt::Display for Vote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            Self::REFUSAL => f.write_str("refusal"),
            Self(share) => write!(f, "{share}/20"),
        }
    }
}

impl FromStr for Vote {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text == "refuse" {
            return Ok(Self::REFUSAL);
        }
        let share = text.parse().ok().filter(|share| *share <= Self::WHOLE);
        share
            .map(Self)
            .ok_or_else(|| format!("`{text}` is not a vote: write 0 to 20, the twentieths that are due, or `refuse`"))
    }
}

impl TryFrom<u8> for Vote {
    type Error = String;

    fn try_from(number: u8) -> Result<Self, String> {
        Self::new(number).ok_or_else(|| format!("{number} is the number of no vote"))
    }
}

impl From<Vote> for u8 {
    fn from(vote: Vote) -> Self {
        vote.0
    }
}

/// A seat of a jury, named for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Seat {
    /// The chain.
    pub chain_id: u64,
    /// The court.
    pub court: Address,
    /// The dispute.
    pub dispute: u64,
    /// Which of its juries, from 0.
    pub round: u8,
    /// Its number in that jury, from 0.
    pub seat: u8,
    /// The number of the juror who sits there.
    pub juror: u32,
}

impl Seat {
    /// What seals a vote in this seat.
    pub fn seal(&self, vote: Vote, salt: B256) -> B256 {
        let Self { chain_id, court, dispute, round, seat, juror } = *self;
        // Every field takes a word; as a Rust `u8` a number would be a byte of a string.
        let (round, seat, vote) = (u64::from(round), u64::from(seat), u64::from(vote.number()));
        keccak256((chain_id, court, dispute, round, seat, juror, vote, salt).abi_encode())
    }
}

/// The vote that was sealed in a seat with this salt, found by trying all of them.
pub fn restore(seat: &Seat, salt: B256, commitment: B256) -> Option<Vote> {
    Vote::all().find(|vote| seat.seal(*vote, salt) == commitment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seat() -> Seat {
        let court = Address::repeat_byte(0xc0);
        Seat { chain_id: 412_346, court, dispute: 7, round: 1, seat: 2, juror: 9 }
    }

    #[test]
    fn votes_are_twentieths_or_a_refusal() {
        assert_eq!(Vote::all().count(), 22);
        for vote in Vote::all() {
            assert_eq!(Vote::new(vote.number()), Some(vote));
        }
        assert_eq!("17".parse(), Ok(Vote(17)));
        assert_eq!("refuse".parse(), Ok(Vote::REFUSAL));
        for text in ["21", "255", "-1", "", "all", "20/20"] {
            assert!(text.parse::<Vote>().is_err(), "{text}");
        }
        assert_eq!((21..=254).find_map(Vote::new), None);
    }

    #[test]
    fn every_vote_is_found_again_and_with_another_salt_none() {
        let salt = B256::repeat_byte(5);
        for vote in Vote::all() {
            let commitment = seat().seal(vote, salt);
            assert_eq!(restore(&seat(), salt, commitment), Some(vote));
            assert_eq!(restore(&seat(), B256::repeat_byte(6), commitment), None);
        }
    }

    #[test]
    fn a_seal_is_of_one_seat() {
        let (seat, vote, salt) = (seat(), Vote(3), B256::repeat_byte(5));
        let others = [
            Seat { chain_id: 1, ..seat },
            Seat { court: Address::ZERO, ..seat },
            Seat { dispute: 8, ..seat },
            Seat { round: 2, ..seat },
            Seat { seat: 1, ..seat },
            Seat { juror: 8, ..seat },
        ];
        for other in others {
            assert_ne!(other.seal(vote, salt), seat.seal(vote, salt), "{other:?}");
        }
    }
}
