//! Storage words with typed fields.
//!
//! [`packed!`](crate::packed) declares a struct that fills one storage word. Fields lie as Solidity lays out the same
//! struct, the first at the low end, so that an EVM contract over the same storage can declare it line by line.
//! [`Packed`] is the storage cell that reads and writes such a word as a whole.

use alloc::{vec, vec::Vec};
use core::marker::PhantomData;

use alloy_primitives::{Address, B256};
use stylus_sdk::{prelude::*, storage::StorageB256};

use crate::{Amount, Bps, Share, Timestamp};

/// A value with a fixed place in a storage word.
pub trait Field: Copy + Default {
    /// How many bytes it takes.
    const BYTES: usize;

    /// Reads it from the bytes of `word` that end before index `end`.
    fn load(word: &B256, end: usize) -> Self;

    /// Writes it into the bytes of `word` that end before index `end`, which were zero.
    fn store(self, word: &mut B256, end: usize);
}

/// A value that fills one storage word.
pub trait Word: Copy + Default {
    /// Reads it from its word.
    fn from_word(word: &B256) -> Self;

    /// Its word.
    fn to_word(&self) -> B256;
}

/// A storage cell of one word, read and written as a whole.
#[storage]
pub struct Packed<T: Word> {
    word: StorageB256,
    content: PhantomData<T>,
}

impl<T: Word> Packed<T> {
    /// What the word holds.
    pub fn get(&self) -> T {
        T::from_word(&self.word.get())
    }

    /// The word as it lies.
    pub fn word(&self) -> B256 {
        self.word.get()
    }

    /// Replaces what the word holds.
    pub fn set(&mut self, value: &T) {
        self.word.set(value.to_word());
    }
}

