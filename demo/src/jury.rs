//! What a jury costs, loses and earns, reckoned apart from the court by the rules that people read in `docs/court.md`.

use std::collections::BTreeMap;

use alloy::primitives::U256;

/// From so many twentieths off on a vote earns nothing and loses no more.
const FAR: u8 = 4;
/// What a silent seat loses, in seat fees.
const SILENCE_FEES: u64 = 32;

/// What a seat did: its vote in twentieths, or nothing.
pub type Vote = Option<u8>;

/// A jury that voted, before its money is shared out.
#[derive(Clone, Debug)]
pub struct Jury {
    /// What a seat is paid.
    pub fee: U256,
    /// Who sat where, and what was voted there.
    pub seats: Vec<(u32, Vote)>,
}

/// Where the money of a jury goes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Shares {
    /// What each juror loses of its stake.
    pub lost: BTreeMap<u32, U256>,
    /// What each juror is paid.
    pub paid: BTreeMap<u32, U256>,
    /// What nobody gets.
    pub burned: U256,
}

impl Jury {
    /// What it costs whoever orders it.
    pub fn cost(&self) -> U256 {
        self.fee * U256::from(self.seats.len())
    }

    /// Shares its money out against the final verdict, where no appeal is repaid out of it.
    pub fn shares(&self, verdict: u8) -> Shares {
        let mut shares = Shares::default();
        let mut pool = self.cost();
        for (juror, vote) in &self.seats {
            let fees = vote.map_or(SILENCE_FEES, |vote| u64::from(distance(vote, verdict)).pow(2));
            let lost = self.fee * U256::from(fees);
            pool += lost;
            if !lost.is_zero() {
                *shares.lost.entry(*juror).or_default() += lost;
            }
        }
        let points: Vec<(u32, U256)> =
            self.seats.iter().map(|(juror, vote)| (*juror, points(*vote, verdict))).collect();
        let sum: U256 = points.iter().map(|(_, points)| points).sum();
        let base = |points: U256| self.fee * points / U256::from(FAR);
        let left = points.iter().fold(pool, |left, (_, points)| left - base(*points));
        let bonus = if sum.is_zero() { U256::ZERO } else { (left / sum).min(self.fee) };
        for (juror, points) in points.into_iter().filter(|(_, points)| !points.is_zero()) {
            *shares.paid.entry(juror).or_default() += base(points) + bonus * points;
        }
        shares.burned = left - bonus * sum;
        shares
    }
}

fn distance(vote: u8, verdict: u8) -> u8 {
    vote.abs_diff(verdict).min(FAR)
}

fn points(vote: Vote, verdict: u8) -> U256 {
    U256::from(vote.map_or(0, |vote| FAR - distance(vote, verdict)))
}

/// The juror that is to be wrong: one that has a single seat beside others, so that the verdict stays what the others say.
pub fn odd_one(seats: &[u32]) -> Option<u32> {
    let single = |juror: &u32| seats.iter().filter(|other| *other == juror).count() == 1;
    seats.iter().copied().find(|juror| seats.len() > 2 && single(juror))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jury(seats: &[(u32, Vote)]) -> Jury {
        Jury { fee: U256::from(1_000), seats: seats.to_vec() }
    }

    fn amounts(amounts: &BTreeMap<u32, U256>) -> Vec<(u32, u64)> {
        amounts.iter().map(|(juror, amount)| (*juror, amount.to())).collect()
    }

    #[test]
    fn the_first_example_of_the_documentation_comes_out() {
        let shares = jury(&[(1, Some(20)), (2, Some(18)), (3, None)]).shares(19);
        assert_eq!(amounts(&shares.lost), [(1, 1_000), (2, 1_000), (3, 32_000)]);
        assert_eq!(amounts(&shares.paid), [(1, 3_750), (2, 3_750)]);
        assert_eq!(shares.burned, U256::from(29_500));
    }

    #[test]
    fn nothing_comes_from_nowhere_and_a_juror_with_two_seats_counts_twice() {
        for votes in [[Some(0), Some(0), Some(20)], [Some(3), None, Some(2)], [None, None, Some(20)], [Some(0); 3]] {
            let jury = jury(&[(1, votes[0]), (1, votes[1]), (2, votes[2])]);
            let shares = jury.shares(0);
            let sum = |amounts: &BTreeMap<u32, U256>| amounts.values().sum::<U256>();
            assert_eq!(jury.cost() + sum(&shares.lost), sum(&shares.paid) + shares.burned, "{votes:?}");
        }
        assert_eq!(
            amounts(&jury(&[(1, Some(0)), (1, Some(0)), (2, Some(0))]).shares(0).paid),
            [(1, 2_000), (2, 1_000)]
        );
    }

    #[test]
    fn who_is_to_be_wrong_never_decides() {
        assert_eq!(odd_one(&[7, 7, 3]), Some(3));
        assert_eq!(odd_one(&[7, 7, 7]), None);
        assert_eq!(odd_one(&[7]), None);
        assert_eq!(odd_one(&[1, 2, 3]), Some(1));
    }
}
