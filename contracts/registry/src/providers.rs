//! Registering, capacity and offers, leaving, and the words that the lens reads.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::{Address, B256};
use linq_abi::{
    IRegistry::{
        CapacityChanged, Draining, OfferChanged, ProviderRegistered, RegistryBadAddress, RegistryBadCapacity,
        RegistryBadOffer, RegistryCapacityInUse, RegistryNotOperator, RegistryNotWired, RegistryStakeTooLow,
    },
    Permit, Rates, Registration, Resources, StandingOffer,
    wire::Raw,
};
use linq_common::{Abi, Amount, OutOfRange, Token, log};
use linq_records::{
    formulas::{capacity_is_sound, minimum, offer_is_sound},
    words::{Capacity, Load, MATCHING_KINDS, Offer, Operator, Owner, Payout, Prices, Quantities, Stake},
};
use stylus_sdk::prelude::*;

use crate::{Registry, RegistryError};

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
    /// Fails: `RegistryNotWired`; `RegistryPaused`; `RegistryAddressTaken`; `RegistryBadAddress` for a zero operator;
    ///        `RegistryBadPayout` for zero, the token, the registry and the jobs contract; `RegistryBadCapacity`;
    ///        `RegistryBadOffer`; `RegistryStakeTooLow`; `RegistryOverflow`; a reason of the token passes through.
    /// Units: LNQ base units; see `Resources` and `Rates`.
    fn register(&mut self, registration: Abi<Registration>) -> Result<u32, RegistryError>;

    /// As [`Self::register`], with a signature of the caller instead of an allowance given before.
    ///
    /// Fails: as [`Self::register`]; a signature that is not good shows as a missing allowance.
    fn register_with_permit(
        &mut self,
        registration: Abi<Registration>,
        permit: Raw<Permit>,
    ) -> Result<u32, RegistryError>;

    /// Replaces what the provider has and is.
    ///
    /// Who:   the owner; the operator.
    /// Needs: at least what is reserved, of the same class of GPUs while some are.
    /// Does:  stores it; work that was taken before keeps what it reserved. A larger capacity has a larger minimum stake;
    ///        below it the provider keeps its work and takes none.
    /// Emits: `CapacityChanged`.
    /// Fails: `RegistryUnknownProvider`; `RegistryNotOperator` for anyone else; `RegistryBadCapacity`;
    ///        `RegistryCapacityInUse`.
    /// Units: see `Resources`.
    fn set_capacity(
        &mut self,
        provider: u32,
        capacity: Abi<Resources>,
        features: u64,
        region: u16,
    ) -> Result<(), RegistryError>;

    /// Stops new work, for good: the way out. What was taken is finished or given back; stake that comes free is unbonded
    /// as ever; the id is never given out again.
    ///
    /// Who:   the owner.
    /// Needs: nothing; a second time changes nothing.
    /// Does:  from now on the provider is eligible for no work.
    /// Emits: `Draining`.
    /// Fails: `RegistryUnknownProvider`; `RegistryNotOwner`.
    fn drain(&mut self, provider: u32) -> Result<(), RegistryError>;

    /// Replaces rates and standing offer.
    ///
    /// Who:   the owner; the operator, who could take work at any price anyway.
    /// Needs: an offer that can take something, or a closed one, of which nothing is kept.
    /// Does:  stores both; work that was taken before keeps its price.
    /// Emits: `OfferChanged`.
    /// Fails: `RegistryUnknownProvider`; `RegistryNotOperator` for anyone else; `RegistryBadOffer`.
    /// Units: LNQ base units; seconds.
    fn set_offer(&mut self, provider: u32, rates: Abi<Rates>, offer: Abi<StandingOffer>) -> Result<(), RegistryError>;

    /// The words of a provider that matching reads, in the order of their kinds, as `linq_records` packs them: what the
    /// lens answers from. All zero for an id that was not given out.
    fn records(&self, id: u32) -> Vec<B256>;

    /// One word of a provider, of any kind; `number` tells apart what it has several of: payout addresses by version,
    /// requests to unbond by place.
    fn record(&self, id: u32, kind: u16, number: u16) -> B256;

    /// The provider that `account` owns or has agreed to operate, or 0.
    fn provider_of(&self, account: Address) -> u32;
}

