//! Amounts of LNQ, and the fractions they are split by.

use alloy_primitives::{U256, aliases::U96};

/// A result left the range of its type.
///
/// Contracts give it a name of their own where a caller can cause it; where only a broken sibling could, any of their
/// errors will do, since what matters is that the call has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OutOfRange;

/// An amount of LNQ in base units (10^18 = 1 LNQ), always below 2^96.
///
/// The whole supply is below 2^90, so that honest sums never come near the limit, and every amount takes twelve bytes of
/// a storage word.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Amount(u128);

impl Amount {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// The largest amount, 2^96 − 1: more LNQ than there is.
    pub const MAX: Self = Self((1 << 96) - 1);
    /// One LNQ.
    pub const LNQ: Self = Self(1_000_000_000_000_000_000);

    /// The amount of `units` base units.
    pub const fn new(units: u128) -> Result<Self, OutOfRange> {
        if units > Self::MAX.0 { Err(OutOfRange) } else { Ok(Self(units)) }
    }

    /// The amount of `units` base units, or [`Amount::MAX`] when that is less.
    pub const fn new_clipped(units: u128) -> Self {
        if units > Self::MAX.0 { Self::MAX } else { Self(units) }
    }

    /// `lnq` whole LNQ; every `u32` of them fits.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "2^32 · 10^18 < 2^92; `From` is not const"
    )]
    pub const fn from_lnq(lnq: u32) -> Self {
        Self(lnq as u128 * Self::LNQ.0)
    }

    /// Its base units.
    pub const fn units(self) -> u128 {
        self.0
    }

    /// Whether it is nothing.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `self + other`.
    pub const fn plus(self, other: Self) -> Result<Self, OutOfRange> {
        match self.0.checked_add(other.0) {
            Some(units) => Self::new(units),
            None => Err(OutOfRange),
        }
    }

    /// `self + other`, or [`Amount::MAX`] when that is less.
    pub const fn plus_clipped(self, other: Self) -> Self {
        Self::new_clipped(self.0.saturating_add(other.0))
    }

    /// `self − other`.
    pub const fn minus(self, other: Self) -> Result<Self, OutOfRange> {
        match self.0.checked_sub(other.0) {
            Some(units) => Ok(Self(units)),
            None => Err(OutOfRange),
        }
    }

    /// `self − other`, or zero when `other` is the larger.
    pub const fn minus_clipped(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// `self · times`.
    #[expect(clippy::as_conversions, reason = "`From` is not const")]
    pub const fn times(self, times: u32) -> Result<Self, OutOfRange> {
        match self.0.checked_mul(times as u128) {
            Some(units) => Self::new(units),
            None => Err(OutOfRange),
        }
    }

    /// `self · numerator ÷ denominator`, rounded down. The product never overflows: 96 bits by 32.
    pub const fn mul_div_down(self, numerator: u32, denominator: core::num::NonZeroU32) -> Result<Self, OutOfRange> {
        Self::new(div_down(self.product(numerator), denominator))
    }

    /// `self · numerator ÷ denominator`, rounded up. The product never overflows: 96 bits by 32.
    pub const fn mul_div_up(self, numerator: u32, denominator: core::num::NonZeroU32) -> Result<Self, OutOfRange> {
        Self::new(div_up(self.product(numerator), denominator))
    }

    /// That share of it, rounded down.
    pub const fn share_down(self, share: Share) -> Self {
        Self(div_down(self.product(share.widened()), Share::DENOMINATOR))
    }

    /// That share of it, rounded up.
    pub const fn share_up(self, share: Share) -> Self {
        Self(div_up(self.product(share.widened()), Share::DENOMINATOR))
    }

    /// That many hundredths of a percent of it, rounded down.
    pub const fn bps_down(self, bps: Bps) -> Self {
        Self(div_down(self.product(bps.widened()), Bps::DENOMINATOR))
    }

    /// That many hundredths of a percent of it, rounded up.
    pub const fn bps_up(self, bps: Bps) -> Self {
        Self(div_up(self.product(bps.widened()), Bps::DENOMINATOR))
    }

    #[expect(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "96 bits by 32 bits fit 128")]
    const fn product(self, factor: u32) -> u128 {
        self.0 * factor as u128
    }
}

