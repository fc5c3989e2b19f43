//! What a seat costs, loses and earns, as functions of plain values.
//!
//! Nothing here reads storage, the clock or the caller, so that every jury there can be is tried without a chain.

use core::num::NonZeroU32;

use linq_common::{Amount, OutOfRange, Share};

use crate::ballots::{Ballot, Ballots};

/// The largest value of a dispute: more LNQ than there is, and every sum of seat fees stays far inside an amount.
pub const MAX_VALUE: Amount = Amount::from_lnq(u32::MAX);

/// A seat fee is this part of the value, unless the floor is more.
const FEE_PART: NonZeroU32 = nonzero(256);
/// How many seat fees a seat stands for: what a silent one loses, and the least stake of who is drawn.
const STAKE_FEES: u32 = 32;
/// A dispute over less than this many floors begins with one seat, any other with three.
const LARGE_FLOORS: u32 = 32;
/// What a seat that refuses to vote loses, in seat fees.
const REFUSAL_FEES: u32 = 4;
/// From this distance on a vote earns nothing, and loses no more the further it is away.
const FAR: u8 = 4;
/// The distance from a standing verdict at which an appeal was right.
const RIGHT: u8 = 4;
/// What who exposes a vote gets: this part of what is taken.
const EXPOSER_PART: NonZeroU32 = nonzero(4);
const FAR_PART: NonZeroU32 = nonzero(4);
const LNQ: NonZeroU32 = nonzero(1_000_000_000);

/// A constant that is visibly not zero.
const fn nonzero(value: u32) -> NonZeroU32 {
    match NonZeroU32::new(value) {
        Some(value) => value,
        None => NonZeroU32::MIN,
    }
}

/// The seat fee of a dispute over `value`.
#[inline(never)]
pub fn seat_fee(value: Amount, floor: Amount) -> Result<Amount, OutOfRange> {
    Ok(value.mul_div_up(1, FEE_PART)?.max(floor))
}

/// What backs one seat.
pub fn seat_stake(fee: Amount) -> Result<Amount, OutOfRange> {
    fee.times(STAKE_FEES)
}

/// The least whole LNQ of stake that whoever is drawn has.
pub fn least_stake_lnq(fee: Amount) -> Result<u32, OutOfRange> {
    // One LNQ is more than a divisor of 32 bits: it is 10^9 times 10^9.
    let whole = seat_stake(fee)?.mul_div_up(1, LNQ)?.mul_div_up(1, LNQ)?;
    u32::try_from(whole.units()).map_err(|_| OutOfRange)
}

/// Whether a dispute over `value` begins with three seats.
pub fn is_large(value: Amount, floor: Amount) -> Result<bool, OutOfRange> {
    Ok(value >= floor.times(LARGE_FLOORS)?)
}

/// The seats of round `round`: 1, 3, 7, 15, 31, from the first or the second on.
pub fn seats(large: bool, round: u8) -> u8 {
    let doublings = u32::from(round).saturating_add(if large { 2 } else { 1 });
    1_u8.unbounded_shl(doublings).saturating_sub(1)
}

/// What a jury of `seats` costs.
#[inline(never)]
pub fn cost(fee: Amount, seats: u8) -> Result<Amount, OutOfRange> {
    fee.times(seats.into())
}

/// The part of what was `taken` that goes to who exposed a vote.
pub fn exposer_reward(taken: Amount) -> Amount {
    taken.mul_div_down(1, EXPOSER_PART).unwrap_or_default()
}

/// Whether an appeal for the `higher` or the lower share, against `standing`, was right by the final verdict.
pub fn was_right(higher: bool, standing: Share, verdict: Share) -> bool {
    let (standing, verdict) = (standing.twentieths(), verdict.twentieths());
    if higher { verdict >= standing.saturating_add(RIGHT) } else { verdict.saturating_add(RIGHT) <= standing }
}

/// One round against the final verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reckoning {
    /// The seat fee.
    pub fee: Amount,
    /// The seats of the jury.
    pub seats: u8,
    /// What they did.
    pub ballots: Ballots,
    /// The final verdict of the dispute.
    pub verdict: Share,
}

