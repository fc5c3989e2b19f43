//! Votes: whom an account lets vote with its units, and how many votes there were at any time.

// The SDK's macros name `Vec` without a path.
use alloc::{string::String, vec::Vec};

use alloy_primitives::{
    Address, B256, U256,
    aliases::{U48, U208},
};
use linq_abi::ILnqToken::{
    ERC5805FutureLookup, InvalidAccountNonce, VotesExpiredSignature, VotesInvalidSigner, VotesNoCheckpoint,
};
use linq_common::Amount;
use stylus_sdk::{abi::Bytes, prelude::*};

use crate::{
    LnqToken, SUPPLY, TokenError,
    account::{Checkpoint, Trail},
    signature::{self, Signature},
};

/// ERC-5805 on the clock of ERC-6372, as OpenZeppelin's `ERC20Votes` has it.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Votes {
    /// The present second: `block.timestamp`.
    fn clock(&self) -> U48;

    /// `mode=timestamp`: time is counted in seconds.
    #[selector(name = "CLOCK_MODE")]
    fn clock_mode(&self) -> String;

    /// The votes that `account` has now: the balances of all who delegate to it.
    fn get_votes(&self, account: Address) -> U256;

    /// The votes that `account` had at the end of second `timepoint`.
    ///
    /// Fails: `ERC5805FutureLookup` unless that second has passed.
    fn get_past_votes(&self, account: Address, timepoint: U256) -> Result<U256, TokenError>;

    /// The supply at the end of second `timepoint`, delegated or not.
    ///
    /// Fails: `ERC5805FutureLookup` unless that second has passed.
    fn get_past_total_supply(&self, timepoint: U256) -> Result<U256, TokenError>;

    /// For whom the units of `account` vote, or zero.
    fn delegates(&self, account: Address) -> Address;

    /// Lets `delegatee` vote with what the caller holds now and later.
    ///
    /// Who:   anyone, with their own.
    /// Needs: nothing.
    /// Does:  moves the votes; zero takes them back.
    /// Emits: `DelegateChanged`; `DelegateVotesChanged` for who loses votes and for who gains them.
    /// Note:  one step only: who delegates to somebody that delegates further does not pass votes on.
    fn delegate(&mut self, delegatee: Address);

    /// As [`Votes::delegate`] in the name of whoever signed.
    ///
    /// Who:   anyone who brings the signature.
    /// Needs: the signer's next nonce signed over, with `s` in the lower half, for this chain and this token.
    /// Does:  uses up the nonce, then as [`Votes::delegate`].
    /// Emits: as [`Votes::delegate`].
    /// Fails: `VotesExpiredSignature`; `ECDSAInvalidSignatureS`, `ECDSAInvalidSignature`; `InvalidAccountNonce`.
    /// Units: unix seconds.
    /// Note:  valid up to and at `expiry`. Nonces are those of permits.
    fn delegate_by_sig(
        &mut self,
        delegatee: Address,
        nonce: U256,
        expiry: U256,
        v: u8,
        r: B256,
        s: B256,
    ) -> Result<(), TokenError>;

    /// As [`Votes::delegate`] in the name of `delegator`, which may be a contract that knows its signatures by ERC-1271.
    ///
    /// Who:   anyone who brings the signature.
    /// Needs: `delegator`'s next nonce signed over, for this chain and this token.
    /// Does:  uses up the nonce, then as [`Votes::delegate`].
    /// Emits: as [`Votes::delegate`].
    /// Fails: `VotesExpiredSignature`; `InvalidAccountNonce`; `ECDSAInvalidSignatureLength`, `ECDSAInvalidSignatureS`,
    ///        `ECDSAInvalidSignature`; `VotesInvalidSigner`, with signer zero where a contract does not know it.
    /// Units: unix seconds.
    #[selector(name = "delegateBySig")]
    fn delegate_by_signature(
        &mut self,
        delegator: Address,
        delegatee: Address,
        nonce: U256,
        expiry: U256,
        signature: Bytes,
    ) -> Result<(), TokenError>;

    /// How many times the votes of `account` changed, changes of one second counted once.
    fn num_checkpoints(&self, account: Address) -> u32;

    /// Checkpoint `index` of `account`, counted from zero: since when, and how many votes.
    ///
    /// Fails: `VotesNoCheckpoint`.
    fn checkpoints(&self, account: Address, index: u32) -> Result<(U48, U208), TokenError>;
}

#[public]
impl Votes for LnqToken {
    fn clock(&self) -> U48 {
        U48::saturating_from(self.now())
    }

    #[selector(name = "CLOCK_MODE")]
    fn clock_mode(&self) -> String {
        "mode=timestamp".into()
    }

    fn get_votes(&self, account: Address) -> U256 {
        self.account(account).votes().latest.amount.into()
    }

    fn get_past_votes(&self, account: Address, timepoint: U256) -> Result<U256, TokenError> {
        let second = self.require_past(timepoint)?;
        let votes = self.account(account).votes();
        let checkpoint = self.checkpoint_at(account, &votes, second);
        Ok(checkpoint.unwrap_or_default().amount.into())
    }

    fn get_past_total_supply(&self, timepoint: U256) -> Result<U256, TokenError> {
        let second = self.require_past(timepoint)?;
        let burned = self.burned_so_far();
        // Before the first checkpoint nothing was minted yet.
        let checkpoint = self.checkpoint_at(Address::ZERO, &burned, second);
        Ok(checkpoint.map_or(Amount::ZERO, |burned| SUPPLY.minus_clipped(burned.amount)).into())
    }

