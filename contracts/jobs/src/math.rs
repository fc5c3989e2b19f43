//! The sums of a slot.

use core::num::NonZeroU32;

use linq_common::{Amount, Bps, OutOfRange, Share};

/// A take displaces another when 64 · new ≤ 63 · old.
const DISPLACING: (u32, NonZeroU32) = (63, NonZeroU32::MIN.saturating_add(63));

/// The most that a take may cost to displace one at `price`, rounded down: against who displaces.
pub fn displacing_limit_down(price: Amount) -> Amount {
    // Less than the price itself, so it is always in range.
    price.mul_div_down(DISPLACING.0, DISPLACING.1).unwrap_or_default()
}

/// What a provider locks for a slot posted at `posted`, rounded up: against the provider.
pub fn lock_up(posted: Amount, collateral: Bps) -> Amount {
    posted.bps_up(collateral)
}

/// What a slot earned, and the fee on it. The escrow reckons the same and has the last word on what is paid.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Payment {
    /// The provider's part of the price, fee included, without what is owed to the requester.
    pub earned: Amount,
    /// The protocol's part of that.
    pub fee: Amount,
    /// What reaches the provider.
    pub paid: Amount,
    /// What is owed to the requester and was not covered by the provider's part.
    pub uncovered: Amount,
}

impl Payment {
    /// `share` of a slot taken at `price`, of which `owed` goes to the requester first; both pay and fee rounded down:
    /// against the provider, then the protocol.
    pub fn of(price: Amount, share: Share, owed: Amount, fee: Bps) -> Result<Self, OutOfRange> {
        let whole = price.share_down(share);
        let earned = whole.minus_clipped(owed);
        let fee = earned.bps_down(fee);
        Ok(Self { earned, fee, paid: earned.minus(fee)?, uncovered: owed.minus_clipped(whole) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::state::MAX_PRICE;

    fn price() -> impl Strategy<Value = Amount> {
        (0..=MAX_PRICE.units()).prop_map(Amount::new_clipped)
    }

    proptest! {
        #[test]
        fn displacing_takes_64_new_to_63_old(old in price(), new in price()) {
            let allowed = new <= displacing_limit_down(old);
            prop_assert_eq!(allowed, 64 * new.units() <= 63 * old.units());
        }

        #[test]
        fn bidding_ends(old in price()) {
            // A price cannot fall for ever in a few hours: each step takes off a sixty-fourth at least.
            let limit = displacing_limit_down(old);
            prop_assert!(old.is_zero() || limit < old);
        }

        #[test]
        fn the_lock_covers_its_part_of_the_price(posted in price(), bps in 0..=10_000u16) {
            let lock = lock_up(posted, Bps::new(bps).unwrap()).units();
            prop_assert!(lock * 10_000 >= posted.units() * u128::from(bps));
            prop_assert!(lock * 10_000 < posted.units() * u128::from(bps) + 10_000);
        }

        #[test]
        fn payment_is_rounded_against_who_gains(
            price in price(), share in 0..=20u8, owed in price(), bps in 0..=1_000u16,
        ) {
            let payment = Payment::of(price, Share::new(share).unwrap(), owed, Bps::new(bps).unwrap()).unwrap();
            prop_assert_eq!(payment.paid.plus(payment.fee), Ok(payment.earned));
            let whole = price.units() * u128::from(share) / 20;
            prop_assert_eq!(payment.earned.units(), whole.saturating_sub(owed.units()));
            prop_assert_eq!(payment.uncovered.units(), owed.units().saturating_sub(whole));
            prop_assert_eq!(payment.fee.units(), payment.earned.units() * u128::from(bps) / 10_000);
        }
    }

    #[test]
    fn small_prices_round_to_nothing() {
        let one = Amount::new_clipped(1);
        assert_eq!(displacing_limit_down(one), Amount::ZERO);
        assert_eq!(lock_up(one, Bps::new(1).unwrap()), one);
        let payment = Payment::of(one, Share::new(19).unwrap(), Amount::ZERO, Bps::new(1_000).unwrap()).unwrap();
        assert_eq!(payment, Payment::default());
    }
}
