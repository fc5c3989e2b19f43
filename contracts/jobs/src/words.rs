//! The ABI by the word: arguments, answers, logs and calls made of 32-byte words.
//!
//! Everything the jobs contract takes, answers and says is made of words of fixed place, but for one URI. The general
//! encoder writes every conversion out at every place, which would take the contract past what a program may weigh;
//! here each kind of field has one function. Tests compare each of them with the general encoder.

use alloc::vec::Vec;
use core::marker::PhantomData;

use alloy_primitives::{Address, B256, aliases::U96};
use alloy_sol_types::{
    SolType,
    abi::token::{FixedSeqToken, PackedSeqToken, WordToken},
    private::SolTypeValue,
};
use linq_abi::{Job, Resources, Slot, Terms};
use stylus_sdk::abi::{AbiType, ConstString};

/// A word of the ABI.
pub type Word = [u8; 32];

/// The word of a number.
#[inline(never)]
pub fn number(value: u128) -> Word {
    let mut word = [0; 32];
    for (byte, of_value) in word.iter_mut().skip(16).zip(value.to_be_bytes()) {
        *byte = of_value;
    }
    word
}

/// The word of any unsigned integer, or of a bool.
#[inline(always)]
pub fn small(value: impl Into<u128>) -> Word {
    number(value.into())
}

/// The word of an amount.
#[inline(never)]
pub fn amount(value: U96) -> Word {
    number(linq_common::Amount::from(value).units())
}

/// The word of an address.
#[inline(never)]
pub fn address(value: Address) -> Word {
    value.into_word().0
}

/// The words of resources.
pub fn resources(of: &Resources) -> [Word; 6] {
    [
        small(of.cpuMillis),
        small(of.memoryMib),
        small(of.storageGib),
        small(of.gpus),
        small(of.gpuClass),
        small(of.bandwidthMbps),
    ]
}

/// The low half of a word.
#[inline(never)]
pub fn low(word: &Word) -> u128 {
    word.iter().skip(16).fold(0, |number: u128, byte| number.wrapping_shl(8) | u128::from(*byte))
}

/// A struct of fields that take one word each.
pub trait Shape<const N: usize>: AbiType {
    /// How many bits each field has.
    const BITS: [u16; N];
}

impl Shape<25> for Terms {
    const BITS: [u16; 25] =
        [160, 256, 96, 16, 32, 32, 32, 16, 16, 32, 64, 128, 8, 32, 160, 256, 32, 32, 32, 32, 8, 64, 1, 16, 256];
}

impl Shape<18> for Job {
    const BITS: [u16; 18] = [160, 96, 16, 32, 32, 32, 16, 16, 32, 32, 32, 32, 64, 64, 8, 16, 1, 1];
}

impl Shape<13> for Slot {
    const BITS: [u16; 13] = [8, 64, 8, 32, 32, 8, 96, 96, 64, 64, 8, 1, 16];
}

/// A struct of the ABI as its words.
///
/// Decoding refuses words with a bit outside their field, so that one value has one form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Static<T, const N: usize> {
    words: [Word; N],
    of: PhantomData<T>,
}

impl<T: Shape<N>, const N: usize> Static<T, N> {
    /// The struct with these words.
    pub fn new(words: [Word; N]) -> Self {
        Self { words, of: PhantomData }
    }

    /// Its words.
    pub fn words(&self) -> &[Word; N] {
        &self.words
    }

    /// The word of a field.
    pub fn word(&self, field: usize) -> Word {
        self.words.get(field).copied().unwrap_or_default()
    }

    /// A field of at most 128 bits.
    #[inline(always)]
    pub fn number<V: TryFrom<u128> + Default>(&self, field: usize) -> V {
        V::try_from(low(&self.word(field))).unwrap_or_default()
    }

    /// A field that is an address.
    pub fn address(&self, field: usize) -> Address {
        Address::from_word(self.word(field).into())
    }
}

/// Whether `word` has no bit above the lowest `bits`.
fn fits(word: &Word, bits: u16) -> bool {
    let clear = usize::from(256u16.saturating_sub(bits));
    let mut leading = 0usize;
    for byte in word {
        leading = leading.saturating_add(usize::try_from(byte.leading_zeros()).unwrap_or_default());
        if *byte != 0 {
            break;
        }
    }
    leading >= clear
}

impl<T: Shape<N> + 'static, const N: usize> SolType for Static<T, N> {
    type RustType = Self;
    type Token<'a> = FixedSeqToken<WordToken, N>;

    const SOL_NAME: &'static str = T::ABI.as_str();
    const ENCODED_SIZE: Option<usize> = N.checked_mul(32);
    const PACKED_ENCODED_SIZE: Option<usize> = N.checked_mul(32);

    fn valid_token(token: &Self::Token<'_>) -> bool {
        token.0.iter().zip(T::BITS).all(|(word, bits)| fits(&word.0.0, bits))
    }

    fn detokenize(token: Self::Token<'_>) -> Self {
        Self::new(token.0.map(|word| word.0.0))
    }
}

