//! The lens: what people and matching read of providers and jobs.
//!
//! It holds no money, no authority and nothing that changes; a better one can be deployed beside it at any time. It reads
//! the words that the registry keeps and answers by the registry's own formulas, so that a provider it calls eligible is
//! one that the registry lets take.
//!
//! Every view is bounded: those that go over providers take a page at a time, and say where the next one begins.
//!
//! - [`Rulebook`]: the registry's parameters, and who has a say in them.
//! - [`People`]: providers, their stake and what they ask.
//! - [`Postings`]: jobs, as they were posted.
//! - [`Matching`]: who can take a piece of work, who does it cheapest, and what is due.
#![cfg_attr(not(feature = "export-abi"), no_std)]
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]

extern crate alloc;

mod books;
mod errors;
mod matching;
mod people;
mod postings;
mod rulebook;
mod state;

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::Address;
use linq_abi::ILens::LensBadAddress;
use stylus_sdk::prelude::*;

pub use crate::{
    errors::LensError, matching::Matching, people::People, postings::Postings, rulebook::Rulebook, state::Lens,
};
// What the SDK's macros name where they export the interface.
#[cfg(feature = "export-abi")]
use crate::{
    matching::MatchingStylusAbiStruct, people::PeopleStylusAbiStruct, postings::PostingsStylusAbiStruct,
    rulebook::RulebookStylusAbiStruct,
};

/// The most providers in one page.
pub const MAX_PAGE: u16 = 200;

#[public]
#[implements(People, Postings, Matching, Rulebook)]
impl Lens {
    /// Fixes the contracts it looks at.
    ///
    /// Who:   whoever deploys, once.
    /// Needs: two contracts.
    /// Does:  stores them.
    /// Fails: [`LensBadAddress`].
    #[constructor]
    pub fn constructor(&mut self, registry: Address, jobs: Address) -> Result<(), LensError> {
        for given in [registry, jobs] {
            if self.vm().code_size(given) == 0 {
                return Err(LensBadAddress { given }.into());
            }
        }
        self.registry.set(&registry);
        self.jobs.set(&jobs);
        Ok(())
    }

    /// The registry and the jobs contract.
    pub fn wiring(&self) -> (Address, Address) {
        (self.registry.get(), self.jobs.get())
    }
}
