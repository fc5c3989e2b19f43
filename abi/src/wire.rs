//! Structs, errors and events as contracts read and write them: by the word.
//!
//! The general encoder of the ABI writes every conversion out in full at every place. A contract whose arguments are
//! structs of twenty fields would be mostly that. Here each kind of field has one function for the whole contract, and a
//! struct is a list of calls to them. [`Abi`] lends this form to the SDK's router; tests compare all of it with the
//! general encoder.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, U256, aliases::U96, keccak256};
use alloy_sol_types::{
    SolError, SolEvent, SolType, TopicList,
    abi::token::{FixedSeqToken, Token, WordToken},
    private::SolTypeValue,
};
use stylus_sdk::abi::{AbiType, ConstString};

use crate::{
    ILnqToken, IRegistry, Provider, Rates, Registration, RegistryParameters, Resources, StandingOffer, TierRule,
    Unbonding, WorkClose, WorkRequest,
};

/// A value that takes a fixed number of words.
pub trait Static: Sized {
    /// How many.
    const WORDS: usize;

    /// Reads it from the next words.
    fn read(words: &mut Reader<'_>) -> Self;

    /// Appends its words.
    fn write(&self, bytes: &mut Vec<u8>);
}

/// Words that are read one after the other.
pub struct Reader<'a> {
    rest: core::slice::Iter<'a, WordToken>,
    sound: bool,
}

impl<'a> Reader<'a> {
    /// Starts at the first of `words`.
    pub fn new(words: &'a [WordToken]) -> Self {
        Self { rest: words.iter(), sound: true }
    }

    /// Whether every word so far was there and had no bit outside of what it was read as, so that one value has one form.
    pub fn is_sound(&self) -> bool {
        self.sound
    }

    /// The next word, whose first `clear` bytes must be zero.
    #[inline(never)]
    fn word(&mut self, clear: usize) -> B256 {
        let word = self.rest.next().map(|token| token.0);
        let clean =
            word.as_ref().and_then(|word| word.get(..clear)).is_some_and(|head| head.iter().all(|byte| *byte == 0));
        self.sound &= clean;
        word.unwrap_or_default()
    }

    /// The next word as a number of at most eight `bytes`.
    #[inline(never)]
    fn number(&mut self, bytes: usize) -> u64 {
        let word = self.word(32usize.saturating_sub(bytes));
        word.iter().skip(24).fold(0, |number, byte| (number << 8) | u64::from(*byte))
    }

    /// The next word as a number of at most sixteen `bytes`.
    #[inline(never)]
    fn wide_number(&mut self, bytes: usize) -> u128 {
        let word = self.word(32usize.saturating_sub(bytes));
        word.iter().skip(16).fold(0, |number, byte| (number << 8) | u128::from(*byte))
    }
}

#[inline(never)]
fn append_number(value: u64, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&[0; 24]);
    bytes.extend_from_slice(&value.to_be_bytes());
}

#[inline(never)]
fn append_wide_number(value: u128, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(&[0; 16]);
    bytes.extend_from_slice(&value.to_be_bytes());
}

#[inline(never)]
fn append_word(word: &B256, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice(word.as_slice());
}

macro_rules! small_integers {
    ($($kind:ty),+) => {$(
        impl Static for $kind {
            const WORDS: usize = 1;

            #[inline(always)]
            #[allow(clippy::as_conversions, clippy::cast_possible_truncation, reason = "as many bytes as it has")]
            fn read(words: &mut Reader<'_>) -> Self {
                words.number(size_of::<Self>()) as Self
            }

            #[inline(always)]
            fn write(&self, bytes: &mut Vec<u8>) {
                append_number((*self).into(), bytes);
            }
        }
    )+};
}

small_integers!(u8, u16, u32, u64);

impl Static for bool {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        let number = words.number(1);
        words.sound &= number <= 1;
        number != 0
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_number((*self).into(), bytes);
    }
}

impl Static for u128 {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        words.wide_number(16)
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_wide_number(*self, bytes);
    }
}

