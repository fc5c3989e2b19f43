//! The registry's parameters, and who has a say in them.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::Address;
use linq_abi::RegistryParameters;
use linq_common::{Abi, Timestamp, pause_end};
use stylus_sdk::prelude::*;

use crate::{Lens, LensError};

/// What holds for all providers.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Rulebook {
    /// The registry's parameters that count at the present second.
    ///
    /// Fails: `LensSiblingFailed`.
    /// Units: whole LNQ; seconds; days; bps.
    fn parameters(&self) -> Result<Abi<RegistryParameters>, LensError>;

    /// The governor and the guardian of the registry; the version of its parameters that was announced last, and the
    /// second from which on it counts; and the second until which nobody registers, or 0.
    ///
    /// Fails: `LensSiblingFailed`.
    fn governance(&self) -> Result<(Address, Address, u16, u64, u64), LensError>;
}

#[public]
impl Rulebook for Lens {
    fn parameters(&self) -> Result<Abi<RegistryParameters>, LensError> {
        let (minimum, ladder, unbonding_secs) = self.settings()?.on(self.now().day());
        Ok(Abi(RegistryParameters {
            minimumLnq: minimum.base,
            perCoreLnq: minimum.per_core,
            perGpuLnq: minimum.per_gpu,
            unbondingSecs: unbonding_secs,
            priceCapLnq: ladder.price_cap,
            tier1: ladder.tier1.into(),
            tier2: ladder.tier2.into(),
            tier3: ladder.tier3.into(),
        }))
    }

    fn governance(&self) -> Result<(Address, Address, u16, u64, u64), LensError> {
        let settings = self.settings()?;
        let announced = settings.announcement;
        let end = pause_end(settings.holdings.paused_day);
        let paused_until = if self.now() < end { end.secs() } else { 0 };
        let from = Timestamp::of_day(announced.from_day).secs();
        Ok((settings.governor, settings.guardian, announced.version, from, paused_until))
    }
}
