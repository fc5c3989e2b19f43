//! Taking from stake what votes have lost.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::{Address, aliases::U96};
use linq_abi::IJurors::{JurorsNotCourt, JurorsNotWired, JurorsUnequalLists, StakeSeized};
use linq_common::{Amount, OutOfRange, Timestamp, Token, log};
use stylus_sdk::prelude::*;

use crate::{Account, Holder, Jurors, JurorsError, drawing::require_at_most};

/// The most penalties in one call: a whole jury of the largest kind.
const MAX_PENALTIES: u32 = 31;

/// What the court takes.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Penalties {
    /// Takes up to each of `amounts` from the stake of each of `jurors`: what is active first, then what is leaving, as far
    /// as both reach. A juror may be named more than once.
    ///
    /// Who:   the court.
    /// Needs: lists of one length, at most 31.
    /// Does:  lowers every stake and its weight, then sends the sum to the court. Draws of the present day and of earlier
    ///        ones stay what they are.
    /// Emits: `StakeSeized` for each juror that lost something.
    /// Fails: `JurorsNotWired`; `JurorsNotCourt`; `JurorsUnequalLists`; `JurorsTooMany`; a reason of the token passes
    ///        through, or `JurorsTokenFailed` if it gives none.
    /// Units: LNQ base units. Returns what was taken of each.
    /// Note:  never fails for want of stake, nor for a number that was not given out, which has none.
    fn seize(&mut self, jurors: Vec<u32>, amounts: Vec<U96>) -> Result<Vec<U96>, JurorsError>;
}

#[public]
impl Penalties for Jurors {
    fn seize(&mut self, jurors: Vec<u32>, amounts: Vec<U96>) -> Result<Vec<U96>, JurorsError> {
        let court = self.only_court()?;
        require_equal(jurors.len(), amounts.len())?;
        require_at_most(jurors.len(), MAX_PENALTIES)?;

        let mut sum = Amount::ZERO;
        let mut taken = Vec::with_capacity(jurors.len());
        for (juror, amount) in jurors.into_iter().zip(amounts) {
            let part = self.take(juror, amount.into())?;
            sum = sum.plus(part)?;
            taken.push(part.into());
        }

        if !sum.is_zero() {
            Token(self.settings.get().token).transfer(self, court, sum)?;
        }
        Ok(taken)
    }
}

impl Jurors {
    /// The court, which must be named and call.
    fn only_court(&self) -> Result<Address, JurorsError> {
        let court = self.court.get();
        if court.is_zero() {
            return Err(JurorsNotWired {}.into());
        }
        let caller = self.vm().msg_sender();
        if caller != court {
            return Err(JurorsNotCourt { caller }.into());
        }
        Ok(court)
    }

    /// Takes up to `amount` from one juror. Answers how much it was.
    fn take(&mut self, juror: u32, amount: Amount) -> Result<Amount, OutOfRange> {
        let Holder { account, active } = self.holders.getter(juror.into()).get();
        let from_active = active.min(amount);
        let from_leaving = self.take_leaving(account, amount.minus(from_active)?)?;
        let taken = from_active.plus(from_leaving)?;
        if !from_active.is_zero() {
            self.set_active(juror, Holder { account, active: active.minus(from_active)? })?;
        }
        if !taken.is_zero() {
            log(self.vm(), &StakeSeized { juror, fromActive: from_active.into(), fromLeaving: from_leaving.into() });
        }
        Ok(taken)
    }

    /// Takes up to `amount` of what leaves. Answers how much it was. Most penalties need nothing from there, and read
    /// nothing there.
    fn take_leaving(&mut self, holder: Address, amount: Amount) -> Result<Amount, OutOfRange> {
        if amount.is_zero() {
            return Ok(Amount::ZERO);
        }
        let account = self.accounts.getter(holder.into()).get();
        let taken = account.leaving.min(amount);
        let leaving = account.leaving.minus(taken)?;
        if !taken.is_zero() {
            let leaving_end = if leaving.is_zero() { Timestamp::ZERO } else { account.leaving_end };
            self.accounts.setter(holder.into()).set(&Account { leaving, leaving_end, ..account });
        }
        Ok(taken)
    }
}

fn require_equal(jurors: usize, amounts: usize) -> Result<(), JurorsUnequalLists> {
    if jurors == amounts {
        return Ok(());
    }
    let counted = |length| u32::try_from(length).unwrap_or(u32::MAX);
    Err(JurorsUnequalLists { jurors: counted(jurors), amounts: counted(amounts) })
}
