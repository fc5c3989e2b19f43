//! Bringing rounds, and reading them.

use alloc::vec::Vec;

use alloy_primitives::{B256, U256};
use linq_abi::IBeacon::*;
use linq_common::{Key, log};
use stylus_sdk::{crypto, prelude::*};

use crate::{Beacon, BeaconError, curve::Point, hash::hash_to_points, precompiles};

/// The verified rounds.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Rounds {
    /// Verifies the signature (`x`, `y`) of `round` and keeps its hash.
    ///
    /// Who:   anyone.
    /// Needs: the round is due by the chain's clock; the signature is the one that the key makes of it.
    /// Does:  keeps keccak256 of the signature, for ever.
    /// Emits: [`RoundKept`], the first time.
    /// Fails: [`BeaconNoRound`], [`BeaconNotYet`], [`BeaconBadPoint`], [`BeaconWrongSignature`],
    ///        [`BeaconPrecompileFailed`] when a precompile does not answer.
    /// Units: coordinates below the prime of the field.
    /// Note:  the answer does not depend on what is kept. Bringing a kept round again changes nothing and succeeds, so that
    ///        of several who bring it in one call with what they need it for, only the first pays for it and none fails;
    ///        any other signature of that round is refused then as before, a round having only one.
    fn submit(&mut self, round: u64, x: U256, y: U256) -> Result<(), BeaconError>;

    /// keccak256 of the 64 bytes of the signature of `round`; zero until it was submitted.
    fn randomness(&self, round: u64) -> B256;
}

#[public]
impl Rounds for Beacon {
    fn submit(&mut self, round: u64, x: U256, y: U256) -> Result<(), BeaconError> {
        let time = self.schedule.get().time_of(round)?;
        if self.vm().block_timestamp() < time {
            return Err(BeaconNotYet { round, time }.into());
        }
        let signature = Point::on_curve(x, y).ok_or(BeaconBadPoint { x, y })?;
        let randomness = crypto::keccak(signature.bytes());
        let kept = self.randomness(round);
        if kept == randomness {
            return Ok(());
        }
        // A kept round spares the rest: its signature is known, and this is another.
        if !kept.is_zero() || !self.is_signed(round, &signature)? {
            return Err(BeaconWrongSignature { round }.into());
        }

        self.rounds.setter(round.into()).set(randomness);

        log(self.vm(), &RoundKept { round, randomness });
        Ok(())
    }

    fn randomness(&self, round: u64) -> B256 {
        self.rounds.get(Key::from(round))
    }
}

impl Beacon {
    /// Whether `signature` is what the key makes of `round`.
    fn is_signed(&self, round: u64, signature: &Point) -> Result<bool, BeaconError> {
        let [first, second] = hash_to_points(crypto::keccak(round.to_be_bytes()));
        let message = precompiles::sum(self, &first, &second)?;
        Ok(precompiles::is_pair(self, signature, &message, &self.key_words())?)
    }

    /// The key in the order of the pairing precompile.
    pub(crate) fn key_words(&self) -> [B256; 4] {
        [self.x_imaginary.get(), self.x_real.get(), self.y_imaginary.get(), self.y_real.get()]
    }
}
