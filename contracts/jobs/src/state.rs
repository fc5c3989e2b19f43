//! What the chain keeps, and how it is packed: a word for a job ([`Conditions`](linq_records::job::Conditions)), one for
//! each of its slots.
//!
//! An all-zero slot word is an open slot that nobody has touched, so posting writes nothing for its slots. Packing
//! refuses a value that is too large for its place; `post` admits no terms that could lead to one. Who pays for a job, and
//! how much, is kept by the escrow alone.

use alloy_primitives::{Address, B256, aliases::U16};
use linq_abi::codes::{Outcome, SlotState};
use linq_common::{Amount, Packed, Share, Timestamp};
use linq_records::{
    bits::{Bits, join, split},
    jobs::Setup,
};
use stylus_sdk::{
    prelude::*,
    storage::{StorageB256, StorageMap},
};

/// Storage of the jobs contract.
#[entrypoint]
#[storage]
pub struct Jobs {
    // slot 0: 20 bytes, and 93 of 96 bits
    pub(crate) setup: Packed<Setup>,
    // slot 1: 20
    pub(crate) registry: Packed<Address>,
    // slot 2: 20
    pub(crate) deployer: Packed<Address>,
    // slot 3: by version, a word of parameters; each 2 + 2 + 1
    pub(crate) parameters: StorageMap<U16, StorageB256>,
    // slot 4: by job id; two words each
    pub(crate) jobs: StorageMap<B256, StoredJob>,
    // slot 5: by the id of the work, keccak256(job id, index)
    pub(crate) slots: StorageMap<B256, StorageB256>,
    // slot 6: 20
    pub(crate) governor: Packed<Address>,
    // slot 7: 20
    pub(crate) guardian: Packed<Address>,
    // slot 8: 20
    pub(crate) disputes: Packed<Address>,
}

/// The words of one job.
#[storage]
pub struct StoredJob {
    // word 0: Conditions
    pub(crate) conditions: StorageB256,
    // word 1: only where there is one, the judge's address or the expected hash
    pub(crate) decider: StorageB256,
}

impl Jobs {
    /// Where the money is, and the rules of now. Asked in so many places that it pays to have it once.
    #[inline(never)]
    pub(crate) fn setup(&self) -> Setup {
        self.setup.get()
    }

    /// Replaces it.
    #[inline(never)]
    pub(crate) fn set_up(&mut self, setup: &Setup) {
        self.setup.set(setup);
    }
}

// Word of a slot, high half: 122 of 128; the six left are room for a counterclaim.
const OUTCOME: Bits = Bits::first(4);
const PROVIDER: Bits = OUTCOME.then(32);
const LEFT: Bits = PROVIDER.then(32);
const PAYOUT_VERSION: Bits = LEFT.then(16);
const CLAIM: Bits = PAYOUT_VERSION.then(5);
const STANDING: Bits = CLAIM.then(1);
const TAKEN_AT: Bits = STANDING.then(32);
// Word of a slot, low half: 126 of 128.
const STATE: Bits = Bits::first(3);
const ATTEMPT: Bits = STATE.then(4);
const TAKE_PRICE: Bits = ATTEMPT.then(87);
const UNTIL: Bits = TAKE_PRICE.then(32);

/// The most one slot may cost: 2^87 − 1 base units, about 154 million LNQ.
pub const MAX_PRICE: Amount = Amount::new_clipped(TAKE_PRICE.max());

/// The word of a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SlotRecord {
    /// The state as of the last change. `Taken` stands for `Running` too, which begins without a call.
    pub state: SlotState,
    /// How it was closed.
    pub outcome: Outcome,
    /// Attempts used up or under way.
    pub attempt: u8,
    /// The provider that has it, or had it last.
    pub provider: u32,
    /// The provider that left it last.
    pub left: u32,
    /// The price of the take.
    pub price: Amount,
    /// When the bidding ends, for a taken slot; when the window ends, for a submitted one.
    pub until: Timestamp,
    /// When the provider took it.
    pub taken_at: Timestamp,
    /// The payout address that was in force then.
    pub payout_version: u16,
    /// What the result was claimed to be worth.
    pub claim: Share,
    /// Whether the take came from the provider's standing offer.
    pub standing: bool,
}

impl Default for SlotRecord {
    fn default() -> Self {
        Self {
            state: SlotState::Open,
            outcome: Outcome::None,
            attempt: 0,
            provider: 0,
            left: 0,
            price: Amount::ZERO,
            until: Timestamp::ZERO,
            taken_at: Timestamp::ZERO,
            payout_version: 0,
            claim: Share::NONE,
            standing: false,
        }
    }
}

