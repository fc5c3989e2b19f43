//! Structs, errors and events as contracts read and write them: by the word.
//!
//! The general encoder of the ABI writes every conversion out in full at every place. A contract whose arguments are
//! structs of twenty fields would be mostly that. Here each kind of field has one function for the whole contract, and a
//! struct is a list of calls to them. [`Abi`] lends this form to the SDK's router; tests compare all of it with the
//! general encoder.

use alloc::vec::Vec;

use alloy_primitives::{
    Address, B256, U256,
    aliases::{U48, U96},
    keccak256,
};
use alloy_sol_types::{
    SolError, SolEvent, SolType, TopicList,
    abi::token::{FixedSeqToken, PackedSeqToken, Token, WordToken},
    private::SolTypeValue,
};
use stylus_sdk::abi::{AbiType, ConstString};

use crate::{
    CourtParameters, Disputed, IBeacon, ICourt, IDisputes, IEscrow, IJobs, IJurors, ILnqToken, IProfiles, IRegistry,
    Job, JobParameters, Juror, Permit, Provider, Rates, Record, Registration, RegistryParameters, Requirements,
    Resources, Slot, StandingOffer, Terms, TierRule, Unbonding, WorkClose, WorkRequest,
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

    /// The next word, whatever it is.
    #[inline(never)]
    fn word(&mut self) -> B256 {
        let word = self.rest.next();
        self.sound &= word.is_some();
        word.map(|token| token.0).unwrap_or_default()
    }

    /// The next word as an address.
    #[inline(never)]
    fn address(&mut self) -> Address {
        let word = self.word();
        let [a, b, _, _] = parts(&word);
        self.sound &= a | b.unbounded_shr(32) == 0;
        Address::from_word(word)
    }

    /// The next word as a number below 2^`bits`; at most 64.
    #[inline(never)]
    fn number(&mut self, bits: u32) -> u64 {
        let [a, b, c, number] = parts(&self.word());
        self.sound &= a | b | c | number.unbounded_shr(bits) == 0;
        number
    }

    /// The next word as a number below 2^`bits`; at most 128.
    #[inline(never)]
    fn wide_number(&mut self, bits: u32) -> u128 {
        let [a, b, c, d] = parts(&self.word());
        let number = (u128::from(c) << 64) | u128::from(d);
        self.sound &= a | b == 0 && number.unbounded_shr(bits) == 0;
        number
    }
}

/// A word as four numbers, the highest first.
#[inline(always)]
fn parts(word: &B256) -> [u64; 4] {
    match word.as_chunks::<8>().0 {
        // Written out, since a closure over the four is a loop where code is made small.
        [a, b, c, d] => {
            [u64::from_be_bytes(*a), u64::from_be_bytes(*b), u64::from_be_bytes(*c), u64::from_be_bytes(*d)]
        }
        _ => [0; 4],
    }
}

#[inline(never)]
fn append_number(value: u64, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice([[0; 8], [0; 8], [0; 8], value.to_be_bytes()].as_flattened());
}

#[inline(never)]
fn append_wide_number(value: u128, bytes: &mut Vec<u8>) {
    bytes.extend_from_slice([[0; 16], value.to_be_bytes()].as_flattened());
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
                words.number(Self::BITS) as Self
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
        words.number(1) != 0
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_number((*self).into(), bytes);
    }
}

impl Static for u128 {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        words.wide_number(128)
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_wide_number(*self, bytes);
    }
}

impl Static for U48 {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        // More than 48 bits are noticed there; what they are does not matter any more.
        Self::try_from(words.number(48)).unwrap_or_default()
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_number(u64::try_from(*self).unwrap_or_default(), bytes);
    }
}

impl Static for U96 {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        // More than 96 bits are noticed there; what they are does not matter any more.
        Self::try_from(words.wide_number(96)).unwrap_or_default()
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_wide_number(u128::try_from(*self).unwrap_or_default(), bytes);
    }
}

impl Static for U256 {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        words.word().into()
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_word(&(*self).into(), bytes);
    }
}

impl Static for B256 {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        words.word()
    }

    fn write(&self, bytes: &mut Vec<u8>) {
        append_word(self, bytes);
    }
}

impl Static for Address {
    const WORDS: usize = 1;

    fn read(words: &mut Reader<'_>) -> Self {
        words.address()
    }

    #[inline(never)]
    fn write(&self, bytes: &mut Vec<u8>) {
        append_word(&self.into_word(), bytes);
    }
}

