//! What the escrow keeps.

use alloy_primitives::{Address, B256};
use linq_common::{Amount, Field, Packed, Word, packed};
use stylus_sdk::{prelude::*, storage::StorageMap};

/// Storage of the escrow.
#[entrypoint]
#[storage]
pub struct Escrow {
    // slot 0: 20
    pub(crate) deployer: Packed<Address>,
    // slot 1: 20
    pub(crate) treasury: Packed<Address>,
    // slot 2: 20 + 12
    pub(crate) locking: Packed<Locking>,
    // slot 3: 20 + 12
    pub(crate) earning: Packed<Earning>,
    // slot 4: by job id; a word is erased with its last slot
    pub(crate) rewards: StorageMap<B256, Packed<Reward>>,
}

packed! {
    /// Who locks and settles, beside what that changes: one word for each call of the jobs contract.
    pub struct Locking {
        /// The jobs contract; zero until it is wired.
        pub jobs: Address,
        /// Posted prices of unsettled slots.
        pub rewards: Amount,
    }

    /// The token, beside what is earned in it.
    pub struct Earning {
        /// LNQ.
        pub token: Address,
        /// Fees not yet swept.
        pub fees: Amount,
    }
}

/// Bits of a reward's word that count slots: 1 to 256.
const UNSETTLED_BITS: u32 = 9;
/// The same as a mask.
const UNSETTLED_MASK: u128 = (1 << UNSETTLED_BITS) - 1;

/// The most that one slot can be posted for: what 87 bits hold, about 154 million LNQ.
pub const MAX_PRICE: Amount = Amount::new_clipped((1 << (96 - UNSETTLED_BITS)) - 1);

/// What is locked for one job.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Reward {
    /// Who paid, and to whom returns what is not paid out.
    pub requester: Address,
    /// The posted price of one slot, at most [`MAX_PRICE`].
    pub price: Amount,
    /// Slots that are not settled yet; 0 means that nothing is locked.
    pub unsettled: u16,
}

/// From the high end: requester 160, price 87, unsettled slots 9.
impl Word for Reward {
    fn from_word(word: &B256) -> Self {
        let low = Amount::load(word, 32).units();
        Self {
            requester: Address::load(word, 20),
            price: Amount::new_clipped(low >> UNSETTLED_BITS),
            unsettled: u16::try_from(low & UNSETTLED_MASK).unwrap_or_default(),
        }
    }

    fn to_word(&self) -> B256 {
        let mut word = B256::ZERO;
        let low = (self.price.units() << UNSETTLED_BITS) | u128::from(self.unsettled);
        Amount::new_clipped(low).store(&mut word, 32);
        self.requester.store(&mut word, 20);
        word
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_reward_comes_back_whole(requester: [u8; 20], price in 0..=MAX_PRICE.units(), unsettled in 0..=256u16) {
            let reward = Reward {
                requester: Address::from(requester),
                price: Amount::new_clipped(price),
                unsettled,
            };
            prop_assert_eq!(Reward::from_word(&reward.to_word()), reward);
        }
    }

    #[test]
    fn a_reward_lies_as_documented() {
        let reward = Reward { requester: Address::repeat_byte(0x11), price: Amount::LNQ, unsettled: 256 };
        let expected =
            (U256::from_be_slice(&[0x11; 20]) << 96) | (U256::from(Amount::LNQ.units()) << 9) | U256::from(256);
        assert_eq!(reward.to_word(), B256::from(expected));
    }

    #[test]
    fn a_word_nobody_wrote_locks_nothing() {
        assert_eq!(Reward::from_word(&B256::ZERO), Reward::default());
    }
}
