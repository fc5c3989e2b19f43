//! What each seat of a round has done, and the verdict that follows.

use alloy_primitives::B256;
use linq_common::{Share, Word};

/// The most seats a jury has. The jury of so many is the last.
pub const MOST_SEATS: u8 = 31;

/// What one seat has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ballot {
    /// Nobody sits there: not drawn yet, or nobody with enough stake was found.
    Empty,
    /// Drawn, and silent so far.
    Silent,
    /// A vote is sealed.
    Committed,
    /// The sealed vote was shown too early; it is void.
    Exposed,
    /// Declined to vote on the matter.
    Refused,
    /// Voted that this share is due.
    Vote(Share),
}

/// The code of a vote for nothing; the others follow.
const FIRST_VOTE: u8 = 5;
/// What a juror reveals to refuse.
pub const REFUSAL: u8 = 255;

impl Ballot {
    /// What a juror reveals: 0…20, or 255 to refuse.
    pub fn of_vote(vote: u8) -> Option<Self> {
        if vote == REFUSAL { Some(Self::Refused) } else { Share::new(vote).ok().map(Self::Vote) }
    }

    /// The code it is stored as.
    pub fn code(self) -> u8 {
        match self {
            Self::Empty => 0,
            Self::Silent => 1,
            Self::Committed => 2,
            Self::Exposed => 3,
            Self::Refused => 4,
            Self::Vote(share) => FIRST_VOTE.saturating_add(share.twentieths()),
        }
    }

    /// The ballot with this code. A code that names nothing reads as an empty seat.
    pub fn of_code(code: u8) -> Self {
        match code {
            1 => Self::Silent,
            2 => Self::Committed,
            3 => Self::Exposed,
            4 => Self::Refused,
            _ => code.checked_sub(FIRST_VOTE).and_then(|vote| Share::new(vote).ok()).map_or(Self::Empty, Self::Vote),
        }
    }
}

/// The ballots of a round: one byte for each seat, from the high end of one word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ballots(B256);

impl Word for Ballots {
    fn from_word(word: &B256) -> Self {
        Self(*word)
    }

    fn to_word(&self) -> B256 {
        self.0
    }
}

impl Ballots {
    /// The ballot of `seat`; empty for one that no jury has.
    pub fn get(&self, seat: u8) -> Ballot {
        Ballot::of_code(self.0.get(usize::from(seat)).copied().unwrap_or_default())
    }

    /// Replaces the ballot of `seat`.
    pub fn set(&mut self, seat: u8, ballot: Ballot) {
        if let Some(byte) = self.0.get_mut(usize::from(seat)) {
            *byte = ballot.code();
        }
    }

    /// Every seat's.
    pub fn iter(&self) -> impl Iterator<Item = Ballot> {
        self.0.iter().map(|code| Ballot::of_code(*code))
    }

    /// Whether a seat has this one.
    pub fn any(&self, ballot: Ballot) -> bool {
        self.0.contains(&ballot.code())
    }

    /// Seats that somebody was drawn for.
    pub fn filled(&self) -> u8 {
        count(self.iter().filter(|ballot| *ballot != Ballot::Empty))
    }

    /// How many seats voted for a share.
    pub fn votes(&self) -> u8 {
        count(self.iter().filter(|ballot| matches!(ballot, Ballot::Vote(_))))
    }

    /// The share at this place, from 0, of those that were voted for in order of their size.
    fn vote_at(&self, place: u8) -> Option<Share> {
        let mut seen = 0_u8;
        for twentieths in 0..=Share::ALL.twentieths() {
            let code = FIRST_VOTE.saturating_add(twentieths);
            for byte in self.0 {
                seen = seen.saturating_add((byte == code).into());
            }
            if seen > place {
                return Share::new(twentieths).ok();
            }
        }
        None
    }

    /// The median of the votes; of an even number the mean of the middle two, rounded towards the half. None where fewer
    /// than half of the `seats` voted.
    #[inline(never)]
    pub fn median(&self, seats: u8) -> Option<Share> {
        let votes = self.votes();
        if votes.saturating_mul(2) < seats {
            return None;
        }
        let high = self.vote_at(votes / 2)?.twentieths();
        let low = self.vote_at(votes.saturating_sub(1) / 2)?.twentieths();
        let sum = low.saturating_add(high);
        let mean = if sum < 20 { sum.div_ceil(2) } else { sum / 2 };
        Share::new(mean).ok()
    }
}

