//! Registering, the operator's consent, offers, and what anyone may read of a provider.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::{Address, aliases::U96};
use linq_abi::{
    IRegistry::{
        OfferChanged, OperatorAccepted, ProviderRegistered, RegistryAddressTaken, RegistryBadAddress,
        RegistryBadCapacity, RegistryBadOffer, RegistryBadPayout, RegistryNotOperator, RegistryNotWired,
        RegistryOperatorAlreadyAccepted, RegistryOperatorNotInvited, RegistryStakeTooLow,
    },
    Provider, Rates, Registration, Resources, StandingOffer,
};
use linq_common::{Abi, Amount, OutOfRange, Token, log};
use stylus_sdk::prelude::*;

use crate::{
    Registry, RegistryError,
    math::{self, Standing},
    reputation::Reputation,
    state::{Account, Capacity, Load, Offer, Operator, Owner, Payout, Prices, Quantities, Slashed, Stake},
};

/// Who provides, and what they offer.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Providers {
    /// Registers the caller as owner of a new provider and bonds its first stake.
    ///
    /// Who:   anyone who owns or operates no provider yet.
    /// Needs: an operator, who may be the owner; a payout address that can use LNQ; a capacity that can run something; an
    ///        offer that can take something, or a closed one; the minimum stake as balance and allowance.
    /// Does:  gives out the next id, stores everything, then takes the stake. An operator other than the owner counts
    ///        once it has accepted.
    /// Emits: `ProviderRegistered`.
    /// Fails: `RegistryNotWired`; `RegistryAddressTaken`; `RegistryBadAddress` for a zero operator; `RegistryBadPayout`
    ///        for zero, the token, the registry and the jobs contract; `RegistryBadCapacity`; `RegistryBadOffer`;
    ///        `RegistryStakeTooLow`; `RegistryOverflow`; a reason of the token passes through.
    /// Units: LNQ base units; see `Resources` and `Rates`.
    fn register(&mut self, registration: Abi<Registration>) -> Result<u32, RegistryError>;

    /// Agrees to operate a provider.
    ///
    /// Who:   the operator that the owner named.
    /// Needs: it owns and operates no other provider.
    /// Does:  from now on it can take and submit work for that provider.
    /// Emits: `OperatorAccepted`.
    /// Fails: `RegistryUnknownProvider`; `RegistryOperatorNotInvited`; `RegistryOperatorAlreadyAccepted`;
    ///        `RegistryAddressTaken`.
    fn accept_operator(&mut self, provider: u32) -> Result<(), RegistryError>;

    /// Replaces rates and standing offer.
    ///
    /// Who:   the owner; the operator, who could take work at any price anyway.
    /// Needs: an offer that can take something, or a closed one, of which nothing is kept.
    /// Does:  stores both; work that was taken before keeps its price.
    /// Emits: `OfferChanged`.
    /// Fails: `RegistryUnknownProvider`; `RegistryNotOperator` for anyone else; `RegistryBadOffer`.
    /// Units: LNQ base units; seconds.
    fn set_offer(&mut self, provider: u32, rates: Abi<Rates>, offer: Abi<StandingOffer>) -> Result<(), RegistryError>;

    /// Everything about a provider, at the present second.
    ///
    /// Fails: `RegistryUnknownProvider`.
    fn provider(&self, id: u32) -> Result<Abi<Provider>, RegistryError>;

    /// The provider that `account` owns or has agreed to operate, or 0.
    fn provider_of(&self, account: Address) -> u32;

    /// How many providers were ever registered; ids go from 1 to this.
    fn provider_count(&self) -> u32;

    /// The least stake with which a provider of that capacity can take work.
    fn minimum_stake(&self, capacity: Abi<Resources>) -> U96;

    /// What a provider asks for `resources` over `run_secs`: its rates, and never less than its least price.
    ///
    /// Fails: `RegistryUnknownProvider`.
    fn quote(&self, id: u32, resources: Abi<Resources>, run_secs: u32) -> Result<U96, RegistryError>;
}

