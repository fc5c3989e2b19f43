//! What the registry stores: every word, what it packs, and how records are reached.

// The SDK's macros name `vec!` and `Vec` without a path.
use alloc::{vec, vec::Vec};

use alloy_primitives::Address;
use linq_abi::{
    IRegistry::{RegistryNotJobs, RegistryNotOwner, RegistryUnknownProvider},
    Rates, RegistryParameters, Resources, StandingOffer, TierRule,
};
use linq_common::{Amount, Key, Packed, Timestamp, packed};
use stylus_sdk::{
    prelude::*,
    storage::{StorageAddress, StorageMap},
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

/// The registry.
///
/// What belongs to one provider lies in maps side by side, each word under its id.
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
    // slot 5: each 20 + 4 + 4
    pub(crate) owners: StorageMap<Key, Packed<Owner>>,
    // slot 6: each 20 + 5 + 2 + 4 + 1
    pub(crate) operators: StorageMap<Key, Packed<Operator>>,
    // slot 7: each 18 + 2 + 2 + 8
    pub(crate) capacities: StorageMap<Key, Packed<Capacity>>,
    // slot 8: each 18 + 4 + 4 + 4
    pub(crate) loads: StorageMap<Key, Packed<Load>>,
    // slot 9: each 12 + 12 + 4 + 1 + 1
    pub(crate) stakes: StorageMap<Key, Packed<Stake>>,
    // slot 10: each 8 + 8 + 8 + 8
    pub(crate) prices: StorageMap<Key, Packed<Prices>>,
    // slot 11: each 12 + 12 + 4 + 4
    pub(crate) offers: StorageMap<Key, Packed<Offer>>,
    // slot 12: each 8 + 8 + 4 + 12
    pub(crate) reputations: StorageMap<Key, Packed<Reputation>>,
    // slot 13: each 12
    pub(crate) slashed: StorageMap<Key, Packed<Slashed>>,
    // slot 14: each 20, by provider and version: work is paid to the address that was in force when it was taken
    pub(crate) payouts: StorageMap<Key, StorageAddress>,
    // slot 15: each 12 + 5, by provider and place in its ring
    pub(crate) unbondings: StorageMap<Key, Packed<Request>>,
}

/// The key of what a provider has one of.
pub fn key(provider: u32) -> Key {
    key_of(provider, 0)
}

/// The key of what a provider has several of.
pub fn key_of(provider: u32, number: u16) -> Key {
    ((u64::from(number) << 32) | u64::from(provider)).into()
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
        let owner = self.owners.getter(key(provider)).get();
        if owner.address.is_zero() { Err(RegistryUnknownProvider { provider }) } else { Ok(owner) }
    }

    /// The operator's word of a provider that exists.
    pub(crate) fn known_operator(&self, provider: u32) -> Result<Operator, RegistryUnknownProvider> {
        let operator = self.operators.getter(key(provider)).get();
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