/// How many there are; a word has no more than 32 seats.
fn count(ballots: impl Iterator<Item = Ballot>) -> u8 {
    u8::try_from(ballots.count()).unwrap_or(u8::MAX)
}

#[cfg(test)]
pub mod tests {
    use alloc::vec::Vec;

    use proptest::prelude::*;

    use super::*;
    use crate::size;

    /// Any ballot that a seat can have once its round is over.
    pub fn ballot() -> impl Strategy<Value = Ballot> {
        prop_oneof![
            1 => Just(Ballot::Empty),
            1 => Just(Ballot::Silent),
            1 => Just(Ballot::Committed),
            1 => Just(Ballot::Exposed),
            1 => Just(Ballot::Refused),
            6 => (0..=20u8).prop_map(|share| Ballot::Vote(Share::new(share).unwrap())),
        ]
    }

    prop_compose! {
        /// A jury of any size with what its seats did.
        pub fn jury()(size in 0..5u32)(ballots in prop::collection::vec(ballot(), 2usize.pow(size + 1) - 1)) -> (u8, Ballots) {
            (u8::try_from(ballots.len()).unwrap(), of(&ballots))
        }
    }

    /// The word of these ballots.
    pub fn of(ballots: &[Ballot]) -> Ballots {
        let mut word = Ballots::default();
        for (seat, ballot) in ballots.iter().enumerate() {
            word.set(u8::try_from(seat).unwrap(), *ballot);
        }
        word
    }

    /// The jury that voted so, 255 for a refusal, and 254 for silence.
    pub fn votes(votes: &[u8]) -> Ballots {
        let ballot = |vote: &u8| if *vote == 254 { Ballot::Silent } else { Ballot::of_vote(*vote).unwrap() };
        of(&votes.iter().map(ballot).collect::<Vec<_>>())
    }

    /// The verdict as one would find it by hand.
    fn naive(seats: u8, ballots: Ballots) -> Option<u8> {
        let mut votes: Vec<u32> = ballots
            .iter()
            .filter_map(|ballot| match ballot {
                Ballot::Vote(share) => Some(share.twentieths().into()),
                _ => None,
            })
            .collect();
        votes.sort_unstable();
        if (votes.len() as f64) < f64::from(seats) / 2.0 {
            return None;
        }
        let middle = votes.len() / 2;
        let exact = if votes.len() % 2 == 1 {
            f64::from(votes[middle])
        } else {
            f64::from(votes[middle - 1] + votes[middle]) / 2.0
        };
        Some((if exact < 10.0 { exact.ceil() } else { exact.floor() }) as u8)
    }

    proptest! {
        #[test]
        fn the_verdict_is_what_one_would_find_by_hand((seats, ballots) in jury()) {
            prop_assert_eq!(ballots.median(seats).map(Share::twentieths), naive(seats, ballots));
        }

        #[test]
        fn a_ballot_comes_back(ballot in ballot()) {
            prop_assert_eq!(Ballot::of_code(ballot.code()), ballot);
        }

        #[test]
        fn a_seat_keeps_to_itself((seats, ballots) in jury(), seat in 0..31u8, ballot in ballot()) {
            let mut changed = ballots;
            changed.set(seat, ballot);
            for other in 0..seats {
                prop_assert_eq!(changed.get(other), if other == seat { ballot } else { ballots.get(other) });
            }
        }

        #[test]
        fn no_order_of_the_seats_changes_the_verdict((seats, ballots) in jury(), shift in 0..31u8) {
            let turned: Vec<Ballot> = (0..seats).map(|seat| ballots.get((seat + shift) % seats)).collect();
            prop_assert_eq!(of(&turned).median(seats), ballots.median(seats));
        }
    }

    /// Calls `check` with every multiset of `seats` of these ballots.
    fn every_jury(kinds: &[Ballot], seats: usize, given: &mut Vec<Ballot>, check: &mut impl FnMut(&[Ballot])) {
        if given.len() == seats {
            return check(given);
        }
        for (place, kind) in kinds.iter().enumerate() {
            given.push(*kind);
            every_jury(&kinds[place..], seats, given, check);
            given.pop();
        }
    }

