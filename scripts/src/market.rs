//! Which standing offer takes a job for the least.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use alloy::primitives::aliases::U96;
use linq_abi::codes::Obstacle;
use linq_abi::{ILens, Provider, Requirements, Resources, Terms};

use serde::Serialize;

use crate::client::Linq;
use crate::error::Result;
use crate::units::Lnq;

/// Providers that the lens looks at in one call.
const PAGE: u16 = 200;

/// Most calls for one search: enough for 10^5 providers.
const MAX_CALLS: u32 = 600;

/// Providers that are looked at one by one to say why they were not taken.
pub const MAX_EXPLAINED: u32 = 10_000;

/// A standing offer that could take a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Offer {
    /// The provider.
    pub provider: u32,
    /// What it asks for one task.
    pub quote: Lnq,
}

/// The cheapest standing offer that fits `terms`, whatever their price says; ties go to the higher reputation.
pub async fn cheapest(linq: &Linq, terms: &Terms) -> Result<Option<Offer>> {
    if is_decided_by_others(terms) {
        return Ok(None);
    }
    search(linq, &requirements(terms, U96::ZERO), &BTreeMap::new()).await
}

/// The cheapest standing offer that can take a job as it is posted; ties go to the higher reputation. Those in `passed` are
/// passed over.
pub async fn best(linq: &Linq, terms: &Terms, passed: &BTreeMap<u32, String>) -> Result<Option<Offer>> {
    let requirements = requirements(terms, terms.price);
    if terms.provider == 0 {
        return search(linq, &requirements, passed).await;
    }
    let offer = Passed::of(linq, &requirements, terms.provider, passed).await?;
    Ok(offer.why.is_none().then_some(Offer { provider: terms.provider, quote: offer.quote }))
}

/// The lens looks at the providers, page by page. One whose operator has not accepted its role could be given the work and
/// not do it: it is passed over, and its page is looked at again on either side of it.
async fn search(linq: &Linq, requirements: &Requirements, passed: &BTreeMap<u32, String>) -> Result<Option<Offer>> {
    let mut best: Option<(Offer, u16)> = None;
    let mut ranges = vec![Range { from: 1, limit: PAGE, goes_on: true }];
    for _ in 0..MAX_CALLS {
        let Some(range) = ranges.pop() else { break };
        let Range { from, limit, goes_on } = range;
        let call = ILens::bestMatchCall { requirements: requirements.clone(), from, limit };
        let found = linq.client.call(linq.suite.lens, &call).await?;
        let ILens::bestMatchReturn { provider, quote, reputation, next } = found;
        if goes_on && next != 0 {
            ranges.push(Range { from: next, ..range });
        }
        let offer = Offer { provider, quote: Lnq(quote) };
        let order = |offer: &Offer, reputation: u16| (offer.quote, Reverse(reputation), offer.provider);
        let worse = best.is_some_and(|(other, known)| order(&other, known) < order(&offer, reputation));
        if provider == 0 || worse {
            continue;
        }
        if !passed.contains_key(&provider) && linq.provider(provider).await?.operatorAccepted {
            best = Some((offer, reputation));
        } else {
            ranges.extend(range.around(provider));
        }
    }
    Ok(best.map(|(offer, _)| offer))
}

/// A provider that was looked at, and why it was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Passed {
    /// The provider.
    pub provider: u32,
    /// What it asks for one task.
    pub quote: Lnq,
    /// The reason; none for one that could be taken.
    pub why: Option<String>,
}

/// Every provider that asks for less than `limit`, and why it cannot take the job as it is posted; the cheapest first. At
/// most [`MAX_EXPLAINED`] providers are looked at, and whether that was all of them is said.
pub async fn cheaper(
    linq: &Linq,
    terms: &Terms,
    limit: Lnq,
    passed: &BTreeMap<u32, String>,
) -> Result<(Vec<Passed>, bool)> {
    let requirements = requirements(terms, terms.price);
    let count = linq.provider_count().await?;
    let mut found = Vec::new();
    for provider in 1..=count.min(MAX_EXPLAINED) {
        let mut one = Passed::of(linq, &requirements, provider, passed).await?;
        if terms.provider != 0 && terms.provider != provider {
            one.why = Some(format!("the job names provider {}", terms.provider));
        }
        if one.quote < limit && one.why.is_some() {
            found.push(one);
        }
    }
    found.sort_by_key(|one| (one.quote, one.provider));
    Ok((found, count <= MAX_EXPLAINED))
}