impl Static for U96 {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        Self::try_from(words.wide_number(12)).unwrap_or_default()
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_wide_number(u128::try_from(*self).unwrap_or_default(), bytes);
    }
}

impl Static for U256 {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        words.word(0).into()
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_word(&(*self).into(), bytes);
    }
}

impl Static for B256 {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        words.word(0)
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_word(self, bytes);
    }
}

impl Static for Address {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        Self::from_word(words.word(12))
    }

    #[inline(never)]
    fn write(&self, bytes: &mut Vec<u8>) {
        append_word(&self.into_word(), bytes);
    }
}

macro_rules! tuples {
    ($(($($field:ident),*))+) => {$(
        #[allow(non_snake_case, unused_variables, reason = "each value is named as its type")]
        impl<$($field: Static),*> Static for ($($field,)*) {
            const WORDS: usize = 0 $(+ $field::WORDS)*;

            fn read(words: &mut Reader<'_>) -> Self {
                ($($field::read(words),)*)
            }

            fn write(&self, bytes: &mut Vec<u8>) {
                let ($($field,)*) = self;
                $($field.write(bytes);)*
            }
        }
    )+};
}

tuples! { () (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) }

/// A struct of linq-abi whose fields all take a fixed number of words.
pub trait Struct: Static + AbiType + 'static {
    /// Its words, as the general decoder cuts them out.
    type Block: for<'a> Token<'a> + Block;
}

/// A row of words.
pub trait Block {
    /// The words.
    fn words(&self) -> &[WordToken];

    /// The row that begins with `bytes`.
    fn from_bytes(bytes: &[u8]) -> Self;
}

impl<const N: usize> Block for FixedSeqToken<WordToken, N> {
    fn words(&self) -> &[WordToken] {
        &self.0
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let mut words = [WordToken::default(); N];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks::<32>().0) {
            *word = WordToken((*bytes).into());
        }
        Self(words)
    }
}

macro_rules! structs {
    ($($name:ident { $($field:ident),+ $(,)? })+) => {$(
        impl Static for $name {
            const WORDS: usize = match <Self as SolType>::ENCODED_SIZE {
                Some(bytes) => bytes / 32,
                None => 0,
            };

            #[inline(never)]
            fn read(words: &mut Reader<'_>) -> Self {
                Self { $($field: Static::read(words)),+ }
            }

            #[inline(never)]
            fn write(&self, bytes: &mut Vec<u8>) {
                $(self.$field.write(bytes);)+
            }
        }

        impl Struct for $name {
            type Block = FixedSeqToken<WordToken, { <Self as Static>::WORDS }>;
        }
    )+};
}

// Every struct with its fields in the order of linq-abi.
structs! {
    Resources { cpuMillis, memoryMib, storageGib, gpus, gpuClass, bandwidthMbps }
    Rates { cpuMilli, memoryMib, storageGib, gpu }
    StandingOffer { open, minPrice, minRunSecs, maxRunSecs, maxWindowSecs, maxHoldBackSecs, maxNoticeSecs, maxLock }
    Registration { operator, payout, capacity, features, region, rates, offer, stake }
    WorkRequest {
        provider, caller, assignable, resources, features, regions, tier, price, posted, runSecs, windowSecs, lock,
    }
    WorkClose {
        work, provider, payoutVersion, end, lock, standing, reserved, resources, claim, share, paid, fee, priceFee,
        tookSecs,
    }
    Provider {
        owner, operator, operatorAccepted, payout, capacity, used, features, region, rates, offer, bonded, locked,
        unbonding, registeredAt, accepted, completed, late, unable, earned, slashed, reputation, tier,
    }
    Unbonding { amount, end }
    TierRule { stakeMultiple, ageDays, reputationBps, priceCapLnq }
    RegistryParameters { minimumLnq, perCoreLnq, perGpuLnq, unbondingSecs, priceCapLnq, tier1, tier2, tier3 }
}

/// Selector and fields of an error.
pub fn encode_error<E>(error: E) -> Vec<u8>
where
    E: SolError,
    ErrorFields<E>: From<E> + Static,
{
    let mut bytes = begin(E::SELECTOR);
    ErrorFields::<E>::from(error).write(&mut bytes);
    bytes
}

