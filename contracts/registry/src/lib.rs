//! The registry: providers, what they offer, their stake and their record.
//!
//! A provider is known by an id and bound by its stake. Taking a piece of work reserves capacity and locks stake for it;
//! closing it returns or slashes exactly that lock. No sequence of calls uses more than the capacity, locks more than the
//! bonded stake, or lets one piece of work touch the lock of another.
//!
//! - [`Providers`]: registering, the operator's consent, offers, and what anyone may read.
//! - [`Staking`]: adding stake, and taking free stake out again.
//! - [`Work`]: taking, freeing and closing, for the jobs contract alone.
//! - [`Wiring`]: the sibling, named once, and the parameters.
//!
//! Whom it trusts, and what breaks otherwise:
//!
//! - **LNQ** moves exactly what it is told to, or reverts, and calls nobody.
//! - **The jobs contract** closes each piece of work once, with the lock, resources and terms it was taken with. A wrong
//!   one could slash or unlock what is locked; it cannot reach stake that is free or being withdrawn, and never burns or
//!   returns more than there is.
//! - **The deployer** names the jobs contract, once. Afterwards it has no say.
#![cfg_attr(not(feature = "export-abi"), no_std)]
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test that overflows fails")
)]

extern crate alloc;

mod errors;
mod providers;
mod staking;
mod state;
mod wiring;
mod work;

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::Address;
use linq_abi::{
    IRegistry::{RegistryBadAddress, RegistryBadParameters},
    RegistryParameters,
};
use linq_common::Abi;
use linq_records::formulas::parameters_are_sound;
use stylus_sdk::prelude::*;

// What the SDK's macros name where they export the interface.
pub use crate::{
    errors::RegistryError, providers::Providers, staking::Staking, state::Registry, wiring::Wiring, work::Work,
};
#[cfg(feature = "export-abi")]
use crate::{
    providers::ProvidersStylusAbiStruct, staking::StakingStylusAbiStruct, wiring::WiringStylusAbiStruct,
    work::WorkStylusAbiStruct,
};

#[public]
#[implements(Providers, Staking, Work, Wiring)]
impl Registry {
    /// Sets up an empty registry.
    ///
    /// Who:   whoever deploys; the SDK runs it once.
    /// Needs: `deployer`, who will name the jobs contract; the token; parameters inside their limits.
    /// Does:  stores them.
    /// Fails: `RegistryBadAddress` for a zero deployer and for a token without code; `RegistryBadParameters`.
    /// Units: whole LNQ; seconds; days; bps.
    #[constructor]
    pub fn constructor(
        &mut self,
        deployer: Address,
        token: Address,
        parameters: Abi<RegistryParameters>,
    ) -> Result<(), RegistryError> {
        if deployer.is_zero() {
            return Err(RegistryBadAddress { given: deployer }.into());
        }
        if self.vm().code_size(token) == 0 {
            return Err(RegistryBadAddress { given: token }.into());
        }
        if !parameters_are_sound(&parameters.0) {
            return Err(RegistryBadParameters {}.into());
        }
        self.set_up(deployer, token, &parameters.0);
        Ok(())
    }
}