macro_rules! tuples {
    ($(($($field:ident),*))+) => {$(
        #[allow(non_snake_case, unused_variables, clippy::unused_unit, reason = "each value is named as its type")]
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

tuples! { () (A) (A, B) (A, B, C) (A, B, C, D) (A, B, C, D, E) (A, B, C, D, E, F) }

/// A struct of linq-abi whose fields all take a fixed number of words.
pub trait Struct: Static + AbiType + 'static {
    /// Its words, as the general decoder cuts them out.
    type Block: for<'a> Token<'a> + Block + Clone;
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
    Permit { deadline, v, r, s }
    Registration { operator, payout, capacity, features, region, rates, offer, stake }
    WorkRequest {
        provider, caller, assignable, resources, features, regions, tier, price, posted, runSecs, windowSecs, lock,
    }
    WorkClose {
        work, provider, payoutVersion, end, lock, standing, reserved, resources, claim, share, paid, fee, priceFee,
        tookSecs, requester, owed, verdict, trial,
    }
    Provider {
        owner, invitedOwner, operator, operatorAccepted, payout, draining, capacity, used, features, region, rates,
        offer, bonded, locked, unbonding, registeredAt, record, reputation, tier,
    }
    Record { accepted, completed, late, unable, disputesWon, disputesLost, earned, slashed, history }
    Unbonding { amount, end }
    Requirements { resources, features, regions, tier, price, runSecs, windowSecs, standing }
    TierRule { stakeMultiple, ageDays, reputationBps, priceCapLnq }
    RegistryParameters { minimumLnq, perCoreLnq, perGpuLnq, unbondingSecs, priceCapLnq, tier1, tier2, tier3 }
    Terms {
        requester, specHash, price, tasks, resources, features, regions, tier, provider, judge, expected, openSecs,
        bidSecs, runSecs, windowSecs, attempts, endBy, anyoneMatches, parameters, salt,
    }
    JobParameters { feeBps, collateralBps, maxAttempts }
    Juror { account, active, leaving, leavingEnd }
    Job {
        tasks, resources, bidSecs, runSecs, windowSecs, openUntil, endBy, attempts, parameters,
        judged, expects,
    }
    Disputed {
        dispute, provider, requesterOpened, providerOpened, requesterClaim, providerClaim, neutralFrom,
    }
    Slot {
        state, until, outcome, provider, left, attempt, price, lock, takenAt, due, claim, standing, payoutVersion,
    }
    CourtParameters {
        evidenceSecs, appealEvidenceSecs, commitSecs, revealSecs, appealSecs, drawSecs, floorMilliLnq,
    }
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
        KeysChanged { provider } { invitedOwner, operator, payout }
        OwnerChanged { provider, owner } {}
        CapacityChanged { provider } { capacity, features, region }
        Draining { provider } {}
        ParametersSet { version } { from, parameters }
        Paused {} { until }
        OfferChanged { provider } { rates, offer }
        StakeAdded { provider, from } { amount, bonded }
        UnbondingStarted { provider } { amount, end, bonded }
        StakeWithdrawn { provider, owner } { amount }
        WorkTaken { provider } { lock, locked }
        CapacityFreed { provider } {}
        WorkClosed { provider, work } { end, tookSecs, paid, trial, unlocked, slashed, compensated, bonded }
    }
    IEscrow {
        Wired {} { jobs }
        RewardLocked { job, requester } { price, slots }
        SlotSettled { job, payee } { paid, fee, refunded }
        SlotForfeited { job } { burned, refunded }
        FeesSwept {} { toTreasury, burned }
        SurplusSkimmed {} { toTreasury }
    }
    IBeacon {
        RoundKept { round } { randomness }
    }
    IJurors {
        Wired {} { court }
        Paused {} { until }
        StakeAdded { juror, account } { amount, active }
        LeavingStarted { juror } { amount, end, active, leaving }
        StakeWithdrawn { juror, account } { amount }
        StakeSeized { juror } { fromActive, fromLeaving }
    }
    IJobs {
        Wired {} { registry, escrow, disputes }
        ParametersSet { version } { from, parameters }
        Paused {} { until }
        SlotTaken { job, slot, provider } { attempt, price, lock, bidUntil, due, standing }
        SlotDisplaced { job, slot, provider } {}
        UnableReported { job, slot, provider } { attempt, reason }
        SlotReopened { job, slot, provider } { end, attempt }
        SlotDisputed { job, slot, provider } { until }
        SlotClosed { job, slot, provider } { outcome, paid, fee }
    }
    IProfiles {
        SelfTestPublished { provider } { report, validUntil }
    }
    IDisputes {
        Wired {} { jobs, registry, escrow, court }
        ResultDisputed { job, slot, dispute } { provider, requesterClaim, providerClaim, value, cost, neutralFrom }
        ClaimMoved { job, slot, dispute } { requesterClaim, providerClaim }
        DisputeSettled { job, slot, dispute } { verdict, trial, share, owed }
    }
    ICourt {
        Wired {} { jurors, beacon, opener }
        ParametersSet { version } { from, parameters }
        DisputeOpened { dispute } { value, version, seatFee }
        JuryOrdered { dispute, funder } { round, side, standing, seats, cost, beaconRound, evidenceEnd }
        DisputeCancelled { dispute } { returned, burned }
        SeatsDrawn { dispute } { round, from, jurors }
        PhaseBegun { dispute } { round, phase, until }
        VoteCommitted { dispute, juror } { round, seat, commitment }
        VoteExposed { dispute, juror, by } { round, seat, taken, reward }
        VoteRevealed { dispute, juror } { round, seat, vote }
        JuryLapsed { dispute, funder } { round, returned }
        PenaltiesCollected { dispute } { round, from, amount }
        RoundSettled { dispute } { round, verdict, returned, repaid, bonus, burned }
        RewardClaimed { dispute, juror } { round, account, amount }
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

/// An argument that is handed on as it came: words that are sound, but not read yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Raw<T: Struct>(T::Block);

impl<T: Struct> Raw<T> {
    /// Its words as those of `value`.
    pub fn of(value: &T) -> Self {
        Self(T::Block::from_bytes(&bytes_of(value)))
    }

    /// Reads it.
    pub fn read(&self) -> T {
        T::read(&mut Reader::new(self.0.words()))
    }

    /// Appends its words.
    pub fn write(&self, bytes: &mut Vec<u8>) {
        for word in self.0.words() {
            append_word(&word.0, bytes);
        }
    }
}

impl<T: Struct> AbiType for Raw<T> {
    type SolType = Self;

    const ABI: ConstString = T::ABI;
    const SELECTOR_ABI: ConstString = T::SELECTOR_ABI;
    const EXPORT_ABI_ARG: ConstString = T::EXPORT_ABI_ARG;
    const EXPORT_ABI_RET: ConstString = T::EXPORT_ABI_RET;
}

impl<T: Struct> SolType for Raw<T> {
    type RustType = Self;
    type Token<'a> = T::Block;

    const SOL_NAME: &'static str = T::ABI.as_str();
    const ENCODED_SIZE: Option<usize> = T::WORDS.checked_mul(32);
    const PACKED_ENCODED_SIZE: Option<usize> = None;

    fn valid_token(token: &Self::Token<'_>) -> bool {
        Abi::<T>::valid_token(token)
    }

    fn detokenize(token: Self::Token<'_>) -> Self {
        Self(token)
    }
}

impl<T: Struct> SolTypeValue<Self> for Raw<T> {
    fn stv_to_tokens(&self) -> T::Block {
        self.0.clone()
    }

    fn stv_abi_encode_packed_to(&self, out: &mut Vec<u8>) {
        self.write(out);
    }

    fn stv_eip712_data_word(&self) -> B256 {
        let mut bytes = Vec::new();
        self.write(&mut bytes);
        keccak256(bytes)
    }
}

/// A URI: a `string` in printable ASCII without blanks, which is what a URI is made of.
///
/// No other string comes out of a log that was written from one, so that nobody who reads logs meets bytes that are no
/// text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri(Vec<u8>);

impl Uri {
    /// What a contract stored of one.
    pub fn from_checked(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its length in bytes.
    pub fn length(&self) -> usize {
        self.0.len()
    }

    /// Appends offset and text as the last part of an event or an answer whose `head` words, the offset among them, are
    /// of fixed length.
    pub fn write_behind(&self, head: u64, bytes: &mut Vec<u8>) {
        append_number(head.saturating_mul(32), bytes);
        append_number(u64::try_from(self.0.len()).unwrap_or(u64::MAX), bytes);
        bytes.extend_from_slice(&self.0);
        // Up to the next whole word, whatever the length of what lies in front.
        let padding = self.0.len().next_multiple_of(32).saturating_sub(self.0.len());
        bytes.resize(bytes.len().saturating_add(padding), 0);
    }
}

impl AbiType for Uri {
    type SolType = Self;

    const ABI: ConstString = ConstString::new("string");
    const EXPORT_ABI_ARG: ConstString = ConstString::new("string calldata");
    const EXPORT_ABI_RET: ConstString = ConstString::new("string memory");
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
        keccak256(&self.0)
    }
}

/// The words of a value.
pub fn bytes_of<T: Static>(value: &T) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(T::WORDS.saturating_mul(32));
    value.write(&mut bytes);
    bytes
}

#[cfg(feature = "export-abi")]
mod export {
    //! What the export of an interface asks of its types.

    use alloc::vec::Vec;

    use stylus_sdk::abi::export::internal::{InnerType, InnerTypes};

    use super::{Abi, Raw, Struct, Uri};

    impl<T: InnerTypes> InnerTypes for Abi<T> {
        fn inner_types() -> Vec<InnerType> {
            T::inner_types()
        }
    }

    impl<T: Struct + InnerTypes> InnerTypes for Raw<T> {
        fn inner_types() -> Vec<InnerType> {
            T::inner_types()
        }
    }

    impl InnerTypes for Uri {}
}
