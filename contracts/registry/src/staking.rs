//! Adding stake, and taking free stake out again.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::aliases::U96;
use linq_abi::IRegistry::{
    RegistryNoAmount, RegistryNotFree, RegistryNothingToWithdraw, RegistryTooManyUnbondings, RegistryUnknownProvider,
    StakeAdded, StakeWithdrawn, UnbondingStarted,
};
use linq_abi::{Permit, wire::Raw};
use linq_common::{Amount, Token, log};
use linq_records::words::{MAX_UNBONDINGS, Request, Stake};
use stylus_sdk::prelude::*;

use crate::{Registry, RegistryError};

/// A provider's stake.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Staking {
    /// Bonds more stake, from the caller.
    ///
    /// Who:   anyone; for others it is a gift.
    /// Needs: the amount as balance and allowance.
    /// Does:  raises what is bonded, then takes the amount.
    /// Emits: `StakeAdded`.
    /// Fails: `RegistryUnknownProvider`; `RegistryNoAmount`; `RegistryOverflow`; a reason of the token passes through.
    /// Units: LNQ base units.
    fn add_stake(&mut self, provider: u32, amount: U96) -> Result<(), RegistryError>;

    /// As [`Self::add_stake`], with a signature of the caller instead of an allowance given before.
    ///
    /// Fails: as [`Self::add_stake`]; a signature that is not good shows as a missing allowance.
    fn add_stake_with_permit(&mut self, provider: u32, amount: U96, permit: Raw<Permit>) -> Result<(), RegistryError>;

    /// Starts to take free stake out. It covers nothing from now on, and nothing can reach it.
    ///
    /// Who:   the owner.
    /// Needs: that much bonded and not locked; fewer than 16 requests waiting.
    /// Does:  lowers what is bonded and notes the request. Below the minimum the provider keeps its work and takes none.
    /// Emits: `UnbondingStarted`.
    /// Fails: `RegistryUnknownProvider`; `RegistryNotOwner`; `RegistryNoAmount`; `RegistryNotFree`;
    ///        `RegistryTooManyUnbondings`; `RegistryOverflow`.
    /// Units: LNQ base units; returns the second from which on it can be withdrawn.
    fn unbond(&mut self, provider: u32, amount: U96) -> Result<u64, RegistryError>;

    /// Sends every request that has waited long enough to the owner.
    ///
    /// Who:   the owner.
    /// Needs: one such request.
    /// Does:  strikes them out, then sends their sum.
    /// Emits: `StakeWithdrawn`.
    /// Fails: `RegistryUnknownProvider`; `RegistryNotOwner`; `RegistryNothingToWithdraw` with the second at which the
    ///        next one is ready, or 0; `RegistryOverflow`; a reason of the token passes through.
    /// Units: LNQ base units.
    fn withdraw(&mut self, provider: u32) -> Result<U96, RegistryError>;
}

#[public]
impl Staking for Registry {
    fn add_stake(&mut self, provider: u32, amount: U96) -> Result<(), RegistryError> {
        let holdings = self.holdings.get();
        // Ids are given out one by one, so this saves the word of the owner.
        if provider == 0 || provider > holdings.providers {
            return Err(RegistryUnknownProvider { provider }.into());
        }
        let added = require_some(amount)?;
        let from = self.vm().msg_sender();
        let mut stake: Stake = self.read(provider);
        stake.bonded = stake.bonded.plus(added)?;
        self.write(provider, &stake);
        log(self.vm(), &StakeAdded { provider, from, amount, bonded: stake.bonded.into() });
        let (token, registry) = (Token(holdings.token), self.vm().contract_address());
        token.transfer_from(self, from, registry, added)?;
        Ok(())
    }

    fn add_stake_with_permit(&mut self, provider: u32, amount: U96, permit: Raw<Permit>) -> Result<(), RegistryError> {
        self.use_permit(amount, permit);
        self.add_stake(provider, amount)
    }

    fn unbond(&mut self, provider: u32, amount: U96) -> Result<u64, RegistryError> {
        self.require_owner(provider)?;
        let taken = require_some(amount)?;
        let mut stake: Stake = self.read(provider);
        let free = stake.bonded.minus_clipped(stake.locked);
        if taken > free {
            return Err(RegistryNotFree { amount, free: free.into() }.into());
        }
        if stake.unbondings >= MAX_UNBONDINGS {
            return Err(RegistryTooManyUnbondings { provider, limit: MAX_UNBONDINGS }.into());
        }
        let end = self.now().plus(self.unbonding_secs())?;
        let place = stake.place(stake.unbondings);
        stake.bonded = stake.bonded.minus(taken)?;
        stake.unbondings = stake.unbondings.saturating_add(1);
        let bonded = stake.bonded.into();
        self.write(provider, &stake);
        self.set_request(provider, place, &Request { amount: taken, end });
        log(self.vm(), &UnbondingStarted { provider, amount, end: end.secs(), bonded });
        Ok(end.secs())
    }

    fn withdraw(&mut self, provider: u32) -> Result<U96, RegistryError> {
        let owner = self.require_owner(provider)?;
        let now = self.now();
        let all: Stake = self.read(provider);
        let mut stake = Stake { unbondings: 0, ..all };
        let (mut sum, mut next) = (Amount::ZERO, u64::MAX);
        // A version of the parameters may have made waits shorter, so that a request can be ready before an older one.
        for number in 0..all.unbondings {
            let place = all.place(number);
            let request = self.request(provider, place);
            if request.end <= now {
                sum = sum.plus(request.amount)?;
                self.set_request(provider, place, &Request::default());
                if stake.unbondings == 0 {
                    stake.oldest = all.place(number.saturating_add(1));
                }
                continue;
            }
            next = next.min(request.end.secs());
            let free = stake.place(stake.unbondings);
            if free != place {
                self.set_request(provider, free, &request);
                self.set_request(provider, place, &Request::default());
            }
            stake.unbondings = stake.unbondings.saturating_add(1);
        }
        // No request is of nothing, so that a sum of nothing means that none was ready.
        if sum.is_zero() {
            let next = if all.unbondings == 0 { 0 } else { next };
            return Err(RegistryNothingToWithdraw { provider, next }.into());
        }
        self.write(provider, &stake);
        log(self.vm(), &StakeWithdrawn { provider, owner, amount: sum.into() });
        Token(self.holdings.get().token).transfer(self, owner, sum)?;
        Ok(sum.into())
    }
}

impl Registry {
    /// Shows the token that the caller lets the registry take `amount`. Before anything else is read or written.
    pub(crate) fn use_permit(&mut self, amount: U96, permit: Raw<Permit>) {
        let (owner, registry) = (self.vm().msg_sender(), self.vm().contract_address());
        Token(self.holdings.get().token).permit(self, owner, registry, amount.into(), &permit);
    }

    fn request(&self, provider: u32, place: u8) -> Request {
        self.read_numbered(provider, place.into())
    }

    fn set_request(&mut self, provider: u32, place: u8, request: &Request) {
        self.write_numbered(provider, place.into(), request);
    }
}

fn require_some(amount: U96) -> Result<Amount, RegistryNoAmount> {
    if amount.is_zero() { Err(RegistryNoAmount {}) } else { Ok(amount.into()) }
}
