//! A base fee that follows demand.
//!
//! Gas that is computed with adds to a backlog, and every second works a part of it off. Beyond what is tolerated the
//! base fee grows exponentially with the backlog. (Nitro has further models, which need constraints that its owner sets;
//! a chain without any uses this one.)

use alloy::primitives::U256;

use super::arbos_state::{ArbosStorage, Field};

/// Seconds of work at the speed limit that the backlog may hold without a dearer base fee.
pub(crate) const BACKLOG_TOLERANCE: u64 = 10;

/// Seconds of work beyond those that multiply the base fee by e.
pub(crate) const PRICING_INERTIA: u64 = 102;

const BIPS: u64 = 10_000;

/// Terms of the exponential's series.
const TERMS: u64 = 4;

/// Works off what `seconds` allow and sets the base fee of the next block.
pub(crate) fn update(storage: &mut impl ArbosStorage, seconds: u64) {
    let speed = storage.number(Field::SpeedLimit);
    let backlog = storage.number(Field::GasBacklog).saturating_sub(speed.saturating_mul(seconds));
    let minimum = storage.field(Field::MinimumBaseFee);
    storage.set_field(Field::GasBacklog, U256::from(backlog));
    storage.set_field(Field::BaseFee, base_fee(minimum, backlog, speed));
}

fn base_fee(minimum: U256, backlog: u64, speed: u64) -> U256 {
    let excess = backlog.saturating_sub(BACKLOG_TOLERANCE.saturating_mul(speed));
    let exponent = excess.saturating_mul(BIPS) / PRICING_INERTIA.saturating_mul(speed).max(1);
    minimum.saturating_mul(U256::from(exp_bips(exponent))) / U256::from(BIPS)
}

/// e^(x / 10,000) in bips, by the first terms of its series, in integers.
fn exp_bips(x: u64) -> u64 {
    let innermost = BIPS + x / TERMS;
    (1..TERMS).rev().fold(innermost, |sum, divisor| BIPS + sum.saturating_mul(x) / (divisor * BIPS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SPEED: u64 = 7_000_000;
    const MINIMUM: u64 = 100_000_000;

    fn at(backlog: u64) -> u64 {
        base_fee(U256::from(MINIMUM), backlog, SPEED).saturating_to()
    }

    #[test]
    fn a_tolerated_backlog_costs_nothing() {
        assert_eq!(at(0), MINIMUM);
        assert_eq!(at(10 * SPEED), MINIMUM);
        // Below one bip of the exponent.
        assert_eq!(at(10 * SPEED + 71_399), MINIMUM);
        assert_eq!(at(10 * SPEED + 71_400), MINIMUM + MINIMUM / 10_000);
    }

    #[test]
    fn beyond_it_the_fee_grows_by_the_series_of_the_exponential() {
        // 1 + 1 + 1/2 + 1/6 + 1/24, each step rounded down.
        assert_eq!(at((10 + 102) * SPEED), 270_830_000);
        // 1 + 2 + 2 + 4/3 + 2/3.
        assert_eq!(at((10 + 204) * SPEED), 700_000_000);
    }

    #[test]
    fn no_backlog_is_too_large() {
        assert!(at(u64::MAX) > at(1_000 * SPEED));
        assert!(base_fee(U256::MAX, u64::MAX, 0) > U256::ZERO);
    }
}
