//! Where calls come in.
//!
//! The SDK writes a router from the traits, and it is what the exported interface is made from. This one does the same by
//! hand: the general decoder brings so much text along for its messages that every call, a transfer too, pays 250 gas for
//! having it in memory.

use alloc::{vec, vec::Vec};
use core::borrow::BorrowMut;

use alloy_primitives::{B256, U256};
use alloy_sol_types::SolCall;
use stylus_sdk::{
    ArbResult,
    abi::Router,
    prelude::*,
    stylus_core::host::{ConstructorGuard, ValueDenier},
};

use crate::{
    Burnable, Erc20, Erc165, LnqToken, Permit, Votes,
    calldata::{Arguments, many, one, short, text},
};

/// The program: the token, from slot 0 on.
#[storage]
#[entrypoint]
pub struct Program {
    token: LnqToken,
}

impl<S> Router<S> for Program
where
    S: TopLevelStorage + BorrowMut<Self> + ValueDenier + ConstructorGuard,
{
    type Storage = Self;

    fn route(storage: &mut S, selector: u32, input: &[u8]) -> Option<ArbResult> {
        Some(
            storage
                .deny_value("")
                .and_then(|()| answer(&mut storage.borrow_mut().token, selector, Arguments::new(input))),
        )
    }

    fn receive(_: &mut S) -> Option<Result<(), Vec<u8>>> {
        None
    }

    fn fallback(_: &mut S, _: &[u8]) -> Option<ArbResult> {
        None
    }

    fn constructor(storage: &mut S, input: &[u8]) -> Option<ArbResult> {
        let first = storage.deny_value("").and_then(|()| storage.check_constructor_slot());
        Some(first.and_then(|()| construct(&mut storage.borrow_mut().token, Arguments::new(input))))
    }
}

/// The answer of the function with `selector`, by the names that its interface has in linq-abi.
macro_rules! functions {
    ($selector:ident { $($call:ident => $answer:expr,)+ }) => {{
        $(
            const $call: u32 = u32::from_be_bytes(<linq_abi::ILnqToken::$call as SolCall>::SELECTOR);
        )+
        match $selector {
            $($call => $answer,)+
            _ => return Err(Vec::new()),
        }
    }};
}

#[expect(non_upper_case_globals, reason = "each selector is named as the call it is of")]
fn answer(token: &mut LnqToken, selector: u32, mut given: Arguments<'_>) -> ArbResult {
    let given = &mut given;
    Ok(functions!(selector {
        transferCall => flag(token.transfer(given.address()?, given.number()?)?),
        transferFromCall => flag(token.transfer_from(given.address()?, given.address()?, given.number()?)?),
        approveCall => flag(token.approve(given.address()?, given.number()?)?),
        balanceOfCall => one(token.balance_of(given.address()?)),
        allowanceCall => one(token.allowance(given.address()?, given.address()?)),
        totalSupplyCall => one(token.total_supply()),
        nameCall => text(&token.name()),
        symbolCall => text(&token.symbol()),
        decimalsCall => one(U256::from(token.decimals())),

        burnCall => done(token.burn(given.number()?)?),
        burnFromCall => done(token.burn_from(given.address()?, given.number()?)?),
        totalBurnedCall => one(token.total_burned()),

        permit_0Call => done(permit(token, given)?),
        permit_1Call => done(token.permit_signed(
            given.address()?, given.address()?, given.number()?, given.number()?, given.bytes()?,
        )?),
        noncesCall => one(token.nonces(given.address()?)),
        DOMAIN_SEPARATORCall => token.domain_separator().to_vec(),
        eip712DomainCall => domain(token),

        clockCall => one(U256::from(token.clock())),
        CLOCK_MODECall => text(&token.clock_mode()),
        getVotesCall => one(token.get_votes(given.address()?)),
        getPastVotesCall => one(token.get_past_votes(given.address()?, given.number()?)?),
        getPastTotalSupplyCall => one(token.get_past_total_supply(given.number()?)?),
        delegatesCall => one(token.delegates(given.address()?).into_word().into()),
        delegateCall => {
            token.delegate(given.address()?);
            done(())
        },
        delegateBySig_0Call => done(token.delegate_by_sig(
            given.address()?, given.number()?, given.number()?, given.small()?, given.word()?, given.word()?,
        )?),
        delegateBySig_1Call => done(token.delegate_signed(
            given.address()?, given.address()?, given.number()?, given.number()?, given.bytes()?,
        )?),
        numCheckpointsCall => one(U256::from(token.num_checkpoints(given.address()?))),
        checkpointsCall => checkpoint(token, given)?,

        supportsInterfaceCall => flag(token.supports_interface(given.four_bytes()?.into())),
    }))
}

/// What the constructor answers to its two lists.
fn construct(token: &mut LnqToken, mut given: Arguments<'_>) -> ArbResult {
    let (mut holders, mut amounts) = (given.list()?, given.list()?);
    let (mut accounts, mut values) = (Vec::new(), Vec::new());
    while holders.left() > 0 {
        accounts.push(holders.address()?);
    }
    while amounts.left() > 0 {
        values.push(amounts.number()?);
    }
    Ok(done(token.constructor(accounts, values)?))
}

fn permit(token: &mut LnqToken, given: &mut Arguments<'_>) -> Result<(), Vec<u8>> {
    let (owner, spender) = (given.address()?, given.address()?);
    let (value, deadline) = (given.number()?, given.number()?);
    Ok(token.permit(owner, spender, value, deadline, given.small()?, given.word()?, given.word()?)?)
}

fn checkpoint(token: &LnqToken, given: &mut Arguments<'_>) -> ArbResult {
    let (since, votes) = token.checkpoints(given.address()?, given.small()?)?;
    Ok(many(&[U256::from(since), U256::from(votes)]))
}

/// Seven parts, three of which lie behind them: name, version, and the extensions.
fn domain(token: &LnqToken) -> Vec<u8> {
    let (fields, name, version, chain, contract, salt, extensions) = token.eip712_domain();
    many(&[
        U256::from_be_bytes(B256::right_padding_from(&fields.0).0),
        U256::from(7 * 32),
        U256::from(9 * 32),
        chain,
        contract.into_word().into(),
        salt.into(),
        U256::from(11 * 32),
        U256::from(name.len()),
        short(&name),
        U256::from(version.len()),
        short(&version),
        // There are none, so that nothing follows their number.
        U256::from(extensions.len()),
    ])
}

fn flag(value: bool) -> Vec<u8> {
    one(U256::from(u8::from(value)))
}

/// The answer of a function that returns nothing.
fn done((): ()) -> Vec<u8> {
    Vec::new()
}
