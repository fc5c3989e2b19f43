//! Calls to the beacon, to the jurors and to the token.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolCall;
use linq_abi::{
    IBeacon,
    ICourt::CourtSiblingFailed,
    IJurors,
    wire::{Static, begin},
};
use linq_common::{Amount, CallFailure, Timestamp, Token, call_list, view_list, view_word};

use crate::{CourtError, state::Court};

/// A seat that is to lose something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Penalty {
    /// Whose.
    pub juror: u32,
    /// How much, as far as the stake reaches.
    pub amount: Amount,
}

impl Court {
    /// The first round of the beacon after `time`.
    pub(crate) fn beacon_round_after(&self, time: Timestamp) -> Result<u64, CourtError> {
        let beacon = self.beacon.get();
        let round = self.ask(beacon, IBeacon::roundAfterCall::SELECTOR, time.secs())?;
        number(&round).and_then(|round| round.try_into().ok()).ok_or(CourtSiblingFailed { sibling: beacon }.into())
    }

    /// What the beacon said in that round; zero until somebody has brought it.
    pub(crate) fn beacon_randomness(&self, round: u64) -> Result<B256, CourtError> {
        self.ask(self.beacon.get(), IBeacon::randomnessCall::SELECTOR, round)
    }

    /// Who sits on `count` seats from seat `from` on, 0 for an empty one.
    pub(crate) fn jurors_pick(
        &self,
        day: u16,
        seed: B256,
        from: u8,
        count: u8,
        least_lnq: u32,
    ) -> Result<Vec<u32>, CourtError> {
        let jurors = self.jurors.get();
        let words = view_list::<IJurors::pickCall, _, _>(self, jurors, &(day, seed, from, count, least_lnq))
            .map_err(|why| refused_by(jurors, why))?;
        let seats: Option<Vec<u32>> = words.iter().map(|word| number(word)?.try_into().ok()).collect();
        match seats {
            Some(seats) if seats.len() == usize::from(count) => Ok(seats),
            _ => Err(CourtSiblingFailed { sibling: jurors }.into()),
        }
    }

    /// The account of a juror.
    pub(crate) fn juror_account(&self, juror: u32) -> Result<Address, CourtError> {
        let account = self.ask(self.jurors.get(), IJurors::accountCall::SELECTOR, juror.into())?;
        Ok(Address::from_word(account))
    }

    /// Asks a sibling for the one word that it answers to a number.
    #[inline(never)]
    fn ask(&self, sibling: Address, selector: [u8; 4], argument: u64) -> Result<B256, CourtError> {
        let mut data = begin(selector);
        argument.write(&mut data);
        view_word(self, sibling, &data).map_err(|why| refused_by(sibling, why))
    }

    /// Takes penalties from the stake of jurors, as far as it reaches. Answers what came of it, all together.
    pub(crate) fn jurors_seize(&mut self, penalties: &[Penalty]) -> Result<Amount, CourtError> {
        if penalties.is_empty() {
            return Ok(Amount::ZERO);
        }
        let jurors = self.jurors.get();
        let words = call_list(self, jurors, &seize_data(penalties)).map_err(|why| refused_by(jurors, why))?;
        if words.len() != penalties.len() {
            return Err(CourtSiblingFailed { sibling: jurors }.into());
        }
        let mut taken = Amount::ZERO;
        for (word, penalty) in words.iter().zip(penalties) {
            let of_seat = number(word).and_then(|units| Amount::new(units).ok());
            let of_seat = of_seat.filter(|amount| *amount <= penalty.amount);
            taken = taken.plus(of_seat.ok_or(CourtSiblingFailed { sibling: jurors })?)?;
        }
        Ok(taken)
    }

    /// Sends LNQ, unless there is none to send.
    #[inline(never)]
    pub(crate) fn pay(&mut self, to: Address, amount: Amount) -> Result<(), CourtError> {
        if amount.is_zero() {
            return Ok(());
        }
        let token = self.token.get();
        Token(token).transfer(self, to, amount).map_err(|why| refused_by(token, why))
    }

    /// Takes LNQ by allowance.
    #[inline(never)]
    pub(crate) fn charge(&mut self, from: Address, amount: Amount) -> Result<(), CourtError> {
        let (token, court) = (self.token.get(), self.own_address());
        Token(token).transfer_from(self, from, court, amount).map_err(|why| refused_by(token, why))
    }

    /// Burns LNQ, unless there is none to burn.
    pub(crate) fn burn(&mut self, amount: Amount) -> Result<(), CourtError> {
        if amount.is_zero() {
            return Ok(());
        }
        let token = self.token.get();
        Token(token).burn(self, amount).map_err(|why| refused_by(token, why))
    }
}

#[inline(never)]
fn refused_by(sibling: Address, failure: CallFailure) -> CourtError {
    match failure {
        CallFailure::Reverted(reason) => CourtError::passed(reason),
        CallFailure::NoAnswer => CourtSiblingFailed { sibling }.into(),
    }
}

/// The number in a word, if it is below 2^128.
fn number(word: &B256) -> Option<u128> {
    let (high, low) = word.split_first_chunk::<16>()?;
    let low = <[u8; 16]>::try_from(low).ok()?;
    (*high == [0; 16]).then_some(u128::from_be_bytes(low))
}

/// Calldata of `seize`: two lists, the one behind the other.
fn seize_data(penalties: &[Penalty]) -> Vec<u8> {
    let mut data = begin(IJurors::seizeCall::SELECTOR);
    let length = u64::try_from(penalties.len()).unwrap_or(u64::MAX);
    let second = length.saturating_add(3).saturating_mul(32);
    (64_u64, second, length).write(&mut data);
    for penalty in penalties {
        penalty.juror.write(&mut data);
    }
    length.write(&mut data);
    for penalty in penalties {
        penalty.amount.units().write(&mut data);
    }
    data
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{U256, aliases::U96};
    use linq_abi::wire::bytes_of;

    use super::*;

    #[test]
    fn arguments_are_as_the_general_encoder_writes_them() {
        for length in [1, 3, 8] {
            let jurors: Vec<u32> = (0..length).map(|seat| seat * 77 + 1).collect();
            let amounts: Vec<U96> = (0..length).map(|seat| U96::from(u64::MAX) * U96::from(seat)).collect();
            let penalties: Vec<Penalty> = jurors
                .iter()
                .zip(&amounts)
                .map(|(juror, amount)| Penalty { juror: *juror, amount: (*amount).into() })
                .collect();
            assert_eq!(seize_data(&penalties), IJurors::seizeCall { jurors, amounts }.abi_encode());
        }
        let pick = IJurors::pickCall { day: 1, seed: B256::repeat_byte(2), from: 3, count: 4, least: 5 };
        let words = bytes_of(&(1_u16, B256::repeat_byte(2), 3_u8, 4_u8, 5_u32));
        assert_eq!([&IJurors::pickCall::SELECTOR[..], &words].concat(), pick.abi_encode());
    }

    #[test]
    fn only_a_small_word_is_a_number() {
        let word = |value: U256| B256::from(value);
        assert_eq!(number(&word(U256::from(u128::MAX))), Some(u128::MAX));
        assert_eq!(number(&word(U256::from(u128::MAX) + U256::from(1))), None);
    }
}
