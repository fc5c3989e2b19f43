//! The words of the jobs contract that others read: the rules that jobs are made under.

use alloy_primitives::{Address, B256};
use linq_abi::JobParameters;
use linq_common::{Amount, Bps, Field, Timestamp, Word, packed};

use crate::bits::Bits;

/// What most calls need, in one word: where the money is, and the rules of now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Setup {
    /// The escrow; zero until it is wired.
    pub escrow: Address,
    /// The shortest window a result may have.
    pub min_window_secs: u32,
    /// The version of the parameters that was announced last.
    pub version: u16,
    /// The parameters of that version.
    pub parameters: Parameters,
    /// The UTC day from which on jobs are made under it.
    pub from_day: u16,
    /// The UTC day of the last pause, or 0.
    pub paused_day: u16,
}

// The low half of the setup's word, below the escrow: 93 of 96.
const MIN_WINDOW_SECS: Bits = Bits::first(21);
const NEWEST: Bits = MIN_WINDOW_SECS.then(12);
const FEE_BPS: Bits = NEWEST.then(10);
const COLLATERAL_BPS: Bits = FEE_BPS.then(14);
const MAX_ATTEMPTS: Bits = COLLATERAL_BPS.then(4);
const FROM_DAY: Bits = MAX_ATTEMPTS.then(16);
const PAUSED_DAY: Bits = FROM_DAY.then(16);

/// The highest version of the parameters that there can be.
pub const MAX_VERSION: u16 = (1 << 12) - 1;

impl Setup {
    /// All but the escrow. Limits keep every value inside its bits.
    fn low(&self) -> Option<u128> {
        let Parameters { fee, collateral, max_attempts } = self.parameters;
        let mut low = MIN_WINDOW_SECS.write(0, self.min_window_secs)?;
        low = NEWEST.write(low, self.version)?;
        low = FEE_BPS.write(low, fee.get())?;
        low = COLLATERAL_BPS.write(low, collateral.get())?;
        low = MAX_ATTEMPTS.write(low, max_attempts)?;
        low = FROM_DAY.write(low, self.from_day)?;
        PAUSED_DAY.write(low, self.paused_day)
    }
}

impl Word for Setup {
    fn from_word(word: &B256) -> Self {
        let low = Amount::load(word, 32).units();
        let bps = |bits: Bits| Bps::new(bits.read(low)).unwrap_or_default();
        Self {
            escrow: Address::load(word, 20),
            min_window_secs: MIN_WINDOW_SECS.read(low),
            version: NEWEST.read(low),
            parameters: Parameters {
                fee: bps(FEE_BPS),
                collateral: bps(COLLATERAL_BPS),
                max_attempts: MAX_ATTEMPTS.read(low),
            },
            from_day: FROM_DAY.read(low),
            paused_day: PAUSED_DAY.read(low),
        }
    }

    fn to_word(&self) -> B256 {
        let mut word = B256::ZERO;
        Amount::new_clipped(self.low().unwrap_or_default()).store(&mut word, 32);
        self.escrow.store(&mut word, 20);
        word
    }
}

packed! {
    /// One version of the parameters.
    pub struct Parameters {
        /// What the protocol takes of a payment.
        pub fee: Bps,
        /// What a provider locks, of the posted price.
        pub collateral: Bps,
        /// The most attempts a job may allow.
        pub max_attempts: u8,
    }
}

impl Setup {
    /// The version of the parameters that jobs are made under at `now`.
    pub fn in_force(&self, now: Timestamp) -> u16 {
        if now.day() < self.from_day { self.version.saturating_sub(1) } else { self.version }
    }
}

impl Parameters {
    /// Whether there is such a version: each allows an attempt.
    pub fn exist(&self) -> bool {
        self.max_attempts > 0
    }
}

impl From<Parameters> for JobParameters {
    fn from(parameters: Parameters) -> Self {
        Self {
            feeBps: parameters.fee.get(),
            collateralBps: parameters.collateral.get(),
            maxAttempts: parameters.max_attempts,
        }
    }
}

/// What `settings` of jobs says of the rules.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct JobSettings {
    /// The first of its words.
    pub setup: Setup,
    /// The last of them: the version that was asked for.
    pub parameters: Parameters,
}

impl JobSettings {
    /// Reads them from what jobs answers; nothing if that has another length.
    pub fn from_words(words: &[B256]) -> Option<Self> {
        let [setup, _, _, _, _, _, parameters] = words else { return None };
        Some(Self { setup: Setup::from_word(setup), parameters: Parameters::from_word(parameters) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn bits<T: TryFrom<u128> + Default + core::fmt::Debug>(run: Bits) -> impl Strategy<Value = T> {
        (0..=run.max()).prop_map(|value| T::try_from(value).unwrap_or_default())
    }

    prop_compose! {
        fn setup()(
            escrow: [u8; 20], min_window_secs in bits::<u32>(MIN_WINDOW_SECS), version in bits::<u16>(NEWEST),
            fee in bits::<u16>(FEE_BPS), collateral in 0..=10_000u16, max_attempts in bits::<u8>(MAX_ATTEMPTS),
            from_day: u16, paused_day: u16,
        ) -> Setup {
            let (fee, collateral) = (Bps::new(fee).unwrap(), Bps::new(collateral).unwrap());
            let parameters = Parameters { fee, collateral, max_attempts };
            Setup { escrow: escrow.into(), min_window_secs, version, parameters, from_day, paused_day }
        }
    }

    proptest! {
        #[test]
        fn a_setup_comes_back_whole(setup in setup()) {
            prop_assert_eq!(Setup::from_word(&setup.to_word()), setup);
        }
    }
}