#[public]
impl Providers for Registry {
    fn register(&mut self, registration: Abi<Registration>) -> Result<u32, RegistryError> {
        let Abi(registration) = registration;
        let owner = self.vm().msg_sender();
        let mut holdings = self.holdings.get();
        let total = Quantities::from(&registration.capacity);

        if self.gate.get().jobs.is_zero() {
            return Err(RegistryNotWired {}.into());
        }
        self.require_not_paused()?;
        self.require_free_account(owner, 0)?;
        if registration.operator.is_zero() {
            return Err(RegistryBadAddress { given: Address::ZERO }.into());
        }
        let payout = registration.payout;
        self.require_payable(payout)?;
        if !capacity_is_sound(&registration.capacity) {
            return Err(RegistryBadCapacity {}.into());
        }
        require_sound(&registration.offer)?;
        let (stake, least) = (Amount::from(registration.stake), minimum(&self.rules().0, &total));
        if stake < least {
            return Err(RegistryStakeTooLow { stake: registration.stake, minimum: least.into() }.into());
        }
        let provider = holdings.providers.checked_add(1).ok_or(OutOfRange)?;

        holdings.providers = provider;
        self.holdings.set(&holdings);
        self.bind(owner, provider);
        let registered_at = self.now();
        let accepted = registration.operator == owner;
        let operator = Operator { address: registration.operator, registered_at, accepted, ..Operator::default() };
        let owner_word = Owner { address: owner, ..Owner::default() };
        let capacity = Capacity {
            total,
            gpu_class: registration.capacity.gpuClass,
            region: registration.region,
            features: registration.features,
            draining: false,
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

    fn register_with_permit(
        &mut self,
        registration: Abi<Registration>,
        permit: Raw<Permit>,
    ) -> Result<u32, RegistryError> {
        self.use_permit(registration.0.stake, permit);
        self.register(registration)
    }

    fn set_capacity(
        &mut self,
        provider: u32,
        capacity: Abi<Resources>,
        features: u64,
        region: u16,
    ) -> Result<(), RegistryError> {
        let Abi(given) = capacity;
        self.require_either(provider)?;
        if !capacity_is_sound(&given) {
            return Err(RegistryBadCapacity {}.into());
        }
        let present: Capacity = self.read(provider);
        let used = self.read::<Load>(provider).used;
        let (total, gpu_class) = (Quantities::from(&given), given.gpuClass);
        if total.minus(&used).is_none() || (used.gpus > 0 && gpu_class != present.gpu_class) {
            return Err(RegistryCapacityInUse { provider }.into());
        }
        self.write(provider, &Capacity { total, gpu_class, region, features, ..present });
        log(self.vm(), &CapacityChanged { provider, capacity: given, features, region });
        Ok(())
    }

    fn drain(&mut self, provider: u32) -> Result<(), RegistryError> {
        self.require_owner(provider)?;
        self.write(provider, &Capacity { draining: true, ..self.read(provider) });
        log(self.vm(), &Draining { provider });
        Ok(())
    }

    fn set_offer(&mut self, provider: u32, rates: Abi<Rates>, offer: Abi<StandingOffer>) -> Result<(), RegistryError> {
        let (Abi(rates), Abi(offer)) = (rates, offer);
        let (owner, operator) = self.require_either(provider)?;
        require_sound(&offer)?;
        self.store_offer(provider, owner, operator, &rates, &offer);
        log(self.vm(), &OfferChanged { provider, rates, offer });
        Ok(())
    }

    fn records(&self, id: u32) -> Vec<B256> {
        (0..MATCHING_KINDS).map(|kind| self.raw(kind, 0, id)).collect()
    }

    fn record(&self, id: u32, kind: u16, number: u16) -> B256 {
        self.raw(kind, number, id)
    }

    fn provider_of(&self, account: Address) -> u32 {
        self.accounts.getter(account.into()).get().provider
    }
}

impl Registry {
    /// Owner and operator, if the caller is one of them.
    fn require_either(&self, provider: u32) -> Result<(Owner, Operator), RegistryError> {
        let (owner, operator) = (self.known_owner(provider)?, self.known_operator(provider)?);
        let caller = self.vm().msg_sender();
        if caller != owner.address && !operator.is(caller) {
            return Err(RegistryNotOperator { provider, caller }.into());
        }
        Ok((owner, operator))
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
