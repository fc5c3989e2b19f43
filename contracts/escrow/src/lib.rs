//! Escrow: locks a price for every slot of a job and settles each slot once.
//!
//! It knows nothing of how a slot came to its end. The jobs contract says what to pay and to whom; the escrow sees to it
//! that no job pays out more than was locked for it, whatever the jobs contract says.
//!
//! Whom it trusts, and what breaks otherwise:
//!
//! - **LNQ** moves exactly what it is told to, or reverts. It is our token, without hooks, fees on transfer or pause.
//! - **The jobs contract** names the right payee and share. A wrong one misdirects the money of that job's own slots; it
//!   reaches no other job, no fee, and never more than the posted price of the slots that are still unsettled.
//! - **The deployer** names the jobs contract, once. Afterwards it has no say.
//!
//! Nobody can pause it, re-point it or take a reward out of it.
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::unwrap_used, reason = "a test that panics is a test that fails")
)]

extern crate alloc;

mod errors;
mod fees;
mod rewards;
mod state;
mod wiring;

use alloy_primitives::Address;
use linq_abi::IEscrow::*;
use stylus_sdk::prelude::*;

pub use crate::{
    errors::EscrowError,
    fees::Fees,
    rewards::Rewards,
    state::{Earning, Escrow, Locking, MAX_PRICE, Reward},
    wiring::Wiring,
};

// What the SDK's macros name where they export the interface.
#[cfg(feature = "export-abi")]
use crate::{fees::FeesStylusAbiStruct, rewards::RewardsStylusAbiStruct, wiring::WiringStylusAbiStruct};

#[public]
#[implements(Wiring, Rewards, Fees)]
impl Escrow {
    /// Fixes the token, the treasury and who wires.
    ///
    /// Who:   whoever deploys, once.
    /// Needs: a deployer, a token with code, and a treasury that can receive LNQ.
    /// Does:  stores the three.
    /// Fails: [`EscrowBadAddress`].
    /// Note:  the deployer is named, because a contract made through a factory has the factory as its caller.
    #[constructor]
    pub fn constructor(&mut self, deployer: Address, token: Address, treasury: Address) -> Result<(), EscrowError> {
        if deployer.is_zero() {
            return Err(EscrowBadAddress { given: deployer }.into());
        }
        if self.vm().code_size(token) == 0 {
            return Err(EscrowBadAddress { given: token }.into());
        }
        // LNQ refuses transfers to these two; sending the treasury its own surplus back to the escrow would never end.
        if treasury.is_zero() || treasury == token || treasury == self.vm().contract_address() {
            return Err(EscrowBadAddress { given: treasury }.into());
        }
        self.deployer.set(&deployer);
        self.earning.set(&Earning { token, ..Earning::default() });
        self.treasury.set(&treasury);
        Ok(())
    }
}
