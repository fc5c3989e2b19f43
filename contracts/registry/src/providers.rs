//! Registering, the operator's consent, offers, and the words that the lens reads.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::{Address, B256};
use linq_abi::{
    IRegistry::{
        OfferChanged, OperatorAccepted, ProviderRegistered, RegistryAddressTaken, RegistryBadAddress,
        RegistryBadCapacity, RegistryBadOffer, RegistryBadPayout, RegistryNotOperator, RegistryNotWired,
        RegistryOperatorAlreadyAccepted, RegistryOperatorNotInvited, RegistryStakeTooLow,
    },
    Rates, Registration, StandingOffer,
};
use linq_common::{Abi, Amount, OutOfRange, Token, log};
use linq_records::{
    formulas::{capacity_is_sound, minimum, offer_is_sound},
    words::{Capacity, Offer, Operator, Owner, Payout, Prices, Quantities, SINGLE_KINDS, Stake},
};
use stylus_sdk::prelude::*;

use crate::{Registry, RegistryError, state::Account};

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

    /// The words of a provider that it has one of, in the order of their kinds, as `linq_records` packs them: what the
    /// lens answers from. All zero for an id that was not given out.
    fn records(&self, id: u32) -> Vec<B256>;

    /// One word of a provider, of a kind that it has several of: payout addresses by version, requests to unbond by place.
    fn record(&self, id: u32, kind: u16, number: u16) -> B256;

    /// The provider that `account` owns or has agreed to operate, or 0.
    fn provider_of(&self, account: Address) -> u32;

    /// How many providers were ever registered; ids go from 1 to this.
    fn provider_count(&self) -> u32;
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
        if !capacity_is_sound(&registration.capacity) {
            return Err(RegistryBadCapacity {}.into());
        }
        require_sound(&registration.offer)?;
        let (stake, least) = (Amount::from(registration.stake), minimum(&gate.minimum, &total));
        if stake < least {
            return Err(RegistryStakeTooLow { stake: registration.stake, minimum: least.into() }.into());
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

    fn records(&self, id: u32) -> Vec<B256> {
        (0..SINGLE_KINDS).map(|kind| self.raw(kind, 0, id)).collect()
    }

    fn record(&self, id: u32, kind: u16, number: u16) -> B256 {
        self.raw(kind, number, id)
    }

    fn provider_of(&self, account: Address) -> u32 {
        self.accounts.getter(account.into()).get().provider
    }

    fn provider_count(&self) -> u32 {
        self.holdings.get().providers
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
}

fn require_sound(offer: &StandingOffer) -> Result<(), RegistryBadOffer> {
    if offer_is_sound(offer) { Ok(()) } else { Err(RegistryBadOffer {}) }
}
