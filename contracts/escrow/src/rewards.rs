//! Locking the price of a job's slots, and settling them one by one.

use alloy_primitives::{Address, B256, aliases::U96};
use linq_abi::IEscrow::*;
use linq_common::{Amount, Bps, Share, Token, log};
use stylus_sdk::prelude::*;

use crate::{Escrow, EscrowError, Locking, MAX_PRICE, Reward};

/// The most slots a job has.
const MAX_SLOTS: u16 = 256;
/// The largest fee a slot can be charged, as every version of the parameters is bounded too.
const MAX_FEE_BPS: u16 = 1_000;

/// The rewards of jobs.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Rewards {
    /// Locks `price` for each of `slots` slots of `job`.
    ///
    /// Who:   the jobs contract.
    /// Needs: nothing is locked for `job`; `requester` has approved price × slots.
    /// Does:  records the reward, adds it to the liabilities, then takes it from `requester` by allowance.
    /// Emits: [`RewardLocked`].
    /// Fails: [`EscrowNotWired`], [`EscrowNotJobs`], [`EscrowBadPrice`], [`EscrowBadSlots`], [`EscrowAlreadyLocked`],
    ///        [`EscrowOverflow`]; the token's own refusal, or [`EscrowTokenFailed`] if it gives none.
    /// Units: LNQ base units, per slot.
    fn lock(&mut self, job: B256, requester: Address, price: U96, slots: u16) -> Result<(), EscrowError>;

    /// Settles one slot of `job`: pays `share` twentieths of `price` to `payee`, and the rest of what was locked for the
    /// slot back to the requester.
    ///
    /// Who:   the jobs contract.
    /// Needs: a slot of `job` is unsettled; `price` is at most the posted one.
    /// Does:  lowers the liabilities by the posted price and adds the fee; then pays the payee net of the fee, and the
    ///        requester. Pay and fee are rounded down, so that remainders stay with the requester and with the payee.
    /// Emits: [`SlotSettled`].
    /// Fails: [`EscrowNotWired`], [`EscrowNotJobs`], [`EscrowNothingLocked`], [`EscrowPriceAbovePosted`],
    ///        [`EscrowBadShare`], [`EscrowBadFee`], [`EscrowOverflow`]; the token's own refusal, or
    ///        [`EscrowTokenFailed`] if it gives none.
    /// Units: LNQ base units; twentieths; bps. Returns what the payee received, and the fee.
    fn settle(
        &mut self,
        job: B256,
        payee: Address,
        price: U96,
        share: u8,
        fee_bps: u16,
    ) -> Result<(U96, U96), EscrowError>;

    /// Settles one slot of `job` by returning all that was locked for it.
    ///
    /// Who:   the jobs contract.
    /// Needs: a slot of `job` is unsettled.
    /// Does:  lowers the liabilities by the posted price, then pays it to the requester.
    /// Emits: [`SlotSettled`], with nobody as payee.
    /// Fails: [`EscrowNotWired`], [`EscrowNotJobs`], [`EscrowNothingLocked`], [`EscrowOverflow`]; the token's own refusal,
    ///        or [`EscrowTokenFailed`] if it gives none.
    /// Units: LNQ base units. Returns what the requester received.
    fn refund(&mut self, job: B256) -> Result<U96, EscrowError>;

    /// What is locked for `job`: who paid, the price of one slot, and how many slots are unsettled. All zero once every
    /// slot is settled.
    fn locked(&self, job: B256) -> (Address, U96, u16);
}

#[public]
impl Rewards for Escrow {
    fn lock(&mut self, job: B256, requester: Address, price: U96, slots: u16) -> Result<(), EscrowError> {
        let mut locking = self.only_jobs()?;
        let posted = Amount::from(price);
        if posted.is_zero() || posted > MAX_PRICE {
            return Err(EscrowBadPrice { price, limit: MAX_PRICE.into() }.into());
        }
        if slots == 0 || slots > MAX_SLOTS {
            return Err(EscrowBadSlots { slots }.into());
        }
        if self.rewards.getter(job).get().unsettled > 0 {
            return Err(EscrowAlreadyLocked { job }.into());
        }
        let total = posted.times(slots.into())?;
        locking.rewards = locking.rewards.plus(total)?;

        self.rewards.setter(job).set(&Reward { requester, price: posted, unsettled: slots });
        self.locking.set(&locking);

        log(self.vm(), &RewardLocked { job, requester, price, slots });

        let escrow = self.vm().contract_address();
        Token(self.earning.get().token).transfer_from(self, requester, escrow, total)?;
        Ok(())
    }

    fn settle(
        &mut self,
        job: B256,
        payee: Address,
        price: U96,
        share: u8,
        fee_bps: u16,
    ) -> Result<(U96, U96), EscrowError> {
        let locking = self.only_jobs()?;
        let reward = self.unsettled(job)?;
        if Amount::from(price) > reward.price {
            return Err(EscrowPriceAbovePosted { price, posted: reward.price.into() }.into());
        }
        let part = Share::new(share).map_err(|_| EscrowBadShare { share })?;
        if fee_bps > MAX_FEE_BPS {
            return Err(EscrowBadFee { feeBps: fee_bps, limit: MAX_FEE_BPS }.into());
        }
        let split = Split::of(reward.price, price.into(), part, Bps::new(fee_bps)?)?;
        self.close_one(job, locking, reward, payee, split)?;
        Ok((split.paid.into(), split.fee.into()))
    }