/// Where the money of a round goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Division {
    /// To who paid for the jury.
    pub returned: Amount,
    /// To who paid for the next one.
    pub repaid: Amount,
    /// To every voting seat beyond the fee, for each point.
    pub bonus: Amount,
    /// To nobody.
    pub burned: Amount,
}

impl Reckoning {
    /// Whether the jury came to no verdict of its own.
    pub fn is_hung(&self) -> bool {
        self.ballots.median(self.seats).is_none()
    }

    /// What a seat with this ballot loses, as far as its juror has it. A seat that was exposed has lost already.
    #[inline(never)]
    pub fn penalty(&self, ballot: Ballot, hung: bool) -> Result<Amount, OutOfRange> {
        let fees = match ballot {
            Ballot::Empty | Ballot::Exposed => 0,
            Ballot::Silent | Ballot::Committed => STAKE_FEES,
            Ballot::Refused => REFUSAL_FEES,
            Ballot::Vote(_) if hung => 0,
            Ballot::Vote(share) => u32::from(self.distance(share)).saturating_pow(2),
        };
        self.fee.times(fees)
    }

    /// How many twentieths less than four a seat with this ballot is away from the verdict: what it is paid by.
    fn points(&self, ballot: Ballot, hung: bool) -> u8 {
        match ballot {
            Ballot::Vote(share) if !hung => FAR.saturating_sub(self.distance(share)),
            _ => 0,
        }
    }

    fn distance(&self, share: Share) -> u8 {
        share.twentieths().abs_diff(self.verdict.twentieths()).min(FAR)
    }

    /// What a seat with so many points is paid, the bonus left out.
    fn base(&self, points: u8) -> Result<Amount, OutOfRange> {
        self.fee.mul_div_down(points.into(), FAR_PART)
    }

    /// What a seat with this ballot is paid.
    pub fn reward(&self, ballot: Ballot, hung: bool, bonus: Amount) -> Result<Amount, OutOfRange> {
        let points = self.points(ballot, hung);
        self.base(points)?.plus(bonus.times(points.into())?)
    }

    /// How much of the jury's cost was used up: the fees of its seats, unless it hung.
    pub fn used(&self) -> Result<Amount, OutOfRange> {
        if self.is_hung() { Ok(Amount::ZERO) } else { cost(self.fee, self.ballots.filled()) }
    }

