//! What the chain keeps, and how it is packed: a word for a job, one for each of its slots.
//!
//! An all-zero slot word is an open slot that nobody has touched, so posting writes nothing for its slots. Packing
//! refuses a value that is too large for its place; `post` admits no terms that could lead to one. Who pays for a job, and
//! how much, is kept by the escrow alone.

use alloy_primitives::{Address, B256, aliases::U16};
use linq_abi::{
    Resources,
    codes::{Outcome, SlotState},
};
use linq_common::{Amount, Bps, Field, Packed, Share, Timestamp, Word, packed};
use stylus_sdk::{
    prelude::*,
    storage::{StorageB256, StorageMap},
};

use crate::bits::{Bits, join, split};

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
    // slot 3: by version; each 2 + 2 + 1
    pub(crate) parameters: StorageMap<U16, Packed<Parameters>>,
    // slot 4: by job id; two words each
    pub(crate) jobs: StorageMap<B256, StoredJob>,
    // slot 5: by the id of the work, keccak256(job id, index)
    pub(crate) slots: StorageMap<B256, StorageB256>,
    // slot 6: 20
    pub(crate) governor: Packed<Address>,
    // slot 7: 20
    pub(crate) guardian: Packed<Address>,
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

/// What most calls need, in one word: where the money is, and the rules of now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// The escrow; zero until it is wired.
    pub escrow: Address,
    /// The shortest window a result may have.
    pub min_window_secs: u32,
    /// The version of the parameters that was announced last.
    pub version: u16,
    /// The parameters of that version.
    pub parameters: Parameters,
    /// The UTC day from which on jobs are made under it.
    pub from_day: u16,
    /// The UTC day of the last pause, or 0.
    pub paused_day: u16,
}

// The low half of the setup's word, below the escrow: 93 of 96.
const MIN_WINDOW_SECS: Bits = Bits::first(21);
const NEWEST: Bits = MIN_WINDOW_SECS.then(12);
const FEE_BPS: Bits = NEWEST.then(10);
const COLLATERAL_BPS: Bits = FEE_BPS.then(14);
const MAX_ATTEMPTS: Bits = COLLATERAL_BPS.then(4);
const FROM_DAY: Bits = MAX_ATTEMPTS.then(16);
const PAUSED_DAY: Bits = FROM_DAY.then(16);

/// The highest version of the parameters that there can be.
pub const MAX_VERSION: u16 = (1 << 12) - 1;

impl Setup {
    /// All but the escrow. Limits keep every value inside its bits.
    fn low(&self) -> Option<u128> {
        let Parameters { fee, collateral, max_attempts } = self.parameters;
        let mut low = MIN_WINDOW_SECS.write(0, self.min_window_secs)?;
        low = NEWEST.write(low, self.version)?;
        low = FEE_BPS.write(low, fee.get())?;
        low = COLLATERAL_BPS.write(low, collateral.get())?;
        low = MAX_ATTEMPTS.write(low, max_attempts)?;
        low = FROM_DAY.write(low, self.from_day)?;
        PAUSED_DAY.write(low, self.paused_day)
    }
}

impl Word for Setup {
    fn from_word(word: &B256) -> Self {
        let low = Amount::load(word, 32).units();
        let bps = |bits: Bits| Bps::new(bits.read(low)).unwrap_or_default();
        Self {
            escrow: Address::load(word, 20),
            min_window_secs: MIN_WINDOW_SECS.read(low),
            version: NEWEST.read(low),
            parameters: Parameters {
                fee: bps(FEE_BPS),
                collateral: bps(COLLATERAL_BPS),
                max_attempts: MAX_ATTEMPTS.read(low),
            },
            from_day: FROM_DAY.read(low),
            paused_day: PAUSED_DAY.read(low),
        }
    }

    fn to_word(&self) -> B256 {
        let mut word = B256::ZERO;
        Amount::new_clipped(self.low().unwrap_or_default()).store(&mut word, 32);
        self.escrow.store(&mut word, 20);
        word
    }
}

packed! {
    /// One version of the parameters.
    pub struct Parameters {
        /// What the protocol takes of a payment.
        pub fee: Bps,
        /// What a provider locks, of the posted price.
        pub collateral: Bps,
        /// The most attempts a job may allow.
        pub max_attempts: u8,
    }
}

