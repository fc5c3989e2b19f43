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

use crate::{
    SUPPLY,
    account::{Account, Burned, Checkpoint, Delegation, LAST_SECOND, Pair, Trail},
};

packed! {
    /// For whom an account votes.
    pub struct Delegate {
        /// An account that is neither zero nor the delegator.
        pub account: Address,
    }
}

/// The token.
#[storage]
pub struct LnqToken {
    // slot 0: 16 + 4; the sum of all burns through time, since the supply was minted
    burned: Packed<Burned>,
    // slot 1: each 32, laid out in `account.rs`
    accounts: StorageMap<Key, Packed<Account>>,
    // slot 2: each 32; the largest number stands for an allowance without end
    allowances: StorageMap<Key, StorageMap<Key, StorageU256>>,
    // slot 3: each 20; counts only while the account's delegation is `Another`, and is not cleared when it no longer is
    delegates: StorageMap<Key, Packed<Delegate>>,
    // slot 4: each 16 + 16; past votes by account and half the number of the entry, past burns under zero
    history: StorageMap<Key, StorageMap<Key, Packed<Pair>>>,
    // slot 5: each 32; signatures used after the 255 that the account itself counts
    nonces: StorageMap<Key, StorageU256>,
}

impl LnqToken {
    /// The present second, as checkpoints have it.
    pub(crate) fn now(&self) -> u64 {
        self.vm().block_timestamp().min(LAST_SECOND)
    }

    #[inline(never)]
    pub(crate) fn account(&self, holder: Address) -> Account {
        self.accounts.getter(holder.into()).get()
    }

    #[inline(never)]
    pub(crate) fn set_account(&mut self, holder: Address, account: &Account) {
        self.accounts.setter(holder.into()).set(account);
    }

    #[inline(never)]
    pub(crate) fn allowance_of(&self, owner: Address, spender: Address) -> U256 {
        self.allowances.getter(owner.into()).get(spender.into())
    }

    #[inline(never)]
    pub(crate) fn set_allowance(&mut self, owner: Address, spender: Address, value: U256) {
        self.allowances.setter(owner.into()).setter(spender.into()).set(value);
    }

    /// How many signatures of `holder` were used.
    #[inline(never)]
    pub(crate) fn nonce_of(&self, holder: Address, account: &Account) -> U256 {
        match account.nonce() {
            u8::MAX => U256::from(u8::MAX).saturating_add(self.nonces.get(holder.into())),
            nonce => U256::from(nonce),
        }
    }

    /// Counts one more signature of `holder`. The sum saturates, and nobody signs as often as that.
    #[inline(never)]
    pub(crate) fn use_nonce(&mut self, holder: Address, account: &mut Account) {
        if let Some(next) = account.nonce().checked_add(1) {
            account.set_nonce(next);
            self.set_account(holder, account);
        } else {
            let mut further = self.nonces.setter(holder.into());
            let count = further.get().saturating_add(U256::ONE);
            further.set(count);
        }
    }

    /// For whom `holder` votes, or zero.
    pub(crate) fn delegate_of(&self, holder: Address, delegation: Delegation) -> Address {
        match delegation {
            Delegation::Nobody => Address::ZERO,
            Delegation::Itself => holder,
            Delegation::Another => self.delegates.getter(holder.into()).get().account,
        }
    }

    /// Lets `holder` vote for `delegate`, or for nobody where it is zero.
    #[inline(never)]
    pub(crate) fn set_delegate(&mut self, holder: Address, account: &mut Account, delegate: Address) {
        let delegation = match delegate {
            Address::ZERO => Delegation::Nobody,
            _ if delegate == holder => Delegation::Itself,
            _ => Delegation::Another,
        };
        account.set_delegation(delegation);
        self.set_account(holder, account);
        if delegation == Delegation::Another {
            self.delegates.setter(holder.into()).set(&Delegate { account: delegate });
        }
    }

    pub(crate) fn burned_so_far(&self) -> Trail {
        self.burned.get().0
    }