/// A selector with room for what follows it.
#[inline(never)]
pub fn begin(selector: [u8; 4]) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(132);
    bytes.extend_from_slice(&selector);
    bytes
}

/// The fields of an error as a tuple.
pub type ErrorFields<E> = <<E as SolError>::Parameters<'static> as SolType>::RustType;

/// An event whose fields all take a fixed number of words.
pub trait Event {
    /// How many of its first words are topics.
    const TOPICS: usize;

    /// Appends its topics, then its data.
    fn write(&self, bytes: &mut Vec<u8>);
}

macro_rules! events {
    ($($interface:ident { $($name:ident { $($indexed:ident),* } { $($field:ident),* })+ })+) => {$($(
        impl Event for $interface::$name {
            const TOPICS: usize = <<Self as SolEvent>::TopicList as TopicList>::COUNT;

            fn write(&self, bytes: &mut Vec<u8>) {
                append_word(&Self::SIGNATURE_HASH, bytes);
                $(self.$indexed.write(bytes);)*
                $(self.$field.write(bytes);)*
            }
        }
    )+)+};
}

// Every event with its fields in the order of its declaration, the indexed ones first.
events! {
    ILnqToken {
        Transfer { from, to } { value }
        Approval { owner, spender } { value }
    }
    IRegistry {
        Wired {} { jobs }
        ProviderRegistered { provider, owner, operator } { registration }
        OperatorAccepted { provider, operator } {}
        OfferChanged { provider } { rates, offer }
        StakeAdded { provider, from } { amount, bonded }
        UnbondingStarted { provider } { amount, end, bonded }
        StakeWithdrawn { provider, owner } { amount }
        WorkTaken { provider } { lock, locked }
        CapacityFreed { provider } {}
        WorkClosed { provider, work } { end, unlocked, slashed, bonded }
    }
}

/// An argument or an answer that travels in this form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abi<T>(pub T);

impl<T> From<T> for Abi<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T: Struct> AbiType for Abi<T> {
    type SolType = Self;

    const ABI: ConstString = T::ABI;
    const SELECTOR_ABI: ConstString = T::SELECTOR_ABI;
    const EXPORT_ABI_ARG: ConstString = T::EXPORT_ABI_ARG;
    const EXPORT_ABI_RET: ConstString = T::EXPORT_ABI_RET;
}

impl<T: Struct> SolType for Abi<T> {
    type RustType = Self;
    type Token<'a> = T::Block;

    const SOL_NAME: &'static str = T::ABI.as_str();
    const ENCODED_SIZE: Option<usize> = T::WORDS.checked_mul(32);
    const PACKED_ENCODED_SIZE: Option<usize> = None;

    fn valid_token(token: &Self::Token<'_>) -> bool {
        let mut words = Reader::new(token.words());
        // What is read is thrown away: only reading it shows whether it is sound.
        let _ = T::read(&mut words);
        words.is_sound()
    }

    fn detokenize(token: Self::Token<'_>) -> Self {
        Self(T::read(&mut Reader::new(token.words())))
    }
}

impl<T: Struct> SolTypeValue<Self> for Abi<T> {
    fn stv_to_tokens(&self) -> T::Block {
        T::Block::from_bytes(&bytes_of(&self.0))
    }

    fn stv_abi_encode_packed_to(&self, out: &mut Vec<u8>) {
        self.0.write(out);
    }

    fn stv_eip712_data_word(&self) -> B256 {
        keccak256(bytes_of(&self.0))
    }
}

/// The words of a value.
pub fn bytes_of<T: Static>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(T::WORDS.saturating_mul(32));
    value.write(&mut bytes);
    bytes
}

#[cfg(feature = "export-abi")]
impl<T: stylus_sdk::abi::export::internal::InnerTypes> stylus_sdk::abi::export::internal::InnerTypes for Abi<T> {
    fn inner_types() -> Vec<stylus_sdk::abi::export::internal::InnerType> {
        T::inner_types()
    }
}
