//! Reading the registry's words.

use alloc::vec::Vec;

use alloy_primitives::B256;
use linq_abi::{
    ILens::{LensSiblingFailed, LensUnknownProvider},
    IRegistry,
};
use linq_common::{Amount, Timestamp, view, view_list};
use linq_records::{
    Reputation,
    eligibility::{Rules, Shelf},
    formulas::{Standing, minimum},
    settings::Settings,
    words::{Capacity, Operator, Record, Request, Stake},
};
use stylus_sdk::prelude::*;

use crate::{Lens, LensError};

/// The words of one provider, fetched at once.
pub(crate) struct Fetched {
    words: Vec<B256>,
}

impl Shelf for Fetched {
    fn read<T: Record>(&self) -> T {
        self.words.get(usize::from(T::KIND)).map(T::from_word).unwrap_or_default()
    }
}

impl Fetched {
    /// Its reputation in bps, and its tier.
    pub fn rank(&self, rules: &Rules) -> (u16, u8) {
        let (operator, capacity, stake): (Operator, Capacity, Stake) = (self.read(), self.read(), self.read());
        let reputation_bps = self.read::<Reputation>().bps(rules.now);
        let standing = Standing {
            bonded: stake.bonded,
            minimum: minimum(&rules.minimum, &capacity.total),
            age_secs: rules.now.secs_since(operator.registered_at),
            reputation_bps,
        };
        (reputation_bps, rules.ladder.tier(&standing))
    }
}

impl Lens {
    /// The words of a provider that exists.
    pub(crate) fn known(&self, provider: u32) -> Result<Fetched, LensError> {
        let fetched = self.fetch(provider)?;
        if fetched.read::<Operator>().registered_at.is_zero() {
            return Err(LensUnknownProvider { provider }.into());
        }
        Ok(fetched)
    }

    /// The words of a provider; all zero if there is none.
    pub(crate) fn fetch(&self, provider: u32) -> Result<Fetched, LensError> {
        let words = view_list::<IRegistry::recordsCall, _, _>(self, self.registry.get(), &(provider,))?;
        Ok(Fetched { words })
    }

    /// One of several words of a provider.
    pub(crate) fn fetch_numbered<T: Record>(&self, provider: u32, number: u16) -> Result<T, LensError> {
        let arguments = (provider, T::KIND, number);
        let word: B256 = view::<IRegistry::recordCall, _, _, _>(self, self.registry.get(), &arguments)?;
        Ok(T::from_word(&word))
    }

    /// What the registry decides by, at the present second.
    pub(crate) fn rules(&self) -> Result<Rules, LensError> {
        let now = self.now();
        let (minimum, ladder, _) = self.settings()?.on(now.day());
        Ok(Rules { minimum, ladder, now })
    }

    /// What holds for all providers.
    pub(crate) fn settings(&self) -> Result<Settings, LensError> {
        let words = view_list::<IRegistry::settingsCall, _, _>(self, self.registry.get(), &())?;
        Settings::from_words(&words).ok_or_else(|| LensSiblingFailed {}.into())
    }

    /// The present second.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::new_clipped(self.vm().block_timestamp())
    }

    /// How many providers there are; ids go from 1 to this.
    pub(crate) fn count(&self) -> Result<u32, LensError> {
        Ok(self.settings()?.holdings.providers)
    }

    /// The requests to unbond of a provider, oldest first.
    pub(crate) fn requests(&self, provider: u32, stake: &Stake) -> Result<Vec<Request>, LensError> {
        (0..stake.unbondings).map(|number| self.fetch_numbered(provider, stake.place(number).into())).collect()
    }

    /// The sum of what a provider is unbonding.
    pub(crate) fn unbonding_total(&self, provider: u32, stake: &Stake) -> Result<Amount, LensError> {
        let requests = self.requests(provider, stake)?;
        Ok(requests.iter().map(|request| request.amount).fold(Amount::ZERO, Amount::plus_clipped))
    }
}
