//! How an account, and the past of an amount, lie in storage words.
//!
//! An account is one word, from the low end up as Solidity would pack it:
//!
//! | bits | field | why it fits |
//! |---|---|---|
//! | 0…89 | balance | all balances together are the supply, at most 10^27 < 2^90 |
//! | 90…97 | nonce | counts to 255 and stays; what is above lies in a word of its own |
//! | 98…127 | older checkpoints | one a second at most, so that 2^30 of them take 34 years; see [`Trail::change`] |
//! | 128…217 | votes | a unit votes once, so that no votes exceed the supply |
//! | 218…253 | second since which the votes are what they are | below 2^36 until the year 4147 |
//! | 254…255 | delegation | three values |
//!
//! A transfer therefore writes two words, even if both sides vote, as long as their latest checkpoint is of this very
//! second. Otherwise the checkpoint that ends moves into the account's history, where two share a word: its bits 0…125 and
//! 128…253 are laid out as bits 128…253 above.

use alloy_primitives::B256;
use linq_common::{Amount, Word};

use crate::SUPPLY;

const AMOUNT_BITS: u32 = 90;
const NONCE_BITS: u32 = 8;
const OLDER_BITS: u32 = 30;
const SINCE_BITS: u32 = 36;

const NONCE_SHIFT: u32 = AMOUNT_BITS;
const OLDER_SHIFT: u32 = AMOUNT_BITS + NONCE_BITS;
const SINCE_SHIFT: u32 = AMOUNT_BITS;
const DELEGATION_SHIFT: u32 = AMOUNT_BITS + SINCE_BITS;

const AMOUNT_MASK: u128 = low_bits(AMOUNT_BITS);
const OLDER_MASK: u128 = low_bits(OLDER_BITS);
const SINCE_MASK: u128 = low_bits(SINCE_BITS);
const CHECKPOINT_MASK: u128 = low_bits(DELEGATION_SHIFT);

const _: () = assert!(SUPPLY.units() <= AMOUNT_MASK, "an amount has its bits");
const _: () = assert!(OLDER_SHIFT + OLDER_BITS == 128 && DELEGATION_SHIFT + 2 == 128, "the halves are full");

/// The last second that can be told from the next.
pub const LAST_SECOND: u64 = (1 << SINCE_BITS) - 1;

/// The most checkpoints that a history holds.
pub const MAX_OLDER: u32 = (1 << OLDER_BITS) - 1;

const fn low_bits(bits: u32) -> u128 {
    u128::MAX.unbounded_shr(128_u32.saturating_sub(bits))
}

/// An amount, and the second since which it is what it is; second zero stands for never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Checkpoint {
    /// Unix time, at most [`LAST_SECOND`].
    pub since: u64,
    /// At most the supply.
    pub amount: Amount,
}

impl Checkpoint {
    #[expect(clippy::as_conversions, reason = "36 bits")]
    fn from_bits(bits: u128) -> Self {
        let since = bits.unbounded_shr(SINCE_SHIFT) & SINCE_MASK;
        Self { since: since as u64, amount: Amount::new_clipped(bits & AMOUNT_MASK) }
    }

    fn to_bits(self) -> u128 {
        self.amount.units() | u128::from(self.since).unbounded_shl(SINCE_SHIFT)
    }
}

/// An amount through time: its latest checkpoint, and how many older ones lie in its history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Trail {
    /// What it is.
    pub latest: Checkpoint,
    /// How many checkpoints the history holds.
    pub older: u32,
}

impl Trail {
    /// Makes the amount `amount` as of second `now`; returns what the history has to take up, and as which entry.
    ///
    /// Changes of one second share a checkpoint. The one that a history of [`MAX_OLDER`] entries cannot take is lost; that
    /// takes a change in every second of 34 years.
    pub fn change(&mut self, now: u64, amount: Amount) -> Option<(u32, Checkpoint)> {
        let before = self.latest;
        self.latest = Checkpoint { since: now, amount };
        let ended = before.since != 0 && before.since < now;
        if !ended || self.older >= MAX_OLDER {
            return None;
        }
        let entry = self.older;
        self.older = entry.saturating_add(1);
        Some((entry, before))
    }

    /// How many checkpoints there are, the latest included.
    pub fn length(&self) -> u32 {
        if self.latest.since == 0 { 0 } else { self.older.saturating_add(1) }
    }
}

/// For whom the units of an account vote.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Delegation {
    /// For nobody.
    #[default]
    Nobody,
    /// For the account itself.
    Itself,
    /// For the account that its entry of the delegates names.
    Another,
}

/// One holder, as the two halves of its word: a transfer reads and writes little of either.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Account {
    low: u128,
    high: u128,
}

