//! What ought to happen: the protocol as plain maps and whole numbers, written from PROTOCOL.md and the promises of the
//! contract functions, and from none of their code.
//!
//! Every function answers what the chain should answer: encoded return values, or the revert data. A function that fails
//! may leave the oracle half changed; whoever calls it works on a copy.

use std::collections::BTreeMap;

use linq_abi::RegistryParameters;
use linq_tests::{COLLATERAL_BPS, FEE_BPS, MAX_ATTEMPTS, Suite, registry_parameters};

use crate::prelude::*;

/// Encoded return values, or revert data.
pub type Answer = Result<Vec<u8>, Vec<u8>>;

/// Refuses with a typed error.
fn refuse<T, E: SolError>(error: E) -> Result<T, Vec<u8>> {
    Err(error.abi_encode())
}

/// The whole suite.
#[derive(Clone)]
pub struct Oracle {
    pub suite: Suite,
    pub now: u64,
    pub token: Token,
    pub registry: Registry,
    pub escrow: Escrow,
    pub jobs: Jobs,
}

/// LNQ.
#[derive(Clone, Default)]
pub struct Token {
    pub balances: BTreeMap<Address, u128>,
    pub allowances: BTreeMap<(Address, Address), U256>,
    pub nonces: BTreeMap<Address, u64>,
    pub burned: u128,
}

/// Providers by their place: id 1 is the first.
#[derive(Clone, Default)]
pub struct Registry {
    pub wired: bool,
    pub providers: Vec<ProviderBook>,
}

/// One provider.
#[derive(Clone, PartialEq)]
pub struct ProviderBook {
    pub owner: Address,
    pub operator: Address,
    pub accepted_role: bool,
    pub stated: Registration,
    pub bonded: u128,
    /// Locks and reserved resources of open work, by job and slot; a reservation ends before its lock.
    pub open: BTreeMap<(B256, u16), (u128, Option<Resources>)>,
    pub unbondings: Vec<(u128, u64)>,
    pub registered_at: u64,
    pub taken: u32,
    pub completed: u32,
    pub late: u32,
    pub unable: u32,
    pub earned: u128,
    pub slashed: u128,
    /// Good and bad marks in billionths of an LNQ, and the second as of which they stand.
    pub marks: (u128, u128, u64),
}

/// Rewards by job.
#[derive(Clone, Default)]
pub struct Escrow {
    pub wired: bool,
    pub locked: BTreeMap<B256, (Address, u128, u16)>,
    pub fees: u128,
}

/// Jobs in the order of their posting.
#[derive(Clone, Default)]
pub struct Jobs {
    pub wired: bool,
    pub posted: Vec<JobBook>,
}

/// One job.
#[derive(Clone)]
pub struct JobBook {
    pub id: B256,
    pub terms: Terms,
    pub open_until: u64,
    pub slots: Vec<SlotBook>,
}

/// One slot.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotBook {
    pub stage: Stage,
    pub outcome: Outcome,
    pub provider: u32,
    pub left: u32,
    pub attempt: u8,
    pub price: u128,
    pub taken_at: u64,
    pub claim: u8,
    pub standing: bool,
}

/// Where a slot stands. What begins and ends by the clock alone follows from the times kept here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    Open,
    /// Taken, and running from `bid_until` on.
    Taken {
        bid_until: u64,
    },
    Submitted {
        window_end: u64,
    },
    Closed,
}

const SLOT: SlotBook = SlotBook {
    stage: Stage::Open,
    outcome: Outcome::None,
    provider: 0,
    left: 0,
    attempt: 0,
    price: 0,
    taken_at: 0,
    claim: 0,
    standing: false,
};

/// How work ends in the registry's books.
struct Ending {
    end: WorkEnd,
    claim: u8,
    share: u8,
    earned: u128,
    fee: u128,
}

fn units(amount: U96) -> u128 {
    amount.to()
}

