//! What the jurors store: every word and what it packs.
//!
//! | slot | holds |
//! |---|---|
//! | 0 | deployer |
//! | 1 | [`Settings`]: the one word that every new juror changes |
//! | 2 | court |
//! | 3 | guardian |
//! | 4 | [`Holder`] by number: who a juror is, and the stake that weighs |
//! | 5 | [`Account`] by address: which juror it is, and the stake that leaves |
//! | 6 | [`Node`] by level and place: the tree as it is |
//! | 7 | [`Node`] by level, place and version: the tree as it was |

// The SDK's macros name `vec!` and `Vec` without a path.
use alloc::{vec, vec::Vec};

use alloy_primitives::{Address, B256};
use linq_common::{Amount, Field, Key, Packed, Timestamp, Word, packed};
use stylus_sdk::{prelude::*, storage::StorageMap};

use crate::tree::{CHILDREN, Node, Nodes, Place};

packed! {
    /// What holds for all jurors, and how many there are. (20 + 4 + 4 + 2 + 1)
    pub struct Settings {
        /// LNQ.
        pub token: Address,
        /// Numbers given out: 1 to this.
        pub jurors: u32,
        /// How long stake waits between leaving and being withdrawn.
        pub unstake_secs: u32,
        /// The UTC day of the last pause; 0 without one.
        pub paused_day: u16,
        /// Whether the court is named.
        pub wired: bool,
    }

    /// What is reached by the number of a juror: all that a draw and most penalties need. (20 + 12)
    pub struct Holder {
        /// Who it is; zero for a number that was not given out.
        pub account: Address,
        /// Stake that weighs.
        pub active: Amount,
    }

    /// What is reached by the address of a juror. (4 + 12 + 5)
    pub struct Account {
        /// Its number; 0 for somebody who never staked.
        pub juror: u32,
        /// Stake on its way out.
        pub leaving: Amount,
        /// When all of it has waited; "never" while nothing leaves.
        pub leaving_end: Timestamp,
    }
}

/// The jurors.
#[storage]
#[entrypoint]
pub struct Jurors {
    // slot 0: 20
    pub(crate) deployer: Packed<Address>,
    // slot 1: 20 + 4 + 4 + 2 + 1
    pub(crate) settings: Packed<Settings>,
    // slot 2: 20; zero until it is wired
    pub(crate) court: Packed<Address>,
    // slot 3: 20
    pub(crate) guardian: Packed<Address>,
    // slot 4: each 20 + 12
    pub(crate) holders: StorageMap<Key, Packed<Holder>>,
    // slot 5: each 4 + 12 + 5
    pub(crate) accounts: StorageMap<Key, Packed<Account>>,
    // slot 6: each 2 + 2 + 7 · 4, under level (from bit 32 on) and place (uint32)
    nodes: StorageMap<Key, Packed<Node>>,
    // slot 7: the same, with the version from bit 40 on
    history: StorageMap<Key, Packed<Node>>,
}

impl Jurors {
    /// The present second.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::new_clipped(self.vm().block_timestamp())
    }
}

/// Solidity's `struct { uint16 day; uint16 versions; uint32[7] sums; }`, but for the array, which goes on in the same word:
/// from the low end day 16, versions 16, sums 32 each, the first child's lowest.
impl Word for Node {
    fn from_word(word: &B256) -> Self {
        let mut sums = [0; CHILDREN];
        for (sum, end) in sums.iter_mut().zip(SUM_ENDS) {
            *sum = u32::load(word, end);
        }
        Self { day: u16::load(word, 32), versions: u16::load(word, 30), sums }
    }

    fn to_word(&self) -> B256 {
        let mut word = B256::ZERO;
        self.day.store(&mut word, 32);
        self.versions.store(&mut word, 30);
        for (sum, end) in self.sums.into_iter().zip(SUM_ENDS) {
            sum.store(&mut word, end);
        }
        word
    }
}

/// Where the sum of each child ends in the word of a node.
const SUM_ENDS: [usize; CHILDREN] = [28, 24, 20, 16, 12, 8, 4];

impl Nodes for Jurors {
    fn node(&self, place: Place) -> Node {
        self.nodes.getter(key(place, 0)).get()
    }

    fn set_node(&mut self, place: Place, node: &Node) {
        self.nodes.setter(key(place, 0)).set(node);
    }

    fn old(&self, place: Place, version: u16) -> Node {
        self.history.getter(key(place, version)).get()
    }

    fn set_old(&mut self, place: Place, version: u16, node: &Node) {
        self.history.setter(key(place, version)).set(node);
    }
}

fn key(place: Place, version: u16) -> Key {
    ((u64::from(version) << 40) | (u64::from(place.level) << 32) | u64::from(place.index)).into()
}

#[cfg(test)]
mod tests {
    use alloy_primitives::U256;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_node_comes_back_whole(day: u16, versions: u16, sums: [u32; CHILDREN]) {
            let node = Node { day, versions, sums };
            prop_assert_eq!(Node::from_word(&node.to_word()), node);
        }

        #[test]
        fn an_account_comes_back_whole(juror: u32, leaving in 0..=Amount::MAX.units(), end in 0..1u64 << 40) {
            let leaving_end = Timestamp::new_clipped(end);
            let account = Account { juror, leaving: Amount::new_clipped(leaving), leaving_end };
            prop_assert_eq!(Account::from_word(&account.to_word()), account);
        }
    }

    #[test]
    fn a_node_lies_as_documented() {
        let node = Node { day: 0x0102, versions: 0x0304, sums: [1, 2, 3, 4, 5, 6, 0x0a0b_0c0d] };
        let sums = (0..7).map(|child| U256::from(node.sums[child]) << (32 + 32 * child));
        let expected = U256::from(0x0304_0102) | sums.fold(U256::ZERO, |word, sum| word | sum);
        assert_eq!(node.to_word(), B256::from(expected));
    }

    #[test]
    fn no_two_nodes_share_a_key() {
        let place = |level, index| Place { level, index };
        let keys = [
            key(place(0, 0), 0),
            key(place(1, 0), 0),
            key(place(0, u32::MAX), 0),
            key(place(255, u32::MAX), 0),
            key(place(0, 0), 1),
            key(place(255, u32::MAX), u16::MAX),
        ];
        for (number, key) in keys.iter().enumerate() {
            assert!(!keys[..number].contains(key), "{number}");
        }
    }
}
