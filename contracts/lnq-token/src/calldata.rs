//! Reading arguments and writing answers.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, U256};

/// Calldata that is not exactly the arguments of a function. It is refused without a reason.
pub struct BadCalldata;

impl From<BadCalldata> for Vec<u8> {
    fn from(_: BadCalldata) -> Self {
        Self::new()
    }
}

/// The arguments of a call, one word after the other.
pub struct Arguments<'a> {
    input: &'a [u8],
    words: core::slice::Iter<'a, [u8; 32]>,
}

impl<'a> Arguments<'a> {
    /// What follows the selector.
    pub fn new(input: &'a [u8]) -> Self {
        Self { input, words: input.as_chunks::<32>().0.iter() }
    }

    /// The next word.
    pub fn word(&mut self) -> Result<B256, BadCalldata> {
        self.words.next().map(B256::from).ok_or(BadCalldata)
    }

    /// The next word as a number.
    #[inline(never)]
    pub fn number(&mut self) -> Result<U256, BadCalldata> {
        self.word().map(|word| U256::from_be_bytes(word.0))
    }

    /// The next word as an address, which has nothing in front.
    #[inline(never)]
    pub fn address(&mut self) -> Result<Address, BadCalldata> {
        let word = self.word()?;
        let front = word.first_chunk::<12>().is_some_and(|front| *front == [0; 12]);
        if front { Ok(Address::from_word(word)) } else { Err(BadCalldata) }
    }

    /// The next word as a number that fits `T`.
    pub fn small<T: TryFrom<u64>>(&mut self) -> Result<T, BadCalldata> {
        let number = u64::try_from(self.number()?).map_err(|_| BadCalldata)?;
        T::try_from(number).map_err(|_| BadCalldata)
    }

    /// The next word as four bytes, which have nothing behind.
    pub fn four_bytes(&mut self) -> Result<[u8; 4], BadCalldata> {
        let word = self.word()?;
        match word.split_first_chunk::<4>() {
            Some((bytes, rest)) if rest.iter().all(|byte| *byte == 0) => Ok(*bytes),
            _ => Err(BadCalldata),
        }
    }

    /// The next word as the place of some bytes.
    pub fn bytes(&mut self) -> Result<&'a [u8], BadCalldata> {
        let (length, rest) = self.tail()?;
        rest.get(..length).ok_or(BadCalldata)
    }

    /// The next word as the place of a list of words.
    pub fn list(&mut self) -> Result<Arguments<'a>, BadCalldata> {
        let (length, rest) = self.tail()?;
        let words = rest.get(..length.saturating_mul(32)).ok_or(BadCalldata)?;
        Ok(Arguments::new(words))
    }

    /// How many words there are still.
    pub fn left(&self) -> usize {
        self.words.len()
    }

    /// The next word as a place in the input: the number that stands there, and everything behind it.
    #[inline(never)]
    fn tail(&mut self) -> Result<(usize, &'a [u8]), BadCalldata> {
        let place: u32 = self.small()?;
        let place = usize::try_from(place).map_err(|_| BadCalldata)?;
        let mut tail = Arguments::new(self.input.get(place..).ok_or(BadCalldata)?);
        let length: u32 = tail.small()?;
        let rest = tail.input.get(32..).ok_or(BadCalldata)?;
        Ok((usize::try_from(length).map_err(|_| BadCalldata)?, rest))
    }
}

/// An answer of one word.
pub fn one(value: U256) -> Vec<u8> {
    many(&[value])
}

/// An answer of several words.
#[inline(never)]
pub fn many(values: &[U256]) -> Vec<u8> {
    let mut answer = Vec::with_capacity(values.len().saturating_mul(32));
    for value in values {
        answer.extend_from_slice(&value.to_be_bytes::<32>());
    }
    answer
}

/// An answer of one short text.
pub fn text(text: &str) -> Vec<u8> {
    many(&[U256::from(32), U256::from(text.len()), short(text)])
}

