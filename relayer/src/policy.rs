//! Which work the operator wants, and what it asks for it.

use std::{collections::BTreeSet, fmt};

use alloy_primitives::Address;
use linq_abi::{Provider, Resources, Terms};

use crate::config::Ask;

/// Which work the operator wants, and what it asks for it.
#[derive(Clone, Debug)]
pub struct Policy {
    /// The provider served.
    pub provider: u32,
    /// Whether to take open work at all, or only to do what others assign to the standing offer.
    pub take: bool,
    /// What a take asks for.
    pub ask: Ask,
    /// The least price of one slot, in base units.
    pub min_price: u128,
    /// Most slots at a time, from take to result.
    pub max_concurrent: usize,
    /// Shortest run taken.
    pub min_run_secs: u32,
    /// Longest run taken.
    pub max_run_secs: u32,
    /// Requesters to work for; empty means everybody.
    pub allow: BTreeSet<Address>,
    /// Requesters never to work for.
    pub deny: BTreeSet<Address>,
}

/// Why work is left to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decline {
    /// Open work is not taken here.
    Disabled,
    /// It names another provider.
    NamesAnother,
    /// Its requester is denied, or not among those allowed.
    Requester,
    /// It demands a feature that the provider lacks.
    Features,
    /// It demands another region.
    Region,
    /// It needs more than the provider has.
    Resources,
    /// Its run is shorter or longer than wanted.
    RunLength,
    /// It demands a higher tier.
    Tier,
}

impl Decline {
    /// Its name in metrics.
    pub const fn label(self) -> &'static str {
        match self {
            Self::Disabled => "disabled",
            Self::NamesAnother => "names_another",
            Self::Requester => "requester",
            Self::Features => "features",
            Self::Region => "region",
            Self::Resources => "resources",
            Self::RunLength => "run_length",
            Self::Tier => "tier",
        }
    }
}

impl fmt::Display for Decline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.label())
    }
}

impl Policy {
    /// Whether the provider could do work under `terms` at all, asked for it or assigned to it. What only the contract
    /// can know (free stake, free capacity) is left to the simulation of the take.
    pub fn can(&self, terms: &Terms, provider: &Provider) -> Result<(), Decline> {
        let declined = if terms.provider != 0 && terms.provider != self.provider {
            Some(Decline::NamesAnother)
        } else if terms.features & !provider.features != 0 {
            Some(Decline::Features)
        } else if !region_matches(terms.regions, provider.region) {
            Some(Decline::Region)
        } else if !holds(&provider.capacity, &terms.resources) {
            Some(Decline::Resources)
        } else if terms.tier > provider.tier {
            Some(Decline::Tier)
        } else {
            None
        };
        declined.map_or(Ok(()), Err)
    }

    /// Whether the operator would take open work under `terms` by itself.
    pub fn wants(&self, terms: &Terms) -> Result<(), Decline> {
        let lists_allow = self.allow.is_empty() || self.allow.contains(&terms.requester);
        let declined = if !self.take {
            Some(Decline::Disabled)
        } else if self.deny.contains(&terms.requester) || !lists_allow {
            Some(Decline::Requester)
        } else if !(self.min_run_secs..=self.max_run_secs).contains(&terms.runSecs) {
            Some(Decline::RunLength)
        } else {
            None
        };
        declined.map_or(Ok(()), Err)
    }

    /// The price of a take, when the posted one is worth it. `quote` is what the provider's own rates come to and, with
    /// the least price, the floor; `standing` is the price of a take to displace.
    pub fn price(&self, posted: u128, quote: u128, standing: Option<u128>) -> Option<u128> {
        let floor = quote.max(self.min_price).max(1);
        let wanted = match self.ask {
            Ask::Posted => posted.max(floor),
            Ask::Quote => floor,
        };
        // A take displaces another with 64 · new ≤ 63 · old.
        let ceiling = standing.map_or(posted, |old| posted.min(old / 64 * 63 + old % 64 * 63 / 64));
        (floor <= ceiling).then(|| wanted.min(ceiling))
    }
}

/// Region codes are packed 16 bits each from the low end; 0 means anywhere.
fn region_matches(regions: u128, region: u16) -> bool {
    regions == 0 || (0..8).any(|at| (regions >> (16 * at)) as u16 == region)
}

