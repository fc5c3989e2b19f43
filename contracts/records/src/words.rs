//! What the registry keeps of a provider, word by word, and of the rules.

use alloy_primitives::{Address, B256};
use linq_abi::{Rates, RegistryParameters, Resources, StandingOffer, TierRule};
use linq_common::{Amount, Timestamp, Word, packed};

use crate::Reputation;

/// How many requests to unbond a provider can have at once.
pub const MAX_UNBONDINGS: u8 = 16;

packed! {
    /// What the minimum stake is made of, in whole LNQ. (12)
    pub struct MinimumParts {
        /// Of any provider.
        pub base: u32,
        /// For each started CPU core.
        pub per_core: u32,
        /// For each GPU.
        pub per_gpu: u32,
    }

    /// What a tier asks for, and the price it goes up to. (9)
    pub struct Rung {
        /// Bonded stake as a multiple of the minimum.
        pub stake_multiple: u16,
        /// Whole days since registration.
        pub age_days: u8,
        /// Reputation.
        pub reputation_bps: u16,
        /// In whole LNQ; the largest number stands for none.
        pub price_cap: u32,
    }

    /// The tiers. (4 + 9 + 9 + 9)
    pub struct Ladder {
        /// Price cap of tier 0, which asks for nothing but the minimum.
        pub price_cap: u32,
        /// Tier 1.
        pub tier1: Rung,
        /// Tier 2.
        pub tier2: Rung,
        /// Tier 3, the highest.
        pub tier3: Rung,
    }

    /// Who owns a provider, and the lease limits of its offer, which no job reads. (20 + 4 + 4)
    pub struct Owner {
        /// The address.
        pub address: Address,
        /// Longest hold-back of a lease.
        pub max_hold_back_secs: u32,
        /// Longest notice of a lease.
        pub max_notice_secs: u32,
    }

    /// What every take reads first. (20 + 5 + 2 + 4 + 1)
    pub struct Operator {
        /// The address.
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
        /// Thousandths of a CPU core.
        pub cpu_millis: u32,
        /// Memory.
        pub memory_mib: u32,
        /// Storage.
        pub storage_gib: u32,
        /// Bandwidth.
        pub bandwidth_mbps: u32,
        /// GPUs, of one class.
        pub gpus: u16,
    }

    /// What a provider has and is. (18 + 2 + 2 + 8 + 1)
    pub struct Capacity {
        /// All of it, in use or not.
        pub total: Quantities,
        /// Which kind of GPU; 0 without any.
        pub gpu_class: u16,
        /// ISO 3166-1 numeric country code.
        pub region: u16,
        /// Feature bits.
        pub features: u64,
        /// Whether it takes no work any more, for good.
        pub draining: bool,
    }

    /// What of the capacity is reserved, and the counters that change together with it. (18 + 4 + 4 + 4)
    pub struct Load {
        /// What is reserved.
        pub used: Quantities,
        /// Work taken and not displaced: what is open, completed, late or unable.
        pub accepted: u32,
        /// Work that was late.
        pub late: u32,
        /// Work given back early.
        pub unable: u32,
    }

    /// Stake, and what changes together with it. (12 + 12 + 4 + 1 + 1)
    pub struct Stake {
        /// Stake that covers work; what is being unbonded is no part of it.
        pub bonded: Amount,
        /// The sum of the locks of open work, at most what is bonded.
        pub locked: Amount,
        /// Work with a result that was settled.
        pub completed: u32,
        /// Place of the oldest request to unbond in the ring.
        pub oldest: u8,
        /// How many there are.
        pub unbondings: u8,
    }

    /// Base units per second for one unit of each resource. (8 + 8 + 8 + 8)
    pub struct Prices {
        /// For a thousandth of a core.
        pub cpu_milli: u64,
        /// For a MiB of memory.
        pub memory_mib: u64,
        /// For a GiB of storage.
        pub storage_gib: u64,
        /// For a GPU.
        pub gpu: u64,
    }

    /// The standing offer; nothing at all while it is closed. (12 + 12 + 4 + 4)
    pub struct Offer {
        /// The least price of one slot.
        pub min_price: Amount,
        /// The largest lock.
        pub max_lock: Amount,
        /// Not zero while the offer is open.
        pub max_run_secs: u32,
        /// The longest window.
        pub max_window_secs: u32,
    }

    /// Who is paid. (20)
    pub struct Payout {
        /// The address.
        pub address: Address,
    }

    /// What it came to when results were bad or doubted. (12 + 4 + 4)
    pub struct Penalties {
        /// What was taken of its stake in all: burned, or paid to requesters.
        pub slashed: Amount,
        /// Disputes in which its claim was the nearer one.
        pub disputes_won: u32,
        /// The other disputes.
        pub disputes_lost: u32,
    }

    /// Who was offered the ownership. (20)
    pub struct Successor {
        /// The address, or zero.
        pub address: Address,
    }

    /// A request to unbond. (12 + 5)
    pub struct Request {
        /// How much.
        pub amount: Amount,
        /// From when on it can be withdrawn.
        pub end: Timestamp,
    }
}