/// `value · numerator / denominator`, rounded up.
fn part_up(value: u128, numerator: u128, denominator: u128) -> u128 {
    (value * numerator).div_ceil(denominator)
}

// ------------------------------------------------------------------------------------------------ token

impl Token {
    pub fn balance(&self, account: Address) -> u128 {
        self.balances.get(&account).copied().unwrap_or_default()
    }

    pub fn allowance(&self, owner: Address, spender: Address) -> U256 {
        self.allowances.get(&(owner, spender)).copied().unwrap_or_default()
    }

    pub fn supply(&self) -> u128 {
        SUPPLY - self.burned
    }

    fn take_from(&mut self, account: Address, value: U256) -> Result<u128, Vec<u8>> {
        let balance = self.balance(account);
        if value > U256::from(balance) {
            let balance = U256::from(balance);
            return refuse(ILnqToken::ERC20InsufficientBalance { sender: account, balance, needed: value });
        }
        let value = value.to::<u128>();
        self.balances.insert(account, balance - value);
        Ok(value)
    }

    fn shift(&mut self, from: Address, to: Address, value: U256) -> Result<(), Vec<u8>> {
        let value = self.take_from(from, value)?;
        *self.balances.entry(to).or_default() += value;
        Ok(())
    }

    fn spend(&mut self, owner: Address, spender: Address, value: U256) -> Result<(), Vec<u8>> {
        let allowance = self.allowance(owner, spender);
        if allowance == U256::MAX {
            return Ok(());
        }
        if value > allowance {
            return refuse(ILnqToken::ERC20InsufficientAllowance { spender, allowance, needed: value });
        }
        self.allowances.insert((owner, spender), allowance - value);
        Ok(())
    }

    fn burn(&mut self, account: Address, value: U256) -> Result<(), Vec<u8>> {
        self.burned += self.take_from(account, value)?;
        Ok(())
    }
}

impl Oracle {
    fn receiver(&self, receiver: Address) -> Result<(), Vec<u8>> {
        if receiver.is_zero() || receiver == self.suite.token {
            return refuse(ILnqToken::ERC20InvalidReceiver { receiver });
        }
        Ok(())
    }

    pub fn transfer(&mut self, caller: Address, to: Address, value: U256) -> Answer {
        self.receiver(to)?;
        self.token.shift(caller, to, value)?;
        Ok(true.abi_encode())
    }

    pub fn approve(&mut self, caller: Address, spender: Address, value: U256) -> Answer {
        if spender.is_zero() {
            return refuse(ILnqToken::ERC20InvalidSpender { spender });
        }
        self.token.allowances.insert((caller, spender), value);
        Ok(true.abi_encode())
    }

    pub fn transfer_from(&mut self, caller: Address, from: Address, to: Address, value: U256) -> Answer {
        self.receiver(to)?;
        self.token.spend(from, caller, value)?;
        self.token.shift(from, to, value)?;
        Ok(true.abi_encode())
    }

    pub fn burn(&mut self, caller: Address, value: U256) -> Answer {
        self.token.burn(caller, value)?;
        Ok(Vec::new())
    }

    pub fn burn_from(&mut self, caller: Address, account: Address, value: U256) -> Answer {
        self.token.spend(account, caller, value)?;
        self.token.burn(account, value)?;
        Ok(Vec::new())
    }

    /// A permit that `signer` signed in the name of `owner`, over the right nonce.
    pub fn permit(&mut self, owner: Address, signer: Address, spender: Address, value: U256, deadline: u64) -> Answer {
        if deadline < self.now {
            return refuse(ILnqToken::ERC2612ExpiredSignature { deadline: U256::from(deadline) });
        }
        if signer != owner {
            return refuse(ILnqToken::ERC2612InvalidSigner { signer, owner });
        }
        *self.token.nonces.entry(owner).or_default() += 1;
        self.approve(owner, spender, value)?;
        Ok(Vec::new())
    }
}

// --------------------------------------------------------------------------------------------- registry