    /// What has to hold of the verdict of any jury.
    fn check_verdict(given: &[Ballot]) {
        let seats = u8::try_from(given.len()).unwrap();
        let verdict = |given: &[Ballot]| of(given).median(seats).map(Share::twentieths);
        let found = verdict(given);
        assert_eq!(found, naive(seats, of(given)), "{given:?}");

        let mirrored = |ballot: &Ballot| match ballot {
            Ballot::Vote(share) => Ballot::of_vote(20 - share.twentieths()).unwrap(),
            other => *other,
        };
        let other_side = verdict(&given.iter().map(mirrored).collect::<Vec<_>>());
        assert_eq!(other_side, found.map(|verdict| 20 - verdict), "neither side is favoured by {given:?}");

        for ballot in given {
            if let Ballot::Vote(share) = ballot
                && given.iter().filter(|other| *other == ballot).count() * 2 > given.len()
            {
                assert_eq!(found, Some(share.twentieths()), "a majority decides: {given:?}");
            }
        }
    }

    /// All there are of 1 and 3 seats. Of 7 seats all there are at the nightly size, 1.2 million, and else those of the votes
    /// near the ends, the quarters and the half.
    #[test]
    fn every_jury_that_there_can_be_has_its_verdict() {
        let all: Vec<u8> = (0..=20).collect();
        let coarse = vec![0, 1, 5, 9, 10, 11, 15, 19, 20];
        let (votes, juries) = if size::is_nightly() { (&all, 1_184_040) } else { (&coarse, 11_440) };
        for (seats, votes, juries) in [(1, &all, 22), (3, &all, 2_024), (7, votes, juries)] {
            let votes = votes.iter().map(|vote| Ballot::of_vote(*vote).unwrap());
            let kinds: Vec<Ballot> = votes.chain([Ballot::Silent]).collect();
            let mut checked = 0;
            every_jury(&kinds, seats, &mut Vec::new(), &mut |given| {
                checked += 1;
                check_verdict(given);
            });
            assert_eq!(checked, juries, "juries of {seats}");
        }
    }

    #[test]
    fn whatever_a_seat_did_instead_of_voting_is_the_same_to_the_verdict() {
        let share = |vote: u8| Ballot::of_vote(vote).unwrap();
        for absent in [Ballot::Empty, Ballot::Committed, Ballot::Exposed, Ballot::Refused] {
            for given in [vec![share(3), share(8)], vec![share(3)], vec![]] {
                let jury = |instead| of(&[given.clone(), vec![instead; 3 - given.len()]].concat()).median(3);
                assert_eq!(jury(absent), jury(Ballot::Silent), "{absent:?} beside {given:?}");
            }
        }
    }

    #[test]
    fn every_vote_has_a_code_of_its_own_and_others_none() {
        for vote in 0..=u8::MAX {
            assert_eq!(Ballot::of_vote(vote).is_some(), vote <= 20 || vote == 255, "{vote}");
            let code = Ballot::of_code(vote).code();
            assert_eq!(code, if vote <= 25 { vote } else { 0 });
        }
    }

    #[test]
    fn an_even_number_of_votes_rounds_towards_the_half() {
        let verdict = |given: &[u8]| votes(given).median(3).map(Share::twentieths);
        assert_eq!(verdict(&[3, 4, 254]), Some(4));
        assert_eq!(verdict(&[16, 17, 255]), Some(16));
        assert_eq!(verdict(&[9, 10, 254]), Some(10));
        assert_eq!(verdict(&[10, 11, 254]), Some(10));
        assert_eq!(verdict(&[0, 20, 254]), Some(10));
        assert_eq!(verdict(&[0, 19, 254]), Some(10));
        assert_eq!(verdict(&[1, 20, 254]), Some(10));
    }

    #[test]
    fn fewer_than_half_of_the_seats_decide_nothing() {
        assert_eq!(votes(&[254]).median(1), None);
        assert_eq!(votes(&[20]).median(1), Share::new(20).ok());
        assert_eq!(votes(&[20, 254, 255]).median(3), None);
        assert_eq!(votes(&[20, 20, 20]).median(7), None);
        assert_eq!(votes(&[20, 20, 20, 20]).median(7), Share::new(20).ok());
        assert_eq!(votes(&[5; 15]).median(31), None);
        assert_eq!(votes(&[5; 16]).median(31), Share::new(5).ok());
    }
}