impl<T: Shape<N> + 'static, const N: usize> SolTypeValue<Self> for Static<T, N> {
    fn stv_to_tokens(&self) -> FixedSeqToken<WordToken, N> {
        FixedSeqToken(self.words.map(|word| WordToken(word.into())))
    }

    fn stv_abi_encode_packed_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(self.words.as_flattened());
    }

    fn stv_eip712_data_word(&self) -> B256 {
        alloy_primitives::keccak256(self.words.as_flattened())
    }
}

impl<T: Shape<N> + 'static, const N: usize> AbiType for Static<T, N> {
    type SolType = Self;

    const ABI: ConstString = T::ABI;
    const SELECTOR_ABI: ConstString = T::SELECTOR_ABI;
    const EXPORT_ABI_ARG: ConstString = T::EXPORT_ABI_ARG;
    const EXPORT_ABI_RET: ConstString = T::EXPORT_ABI_RET;
}

/// A URI: a `string` of the ABI without blanks, in printable ASCII, which is what a URI is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri(Vec<u8>);

impl Uri {
    /// Its length in bytes.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Appends it as the one part of variable length behind `head`.
    pub fn append(&self, head: &mut Vec<u8>) {
        head.extend_from_slice(&small(u64::try_from(self.0.len()).unwrap_or(u64::MAX)));
        head.extend_from_slice(&self.0);
        head.resize(head.len().next_multiple_of(32), 0);
    }
}

impl SolType for Uri {
    type RustType = Self;
    type Token<'a> = PackedSeqToken<'a>;

    const SOL_NAME: &'static str = "string";
    const ENCODED_SIZE: Option<usize> = None;
    const PACKED_ENCODED_SIZE: Option<usize> = None;

    fn valid_token(token: &Self::Token<'_>) -> bool {
        token.0.iter().all(u8::is_ascii_graphic)
    }

    fn detokenize(token: Self::Token<'_>) -> Self {
        Self(token.into_vec())
    }
}

impl SolTypeValue<Self> for Uri {
    fn stv_abi_encoded_size(&self) -> usize {
        self.0.len().next_multiple_of(32).saturating_add(64)
    }

    fn stv_to_tokens(&self) -> PackedSeqToken<'_> {
        PackedSeqToken(&self.0)
    }

    fn stv_abi_encode_packed_to(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.0);
    }

    fn stv_eip712_data_word(&self) -> B256 {
        alloy_primitives::keccak256(&self.0)
    }
}

impl AbiType for Uri {
    type SolType = Self;

    const ABI: ConstString = ConstString::new("string");
    const EXPORT_ABI_ARG: ConstString = ConstString::new("string calldata");
    const EXPORT_ABI_RET: ConstString = ConstString::new("string memory");
}

#[cfg(feature = "export-abi")]
mod export {
    //! What the export of an interface asks of its types.
    use stylus_sdk::abi::export::internal::{InnerType, InnerTypes};

    use super::{Shape, Static, Uri};

    impl<T: Shape<N> + InnerTypes, const N: usize> InnerTypes for Static<T, N> {
        fn inner_types() -> Vec<InnerType> {
            T::inner_types()
        }
    }

    impl InnerTypes for Uri {}
}

#[cfg(test)]
pub(crate) mod tests {
    use alloy_primitives::U256;
    use alloy_sol_types::SolValue;
    use proptest::prelude::*;

    use super::*;

    /// A value that differs from field to field, so that two fields in each other's place are noticed.
    pub trait Sample {
        /// The value for `field`.
        fn sample(field: &str) -> Self;
    }

    /// See [`Sample`].
    pub fn sample<T: Sample>(field: &str) -> T {
        T::sample(field)
    }

    fn digest(field: &str) -> B256 {
        alloy_primitives::keccak256(field)
    }

    impl Sample for B256 {
        fn sample(field: &str) -> Self {
            digest(field)
        }
    }

    impl Sample for Address {
        fn sample(field: &str) -> Self {
            Self::from_word(digest(field))
        }
    }

    impl Sample for bool {
        fn sample(field: &str) -> Self {
            digest(field)[0] & 1 == 1
        }
    }

    macro_rules! samples {
        ($($kind:ty),+) => {$(
            impl Sample for $kind {
                fn sample(field: &str) -> Self {
                    let digest = U256::from_be_bytes(digest(field).0);
                    <$kind>::try_from(digest & U256::from(<$kind>::MAX)).unwrap()
                }
            }
        )+};
    }

