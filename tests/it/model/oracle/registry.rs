//! Providers: what they stated, their stake, their work and their record.

use std::collections::BTreeMap;

use linq_abi::RegistryParameters;
use linq_tests::{FEE_BPS, registry_parameters};

use super::{
    Answer, Oracle,
    jobs::{SlotBook, lock_of},
    part_up, refuse, units,
};
use crate::prelude::*;

/// Providers by their place: id 1 is the first.
#[derive(Clone)]
pub struct Registry {
    pub wired: bool,
    pub providers: Vec<ProviderBook>,
    /// Every version of the parameters, and from when on it counts.
    pub versions: Vec<(u64, RegistryParameters)>,
    /// The first second of the day of the last pause.
    paused_at: Option<u64>,
}

impl Default for Registry {
    fn default() -> Self {
        Self { wired: false, providers: Vec::new(), versions: vec![(0, registry_parameters())], paused_at: None }
    }
}

impl Registry {
    /// The parameters that count at `now`.
    fn parameters(&self, now: u64) -> RegistryParameters {
        let counts = self.versions.iter().rfind(|(from, _)| *from <= now);
        counts.expect("the first version always counts").1.clone()
    }
}

/// One provider.
#[derive(Clone, PartialEq)]
pub struct ProviderBook {
    pub owner: Address,
    /// Who was offered the ownership, or zero.
    pub invited: Address,
    pub operator: Address,
    pub accepted_role: bool,
    pub draining: bool,
    pub stated: Registration,
    pub bonded: u128,
    /// Of open work, by job and slot: its lock, what is reserved for it until its result is in, and who is paid for it.
    pub open: BTreeMap<(B256, u16), (u128, Option<Resources>, Address)>,
    pub unbondings: Vec<(u128, u64)>,
    pub registered_at: u64,
    pub taken: u32,
    pub completed: u32,
    pub late: u32,
    pub unable: u32,
    pub won: u32,
    pub lost: u32,
    pub earned: u128,
    pub slashed: u128,
    pub history: B256,
    /// Good and bad marks in billionths of an LNQ, and the second as of which they stand.
    pub marks: (u128, u128, u64),
}

/// How work ends in the registry's books.
pub struct Ending {
    pub end: WorkEnd,
    pub claim: u8,
    pub share: u8,
    pub earned: u128,
    pub fee: u128,
    pub verdict: Verdict,
    pub trial: Trial,
    /// What the pay does not cover of what the provider owes of the jury's cost.
    pub uncovered: u128,
}

impl ProviderBook {
    pub fn locked(&self) -> u128 {
        self.open.values().map(|(lock, ..)| lock).sum()
    }

    pub fn used(&self) -> Resources {
        let mut used = Resources::default();
        for reserved in self.open.values().filter_map(|(_, reserved, _)| reserved.as_ref()) {
            used.cpuMillis += reserved.cpuMillis;
            used.memoryMib += reserved.memoryMib;
            used.storageGib += reserved.storageGib;
            used.bandwidthMbps += reserved.bandwidthMbps;
            used.gpus += reserved.gpus;
        }
        used.gpuClass = if used.gpus > 0 { self.stated.capacity.gpuClass } else { 0 };
        used
    }

    pub fn quote(&self, resources: &Resources, run_secs: u32) -> u128 {
        let rates = &self.stated.rates;
        let per_second = u128::from(rates.cpuMilli) * u128::from(resources.cpuMillis)
            + u128::from(rates.memoryMib) * u128::from(resources.memoryMib)
            + u128::from(rates.storageGib) * u128::from(resources.storageGib)
            + u128::from(rates.gpu) * u128::from(resources.gpus);
        let least = if self.stated.offer.open { units(self.stated.offer.minPrice) } else { 0 };
        (per_second * u128::from(run_secs)).max(least)
    }

    /// Good and bad marks as of `now`: halved every 90 days, falling evenly in between.
    fn marks_at(&self, now: u64) -> (f64, f64) {
        const HALF_LIFE: u64 = 90 * 86_400;
        let (good, bad, since) = self.marks;
        let (halvings, rest) = ((now - since) / HALF_LIFE, (now - since) % HALF_LIFE);
        let left = 0.5_f64.powi(halvings as i32) * (1.0 - rest as f64 / (2 * HALF_LIFE) as f64);
        (good as f64 * left, bad as f64 * left)
    }