#[public]
impl Providers for Registry {
    fn register(&mut self, registration: Abi<Registration>) -> Result<u32, RegistryError> {
        let Abi(registration) = registration;
        let owner = self.vm().msg_sender();
        let (gate, mut holdings) = (self.gate.get(), self.holdings.get());
        let total = Quantities::from(&registration.capacity);

        if gate.jobs.is_zero() {
            return Err(RegistryNotWired {}.into());
        }
        self.require_free_account(owner, 0)?;
        if registration.operator.is_zero() {
            return Err(RegistryBadAddress { given: registration.operator }.into());
        }
        let payout = registration.payout;
        if payout.is_zero() || [holdings.token, gate.jobs, self.vm().contract_address()].contains(&payout) {
            return Err(RegistryBadPayout { payout }.into());
        }
        if !math::capacity_is_sound(&registration.capacity) {
            return Err(RegistryBadCapacity {}.into());
        }
        require_sound(&registration.offer)?;
        let (stake, minimum) = (Amount::from(registration.stake), math::minimum(&gate.minimum, &total));
        if stake < minimum {
            return Err(RegistryStakeTooLow { stake: registration.stake, minimum: minimum.into() }.into());
        }
        let provider = holdings.providers.checked_add(1).ok_or(OutOfRange)?;

        holdings.providers = provider;
        self.holdings.set(&holdings);
        self.accounts.setter(owner.into()).set(&Account { provider });
        let registered_at = self.now();
        let accepted = registration.operator == owner;
        let operator = Operator { address: registration.operator, registered_at, accepted, ..Operator::default() };
        let owner_word = Owner { address: owner, ..Owner::default() };
        let capacity = Capacity {
            total,
            gpu_class: registration.capacity.gpuClass,
            region: registration.region,
            features: registration.features,
        };
        self.write(provider, &capacity);
        self.write(provider, &Stake { bonded: stake, ..Stake::default() });
        self.write_numbered(provider, operator.payout_version, &Payout { address: payout });
        self.store_offer(provider, owner_word, operator, &registration.rates, &registration.offer);
        log(self.vm(), &ProviderRegistered { provider, owner, operator: operator.address, registration });

        let registry = self.vm().contract_address();
        Token(holdings.token).transfer_from(self, owner, registry, stake)?;
        Ok(provider)
    }

    fn accept_operator(&mut self, provider: u32) -> Result<(), RegistryError> {
        let caller = self.vm().msg_sender();
        let mut operator = self.known_operator(provider)?;
        if operator.address != caller {
            return Err(RegistryOperatorNotInvited { provider, caller }.into());
        }
        if operator.accepted {
            return Err(RegistryOperatorAlreadyAccepted { provider }.into());
        }
        self.require_free_account(caller, provider)?;
        operator.accepted = true;
        self.write(provider, &operator);
        self.accounts.setter(caller.into()).set(&Account { provider });
        log(self.vm(), &OperatorAccepted { provider, operator: caller });
        Ok(())
    }

    fn set_offer(&mut self, provider: u32, rates: Abi<Rates>, offer: Abi<StandingOffer>) -> Result<(), RegistryError> {
        let (Abi(rates), Abi(offer)) = (rates, offer);
        let caller = self.vm().msg_sender();
        let (owner, operator) = (self.known_owner(provider)?, self.known_operator(provider)?);
        if caller != owner.address && !operator.is(caller) {
            return Err(RegistryNotOperator { provider, caller }.into());
        }
        require_sound(&offer)?;
        self.store_offer(provider, owner, operator, &rates, &offer);
        log(self.vm(), &OfferChanged { provider, rates, offer });
        Ok(())
    }

