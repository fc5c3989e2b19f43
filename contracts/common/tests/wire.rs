//! What contracts read and write by the word is what the general encoder of the ABI would.
#![allow(clippy::arithmetic_side_effects, clippy::indexing_slicing, reason = "a test that overflows fails")]

use proptest::prelude::*;

use alloy_primitives::{Address, B256, U256, aliases::U96};
use alloy_sol_types::{SolError, SolEvent, SolType, SolValue, abi::token::WordToken, private::SolTypeValue};
use linq_abi::{
    CourtParameters, IBeacon, ICourt, IEscrow, IJobs, IJurors, ILnqToken, IProfiles,
    IRegistry::{self, *},
    Job, JobParameters, Juror, Permit, Provider, Rates, Record, Registration, RegistryParameters, Resources, Slot,
    StandingOffer, Terms, TierRule, Unbonding, WorkClose, WorkRequest,
    wire::{Abi, Block, ErrorFields, Event, Raw, Reader, Static, Struct, Uri, bytes_of, encode_error},
};
use stylus_sdk::abi::AbiType;

/// Reads any struct out of random words that are cut down to what a field can hold.
fn sample<T: Static>(seed: &[[u8; 32]]) -> T {
    let words: Vec<WordToken> = seed.iter().cycle().take(T::WORDS).map(|word| WordToken((*word).into())).collect();
    T::read(&mut Reader::new(&words))
}

/// The general encoder agrees with ours on the struct, and ours reads it back.
fn agrees<T>(value: T) -> bool
where
    T: Struct + SolType<RustType = T> + SolTypeValue<T> + PartialEq,
{
    let bytes = bytes_of(&value);
    let answer = <Abi<T> as AbiType>::abi_encode_return(&Abi(sample_of(&bytes)));
    bytes == <T as SolType>::abi_encode(&value)
        && answer == bytes
        && <Abi<T> as SolType>::abi_decode_validate(&bytes).is_ok_and(|read| read.0 == value)
}

fn sample_of<T: Struct>(bytes: &[u8]) -> T {
    T::read(&mut Reader::new(T::Block::from_bytes(bytes).words()))
}

fn logs_alike<E: Event + SolEvent>(event: E) -> bool {
    let mut bytes = Vec::new();
    Event::write(&event, &mut bytes);
    let log = event.encode_log_data();
    let topics: Vec<u8> = log.topics().iter().flat_map(|topic| topic.0).collect();
    E::TOPICS == log.topics().len() && bytes == [topics, log.data.to_vec()].concat()
}

fn fails_alike<E>(error: E) -> bool
where
    E: SolError + Clone,
    ErrorFields<E>: From<E> + Static,
{
    encode_error(error.clone()) == error.abi_encode()
}

fn words() -> impl Strategy<Value = Vec<[u8; 32]>> {
    proptest::collection::vec(any::<[u8; 32]>(), 1..40)
}