    /// In bps; as a fraction, since roundings of the chain are its own.
    pub fn reputation(&self, now: u64) -> f64 {
        let (good, bad) = self.marks_at(now);
        10_000.0 * good / (good + bad + 50e9)
    }

    fn tier(&self, now: u64, parameters: &RegistryParameters) -> u8 {
        let age = now - self.registered_at;
        let meets = |rule: &linq_abi::TierRule| {
            self.bonded >= minimum(&self.stated.capacity, parameters) * u128::from(rule.stakeMultiple)
                && age >= u64::from(rule.ageDays) * 86_400
                && self.reputation(now) >= f64::from(rule.reputationBps)
        };
        let rules = [&parameters.tier3, &parameters.tier2, &parameters.tier1];
        rules.into_iter().zip([3, 2, 1]).find(|(rule, _)| meets(rule)).map_or(0, |(_, tier)| tier)
    }
}

/// A base, and more for each started core and each GPU.
fn minimum(capacity: &Resources, parameters: &RegistryParameters) -> u128 {
    let &RegistryParameters { minimumLnq, perCoreLnq, perGpuLnq, .. } = parameters;
    let cores = u128::from(capacity.cpuMillis.div_ceil(1_000));
    lnq(u128::from(minimumLnq) + u128::from(perCoreLnq) * cores + u128::from(perGpuLnq) * u128::from(capacity.gpus))
}

fn price_cap(tier: u8, parameters: &RegistryParameters) -> u128 {
    let caps = [
        parameters.priceCapLnq,
        parameters.tier1.priceCapLnq,
        parameters.tier2.priceCapLnq,
        parameters.tier3.priceCapLnq,
    ];
    if caps[tier as usize] == u32::MAX { u128::MAX } else { lnq(caps[tier as usize].into()) }
}

/// Each part of the minimum up to 1,000,000 LNQ, a wait of a minute to 60 days, and tiers that climb.
fn parameters_are_sound(parameters: &RegistryParameters) -> bool {
    let tiers = [&parameters.tier1, &parameters.tier2, &parameters.tier3];
    let climbs = |of: fn(&linq_abi::TierRule) -> u32, least: u32| {
        let mut steps = vec![least];
        steps.extend(tiers.iter().map(|tier| of(tier)));
        steps.is_sorted()
    };
    [parameters.minimumLnq, parameters.perCoreLnq, parameters.perGpuLnq].iter().all(|part| *part <= 1_000_000)
        && (60..=60 * 86_400).contains(&parameters.unbondingSecs)
        && climbs(|tier| tier.stakeMultiple.into(), 1)
        && climbs(|tier| tier.ageDays.into(), 0)
        && climbs(|tier| tier.reputationBps.into(), 0)
        && climbs(|tier| tier.priceCapLnq, parameters.priceCapLnq)
        && tiers.iter().all(|tier| tier.reputationBps <= 10_000)
}

fn capacity_is_sound(capacity: &Resources) -> bool {
    capacity.cpuMillis != 0 && capacity.memoryMib != 0 && (capacity.gpus == 0) == (capacity.gpuClass == 0)
}

fn offer_is_sound(offer: &StandingOffer) -> bool {
    !offer.open
        || (offer.minRunSecs <= offer.maxRunSecs
            && (1..=90 * 86_400).contains(&offer.maxRunSecs)
            && offer.maxWindowSecs <= 14 * 86_400
            && offer.maxHoldBackSecs <= 7 * 86_400
            && offer.maxNoticeSecs <= offer.maxHoldBackSecs)
}

impl Oracle {
    pub fn provider_of(&self, account: Address) -> u32 {
        let place = self
            .registry
            .providers
            .iter()
            .position(|book| book.owner == account || (book.accepted_role && book.operator == account));
        place.map_or(0, |place| place as u32 + 1)
    }

    pub fn book(&self, provider: u32) -> Option<&ProviderBook> {
        self.registry.providers.get((provider as usize).checked_sub(1)?)
    }

    pub fn known(&mut self, provider: u32) -> Result<&mut ProviderBook, Vec<u8>> {
        let place = (provider as usize).wrapping_sub(1);
        match self.registry.providers.get_mut(place) {
            Some(book) => Ok(book),
            None => refuse(IRegistry::RegistryUnknownProvider { provider }),
        }
    }

    fn owned(&mut self, caller: Address, provider: u32) -> Result<&mut ProviderBook, Vec<u8>> {
        let book = self.known(provider)?;
        if book.owner != caller {
            return refuse(IRegistry::RegistryNotOwner { provider, caller });
        }
        Ok(book)
    }