/// The word of a text of at most 32 bytes: its bytes, then zeros.
pub fn short(text: &str) -> U256 {
    let mut word = [0; 32];
    for (to, from) in word.iter_mut().zip(text.bytes()) {
        *to = from;
    }
    U256::from_be_bytes(word)
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Bytes, FixedBytes};
    use alloy_sol_types::{SolType, SolValue, sol_data};
    use proptest::prelude::*;

    use super::*;

    type Everything = (
        sol_data::Address,
        sol_data::Uint<256>,
        sol_data::Uint<8>,
        sol_data::Uint<32>,
        sol_data::FixedBytes<4>,
        sol_data::Bytes,
    );

    fn read(input: &[u8]) -> Result<Vec<u8>, BadCalldata> {
        let mut given = Arguments::new(input);
        let (account, number) = (given.address()?, given.number()?);
        let (byte, index): (u8, u32) = (given.small()?, given.small()?);
        let (four, bytes) = (given.four_bytes()?, given.bytes()?);
        Ok(<Everything as SolType>::abi_encode_params(&(
            account,
            number,
            byte,
            index,
            FixedBytes(four),
            Bytes::copy_from_slice(bytes),
        )))
    }

    proptest! {
        #[test]
        fn arguments_are_read_as_the_general_decoder_does(
            account: [u8; 20], number: [u8; 32], byte: u8, index: u32, four: [u8; 4],
            bytes in proptest::collection::vec(any::<u8>(), 0..100),
            edits in proptest::collection::vec((any::<u16>(), any::<u8>()), 0..2),
            cut in 0..40_usize,
        ) {
            let whole: (Address, U256) = (account.into(), U256::from_be_bytes(number));
            let mut input =
                <Everything as SolType>::abi_encode_params(&(whole.0, whole.1, byte, index, FixedBytes(four), Bytes::from(bytes)));
            for (place, byte) in edits {
                let length = input.len();
                input[usize::from(place) % length] = byte;
            }
            input.truncate(input.len() - cut.saturating_sub(20).min(input.len()));
            let general = <Everything as SolType>::abi_decode_params_validate(&input).ok();
            let ours = read(&input).ok();
            // A place that leads back into the arguments is read by both or by neither; what is read is the same.
            if let (Some(general), Some(ours)) = (&general, &ours) {
                prop_assert_eq!(&<Everything as SolType>::abi_encode_params(general), ours);
            }
            prop_assert!(ours.is_none() || general.is_some(), "what the general decoder refuses is refused");
        }

        #[test]
        fn lists_are_read_as_the_general_decoder_does(
            first in proptest::collection::vec(any::<[u8; 32]>(), 0..5), second in proptest::collection::vec(any::<[u8; 32]>(), 0..5),
        ) {
            let words = |list: &[[u8; 32]]| list.iter().map(|word| U256::from_be_bytes(*word)).collect::<Vec<_>>();
            let input = (words(&first), words(&second)).abi_encode_params();
            let mut given = Arguments::new(&input);
            for wanted in [words(&first), words(&second)] {
                let Ok(mut list) = given.list() else { panic!("a list") };
                prop_assert_eq!(list.left(), wanted.len());
                for word in wanted {
                    prop_assert_eq!(list.number().ok(), Some(word));
                }
                prop_assert!(list.word().is_err());
            }
        }

        #[test]
        fn texts_are_written_as_the_general_encoder_does(given in "[ -~]{1,32}") {
            prop_assert_eq!(text(&given), given.abi_encode());
        }
    }

    #[test]
    fn a_list_that_is_not_there_is_refused() {
        let input = many(&[U256::from(32), U256::from(2), U256::ZERO]);
        assert!(Arguments::new(&input).list().is_err());
        let huge = many(&[U256::from(32), U256::from(u32::MAX)]);
        assert!(Arguments::new(&huge).list().is_err());
        assert!(Arguments::new(&huge).bytes().is_err());
    }
}
