//! Burning.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::{Address, U256};
use stylus_sdk::prelude::*;

use crate::{LnqToken, TokenError};

/// The only way the supply changes.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Burnable {
    /// Burns `value` of the caller's.
    ///
    /// Who:   anyone, with their own.
    /// Needs: a balance of `value`.
    /// Does:  lowers balance, votes and supply, raises what was burned.
    /// Emits: `Transfer` to zero; `DelegateVotesChanged` for whom it voted.
    /// Fails: `ERC20InsufficientBalance`.
    /// Units: LNQ base units.
    fn burn(&mut self, value: U256) -> Result<(), TokenError>;

    /// Burns `value` of `account`'s on the caller's allowance.
    ///
    /// Who:   whoever `account` allowed.
    /// Needs: an allowance and a balance of `value`.
    /// Does:  lowers the allowance unless it has no end, then as [`Burnable::burn`].
    /// Emits: as [`Burnable::burn`].
    /// Fails: `ERC20InsufficientAllowance`; `ERC20InvalidApprover` where `account` is zero; `ERC20InsufficientBalance`.
    /// Units: LNQ base units.
    fn burn_from(&mut self, account: Address, value: U256) -> Result<(), TokenError>;

    /// Everything ever burned.
    fn total_burned(&self) -> U256;
}

#[public]
impl Burnable for LnqToken {
    fn burn(&mut self, value: U256) -> Result<(), TokenError> {
        self.destroy(self.vm().msg_sender(), value)
    }

    fn burn_from(&mut self, account: Address, value: U256) -> Result<(), TokenError> {
        self.spend_allowance(account, value)?;
        self.destroy(account, value)
    }

    fn total_burned(&self) -> U256 {
        self.burned_so_far().latest.amount.into()
    }
}

impl LnqToken {
    fn destroy(&mut self, from: Address, value: U256) -> Result<(), TokenError> {
        let (amount, before) = self.debit(from, value)?;
        self.count_burned(amount);
        self.log_transfer(from, Address::ZERO, value);
        self.move_votes(self.delegate_of(from, before), Address::ZERO, amount);
        Ok(())
    }
}
