//! Which round is due when, and who signs.

use alloc::vec::Vec;

use alloy_primitives::U256;
use linq_abi::IBeacon::*;
use stylus_sdk::prelude::*;

use crate::{Beacon, BeaconError, Schedule};

/// The rounds of the network.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Timetable {
    /// The first round whose time lies after `time`.
    ///
    /// Who:   anyone.
    /// Fails: [`BeaconOverflow`] when its number does not fit.
    /// Units: unix seconds. Before the genesis it is round 1.
    fn round_after(&self, time: u64) -> Result<u64, BeaconError>;

    /// When `round` is due.
    ///
    /// Who:   anyone.
    /// Fails: [`BeaconNoRound`] for round 0, and for a round whose time does not fit.
    /// Units: unix seconds.
    fn time_of(&self, round: u64) -> Result<u64, BeaconError>;

    /// The key, a point of G2, in the order of the pairing precompile: the imaginary part of x, its real part, those of y.
    fn key(&self) -> (U256, U256, U256, U256);

    /// When round 1 is due, and how many seconds lie between two rounds.
    fn schedule(&self) -> (u64, u32);
}

#[public]
impl Timetable for Beacon {
    fn round_after(&self, time: u64) -> Result<u64, BeaconError> {
        self.schedule.get().round_after(time)
    }

    fn time_of(&self, round: u64) -> Result<u64, BeaconError> {
        self.schedule.get().time_of(round)
    }

    fn key(&self) -> (U256, U256, U256, U256) {
        let [x_imaginary, x_real, y_imaginary, y_real] = self.key_words().map(Into::into);
        (x_imaginary, x_real, y_imaginary, y_real)
    }

    fn schedule(&self) -> (u64, u32) {
        let Schedule { genesis, period_secs } = self.schedule.get();
        (genesis, period_secs)
    }
}

impl Schedule {
    /// The first round whose time lies after `time`.
    fn round_after(self, time: u64) -> Result<u64, BeaconError> {
        let Some(since) = time.checked_sub(self.genesis) else { return Ok(1) };
        let passed = since.checked_div(self.period_secs.into()).ok_or(BeaconOverflow {})?;
        Ok(passed.checked_add(2).ok_or(BeaconOverflow {})?)
    }

    /// When `round` is due.
    pub(crate) fn time_of(self, round: u64) -> Result<u64, BeaconError> {
        let before = round.checked_sub(1);
        let since = before.and_then(|before| before.checked_mul(self.period_secs.into()));
        let time = since.and_then(|since| since.checked_add(self.genesis));
        Ok(time.ok_or(BeaconNoRound { round })?)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn schedule() -> impl Strategy<Value = Schedule> {
        (any::<u64>(), 1..=u32::MAX).prop_map(|(genesis, period_secs)| Schedule { genesis, period_secs })
    }

    proptest! {
        #[test]
        fn the_round_after_a_time_is_the_first_that_is_later(schedule in schedule(), time: u64) {
            match schedule.round_after(time) {
                Ok(1) => prop_assert!(time < schedule.genesis),
                Ok(round) => {
                    prop_assert!(schedule.time_of(round - 1).unwrap() <= time);
                    prop_assert!(schedule.time_of(round).map_or(true, |due| due > time));
                }
                Err(error) => prop_assert_eq!(error, BeaconOverflow {}.into()),
            }
        }

        #[test]
        fn a_round_is_the_first_after_the_second_before_it(schedule in schedule(), round in 1..=u64::from(u32::MAX)) {
            if let Ok(time @ 1..) = schedule.time_of(round) {
                prop_assert_eq!(schedule.round_after(time - 1), Ok(round));
            }
        }
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let last = Schedule { genesis: 0, period_secs: 1 };
        assert_eq!(last.round_after(u64::MAX), Err(BeaconOverflow {}.into()));
        assert_eq!(last.round_after(u64::MAX - 2), Ok(u64::MAX));
        assert_eq!(last.time_of(u64::MAX), Ok(u64::MAX - 1));
        assert_eq!(last.time_of(0), Err(BeaconNoRound { round: 0 }.into()));
        let wide = Schedule { genesis: 2, period_secs: 1 };
        assert_eq!(wide.time_of(u64::MAX), Err(BeaconNoRound { round: u64::MAX }.into()));
    }
}
