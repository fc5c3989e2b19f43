//! The registry: providers, what they offer, their stake and their record.
//!
//! A provider is known by an id and bound by its stake. Taking a piece of work reserves capacity and locks stake for it;
//! closing it returns or slashes exactly that lock. No sequence of calls uses more than the capacity, locks more than the
//! bonded stake, or lets one piece of work touch the lock of another.
//!
//! - [`Providers`]: registering, capacity and offers, leaving, and what anyone may read.
//! - [`Keys`]: who owns and operates a provider, and where it is paid.
//! - [`Staking`]: adding stake, and taking free stake out again.
//! - [`Work`]: taking, freeing and closing, for the jobs contract alone.
//! - [`Governance`]: parameters by version, and the pause of registering.
//! - [`Wiring`]: the sibling, named once.
//!
//! Whom it trusts, and what breaks otherwise:
//!
//! - **LNQ** moves exactly what it is told to, or reverts, and calls nobody.
//! - **The jobs contract** closes each piece of work once, with the lock, resources and terms it was taken with. A wrong
//!   one could slash or unlock what is locked; it cannot reach stake that is free or being withdrawn, and never burns or
//!   returns more than there is.
//! - **The governor** announces parameters inside the limits written here, which count from the next day on. They decide
//!   who can register and take; no work that was taken and no request to unbond is touched by them.
//! - **The guardian** can keep newcomers out for a week. It stops nothing else.
//! - **The deployer** names the jobs contract, once. Afterwards it has no say.
#![cfg_attr(not(feature = "export-abi"), no_std)]
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test that overflows fails")
)]

extern crate alloc;

mod errors;
mod governance;
mod keys;
mod providers;
mod staking;
mod state;
mod wiring;
mod work;

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::Address;
use linq_abi::{
    IRegistry::{ParametersSet, RegistryBadAddress},
    RegistryParameters,
};
use linq_common::{Abi, log};
use linq_records::settings::{Announcement, Holdings};
use stylus_sdk::prelude::*;

// What the SDK's macros name where they export the interface.
pub use crate::{
    errors::RegistryError, governance::Governance, keys::Keys, providers::Providers, staking::Staking, state::Registry,
    wiring::Wiring, work::Work,
};
#[cfg(feature = "export-abi")]
use crate::{
    governance::GovernanceStylusAbiStruct, keys::KeysStylusAbiStruct, providers::ProvidersStylusAbiStruct,
    staking::StakingStylusAbiStruct, wiring::WiringStylusAbiStruct, work::WorkStylusAbiStruct,
};

#[public]
#[implements(Providers, Keys, Staking, Work, Governance, Wiring)]
impl Registry {
    /// Sets up an empty registry.
    ///
    /// Who:   whoever deploys; the SDK runs it once.
    /// Needs: `deployer`, who will name the jobs contract; the token; a governor and a guardian, each zero for none;
    ///        parameters inside their limits.
    /// Does:  stores them; the parameters are version 1, and count at once.
    /// Emits: `ParametersSet`.
    /// Fails: `RegistryBadAddress` for a zero deployer and for a token without code; `RegistryBadParameters`.
    /// Units: whole LNQ; seconds; days; bps.
    #[constructor]
    pub fn constructor(
        &mut self,
        deployer: Address,
        token: Address,
        governor: Address,
        guardian: Address,
        parameters: Abi<RegistryParameters>,
    ) -> Result<(), RegistryError> {
        let Abi(parameters) = parameters;
        if deployer.is_zero() {
            return Err(RegistryBadAddress { given: deployer }.into());
        }
        if self.vm().code_size(token) == 0 {
            return Err(RegistryBadAddress { given: token }.into());
        }
        governance::require_sound(&parameters)?;
        let (version, today) = (1, self.now().day());

        self.deployer.set(&deployer);
        self.governor.set(&governor);
        self.guardian.set(&guardian);
        self.holdings.set(&Holdings { token, ..Holdings::default() });
        self.put_in_force(&(&parameters).into(), (&parameters).into());
        self.announcement.set(&Announcement { version, from_day: today, ..(&parameters).into() });

        log(self.vm(), &ParametersSet { version, from: self.now().secs(), parameters });
        Ok(())
    }
}