impl SlotRecord {
    /// Packs it.
    pub fn pack(&self) -> Option<B256> {
        let mut high = OUTCOME.write(0, self.outcome.number())?;
        high = PROVIDER.write(high, self.provider)?;
        high = LEFT.write(high, self.left)?;
        high = PAYOUT_VERSION.write(high, self.payout_version)?;
        high = CLAIM.write(high, self.claim.twentieths())?;
        high = STANDING.write(high, self.standing)?;
        high = TAKEN_AT.write(high, self.taken_at.secs())?;
        let mut low = STATE.write(0, self.state.number())?;
        low = ATTEMPT.write(low, self.attempt)?;
        low = TAKE_PRICE.write(low, self.price.units())?;
        low = UNTIL.write(low, self.until.secs())?;
        Some(join(high, low))
    }

    /// Unpacks it. A code that names nothing reads as closed, from which nothing follows.
    pub fn unpack(word: &B256) -> Self {
        let (high, low) = split(word);
        Self {
            state: SlotState::from_u8(STATE.read(low)).unwrap_or(SlotState::Closed),
            outcome: Outcome::from_u8(OUTCOME.read(high)).unwrap_or(Outcome::None),
            attempt: ATTEMPT.read(low),
            provider: PROVIDER.read(high),
            left: LEFT.read(high),
            price: Amount::new_clipped(TAKE_PRICE.read(low)),
            until: Timestamp::new_clipped(UNTIL.read(low)),
            taken_at: Timestamp::new_clipped(TAKEN_AT.read(high)),
            payout_version: PAYOUT_VERSION.read(high),
            claim: Share::new(CLAIM.read(high)).unwrap_or_default(),
            standing: STANDING.is_set(high),
        }
    }
}

#[cfg(test)]
mod tests {
    use linq_common::Word;
    use linq_records::jobs::MAX_VERSION;
    use proptest::prelude::*;

    use super::*;

    fn bits<T: TryFrom<u128> + Default + core::fmt::Debug>(run: Bits) -> impl Strategy<Value = T> {
        (0..=run.max()).prop_map(|value| T::try_from(value).unwrap_or_default())
    }

    fn time(run: Bits) -> impl Strategy<Value = Timestamp> {
        bits::<u64>(run).prop_map(Timestamp::new_clipped)
    }

    prop_compose! {
        fn slot()(
            state in 0..SlotState::ALL.len(), outcome in 0..Outcome::ALL.len(), attempt in bits::<u8>(ATTEMPT),
            provider: u32, left: u32, price in bits::<u128>(TAKE_PRICE), until in time(UNTIL),
            taken_at in time(TAKEN_AT), payout_version: u16, claim in 0..=20u8, standing: bool,
        ) -> SlotRecord {
            SlotRecord {
                state: *SlotState::ALL.get(state).unwrap(),
                outcome: *Outcome::ALL.get(outcome).unwrap(),
                attempt, provider, left, price: Amount::new_clipped(price), until, taken_at, payout_version,
                claim: Share::new(claim).unwrap(), standing,
            }
        }
    }

    proptest! {
        #[test]
        fn slots_come_back_whole(slot in slot()) {
            prop_assert_eq!(SlotRecord::unpack(&slot.pack().unwrap()), slot);
        }

        #[test]
        fn every_word_can_be_read(word: [u8; 32]) {
            SlotRecord::unpack(&B256::from(word));
        }
    }

    #[test]
    fn a_slot_nobody_touched_is_open() {
        assert_eq!(SlotRecord::unpack(&B256::ZERO), SlotRecord::default());
        assert_eq!(SlotRecord::default().pack(), Some(B256::ZERO));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let late = Timestamp::new_clipped(1 << 32);
        assert_eq!(SlotRecord { until: late, ..SlotRecord::default() }.pack(), None);
        assert_eq!(
            SlotRecord { price: MAX_PRICE.plus(Amount::new_clipped(1)).unwrap(), ..SlotRecord::default() }.pack(),
            None
        );
    }

    #[test]
    fn every_limit_of_the_parameters_fits_the_setup() {
        let parameters = crate::governance::sound(1_000, 10_000, 8, crate::terms::MAX_WINDOW_SECS).unwrap();
        let most = Setup {
            escrow: Address::repeat_byte(0xff),
            min_window_secs: crate::terms::MAX_WINDOW_SECS,
            version: MAX_VERSION,
            parameters,
            from_day: u16::MAX,
            paused_day: u16::MAX,
        };
        assert_eq!(Setup::from_word(&most.to_word()), most);
    }
}