impl From<U96> for Amount {
    fn from(value: U96) -> Self {
        // Limbs, because the conversion through `u128` would carry a failure that 96 bits cannot have.
        let [low, high] = *value.as_limbs();
        Self((u128::from(high) << 64) | u128::from(low))
    }
}

impl From<Amount> for U96 {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "splits 96 bits into limbs of 64 and 32"
    )]
    fn from(amount: Amount) -> Self {
        Self::from_limbs([amount.0 as u64, (amount.0 >> 64) as u64])
    }
}

impl TryFrom<U256> for Amount {
    type Error = OutOfRange;

    fn try_from(value: U256) -> Result<Self, OutOfRange> {
        let [low, high, 0, 0] = *value.as_limbs() else {
            return Err(OutOfRange);
        };
        Self::new((u128::from(high) << 64) | u128::from(low))
    }
}

impl From<Amount> for U256 {
    #[expect(
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        reason = "splits 96 bits into limbs of 64 and 32"
    )]
    fn from(amount: Amount) -> Self {
        Self::from_limbs([amount.0 as u64, (amount.0 >> 64) as u64, 0, 0])
    }
}

/// Hundredths of a percent, at most 10,000.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Bps(u16);

impl Bps {
    /// All of it.
    pub const ALL: Self = Self(10_000);
    const DENOMINATOR: core::num::NonZeroU32 = nonzero(10_000);

    /// `bps` hundredths of a percent.
    pub const fn new(bps: u16) -> Result<Self, OutOfRange> {
        if bps > Self::ALL.0 { Err(OutOfRange) } else { Ok(Self(bps)) }
    }

    /// The number of hundredths of a percent.
    pub const fn get(self) -> u16 {
        self.0
    }

    #[expect(clippy::as_conversions, reason = "`From` is not const")]
    const fn widened(self) -> u32 {
        self.0 as u32
    }
}

/// Twentieths of a price or a pot, at most 20: what claims, shares and rulings are counted in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share(u8);

impl Share {
    /// Nothing of it.
    pub const NONE: Self = Self(0);
    /// All of it.
    pub const ALL: Self = Self(20);
    const DENOMINATOR: core::num::NonZeroU32 = nonzero(20);

    /// `twentieths` of the whole.
    pub const fn new(twentieths: u8) -> Result<Self, OutOfRange> {
        if twentieths > Self::ALL.0 { Err(OutOfRange) } else { Ok(Self(twentieths)) }
    }

    /// The number of twentieths.
    pub const fn twentieths(self) -> u8 {
        self.0
    }

    #[expect(clippy::as_conversions, reason = "`From` is not const")]
    const fn widened(self) -> u32 {
        self.0 as u32
    }
}

/// `value ÷ divisor`, rounded down.
///
/// A long division by digits of 32 bits: the compiler's own 128-bit division costs a contract a kilobyte and a half.
pub const fn div_down(value: u128, divisor: core::num::NonZeroU32) -> u128 {
    divide(value, divisor).0
}

/// `value ÷ divisor`, rounded up.
#[expect(clippy::arithmetic_side_effects, reason = "a quotient with a remainder is below the largest number")]
pub const fn div_up(value: u128, divisor: core::num::NonZeroU32) -> u128 {
    let (quotient, remainder) = divide(value, divisor);
    if remainder == 0 { quotient } else { quotient + 1 }
}

#[expect(
    clippy::arithmetic_side_effects,
    clippy::as_conversions,
    clippy::cast_possible_truncation,
    reason = "each digit is cut out by its shift, and a remainder below 2^32 beside a digit is below 2^64"
)]
const fn divide(value: u128, divisor: core::num::NonZeroU32) -> (u128, u64) {
    let divisor = divisor.get() as u64;
    let mut quotient = 0;
    let mut remainder = 0;
    let mut shift = 128;
    while shift > 0 {
        shift -= 32;
        let part = (remainder << 32) | ((value >> shift) as u64 & 0xffff_ffff);
        quotient = (quotient << 32) | (part / divisor) as u128;
        remainder = part % divisor;
    }
    (quotient, remainder)
}

/// A constant that is visibly not zero; a zero would not compile where it is used.
const fn nonzero(value: u32) -> core::num::NonZeroU32 {
    match core::num::NonZeroU32::new(value) {
        Some(value) => value,
        None => core::num::NonZeroU32::MIN,
    }
}

#[cfg(test)]
mod tests {
    use core::num::NonZeroU32;