fn holds(capacity: &Resources, needed: &Resources) -> bool {
    capacity.cpuMillis >= needed.cpuMillis
        && capacity.memoryMib >= needed.memoryMib
        && capacity.storageGib >= needed.storageGib
        && capacity.gpus >= needed.gpus
        && (needed.gpus == 0 || capacity.gpuClass == needed.gpuClass)
        && capacity.bandwidthMbps >= needed.bandwidthMbps
}

#[cfg(test)]
pub(crate) mod tests {
    use linq_abi::{Rates, StandingOffer};
    use linq_manifest::feature;

    use super::*;

    pub(crate) fn policy() -> Policy {
        Policy {
            provider: 7,
            take: true,
            ask: Ask::Posted,
            min_price: 10,
            max_concurrent: 2,
            min_run_secs: 10,
            max_run_secs: 1_000,
            allow: BTreeSet::new(),
            deny: BTreeSet::new(),
        }
    }

    pub(crate) fn provider() -> Provider {
        Provider {
            owner: Address::repeat_byte(1),
            operator: Address::repeat_byte(2),
            invitedOwner: Default::default(),
            operatorAccepted: true,
            draining: false,
            payout: Address::repeat_byte(3),
            capacity: Resources { cpuMillis: 4_000, memoryMib: 4_096, storageGib: 10, ..Default::default() },
            used: Resources::default(),
            features: feature::WASI | feature::X86_64,
            region: 276,
            rates: Rates::default(),
            offer: StandingOffer::default(),
            bonded: Default::default(),
            locked: Default::default(),
            unbonding: Default::default(),
            registeredAt: 0,
            record: Default::default(),
            reputation: 0,
            tier: 1,
        }
    }

    pub(crate) fn terms() -> Terms {
        Terms {
            requester: Address::repeat_byte(9),
            price: alloy_primitives::aliases::U96::from(1_000),
            tasks: 1,
            resources: Resources { cpuMillis: 1_000, memoryMib: 256, storageGib: 1, ..Default::default() },
            features: feature::WASI,
            openSecs: 600,
            runSecs: 400,
            windowSecs: 600,
            attempts: 4,
            ..Default::default()
        }
    }

    #[test]
    fn each_term_that_does_not_fit_declines_by_its_own_name() {
        let declined = |change: fn(&mut Terms, &mut Policy)| {
            let (mut terms, mut policy) = (terms(), policy());
            change(&mut terms, &mut policy);
            policy.can(&terms, &provider()).and_then(|()| policy.wants(&terms))
        };
        assert_eq!(declined(|_, _| ()), Ok(()));
        assert_eq!(declined(|_, policy| policy.take = false), Err(Decline::Disabled));
        assert_eq!(declined(|terms, _| terms.provider = 8), Err(Decline::NamesAnother));
        assert_eq!(declined(|terms, policy| policy.deny.extend([terms.requester])), Err(Decline::Requester));
        assert_eq!(declined(|_, policy| policy.allow.extend([Address::ZERO])), Err(Decline::Requester));
        assert_eq!(declined(|terms, _| terms.features |= feature::TDX), Err(Decline::Features));
        assert_eq!(declined(|terms, _| terms.regions = 40 | 756 << 16), Err(Decline::Region));
        assert_eq!(declined(|terms, _| terms.regions = 40 | 276 << 16), Ok(()));
        assert_eq!(declined(|terms, _| terms.resources.memoryMib = 9_999), Err(Decline::Resources));
        assert_eq!(declined(|terms, _| terms.runSecs = 9), Err(Decline::RunLength));
        assert_eq!(declined(|terms, _| terms.tier = 2), Err(Decline::Tier));
    }

    #[test]
    fn the_price_lies_between_the_floor_and_what_is_posted() {
        let posted = policy();
        let quoted = Policy { ask: Ask::Quote, ..policy() };
        assert_eq!(posted.price(1_000, 400, None), Some(1_000));
        assert_eq!(quoted.price(1_000, 400, None), Some(400));
        assert_eq!(quoted.price(1_000, 4, None), Some(10), "the least price");
        assert_eq!(posted.price(300, 400, None), None);
        assert_eq!(posted.price(1_000, 400, Some(640)), Some(630), "64 · 630 = 63 · 640");
        assert_eq!(posted.price(1_000, 631, Some(640)), None);
    }
}