/// Declares structs that fill one storage word each, fields from the low end up.
///
/// A struct that does not fit does not compile. One can be a field of another; its fields then lie in its place.
#[macro_export]
macro_rules! packed {
    ($(
        $(#[$meta:meta])*
        $vis:vis struct $name:ident {
            $($(#[$field_meta:meta])* $field_vis:vis $field:ident: $kind:ty),+ $(,)?
        }
    )+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
        $vis struct $name {
            $($(#[$field_meta])* $field_vis $field: $kind),+
        }

        const _: () = assert!(
            <$name as $crate::Field>::BYTES <= 32,
            concat!(stringify!($name), " does not fit a word"),
        );

        impl $crate::Field for $name {
            const BYTES: usize = 0 $(+ <$kind as $crate::Field>::BYTES)+;

            #[inline(always)]
            fn load(word: &$crate::reexports::B256, mut end: usize) -> Self {
                let value = Self {
                    $($field: {
                        let field = <$kind as $crate::Field>::load(word, end);
                        end = end.saturating_sub(<$kind as $crate::Field>::BYTES);
                        field
                    }),+
                };
                // The place after the last field is nobody's.
                let _ = end;
                value
            }

            #[inline(always)]
            fn store(self, word: &mut $crate::reexports::B256, mut end: usize) {
                $(
                    $crate::Field::store(self.$field, word, end);
                    end = end.saturating_sub(<$kind as $crate::Field>::BYTES);
                )+
                let _ = end;
            }
        }

        impl $crate::Word for $name {
            fn from_word(word: &$crate::reexports::B256) -> Self {
                $crate::Field::load(word, 32)
            }

            fn to_word(&self) -> $crate::reexports::B256 {
                let mut word = $crate::reexports::B256::ZERO;
                $crate::Field::store(*self, &mut word, 32);
                word
            }
        }
    )+};
}

/// The number in the `bytes` bytes of `word` that end before index `end`; at most eight.
///
/// One function for every field of a contract, and no loop over bytes: it reads the eight bytes that the field lies in.
#[inline(never)]
fn load_number(word: &B256, end: usize, bytes: usize) -> u64 {
    let (window, below) = window(end);
    let eight = word.get(window).and_then(|eight| eight.try_into().ok()).map_or(0, u64::from_be_bytes);
    eight.unbounded_shr(below) & mask(bytes)
}

/// Writes `number` into the `bytes` bytes of `word` that end before index `end`, which were zero.
#[inline(never)]
fn store_number(number: u64, word: &mut B256, end: usize, bytes: usize) {
    let (window, below) = window(end);
    if let Some(eight) = word.get_mut(window).and_then(|eight| <&mut [u8; 8]>::try_from(eight).ok()) {
        let with = u64::from_be_bytes(*eight) | (number & mask(bytes)).unbounded_shl(below);
        *eight = with.to_be_bytes();
    }
}

/// The eight bytes that a field ending before index `end` lies in, and how many bits are below it in them.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "at most 64 bits")]
fn window(end: usize) -> (core::ops::Range<usize>, u32) {
    let start = end.saturating_sub(8);
    let past = start.saturating_add(8);
    (start..past, past.saturating_sub(end).saturating_mul(8) as u32)
}

/// As many low bits as `bytes` have.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "at most 64 bits")]
fn mask(bytes: usize) -> u64 {
    u64::MAX.unbounded_shr(64u32.saturating_sub(bytes.saturating_mul(8) as u32))
}

macro_rules! integer_fields {
    ($($kind:ty),+) => {$(
        impl Field for $kind {
            const BYTES: usize = size_of::<Self>();

            #[inline(always)]
            #[expect(clippy::allow_attributes, reason = "the widest kind is not cast down")]
            #[allow(clippy::as_conversions, clippy::cast_possible_truncation, reason = "as many bytes as it has")]
            fn load(word: &B256, end: usize) -> Self {
                load_number(word, end, Self::BYTES) as Self
            }

            #[inline(always)]
            fn store(self, word: &mut B256, end: usize) {
                store_number(self.into(), word, end, Self::BYTES);
            }
        }
    )+};
}

integer_fields!(u8, u16, u32, u64);

impl Field for bool {
    const BYTES: usize = 1;

    #[inline(always)]
    fn load(word: &B256, end: usize) -> Self {
        u8::load(word, end) != 0
    }

    #[inline(always)]
    fn store(self, word: &mut B256, end: usize) {
        u8::from(self).store(word, end);
    }
}

/// An address alone in its word lies at the low end.
impl Word for Address {
    fn from_word(word: &B256) -> Self {
        Self::from_word(*word)
    }

    fn to_word(&self) -> B256 {
        self.into_word()
    }
}

impl Field for Address {
    const BYTES: usize = 20;

    #[inline(never)]
    fn load(word: &B256, end: usize) -> Self {
        let field = word.get(end.saturating_sub(Self::BYTES)..end);
        field.and_then(|field| field.try_into().ok()).map_or(Self::ZERO, |bytes: [u8; 20]| bytes.into())
    }

    #[inline(never)]
    fn store(self, word: &mut B256, end: usize) {
        let field = word.get_mut(end.saturating_sub(Self::BYTES)..end);
        if let Some(field) = field.and_then(|field| <&mut [u8; 20]>::try_from(field).ok()) {
            *field = self.into_array();
        }
    }
}

impl Field for Amount {
    const BYTES: usize = 12;

    #[inline(never)]
    fn load(word: &B256, end: usize) -> Self {
        let low = u64::load(word, end);
        let high = u32::load(word, end.saturating_sub(8));
        Self::new_clipped((u128::from(high) << 64) | u128::from(low))
    }

    #[inline(never)]
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "splits 96 bits into 64 and 32")]
    fn store(self, word: &mut B256, end: usize) {
        (self.units() as u64).store(word, end);
        ((self.units() >> 64) as u32).store(word, end.saturating_sub(8));
    }
}

impl Field for Timestamp {
    const BYTES: usize = 5;

    #[inline(always)]
    fn load(word: &B256, end: usize) -> Self {
        Self::new_clipped(load_number(word, end, Self::BYTES))
    }

    #[inline(always)]
    fn store(self, word: &mut B256, end: usize) {
        store_number(self.secs(), word, end, Self::BYTES);
    }
}

impl Field for Bps {
    const BYTES: usize = 2;

    /// More than everything can only be there if something else wrote the word; it counts as nothing.
    #[inline(always)]
    fn load(word: &B256, end: usize) -> Self {
        Self::new(u16::load(word, end)).unwrap_or_default()
    }

    #[inline(always)]
    fn store(self, word: &mut B256, end: usize) {
        self.get().store(word, end);
    }
}

impl Field for Share {
    const BYTES: usize = 1;

    /// More than everything can only be there if something else wrote the word; it counts as nothing.
    #[inline(always)]
    fn load(word: &B256, end: usize) -> Self {
        Self::new(u8::load(word, end)).unwrap_or_default()
    }

    #[inline(always)]
    fn store(self, word: &mut B256, end: usize) {
        self.twentieths().store(word, end);
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{U256, hex};
    use proptest::prelude::*;

    use super::*;

    packed! {
        /// One of each, to the last byte but one.
        struct Sample {
            owner: Address,
            since: Timestamp,
            count: u32,
            share: Share,
            open: bool,
        }

        /// Two amounts and what is left beside them.
        struct Pair {
            first: Amount,
            second: Amount,
            fee: Bps,
            version: u16,
            last: u32,
        }
    }

    #[test]
    fn fields_lie_as_solidity_lays_them_out() {
        let pair = Pair {
            first: Amount::LNQ,
            second: Amount::MAX,
            fee: Bps::new(250).unwrap_or_default(),
            version: 7,
            last: 0x0102_0304,
        };
        let expected = U256::from(Amount::LNQ.units())
            | (U256::from(Amount::MAX.units()) << 96)
            | (U256::from(250) << 192)
            | (U256::from(7) << 208)
            | (U256::from(0x0102_0304) << 224);
        assert_eq!(pair.to_word(), B256::from(expected));
    }

    #[test]
    fn a_word_nobody_wrote_is_the_default() {
        assert_eq!(Sample::from_word(&B256::ZERO), Sample::default());
        assert_eq!(Sample::default().to_word(), B256::ZERO);
    }

    #[test]
    fn what_cannot_be_is_read_as_nothing() {
        let word = B256::from(hex!("00000000 ffff ffff 000000000000000000000000 000000000000000000000000"));
        assert_eq!(Pair::from_word(&word).fee, Bps::default());
    }

    proptest! {
        #[test]
        fn words_come_back_whole(owner: [u8; 20], secs in 0..1u64 << 40, count: u32, share in 0..=20u8, open: bool) {
            let sample = Sample {
                owner: Address::from(owner),
                since: Timestamp::new_clipped(secs),
                count,
                share: Share::new(share).unwrap_or_default(),
                open,
            };
            prop_assert_eq!(Sample::from_word(&sample.to_word()), sample);
        }

        #[test]
        fn amounts_come_back_whole(first: u128, second: u128, fee in 0..=10_000u16, version: u16, last: u32) {
            let pair = Pair {
                first: Amount::new_clipped(first >> 32),
                second: Amount::new_clipped(second >> 32),
                fee: Bps::new(fee).unwrap_or_default(),
                version,
                last,
            };
            prop_assert_eq!(Pair::from_word(&pair.to_word()), pair);
        }
    }
}
