//! What is known of providers and jobs: the words that registry and jobs keep of them, and the formulas over those.
//!
//! The two write them and decide by them. The lens reads the same words and answers by the same formulas, so that what it
//! says of a take is what the registry would do.
//!
//! - [`words`]: every word of a provider, and what it packs.
//! - [`settings`]: every word that holds for all providers.
//! - [`formulas`]: minimum stake, prices, slashes, tiers.
//! - [`Reputation`]: what good and bad work adds to, and time halves.
//! - [`eligibility`]: whether a provider can take a piece of work, and what stands in the way.
//! - [`job`]: what is kept of a job, and what its id is of.
//! - [`court`]: the rules of disputes.
//! - [`bits`]: runs of bits inside a word.
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

extern crate alloc;
#[cfg(test)]
extern crate std;

pub mod bits;
pub mod court;
pub mod eligibility;
pub mod formulas;
pub mod job;
pub mod jobs;
mod reputation;
pub mod settings;
#[cfg(test)]
mod size;
pub mod words;

pub use crate::reputation::Reputation;