    pub fn wire_registry(&mut self, caller: Address) -> Answer {
        if caller != Cast::ALL.deployer {
            return refuse(IRegistry::RegistryNotDeployer { caller });
        }
        if std::mem::replace(&mut self.registry.wired, true) {
            return refuse(IRegistry::RegistryAlreadyWired {});
        }
        Ok(Vec::new())
    }

    pub fn register(&mut self, caller: Address, registration: &Registration) -> Answer {
        if !self.registry.wired {
            return refuse(IRegistry::RegistryNotWired {});
        }
        let until = self.registry.paused_at.map_or(0, |day| day + 7 * 86_400);
        if self.now < until {
            return refuse(IRegistry::RegistryPaused { until });
        }
        let provider = self.provider_of(caller);
        if provider != 0 {
            return refuse(IRegistry::RegistryAddressTaken { account: caller, provider });
        }
        if registration.operator.is_zero() {
            return refuse(IRegistry::RegistryBadAddress { given: Address::ZERO });
        }
        let payout = registration.payout;
        if !self.payable(payout) {
            return refuse(IRegistry::RegistryBadPayout { payout });
        }
        let capacity = &registration.capacity;
        if !capacity_is_sound(capacity) {
            return refuse(IRegistry::RegistryBadCapacity {});
        }
        if !offer_is_sound(&registration.offer) {
            return refuse(IRegistry::RegistryBadOffer {});
        }
        let (stake, minimum) = (units(registration.stake), minimum(capacity, &self.registry.parameters(self.now)));
        if stake < minimum {
            let (stake, minimum) = (registration.stake, u96(minimum));
            return refuse(IRegistry::RegistryStakeTooLow { stake, minimum });
        }
        let registry = self.suite.registry;
        self.token.spend(caller, registry, U256::from(stake))?;
        self.token.shift(caller, registry, U256::from(stake))?;
        let mut stated = registration.clone();
        if !stated.offer.open {
            stated.offer = StandingOffer::default();
        }
        self.registry.providers.push(ProviderBook {
            owner: caller,
            invited: Address::ZERO,
            draining: false,
            operator: registration.operator,
            accepted_role: registration.operator == caller,
            stated,
            bonded: stake,
            open: BTreeMap::new(),
            unbondings: Vec::new(),
            registered_at: self.now,
            taken: 0,
            completed: 0,
            late: 0,
            unable: 0,
            won: 0,
            lost: 0,
            earned: 0,
            slashed: 0,
            history: B256::ZERO,
            marks: (0, 0, self.now),
        });
        Ok(u32::abi_encode(&(self.registry.providers.len() as u32)))
    }

    fn payable(&self, payout: Address) -> bool {
        ![Address::ZERO, self.suite.token, self.suite.registry, self.suite.jobs].contains(&payout)
    }

    /// Whether the caller's signature over `amount` is `good` or not, what it does comes before anything else.
    fn use_permit(&mut self, caller: Address, amount: U96, good: bool) {
        if good {
            *self.token.nonces.entry(caller).or_default() += 1;
            self.token.allowances.insert((caller, self.suite.registry), U256::from(amount));
        }
    }

    pub fn register_with_permit(&mut self, caller: Address, registration: &Registration, good: bool) -> Answer {
        self.use_permit(caller, registration.stake, good);
        self.register(caller, registration)
    }

    pub fn add_stake_with_permit(&mut self, caller: Address, provider: u32, amount: U96, good: bool) -> Answer {
        self.use_permit(caller, amount, good);
        self.add_stake(caller, provider, amount)
    }

    pub fn accept_role(&mut self, caller: Address, provider: u32) -> Answer {
        let other = self.provider_of(caller);
        let book = self.known(provider)?;
        let inherits = book.invited == caller;
        if !inherits && (book.operator != caller || book.accepted_role) {
            return refuse(IRegistry::RegistryNotInvited { provider, caller });
        }
        if other != 0 && other != provider {
            return refuse(IRegistry::RegistryAddressTaken { account: caller, provider: other });
        }
        if inherits {
            (book.owner, book.invited) = (caller, Address::ZERO);
        } else {
            book.accepted_role = true;
        }
        Ok(Vec::new())
    }