// Word of a job, high half: 128 of 128.
const CPU_MILLIS: Bits = Bits::first(20);
const MEMORY_MIB: Bits = CPU_MILLIS.then(22);
const STORAGE_GIB: Bits = MEMORY_MIB.then(17);
const GPUS: Bits = STORAGE_GIB.then(8);
const GPU_CLASS: Bits = GPUS.then(16);
const BANDWIDTH_MBPS: Bits = GPU_CLASS.then(20);
const RUN_SECS: Bits = BANDWIDTH_MBPS.then(23);
const JUDGED: Bits = RUN_SECS.then(1);
const EXPECTS: Bits = JUDGED.then(1);
// Word of a job, low half: 128 of 128.
const BID_SECS: Bits = Bits::first(15);
const WINDOW_SECS: Bits = BID_SECS.then(21);
const OPEN_UNTIL: Bits = WINDOW_SECS.then(32);
const END_BY: Bits = OPEN_UNTIL.then(32);
const ATTEMPTS: Bits = END_BY.then(4);
const VERSION: Bits = ATTEMPTS.then(16);
const LAST_INDEX: Bits = VERSION.then(8);
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

/// Word of a job: what a slot needs, and the times and rules of its life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// What one slot needs.
    pub resources: Resources,
    /// How long the provider may run, after the bidding.
    pub run_secs: u32,
    /// Whether a judge rules on results.
    pub judged: bool,
    /// Whether a result is right exactly if it has the expected hash.
    pub expects: bool,
    /// How long a take can be displaced.
    pub bid_secs: u32,
    /// How long a result can be accepted, ruled on or disputed.
    pub window_secs: u32,
    /// Until when a slot can be taken.
    pub open_until: Timestamp,
    /// By when every attempt has ended.
    pub end_by: Timestamp,
    /// How many attempts a slot has.
    pub attempts: u8,
    /// The version of the parameters it was made under.
    pub version: u16,
    /// The index of the last slot; 0 for a job of one.
    pub last_index: u8,
}

impl Conditions {
    /// Packs them. No job packs to zero, for each has an attempt.
    pub fn pack(&self) -> Option<B256> {
        let mut high = pack_resources(&self.resources)?;
        high = RUN_SECS.write(high, self.run_secs)?;
        high = JUDGED.write(high, self.judged)?;
        high = EXPECTS.write(high, self.expects)?;
        let mut low = BID_SECS.write(0, self.bid_secs)?;
        low = WINDOW_SECS.write(low, self.window_secs)?;
        low = OPEN_UNTIL.write(low, self.open_until.secs())?;
        low = END_BY.write(low, self.end_by.secs())?;
        low = ATTEMPTS.write(low, self.attempts)?;
        low = VERSION.write(low, self.version)?;
        low = LAST_INDEX.write(low, self.last_index)?;
        Some(join(high, low))
    }

    /// Unpacks them.
    pub fn unpack(word: &B256) -> Self {
        let (high, low) = split(word);
        Self {
            resources: Resources {
                cpuMillis: CPU_MILLIS.read(high),
                memoryMib: MEMORY_MIB.read(high),
                storageGib: STORAGE_GIB.read(high),
                gpus: GPUS.read(high),
                gpuClass: GPU_CLASS.read(high),
                bandwidthMbps: BANDWIDTH_MBPS.read(high),
            },
            run_secs: RUN_SECS.read(high),
            judged: JUDGED.is_set(high),
            expects: EXPECTS.is_set(high),
            bid_secs: BID_SECS.read(low),
            window_secs: WINDOW_SECS.read(low),
            open_until: Timestamp::new_clipped(OPEN_UNTIL.read(low)),
            end_by: Timestamp::new_clipped(END_BY.read(low)),
            attempts: ATTEMPTS.read(low),
            version: VERSION.read(low),
            last_index: LAST_INDEX.read(low),
        }
    }

    /// Whether the job has a slot with this index.
    pub fn has_slot(&self, index: u16) -> bool {
        index <= u16::from(self.last_index)
    }

    /// The number of slots, 1 to 256.
    pub fn tasks(&self) -> u16 {
        u16::from(self.last_index).saturating_add(1)
    }
}

/// Whether the chain can keep `resources`: 1,048 cores, 4 TiB of memory, 128 TiB of storage, 255 GPUs and 1 Tbps for one
/// slot at the most.
pub fn resources_fit(resources: &Resources) -> bool {
    pack_resources(resources).is_some()
}

