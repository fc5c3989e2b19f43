//! Calls to the token and to siblings.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256, U256};
use alloy_sol_types::{SolCall, abi::token::WordToken};
use linq_abi::{
    ILnqToken, Permit,
    wire::{Raw, Reader, Static, begin},
};
use stylus_sdk::{
    call::{call as call_raw, static_call},
    prelude::*,
    stylus_core::calls::{Call, errors::Error},
};

use crate::Amount;

/// Why a call brought nothing.
#[derive(Debug, PartialEq, Eq)]
pub enum CallFailure {
    /// The callee reverted and said why. Passed on unchanged, so that a user reads the reason where it arose.
    Reverted(Vec<u8>),
    /// The callee reverted without a reason, has no code, or answered something else than its interface says.
    NoAnswer,
}

/// Calls function `C` of a sibling with the words of `arguments`, and reads its answer.
///
/// Everything the contract has written so far is visible to the callee; what it still held in memory must be read again
/// afterwards, which the SDK's cache does by itself.
pub fn call<C, R, A, S>(storage: &mut S, to: Address, arguments: &A) -> Result<R, CallFailure>
where
    C: SolCall,
    R: Static,
    A: Static,
    S: TopLevelStorage + HostAccess,
{
    let mut data = begin(C::SELECTOR);
    arguments.write(&mut data);
    let answer = send(storage, to, &data)?;
    read_whole(&answer)
}

/// As [`call`], of a function that changes nothing: it cannot, and what the contract holds in memory stays good.
pub fn view<C, R, A, S>(storage: &S, to: Address, arguments: &A) -> Result<R, CallFailure>
where
    C: SolCall,
    R: Static,
    A: Static,
    S: HostAccess,
{
    let mut data = begin(C::SELECTOR);
    arguments.write(&mut data);
    let answer = static_call(storage.vm(), Call::new(), to, &data).map_err(failure)?;
    read_whole(&answer)
}

/// As [`view`], of a function that answers one word, with calldata that is written already: one form for all of them.
pub fn view_word<S: HostAccess>(storage: &S, to: Address, data: &[u8]) -> Result<B256, CallFailure> {
    let answer = static_call(storage.vm(), Call::new(), to, data).map_err(failure)?;
    read_whole(&answer)
}

/// As [`view`], of a function that answers a list of words.
pub fn view_list<C, A, S>(storage: &S, to: Address, arguments: &A) -> Result<Vec<B256>, CallFailure>
where
    C: SolCall,
    A: Static,
    S: HostAccess,
{
    let mut data = begin(C::SELECTOR);
    arguments.write(&mut data);
    let answer = static_call(storage.vm(), Call::new(), to, &data).map_err(failure)?;
    read_list(&answer)
}

/// As [`call`], of a function that answers a list of words, with calldata that is written already: for arguments that
/// take no fixed number of words.
pub fn call_list<S>(storage: &mut S, to: Address, data: &[u8]) -> Result<Vec<B256>, CallFailure>
where
    S: TopLevelStorage + HostAccess,
{
    let answer = send(storage, to, data)?;
    read_list(&answer)
}

/// The words of an answer that is one list.
fn read_list(answer: &[u8]) -> Result<Vec<B256>, CallFailure> {
    let words: Vec<B256> = answer.as_chunks::<32>().0.iter().map(|word| B256::from(*word)).collect();
    match words.split_first_chunk::<2>() {
        Some(([place, length], list)) if *place == word_of(32) && *length == word_of(list.len()) => Ok(list.to_vec()),
        _ => Err(CallFailure::NoAnswer),
    }
}

fn word_of(number: usize) -> B256 {
    U256::from(number).into()
}

/// The words of an answer, which must be as many as the interface says.
fn read_whole<R: Static>(answer: &[u8]) -> Result<R, CallFailure> {
    let (words, rest) = answer.as_chunks::<32>();
    let words: Vec<WordToken> = words.iter().map(|word| WordToken((*word).into())).collect();
    let mut reader = Reader::new(&words);
    let read = R::read(&mut reader);
    let whole = words.len() == R::WORDS && rest.is_empty();
    if whole && reader.is_sound() { Ok(read) } else { Err(CallFailure::NoAnswer) }
}