impl Passed {
    async fn of(
        linq: &Linq,
        requirements: &Requirements,
        provider: u32,
        passed: &BTreeMap<u32, String>,
    ) -> Result<Self> {
        let call = ILens::eligibleCall { id: provider, requirements: requirements.clone() };
        let found = linq.client.call(linq.suite.lens, &call).await?;
        let hindrance = Obstacle::from_u8(found.obstacle).map_or(Some("it is not eligible"), hindrance);
        let why = match (hindrance, passed.get(&provider)) {
            (Some(why), _) => Some(why.to_owned()),
            (None, Some(why)) => Some(why.clone()),
            (None, None) if !linq.provider(provider).await?.operatorAccepted => {
                Some("its operator has not accepted the role".to_owned())
            }
            (None, None) => None,
        };
        Ok(Self { provider, quote: Lnq(found.quote), why })
    }
}

/// An obstacle in words.
const fn hindrance(obstacle: Obstacle) -> Option<&'static str> {
    Some(match obstacle {
        Obstacle::None => return None,
        Obstacle::UnknownProvider => "there is no such provider",
        Obstacle::MissingFeatures => "it lacks a feature",
        Obstacle::WrongRegion => "it is in another region",
        Obstacle::NoCapacity => "its capacity is too small or in use",
        Obstacle::BelowMinimum => "its stake is below the minimum for its capacity",
        Obstacle::TierTooLow => "its tier is too low",
        Obstacle::PriceAboveTier => "its tier does not go up to the posted price",
        Obstacle::NotEnoughStake => "it has too little free stake to lock",
        Obstacle::OfferClosed => "it takes no work unasked",
        Obstacle::OutsideOffer => "run, window or lock lie outside its standing offer",
        Obstacle::NotTheQuote => "it asks for nothing, and for nothing there is no job",
        Obstacle::QuoteAbovePrice => "it asks for more than the posted price",
        Obstacle::Draining => "it is leaving and takes no work",
    })
}

/// Ids that are searched in one call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Range {
    from: u32,
    limit: u16,
    /// Whether what follows is to be searched too.
    goes_on: bool,
}

impl Range {
    /// What is left of it on both sides of `provider`, which lies in it.
    fn around(self, provider: u32) -> impl Iterator<Item = Self> {
        let before = u16::try_from(provider.saturating_sub(self.from)).unwrap_or(u16::MAX);
        let behind = self.limit.saturating_sub(before).saturating_sub(1);
        let sides = [(self.from, before), (provider.saturating_add(1), behind)];
        sides.into_iter().filter(|(_, limit)| *limit > 0).map(|(from, limit)| Self { from, limit, goes_on: false })
    }
}

/// What the lens holds providers against at a posted price; at 0, each at its own quote.
pub(crate) fn requirements(terms: &Terms, price: U96) -> Requirements {
    Requirements {
        resources: terms.resources.clone(),
        features: terms.features,
        regions: terms.regions,
        tier: terms.tier,
        price,
        runSecs: terms.runSecs,
        windowSecs: terms.windowSecs,
        standing: true,
    }
}

/// Whether the result is decided by a judge or a hash, for which no standing offer counts.
pub fn is_decided_by_others(terms: &Terms) -> bool {
    !terms.judge.is_zero() || !terms.expected.is_zero()
}

/// Why a standing offer cannot take a job at any price; `None` when it can.
pub fn unfit(provider: &Provider, terms: &Terms) -> Option<&'static str> {
    let offer = &provider.offer;
    let runs = offer.minRunSecs..=offer.maxRunSecs;
    match () {
        () if provider.draining => Some("it is leaving and takes no work"),
        () if !offer.open => Some("it takes no work unasked"),
        () if !provider.operatorAccepted => Some("its operator has not accepted the role"),
        () if is_decided_by_others(terms) => Some("work with a judge or an expected result is not taken unasked"),
        () if !has_room(provider, &terms.resources) => Some("its capacity is too small or in use"),
        () if terms.features & !provider.features != 0 => Some("it lacks a feature"),
        () if !region_allowed(terms.regions, provider.region) => Some("it is in another region"),
        () if provider.tier < terms.tier => Some("its tier is too low"),
        () if !runs.contains(&terms.runSecs) => Some("the run is shorter or longer than it takes"),
        () if terms.windowSecs > offer.maxWindowSecs => Some("the window is longer than it takes"),
        () => None,
    }
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
    fn a_provider_is_left_out_of_its_page() {
        let page = Range { from: 201, limit: 200, goes_on: true };
        let around = |provider| page.around(provider).map(|range| (range.from, range.limit)).collect::<Vec<_>>();
        assert_eq!(around(201), [(202, 199)]);
        assert_eq!(around(300), [(201, 99), (301, 100)]);
        assert_eq!(around(400), [(201, 199)]);
        assert!(page.around(300).all(|range| !range.goes_on));
    }
}