fn pack_resources(resources: &Resources) -> Option<u128> {
    let mut half = CPU_MILLIS.write(0, resources.cpuMillis)?;
    half = MEMORY_MIB.write(half, resources.memoryMib)?;
    half = STORAGE_GIB.write(half, resources.storageGib)?;
    half = GPUS.write(half, resources.gpus)?;
    half = GPU_CLASS.write(half, resources.gpuClass)?;
    BANDWIDTH_MBPS.write(half, resources.bandwidthMbps)
}

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
    use proptest::prelude::*;

    use super::*;

    fn bits<T: TryFrom<u128> + Default + core::fmt::Debug>(run: Bits) -> impl Strategy<Value = T> {
        (0..=run.max()).prop_map(|value| T::try_from(value).unwrap_or_default())
    }

    fn time(run: Bits) -> impl Strategy<Value = Timestamp> {
        bits::<u64>(run).prop_map(Timestamp::new_clipped)
    }

    prop_compose! {
        fn setup()(
            escrow: [u8; 20], min_window_secs in bits::<u32>(MIN_WINDOW_SECS), version in bits::<u16>(NEWEST),
            fee in bits::<u16>(FEE_BPS), collateral in 0..=10_000u16, max_attempts in bits::<u8>(MAX_ATTEMPTS),
            from_day: u16, paused_day: u16,
        ) -> Setup {
            let (fee, collateral) = (Bps::new(fee).unwrap(), Bps::new(collateral).unwrap());
            let parameters = Parameters { fee, collateral, max_attempts };
            Setup { escrow: escrow.into(), min_window_secs, version, parameters, from_day, paused_day }
        }
    }

    prop_compose! {
        fn resources()(
            cpu in bits::<u32>(CPU_MILLIS), memory in bits::<u32>(MEMORY_MIB), storage in bits::<u32>(STORAGE_GIB),
            gpus in bits::<u16>(GPUS), class in bits::<u16>(GPU_CLASS), bandwidth in bits::<u32>(BANDWIDTH_MBPS),
        ) -> Resources {
            Resources {
                cpuMillis: cpu, memoryMib: memory, storageGib: storage,
                gpus, gpuClass: class, bandwidthMbps: bandwidth,
            }
        }
    }

    prop_compose! {
        fn conditions()(
            resources in resources(), run_secs in bits::<u32>(RUN_SECS), judged: bool, expects: bool,
            bid_secs in bits::<u32>(BID_SECS), window_secs in bits::<u32>(WINDOW_SECS),
            open_until in time(OPEN_UNTIL), end_by in time(END_BY),
            attempts in bits::<u8>(ATTEMPTS), version: u16, last_index: u8,
        ) -> Conditions {
            Conditions {
                resources, run_secs, judged, expects, bid_secs, window_secs, open_until, end_by, attempts, version,
                last_index,
            }
        }
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
        fn a_setup_comes_back_whole(setup in setup()) {
            prop_assert_eq!(Setup::from_word(&setup.to_word()), setup);
        }

        #[test]
        fn conditions_come_back_whole(conditions in conditions()) {
            prop_assert_eq!(Conditions::unpack(&conditions.pack().unwrap()), conditions);
        }

        #[test]
        fn slots_come_back_whole(slot in slot()) {
            prop_assert_eq!(SlotRecord::unpack(&slot.pack().unwrap()), slot);
        }

        #[test]
        fn every_word_can_be_read(word: [u8; 32]) {
            let word = B256::from(word);
            SlotRecord::unpack(&word);
            // The conditions fill their word, so that each word is one set of them.
            prop_assert_eq!(Conditions::unpack(&word).pack(), Some(word));
        }
    }

    #[test]
    fn a_slot_nobody_touched_is_open() {
        assert_eq!(SlotRecord::unpack(&B256::ZERO), SlotRecord::default());
        assert_eq!(SlotRecord::default().pack(), Some(B256::ZERO));
    }

    #[test]
    fn a_job_nobody_posted_packs_to_zero_and_no_other() {
        assert_eq!(Conditions::default().pack(), Some(B256::ZERO));
        assert_ne!(Conditions { attempts: 1, ..Conditions::default() }.pack(), Some(B256::ZERO));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let too_much = |change: fn(&mut Resources)| {
            let mut resources = Resources::default();
            change(&mut resources);
            !resources_fit(&resources)
        };
        assert!(resources_fit(&Resources::default()));
        assert!(too_much(|r| r.cpuMillis = 1 << 20));
        assert!(too_much(|r| r.memoryMib = 1 << 22));
        assert!(too_much(|r| r.storageGib = 1 << 17));
        assert!(too_much(|r| r.gpus = 256));
        assert!(too_much(|r| r.bandwidthMbps = 1 << 20));
        let late = Timestamp::new_clipped(1 << 32);
        assert_eq!(Conditions { end_by: late, ..Conditions::default() }.pack(), None);
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
