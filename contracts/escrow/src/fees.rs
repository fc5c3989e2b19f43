//! What the protocol has earned, and what nobody is owed.

use alloy_primitives::{U256, aliases::U96};
use linq_abi::{IEscrow::*, ILnqToken};
use linq_common::{Amount, Share, Token, log, view};
use stylus_sdk::prelude::*;

use crate::{Earning, Escrow, EscrowError};

/// Half of the fees, in twentieths.
const HALF: u8 = 10;

/// The fees of the protocol.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Fees {
    /// Sends half of the fees to the treasury and burns the other half.
    ///
    /// Who:   anyone.
    /// Needs: nothing; without fees it does nothing.
    /// Does:  takes all fees off the liabilities, then transfers and burns. An odd base unit is burned.
    /// Emits: [`FeesSwept`].
    /// Fails: [`EscrowOverflow`]; the token's own refusal, or [`EscrowTokenFailed`] if it gives none.
    /// Units: LNQ base units. Returns what went to the treasury, and what was burned.
    fn sweep(&mut self) -> Result<(U96, U96), EscrowError>;

    /// Sends what the balance holds above the liabilities to the treasury: LNQ that was sent here by mistake.
    ///
    /// Who:   anyone.
    /// Needs: nothing; without a surplus it does nothing.
    /// Does:  transfers the surplus. No reward and no fee is part of it.
    /// Emits: [`SurplusSkimmed`].
    /// Fails: [`EscrowOverflow`]; the token's own refusal, or [`EscrowTokenFailed`] if it gives none.
    /// Units: LNQ base units. Returns what went to the treasury.
    fn skim(&mut self) -> Result<U96, EscrowError>;

    /// Posted prices of unsettled slots, and fees not yet swept. The balance covers both at all times.
    fn liabilities(&self) -> (U96, U96);
}

#[public]
impl Fees for Escrow {
    fn sweep(&mut self) -> Result<(U96, U96), EscrowError> {
        let Earning { token, fees } = self.earning.get();
        if fees.is_zero() {
            return Ok((U96::ZERO, U96::ZERO));
        }
        let to_treasury = fees.share_down(Share::new(HALF)?);
        let burned = fees.minus(to_treasury)?;

        self.earning.set(&Earning { token, fees: Amount::ZERO });

        log(self.vm(), &FeesSwept { toTreasury: to_treasury.into(), burned: burned.into() });

        self.pay(self.treasury.get(), to_treasury)?;
        Token(token).burn(self, burned)?;
        Ok((to_treasury.into(), burned.into()))
    }

    fn skim(&mut self) -> Result<U96, EscrowError> {
        let Earning { token, fees } = self.earning.get();
        let owed = self.locking.get().rewards.plus(fees)?;
        let account = self.vm().contract_address();
        let held: U256 = view::<ILnqToken::balanceOfCall, _, _, _>(self, token, &(account,))?;
        let surplus = Amount::try_from(held)?.minus(owed)?;
        if surplus.is_zero() {
            return Ok(U96::ZERO);
        }

        log(self.vm(), &SurplusSkimmed { toTreasury: surplus.into() });

        self.pay(self.treasury.get(), surplus)?;
        Ok(surplus.into())
    }

    fn liabilities(&self) -> (U96, U96) {
        (self.locking.get().rewards.into(), self.earning.get().fees.into())
    }
}
