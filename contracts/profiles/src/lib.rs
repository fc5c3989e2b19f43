//! Profiles: what providers say of themselves, for people and for those who seal secrets.
//!
//! Nothing here is worth money and nothing on the chain decides by it; so it lies beside the registry, not in it. Who may
//! speak for a provider the registry says, at every call.
//!
//! Whom it trusts, and what breaks otherwise:
//!
//! - **The registry** names a provider's owner and operator. A wrong one lets somebody else speak for a provider.
//! - **An owner** states a key that is its own, and metadata that is true. Nobody checks either.
//! - **An operator**'s key is hot and may be stolen. It can publish another self-test, which the owner replaces; it cannot
//!   reach the sealing key, to which secrets would then be sealed for the thief, nor the metadata, which lead people on.
//!
//! What an owner stated counts while it owns. Whoever comes after it begins with nothing, so that no secret is sealed to
//! the key of somebody who has left.
//!
//! Nobody can pause it, and nobody but the owner can change what it stated.
#![cfg_attr(not(feature = "export-abi"), no_std)]
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test that overflows fails")
)]

extern crate alloc;

mod errors;
mod logs;
mod state;
mod statements;

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::Address;
use linq_abi::IProfiles::ProfilesBadAddress;
use stylus_sdk::prelude::*;

// What the SDK's macros name where they export the interface.
#[cfg(feature = "export-abi")]
use crate::statements::StatementsStylusAbiStruct;
pub use crate::{
    errors::ProfilesError,
    state::{Profiles, Statement, Validity},
    statements::{MAX_METADATA, MAX_VALIDITY_SECS, Statements},
};

#[public]
#[implements(Statements)]
impl Profiles {
    /// Fixes the registry.
    ///
    /// Who:   whoever deploys, once.
    /// Needs: a contract.
    /// Does:  stores it.
    /// Fails: [`ProfilesBadAddress`].
    #[constructor]
    pub fn constructor(&mut self, registry: Address) -> Result<(), ProfilesError> {
        if self.vm().code_size(registry) == 0 {
            return Err(ProfilesBadAddress { given: registry }.into());
        }
        self.registry.set(&registry);
        Ok(())
    }

    /// The registry.
    pub fn wiring(&self) -> Address {
        self.registry.get()
    }
}
