//! Locking the price of a job's slots, and settling them one by one.

use alloy_primitives::{Address, B256, aliases::U96};
use linq_abi::IEscrow::*;
use linq_common::{Amount, Bps, Share, Token, log};
use stylus_sdk::prelude::*;

use crate::{Earning, Escrow, EscrowError, Locking, MAX_PRICE, Reward};

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

    /// Settles one slot of `job`: `share` twentieths of `price` are the pay. What is `owed` to the requester, for a jury that
    /// found its doubts right, comes out of it as far as it goes, the fee out of what is left; the payee gets the rest.
    /// Everything else that was locked for the slot goes back to the requester.
    ///
    /// Who:   the jobs contract.
    /// Needs: a slot of `job` is unsettled; `price` is at most the posted one.
    /// Does:  lowers the liabilities by the posted price and adds the fee; then pays the payee, and the requester. Pay and
    ///        fee are rounded down, so that remainders stay with the requester and with the payee.
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
        owed: U96,
        fee_bps: u16,
    ) -> Result<(U96, U96), EscrowError>;

    /// Settles one slot of `job` that nobody is paid for: `share` twentieths of `price` burn, and the rest of what was
    /// locked for the slot goes back to the requester. Where a dispute is too small for a jury, so that neither side
    /// gains by being wrong.
    ///
    /// Who:   the jobs contract.
    /// Needs: a slot of `job` is unsettled; `price` is at most the posted one.
    /// Does:  lowers the liabilities by the posted price; then pays the requester, and burns. What burns is rounded down.
    /// Emits: [`SlotForfeited`].
    /// Fails: as [`Self::settle`], but for the fee.
    /// Units: LNQ base units; twentieths. Returns what burned.
    fn forfeit(&mut self, job: B256, price: U96, share: u8) -> Result<U96, EscrowError>;

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
        owed: U96,
        fee_bps: u16,
    ) -> Result<(U96, U96), EscrowError> {
        let locking = self.only_jobs()?;
        let reward = self.unsettled(job)?;
        let earned = reward.earned(price, share)?;
        if fee_bps > MAX_FEE_BPS {
            return Err(EscrowBadFee { feeBps: fee_bps, limit: MAX_FEE_BPS }.into());
        }
        let split = Split::of(reward.price, earned, owed.into(), Bps::new(fee_bps)?)?;

        self.close_one(job, locking, reward, split.fee)?;

        let (paid, fee, refunded) = (split.paid.into(), split.fee.into(), split.refunded.into());
        log(self.vm(), &SlotSettled { job, payee, paid, fee, refunded });

        self.pay(payee, split.paid)?;
        self.pay(reward.requester, split.refunded)?;
        Ok((paid, fee))
    }

    fn forfeit(&mut self, job: B256, price: U96, share: u8) -> Result<U96, EscrowError> {
        let locking = self.only_jobs()?;
        let reward = self.unsettled(job)?;
        let burned = reward.earned(price, share)?;
        let refunded = reward.price.minus(burned)?;

        self.close_one(job, locking, reward, Amount::ZERO)?;

        log(self.vm(), &SlotForfeited { job, burned: burned.into(), refunded: refunded.into() });

        self.pay(reward.requester, refunded)?;
        if !burned.is_zero() {
            Token(self.earning.get().token).burn(self, burned)?;
        }
        Ok(burned.into())
    }

    fn refund(&mut self, job: B256) -> Result<U96, EscrowError> {
        let locking = self.only_jobs()?;
        let reward = self.unsettled(job)?;

        self.close_one(job, locking, reward, Amount::ZERO)?;

        let refunded = reward.price.into();
        log(self.vm(), &SlotSettled { job, payee: Address::ZERO, paid: U96::ZERO, fee: U96::ZERO, refunded });

        self.pay(reward.requester, reward.price)?;
        Ok(refunded)
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

    /// Takes one slot off the books, but for the fee that it leaves.
    fn close_one(&mut self, job: B256, mut locking: Locking, reward: Reward, fee: Amount) -> Result<(), EscrowError> {
        locking.rewards = locking.rewards.minus(reward.price)?;
        let unsettled = reward.unsettled.saturating_sub(1);
        let left = if unsettled == 0 { Reward::default() } else { Reward { unsettled, ..reward } };

        self.rewards.setter(job).set(&left);
        self.locking.set(&locking);
        if !fee.is_zero() {
            let earning = self.earning.get();
            self.earning.set(&Earning { fees: earning.fees.plus(fee)?, ..earning });
        }
        Ok(())
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

impl Reward {
    /// `share` twentieths of `price`, which may be no more than the posted one.
    fn earned(&self, price: U96, share: u8) -> Result<Amount, EscrowError> {
        if Amount::from(price) > self.price {
            return Err(EscrowPriceAbovePosted { price, posted: self.price.into() }.into());
        }
        let share = Share::new(share).map_err(|_| EscrowBadShare { share })?;
        Ok(Amount::from(price).share_down(share))
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
    /// Splits what was locked at `posted` for a slot whose work `earned` so much, of which something may be `owed`.
    fn of(posted: Amount, earned: Amount, owed: Amount, fee: Bps) -> Result<Self, EscrowError> {
        let kept = earned.minus_clipped(owed);
        let fee = kept.bps_down(fee);
        Ok(Self { paid: kept.minus(fee)?, fee, refunded: posted.minus(kept)? })
    }
}

#[cfg(test)]
mod tests {
    use linq_common::Amount;
    use proptest::prelude::*;

    use super::*;

    prop_compose! {
        fn work()(posted in 1..=MAX_PRICE.units())(
            posted in Just(posted), price in 0..=posted, owed in prop_oneof![Just(0), 0..=posted, 0..=Amount::MAX.units()],
        ) -> (Reward, U96, Amount) {
            let reward = Reward { price: Amount::new_clipped(posted), ..Reward::default() };
            (reward, Amount::new_clipped(price).into(), Amount::new_clipped(owed))
        }
    }

    fn split(reward: &Reward, earned: Amount, owed: Amount, fee_bps: u16) -> Split {
        Split::of(reward.price, earned, owed, Bps::new(fee_bps).unwrap()).unwrap()
    }

    proptest! {
        #[test]
        fn the_parts_are_the_posted_price((reward, price, owed) in work(), share in 0..=20u8, fee in 0..=MAX_FEE_BPS) {
            let split = split(&reward, reward.earned(price, share).unwrap(), owed, fee);
            prop_assert_eq!(split.paid.plus(split.fee).unwrap().plus(split.refunded), Ok(reward.price));
        }

        #[test]
        fn rounding_never_favours_who_gains((reward, price, _) in work(), share in 0..=20u8, fee in 0..=MAX_FEE_BPS) {
            let split = split(&reward, reward.earned(price, share).unwrap(), Amount::ZERO, fee);
            let (earned, price) = (split.paid.plus(split.fee).unwrap().units(), Amount::from(price).units());
            prop_assert!(earned * 20 <= price * u128::from(share));
            prop_assert!(earned * 20 + 20 > price * u128::from(share));
            prop_assert!(split.fee.units() * 10_000 <= earned * u128::from(fee));
            prop_assert!(split.fee.units() * 10_000 + 10_000 > earned * u128::from(fee));
        }

        #[test]
        fn what_is_owed_goes_back_as_far_as_the_pay_goes(
            (reward, price, owed) in work(), share in 0..=20u8, fee in 0..=MAX_FEE_BPS,
        ) {
            let earned = reward.earned(price, share).unwrap();
            let (with, without) = (split(&reward, earned, owed, fee), split(&reward, earned, Amount::ZERO, fee));
            prop_assert_eq!(with.refunded, without.refunded.plus(owed.min(earned)).unwrap());
            prop_assert!(with.paid <= without.paid && with.fee <= without.fee);
        }

        #[test]
        fn a_larger_share_never_pays_less((reward, price, owed) in work(), share in 0..20u8, fee in 0..=MAX_FEE_BPS) {
            let at = |share| split(&reward, reward.earned(price, share).unwrap(), owed, fee);
            let (less, more) = (at(share), at(share + 1));
            prop_assert!(less.paid <= more.paid && less.fee <= more.fee && less.refunded >= more.refunded);
        }
    }

    #[test]
    fn a_price_above_the_posted_one_earns_nothing() {
        let reward = Reward { price: Amount::new_clipped(100), ..Reward::default() };
        let (price, posted) = (U96::from(101), U96::from(100));
        assert_eq!(reward.earned(price, 20), Err(EscrowPriceAbovePosted { price, posted }.into()));
        assert_eq!(reward.earned(posted, 21), Err(EscrowBadShare { share: 21 }.into()));
    }
}
