//! Points in time.

use crate::OutOfRange;

/// Seconds of a day.
pub const DAY_SECS: u32 = 86_400;

/// A unix time in seconds, below 2^40 (the year 36,812), so that it takes five bytes of a storage word.
///
/// Deadlines are half-open: valid iff `now < deadline`, timed out iff `now >= deadline`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(u64);

impl Timestamp {
    /// The beginning of 1970, which stands for "never" in storage.
    pub const ZERO: Self = Self(0);
    /// The last second.
    pub const MAX: Self = Self((1 << 40) - 1);

    /// The time `secs`, or [`Timestamp::MAX`] when that is earlier. For the block's own time, which never gets there.
    pub const fn new_clipped(secs: u64) -> Self {
        if secs > Self::MAX.0 { Self::MAX } else { Self(secs) }
    }

    /// The time `secs`.
    pub const fn new(secs: u64) -> Result<Self, OutOfRange> {
        if secs > Self::MAX.0 { Err(OutOfRange) } else { Ok(Self(secs)) }
    }

    /// Its seconds.
    pub const fn secs(self) -> u64 {
        self.0
    }

    /// Whether it is the "never" of storage.
    pub const fn is_zero(self) -> bool {
        self.0 == 0
    }

    /// `secs` later.
    #[expect(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        reason = "40 bits and 32 bits fit 64; `From` is not const"
    )]
    pub const fn plus(self, secs: u32) -> Result<Self, OutOfRange> {
        Self::new(self.0 + secs as u64)
    }

    /// The UTC day it lies in, counted from the beginning of 1970; the last one there is a number for after the year 2149.
    pub fn day(self) -> u16 {
        u16::try_from(self.0.div_euclid(DAY_SECS.into())).unwrap_or(u16::MAX)
    }

    /// The first second of a UTC day.
    pub fn of_day(day: u16) -> Self {
        Self(u64::from(day).saturating_mul(DAY_SECS.into()))
    }

    /// Seconds from `earlier` to this, or zero when `earlier` is the later one.
    pub const fn secs_since(self, earlier: Self) -> u64 {
        self.0.saturating_sub(earlier.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn later_and_since_undo_each_other(secs in 0..=Timestamp::MAX.0, more: u32) {
            let start = Timestamp(secs);
            match start.plus(more) {
                Ok(end) => {
                    prop_assert!(end >= start);
                    prop_assert_eq!(end.secs_since(start), u64::from(more));
                    prop_assert_eq!(start.secs_since(end), 0);
                }
                Err(OutOfRange) => prop_assert!(secs + u64::from(more) > Timestamp::MAX.0),
            }
        }

        #[test]
        fn a_day_begins_at_its_first_second(day: u16, secs in 0..u64::from(DAY_SECS)) {
            let start = Timestamp::of_day(day);
            prop_assert_eq!(start.day(), day);
            prop_assert_eq!(Timestamp(start.secs() + secs).day(), day);
        }

        #[test]
        fn clipping_changes_only_what_does_not_fit(secs: u64) {
            prop_assert_eq!(Timestamp::new_clipped(secs), Timestamp::new(secs).unwrap_or(Timestamp::MAX));
        }
    }
}