impl Account {
    /// What it holds.
    pub fn balance(&self) -> Amount {
        Amount::new_clipped(self.low & AMOUNT_MASK)
    }

    /// Changes what it holds, which is at most the supply.
    pub fn set_balance(&mut self, balance: Amount) {
        self.low = (self.low & !AMOUNT_MASK) | balance.units();
    }

    /// How many of its signatures were used, up to 255.
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "the low eight bits are meant")]
    pub fn nonce(&self) -> u8 {
        self.low.unbounded_shr(NONCE_SHIFT) as u8
    }

    /// Changes how many of its signatures were used.
    pub fn set_nonce(&mut self, nonce: u8) {
        let mask = u128::from(u8::MAX).unbounded_shl(NONCE_SHIFT);
        self.low = (self.low & !mask) | u128::from(nonce).unbounded_shl(NONCE_SHIFT);
    }

    /// The votes it has.
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "30 bits")]
    pub fn votes(&self) -> Trail {
        Trail { latest: Checkpoint::from_bits(self.high), older: self.low.unbounded_shr(OLDER_SHIFT) as u32 }
    }

    /// Changes the votes it has.
    pub fn set_votes(&mut self, votes: &Trail) {
        self.low =
            (self.low & low_bits(OLDER_SHIFT)) | (u128::from(votes.older) & OLDER_MASK).unbounded_shl(OLDER_SHIFT);
        self.high = (self.high & !CHECKPOINT_MASK) | votes.latest.to_bits();
    }

    /// For whom its units vote.
    pub fn delegation(&self) -> Delegation {
        match self.high.unbounded_shr(DELEGATION_SHIFT) {
            0 => Delegation::Nobody,
            1 => Delegation::Itself,
            _ => Delegation::Another,
        }
    }

    /// Changes for whom its units vote.
    pub fn set_delegation(&mut self, delegation: Delegation) {
        let number: u128 = match delegation {
            Delegation::Nobody => 0,
            Delegation::Itself => 1,
            Delegation::Another => 2,
        };
        self.high = (self.high & CHECKPOINT_MASK) | number.unbounded_shl(DELEGATION_SHIFT);
    }
}

impl Word for Account {
    fn from_word(word: &B256) -> Self {
        let (high, low) = halves(word);
        Self { low, high }
    }

    fn to_word(&self) -> B256 {
        joined(self.high, self.low)
    }
}

/// What was burned, through time: its latest checkpoint in the upper half, how many older ones there are in the lower.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Burned(pub Trail);

impl Word for Burned {
    #[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "it was stored from 32 bits")]
    fn from_word(word: &B256) -> Self {
        let (high, low) = halves(word);
        Self(Trail { latest: Checkpoint::from_bits(high), older: low as u32 })
    }

    fn to_word(&self) -> B256 {
        joined(self.0.latest.to_bits(), self.0.older.into())
    }
}

/// Two entries of a history, the earlier in the lower half.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    /// The entry with an even number.
    pub even: Checkpoint,
    /// The entry after it.
    pub odd: Checkpoint,
}

impl Pair {
    /// The one of the two that is entry `number`.
    pub fn get(&self, number: u32) -> Checkpoint {
        if number & 1 == 0 { self.even } else { self.odd }
    }

    /// Replaces the one of the two that is entry `number`.
    pub fn set(&mut self, number: u32, checkpoint: Checkpoint) {
        if number & 1 == 0 {
            self.even = checkpoint;
        } else {
            self.odd = checkpoint;
        }
    }
}

impl Word for Pair {
    fn from_word(word: &B256) -> Self {
        let (high, low) = halves(word);
        Self { even: Checkpoint::from_bits(low), odd: Checkpoint::from_bits(high) }
    }

    fn to_word(&self) -> B256 {
        joined(self.odd.to_bits(), self.even.to_bits())
    }
}

/// The upper and the lower half of a word.
#[inline(never)]
fn halves(word: &B256) -> (u128, u128) {
    match word.as_chunks::<16>().0 {
        [high, low] => (u128::from_be_bytes(*high), u128::from_be_bytes(*low)),
        // A word has two halves.
        _ => (0, 0),
    }
}

/// The word of two halves.
#[inline(never)]
fn joined(high: u128, low: u128) -> B256 {
    let mut word = B256::ZERO;
    if let [upper, lower] = word.as_chunks_mut::<16>().0 {
        *upper = high.to_be_bytes();
        *lower = low.to_be_bytes();
    }
    word
}

#[cfg(test)]
mod tests {
    use alloc::vec::Vec;

    use alloy_primitives::U256;
    use proptest::prelude::*;

    use super::*;

