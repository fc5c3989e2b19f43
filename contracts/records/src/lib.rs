//! What is known of providers: the words that the registry keeps of them, and the formulas over those.
//!
//! The registry writes them and decides by them. The lens reads the same words from it and answers by the same formulas,
//! so that what it says of a take is what the registry would do.
//!
//! - [`words`]: every word of a provider, and what it packs.
//! - [`settings`]: every word that holds for all providers.
//! - [`formulas`]: minimum stake, prices, slashes, tiers.
//! - [`Reputation`]: what good and bad work adds to, and time halves.
//! - [`eligibility`]: whether a provider can take a piece of work, and what stands in the way.
#![no_std]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::unwrap_used,
        reason = "a test that overflows fails"
    )
)]

#[cfg(test)]
extern crate std;

pub mod eligibility;
pub mod formulas;
mod reputation;
pub mod settings;
#[cfg(test)]
mod size;
pub mod words;

pub use crate::reputation::Reputation;
