//! Which round is due when, and whose key signs.

use alloy_primitives::{B256, b256};

use crate::PublicKey;

/// A network that publishes rounds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Network {
    /// Its key.
    pub key: PublicKey,
    /// When round 1 is due, in unix seconds.
    pub genesis: u64,
    /// Seconds from one round to the next; not 0.
    pub period_secs: u32,
}

impl Network {
    /// The hash that drand names `evmnet` by.
    pub const EVMNET_HASH: B256 = b256!("04f1e9062b8a81f848fded9c12306733282b2727ecced50032187751166ec8c3");

    /// drand's `evmnet`, made for chains with the precompiles of BN254.
    pub fn evmnet() -> Self {
        Self { key: PublicKey::EVMNET, genesis: 1_727_521_075, period_secs: 3 }
    }

    /// The first round whose time lies after `time`; none when its number does not fit.
    pub fn round_after(&self, time: u64) -> Option<u64> {
        let Some(since) = time.checked_sub(self.genesis) else { return Some(1) };
        since.checked_div(self.period_secs.into())?.checked_add(2)
    }

    /// The last round that is due at `time`, if one is.
    pub fn round_at(&self, time: u64) -> Option<u64> {
        self.round_after(time)?.checked_sub(1).filter(|round| *round > 0)
    }

    /// When `round` is due; none of round 0, and when it does not fit.
    pub fn time_of(&self, round: u64) -> Option<u64> {
        round.checked_sub(1)?.checked_mul(self.period_secs.into())?.checked_add(self.genesis)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounds_follow_each_other_at_the_period() {
        let network = Network::evmnet();
        assert_eq!(network.time_of(0), None);
        assert_eq!(network.time_of(1), Some(1_727_521_075));
        assert_eq!(network.time_of(10), Some(1_727_521_102));
        assert_eq!(network.time_of(u64::MAX), None);
        assert_eq!(network.round_after(0), Some(1));
        assert_eq!(network.round_after(1_727_521_074), Some(1));
        assert_eq!(network.round_after(1_727_521_075), Some(2));
        assert_eq!(network.round_after(1_727_521_077), Some(2));
        assert_eq!(network.round_after(1_727_521_078), Some(3));
        assert_eq!(network.round_at(1_727_521_074), None);
        assert_eq!(network.round_at(1_727_521_077), Some(1));
        assert_eq!(network.round_at(1_727_521_078), Some(2));
    }
}