    /// Counts `amount` as burned in this second. The sum of all burns is at most the supply, so that clipping never happens.
    pub(crate) fn count_burned(&mut self, amount: Amount) {
        let mut trail = self.burned_so_far();
        let total = trail.latest.amount.plus_clipped(amount);
        let ended = trail.change(self.now(), total);
        self.burned.set(&Burned(trail));
        if let Some((entry, checkpoint)) = ended {
            self.remember(Address::ZERO, entry, checkpoint);
        }
    }

    /// Puts a checkpoint that ended into the history of `owner`.
    #[inline(never)]
    pub(crate) fn remember(&mut self, owner: Address, entry: u32, checkpoint: Checkpoint) {
        let mut history = self.history.setter(owner.into());
        let mut cell = history.setter(word_of(entry));
        let mut pair = cell.get();
        pair.set(entry, checkpoint);
        cell.set(&pair);
    }

    /// Entry `entry` of the history of `owner`.
    #[inline(never)]
    pub(crate) fn remembered(&self, owner: Address, entry: u32) -> Checkpoint {
        self.history.getter(owner.into()).getter(word_of(entry)).get().get(entry)
    }

    /// The last checkpoint of `trail` that began at `second` or before; none if all began later.
    ///
    /// Halves what is left at each step: 30 steps for the longest history there can be.
    #[inline(never)]
    pub(crate) fn checkpoint_at(&self, owner: Address, trail: &Trail, second: u64) -> Option<Checkpoint> {
        if trail.latest.since <= second {
            return Some(trail.latest);
        }
        let (mut first, mut end) = (0_u32, trail.older);
        // Entries before `first` began in time, those from `end` on too late.
        while first < end {
            let middle = first.midpoint(end);
            if self.remembered(owner, middle).since <= second {
                first = middle.saturating_add(1);
            } else {
                end = middle;
            }
        }
        first.checked_sub(1).map(|entry| self.remembered(owner, entry))
    }

    /// Nobody could ever move what these two hold.
    pub(crate) fn require_receiver(&self, to: Address) -> Result<(), ERC20InvalidReceiver> {
        if to.is_zero() || to == self.vm().contract_address() {
            return Err(ERC20InvalidReceiver { receiver: to });
        }
        Ok(())
    }

    /// Takes `value` from `from`; returns it as an amount, and for whom it voted.
    pub(crate) fn debit(
        &mut self,
        from: Address,
        value: U256,
    ) -> Result<(Amount, Delegation), ERC20InsufficientBalance> {
        let mut cell = self.accounts.setter(from.into());
        let mut account = cell.get();
        let balance = account.balance();
        let moved = Amount::try_from(value).and_then(|amount| Ok((amount, balance.minus(amount)?)));
        let Ok((amount, rest)) = moved else {
            return Err(ERC20InsufficientBalance { sender: from, balance: balance.into(), needed: value });
        };
        account.set_balance(rest);
        cell.set(&account);
        Ok((amount, account.delegation()))
    }

    /// Gives `amount` to `to`, which must be read only after a debit of the same account was written; returns for whom it
    /// votes from now on.
    ///
    /// All balances together are at most the supply, so that the sum always fits and the error never arises.
    pub(crate) fn credit(&mut self, to: Address, amount: Amount) -> Result<Delegation, ERC20InvalidReceiver> {
        let mut cell = self.accounts.setter(to.into());
        let mut account = cell.get();
        let balance = account.balance().plus_clipped(amount);
        if balance > SUPPLY {
            return Err(ERC20InvalidReceiver { receiver: to });
        }
        account.set_balance(balance);
        cell.set(&account);
        Ok(account.delegation())
    }
}

/// Where entry `entry` lies in a history: two share a word.
fn word_of(entry: u32) -> Key {
    (entry >> 1).into()
}

/// The sum of `amounts`, or nothing if it leaves the range of a word.
pub(crate) fn total(amounts: &[U256]) -> Option<U256> {
    amounts.iter().try_fold(U256::ZERO, |sum, amount| sum.checked_add(*amount))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

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
