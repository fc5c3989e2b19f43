//! LNQ, one file for each function.

mod allowance;
mod approve;
mod burn;
mod burn_from;
mod checkpoints;
mod clock;
mod constructor;
mod delegate;
mod delegate_by_sig;
mod domain;
mod interfaces;
mod layout;
mod metadata;
mod past;
mod permit;
mod permit_by_signature;
mod plain;
mod reference;
mod transfer;
mod transfer_from;

use alloy::hex;

use crate::prelude::*;

/// LNQ in existence and LNQ burned so far.
fn supply(world: &World) -> (u128, u128) {
    let token = world.suite.token;
    let total: u128 = world.read(token, &ILnqToken::totalSupplyCall {}).to();
    let burned: u128 = world.read(token, &ILnqToken::totalBurnedCall {}).to();
    (total, burned)
}

/// What `spender` may still take from `owner`.
fn allowance(world: &World, owner: Address, spender: Address) -> U256 {
    world.read(world.suite.token, &ILnqToken::allowanceCall { owner, spender })
}

/// Lets `spender` take `value` from `owner`.
fn approve(world: &mut World, owner: Address, spender: Address, value: U256) {
    world.token(owner, &ILnqToken::approveCall { spender, value }).expect("approval");
}

/// The event of a move.
fn moved(world: &World, from: Address, to: Address, value: u128) -> Emitted {
    emitted(world.suite.token, &ILnqToken::Transfer { from, to, value: U256::from(value) })
}

/// Votes of `account` now.
fn votes(world: &World, account: Address) -> u128 {
    world.read(world.suite.token, &ILnqToken::getVotesCall { account }).to()
}

/// Lets `delegatee` vote for `from`.
fn delegate(world: &mut World, from: Address, delegatee: Address) -> Sent<ILnqToken::delegateReturn> {
    world.token(from, &ILnqToken::delegateCall { delegatee }).expect("delegation")
}

/// Moves `value` from `from` to `to`.
fn transfer(world: &mut World, from: Address, to: Address, value: u128) -> Sent<bool> {
    world.token(from, &ILnqToken::transferCall { to, value: U256::from(value) }).expect("transfer")
}

/// Moves on to the next second and returns it.
fn next_second(world: &mut World) -> u64 {
    let second = world.now() + 1;
    world.at(second);
    second
}

/// The event of changed votes.
fn voted(world: &World, delegate: Address, before: u128, after: u128) -> Emitted {
    let (previous, new) = (U256::from(before), U256::from(after));
    emitted(world.suite.token, &ILnqToken::DelegateVotesChanged { delegate, previousVotes: previous, newVotes: new })
}

/// The event of a changed delegate.
fn redelegated(world: &World, delegator: Address, from: Address, to: Address) -> Emitted {
    emitted(world.suite.token, &ILnqToken::DelegateChanged { delegator, fromDelegate: from, toDelegate: to })
}

/// Where the value of `key` lies in the mapping at `slot`.
fn place(key: B256, slot: B256) -> B256 {
    keccak256([key, slot].concat())
}

/// A contract that knows every signature, or none of what it is asked.
fn contract_account(world: &mut World, agrees: bool) -> Address {
    let answer = if agrees { "1626ba7e" } else { "ffffffff" };
    let mut word = hex::decode(answer).expect("hex");
    word.resize(32, 0);
    world.place(&Stub::Returns(word))
}
