//! What the token logs: three or four topics and words, laid out on the stack.

use alloy_primitives::{Address, U256};
use alloy_sol_types::SolEvent;
use linq_abi::ILnqToken;
use linq_common::Amount;
use stylus_sdk::prelude::*;

use crate::{
    LnqToken,
    spelled::{Word, spelled},
};

impl LnqToken {
    /// `Transfer`.
    pub(crate) fn log_transfer(&self, from: Address, to: Address, value: U256) {
        self.log_three(spelled!(ILnqToken::Transfer::SIGNATURE_HASH.0), from, to, value.to_be_bytes());
    }

    /// `Approval`.
    pub(crate) fn log_approval(&self, owner: Address, spender: Address, value: U256) {
        self.log_three(spelled!(ILnqToken::Approval::SIGNATURE_HASH.0), owner, spender, value.to_be_bytes());
    }

    /// `DelegateChanged`.
    pub(crate) fn log_delegate_changed(&self, delegator: Address, from: Address, to: Address) {
        let topic = spelled!(ILnqToken::DelegateChanged::SIGNATURE_HASH.0);
        let words = [topic, word(delegator), word(from), word(to)];
        self.vm().emit_log(words.as_flattened(), 4);
    }

    /// `DelegateVotesChanged`.
    pub(crate) fn log_votes_changed(&self, delegate: Address, before: Amount, after: Amount) {
        let topic = spelled!(ILnqToken::DelegateVotesChanged::SIGNATURE_HASH.0);
        let [before, after]: [U256; 2] = [before.into(), after.into()];
        let words = [topic, word(delegate), before.to_be_bytes(), after.to_be_bytes()];
        self.vm().emit_log(words.as_flattened(), 2);
    }

    /// A topic and two indexed accounts, with one word of data.
    #[inline(never)]
    fn log_three(&self, topic: Word, first: Address, second: Address, value: Word) {
        self.vm().emit_log([topic, word(first), word(second), value].as_flattened(), 3);
    }
}

fn word(account: Address) -> Word {
    account.into_word().0
}