    pub fn set_keys(
        &mut self,
        caller: Address,
        provider: u32,
        owner: Address,
        operator: Address,
        payout: Address,
    ) -> Answer {
        self.owned(caller, provider)?;
        if owner.is_zero() || operator.is_zero() {
            return refuse(IRegistry::RegistryBadAddress { given: Address::ZERO });
        }
        if !self.payable(payout) {
            return refuse(IRegistry::RegistryBadPayout { payout });
        }
        let book = self.known(provider)?;
        book.invited = if owner == caller { Address::ZERO } else { owner };
        if book.operator != operator {
            (book.operator, book.accepted_role) = (operator, operator == caller);
        }
        book.stated.payout = payout;
        Ok(Vec::new())
    }

    pub fn set_capacity(
        &mut self,
        caller: Address,
        provider: u32,
        capacity: &Resources,
        features: u64,
        region: u16,
    ) -> Answer {
        let book = self.known(provider)?;
        if caller != book.owner && !(book.accepted_role && book.operator == caller) {
            return refuse(IRegistry::RegistryNotOperator { provider, caller });
        }
        if !capacity_is_sound(capacity) {
            return refuse(IRegistry::RegistryBadCapacity {});
        }
        let used = book.used();
        let covers = capacity.cpuMillis >= used.cpuMillis
            && capacity.memoryMib >= used.memoryMib
            && capacity.storageGib >= used.storageGib
            && capacity.bandwidthMbps >= used.bandwidthMbps
            && capacity.gpus >= used.gpus
            && (used.gpus == 0 || capacity.gpuClass == used.gpuClass);
        if !covers {
            return refuse(IRegistry::RegistryCapacityInUse { provider });
        }
        book.stated.capacity = capacity.clone();
        (book.stated.features, book.stated.region) = (features, region);
        Ok(Vec::new())
    }

    pub fn drain(&mut self, caller: Address, provider: u32) -> Answer {
        self.owned(caller, provider)?.draining = true;
        Ok(Vec::new())
    }

    pub fn set_parameters(&mut self, caller: Address, parameters: &RegistryParameters) -> Answer {
        if caller != Cast::ALL.governor {
            return refuse(IRegistry::RegistryNotGovernor { caller });
        }
        if !parameters_are_sound(parameters) {
            return refuse(IRegistry::RegistryBadParameters {});
        }
        let last = self.registry.versions.last().expect("there is a first version").0;
        if self.now < last {
            return refuse(IRegistry::RegistryParametersPending { from: last });
        }
        let tomorrow = self.now - self.now % 86_400 + 86_400;
        self.registry.versions.push((tomorrow, parameters.clone()));
        Ok(Vec::new())
    }

    pub fn pause(&mut self, caller: Address) -> Answer {
        if caller != Cast::ALL.guardian {
            return refuse(IRegistry::RegistryNotGuardian { caller });
        }
        let next = self.registry.paused_at.map_or(0, |day| day + 30 * 86_400);
        if self.now < next {
            return refuse(IRegistry::RegistryPausedLately { next });
        }
        self.registry.paused_at = Some(self.now - self.now % 86_400);
        Ok(Vec::new())
    }

    pub fn set_offer(&mut self, caller: Address, provider: u32, rates: &Rates, offer: &StandingOffer) -> Answer {
        let book = self.known(provider)?;
        if caller != book.owner && !(book.accepted_role && book.operator == caller) {
            return refuse(IRegistry::RegistryNotOperator { provider, caller });
        }
        if !offer_is_sound(offer) {
            return refuse(IRegistry::RegistryBadOffer {});
        }
        book.stated.rates = rates.clone();
        book.stated.offer = if offer.open { offer.clone() } else { StandingOffer::default() };
        Ok(Vec::new())
    }

    pub fn add_stake(&mut self, caller: Address, provider: u32, amount: U96) -> Answer {
        let registry = self.suite.registry;
        self.known(provider)?;
        if amount.is_zero() {
            return refuse(IRegistry::RegistryNoAmount {});
        }
        if self.known(provider)?.bonded + units(amount) >= 1 << 96 {
            return refuse(IRegistry::RegistryOverflow {});
        }
        self.token.spend(caller, registry, U256::from(amount))?;
        self.token.shift(caller, registry, U256::from(amount))?;
        self.known(provider)?.bonded += units(amount);
        Ok(Vec::new())
    }