/// What every closed piece of work is folded into, in their order: the one word that proves a provider's whole record.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct History(pub B256);

impl Word for History {
    fn from_word(word: &B256) -> Self {
        Self(*word)
    }

    fn to_word(&self) -> B256 {
        self.0
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

/// How many kinds matching reads; they are numbered first.
pub const MATCHING_KINDS: u16 = 8;

records! {
    0 Owner,
    1 Operator,
    2 Capacity,
    3 Load,
    4 Stake,
    5 Prices,
    6 Offer,
    7 Reputation,
    8 Penalties,
    9 History,
    10 Successor,
    // by version: work is paid to the address that was in force when it was taken
    11 Payout,
    // by place in the ring
    12 Request,
}

impl From<&RegistryParameters> for MinimumParts {
    fn from(parameters: &RegistryParameters) -> Self {
        Self { base: parameters.minimumLnq, per_core: parameters.perCoreLnq, per_gpu: parameters.perGpuLnq }
    }
}

impl From<&RegistryParameters> for Ladder {
    fn from(parameters: &RegistryParameters) -> Self {
        Self {
            price_cap: parameters.priceCapLnq,
            tier1: (&parameters.tier1).into(),
            tier2: (&parameters.tier2).into(),
            tier3: (&parameters.tier3).into(),
        }
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

impl Operator {
    /// Whether `account` is the operator, and agreed to be.
    pub fn is(&self, account: Address) -> bool {
        self.accepted && self.address == account
    }
}

impl Stake {
    /// The place in the ring of the request `number` after the oldest.
    pub fn place(&self, number: u8) -> u8 {
        self.oldest.saturating_add(number).rem_euclid(MAX_UNBONDINGS)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn places_of_one_ring_never_collide(
            oldest in 0..MAX_UNBONDINGS, a in 0..MAX_UNBONDINGS, b in 0..MAX_UNBONDINGS,
        ) {
            let stake = Stake { oldest, ..Stake::default() };
            prop_assert!(stake.place(a) < MAX_UNBONDINGS);
            prop_assert_eq!(stake.place(a) == stake.place(b), a == b);
        }
    }

    #[test]
    fn kinds_that_matching_reads_are_numbered_first() {
        let matching = [
            Owner::KIND,
            Operator::KIND,
            Capacity::KIND,
            Load::KIND,
            Stake::KIND,
            Prices::KIND,
            Offer::KIND,
            Reputation::KIND,
        ];
        let others = [Penalties::KIND, History::KIND, Successor::KIND, Payout::KIND, Request::KIND];
        assert!(matching.iter().copied().eq(0..MATCHING_KINDS));
        assert!(others.iter().copied().eq((MATCHING_KINDS..).take(others.len())));
    }
}