    use proptest::prelude::*;

    use super::*;

    fn amount() -> impl Strategy<Value = Amount> {
        (0..=Amount::MAX.0).prop_map(Amount)
    }

    proptest! {
        #[test]
        fn division_agrees_with_the_compilers(value: u128, divisor in 1..=u32::MAX) {
            let divisor = NonZeroU32::new(divisor).ok_or(TestCaseError::reject("zero"))?;
            let wide = u128::from(divisor.get());
            prop_assert_eq!(div_down(value, divisor), value / wide);
            prop_assert_eq!(div_up(value, divisor), value.div_ceil(wide));
        }

        #[test]
        fn sums_stay_below_the_limit_or_fail(a in amount(), b in amount()) {
            match a.plus(b) {
                Ok(sum) => {
                    prop_assert!(sum <= Amount::MAX);
                    prop_assert_eq!(sum.minus(b), Ok(a));
                    prop_assert_eq!(a.plus_clipped(b), sum);
                }
                Err(OutOfRange) => {
                    prop_assert!(a.0 + b.0 > Amount::MAX.0);
                    prop_assert_eq!(a.plus_clipped(b), Amount::MAX);
                }
            }
            prop_assert_eq!(a.minus(b).is_ok(), a >= b);
            prop_assert_eq!(a.minus_clipped(b), a.minus(b).unwrap_or(Amount::ZERO));
        }

        #[test]
        fn a_share_and_the_rest_make_the_whole(a in amount(), twentieths in 0..=20u8) {
            let share = Share::new(twentieths).map_err(|_| TestCaseError::reject("share"))?;
            let rest = Share::new(20 - twentieths).map_err(|_| TestCaseError::reject("share"))?;
            prop_assert_eq!(a.share_down(share).plus(a.share_up(rest)), Ok(a));
            prop_assert!(a.share_up(share) <= a);
        }

        #[test]
        fn bps_and_the_rest_make_the_whole(a in amount(), bps in 0..=10_000u16) {
            let part = Bps::new(bps).map_err(|_| TestCaseError::reject("bps"))?;
            let rest = Bps::new(10_000 - bps).map_err(|_| TestCaseError::reject("bps"))?;
            prop_assert_eq!(a.bps_down(part).plus(a.bps_up(rest)), Ok(a));
        }

        #[test]
        fn mul_div_brackets_the_exact_quotient(a in amount(), n: u32, d in 1..=u32::MAX) {
            let d = NonZeroU32::new(d).ok_or(TestCaseError::reject("zero"))?;
            let exact = a.0 * u128::from(n);
            match (a.mul_div_down(n, d), a.mul_div_up(n, d)) {
                (Ok(down), Ok(up)) => {
                    prop_assert!(down.0 * u128::from(d.get()) <= exact);
                    prop_assert!(up.0 - down.0 <= 1);
                    prop_assert_eq!(up == down, exact % u128::from(d.get()) == 0);
                }
                (_, up) => prop_assert!(up.is_err()),
            }
        }

        #[test]
        fn conversions_keep_every_amount(a in amount()) {
            prop_assert_eq!(Amount::from(Into::<U96>::into(a)), a);
            prop_assert_eq!(Amount::try_from(Into::<U256>::into(a)), Ok(a));
            prop_assert_eq!(Into::<U256>::into(a), U256::from(a.0));
        }

        #[test]
        fn what_does_not_fit_is_refused(low: u128, high: u128) {
            let value = (U256::from(high) << 128) | U256::from(low);
            prop_assert_eq!(Amount::try_from(value).is_ok(), high == 0 && low <= Amount::MAX.0);
        }
    }

    #[test]
    fn the_limits_hold() {
        assert_eq!(Amount::new(Amount::MAX.0 + 1), Err(OutOfRange));
        assert_eq!(Amount::new_clipped(u128::MAX), Amount::MAX);
        assert_eq!(Amount::MAX.times(2), Err(OutOfRange));
        assert_eq!(Amount::from_lnq(u32::MAX).0, u128::from(u32::MAX) * Amount::LNQ.0);
        assert_eq!(Bps::new(10_001), Err(OutOfRange));
        assert_eq!(Share::new(21), Err(OutOfRange));
        assert_eq!(Bps::DENOMINATOR.get(), 10_000);
        assert_eq!(Share::DENOMINATOR.get(), 20);
    }
}
