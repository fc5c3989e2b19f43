//! What the token stores, and the few steps that change it.

// The SDK's macros name `vec!` and `Vec` without a path.
use alloc::{vec, vec::Vec};

use alloy_primitives::{Address, U256};
use linq_abi::ILnqToken::{ERC20InsufficientBalance, ERC20InvalidReceiver};
use linq_common::{Amount, Key, Packed, packed};
use stylus_sdk::{
    prelude::*,
    storage::{StorageMap, StorageU256},
};

packed! {
    /// One holder.
    ///
    /// The upper half is kept free for voting units (uint96) and flags (uint32) in the slot a transfer writes anyway.
    pub struct Account {
        /// Its balance.
        pub balance: Amount,
        /// How many of its permits were used.
        pub nonce: u32,
    }

    /// What left the supply.
    pub struct Burned {
        /// The sum of everything ever burned.
        pub total: Amount,
    }
}

/// The token.
#[storage]
#[entrypoint]
pub struct LnqToken {
    // slot 0: 12
    burned: Packed<Burned>,
    // slot 1: each 12 + 4
    accounts: StorageMap<Key, Packed<Account>>,
    // slot 2: each 32; the largest number stands for an allowance without end
    allowances: StorageMap<Key, StorageMap<Key, StorageU256>>,
}

impl LnqToken {
    pub(crate) fn account(&self, holder: Address) -> Account {
        self.accounts.getter(holder.into()).get()
    }

    pub(crate) fn set_account(&mut self, holder: Address, account: &Account) {
        self.accounts.setter(holder.into()).set(account);
    }

    pub(crate) fn allowance_of(&self, owner: Address, spender: Address) -> U256 {
        self.allowances.getter(owner.into()).get(spender.into())
    }

    pub(crate) fn set_allowance(&mut self, owner: Address, spender: Address, value: U256) {
        self.allowances.setter(owner.into()).setter(spender.into()).set(value);
    }

    pub(crate) fn burned_so_far(&self) -> Amount {
        self.burned.get().total
    }

    /// Counts `amount` as burned. The sum of all burns is at most the supply, so that clipping never happens.
    pub(crate) fn count_burned(&mut self, amount: Amount) {
        let total = self.burned_so_far().plus_clipped(amount);
        self.burned.set(&Burned { total });
    }

    /// Nobody could ever move what these two hold.
    pub(crate) fn require_receiver(&self, to: Address) -> Result<(), ERC20InvalidReceiver> {
        if to.is_zero() || to == self.vm().contract_address() {
            return Err(ERC20InvalidReceiver { receiver: to });
        }
        Ok(())
    }

    /// Takes `value` from `from` and returns it as an amount.
    pub(crate) fn debit(&mut self, from: Address, value: U256) -> Result<Amount, ERC20InsufficientBalance> {
        let mut cell = self.accounts.setter(from.into());
        let mut account = cell.get();
        let moved = Amount::try_from(value).and_then(|amount| Ok((amount, account.balance.minus(amount)?)));
        let Ok((amount, rest)) = moved else {
            return Err(ERC20InsufficientBalance { sender: from, balance: account.balance.into(), needed: value });
        };
        account.balance = rest;
        cell.set(&account);
        Ok(amount)
    }

    /// Gives `amount` to `to`, which must be read only after a debit of the same account was written.
    ///
    /// All balances together are at most the supply, so that the sum always fits and the error never arises.
    pub(crate) fn credit(&mut self, to: Address, amount: Amount) -> Result<(), ERC20InvalidReceiver> {
        let mut cell = self.accounts.setter(to.into());
        let mut account = cell.get();
        account.balance = account.balance.plus(amount).map_err(|_| ERC20InvalidReceiver { receiver: to })?;
        cell.set(&account);
        Ok(())
    }
}

/// The sum of `amounts`, or nothing if it leaves the range of a word.
pub(crate) fn total(amounts: &[U256]) -> Option<U256> {
    amounts.iter().try_fold(U256::ZERO, |sum, amount| sum.checked_add(*amount))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::SUPPLY;

    #[test]
    fn the_supply_fits_an_amount() {
        assert_eq!(SUPPLY.units(), 10u128.pow(27));
    }

    #[test]
    fn a_sum_that_wraps_is_none() {
        assert_eq!(total(&[U256::MAX, U256::from(1)]), None);
        assert_eq!(total(&[]), Some(U256::ZERO));
    }

    proptest! {
        #[test]
        fn small_sums_are_exact(amounts in proptest::collection::vec(0..u128::MAX >> 6, 0..64)) {
            let words: Vec<U256> = amounts.iter().map(|amount| U256::from(*amount)).collect();
            prop_assert_eq!(total(&words), Some(U256::from(amounts.iter().sum::<u128>())));
        }
    }
}