    fn delegates(&self, account: Address) -> Address {
        self.delegate_of(account, self.account(account).delegation())
    }

    fn delegate(&mut self, delegatee: Address) {
        self.redelegate(self.vm().msg_sender(), delegatee);
    }

    fn delegate_by_sig(
        &mut self,
        delegatee: Address,
        nonce: U256,
        expiry: U256,
        v: u8,
        r: B256,
        s: B256,
    ) -> Result<(), TokenError> {
        self.require_unexpired(expiry)?;
        let digest = self.delegation_digest(delegatee, nonce, expiry);
        let signer = self.recover(digest, &Signature { v, r, s })?;
        self.use_checked_nonce(signer, nonce)?;
        self.redelegate(signer, delegatee);
        Ok(())
    }

    #[selector(name = "delegateBySig")]
    fn delegate_by_signature(
        &mut self,
        delegator: Address,
        delegatee: Address,
        nonce: U256,
        expiry: U256,
        signature: Bytes,
    ) -> Result<(), TokenError> {
        self.delegate_signed(delegator, delegatee, nonce, expiry, &signature)
    }

    fn num_checkpoints(&self, account: Address) -> u32 {
        self.account(account).votes().length()
    }

    fn checkpoints(&self, account: Address, index: u32) -> Result<(U48, U208), TokenError> {
        let votes = self.account(account).votes();
        let length = votes.length();
        if index >= length {
            return Err(VotesNoCheckpoint { index: U256::from(index), length: U256::from(length) }.into());
        }
        let Checkpoint { since, amount } =
            if index < votes.older { self.remembered(account, index) } else { votes.latest };
        Ok((U48::saturating_from(since), U208::saturating_from(amount.units())))
    }
}

impl LnqToken {
    /// [`Votes::delegate_by_signature`] with the bytes where they lie.
    pub(crate) fn delegate_signed(
        &mut self,
        delegator: Address,
        delegatee: Address,
        nonce: U256,
        expiry: U256,
        signature: &[u8],
    ) -> Result<(), TokenError> {
        self.require_unexpired(expiry)?;
        self.use_checked_nonce(delegator, nonce)?;
        let digest = self.delegation_digest(delegatee, nonce, expiry);
        let signer = self.signer(delegator, digest, signature)?;
        if signer != delegator {
            return Err(VotesInvalidSigner { signer, delegator }.into());
        }
        self.redelegate(delegator, delegatee);
        Ok(())
    }

    /// Moves `amount` of votes from one delegate to another; zero stands for nobody, of whom no votes are kept.
    pub(crate) fn move_votes(&mut self, from: Address, to: Address, amount: Amount) {
        if from == to || amount.is_zero() {
            return;
        }
        // A delegate has the votes of every balance that is delegated to it, and all balances together are at most the
        // supply: neither clips.
        if !from.is_zero() {
            self.change_votes(from, |votes| votes.minus_clipped(amount));
        }
        if !to.is_zero() {
            self.change_votes(to, |votes| votes.plus_clipped(amount));
        }
    }

    #[inline(never)]
    fn change_votes(&mut self, delegate: Address, change: impl FnOnce(Amount) -> Amount) {
        let mut account = self.account(delegate);
        let mut votes: Trail = account.votes();
        let before = votes.latest.amount;
        let after = change(before);
        let ended = votes.change(self.now(), after);
        account.set_votes(&votes);
        self.set_account(delegate, &account);
        if let Some((entry, checkpoint)) = ended {
            self.remember(delegate, entry, checkpoint);
        }
        self.log_votes_changed(delegate, before, after);
    }

    #[inline(never)]
    fn redelegate(&mut self, delegator: Address, delegatee: Address) {
        let mut account = self.account(delegator);
        let before = self.delegate_of(delegator, account.delegation());
        self.set_delegate(delegator, &mut account, delegatee);
        self.log_delegate_changed(delegator, before, delegatee);
        self.move_votes(before, delegatee, account.balance());
    }

    fn require_past(&self, timepoint: U256) -> Result<u64, ERC5805FutureLookup> {
        let now = self.now();
        u64::try_from(timepoint)
            .ok()
            .filter(|second| *second < now)
            .ok_or(ERC5805FutureLookup { timepoint, clock: U48::saturating_from(now) })
    }

    fn require_unexpired(&self, expiry: U256) -> Result<(), VotesExpiredSignature> {
        if expiry < U256::from(self.vm().block_timestamp()) { Err(VotesExpiredSignature { expiry }) } else { Ok(()) }
    }

    fn use_checked_nonce(&mut self, holder: Address, nonce: U256) -> Result<(), InvalidAccountNonce> {
        let mut account = self.account(holder);
        let next = self.nonce_of(holder, &account);
        if nonce != next {
            return Err(InvalidAccountNonce { account: holder, currentNonce: next });
        }
        self.use_nonce(holder, &mut account);
        Ok(())
    }

    #[inline(never)]
    fn delegation_digest(&self, delegatee: Address, nonce: U256, expiry: U256) -> B256 {
        let words = signature::delegation_words(delegatee, nonce, expiry);
        self.typed_digest(self.vm().native_keccak256(words.as_flattened()))
    }
}