proptest! {
    #[test]
    fn structs_are_written_as_the_general_encoder_does(seed in words()) {
        let all = [
            agrees::<Resources>(sample(&seed)),
            agrees::<Rates>(sample(&seed)),
            agrees::<StandingOffer>(sample(&seed)),
            agrees::<Registration>(sample(&seed)),
            agrees::<WorkRequest>(sample(&seed)),
            agrees::<WorkClose>(sample(&seed)),
            agrees::<Permit>(sample(&seed)),
            agrees::<Record>(sample(&seed)),
            agrees::<Provider>(sample(&seed)),
            agrees::<Unbonding>(sample(&seed)),
            agrees::<TierRule>(sample(&seed)),
            agrees::<RegistryParameters>(sample(&seed)),
            agrees::<Terms>(sample(&seed)),
            agrees::<JobParameters>(sample(&seed)),
            agrees::<Job>(sample(&seed)),
            agrees::<Slot>(sample(&seed)),
            agrees::<CourtParameters>(sample(&seed)),
            agrees::<Juror>(sample(&seed)),
        ];
        prop_assert_eq!(all, [true; 18]);
    }

    #[test]
    fn words_outside_their_field_are_refused(seed in words(), at in 0..17usize, bit in 0..256usize) {
        let mut bytes = bytes_of(&sample::<WorkRequest>(&seed));
        let byte = at * 32 + bit / 8;
        bytes[byte] ^= 0x80 >> (bit % 8);
        let general = <WorkRequest as SolType>::abi_decode_validate(&bytes);
        let ours = <Abi<WorkRequest> as SolType>::abi_decode_validate(&bytes);
        prop_assert_eq!(general.ok(), ours.ok().map(|read| read.0));
    }

    #[test]
    fn calldata_that_is_cut_short_is_refused(seed in words(), left in 0..17 * 32usize) {
        let bytes = bytes_of(&sample::<WorkRequest>(&seed));
        prop_assert!(<Abi<WorkRequest> as SolType>::abi_decode_validate(&bytes[..left]).is_err());
    }

    #[test]
    fn events_are_written_as_the_general_encoder_does(seed in words(), provider: u32, end: u8, time: u64) {
        let (account, other): (Address, Address) = sample(&seed);
        let (value, amount, bonded): (U256, U96, U96) = sample(&seed);
        let all = [
            logs_alike(ILnqToken::Transfer { from: account, to: other, value }),
            logs_alike(ILnqToken::Approval { owner: account, spender: other, value }),
            logs_alike(Wired { jobs: account }),
            logs_alike(ProviderRegistered { provider, owner: account, operator: other, registration: sample(&seed) }),
            logs_alike(OperatorAccepted { provider, operator: account }),
            logs_alike(OfferChanged { provider, rates: sample(&seed), offer: sample(&seed) }),
            logs_alike(StakeAdded { provider, from: account, amount, bonded }),
            logs_alike(UnbondingStarted { provider, amount, end: time, bonded }),
            logs_alike(StakeWithdrawn { provider, owner: account, amount }),
            logs_alike(WorkTaken { provider, lock: amount, locked: bonded }),
            logs_alike(CapacityFreed { provider }),
            logs_alike(WorkClosed {
                provider,
                work: value.into(),
                end,
                tookSecs: provider,
                paid: bonded,
                trial: end,
                unlocked: amount,
                slashed: bonded,
                compensated: amount,
                bonded,
            }),
            logs_alike(KeysChanged { provider, invitedOwner: account, operator: other, payout: account }),
            logs_alike(OwnerChanged { provider, owner: other }),
            logs_alike(CapacityChanged { provider, capacity: sample(&seed), features: time, region: end.into() }),
            logs_alike(Draining { provider }),
            logs_alike(IRegistry::ParametersSet { version: end.into(), from: time, parameters: sample(&seed) }),
            logs_alike(Paused { until: time }),
        ];
        prop_assert_eq!(all, [true; 18]);
    }

    #[test]
    fn events_of_jobs_and_rewards_are_written_as_the_general_encoder_does(
        seed in words(), slot: u16, provider: u32, byte: u8, time: u64, due: u64, standing: bool,
    ) {
        let (job, account, other): (B256, Address, Address) = sample(&seed);
        let (price, lock, fee): (U96, U96, U96) = sample(&seed);
        let all = [
            logs_alike(IBeacon::RoundKept { round: time, randomness: job }),
            logs_alike(IEscrow::Wired { jobs: account }),
            logs_alike(IEscrow::RewardLocked { job, requester: account, price, slots: slot }),
            logs_alike(IEscrow::SlotSettled { job, payee: account, paid: price, fee, refunded: lock }),
            logs_alike(IEscrow::SlotForfeited { job, burned: price, refunded: lock }),
            logs_alike(IEscrow::FeesSwept { toTreasury: price, burned: fee }),
            logs_alike(IEscrow::SurplusSkimmed { toTreasury: price }),
            logs_alike(IJobs::Wired { registry: account, escrow: other, disputes: account }),
            logs_alike(IJobs::ParametersSet { version: slot, from: time, parameters: sample(&seed) }),
            logs_alike(IJobs::Paused { until: time }),
            logs_alike(IJobs::SlotTaken {
                job, slot, provider, attempt: byte, price, lock, bidUntil: time, due, standing,
            }),
            logs_alike(IJobs::SlotDisplaced { job, slot, provider }),
            logs_alike(IJobs::UnableReported { job, slot, provider, attempt: byte, reason: !byte }),
            logs_alike(IJobs::SlotReopened { job, slot, provider, end: byte, attempt: !byte }),
            logs_alike(IJobs::SlotDisputed { job, slot, provider, until: time }),
            logs_alike(IJobs::SlotClosed { job, slot, provider, outcome: byte, paid: price, fee }),
            logs_alike(IProfiles::SelfTestPublished { provider, report: job, validUntil: time }),
        ];
        prop_assert_eq!(all, [true; 17]);
    }

    #[test]
    fn events_of_the_court_are_written_as_the_general_encoder_does(
        seed in words(), dispute: u64, juror: u32, bytes: [u8; 4], version: u16, time: u64,
    ) {
        let (account, other, word): (Address, Address, B256) = sample(&seed);
        let (cost, more, less): (U96, U96, U96) = sample(&seed);
        let [round, seat, side, standing] = bytes;
        let all = [
            logs_alike(ICourt::Wired { jurors: account, beacon: other, opener: account }),
            logs_alike(ICourt::ParametersSet { version, from: time, parameters: sample(&seed) }),
            logs_alike(ICourt::DisputeOpened { dispute, value: cost, version, seatFee: more }),
            logs_alike(ICourt::JuryOrdered {
                dispute, round, funder: account, side, standing, seats: seat, cost, beaconRound: time, evidenceEnd: dispute,
            }),
            logs_alike(ICourt::DisputeCancelled { dispute, returned: cost, burned: more }),
            logs_alike(ICourt::SeatsDrawn { dispute, round, from: seat, jurors: word }),
            logs_alike(ICourt::PhaseBegun { dispute, round, phase: side, until: time }),
            logs_alike(ICourt::VoteCommitted { dispute, round, seat, juror, commitment: word }),
            logs_alike(ICourt::VoteExposed { dispute, round, seat, juror, by: other, taken: cost, reward: more }),
            logs_alike(ICourt::VoteRevealed { dispute, round, seat, juror, vote: standing }),
            logs_alike(ICourt::JuryLapsed { dispute, round, funder: other, returned: less }),
            logs_alike(ICourt::PenaltiesCollected { dispute, round, from: seat, amount: less }),
            logs_alike(ICourt::RoundSettled {
                dispute, round, verdict: standing, returned: cost, repaid: more, bonus: less, burned: cost,
            }),
            logs_alike(ICourt::RewardClaimed { dispute, round, juror, account, amount: more }),
        ];
        prop_assert_eq!(all, [true; 14]);
    }

    #[test]
    fn events_of_jurors_are_written_as_the_general_encoder_does(seed in words(), juror: u32, time: u64) {
        let (account, amount, active, leaving): (Address, U96, U96, U96) = sample(&seed);
        let all = [
            logs_alike(IJurors::Wired { court: account }),
            logs_alike(IJurors::Paused { until: time }),
            logs_alike(IJurors::StakeAdded { juror, account, amount, active }),
            logs_alike(IJurors::LeavingStarted { juror, amount, end: time, active, leaving }),
            logs_alike(IJurors::StakeWithdrawn { juror, account, amount }),
            logs_alike(IJurors::StakeSeized { juror, fromActive: active, fromLeaving: leaving }),
        ];
        prop_assert_eq!(all, [true; 6]);
    }

    #[test]
    fn what_is_handed_on_as_it_came_is_as_sound(seed in words(), at in 0..25usize, bit in 0..256usize) {
        let terms: Terms = sample(&seed);
        let mut bytes = bytes_of(&terms);
        let mut handed_on = Vec::new();
        Raw::of(&terms).write(&mut handed_on);
        prop_assert_eq!(&handed_on, &bytes);
        prop_assert_eq!(Raw::of(&terms).read(), terms);
        bytes[at * 32 + bit / 8] ^= 0x80 >> (bit % 8);
        let general = <Terms as SolType>::abi_decode_validate(&bytes);
        let ours = <Raw<Terms> as SolType>::abi_decode_validate(&bytes);
        prop_assert_eq!(general.ok(), ours.ok().map(|raw| raw.read()));
    }

    #[test]
    fn a_uri_is_printable(bytes in prop_oneof![
        proptest::collection::vec(0x21..0x7fu8, 0..80),
        proptest::collection::vec(any::<u8>(), 0..80),
    ]) {
        let encoded = bytes.abi_encode();
        let decoded = Uri::abi_decode_validate(&encoded);
        prop_assert_eq!(decoded.is_ok(), bytes.iter().all(|byte| (0x21..0x7f).contains(byte)));
        if let Ok(uri) = decoded {
            let mut tail = Vec::new();
            uri.write_behind(1, &mut tail);
            prop_assert_eq!(&tail, &encoded);
            prop_assert_eq!(Uri::abi_encode(&uri), encoded);
            prop_assert_eq!(uri.length(), bytes.len());
            prop_assert_eq!(uri.bytes(), &bytes);
            prop_assert_eq!(Uri::from_checked(bytes), uri);
        }
    }

    #[test]
    fn errors_are_written_as_the_general_encoder_does(
        seed in words(), provider: u32, next: u64, short: u16, byte: u8,
    ) {
        let (caller, value, amount): (Address, U256, U96) = sample(&seed);
        let all = [
            fails_alike(RegistryNotWired {}),
            fails_alike(RegistryNotOwner { provider, caller }),
            fails_alike(RegistryNotFree { amount, free: amount }),
            fails_alike(RegistryTooManyUnbondings { provider, limit: byte }),
            fails_alike(RegistryNothingToWithdraw { provider, next }),
            fails_alike(IEscrow::EscrowAlreadyLocked { job: value.into() }),
            fails_alike(IEscrow::EscrowBadFee { feeBps: short, limit: short }),
            fails_alike(IProfiles::ProfilesMetadataTooLong { length: provider, limit: short.into() }),
            fails_alike(IJurors::JurorsNotActive { amount, active: amount }),
            fails_alike(IJurors::JurorsDayAhead { day: short, today: short }),
            fails_alike(ILnqToken::ERC20InsufficientBalance { sender: caller, balance: value, needed: value }),
        ];
        prop_assert_eq!(all, [true; 11]);
    }
}
