//! LNQ.

use std::collections::BTreeMap;

use super::{Answer, Oracle, refuse};
use crate::prelude::*;

/// LNQ.
#[derive(Clone, Default)]
pub struct Token {
    pub balances: BTreeMap<Address, u128>,
    pub allowances: BTreeMap<(Address, Address), U256>,
    pub nonces: BTreeMap<Address, u64>,
    pub burned: u128,
}

impl Token {
    pub fn balance(&self, account: Address) -> u128 {
        self.balances.get(&account).copied().unwrap_or_default()
    }

    pub fn allowance(&self, owner: Address, spender: Address) -> U256 {
        self.allowances.get(&(owner, spender)).copied().unwrap_or_default()
    }

    pub fn supply(&self) -> u128 {
        SUPPLY - self.burned
    }

    fn take_from(&mut self, account: Address, value: U256) -> Result<u128, Vec<u8>> {
        let balance = self.balance(account);
        if value > U256::from(balance) {
            let balance = U256::from(balance);
            return refuse(ILnqToken::ERC20InsufficientBalance { sender: account, balance, needed: value });
        }
        let value = value.to::<u128>();
        self.balances.insert(account, balance - value);
        Ok(value)
    }

    /// Moves `value`; who gets it was checked.
    pub fn shift(&mut self, from: Address, to: Address, value: U256) -> Result<(), Vec<u8>> {
        let value = self.take_from(from, value)?;
        *self.balances.entry(to).or_default() += value;
        Ok(())
    }

    /// Uses `value` of an allowance.
    pub fn spend(&mut self, owner: Address, spender: Address, value: U256) -> Result<(), Vec<u8>> {
        let allowance = self.allowance(owner, spender);
        if allowance == U256::MAX {
            return Ok(());
        }
        if value > allowance {
            return refuse(ILnqToken::ERC20InsufficientAllowance { spender, allowance, needed: value });
        }
        if owner.is_zero() {
            return refuse(ILnqToken::ERC20InvalidApprover { approver: owner });
        }
        self.allowances.insert((owner, spender), allowance - value);
        Ok(())
    }

    /// Destroys `value` of what `account` holds.
    pub fn burn(&mut self, account: Address, value: U256) -> Result<(), Vec<u8>> {
        self.burned += self.take_from(account, value)?;
        Ok(())
    }
}

impl Oracle {
    fn receiver(&self, receiver: Address) -> Result<(), Vec<u8>> {
        if receiver.is_zero() || receiver == self.suite.token {
            return refuse(ILnqToken::ERC20InvalidReceiver { receiver });
        }
        Ok(())
    }

    pub fn transfer(&mut self, caller: Address, to: Address, value: U256) -> Answer {
        self.receiver(to)?;
        self.token.shift(caller, to, value)?;
        Ok(true.abi_encode())
    }

    pub fn approve(&mut self, caller: Address, spender: Address, value: U256) -> Answer {
        if spender.is_zero() {
            return refuse(ILnqToken::ERC20InvalidSpender { spender });
        }
        self.token.allowances.insert((caller, spender), value);
        Ok(true.abi_encode())
    }

    pub fn transfer_from(&mut self, caller: Address, from: Address, to: Address, value: U256) -> Answer {
        self.token.spend(from, caller, value)?;
        self.receiver(to)?;
        self.token.shift(from, to, value)?;
        Ok(true.abi_encode())
    }

    pub fn burn(&mut self, caller: Address, value: U256) -> Answer {
        self.token.burn(caller, value)?;
        Ok(Vec::new())
    }

    pub fn burn_from(&mut self, caller: Address, account: Address, value: U256) -> Answer {
        self.token.spend(account, caller, value)?;
        self.token.burn(account, value)?;
        Ok(Vec::new())
    }

    /// A permit that `signer` signed in the name of `owner`, over the right nonce.
    pub fn permit(&mut self, owner: Address, signer: Address, spender: Address, value: U256, deadline: u64) -> Answer {
        if deadline < self.now {
            return refuse(ILnqToken::ERC2612ExpiredSignature { deadline: U256::from(deadline) });
        }
        if signer != owner {
            return refuse(ILnqToken::ERC2612InvalidSigner { signer, owner });
        }
        *self.token.nonces.entry(owner).or_default() += 1;
        self.approve(owner, spender, value)?;
        Ok(Vec::new())
    }
}
