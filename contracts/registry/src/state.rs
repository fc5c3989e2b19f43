//! What the registry stores: every word, what it packs, and how records are reached.

// The SDK's macros name `vec!` and `Vec` without a path.
use alloc::{vec, vec::Vec};

use alloy_primitives::Address;
use linq_abi::{
    IRegistry::{RegistryNotJobs, RegistryNotOwner, RegistryUnknownProvider},
    Rates, RegistryParameters, Resources, StandingOffer, TierRule,
};
use linq_common::{Amount, Key, Packed, Timestamp, Word, packed};
use stylus_sdk::{
    prelude::*,
    storage::{StorageAddress, StorageB256, StorageMap},
};

use crate::{RegistryError, reputation::Reputation};

/// How many requests to unbond a provider can have at once.
pub const MAX_UNBONDINGS: u8 = 16;

packed! {
    /// The token, and what is needed beside it. (20 + 4 + 4)
    pub struct Holdings {
        pub token: Address,
        /// The last id given out.
        pub providers: u32,
        pub unbonding_secs: u32,
    }

    /// What the minimum stake is made of, in whole LNQ. (12)
    pub struct MinimumParts {
        pub base: u32,
        pub per_core: u32,
        pub per_gpu: u32,
    }

    /// Who takes and closes work, and what it takes to be eligible for any. (20 + 12)
    pub struct Gate {
        /// Zero until wired.
        pub jobs: Address,
        pub minimum: MinimumParts,
    }

    /// What a tier asks for, and the price it goes up to. (9)
    pub struct Rung {
        /// Bonded stake as a multiple of the minimum.
        pub stake_multiple: u16,
        pub age_days: u8,
        pub reputation_bps: u16,
        /// In whole LNQ; the largest number stands for none.
        pub price_cap: u32,
    }

    /// The tiers. (4 + 9 + 9 + 9)
    pub struct Ladder {
        /// Price cap of tier 0, which asks for nothing but the minimum.
        pub price_cap: u32,
        pub tier1: Rung,
        pub tier2: Rung,
        pub tier3: Rung,
    }

    /// Who owns a provider, and the lease limits of its offer, which no job reads. (20 + 4 + 4)
    pub struct Owner {
        pub address: Address,
        pub max_hold_back_secs: u32,
        pub max_notice_secs: u32,
    }

    /// What every take reads first. (20 + 5 + 2 + 4 + 1)
    pub struct Operator {
        pub address: Address,
        /// Never zero for a provider that exists.
        pub registered_at: Timestamp,
        /// Which payout address is in force.
        pub payout_version: u16,
        /// Shortest run of the standing offer; here because its own word is full.
        pub min_run_secs: u32,
        /// Whether the operator agreed to be one; before that it can do nothing.
        pub accepted: bool,
    }

    /// Amounts of resources, in the units of `Resources`. (18)
    pub struct Quantities {
        pub cpu_millis: u32,
        pub memory_mib: u32,
        pub storage_gib: u32,
        pub bandwidth_mbps: u32,
        pub gpus: u16,
    }

    /// What a provider has and is. (18 + 2 + 2 + 8)
    pub struct Capacity {
        pub total: Quantities,
        pub gpu_class: u16,
        pub region: u16,
        pub features: u64,
    }

    /// What of the capacity is reserved, and the counters that change together with it. (18 + 4 + 4 + 4)
    pub struct Load {
        pub used: Quantities,
        /// Work taken and not displaced: what is open, completed, late or unable.
        pub accepted: u32,
        pub late: u32,
        pub unable: u32,
    }

    /// Stake, and what changes together with it. (12 + 12 + 4 + 1 + 1)
    pub struct Stake {
        /// Stake that covers work; what is being unbonded is no part of it.
        pub bonded: Amount,
        /// The sum of the locks of open work, at most what is bonded.
        pub locked: Amount,
        pub completed: u32,
        /// Place of the oldest request to unbond in the ring.
        pub oldest: u8,
        /// How many there are.
        pub unbondings: u8,
    }

    /// Base units per second for one unit of each resource. (8 + 8 + 8 + 8)
    pub struct Prices {
        pub cpu_milli: u64,
        pub memory_mib: u64,
        pub storage_gib: u64,
        pub gpu: u64,
    }

    /// The standing offer; nothing at all while it is closed. (12 + 12 + 4 + 4)
    pub struct Offer {
        pub min_price: Amount,
        pub max_lock: Amount,
        /// Not zero while the offer is open.
        pub max_run_secs: u32,
        pub max_window_secs: u32,
    }

    /// Who is paid. (20)
    pub struct Payout {
        pub address: Address,
    }

    /// What was burned of a provider's stake. (12)
    pub struct Slashed {
        pub total: Amount,
    }

    /// What an address is to the registry. (4)
    pub struct Account {
        /// The provider it owns or, once it has agreed, operates; 0 for none.
        pub provider: u32,
    }

    /// A request to unbond. (12 + 5)
    pub struct Request {
        pub amount: Amount,
        pub end: Timestamp,
    }
}

