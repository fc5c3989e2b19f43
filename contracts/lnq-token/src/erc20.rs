//! Balances, transfers and allowances.

// The SDK's macros name `Vec` without a path.
use alloc::{string::String, vec::Vec};

use alloy_primitives::{Address, U256};
use linq_abi::ILnqToken::{ERC20InsufficientAllowance, ERC20InvalidApprover, ERC20InvalidSpender};
use stylus_sdk::prelude::*;

use crate::{LnqToken, SUPPLY, TokenError};

/// ERC-20, with the errors of ERC-6093.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Erc20 {
    /// `LNQ`.
    fn name(&self) -> String;

    /// `LNQ`.
    fn symbol(&self) -> String;

    /// 18: one LNQ is 10^18 base units.
    fn decimals(&self) -> u8;

    /// What was minted less what was burned.
    fn total_supply(&self) -> U256;

    /// What `account` holds.
    fn balance_of(&self, account: Address) -> U256;

    /// What `spender` may still move of `owner`'s; the largest number stands for no end.
    fn allowance(&self, owner: Address, spender: Address) -> U256;

    /// Moves `value` from the caller to `to`.
    ///
    /// Who:   anyone, with their own.
    /// Needs: a balance of `value`.
    /// Does:  moves it, and the votes with it where the two sides vote for different accounts, and returns true.
    /// Emits: `Transfer`; `DelegateVotesChanged` for who loses votes and for who gains them.
    /// Fails: `ERC20InvalidReceiver` for zero and the token itself; `ERC20InsufficientBalance`.
    /// Units: LNQ base units.
    fn transfer(&mut self, to: Address, value: U256) -> Result<bool, TokenError>;

    /// Lets `spender` move up to `value` of the caller's, replacing what it could move before.
    ///
    /// Who:   anyone, over their own.
    /// Needs: nothing.
    /// Does:  sets the allowance and returns true.
    /// Emits: `Approval`.
    /// Fails: `ERC20InvalidSpender` for zero.
    /// Units: LNQ base units.
    /// Note:  of two successive values a spender can use both; set it to zero in between, or use a permit.
    fn approve(&mut self, spender: Address, value: U256) -> Result<bool, TokenError>;

    /// Moves `value` from `from` to `to` on the caller's allowance.
    ///
    /// Who:   whoever `from` allowed.
    /// Needs: an allowance and a balance of `value`.
    /// Does:  lowers the allowance unless it has no end, then as [`Erc20::transfer`].
    /// Emits: as [`Erc20::transfer`].
    /// Fails: `ERC20InsufficientAllowance`; `ERC20InvalidApprover` where `from` is zero; `ERC20InvalidReceiver` for zero
    ///        and the token itself; `ERC20InsufficientBalance`.
    /// Units: LNQ base units.
    fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> Result<bool, TokenError>;
}

#[public]
impl Erc20 for LnqToken {
    fn name(&self) -> String {
        "LNQ".into()
    }

    fn symbol(&self) -> String {
        "LNQ".into()
    }

    fn decimals(&self) -> u8 {
        18
    }

    fn total_supply(&self) -> U256 {
        SUPPLY.minus_clipped(self.burned_so_far().latest.amount).into()
    }

    fn balance_of(&self, account: Address) -> U256 {
        self.account(account).balance().into()
    }

    fn allowance(&self, owner: Address, spender: Address) -> U256 {
        self.allowance_of(owner, spender)
    }

    fn transfer(&mut self, to: Address, value: U256) -> Result<bool, TokenError> {
        self.require_receiver(to)?;
        self.shift(self.vm().msg_sender(), to, value)?;
        Ok(true)
    }

    fn approve(&mut self, spender: Address, value: U256) -> Result<bool, TokenError> {
        let owner = self.vm().msg_sender();
        self.allow(owner, spender, value)?;
        Ok(true)
    }

    fn transfer_from(&mut self, from: Address, to: Address, value: U256) -> Result<bool, TokenError> {
        self.spend_allowance(from, value)?;
        self.require_receiver(to)?;
        self.shift(from, to, value)?;
        Ok(true)
    }
}

impl LnqToken {
    /// Moves `value`; the receiver was checked. Debit and credit each read and write, so that sending to oneself is safe.
    fn shift(&mut self, from: Address, to: Address, value: U256) -> Result<(), TokenError> {
        let (amount, before) = self.debit(from, value)?;
        let after = self.credit(to, amount)?;
        self.log_transfer(from, to, value);
        self.move_votes(self.delegate_of(from, before), self.delegate_of(to, after), amount);
        Ok(())
    }

    /// Sets an allowance of `owner`, who is not zero: a caller or a recovered signer.
    pub(crate) fn allow(&mut self, owner: Address, spender: Address, value: U256) -> Result<(), ERC20InvalidSpender> {
        if spender.is_zero() {
            return Err(ERC20InvalidSpender { spender });
        }
        self.set_allowance(owner, spender, value);
        self.log_approval(owner, spender, value);
        Ok(())
    }

    /// Uses `value` of what the caller may move of `owner`'s. No event: what is left follows from the transfers.
    pub(crate) fn spend_allowance(&mut self, owner: Address, value: U256) -> Result<(), TokenError> {
        let spender = self.vm().msg_sender();
        let allowance = self.allowance_of(owner, spender);
        if allowance == U256::MAX {
            return Ok(());
        }
        let rest =
            allowance.checked_sub(value).ok_or(ERC20InsufficientAllowance { spender, allowance, needed: value })?;
        if owner.is_zero() {
            return Err(ERC20InvalidApprover { approver: owner }.into());
        }
        self.set_allowance(owner, spender, rest);
        Ok(())
    }
}