impl ProviderBook {
    pub fn locked(&self) -> u128 {
        self.open.values().map(|(lock, _)| lock).sum()
    }

    pub fn used(&self) -> Resources {
        let mut used = Resources::default();
        for reserved in self.open.values().filter_map(|(_, reserved)| reserved.as_ref()) {
            used.cpuMillis += reserved.cpuMillis;
            used.memoryMib += reserved.memoryMib;
            used.storageGib += reserved.storageGib;
            used.bandwidthMbps += reserved.bandwidthMbps;
            used.gpus += reserved.gpus;
        }
        used.gpuClass = if used.gpus > 0 { self.stated.capacity.gpuClass } else { 0 };
        used
    }

    fn minimum(&self) -> u128 {
        minimum(&self.stated.capacity)
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

    fn tier(&self, now: u64) -> u8 {
        let parameters = registry_parameters();
        let age = now - self.registered_at;
        let meets = |rule: &linq_abi::TierRule| {
            self.bonded >= self.minimum() * u128::from(rule.stakeMultiple)
                && age >= u64::from(rule.ageDays) * 86_400
                && self.reputation(now) >= f64::from(rule.reputationBps)
        };
        let rules = [&parameters.tier3, &parameters.tier2, &parameters.tier1];
        rules.into_iter().zip([3, 2, 1]).find(|(rule, _)| meets(rule)).map_or(0, |(_, tier)| tier)
    }
}

/// 1,000 LNQ, 100 more for each started core and 1,000 for each GPU.
fn minimum(capacity: &Resources) -> u128 {
    let RegistryParameters { minimumLnq, perCoreLnq, perGpuLnq, .. } = registry_parameters();
    let cores = u128::from(capacity.cpuMillis.div_ceil(1_000));
    lnq(u128::from(minimumLnq) + u128::from(perCoreLnq) * cores + u128::from(perGpuLnq) * u128::from(capacity.gpus))
}

fn price_cap(tier: u8) -> u128 {
    let parameters = registry_parameters();
    let caps = [
        parameters.priceCapLnq,
        parameters.tier1.priceCapLnq,
        parameters.tier2.priceCapLnq,
        parameters.tier3.priceCapLnq,
    ];
    if caps[tier as usize] == u32::MAX { u128::MAX } else { lnq(caps[tier as usize].into()) }
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

    fn known(&mut self, provider: u32) -> Result<&mut ProviderBook, Vec<u8>> {
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
        let provider = self.provider_of(caller);
        if provider != 0 {
            return refuse(IRegistry::RegistryAddressTaken { account: caller, provider });
        }
        if registration.operator.is_zero() {
            return refuse(IRegistry::RegistryBadAddress { given: Address::ZERO });
        }
        let payout = registration.payout;
        if [Address::ZERO, self.suite.token, self.suite.registry, self.suite.jobs].contains(&payout) {
            return refuse(IRegistry::RegistryBadPayout { payout });
        }
        let capacity = &registration.capacity;
        if capacity.cpuMillis == 0 || capacity.memoryMib == 0 || (capacity.gpus == 0) != (capacity.gpuClass == 0) {
            return refuse(IRegistry::RegistryBadCapacity {});
        }
        if !offer_is_sound(&registration.offer) {
            return refuse(IRegistry::RegistryBadOffer {});
        }
        let (stake, minimum) = (units(registration.stake), minimum(capacity));
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
            earned: 0,
            slashed: 0,
            marks: (0, 0, self.now),
        });
        Ok(u32::abi_encode(&(self.registry.providers.len() as u32)))
    }

    pub fn accept_operator(&mut self, caller: Address, provider: u32) -> Answer {
        let other = self.provider_of(caller);
        let book = self.known(provider)?;
        if book.operator != caller {
            return refuse(IRegistry::RegistryOperatorNotInvited { provider, caller });
        }
        if book.accepted_role {
            return refuse(IRegistry::RegistryOperatorAlreadyAccepted { provider });
        }
        if other != 0 && other != provider {
            return refuse(IRegistry::RegistryAddressTaken { account: caller, provider: other });
        }
        book.accepted_role = true;
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
        let end = self.now + u64::from(registry_parameters().unbondingSecs);
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
            let next = waiting.first().map_or(0, |(_, end)| *end);
            return refuse(IRegistry::RegistryNothingToWithdraw { provider, next });
        }
        book.unbondings = waiting;
        let sum: u128 = ready.iter().map(|(amount, _)| amount).sum();
        self.token.shift(registry, caller, U256::from(sum))?;
        Ok(u96(sum).abi_encode())
    }

    /// What a provider needs to take slot `index` of a job, as `caller` asks for it; says whether it is its standing offer.
    fn check_take(&mut self, caller: Address, terms: &Terms, provider: u32, price: u128) -> Result<bool, Vec<u8>> {
        let now = self.now;
        let decided = !terms.judge.is_zero() || !terms.expected.is_zero();
        let assignable = !decided && (terms.anyoneMatches || caller == terms.requester);
        let book = self.known(provider)?.clone();
        let standing = !(book.accepted_role && book.operator == caller);
        if standing && !assignable {
            return refuse(IRegistry::RegistryNotAssignable { provider, caller });
        }
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
        if book.bonded < book.minimum() {
            let (bonded, minimum) = (u96(book.bonded), u96(book.minimum()));
            return refuse(IRegistry::RegistryBelowMinimum { provider, bonded, minimum });
        }
        let (tier, posted) = (book.tier(now), units(terms.price));
        if terms.tier > tier {
            return refuse(IRegistry::RegistryTierTooLow { provider, tier, needed: terms.tier });
        }
        if posted > price_cap(tier) {
            let cap = u96(price_cap(tier));
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

    fn require_operator(&mut self, provider: u32, caller: Address) -> Result<(), Vec<u8>> {
        let book = self.known(provider)?;
        if !(book.accepted_role && book.operator == caller) {
            return refuse(IRegistry::RegistryNotOperator { provider, caller });
        }
        Ok(())
    }

    /// Ends the work of a slot: unlocks, slashes, counts, marks. Returns the payout address.
    fn end_work(&mut self, work: (B256, u16), slot: &SlotBook, ending: &Ending) -> Result<Address, Vec<u8>> {
        let (now, registry) = (self.now, self.suite.registry);
        let book = self.known(slot.provider)?;
        let (lock, _) = book.open.remove(&work).expect("open work is in the books");
        let over = u128::from(ending.claim.saturating_sub(ending.share).saturating_sub(4));
        let low = |share: u8| part_up(lock, u128::from(5_u8.saturating_sub(share)), 20);
        let slash = match ending.end {
            WorkEnd::Settled => low(ending.share).max(part_up(lock, over, 16)),
            WorkEnd::Late => low(0),
            WorkEnd::Unable if !slot.standing => part_up(lock, 1, 16),
            WorkEnd::Unable | WorkEnd::Displaced => 0,
        };
        let price_fee = slot.price * u128::from(FEE_BPS) / 10_000;
        let (good, bad) = match ending.end {
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
        book.earned += ending.earned - ending.fee;
        book.bonded -= slash;
        book.slashed += slash;
        let payout = book.stated.payout;
        self.token.burn(registry, U256::from(slash))?;
        Ok(payout)
    }
}

/// Collateral of a slot: a fifth of the posted price, rounded up.
pub fn lock_of(terms: &Terms) -> u128 {
    part_up(units(terms.price), COLLATERAL_BPS.into(), 10_000)
}

// ----------------------------------------------------------------------------------------------- escrow

impl Oracle {
    pub fn wire_escrow(&mut self, caller: Address) -> Answer {
        if caller != Cast::ALL.deployer {
            return refuse(IEscrow::EscrowNotDeployer { caller });
        }
        if std::mem::replace(&mut self.escrow.wired, true) {
            return refuse(IEscrow::EscrowAlreadyWired {});
        }
        Ok(Vec::new())
    }

    /// Posted prices of unsettled slots.
    pub fn rewards(&self) -> u128 {
        self.escrow.locked.values().map(|(_, price, slots)| price * u128::from(*slots)).sum()
    }

    /// Half to the treasury, half burned, an odd unit burned.
    pub fn sweep(&mut self) -> Answer {
        let (escrow, fees) = (self.suite.escrow, std::mem::take(&mut self.escrow.fees));
        let half = fees / 2;
        self.token.shift(escrow, Cast::ALL.treasury, U256::from(half))?;
        self.token.burn(escrow, U256::from(fees - half))?;
        Ok((u96(half), u96(fees - half)).abi_encode())
    }

    pub fn skim(&mut self) -> Answer {
        let escrow = self.suite.escrow;
        let surplus = self.token.balance(escrow) - self.rewards() - self.escrow.fees;
        self.token.shift(escrow, Cast::ALL.treasury, U256::from(surplus))?;
        Ok(u96(surplus).abi_encode())
    }

    /// Settles one slot: `share` twentieths of `price` earned, a fee of that, the rest of the posted price back.
    fn settle(&mut self, job: B256, payee: Address, earned: u128, fee: u128) -> Result<(), Vec<u8>> {
        let escrow = self.suite.escrow;
        let (requester, posted, slots) = self.escrow.locked.remove(&job).expect("an unsettled slot is locked");
        if slots > 1 {
            self.escrow.locked.insert(job, (requester, posted, slots - 1));
        }
        self.escrow.fees += fee;
        self.token.shift(escrow, payee, U256::from(earned - fee))?;
        self.token.shift(escrow, requester, U256::from(posted - earned))
    }
}

// ------------------------------------------------------------------------------------------------- jobs

impl JobBook {
    /// State and end of a slot at `now`.
    pub fn state(&self, slot: u16, now: u64) -> (SlotState, u64) {
        match self.slots[slot as usize].stage {
            Stage::Open => (SlotState::Open, self.open_until),
            Stage::Taken { bid_until } if now < bid_until => (SlotState::Taken, bid_until),
            Stage::Taken { bid_until } => (SlotState::Running, bid_until + u64::from(self.terms.runSecs)),
            Stage::Submitted { window_end } => (SlotState::Submitted, window_end),
            Stage::Closed => (SlotState::Closed, 0),
        }
    }
}

/// Which state a call needs, and the refusal of a call at the wrong one or too late.
fn in_state(job: &JobBook, slot: u16, now: u64, needed: SlotState) -> Result<(), Vec<u8>> {
    let (state, until) = job.state(slot, now);
    if state != needed {
        return refuse(IJobs::JobsWrongState { job: job.id, slot, state: state as u8 });
    }
    if now >= until {
        return refuse(IJobs::JobsTooLate { job: job.id, slot, deadline: until });
    }
    Ok(())
}

impl Oracle {
    pub fn wire_jobs(&mut self, caller: Address) -> Answer {
        if caller != Cast::ALL.deployer {
            return refuse(IJobs::JobsNotDeployer { caller });
        }
        if std::mem::replace(&mut self.jobs.wired, true) {
            return refuse(IJobs::JobsAlreadyWired {});
        }
        Ok(Vec::new())
    }

    pub fn id_of(&self, chain: u64, terms: &Terms) -> B256 {
        keccak256((U256::from(chain), self.suite.jobs, terms.clone()).abi_encode())
    }

    fn job_at(&self, id: B256, slot: u16) -> Result<usize, Vec<u8>> {
        let Some(place) = self.jobs.posted.iter().position(|job| job.id == id) else {
            return refuse(IJobs::JobsUnknownJob { job: id });
        };
        if usize::from(slot) >= self.jobs.posted[place].slots.len() {
            return refuse(IJobs::JobsUnknownSlot { job: id, slot });
        }
        Ok(place)
    }

    pub fn post(&mut self, caller: Address, id: B256, terms: &Terms, uri: usize) -> Answer {
        if !self.jobs.wired {
            return refuse(IJobs::JobsNotWired {});
        }
        if caller != terms.requester {
            return refuse(IJobs::JobsNotRequester { job: id, caller });
        }
        if self.jobs.posted.iter().any(|job| job.id == id) {
            return refuse(IJobs::JobsAlreadyPosted { job: id });
        }
        let open_until = self.check_terms(terms)?;
        if uri > 256 {
            return refuse(IJobs::JobsUriTooLong { length: uri as u32, limit: 256 });
        }
        let escrow = self.suite.escrow;
        let total = U256::from(units(terms.price) * u128::from(terms.tasks));
        self.token.spend(caller, escrow, total)?;
        self.token.shift(caller, escrow, total)?;
        self.escrow.locked.insert(id, (caller, units(terms.price), terms.tasks));
        let slots = vec![SLOT; terms.tasks.into()];
        self.jobs.posted.push(JobBook { id, terms: terms.clone(), open_until, slots });
        Ok(id.abi_encode())
    }

    /// Whether terms may be posted, and how long the job is open.
    fn check_terms(&self, terms: &Terms) -> Result<u64, Vec<u8>> {
        const DAY: u32 = 86_400;
        let (judged, expects) = (!terms.judge.is_zero(), !terms.expected.is_zero());
        if terms.parameters != 1 {
            return refuse(IJobs::JobsUnknownParameters { version: terms.parameters, current: 1 });
        }
        if !(1..=256).contains(&terms.tasks) {
            return refuse(IJobs::JobsBadTasks { tasks: terms.tasks });
        }
        let limit = (1 << 87) - 1;
        if !(1..=limit).contains(&units(terms.price)) {
            return refuse(IJobs::JobsBadPrice { price: terms.price, limit: u96(limit) });
        }
        if terms.resources.gpus == 0 && terms.resources.gpuClass != 0 {
            return refuse(IJobs::JobsBadResources {});
        }
        if judged && expects {
            return refuse(IJobs::JobsJudgeAndExpected {});
        }
        if terms.bidSecs > 21_600 {
            return refuse(IJobs::JobsBadBidding { bidSecs: terms.bidSecs, limit: 21_600 });
        }
        if !(1..=90 * DAY).contains(&terms.runSecs) {
            return refuse(IJobs::JobsBadRun { runSecs: terms.runSecs, limit: 90 * DAY });
        }
        let least = if expects { 0 } else { MIN_WINDOW };
        if !(least..=14 * DAY).contains(&terms.windowSecs) {
            return refuse(IJobs::JobsBadWindow { windowSecs: terms.windowSecs, least, most: 14 * DAY });
        }
        let limit = if terms.provider == 0 { MAX_ATTEMPTS } else { 1 };
        if !(1..=limit).contains(&terms.attempts) {
            return refuse(IJobs::JobsBadAttempts { attempts: terms.attempts, limit });
        }
        let attempt = u64::from(terms.bidSecs) + u64::from(terms.runSecs);
        let (earliest, latest) = (self.now + attempt + 1, 4_000_000_000);
        if !(earliest..=latest).contains(&terms.endBy) {
            return refuse(IJobs::JobsBadEnd { endBy: terms.endBy, earliest, latest });
        }
        if terms.openSecs == 0 {
            return refuse(IJobs::JobsBadOpening { openSecs: 0 });
        }
        Ok((self.now + u64::from(terms.openSecs)).min(terms.endBy - attempt))
    }

    pub fn take(&mut self, caller: Address, id: B256, terms: &Terms, slot: u16, provider: u32, price: u128) -> Answer {
        let place = self.job_at(id, slot)?;
        let now = self.now;
        if terms.provider != 0 && terms.provider != provider {
            return refuse(IJobs::JobsOtherProviderNamed { named: terms.provider, provider });
        }
        let job = self.jobs.posted[place].clone();
        let book = job.slots[slot as usize].clone();
        let (state, until) = job.state(slot, now);
        let (limit, attempt, bid_until) = match state {
            SlotState::Open if now >= until => return refuse(IJobs::JobsTooLate { job: id, slot, deadline: until }),
            SlotState::Open => (units(terms.price), book.attempt + 1, now + u64::from(terms.bidSecs)),
            SlotState::Taken => (book.price * 63 / 64, book.attempt, until),
            _ => return refuse(IJobs::JobsWrongState { job: id, slot, state: state as u8 }),
        };
        if price > limit {
            return refuse(IJobs::JobsPriceTooHigh { price: u96(price), limit: u96(limit) });
        }
        if provider == book.left {
            return refuse(IJobs::JobsProviderLeft { job: id, slot, provider });
        }
        let displaces = state == SlotState::Taken;
        if displaces && provider == book.provider {
            return refuse(IJobs::JobsAlreadyTheirs { job: id, slot, provider });
        }
        let standing = self.check_take(caller, terms, provider, price)?;
        if displaces {
            self.end_work((id, slot), &book, &unpaid(WorkEnd::Displaced))?;
        }
        let taker = self.known(provider)?;
        taker.taken += 1;
        taker.open.insert((id, slot), (lock_of(terms), Some(terms.resources.clone())));
        self.jobs.posted[place].slots[slot as usize] = SlotBook {
            stage: Stage::Taken { bid_until },
            provider,
            left: book.left,
            attempt,
            price,
            taken_at: now,
            standing,
            ..SLOT
        };
        Ok(Vec::new())
    }

    #[allow(clippy::too_many_arguments, reason = "the call has them")]
    pub fn submit(&mut self, caller: Address, id: B256, slot: u16, root: B256, claim: u8, uri: usize) -> Answer {
        if uri > 256 {
            return refuse(IJobs::JobsUriTooLong { length: uri as u32, limit: 256 });
        }
        let place = self.job_at(id, slot)?;
        let now = self.now;
        let job = self.jobs.posted[place].clone();
        in_state(&job, slot, now, SlotState::Running)?;
        let expects = !job.terms.expected.is_zero();
        let least = if expects { 20 } else { 0 };
        if !(least..=20).contains(&claim) {
            return refuse(IJobs::JobsBadClaim { claim, least, most: 20 });
        }
        let given = keccak256(root);
        if expects && given != job.terms.expected {
            return refuse(IJobs::JobsWrongResult { given, expected: job.terms.expected });
        }
        let provider = job.slots[slot as usize].provider;
        self.require_operator(provider, caller)?;
        let (_, reserved) = self.known(provider)?.open.get_mut(&(id, slot)).expect("open work is in the books");
        *reserved = None;
        let book = &mut self.jobs.posted[place].slots[slot as usize];
        book.claim = claim;
        if expects {
            return self.pay(place, slot, 20, Outcome::Expected);
        }
        book.stage = Stage::Submitted { window_end: now + u64::from(job.terms.windowSecs) };
        Ok(Vec::new())
    }

    pub fn accept(&mut self, caller: Address, id: B256, slot: u16) -> Answer {
        let place = self.job_at(id, slot)?;
        let job = self.jobs.posted[place].clone();
        if caller != job.terms.requester {
            return refuse(IJobs::JobsNotRequester { job: id, caller });
        }
        in_state(&job, slot, self.now, SlotState::Submitted)?;
        self.pay(place, slot, job.slots[slot as usize].claim, Outcome::Accepted)
    }

    pub fn rule(&mut self, caller: Address, id: B256, slot: u16, share: u8) -> Answer {
        let place = self.job_at(id, slot)?;
        let job = self.jobs.posted[place].clone();
        if job.terms.judge.is_zero() || caller != job.terms.judge {
            return refuse(IJobs::JobsNotJudge { job: id, caller });
        }
        in_state(&job, slot, self.now, SlotState::Submitted)?;
        let claim = job.slots[slot as usize].claim;
        if share > claim {
            return refuse(IJobs::JobsBadShare { share, claim });
        }
        self.pay(place, slot, share, Outcome::Ruled)
    }

    pub fn unable(&mut self, caller: Address, id: B256, slot: u16) -> Answer {
        let place = self.job_at(id, slot)?;
        let job = self.jobs.posted[place].clone();
        in_state(&job, slot, self.now, SlotState::Running)?;
        let book = &job.slots[slot as usize];
        self.require_operator(book.provider, caller)?;
        let Stage::Taken { bid_until } = book.stage else { unreachable!("running work was taken") };
        let first_quarter = 4 * (self.now - bid_until) < u64::from(job.terms.runSecs);
        let end = if first_quarter { WorkEnd::Unable } else { WorkEnd::Late };
        self.leave(place, slot, end, Outcome::Unable)
    }

    pub fn cancel(&mut self, caller: Address, id: B256, slot: u16) -> Answer {
        let place = self.job_at(id, slot)?;
        let job = self.jobs.posted[place].clone();
        if caller != job.terms.requester {
            return refuse(IJobs::JobsNotRequester { job: id, caller });
        }
        in_state(&job, slot, self.now, SlotState::Open)?;
        self.refund(place, slot, Outcome::Cancelled)
    }

    pub fn step(&mut self, id: B256, slot: u16) -> Answer {
        let place = self.job_at(id, slot)?;
        let now = self.now;
        let job = self.jobs.posted[place].clone();
        let (state, until) = job.state(slot, now);
        if now < until || state == SlotState::Closed {
            return refuse(IJobs::JobsNothingDue { job: id, slot, state: state as u8, until });
        }
        match state {
            SlotState::Open => self.refund(place, slot, Outcome::Expired),
            SlotState::Running => self.leave(place, slot, WorkEnd::Late, Outcome::Late),
            SlotState::Submitted => self.pay(place, slot, job.slots[slot as usize].claim, Outcome::Undisputed),
            SlotState::Taken | SlotState::Disputed | SlotState::Closed => unreachable!("their time is never up"),
        }
    }

    fn pay(&mut self, place: usize, slot: u16, share: u8, outcome: Outcome) -> Answer {
        let id = self.jobs.posted[place].id;
        let book = &mut self.jobs.posted[place].slots[slot as usize];
        (book.stage, book.outcome) = (Stage::Closed, outcome);
        let book = book.clone();
        let earned = book.price * u128::from(share) / 20;
        let fee = earned * u128::from(FEE_BPS) / 10_000;
        let ending = Ending { end: WorkEnd::Settled, claim: book.claim, share, earned, fee };
        let payout = self.end_work((id, slot), &book, &ending)?;
        self.settle(id, payout, earned, fee)?;
        Ok(Vec::new())
    }

    fn leave(&mut self, place: usize, slot: u16, end: WorkEnd, outcome: Outcome) -> Answer {
        let job = self.jobs.posted[place].clone();
        let book = &job.slots[slot as usize];
        self.end_work((job.id, slot), book, &unpaid(end))?;
        if book.attempt < job.terms.attempts && self.now < job.open_until {
            let (provider, attempt) = (book.provider, book.attempt);
            self.jobs.posted[place].slots[slot as usize] = SlotBook { provider, left: provider, attempt, ..SLOT };
            return Ok(Vec::new());
        }
        self.refund(place, slot, outcome)
    }

    fn refund(&mut self, place: usize, slot: u16, outcome: Outcome) -> Answer {
        let id = self.jobs.posted[place].id;
        let book = &mut self.jobs.posted[place].slots[slot as usize];
        (book.stage, book.outcome) = (Stage::Closed, outcome);
        self.settle(id, Address::ZERO, 0, 0)?;
        Ok(Vec::new())
    }
}

fn unpaid(end: WorkEnd) -> Ending {
    Ending { end, claim: 0, share: 0, earned: 0, fee: 0 }
}
