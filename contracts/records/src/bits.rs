//! Runs of bits inside one half of a storage word.

use alloy_primitives::B256;

/// A run of bits in a `u128`, numbered from the low end.
///
/// Runs are declared one after the other ([`Bits::first`], [`Bits::then`]), so that two cannot overlap and a half that is
/// too full does not compile.
#[derive(Clone, Copy, Debug)]
pub struct Bits {
    shift: u32,
    width: u32,
}

impl Bits {
    /// The lowest `width` bits.
    pub const fn first(width: u32) -> Self {
        assert!(width > 0 && width < 128, "a run of bits is a part of a half");
        Self { shift: 0, width }
    }

    /// The `width` bits above this run.
    pub const fn then(self, width: u32) -> Self {
        let shift = self.shift.saturating_add(self.width);
        assert!(width > 0 && shift.saturating_add(width) <= 128, "the runs do not fit in a half");
        Self { shift, width }
    }

    /// The largest value it holds.
    pub const fn max(self) -> u128 {
        // The width is 1 to 127, so neither step can wrap.
        1_u128.wrapping_shl(self.width).wrapping_sub(1)
    }

    /// Its value in `half`. `T` is at least as wide as the run.
    #[inline(always)]
    pub fn read<T: TryFrom<u128> + Default>(self, half: u128) -> T {
        T::try_from(half.wrapping_shr(self.shift) & self.max()).unwrap_or_default()
    }

    /// Its value in `half`, for a run of one bit.
    #[inline(always)]
    pub fn is_set(self, half: u128) -> bool {
        half.wrapping_shr(self.shift) & self.max() != 0
    }

    /// `half` with its value in it; nothing if the value is too large for it. The run must have been zero.
    #[inline(always)]
    pub fn write(self, half: u128, value: impl Into<u128>) -> Option<u128> {
        let value = value.into();
        if value > self.max() { None } else { Some(half | value.wrapping_shl(self.shift)) }
    }
}

/// The word made of a high and a low half.
pub fn join(high: u128, low: u128) -> B256 {
    let mut word = B256::ZERO;
    for (byte, of_half) in word.iter_mut().zip(high.to_be_bytes().into_iter().chain(low.to_be_bytes())) {
        *byte = of_half;
    }
    word
}

/// The high and the low half of a word.
pub fn split(word: &B256) -> (u128, u128) {
    let (high, low) = word.split_at(16);
    (number(high), number(low))
}

fn number(bytes: &[u8]) -> u128 {
    bytes.iter().fold(0, |number: u128, byte| number.wrapping_shl(8) | u128::from(*byte))
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;
    use proptest::prelude::*;

    use super::*;

    const LOW: Bits = Bits::first(3);
    const MIDDLE: Bits = LOW.then(87);
    const HIGH: Bits = MIDDLE.then(38);

    proptest! {
        #[test]
        fn halves_are_halves(high: u128, low: u128) {
            let word = join(high, low);
            prop_assert_eq!(word, B256::from((U256::from(high) << 128) | U256::from(low)));
            prop_assert_eq!(split(&word), (high, low));
        }

        #[test]
        fn runs_keep_to_themselves(low in 0..=LOW.max(), middle in 0..=MIDDLE.max(), high in 0..=HIGH.max()) {
            let half = HIGH.write(LOW.write(MIDDLE.write(0, middle).unwrap(), low).unwrap(), high).unwrap();
            prop_assert_eq!(LOW.read::<u128>(half), low);
            prop_assert_eq!(MIDDLE.read::<u128>(half), middle);
            prop_assert_eq!(HIGH.read::<u128>(half), high);
        }

        #[test]
        fn what_is_too_large_is_refused(value: u128) {
            prop_assert_eq!(MIDDLE.write(0, value).is_some(), value <= MIDDLE.max());
        }
    }

    #[test]
    fn a_full_half_has_no_gap() {
        let full = LOW.write(MIDDLE.write(HIGH.write(0, HIGH.max()).unwrap(), MIDDLE.max()).unwrap(), LOW.max());
        assert_eq!(full, Some(u128::MAX));
        assert!(LOW.is_set(1) && !LOW.is_set(8) && MIDDLE.is_set(8));
    }
}
