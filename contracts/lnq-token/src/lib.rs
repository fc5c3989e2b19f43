//! LNQ, the token of the marketplace: ERC-20 with ERC-2612 permits, ERC-5805 votes, burning, and nothing else.
//!
//! 1,000,000,000 LNQ are minted once, by the constructor. There is no minter, owner, pause, hook or fee afterwards, so
//! the supply can only fall. Every contract of the suite relies on exactly that: a transfer moves what it says or
//! reverts, and calls nobody. (Contracts are asked, by static call, for nothing but their own signatures.)
//!
//! It trusts nobody. Should the signature precompile accept what it must not, allowances and delegates of the signers
//! named could be set; balances move by their holders and their spenders alone.
//!
//! - [`Erc20`]: balances, transfers, allowances.
//! - [`Burnable`]: burning, and the count of what was burned.
//! - [`Permit`]: allowances by signature, and the domain they are signed for.
//! - [`Votes`]: delegates, votes and what they were at any past second.
//! - [`Erc165`]: which interfaces there are.
#![cfg_attr(not(feature = "export-abi"), no_std)]
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test that overflows fails")
)]

extern crate alloc;

mod account;
mod burn;
mod calldata;
mod entry;
mod erc20;
mod errors;
mod events;
mod interfaces;
mod permit;
mod signature;
mod spelled;
mod state;
mod votes;

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::{Address, U256};
use linq_abi::ILnqToken::{ERC20InvalidReceiver, LnqBadAllocation, LnqBadHolders};
use linq_common::Amount;
use stylus_sdk::prelude::*;

pub use crate::{
    burn::Burnable, entry::Program, erc20::Erc20, errors::TokenError, interfaces::Erc165, permit::Permit,
    state::LnqToken, votes::Votes,
};

// What the SDK's macros name where they export the interface.
#[cfg(feature = "export-abi")]
use crate::{
    burn::BurnableStylusAbiStruct, erc20::Erc20StylusAbiStruct, interfaces::Erc165StylusAbiStruct,
    permit::PermitStylusAbiStruct, votes::VotesStylusAbiStruct,
};

/// What the constructor mints, and the most there ever is.
pub const SUPPLY: Amount = Amount::from_lnq(1_000_000_000);

/// The most holders that the constructor serves.
pub const MAX_HOLDERS: usize = 64;

#[public]
#[implements(Erc20, Burnable, Permit, Votes, Erc165)]
impl LnqToken {
    /// Mints the whole supply, `amounts[i]` to `holders[i]`.
    ///
    /// Who:   whoever deploys; the SDK runs it once.
    /// Needs: as many amounts as holders, at most [`MAX_HOLDERS`], adding up to [`SUPPLY`].
    /// Does:  credits each holder; one that is named twice gets both. Nobody votes yet.
    /// Emits: `Transfer` from zero for each.
    /// Fails: `LnqBadHolders`, `LnqBadAllocation`, `ERC20InvalidReceiver`.
    /// Units: LNQ base units.
    #[constructor]
    pub fn constructor(&mut self, holders: Vec<Address>, amounts: Vec<U256>) -> Result<(), TokenError> {
        if holders.len() != amounts.len() || holders.len() > MAX_HOLDERS {
            let (holders, amounts) = (U256::from(holders.len()), U256::from(amounts.len()));
            return Err(LnqBadHolders { holders, amounts }.into());
        }
        let given = state::total(&amounts).unwrap_or(U256::MAX);
        let supply = U256::from(SUPPLY.units());
        if given != supply {
            return Err(LnqBadAllocation { given, supply }.into());
        }
        // Nothing is burned, and that since now: before this second there was no supply.
        self.count_burned(Amount::ZERO);
        for (to, value) in holders.into_iter().zip(amounts) {
            self.require_receiver(to)?;
            let amount = Amount::try_from(value).map_err(|_| ERC20InvalidReceiver { receiver: to })?;
            self.credit(to, amount)?;
            self.log_transfer(Address::ZERO, to, value);
        }
        Ok(())
    }
}