    samples!(u8, u16, u32, u64, u128);

    impl Sample for U96 {
        fn sample(field: &str) -> Self {
            linq_common::Amount::new_clipped(u128::sample(field) >> 32).into()
        }
    }

    /// Terms of which no two fields are alike.
    pub fn terms() -> Terms {
        Terms {
            requester: sample("requester"),
            specHash: sample("specHash"),
            price: sample("price"),
            tasks: sample("tasks"),
            resources: all_resources(),
            features: sample("features"),
            regions: sample("regions"),
            tier: sample("tier"),
            provider: sample("provider"),
            judge: sample("judge"),
            expected: sample("expected"),
            openSecs: sample("openSecs"),
            bidSecs: sample("bidSecs"),
            runSecs: sample("runSecs"),
            windowSecs: sample("windowSecs"),
            attempts: sample("attempts"),
            endBy: sample("endBy"),
            anyoneMatches: sample("anyoneMatches"),
            parameters: sample("parameters"),
            salt: sample("salt"),
        }
    }

    /// Resources of which no two are alike.
    pub fn all_resources() -> Resources {
        Resources {
            cpuMillis: sample("cpuMillis"),
            memoryMib: sample("memoryMib"),
            storageGib: sample("storageGib"),
            gpus: sample("gpus"),
            gpuClass: sample("gpuClass"),
            bandwidthMbps: sample("bandwidthMbps"),
        }
    }

    /// What a struct of the ABI is as words.
    pub fn words_of<T: Shape<N> + SolValue + 'static, const N: usize>(value: &T) -> Static<T, N> {
        Static::new(value.abi_encode().as_chunks::<32>().0.try_into().unwrap())
    }

    /// A URI as it would be decoded.
    pub fn uri(text: &str) -> Uri {
        Uri(text.as_bytes().to_vec())
    }

    /// Words that are likely to sit at a limit of some field.
    fn word() -> impl Strategy<Value = Word> {
        prop_oneof![
            Just([0; 32]),
            any::<[u8; 32]>(),
            (0usize..256).prop_map(|bit| (U256::from(1) << bit).to_be_bytes()),
            (0usize..256).prop_map(|bit| ((U256::from(1) << bit) - U256::from(1)).to_be_bytes()),
        ]
    }

    proptest! {
        #[test]
        fn terms_are_decoded_as_strictly(place in 0usize..25, word in word()) {
            let mut words = *words_of(&terms()).words();
            words[place] = word;
            let bytes = words.as_flattened();
            let general = <Terms as SolType>::abi_decode_validate(bytes);
            let ours = <Static<Terms, 25> as SolType>::abi_decode_validate(bytes);
            prop_assert_eq!(ours.is_ok(), general.is_ok());
            if let (Ok(ours), Ok(general)) = (ours, general) {
                prop_assert_eq!(ours.words().as_flattened(), general.abi_encode());
            }
        }

        #[test]
        fn numbers_come_back(value: u128) {
            prop_assert_eq!(low(&number(value)), value);
            prop_assert_eq!(number(value).to_vec(), value.abi_encode());
        }

        #[test]
        fn a_uri_is_printable(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            let encoded = bytes.abi_encode();
            let decoded = Uri::abi_decode_validate(&encoded);
            prop_assert_eq!(decoded.is_ok(), bytes.iter().all(|byte| (0x21..0x7f).contains(byte)));
            if let Ok(uri) = decoded {
                let mut tail = Vec::new();
                uri.append(&mut tail);
                prop_assert_eq!(&tail[..], &encoded[32..]);
                prop_assert_eq!(Uri::abi_encode(&uri), encoded);
            }
        }
    }

    #[test]
    fn shapes_are_those_of_the_structs() {
        let bits = |signature: &str| -> Vec<u16> {
            signature
                .replace(['(', ')'], "")
                .split(',')
                .map(|kind| match kind {
                    "address" => 160,
                    "bool" => 1,
                    "bytes32" => 256,
                    _ => kind.trim_start_matches("uint").parse().unwrap(),
                })
                .collect()
        };
        assert_eq!(bits(Terms::SELECTOR_ABI.as_str()), Terms::BITS);
        assert_eq!(bits(Job::SELECTOR_ABI.as_str()), Job::BITS);
        assert_eq!(bits(Slot::SELECTOR_ABI.as_str()), Slot::BITS);
        assert_eq!(Static::<Terms, 25>::SELECTOR_ABI.as_str(), Terms::SELECTOR_ABI.as_str());
    }

    #[test]
    fn a_struct_is_answered_as_its_words() {
        let terms = words_of(&terms());
        assert_eq!(Static::abi_encode(&terms), terms.words().as_flattened());
        assert_eq!(resources(&all_resources()).as_flattened(), all_resources().abi_encode());
    }
}
