//! Adding stake, and taking it out again after a wait.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::aliases::U96;
use linq_abi::{
    IJurors::{
        JurorsNoAmount, JurorsNotActive, JurorsNotJuror, JurorsNotWired, JurorsNothingToWithdraw, JurorsTooLittle,
        LeavingStarted, StakeAdded, StakeWithdrawn,
    },
    Permit,
    wire::Raw,
};
use linq_common::{Amount, OutOfRange, Timestamp, Token, log};
use stylus_sdk::prelude::*;

use crate::{Account, Holder, Jurors, JurorsError, Settings, tree};

/// A juror's own stake.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Staking {
    /// Adds to the caller's active stake. The first time it becomes a juror, with the next number, for good.
    ///
    /// Who:   anyone, for itself.
    /// Needs: the court is named; new stake is not kept out; the amount as balance and allowance; at least one LNQ active
    ///        afterwards.
    /// Does:  raises the active stake and its weight, then takes the amount. It weighs in draws from the next UTC day on.
    /// Emits: `StakeAdded`.
    /// Fails: `JurorsNotWired`; `JurorsPaused`; `JurorsNoAmount`; `JurorsTooLittle`; `JurorsOverflow`; a reason of the
    ///        token passes through, or `JurorsTokenFailed` if it gives none.
    /// Units: LNQ base units. Returns the number of the juror.
    fn stake(&mut self, amount: U96) -> Result<u32, JurorsError>;

    /// As [`Self::stake`], with a signature of the caller instead of an allowance given before.
    ///
    /// Fails: as [`Self::stake`]; a signature that is not good shows as a missing allowance.
    fn stake_with_permit(&mut self, amount: U96, permit: Raw<Permit>) -> Result<u32, JurorsError>;

    /// Begins to take active stake out. It weighs nothing from the next UTC day on, and can be seized until it is withdrawn.
    ///
    /// Who:   a juror.
    /// Needs: that much active.
    /// Does:  moves it to the sum that leaves, whose wait begins anew.
    /// Emits: `LeavingStarted`.
    /// Fails: `JurorsNotJuror`; `JurorsNoAmount`; `JurorsNotActive`; `JurorsOverflow`.
    /// Units: LNQ base units; returns the second from which on all that leaves can be withdrawn.
    /// Note:  callable while paused and whatever the court does, so that stake can always leave.
    fn leave(&mut self, amount: U96) -> Result<u64, JurorsError>;

    /// Sends what has left to the caller.
    ///
    /// Who:   a juror.
    /// Needs: something that leaves, and has waited.
    /// Does:  strikes it out, then sends it.
    /// Emits: `StakeWithdrawn`.
    /// Fails: `JurorsNotJuror`; `JurorsNothingToWithdraw` with the second at which it is ready, or 0 when nothing leaves; a
    ///        reason of the token passes through, or `JurorsTokenFailed` if it gives none.
    /// Units: LNQ base units.
    /// Note:  as [`Self::leave`].
    fn unstake(&mut self) -> Result<U96, JurorsError>;
}

#[public]
impl Staking for Jurors {
    fn stake(&mut self, amount: U96) -> Result<u32, JurorsError> {
        let account = self.vm().msg_sender();
        let settings = self.settings.get();
        if !settings.wired {
            return Err(JurorsNotWired {}.into());
        }
        self.require_not_paused(&settings)?;
        let added = require_some(amount)?;
        let known = self.accounts.getter(account.into()).get().juror;
        let present = self.holders.getter(known.into()).get().active;
        let active = present.plus(added)?;
        if active < Amount::LNQ {
            return Err(JurorsTooLittle { active: active.into(), least: Amount::LNQ.into() }.into());
        }

        let juror = if known == 0 { self.admit(settings)? } else { known };
        self.set_active(juror, Holder { account, active })?;

        log(self.vm(), &StakeAdded { juror, account, amount, active: active.into() });

        let jurors = self.vm().contract_address();
        Token(settings.token).transfer_from(self, account, jurors, added)?;
        Ok(juror)
    }

    fn stake_with_permit(&mut self, amount: U96, permit: Raw<Permit>) -> Result<u32, JurorsError> {
        let (owner, jurors) = (self.vm().msg_sender(), self.vm().contract_address());
        Token(self.settings.get().token).permit(self, owner, jurors, amount.into(), &permit);
        self.stake(amount)
    }

    fn leave(&mut self, amount: U96) -> Result<u64, JurorsError> {
        let caller = self.vm().msg_sender();
        let account = self.require_juror()?;
        let leaving = require_some(amount)?;
        let juror = account.juror;
        let present = self.holders.getter(juror.into()).get().active;
        if leaving > present {
            return Err(JurorsNotActive { amount, active: present.into() }.into());
        }
        let active = present.minus(leaving)?;
        let sum = account.leaving.plus(leaving)?;
        let end = self.now().plus(self.settings.get().unstake_secs)?;

        self.accounts.setter(caller.into()).set(&Account { juror, leaving: sum, leaving_end: end });
        self.set_active(juror, Holder { account: caller, active })?;

        let end = end.secs();
        log(self.vm(), &LeavingStarted { juror, amount, end, active: active.into(), leaving: sum.into() });
        Ok(end)
    }

    fn unstake(&mut self) -> Result<U96, JurorsError> {
        let caller = self.vm().msg_sender();
        let Account { juror, leaving, leaving_end } = self.require_juror()?;
        if leaving.is_zero() || self.now() < leaving_end {
            return Err(JurorsNothingToWithdraw { next: leaving_end.secs() }.into());
        }

        let account = Account { juror, leaving: Amount::ZERO, leaving_end: Timestamp::ZERO };
        self.accounts.setter(caller.into()).set(&account);

        log(self.vm(), &StakeWithdrawn { juror, account: caller, amount: leaving.into() });

        Token(self.settings.get().token).transfer(self, caller, leaving)?;
        Ok(leaving.into())
    }
}

impl Jurors {
    /// Gives the next number to the caller.
    fn admit(&mut self, settings: Settings) -> Result<u32, OutOfRange> {
        let caller = self.vm().msg_sender();
        let juror = settings.jurors.checked_add(1).ok_or(OutOfRange)?;
        self.settings.set(&Settings { jurors: juror, ..settings });
        self.accounts.setter(caller.into()).set(&Account { juror, ..Account::default() });
        Ok(juror)
    }

    /// The account of the caller, who is a juror.
    fn require_juror(&self) -> Result<Account, JurorsNotJuror> {
        let caller = self.vm().msg_sender();
        let account = self.accounts.getter(caller.into()).get();
        if account.juror == 0 { Err(JurorsNotJuror { caller }) } else { Ok(account) }
    }

    /// Stores what a juror holds, and lets it weigh that from the next day on.
    pub(crate) fn set_active(&mut self, juror: u32, holder: Holder) -> Result<(), OutOfRange> {
        let (jurors, today) = (self.settings.get().jurors, self.now().day());
        self.holders.setter(juror.into()).set(&holder);
        tree::set_weight(self, jurors, juror, tree::weight_of(holder.active)?, today)
    }
}

fn require_some(amount: U96) -> Result<Amount, JurorsNoAmount> {
    if amount.is_zero() { Err(JurorsNoAmount {}) } else { Ok(amount.into()) }
}
