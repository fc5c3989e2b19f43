//! Disputes over results of jobs: what the two sides claim, and how the slot is settled.
//!
//! The requester disputes a result by naming a lower claim and paying a jury. Until the beacon's time both sides can move
//! towards each other; where they meet, the slot is settled and the jury's cost goes back. Otherwise the court decides, and
//! anyone carries that out. A slot whose lock is below the least seat fee has no jury: disputing it burns what was claimed
//! and a quarter of the lock, so that nobody gains by lying.
//!
//! It holds no money: the court takes the jury's cost from the requester, the escrow pays the slot, the registry slashes.
//!
//! - [`Claims`]: opening a dispute, and moving towards the other side.
//! - [`Verdicts`]: carrying out what the court decided, or settling without it.
//! - [`Wiring`]: the siblings, named once.
//!
//! Whom it trusts, and what breaks otherwise:
//!
//! - **Jobs, registry and escrow** say who has a slot, who acts for a provider and who pays. Wrong ones could let strangers
//!   concede for others.
//! - **The court** says what a result is worth. A wrong one could decide wrongly between the two claims, never outside
//!   them; a silent one leaves the neutral settlement, which anyone can call without it.
//! - **The deployer** names the siblings, once. Afterwards it has no say.
//!
//! There is no pause, no governor, and no state that waits for one particular party.
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test that panics is a test that fails")
)]

extern crate alloc;

mod calls;
mod claims;
mod errors;
mod rules;
mod state;
mod verdicts;
mod wiring;

use alloy_primitives::Address;
use linq_abi::IDisputes::DisputesBadAddress;
use stylus_sdk::prelude::*;

pub use crate::{claims::Claims, errors::DisputesError, state::Disputes, verdicts::Verdicts, wiring::Wiring};
// What the SDK's macros name where they export the interface.
#[cfg(feature = "export-abi")]
use crate::{claims::ClaimsStylusAbiStruct, verdicts::VerdictsStylusAbiStruct, wiring::WiringStylusAbiStruct};

#[public]
#[implements(Claims, Verdicts, Wiring)]
impl Disputes {
    /// Fixes who wires.
    ///
    /// Who:   whoever deploys, once.
    /// Needs: a deployer.
    /// Does:  stores it.
    /// Fails: [`DisputesBadAddress`].
    /// Note:  the deployer is named, because a contract made through a factory has the factory as its caller.
    #[constructor]
    pub fn constructor(&mut self, deployer: Address) -> Result<(), DisputesError> {
        if deployer.is_zero() {
            return Err(DisputesBadAddress { given: deployer }.into());
        }
        self.deployer.set(&deployer);
        Ok(())
    }
}