/// A word of a provider.
///
/// All of them lie in one map: each kind has a number, which is never given to another kind, and what a provider has
/// several of is numbered besides.
pub trait Record: Word {
    /// The number of its kind.
    const KIND: u16;
}

macro_rules! records {
    ($($kind:literal $name:ident),+ $(,)?) => {$(
        impl Record for $name {
            const KIND: u16 = $kind;
        }
    )+};
}

records! {
    0 Owner,
    1 Operator,
    2 Capacity,
    3 Load,
    4 Stake,
    5 Prices,
    6 Offer,
    7 Reputation,
    8 Slashed,
    // by version: work is paid to the address that was in force when it was taken
    9 Payout,
    // by place in the ring
    10 Request,
}

/// The registry.
#[storage]
#[entrypoint]
pub struct Registry {
    // slot 0: 20
    deployer: StorageAddress,
    // slot 1: 20 + 4 + 4
    pub(crate) holdings: Packed<Holdings>,
    // slot 2: 20 + 12
    pub(crate) gate: Packed<Gate>,
    // slot 3: 4 + 9 + 9 + 9
    pub(crate) ladder: Packed<Ladder>,
    // slot 4: each 4
    pub(crate) accounts: StorageMap<Key, Packed<Account>>,
    // slot 5: each a word, under number (uint16), kind (uint16) and provider (uint32), from the high end
    words: StorageMap<Key, StorageB256>,
}

impl Registry {
    /// A word of a provider; nothing where none was stored.
    pub(crate) fn read<T: Record>(&self, provider: u32) -> T {
        self.read_numbered(provider, 0)
    }

    /// Stores a word of a provider.
    pub(crate) fn write<T: Record>(&mut self, provider: u32, word: &T) {
        self.write_numbered(provider, 0, word);
    }

    /// As [`Self::read`], of what a provider has several of.
    pub(crate) fn read_numbered<T: Record>(&self, provider: u32, number: u16) -> T {
        T::from_word(&self.words.get(key(T::KIND, number, provider)))
    }

    /// As [`Self::write`], of what a provider has several of.
    pub(crate) fn write_numbered<T: Record>(&mut self, provider: u32, number: u16, word: &T) {
        self.words.setter(key(T::KIND, number, provider)).set(word.to_word());
    }
}

fn key(kind: u16, number: u16, provider: u32) -> Key {
    ((u64::from(number) << 48) | (u64::from(kind) << 32) | u64::from(provider)).into()
}

impl Registry {
    pub(crate) fn set_up(&mut self, deployer: Address, token: Address, parameters: &RegistryParameters) {
        self.deployer.set(deployer);
        self.holdings.set(&Holdings { token, providers: 0, unbonding_secs: parameters.unbondingSecs });
        let minimum = MinimumParts {
            base: parameters.minimumLnq,
            per_core: parameters.perCoreLnq,
            per_gpu: parameters.perGpuLnq,
        };
        self.gate.set(&Gate { jobs: Address::ZERO, minimum });
        self.ladder.set(&Ladder {
            price_cap: parameters.priceCapLnq,
            tier1: (&parameters.tier1).into(),
            tier2: (&parameters.tier2).into(),
            tier3: (&parameters.tier3).into(),
        });
    }

