//! LNQ, one file for each function.

mod allowance;
mod approve;
mod burn;
mod burn_from;
mod constructor;
mod domain;
mod metadata;
mod permit;
mod transfer;
mod transfer_from;

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
