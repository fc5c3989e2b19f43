//! Reputation: what good and bad work adds to, and time halves.

use core::num::NonZeroU32;

use linq_common::{Amount, DAY_SECS, Timestamp, div_down, div_up, packed};

packed! {
    /// Sums of protocol fees as of a second, and what was earned in all. (8 + 8 + 4 + 12)
    ///
    /// Fees are kept in billionths of an LNQ and the second in 32 bits, so that closing work writes one word. After the
    /// year 2106 nothing would be halved any more, and nothing else would change.
    pub struct Reputation {
        /// Fees of good work.
        pub good_nanos: u64,
        /// Fees of bad work, and four times those of overclaims.
        pub bad_nanos: u64,
        /// The second both are as of.
        pub as_of_secs: u32,
        /// Earned in all, in base units.
        pub earned: Amount,
    }
}

/// After so long a fee counts half.
const HALF_LIFE_SECS: u32 = 90 * DAY_SECS;
const TWO_HALF_LIVES: NonZeroU32 = NonZeroU32::MIN.saturating_add(2 * HALF_LIFE_SECS - 1);

/// Base units of a billionth of an LNQ.
const NANO: NonZeroU32 = NonZeroU32::MIN.saturating_add(999_999_999);

/// What each side is clipped at, 576 million LNQ of fees: ten times the sum of both still fits 64 bits.
const MAX_NANOS: u64 = 1 << 59;

/// What stands beside good and bad, so that the first fee does not make a reputation: 50 LNQ.
const PRIOR_NANOS: u64 = 50_000_000_000;

impl Reputation {
    /// good ÷ (good + bad + 50 LNQ) as of `now`, in bps.
    pub fn bps(&self, now: Timestamp) -> u16 {
        let at = self.at(now);
        ratio_bps_down(at.good_nanos, at.good_nanos.saturating_add(at.bad_nanos).saturating_add(PRIOR_NANOS))
    }

    /// This as of `now` with more on each side.
    pub fn with(&self, now: Timestamp, good: Amount, bad: Amount, earned: Amount) -> Self {
        let at = self.at(now);
        Self {
            good_nanos: clipped(u128::from(at.good_nanos).saturating_add(div_down(good.units(), NANO))),
            bad_nanos: clipped(u128::from(at.bad_nanos).saturating_add(div_up(bad.units(), NANO))),
            earned: at.earned.plus_clipped(earned),
            ..at
        }
    }

    /// The same sums, halved as often as the time since says. What is left of the good is rounded down, of the bad up.
    fn at(&self, now: Timestamp) -> Self {
        let now_secs = u32::try_from(now.secs()).unwrap_or(u32::MAX);
        let elapsed = now_secs.saturating_sub(self.as_of_secs);
        Self {
            good_nanos: left_down(self.good_nanos, elapsed),
            bad_nanos: left_up(self.bad_nanos, elapsed),
            as_of_secs: now_secs,
            earned: self.earned,
        }
    }
}

/// What is left of `nanos` after `elapsed` seconds: whole halvings, then linear to the next one.
fn left_down(nanos: u64, elapsed: u32) -> u64 {
    let (halvings, rest) = (elapsed.div_euclid(HALF_LIFE_SECS), elapsed.rem_euclid(HALF_LIFE_SECS));
    let halved = nanos.unbounded_shr(halvings);
    let lost = div_up(u128::from(halved).saturating_mul(rest.into()), TWO_HALF_LIVES);
    clipped(u128::from(halved).saturating_sub(lost))
}

/// As [`left_down`], rounded up.
fn left_up(nanos: u64, elapsed: u32) -> u64 {
    let (halvings, rest) = (elapsed.div_euclid(HALF_LIFE_SECS), elapsed.rem_euclid(HALF_LIFE_SECS));
    let below = nanos.unbounded_shr(halvings);
    let exact = below.unbounded_shl(halvings) == nanos;
    let halved = below.saturating_add(u64::from(!exact));
    let lost = div_down(u128::from(halved).saturating_mul(rest.into()), TWO_HALF_LIVES);
    clipped(u128::from(halved).saturating_sub(lost))
}