/// LNQ, as a contract that holds it calls it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Token(pub Address);

impl Token {
    /// Sends `amount` of the contract's own LNQ to `to`.
    pub fn transfer<S>(self, storage: &mut S, to: Address, amount: Amount) -> Result<(), CallFailure>
    where
        S: TopLevelStorage + HostAccess,
    {
        let answer = self.send(storage, ILnqToken::transferCall::SELECTOR, &(to, amount.units()))?;
        require_true(&answer)
    }

    /// Takes `amount` from `from` to `to`, from the allowance that `from` gave this contract.
    pub fn transfer_from<S>(
        self,
        storage: &mut S,
        from: Address,
        to: Address,
        amount: Amount,
    ) -> Result<(), CallFailure>
    where
        S: TopLevelStorage + HostAccess,
    {
        let answer = self.send(storage, ILnqToken::transferFromCall::SELECTOR, &(from, to, amount.units()))?;
        require_true(&answer)
    }

    /// Shows the token that `owner` lets `spender` take `amount`.
    ///
    /// What it answers does not matter: anyone can show the same signature first, and then this call fails while the
    /// allowance is there. Whether it is there, the transfer that follows finds out.
    pub fn permit<S>(self, storage: &mut S, owner: Address, spender: Address, amount: Amount, permit: &Raw<Permit>)
    where
        S: TopLevelStorage + HostAccess,
    {
        let mut data = begin(ILnqToken::permit_0Call::SELECTOR);
        (owner, spender, amount.units()).write(&mut data);
        permit.write(&mut data);
        let _ = send(storage, self.0, &data);
    }

    /// Burns `amount` of the contract's own LNQ.
    pub fn burn<S>(self, storage: &mut S, amount: Amount) -> Result<(), CallFailure>
    where
        S: TopLevelStorage + HostAccess,
    {
        let answer = self.send(storage, ILnqToken::burnCall::SELECTOR, &(amount.units(),))?;
        if answer.is_empty() { Ok(()) } else { Err(CallFailure::NoAnswer) }
    }

    /// An amount travels as the word it is, though the token calls it a `uint256`.
    fn send<S, A>(self, storage: &mut S, selector: [u8; 4], arguments: &A) -> Result<Vec<u8>, CallFailure>
    where
        S: TopLevelStorage + HostAccess,
        A: Static,
    {
        let mut data = begin(selector);
        arguments.write(&mut data);
        send(storage, self.0, &data)
    }
}

fn send<S>(storage: &mut S, to: Address, data: &[u8]) -> Result<Vec<u8>, CallFailure>
where
    S: TopLevelStorage + HostAccess,
{
    let context = Call::new_mutating(storage);
    call_raw(storage.vm(), context, to, data).map_err(failure)
}

fn failure(error: Error) -> CallFailure {
    match error {
        Error::Revert(reason) if !reason.is_empty() => CallFailure::Reverted(reason),
        _ => CallFailure::NoAnswer,
    }
}

/// Exactly 32 bytes that spell `true`: an address without code answers nothing, other tokens may answer `false`.
fn require_true(answer: &[u8]) -> Result<(), CallFailure> {
    if answer == B256::with_last_byte(1).as_slice() { Ok(()) } else { Err(CallFailure::NoAnswer) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_true_is_true() {
        assert_eq!(require_true(B256::with_last_byte(1).as_slice()), Ok(()));
        assert_eq!(require_true(&[]), Err(CallFailure::NoAnswer));
        assert_eq!(require_true(&[1]), Err(CallFailure::NoAnswer));
        assert_eq!(require_true(B256::ZERO.as_slice()), Err(CallFailure::NoAnswer));
        assert_eq!(require_true(B256::with_last_byte(2).as_slice()), Err(CallFailure::NoAnswer));
        assert_eq!(require_true(&[0; 64]), Err(CallFailure::NoAnswer));
    }
}