    pub fn unbond(&mut self, caller: Address, provider: u32, amount: U96) -> Answer {
        let end = self.now + u64::from(self.registry.parameters(self.now).unbondingSecs);
        let book = self.owned(caller, provider)?;
        if amount.is_zero() {
            return refuse(IRegistry::RegistryNoAmount {});
        }
        let free = book.bonded - book.locked();
        if units(amount) > free {
            return refuse(IRegistry::RegistryNotFree { amount, free: u96(free) });
        }
        if book.unbondings.len() == 16 {
            return refuse(IRegistry::RegistryTooManyUnbondings { provider, limit: 16 });
        }
        book.bonded -= units(amount);
        book.unbondings.push((units(amount), end));
        Ok(end.abi_encode())
    }

    pub fn withdraw(&mut self, caller: Address, provider: u32) -> Answer {
        let (now, registry) = (self.now, self.suite.registry);
        let book = self.owned(caller, provider)?;
        let (ready, waiting): (Vec<_>, Vec<_>) = book.unbondings.iter().partition(|(_, end)| *end <= now);
        if ready.is_empty() {
            let next = waiting.iter().map(|(_, end)| *end).min().unwrap_or(0);
            return refuse(IRegistry::RegistryNothingToWithdraw { provider, next });
        }
        book.unbondings = waiting;
        let sum: u128 = ready.iter().map(|(amount, _)| amount).sum();
        self.token.shift(registry, caller, U256::from(sum))?;
        Ok(u96(sum).abi_encode())
    }

    /// What a provider needs to take slot `index` of a job, as `caller` asks for it; says whether it is its standing offer.
    pub fn check_take(&mut self, caller: Address, terms: &Terms, provider: u32, price: u128) -> Result<bool, Vec<u8>> {
        let now = self.now;
        let decided = !terms.judge.is_zero() || !terms.expected.is_zero();
        let assignable = !decided && (terms.anyoneMatches || caller == terms.requester);
        let book = self.known(provider)?.clone();
        let standing = !(book.accepted_role && book.operator == caller);
        if standing && !assignable {
            return refuse(IRegistry::RegistryNotAssignable { provider, caller });
        }
        if book.draining {
            return refuse(IRegistry::RegistryDraining { provider });
        }
        let parameters = self.registry.parameters(now);
        let missing = terms.features & !book.stated.features;
        if missing != 0 {
            return refuse(IRegistry::RegistryMissingFeatures { provider, missing });
        }
        let region = book.stated.region;
        let wanted: Vec<u16> =
            (0..8).map(|place| (terms.regions >> (16 * place)) as u16).filter(|code| *code != 0).collect();
        if !wanted.is_empty() && !wanted.contains(&region) {
            return refuse(IRegistry::RegistryWrongRegion { provider, region });
        }
        let (capacity, used, needed) = (&book.stated.capacity, book.used(), &terms.resources);
        let fits = u64::from(used.cpuMillis) + u64::from(needed.cpuMillis) <= capacity.cpuMillis.into()
            && u64::from(used.memoryMib) + u64::from(needed.memoryMib) <= capacity.memoryMib.into()
            && u64::from(used.storageGib) + u64::from(needed.storageGib) <= capacity.storageGib.into()
            && u64::from(used.bandwidthMbps) + u64::from(needed.bandwidthMbps) <= capacity.bandwidthMbps.into()
            && u64::from(used.gpus) + u64::from(needed.gpus) <= capacity.gpus.into()
            && (needed.gpus == 0 || needed.gpuClass == capacity.gpuClass);
        if !fits {
            return refuse(IRegistry::RegistryNoCapacity { provider });
        }
        let minimum = minimum(capacity, &parameters);
        if book.bonded < minimum {
            let (bonded, minimum) = (u96(book.bonded), u96(minimum));
            return refuse(IRegistry::RegistryBelowMinimum { provider, bonded, minimum });
        }
        let (tier, posted) = (book.tier(now, &parameters), units(terms.price));
        if terms.tier > tier {
            return refuse(IRegistry::RegistryTierTooLow { provider, tier, needed: terms.tier });
        }
        let cap = price_cap(tier, &parameters);
        if posted > cap {
            let cap = u96(cap);
            return refuse(IRegistry::RegistryPriceAboveTier { provider, posted: terms.price, cap });
        }
        let (lock, free) = (lock_of(terms), book.bonded - book.locked());
        if lock > free {
            return refuse(IRegistry::RegistryNotEnoughStake { provider, free: u96(free), needed: u96(lock) });
        }
        if standing {
            let offer = &book.stated.offer;
            if !offer.open {
                return refuse(IRegistry::RegistryOfferClosed { provider });
            }
            let inside = (offer.minRunSecs..=offer.maxRunSecs).contains(&terms.runSecs)
                && terms.windowSecs <= offer.maxWindowSecs
                && lock <= units(offer.maxLock);
            if !inside {
                return refuse(IRegistry::RegistryOutsideOffer { provider });
            }
            let quote = u96(book.quote(&terms.resources, terms.runSecs));
            if u96(price) != quote {
                return refuse(IRegistry::RegistryNotTheQuote { provider, price: u96(price), quote });
            }
        }
        Ok(standing)
    }

