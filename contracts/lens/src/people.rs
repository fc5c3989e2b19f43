//! What people ask about providers.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::aliases::U96;
use linq_abi::{Provider, Record, Resources, StandingOffer, Unbonding};
use linq_common::Abi;
use linq_records::{
    Reputation,
    eligibility::{Rules, Shelf},
    formulas,
    words::{Capacity, History, Load, Offer, Operator, Owner, Payout, Penalties, Prices, Stake, Successor},
};
use stylus_sdk::prelude::*;

use crate::{Lens, LensError, MAX_PAGE, books::Fetched};

/// Providers, their stake and what they ask.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait People {
    /// How many providers were ever registered; ids go from 1 to this.
    ///
    /// Fails: `LensSiblingFailed`.
    fn provider_count(&self) -> Result<u32, LensError>;

    /// Everything about a provider, at the present second.
    ///
    /// Fails: `LensUnknownProvider`; `LensSiblingFailed` as every view here, if the registry does not answer.
    /// Units: LNQ base units; seconds; bps.
    fn provider(&self, id: u32) -> Result<Abi<Provider>, LensError>;

    /// Up to `limit` providers, at most [`MAX_PAGE`], from id `from` on; and the id to go on from, or 0 when there are no
    /// more. An id of 0 counts as 1.
    ///
    /// Units: as [`Self::provider`].
    fn providers(&self, from: u32, limit: u16) -> Result<(Vec<Abi<Provider>>, u32), LensError>;

    /// A provider's requests to unbond that wait or are ready, oldest first.
    ///
    /// Fails: `LensUnknownProvider`.
    /// Units: LNQ base units; seconds.
    fn unbondings(&self, id: u32) -> Result<Vec<Abi<Unbonding>>, LensError>;

    /// The least stake with which a provider of that capacity can take work.
    ///
    /// Units: LNQ base units.
    fn minimum_stake(&self, capacity: Abi<Resources>) -> Result<U96, LensError>;

    /// What a provider asks for `resources` over `run_secs`: its rates, and never less than its least price.
    ///
    /// Fails: `LensUnknownProvider`.
    /// Units: LNQ base units.
    fn quote(&self, id: u32, resources: Abi<Resources>, run_secs: u32) -> Result<U96, LensError>;
}

#[public]
impl People for Lens {
    fn provider_count(&self) -> Result<u32, LensError> {
        self.count()
    }

    fn provider(&self, id: u32) -> Result<Abi<Provider>, LensError> {
        let fetched = self.known(id)?;
        self.whole(id, &fetched, &self.rules()?)
    }

    fn providers(&self, from: u32, limit: u16) -> Result<(Vec<Abi<Provider>>, u32), LensError> {
        let (rules, (ids, next)) = (self.rules()?, self.page(from, limit)?);
        let page: Result<Vec<_>, _> = ids.map(|id| self.whole(id, &self.fetch(id)?, &rules)).collect();
        Ok((page?, next))
    }

    fn unbondings(&self, id: u32) -> Result<Vec<Abi<Unbonding>>, LensError> {
        let stake: Stake = self.known(id)?.read();
        let requests = self.requests(id, &stake)?;
        let shown = requests.iter().map(|request| Unbonding { amount: request.amount.into(), end: request.end.secs() });
        Ok(shown.map(Abi).collect())
    }

    fn minimum_stake(&self, capacity: Abi<Resources>) -> Result<U96, LensError> {
        Ok(formulas::minimum(&self.rules()?.minimum, &(&capacity.0).into()).into())
    }

    fn quote(&self, id: u32, resources: Abi<Resources>, run_secs: u32) -> Result<U96, LensError> {
        Ok(self.known(id)?.quote(&resources.0, run_secs).into())
    }
}

impl Fetched {
    /// What the provider asks.
    pub fn quote(&self, resources: &Resources, run_secs: u32) -> linq_common::Amount {
        let (prices, offer): (Prices, Offer) = (self.read(), self.read());
        formulas::quote(&prices, offer.min_price, &resources.into(), run_secs)
    }
}

impl Lens {
    /// The ids of a page, and where the next one begins or 0.
    pub(crate) fn page(&self, from: u32, limit: u16) -> Result<(core::ops::Range<u32>, u32), LensError> {
        let end = self.count()?.saturating_add(1);
        let first = from.clamp(1, end);
        let last = first.saturating_add(limit.min(MAX_PAGE).into()).min(end);
        Ok((first..last, if last < end { last } else { 0 }))
    }

    fn whole(&self, id: u32, fetched: &Fetched, rules: &Rules) -> Result<Abi<Provider>, LensError> {
        let (owner, operator): (Owner, Operator) = (fetched.read(), fetched.read());
        let (capacity, load): (Capacity, Load) = (fetched.read(), fetched.read());
        let (stake, offer): (Stake, Offer) = (fetched.read(), fetched.read());
        let (reputation, tier) = fetched.rank(rules);
        let penalties: Penalties = self.fetch_numbered(id, 0)?;
        Ok(Abi(Provider {
            owner: owner.address,
            invitedOwner: self.fetch_numbered::<Successor>(id, 0)?.address,
            operator: operator.address,
            operatorAccepted: operator.accepted,
            payout: self.fetch_numbered::<Payout>(id, operator.payout_version)?.address,
            draining: capacity.draining,
            capacity: capacity.total.with_class(capacity.gpu_class),
            used: load.used.with_class(capacity.gpu_class),
            features: capacity.features,
            region: capacity.region,
            rates: fetched.read::<Prices>().into(),
            offer: StandingOffer {
                open: offer.is_open(),
                minPrice: offer.min_price.into(),
                minRunSecs: operator.min_run_secs,
                maxRunSecs: offer.max_run_secs,
                maxWindowSecs: offer.max_window_secs,
                maxHoldBackSecs: owner.max_hold_back_secs,
                maxNoticeSecs: owner.max_notice_secs,
                maxLock: offer.max_lock.into(),
            },
            bonded: stake.bonded.into(),
            locked: stake.locked.into(),
            unbonding: self.unbonding_total(id, &stake)?.into(),
            registeredAt: operator.registered_at.secs(),
            record: Record {
                accepted: load.accepted,
                completed: stake.completed,
                late: load.late,
                unable: load.unable,
                disputesWon: penalties.disputes_won,
                disputesLost: penalties.disputes_lost,
                earned: fetched.read::<Reputation>().earned.into(),
                slashed: penalties.slashed.into(),
                history: self.fetch_numbered::<History>(id, 0)?.0,
            },
            reputation,
            tier,
        }))
    }
}
