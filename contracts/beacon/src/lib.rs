//! Beacon: randomness that nobody chooses, verified where it is used.
//!
//! A network of independent parties (drand's `evmnet`) signs the number of every round together. The signature is a point
//! that only they can make, that everybody can check, and that is one and the same whoever made it: its hash is the
//! randomness of the round. Anyone may bring a signature; what does not verify under the key is refused, so that who
//! brings it, and when, decides nothing.
//!
//! The scheme is `bls-bn254-unchained-on-g1`: message keccak256 of the round as eight bytes, hashed to G1 as RFC 9380 has it
//! (expand_message_xmd with keccak-256, map of Shallue and van de Woestijne), signature in G1, key in G2.
//!
//! Whom it trusts, and what breaks otherwise:
//!
//! - **The network**: fewer than a threshold of its members work together. Otherwise they know rounds before their time; even
//!   then they cannot choose them. When it stops, no new round arrives; those that are kept stay.
//! - **Whoever deploys** gives the key. It is fixed for good: a network with another key is another beacon, and what was
//!   bound to a round of this one stays bound to it.
//! - **The chain's clock** says when a round is due. Nothing of a round is here before that second on this chain, however late
//!   its clock is. The same clock fixes rounds in advance; a caller binds itself to a round so far ahead that a late clock
//!   does not matter.
//!
//! It has no owner, holds no money, and calls nothing but the precompiles of the curve.
#![cfg_attr(not(any(test, feature = "export-abi")), no_std)]
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test that panics is a test that fails")
)]

extern crate alloc;

mod curve;
mod errors;
mod field;
mod hash;
mod precompiles;
mod rounds;
mod schedule;
mod state;

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::U256;
use linq_abi::IBeacon::*;
use stylus_sdk::prelude::*;

pub use crate::{
    errors::BeaconError,
    rounds::Rounds,
    schedule::Timetable,
    state::{Beacon, Schedule},
};

// What the SDK's macros name where they export the interface.
#[cfg(feature = "export-abi")]
use crate::{rounds::RoundsStylusAbiStruct, schedule::TimetableStylusAbiStruct};

#[public]
#[implements(Rounds, Timetable)]
impl Beacon {
    /// Fixes the key and the schedule.
    ///
    /// Who:   whoever deploys, once.
    /// Needs: a key that is a point of G2 other than infinity, and a period.
    /// Does:  stores both.
    /// Fails: [`BeaconBadPeriod`], [`BeaconBadKey`].
    /// Units: unix seconds.
    #[constructor]
    pub fn constructor(
        &mut self,
        x_imaginary: U256,
        x_real: U256,
        y_imaginary: U256,
        y_real: U256,
        genesis: u64,
        period_secs: u32,
    ) -> Result<(), BeaconError> {
        if period_secs == 0 {
            return Err(BeaconBadPeriod {}.into());
        }
        let key = [x_imaginary, x_real, y_imaginary, y_real].map(Into::into);
        if !precompiles::is_key(self, &key) {
            return Err(BeaconBadKey {}.into());
        }
        let [x_imaginary, x_real, y_imaginary, y_real] = key;
        self.x_imaginary.set(x_imaginary);
        self.x_real.set(x_real);
        self.y_imaginary.set(y_imaginary);
        self.y_real.set(y_real);
        self.schedule.set(&Schedule { genesis, period_secs });
        Ok(())
    }
}