    pub(crate) fn deployer(&self) -> Address {
        self.deployer.get()
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::new_clipped(self.vm().block_timestamp())
    }

    /// The owner's word of a provider that exists.
    pub(crate) fn known_owner(&self, provider: u32) -> Result<Owner, RegistryUnknownProvider> {
        let owner: Owner = self.read(provider);
        if owner.address.is_zero() { Err(RegistryUnknownProvider { provider }) } else { Ok(owner) }
    }

    /// The operator's word of a provider that exists.
    pub(crate) fn known_operator(&self, provider: u32) -> Result<Operator, RegistryUnknownProvider> {
        let operator: Operator = self.read(provider);
        if operator.registered_at.is_zero() { Err(RegistryUnknownProvider { provider }) } else { Ok(operator) }
    }

    /// The owner's address, if it is the caller.
    pub(crate) fn require_owner(&self, provider: u32) -> Result<Address, RegistryError> {
        let owner = self.known_owner(provider)?.address;
        let caller = self.vm().msg_sender();
        if caller != owner {
            return Err(RegistryNotOwner { provider, caller }.into());
        }
        Ok(owner)
    }

    /// The gate, if the caller is the jobs contract. Before wiring nobody is.
    pub(crate) fn require_jobs(&self) -> Result<Gate, RegistryNotJobs> {
        let gate = self.gate.get();
        let caller = self.vm().msg_sender();
        if caller == gate.jobs { Ok(gate) } else { Err(RegistryNotJobs { caller }) }
    }
}

impl From<&TierRule> for Rung {
    fn from(rule: &TierRule) -> Self {
        Self {
            stake_multiple: rule.stakeMultiple,
            age_days: rule.ageDays,
            reputation_bps: rule.reputationBps,
            price_cap: rule.priceCapLnq,
        }
    }
}

impl From<Rung> for TierRule {
    fn from(rung: Rung) -> Self {
        Self {
            stakeMultiple: rung.stake_multiple,
            ageDays: rung.age_days,
            reputationBps: rung.reputation_bps,
            priceCapLnq: rung.price_cap,
        }
    }
}

impl From<&Resources> for Quantities {
    fn from(resources: &Resources) -> Self {
        Self {
            cpu_millis: resources.cpuMillis,
            memory_mib: resources.memoryMib,
            storage_gib: resources.storageGib,
            bandwidth_mbps: resources.bandwidthMbps,
            gpus: resources.gpus,
        }
    }
}

impl Quantities {
    /// As the interface has it; the class is of GPUs, of which there may be none.
    pub fn with_class(self, class: u16) -> Resources {
        Resources {
            cpuMillis: self.cpu_millis,
            memoryMib: self.memory_mib,
            storageGib: self.storage_gib,
            gpus: self.gpus,
            gpuClass: if self.gpus == 0 { 0 } else { class },
            bandwidthMbps: self.bandwidth_mbps,
        }
    }
}

impl From<&Rates> for Prices {
    fn from(rates: &Rates) -> Self {
        Self { cpu_milli: rates.cpuMilli, memory_mib: rates.memoryMib, storage_gib: rates.storageGib, gpu: rates.gpu }
    }
}

impl From<Prices> for Rates {
    fn from(prices: Prices) -> Self {
        Self {
            cpuMilli: prices.cpu_milli,
            memoryMib: prices.memory_mib,
            storageGib: prices.storage_gib,
            gpu: prices.gpu,
        }
    }
}

impl From<&StandingOffer> for Offer {
    fn from(offer: &StandingOffer) -> Self {
        if !offer.open {
            return Self::default();
        }
        Self {
            min_price: offer.minPrice.into(),
            max_lock: offer.maxLock.into(),
            max_run_secs: offer.maxRunSecs,
            max_window_secs: offer.maxWindowSecs,
        }
    }
}

impl Offer {
    /// Whether work is taken without being asked for.
    pub fn is_open(&self) -> bool {
        self.max_run_secs != 0
    }
}
