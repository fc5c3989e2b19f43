//! Who owns and operates a provider, and where it is paid.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::Address;
use linq_abi::IRegistry::{
    KeysChanged, OperatorAccepted, OwnerChanged, RegistryAddressTaken, RegistryBadAddress, RegistryBadPayout,
    RegistryNotInvited,
};
use linq_common::{OutOfRange, log};
use linq_records::words::{Operator, Owner, Payout, Successor};
use stylus_sdk::prelude::*;

use crate::{Registry, RegistryError, state::Account};

/// The three keys of a provider.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Keys {
    /// Invites another owner, names another operator, has the provider paid elsewhere. Whatever is given as it is stays
    /// as it is; the present owner as `owner` takes back an invitation.
    ///
    /// Who:   the owner.
    /// Needs: an operator; a payout address that can use LNQ.
    /// Does:  the owner stays until the one invited accepts. A new operator counts once it has accepted, the old one no
    ///        more from now on. Work that was taken before is paid where it would have been.
    /// Emits: `KeysChanged`.
    /// Fails: `RegistryUnknownProvider`; `RegistryNotOwner`; `RegistryBadAddress` for a zero owner or operator;
    ///        `RegistryBadPayout` as in `register`; `RegistryOverflow` after 65,535 payout addresses.
    fn set_keys(
        &mut self,
        provider: u32,
        owner: Address,
        operator: Address,
        payout: Address,
    ) -> Result<(), RegistryError>;

    /// Agrees to own a provider, or to operate it.
    ///
    /// Who:   whom the owner invited as owner, or named as operator.
    /// Needs: it owns and operates no other provider.
    /// Does:  the ownership, if that was offered, else the operator's role counts from now on. An owner that was passes
    ///        nothing on and keeps nothing, but for the operator's role if it had it.
    /// Emits: `OwnerChanged` or `OperatorAccepted`.
    /// Fails: `RegistryUnknownProvider`; `RegistryNotInvited`, also for a role that the caller has; `RegistryAddressTaken`.
    fn accept_role(&mut self, provider: u32) -> Result<(), RegistryError>;
}

#[public]
impl Keys for Registry {
    fn set_keys(
        &mut self,
        provider: u32,
        owner: Address,
        operator: Address,
        payout: Address,
    ) -> Result<(), RegistryError> {
        let present = self.require_owner(provider)?;
        let mut operating: Operator = self.read(provider);
        if owner.is_zero() || operator.is_zero() {
            return Err(RegistryBadAddress { given: Address::ZERO }.into());
        }
        self.require_payable(payout)?;

        if operating.address != operator {
            if operating.accepted && operating.address != present {
                self.bind(operating.address, 0);
            }
            (operating.address, operating.accepted) = (operator, operator == present);
        }
        if self.read_numbered::<Payout>(provider, operating.payout_version).address != payout {
            operating.payout_version = operating.payout_version.checked_add(1).ok_or(OutOfRange)?;
            self.write_numbered(provider, operating.payout_version, &Payout { address: payout });
        }
        self.write(provider, &operating);
        let invited = if owner == present { Address::ZERO } else { owner };
        self.write(provider, &Successor { address: invited });

        log(self.vm(), &KeysChanged { provider, invitedOwner: invited, operator, payout });
        Ok(())
    }

    fn accept_role(&mut self, provider: u32) -> Result<(), RegistryError> {
        let caller = self.vm().msg_sender();
        let owner = self.known_owner(provider)?;
        let mut operator: Operator = self.read(provider);
        let inherits = caller == self.read::<Successor>(provider).address;
        if !inherits && (operator.accepted || operator.address != caller) {
            return Err(RegistryNotInvited { provider, caller }.into());
        }
        self.require_free_account(caller, provider)?;

        self.bind(caller, provider);
        if inherits {
            if !operator.is(owner.address) {
                self.bind(owner.address, 0);
            }
            self.write(provider, &Owner { address: caller, ..owner });
            self.write(provider, &Successor::default());
            log(self.vm(), &OwnerChanged { provider, owner: caller });
        } else {
            operator.accepted = true;
            self.write(provider, &operator);
            log(self.vm(), &OperatorAccepted { provider, operator: caller });
        }
        Ok(())
    }
}

impl Registry {
    /// An address is owner or operator of one provider at most; `own` may be that one.
    pub(crate) fn require_free_account(&self, account: Address, own: u32) -> Result<(), RegistryAddressTaken> {
        let provider = self.accounts.getter(account.into()).get().provider;
        if provider == 0 || provider == own { Ok(()) } else { Err(RegistryAddressTaken { account, provider }) }
    }

    /// Notes whose owner or operator an address is; 0 for nobody's.
    pub(crate) fn bind(&mut self, account: Address, provider: u32) {
        self.accounts.setter(account.into()).set(&Account { provider });
    }

    /// An address that earnings can be sent to and used from.
    pub(crate) fn require_payable(&self, payout: Address) -> Result<(), RegistryBadPayout> {
        let suite = [Address::ZERO, self.holdings.get().token, self.gate.get().jobs, self.vm().contract_address()];
        if suite.contains(&payout) { Err(RegistryBadPayout { payout }) } else { Ok(()) }
    }
}