    /// Shares out the fees and what was `collected`. `owed` is what an appeal that was right is still without.
    pub fn divide(&self, collected: Amount, owed: Amount) -> Result<Division, OutOfRange> {
        let hung = self.is_hung();
        let used = self.used()?;
        let returned = cost(self.fee, self.seats)?.minus(used)?;
        let mut points = 0_u32;
        let mut left = used.plus(collected)?;
        for ballot in self.ballots.iter() {
            let of_seat = self.points(ballot, hung);
            points = points.saturating_add(of_seat.into());
            left = left.minus(self.base(of_seat)?)?;
        }
        let repaid = owed.min(left);
        left = left.minus(repaid)?;
        let bonus = match NonZeroU32::new(points) {
            Some(points) => left.mul_div_down(1, points)?.min(self.fee),
            None => Amount::ZERO,
        };
        let burned = left.minus(bonus.times(points)?)?;
        Ok(Division { returned, repaid, bonus, burned })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{
        ballots::tests::{jury, votes},
        size,
    };

    prop_compose! {
        fn reckoning()(
            (seats, ballots) in jury(), verdict in 0..=20u8, value in 1..=MAX_VALUE.units(), floor in 100..=1_000_000u128,
        ) -> Reckoning {
            let floor = Amount::new_clipped(floor * 1_000_000_000_000_000);
            let fee = seat_fee(Amount::new_clipped(value), floor).unwrap();
            Reckoning { fee, seats, ballots, verdict: Share::new(verdict).unwrap() }
        }
    }

    /// What the penalties come to where each juror has `parts` of 255 of what it should lose.
    fn collected(reckoning: &Reckoning, parts: u8) -> Amount {
        let hung = reckoning.is_hung();
        reckoning.ballots.iter().fold(Amount::ZERO, |sum, ballot| {
            let penalty = reckoning.penalty(ballot, hung).unwrap();
            let taken = penalty.mul_div_down(parts.into(), NonZeroU32::new(255).unwrap()).unwrap();
            sum.plus(taken).unwrap()
        })
    }

    fn rewards(reckoning: &Reckoning, bonus: Amount) -> Amount {
        let hung = reckoning.is_hung();
        let reward = |ballot| reckoning.reward(ballot, hung, bonus).unwrap();
        reckoning.ballots.iter().fold(Amount::ZERO, |sum, ballot| sum.plus(reward(ballot)).unwrap())
    }

    proptest! {
        #![proptest_config(size::cases())]

        #[test]
        fn fees_and_penalties_are_what_is_paid_returned_and_burned(
            reckoning in reckoning(), parts: u8, owed in 0..=31u32,
        ) {
            let collected = collected(&reckoning, parts);
            let owed = reckoning.fee.times(owed).unwrap();
            let division = reckoning.divide(collected, owed).unwrap();
            let paid = [division.returned, division.repaid, rewards(&reckoning, division.bonus), division.burned];
            let out = paid.into_iter().fold(Amount::ZERO, |sum, part| sum.plus(part).unwrap());
            prop_assert_eq!(out, cost(reckoning.fee, reckoning.seats).unwrap().plus(collected).unwrap());
        }

        #[test]
        fn a_bonus_is_paid_after_an_appeal_is_repaid_and_never_above_the_fee(
            reckoning in reckoning(), parts: u8, owed in 0..=31u32,
        ) {
            let owed = reckoning.fee.times(owed).unwrap();
            let division = reckoning.divide(collected(&reckoning, parts), owed).unwrap();
            prop_assert!(division.repaid <= owed && division.bonus <= reckoning.fee);
            prop_assert!(division.bonus.is_zero() || division.repaid == owed);
        }

        #[test]
        fn a_hung_jury_is_paid_nothing_and_returns_its_fees(any in reckoning(), parts: u8) {
            // Whoever sits in the second half or the middle seat leaves.
            let mut reckoning = any;
            (any.seats / 2..any.seats).for_each(|seat| reckoning.ballots.set(seat, Ballot::Silent));
            prop_assert!(reckoning.is_hung());
            let collected = collected(&reckoning, parts);
            let division = reckoning.divide(collected, Amount::ZERO).unwrap();
            prop_assert_eq!(division.returned, cost(reckoning.fee, reckoning.seats).unwrap());
            prop_assert_eq!(division.burned, collected);
            prop_assert_eq!(rewards(&reckoning, division.bonus), Amount::ZERO);
        }

        #[test]
        fn silence_costs_most_and_the_verdict_costs_nothing(reckoning in reckoning(), vote in 0..=20u8, hung: bool) {
            let of = |ballot| reckoning.penalty(ballot, hung).unwrap();
            let silence = of(Ballot::Silent);
            let distance = vote.abs_diff(reckoning.verdict.twentieths());
            let vote = of(Ballot::Vote(Share::new(vote).unwrap()));
            prop_assert!(vote < silence && of(Ballot::Refused) < silence);
            prop_assert!(hung || (vote.is_zero() == (distance == 0)));
            prop_assert!(hung || (vote > of(Ballot::Refused)) == (distance > 2));
            prop_assert_eq!(of(Ballot::Vote(reckoning.verdict)), Amount::ZERO);
            prop_assert_eq!(of(Ballot::Committed), silence);
        }

        #[test]
        fn nearer_votes_are_never_paid_less(reckoning in reckoning(), one in 0..=20u8, other in 0..=20u8, parts: u8) {
            let distance = |vote: u8| vote.abs_diff(reckoning.verdict.twentieths());
            let (near, far) = if distance(one) <= distance(other) { (one, other) } else { (other, one) };
            let bonus = reckoning.divide(collected(&reckoning, parts), Amount::ZERO).unwrap().bonus;
            let of = |vote| reckoning.reward(Ballot::Vote(Share::new(vote).unwrap()), false, bonus).unwrap();
            prop_assert!(of(near) >= of(far));
        }

        #[test]
        fn a_wrong_majority_of_the_last_jury_loses_the_value(value in 1..=MAX_VALUE.units(), wrong in 16..=31u8) {
            let value = Amount::new_clipped(value);
            let fee = seat_fee(value, Amount::new_clipped(100_000_000_000_000_000)).unwrap();
            let given: Vec<u8> = (0..31).map(|seat| if seat < wrong { 20 } else { 0 }).collect();
            let reckoning = Reckoning { fee, seats: 31, ballots: votes(&given), verdict: Share::NONE };
            prop_assert!(collected(&reckoning, 255) >= value);
        }

        #[test]
        fn the_stake_behind_a_seat_is_whole_lnq_rounded_up(value in 1..=MAX_VALUE.units()) {
            let fee = seat_fee(Amount::new_clipped(value), Amount::LNQ).unwrap();
            let least = u128::from(least_stake_lnq(fee).unwrap());
            prop_assert_eq!(least, seat_stake(fee).unwrap().units().div_ceil(Amount::LNQ.units()));
        }
    }

    #[test]
    fn juries_double() {
        let of = |large| [0, 1, 2, 3, 4].map(|round| seats(large, round));
        assert_eq!(of(false), [1, 3, 7, 15, 31]);
        assert_eq!(of(true)[..4], [3, 7, 15, 31]);
        let floor = Amount::from_lnq(10);
        assert!(!is_large(Amount::new_clipped(Amount::from_lnq(320).units() - 1), floor).unwrap());
        assert!(is_large(Amount::from_lnq(320), floor).unwrap());
    }

    #[test]
    fn the_fee_is_the_floor_or_a_part_of_the_value() {
        let fee = |value| seat_fee(Amount::new_clipped(value), Amount::from_lnq(10)).unwrap();
        assert_eq!(fee(1), Amount::from_lnq(10));
        assert_eq!(fee(2_560 * Amount::LNQ.units()), Amount::from_lnq(10));
        assert_eq!(fee(2_560 * Amount::LNQ.units() + 1).units(), Amount::from_lnq(10).units() + 1);
    }

    #[test]
    fn an_appeal_is_right_from_four_twentieths_on() {
        let right =
            |higher, standing, verdict| was_right(higher, Share::new(standing).unwrap(), Share::new(verdict).unwrap());
        assert!(right(true, 10, 14) && !right(true, 10, 13) && !right(true, 10, 6) && !right(true, 18, 20));
        assert!(right(false, 10, 6) && !right(false, 10, 7) && !right(false, 10, 14) && !right(false, 3, 0));
    }

    #[test]
    fn a_worked_example_comes_out_to_the_unit() {
        // Three seats of 10 LNQ; the verdict is 20. One voted so, one 18, one was silent and could pay 100 of its 320.
        let reckoning =
            Reckoning { fee: Amount::from_lnq(10), seats: 3, ballots: votes(&[20, 18, 254]), verdict: Share::ALL };
        assert!(!reckoning.is_hung());
        let penalty = |ballot| reckoning.penalty(ballot, false).unwrap();
        assert_eq!(penalty(Ballot::Vote(Share::new(18).unwrap())), Amount::from_lnq(40));
        assert_eq!(penalty(Ballot::Silent), Amount::from_lnq(320));
        // 30 of fees and 140 collected; 10 and 5 are the fees, 30 go to a right appeal; six points share 60 of the rest.
        let division = reckoning.divide(Amount::from_lnq(140), Amount::from_lnq(30)).unwrap();
        let expected = Division {
            returned: Amount::ZERO,
            repaid: Amount::from_lnq(30),
            bonus: Amount::from_lnq(10),
            burned: Amount::from_lnq(65),
        };
        assert_eq!(division, expected);
        let reward = |share| reckoning.reward(Ballot::Vote(Share::new(share).unwrap()), false, division.bonus).unwrap();
        assert_eq!((reward(20), reward(18)), (Amount::from_lnq(50), Amount::from_lnq(25)));
    }
}