    fn provider(&self, id: u32) -> Result<Abi<Provider>, RegistryError> {
        let (owner, operator) = (self.known_owner(id)?, self.known_operator(id)?);
        let (capacity, load): (Capacity, Load) = (self.read(id), self.read(id));
        let (stake, offer): (Stake, Offer) = (self.read(id), self.read(id));
        let reputation: Reputation = self.read(id);
        let reputation_bps = reputation.bps(self.now());
        let tier = self.ladder.get().tier(&self.standing(&operator, &capacity, &stake, reputation_bps));
        let unbonding = self.unbonding_total(id, &stake);
        Ok(Abi(Provider {
            owner: owner.address,
            operator: operator.address,
            operatorAccepted: operator.accepted,
            payout: self.read_numbered::<Payout>(id, operator.payout_version).address,
            capacity: capacity.total.with_class(capacity.gpu_class),
            used: load.used.with_class(capacity.gpu_class),
            features: capacity.features,
            region: capacity.region,
            rates: self.read::<Prices>(id).into(),
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
            unbonding: unbonding.into(),
            registeredAt: operator.registered_at.secs(),
            accepted: load.accepted,
            completed: stake.completed,
            late: load.late,
            unable: load.unable,
            earned: reputation.earned.into(),
            slashed: self.read::<Slashed>(id).total.into(),
            reputation: reputation_bps,
            tier,
        }))
    }

    fn provider_of(&self, account: Address) -> u32 {
        self.accounts.getter(account.into()).get().provider
    }

    fn provider_count(&self) -> u32 {
        self.holdings.get().providers
    }

    fn minimum_stake(&self, capacity: Abi<Resources>) -> U96 {
        math::minimum(&self.gate.get().minimum, &(&capacity.0).into()).into()
    }

    fn quote(&self, id: u32, resources: Abi<Resources>, run_secs: u32) -> Result<U96, RegistryError> {
        self.known_operator(id)?;
        Ok(self.quote_of(id, &(&resources.0).into(), run_secs).into())
    }
}

impl Registry {
    /// An address is owner or operator of one provider at most; `own` may be that one.
    fn require_free_account(&self, account: Address, own: u32) -> Result<(), RegistryAddressTaken> {
        let provider = self.provider_of(account);
        if provider == 0 || provider == own { Ok(()) } else { Err(RegistryAddressTaken { account, provider }) }
    }

    /// Stores rates and offer, some of which lie in the words of owner and operator. A closed offer is stored as nothing.
    fn store_offer(
        &mut self,
        provider: u32,
        mut owner: Owner,
        mut operator: Operator,
        rates: &Rates,
        offer: &StandingOffer,
    ) {
        let (min_run, hold_back, notice) =
            if offer.open { (offer.minRunSecs, offer.maxHoldBackSecs, offer.maxNoticeSecs) } else { (0, 0, 0) };
        operator.min_run_secs = min_run;
        owner.max_hold_back_secs = hold_back;
        owner.max_notice_secs = notice;
        self.write(provider, &owner);
        self.write(provider, &operator);
        self.write(provider, &Prices::from(rates));
        self.write(provider, &Offer::from(offer));
    }

    pub(crate) fn quote_of(&self, provider: u32, needed: &Quantities, run_secs: u32) -> Amount {
        let (prices, offer): (Prices, Offer) = (self.read(provider), self.read(provider));
        math::quote(&prices, offer.min_price, needed, run_secs)
    }

    pub(crate) fn standing(
        &self,
        operator: &Operator,
        capacity: &Capacity,
        stake: &Stake,
        reputation_bps: u16,
    ) -> Standing {
        Standing {
            bonded: stake.bonded,
            minimum: math::minimum(&self.gate.get().minimum, &capacity.total),
            age_secs: self.now().secs_since(operator.registered_at),
            reputation_bps,
        }
    }
}

impl Operator {
    /// Whether `account` is the operator, and agreed to be.
    pub fn is(&self, account: Address) -> bool {
        self.accepted && self.address == account
    }
}

fn require_sound(offer: &StandingOffer) -> Result<(), RegistryBadOffer> {
    if math::offer_is_sound(offer) { Ok(()) } else { Err(RegistryBadOffer {}) }
}