    fn amount() -> impl Strategy<Value = Amount> {
        prop_oneof![Just(Amount::ZERO), Just(SUPPLY), (0..=SUPPLY.units()).prop_map(Amount::new_clipped)]
    }

    fn checkpoint() -> impl Strategy<Value = Checkpoint> {
        let since = prop_oneof![Just(0), Just(LAST_SECOND), 0..=LAST_SECOND];
        (since, amount()).prop_map(|(since, amount)| Checkpoint { since, amount })
    }

    fn trail() -> impl Strategy<Value = Trail> {
        let older = prop_oneof![Just(0), Just(MAX_OLDER), 0..=MAX_OLDER];
        (checkpoint(), older).prop_map(|(latest, older)| Trail { latest, older })
    }

    fn delegation() -> impl Strategy<Value = Delegation> {
        prop_oneof![Just(Delegation::Nobody), Just(Delegation::Itself), Just(Delegation::Another)]
    }

    /// Whatever an account can be, by way of any other.
    fn account() -> impl Strategy<Value = (Account, Amount, u8, Trail, Delegation)> {
        (any::<[u8; 32]>(), amount(), any::<u8>(), trail(), delegation()).prop_map(
            |(before, balance, nonce, votes, delegation)| {
                let mut account = Account::from_word(&before.into());
                account.set_delegation(delegation);
                account.set_votes(&votes);
                account.set_nonce(nonce);
                account.set_balance(balance);
                (account, balance, nonce, votes, delegation)
            },
        )
    }

    proptest! {
        #[test]
        fn every_field_of_an_account_is_kept_and_leaves_the_others((account, balance, nonce, votes, delegation) in account()) {
            let account = Account::from_word(&account.to_word());
            prop_assert_eq!(account.balance(), balance);
            prop_assert_eq!(account.nonce(), nonce);
            prop_assert_eq!(account.votes(), votes);
            prop_assert_eq!(account.delegation(), delegation);
        }

        #[test]
        fn an_account_lies_as_its_table_says((account, balance, nonce, votes, delegation) in account()) {
            let delegation = match delegation {
                Delegation::Nobody => 0,
                Delegation::Itself => 1,
                Delegation::Another => 2,
            };
            let word = U256::from(balance.units())
                | (U256::from(nonce) << 90)
                | (U256::from(votes.older) << 98)
                | (U256::from(votes.latest.amount.units()) << 128)
                | (U256::from(votes.latest.since) << 218)
                | (U256::from(delegation) << 254);
            prop_assert_eq!(account.to_word(), B256::from(word));
        }

        #[test]
        fn what_was_burned_comes_back_whole(trail in trail()) {
            prop_assert_eq!(Burned::from_word(&Burned(trail).to_word()), Burned(trail));
        }

        #[test]
        fn a_pair_comes_back_whole(even in checkpoint(), odd in checkpoint(), number: u32) {
            let mut pair = Pair::default();
            pair.set(number & !1, even);
            pair.set(number | 1, odd);
            let pair = Pair::from_word(&pair.to_word());
            prop_assert_eq!((pair.get(number & !1), pair.get(number | 1)), (even, odd));
        }

        /// The model is a list of every checkpoint.
        #[test]
        fn a_trail_keeps_every_second_that_ended(changes in proptest::collection::vec((0..3u64, amount()), 0..40)) {
            let (mut trail, mut history, mut all) = (Trail::default(), Vec::new(), Vec::<Checkpoint>::new());
            let mut now = 1;
            for (passed, amount) in changes {
                now += passed;
                if let Some((entry, ended)) = trail.change(now, amount) {
                    prop_assert_eq!(usize::try_from(entry).ok(), Some(history.len()));
                    history.push(ended);
                }
                if all.last().is_some_and(|last| last.since == now) {
                    all.pop();
                }
                all.push(Checkpoint { since: now, amount });
                prop_assert_eq!(usize::try_from(trail.length()).ok(), Some(all.len()));
                let known: Vec<Checkpoint> = history.iter().copied().chain([trail.latest]).collect();
                prop_assert_eq!(&known, &all);
            }
        }
    }

    #[test]
    fn a_trail_that_never_began_is_empty() {
        assert_eq!(Trail::default().length(), 0);
    }

    #[test]
    fn a_full_history_takes_up_no_more() {
        let latest = Checkpoint { since: 7, amount: Amount::LNQ };
        let mut trail = Trail { latest, older: MAX_OLDER - 1 };
        assert_eq!(trail.change(8, Amount::ZERO), Some((MAX_OLDER - 1, latest)));
        assert_eq!(trail.change(9, Amount::LNQ), None);
        assert_eq!(trail, Trail { latest: Checkpoint { since: 9, amount: Amount::LNQ }, older: MAX_OLDER });
    }
}
