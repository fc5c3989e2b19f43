//! Which standing offer takes a job for the least.

use linq_abi::{Provider, Resources, Terms};

use crate::client::Linq;
use crate::error::Result;
use crate::units::Lnq;

/// Most providers that are looked at; the newest come first, since old ids may be idle.
const MAX_LOOKED_AT: u32 = 256;

/// A standing offer that could take a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The provider.
    pub provider: u32,
    /// What it asks for one task.
    pub quote: Lnq,
}

/// The cheapest standing offer that fits `terms`, whatever their price says; ties go to the higher reputation.
pub async fn cheapest(linq: &Linq, terms: &Terms, collateral_bps: u16) -> Result<Option<Offer>> {
    let count = linq.provider_count().await?;
    let mut best: Option<(Offer, u16)> = None;
    for id in (1..=count).rev().take(MAX_LOOKED_AT as usize) {
        let provider = linq.provider(id).await?;
        if unfit(&provider, terms).is_some() {
            continue;
        }
        let offer = Offer { provider: id, quote: linq.quote(id, terms.resources.clone(), terms.runSecs).await? };
        if offer.quote == Lnq::default() || !covers(&provider, offer.quote.bps_up(collateral_bps)) {
            continue;
        }
        let better = best.is_none_or(|(other, reputation)| {
            (offer.quote, std::cmp::Reverse(provider.reputation)) < (other.quote, std::cmp::Reverse(reputation))
        });
        if better {
            best = Some((offer, provider.reputation));
        }
    }
    Ok(best.map(|(offer, _)| offer))
}

/// Why a standing offer cannot take a job at any price; `None` when it can.
pub fn unfit(provider: &Provider, terms: &Terms) -> Option<&'static str> {
    let offer = &provider.offer;
    let runs = offer.minRunSecs..=offer.maxRunSecs;
    match () {
        () if provider.draining => Some("it is leaving and takes no work"),
        () if !offer.open => Some("it takes no work unasked"),
        () if !provider.operatorAccepted => Some("its operator has not accepted the role"),
        () if !terms.judge.is_zero() || !terms.expected.is_zero() => {
            Some("work with a judge or an expected result is not taken unasked")
        }
        () if !has_room(provider, &terms.resources) => Some("its capacity is too small or in use"),
        () if terms.features & !provider.features != 0 => Some("it lacks a feature"),
        () if !region_allowed(terms.regions, provider.region) => Some("it is in another region"),
        () if provider.tier < terms.tier => Some("its tier is too low"),
        () if !runs.contains(&terms.runSecs) => Some("the run is shorter or longer than it takes"),
        () if terms.windowSecs > offer.maxWindowSecs => Some("the window is longer than it takes"),
        () => None,
    }
}

fn covers(provider: &Provider, lock: Lnq) -> bool {
    lock.0 <= provider.offer.maxLock && lock.0 <= provider.bonded.saturating_sub(provider.locked)
}

fn has_room(provider: &Provider, needed: &Resources) -> bool {
    let (all, used) = (&provider.capacity, &provider.used);
    let room = |all: u32, used: u32, needed: u32| all.saturating_sub(used) >= needed;
    room(all.cpuMillis, used.cpuMillis, needed.cpuMillis)
        && room(all.memoryMib, used.memoryMib, needed.memoryMib)
        && room(all.storageGib, used.storageGib, needed.storageGib)
        && room(all.gpus.into(), used.gpus.into(), needed.gpus.into())
        && room(all.bandwidthMbps, used.bandwidthMbps, needed.bandwidthMbps)
        && (needed.gpus == 0 || all.gpuClass == needed.gpuClass)
}

fn region_allowed(packed: u128, region: u16) -> bool {
    packed == 0 || (0..8).any(|position| (packed >> (16 * position)) & 0xffff == u128::from(region))
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Address;
    use alloy::primitives::aliases::U96;
    use linq_abi::{Rates, StandingOffer};

    use super::*;

    fn provider() -> Provider {
        let capacity = Resources { cpuMillis: 4_000, memoryMib: 8_192, storageGib: 100, ..Resources::default() };
        let offer = StandingOffer {
            open: true,
            minRunSecs: 60,
            maxRunSecs: 3_600,
            maxWindowSecs: 86_400,
            maxLock: Lnq::whole(10).0,
            ..StandingOffer::default()
        };
        Provider {
            owner: Address::repeat_byte(1),
            operator: Address::repeat_byte(2),
            invitedOwner: Default::default(),
            operatorAccepted: true,
            draining: false,
            payout: Address::repeat_byte(3),
            capacity,
            used: Resources { cpuMillis: 3_000, ..Resources::default() },
            features: 0b11,
            region: 276,
            rates: Rates::default(),
            offer,
            bonded: Lnq::whole(100).0,
            locked: Lnq::whole(95).0,
            unbonding: U96::ZERO,
            registeredAt: 0,
            record: Default::default(),
            reputation: 0,
            tier: 1,
        }
    }

    fn terms() -> Terms {
        let resources = Resources { cpuMillis: 1_000, memoryMib: 512, ..Resources::default() };
        Terms { resources, runSecs: 600, windowSecs: 3_600, features: 0b01, ..Terms::default() }
    }

    #[test]
    fn work_inside_every_limit_fits() {
        assert_eq!(unfit(&provider(), &terms()), None);
        let at_the_edge = Terms { runSecs: 3_600, windowSecs: 86_400, tier: 1, regions: 756 << 16 | 276, ..terms() };
        assert_eq!(unfit(&provider(), &at_the_edge), None);
    }

    #[test]
    fn each_limit_alone_refuses() {
        let more = Resources { cpuMillis: 1_001, memoryMib: 512, ..Resources::default() };
        let gpu = Resources { gpus: 1, ..terms().resources };
        for (terms, why) in [
            (Terms { resources: more, ..terms() }, "capacity"),
            (Terms { resources: gpu, ..terms() }, "capacity"),
            (Terms { judge: Address::repeat_byte(9), ..terms() }, "judge"),
            (Terms { expected: alloy::primitives::B256::repeat_byte(9), ..terms() }, "expected"),
            (Terms { features: 0b100, ..terms() }, "feature"),
            (Terms { regions: 756, ..terms() }, "region"),
            (Terms { tier: 2, ..terms() }, "tier"),
            (Terms { runSecs: 59, ..terms() }, "run"),
            (Terms { runSecs: 3_601, ..terms() }, "run"),
            (Terms { windowSecs: 86_401, ..terms() }, "window"),
        ] {
            assert!(unfit(&provider(), &terms).is_some_and(|reason| reason.contains(why)), "{why}");
        }
        let mut closed = provider();
        closed.offer.open = false;
        assert!(unfit(&closed, &terms()).is_some());
        let leaving = Provider { draining: true, ..provider() };
        assert!(unfit(&leaving, &terms()).is_some_and(|reason| reason.contains("leaving")));
    }

    #[test]
    fn the_lock_has_to_fit_the_offer_and_the_free_stake() {
        assert!(covers(&provider(), Lnq::whole(5)));
        assert!(!covers(&provider(), Lnq::whole(6)));
        let rich = Provider { locked: U96::ZERO, ..provider() };
        assert!(covers(&rich, Lnq::whole(10)));
        assert!(!covers(&rich, Lnq::whole(11)));
    }
}
