//! Constant words without a place in memory.
//!
//! Each byte of a program's data costs every call three quarters of a gas, whatever it calls. What is spelled out by
//! instructions costs only who runs them, and less.

/// Thirty-two bytes.
pub type Word = [u8; 32];

/// The four numbers that make up `word`.
pub const fn limbs(word: Word) -> [u64; 4] {
    match word.as_chunks::<8>().0 {
        [a, b, c, d] => {
            [u64::from_le_bytes(*a), u64::from_le_bytes(*b), u64::from_le_bytes(*c), u64::from_le_bytes(*d)]
        }
        // A word has four parts of eight bytes.
        _ => [0; 4],
    }
}

/// The word that four numbers make up. A function of its own, so that they reach it as numbers.
#[inline(never)]
pub fn join(first: u64, second: u64, third: u64, fourth: u64) -> Word {
    let mut word = [0; 32];
    if let [a, b, c, d] = word.as_chunks_mut::<8>().0 {
        *a = first.to_le_bytes();
        *b = second.to_le_bytes();
        *c = third.to_le_bytes();
        *d = fourth.to_le_bytes();
    }
    word
}

/// A constant word.
macro_rules! spelled {
    ($word:expr) => {{
        let [first, second, third, fourth] = const { crate::spelled::limbs($word) };
        crate::spelled::join(first, second, third, fourth)
    }};
}

pub(crate) use spelled;

#[cfg(test)]
mod tests {
    use alloy_primitives::hex;

    use super::*;

    #[test]
    fn a_word_that_is_spelled_is_that_word() {
        const WORD: Word = hex!("0102030405060708 090a0b0c0d0e0f10 1112131415161718 191a1b1c1d1e1f20");
        assert_eq!(spelled!(WORD), WORD);
    }
}