    pub fn require_operator(&mut self, provider: u32, caller: Address) -> Result<(), Vec<u8>> {
        let book = self.known(provider)?;
        if !(book.accepted_role && book.operator == caller) {
            return refuse(IRegistry::RegistryNotOperator { provider, caller });
        }
        Ok(())
    }

    /// Ends the work of a slot: unlocks, slashes, counts, marks. Returns the payout address.
    pub fn end_work(&mut self, work: (B256, u16), slot: &SlotBook, ending: &Ending) -> Result<Address, Vec<u8>> {
        let (now, registry) = (self.now, self.suite.registry);
        let book = self.known(slot.provider)?;
        let (lock, _, payout) = book.open.remove(&work).expect("open work is in the books");
        let over = u128::from(ending.claim.saturating_sub(ending.share).saturating_sub(4));
        let low = |share: u8| part_up(lock, u128::from(5_u8.saturating_sub(share)), 20);
        let heard = !matches!(ending.verdict, Verdict::Neutral | Verdict::Unheard);
        let overclaimed = match ending.verdict {
            Verdict::Conceded => part_up(lock, over, 16).div_ceil(2),
            _ => part_up(lock, over, 16),
        };
        let slash = match ending.end {
            WorkEnd::Settled if ending.verdict == Verdict::Neutral => 0,
            WorkEnd::Settled if ending.verdict == Verdict::Unheard => low(0),
            WorkEnd::Settled => low(ending.share).max(overclaimed),
            WorkEnd::Late => low(0),
            WorkEnd::Unable if !slot.standing => part_up(lock, 1, 16),
            WorkEnd::Unable | WorkEnd::Displaced => 0,
        };
        let price_fee = slot.price * u128::from(FEE_BPS) / 10_000;
        let (good, bad) = match ending.end {
            WorkEnd::Settled if !heard => (ending.fee, 0),
            WorkEnd::Settled => (ending.fee, part_up(price_fee, over, 4)),
            WorkEnd::Late => (0, price_fee),
            WorkEnd::Unable | WorkEnd::Displaced => (0, 0),
        };
        match ending.end {
            WorkEnd::Settled => book.completed += 1,
            WorkEnd::Late => book.late += 1,
            WorkEnd::Unable => book.unable += 1,
            WorkEnd::Displaced => book.taken -= 1,
        }
        if (good, bad) != (0, 0) {
            let (old_good, old_bad) = book.marks_at(now);
            let nanos = 1_000_000_000;
            book.marks = (old_good as u128 + good / nanos, old_bad.ceil() as u128 + bad.div_ceil(nanos), now);
        }
        if ending.end != WorkEnd::Displaced {
            let took = u32::try_from(now - slot.taken_at).expect("not that long");
            let (id, end) = (keccak256(work.abi_encode()), ending.end as u16);
            book.history = keccak256((book.history, id, end, took, u96(ending.earned)).abi_encode());
        }
        match ending.trial {
            Trial::None => {}
            Trial::Won => book.won += 1,
            Trial::Lost => book.lost += 1,
        }
        book.earned += ending.earned - ending.fee;
        // What is owed comes first; then the slash, as far as the lock reaches, half of an overclaim's for the requester.
        let owed = ending.uncovered.min(lock);
        let shared = heard && ending.verdict != Verdict::Judge && overclaimed > low(ending.share);
        let slash = slash.min(lock - owed);
        let half = if ending.end == WorkEnd::Settled && shared { slash / 2 } else { 0 };
        book.bonded -= owed + slash;
        book.slashed += owed + slash;
        let requester = self.escrow.locked.get(&work.0).map_or(Address::ZERO, |(requester, ..)| *requester);
        self.token.shift(registry, requester, U256::from(owed + half))?;
        self.token.burn(registry, U256::from(slash - half))?;
        Ok(payout)
    }
}