    fn refund(&mut self, job: B256) -> Result<U96, EscrowError> {
        let locking = self.only_jobs()?;
        let reward = self.unsettled(job)?;
        let split = Split { paid: Amount::ZERO, fee: Amount::ZERO, refunded: reward.price };
        self.close_one(job, locking, reward, Address::ZERO, split)?;
        Ok(split.refunded.into())
    }

    fn locked(&self, job: B256) -> (Address, U96, u16) {
        let reward = self.rewards.getter(job).get();
        (reward.requester, reward.price.into(), reward.unsettled)
    }
}

impl Escrow {
    /// The reward of `job`, of which a slot is unsettled.
    fn unsettled(&self, job: B256) -> Result<Reward, EscrowError> {
        let reward = self.rewards.getter(job).get();
        if reward.unsettled == 0 {
            return Err(EscrowNothingLocked { job }.into());
        }
        Ok(reward)
    }

    /// Takes one slot off the books and pays it out as `split` says.
    fn close_one(
        &mut self,
        job: B256,
        mut locking: Locking,
        reward: Reward,
        payee: Address,
        split: Split,
    ) -> Result<(), EscrowError> {
        let mut earning = self.earning.get();
        locking.rewards = locking.rewards.minus(reward.price)?;
        earning.fees = earning.fees.plus(split.fee)?;
        let unsettled = reward.unsettled.saturating_sub(1);
        let left = if unsettled == 0 { Reward::default() } else { Reward { unsettled, ..reward } };

        self.rewards.setter(job).set(&left);
        self.locking.set(&locking);
        self.earning.set(&earning);

        let settled =
            SlotSettled { job, payee, paid: split.paid.into(), fee: split.fee.into(), refunded: split.refunded.into() };
        log(self.vm(), &settled);

        self.pay(payee, split.paid)?;
        self.pay(reward.requester, split.refunded)
    }

    /// Sends LNQ, unless there is none to send.
    pub(crate) fn pay(&mut self, to: Address, amount: Amount) -> Result<(), EscrowError> {
        if amount.is_zero() {
            return Ok(());
        }
        Token(self.earning.get().token).transfer(self, to, amount)?;
        Ok(())
    }
}

/// Where the posted price of one slot goes: three parts that add up to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Split {
    /// To the payee, net of the fee.
    paid: Amount,
    /// To the protocol.
    fee: Amount,
    /// To the requester.
    refunded: Amount,
}

impl Split {
    /// Splits what was locked at `posted` for a slot taken at `price`, of which `share` was earned.
    fn of(posted: Amount, price: Amount, share: Share, fee: Bps) -> Result<Self, EscrowError> {
        let earned = price.share_down(share);
        let fee = earned.bps_down(fee);
        Ok(Self { paid: earned.minus(fee)?, fee, refunded: posted.minus(earned)? })
    }
}

#[cfg(test)]
mod tests {
    use linq_common::Amount;
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn take()(posted in 1..=MAX_PRICE.units())(posted in Just(posted), price in 0..=posted) -> (Amount, Amount) {
            (Amount::new_clipped(posted), Amount::new_clipped(price))
        }
    }

    proptest! {
        #[test]
        fn the_parts_are_the_posted_price((posted, price) in take(), share in 0..=20u8, fee in 0..=MAX_FEE_BPS) {
            let split = Split::of(posted, price, Share::new(share).unwrap(), Bps::new(fee).unwrap()).unwrap();
            prop_assert_eq!(split.paid.plus(split.fee).unwrap().plus(split.refunded), Ok(posted));
        }

        #[test]
        fn rounding_never_favours_who_gains((posted, price) in take(), share in 0..=20u8, fee in 0..=MAX_FEE_BPS) {
            let split = Split::of(posted, price, Share::new(share).unwrap(), Bps::new(fee).unwrap()).unwrap();
            let earned = split.paid.plus(split.fee).unwrap().units();
            prop_assert!(earned * 20 <= price.units() * u128::from(share));
            prop_assert!(earned * 20 + 20 > price.units() * u128::from(share));
            prop_assert!(split.fee.units() * 10_000 <= earned * u128::from(fee));
            prop_assert!(split.fee.units() * 10_000 + 10_000 > earned * u128::from(fee));
        }

        #[test]
        fn a_larger_share_never_pays_less((posted, price) in take(), share in 0..20u8, fee in 0..=MAX_FEE_BPS) {
            let at = |share| Split::of(posted, price, Share::new(share).unwrap(), Bps::new(fee).unwrap()).unwrap();
            let (less, more) = (at(share), at(share + 1));
            prop_assert!(less.paid <= more.paid && less.fee <= more.fee && less.refunded >= more.refunded);
        }
    }

    #[test]
    fn a_price_above_the_posted_one_splits_nothing() {
        let posted = Amount::new_clipped(100);
        let price = Amount::new_clipped(101);
        assert_eq!(Split::of(posted, price, Share::ALL, Bps::default()), Err(EscrowOverflow {}.into()));
    }
}