/// `part ÷ whole` in bps, rounded down; `part` is at most `whole`, and ten times the whole fits.
///
/// A long division by decimal digits: 64 bits are enough for it.
fn ratio_bps_down(part: u64, whole: u64) -> u16 {
    let mut bps = 0u16;
    let mut rest = part;
    for _ in 0..4 {
        let digit_of = rest.saturating_mul(10);
        let digit = digit_of.checked_div(whole).unwrap_or(0);
        rest = digit_of.checked_rem(whole).unwrap_or(0);
        bps = bps.saturating_mul(10).saturating_add(u16::try_from(digit).unwrap_or(u16::MAX));
    }
    bps
}

fn clipped(nanos: u128) -> u64 {
    u64::try_from(nanos).unwrap_or(MAX_NANOS).min(MAX_NANOS)
}

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use num_bigint::BigInt;
    use num_rational::BigRational;
    use proptest::prelude::*;

    use super::*;
    use crate::size::cases;

    fn nanos() -> impl Strategy<Value = u64> {
        prop_oneof![(0..1_000u64), (0..=MAX_NANOS)]
    }

    fn at(secs: u32) -> Timestamp {
        Timestamp::new_clipped(secs.into())
    }

    fn whole(number: u128) -> BigRational {
        BigRational::from_integer(BigInt::from(number))
    }

    /// What the protocol leaves of a sum after so many seconds, to the last digit: whole halvings, then evenly towards the
    /// next one.
    fn left_exactly(sum: &BigRational, elapsed: u32) -> BigRational {
        let (halvings, rest) = (elapsed / HALF_LIFE_SECS, elapsed % HALF_LIFE_SECS);
        let halved = sum / BigRational::from_integer(BigInt::from(1) << halvings);
        let lost = &halved * whole(rest.into()) / whole(u128::from(HALF_LIFE_SECS) * 2);
        halved - lost
    }

    /// Fees in billionths of an LNQ, to the last digit.
    fn nanos_of(fee: Amount) -> BigRational {
        whole(fee.units()) / whole(NANO.get().into())
    }

    /// A fee, from dust to a hundred thousand LNQ.
    fn fee() -> impl Strategy<Value = Amount> {
        prop_oneof![0..2_000_000_000u128, 0..=Amount::from_lnq(100_000).units()].prop_map(Amount::new_clipped)
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn decay_is_exact_to_less_than_two_billionths(nanos in nanos(), elapsed in prop_oneof![any::<u32>(), 0..20 * HALF_LIFE_SECS]) {
            let exact = left_exactly(&whole(nanos.into()), elapsed);
            let (down, up) = (whole(left_down(nanos, elapsed).into()), whole(left_up(nanos, elapsed).into()));
            prop_assert!(down <= exact && exact < &down + whole(2), "{down} of {exact}");
            prop_assert!(up >= exact && exact > &up - whole(2), "{up} of {exact}");
        }
    }

    proptest! {
        #[test]
        fn a_life_of_work_is_what_exact_numbers_make_of_it(
            work in proptest::collection::vec((0..4 * HALF_LIFE_SECS, fee(), fee()), 1..12), later in 0..4 * HALF_LIFE_SECS,
        ) {
            let mut now = 1_700_000_000;
            let mut known = Reputation { as_of_secs: now, ..Reputation::default() };
            let (mut good, mut bad, mut earned) = (whole(0), whole(0), Amount::ZERO);
            for (elapsed, good_fee, bad_fee) in &work {
                now += elapsed;
                known = known.with(at(now), *good_fee, *bad_fee, *good_fee);
                good = left_exactly(&good, *elapsed) + nanos_of(*good_fee);
                bad = left_exactly(&bad, *elapsed) + nanos_of(*bad_fee);
                earned = earned.plus_clipped(*good_fee);
            }
            // Each step loses less than three billionths: two in decay, one in the fee; never to the provider's good.
            let slack = whole(3 * work.len() as u128);
            let (kept_good, kept_bad) = (whole(known.good_nanos.into()), whole(known.bad_nanos.into()));
            prop_assert!(kept_good <= good && good < &kept_good + &slack, "{kept_good} of {good}");
            prop_assert!(kept_bad >= bad && bad > &kept_bad - &slack, "{kept_bad} of {bad}");
            prop_assert_eq!(known.earned, earned);

            let (good, bad) = (left_exactly(&good, later), left_exactly(&bad, later));
            let exact = whole(10_000) * &good / (&good + bad + whole(PRIOR_NANOS.into()));
            let found = whole(known.bps(at(now + later)).into());
            // Never more than is true, and at most the one bps that rounding down takes, and a dust of it.
            prop_assert!(found <= exact, "{found} bps of {exact}");
            let dust = whole(1) / whole(1_000);
            prop_assert!(exact < found + whole(1) + dust, "of {} pieces", work.len());
        }
    }

    #[test]
    fn the_oracle_halves_as_the_protocol_says() {
        let thousand = whole(1_000);
        let after = |quarters: u32| left_exactly(&thousand, quarters * (HALF_LIFE_SECS / 4));
        let exact: Vec<BigRational> = [0, 2, 4, 6, 8].map(after).to_vec();
        assert_eq!(exact, [1_000, 750, 500, 375, 250].map(whole));
    }

    proptest! {
        #![proptest_config(cases())]

        #[test]
        fn rounding_differs_by_one_at_most(nanos in nanos(), elapsed in 0..20 * HALF_LIFE_SECS) {
            let (down, up) = (left_down(nanos, elapsed), left_up(nanos, elapsed));
            prop_assert!(down <= up && up <= nanos);
            prop_assert!(up - down <= 2);
        }

        #[test]
        fn time_only_ever_takes(nanos in nanos(), elapsed in 0..20 * HALF_LIFE_SECS) {
            prop_assert!(left_down(nanos, elapsed + 1) <= left_down(nanos, elapsed));
            prop_assert!(left_up(nanos, elapsed + 1) <= left_up(nanos, elapsed));
        }

        #[test]
        fn a_half_life_halves(nanos in nanos(), halvings in 0..70u32) {
            let elapsed = halvings.saturating_mul(HALF_LIFE_SECS);
            let halvings = elapsed / HALF_LIFE_SECS;
            if elapsed % HALF_LIFE_SECS == 0 {
                let exact = 2u128.pow(halvings);
                prop_assert_eq!(u128::from(left_down(nanos, elapsed)), u128::from(nanos) / exact);
                prop_assert_eq!(u128::from(left_up(nanos, elapsed)), u128::from(nanos).div_ceil(exact));
            }
        }

        #[test]
        fn the_ratio_is_exact(part in nanos(), more in nanos()) {
            let whole = part + more + PRIOR_NANOS;
            let expected = u128::from(part) * 10_000 / u128::from(whole);
            prop_assert_eq!(u128::from(ratio_bps_down(part, whole)), expected);
        }

        #[test]
        fn good_work_raises_and_bad_work_lowers(good in nanos(), bad in nanos(), fee in 1..1u64 << 40, secs: u32) {
            let now = at(secs);
            let before = Reputation { good_nanos: good, bad_nanos: bad, as_of_secs: secs, earned: Amount::ZERO };
            let fee = Amount::new_clipped(u128::from(fee) * u128::from(NANO.get()));
            let better = before.with(now, fee, Amount::ZERO, Amount::ZERO);
            let worse = before.with(now, Amount::ZERO, fee, Amount::ZERO);
            prop_assert!(better.bps(now) >= before.bps(now));
            prop_assert!(worse.bps(now) <= before.bps(now));
            prop_assert!(better.bps(now) <= 10_000);
        }

        #[test]
        fn dust_helps_nobody(units in 1..u128::from(NANO.get())) {
            let dust = Amount::new_clipped(units);
            let after = Reputation::default().with(at(1), dust, dust, dust);
            prop_assert_eq!((after.good_nanos, after.bad_nanos, after.earned), (0, 1, dust));
        }
    }

    #[test]
    fn the_first_fifty_lnq_make_half_a_reputation() {
        let now = at(1_000_000);
        let fifty = Amount::from_lnq(50);
        assert_eq!(Reputation::default().bps(now), 0);
        assert_eq!(Reputation::default().with(now, fifty, Amount::ZERO, Amount::ZERO).bps(now), 5_000);
    }

    #[test]
    fn half_way_to_a_halving_a_quarter_is_gone() {
        assert_eq!(left_down(1_000, HALF_LIFE_SECS / 2), 750);
        assert_eq!(left_down(1_000, HALF_LIFE_SECS), 500);
        assert_eq!(left_down(1_000, HALF_LIFE_SECS + HALF_LIFE_SECS / 2), 375);
        assert_eq!(NANO.get(), 1_000_000_000);
        assert_eq!(TWO_HALF_LIVES.get(), 2 * HALF_LIFE_SECS);
    }
}
