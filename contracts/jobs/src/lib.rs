//! Jobs: the life of a bounty, from the terms a requester posts to the last slot that is settled.
//!
//! A task of a job is a slot: one provider at a time, one result, one payment. The jobs contract decides what happens to
//! a slot and when; it holds no money. The registry keeps the providers' stake and capacity, the escrow the prices.
//!
//! - [`Posting`]: terms become a job; an open slot can be cancelled.
//! - [`Taking`]: a provider takes a slot, or displaces who has it.
//! - [`Running`]: its operator submits a result, or says that it is unable.
//! - [`Disputing`]: a result is frozen while it is disputed, and settled as the dispute ends.
//! - [`Settling`]: the requester accepts, a judge rules, and anyone carries out what the clock makes due.
//! - [`Governance`]: parameters by version, and the pause of posting and taking.
//! - [`Wiring`]: the siblings, named once.
//!
//! Whom it trusts, and what breaks otherwise:
//!
//! - **The registry** tells operators from others and names the payout address. A wrong one could let strangers act for
//!   providers and misdirect payments; it could not pay more than a slot's price.
//! - **The escrow** holds the prices. A wrong one could refuse to settle; slots would stay as they are.
//! - **The disputes contract** says what a disputed result is worth. A wrong one could misdirect the price of a result that
//!   is in and whose window is open, and what was locked for it; it reaches no other slot.
//! - **A judge** rules on the jobs that name it, and on no others. Its silence changes nothing: the slot is paid.
//! - **The governor** announces parameters inside the limits written here, for jobs that are posted from the next day on.
//! - **The guardian** can stop posting and taking for a week. It stops nothing else.
//! - **The deployer** names the siblings, once. Afterwards it has no say.
//!
//! No state waits for one particular party: whatever the clock makes due, anyone may carry out by `step`.
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::indexing_slicing,
        clippy::panic,
        clippy::unwrap_used,
        reason = "a test that panics is a test that fails"
    )
)]

extern crate alloc;

mod calls;
mod disputing;
mod errors;
mod governance;
mod logs;
mod math;
mod posting;
mod running;
mod settling;
mod state;
mod taking;
mod terms;
mod transition;
mod wiring;
mod work;

use alloy_primitives::Address;
use linq_abi::{IJobs::*, JobParameters, wire::Abi};
use stylus_sdk::prelude::*;

use linq_records::jobs::Setup;

pub use crate::{
    disputing::Disputing, errors::JobsError, governance::Governance, posting::Posting, running::Running,
    settling::Settling, state::Jobs, taking::Taking, wiring::Wiring,
};

/// Limits of the shortest window: a local chain needs no day to force a transaction in, a public one does.
const MIN_WINDOW_SECS: core::ops::RangeInclusive<u32> = 60..=terms::MAX_WINDOW_SECS;

// What the SDK's macros name where they export the interface.
#[cfg(feature = "export-abi")]
use crate::{
    disputing::DisputingStylusAbiStruct, governance::GovernanceStylusAbiStruct, posting::PostingStylusAbiStruct,
    running::RunningStylusAbiStruct, settling::SettlingStylusAbiStruct, taking::TakingStylusAbiStruct,
    wiring::WiringStylusAbiStruct,
};

#[public]
#[implements(Posting, Taking, Running, Settling, Disputing, Governance, Wiring)]
impl Jobs {
    /// Fixes who wires, who governs and who guards, the shortest window, and version 1 of the parameters.
    ///
    /// Who:   whoever deploys, once.
    /// Needs: a deployer; a governor and a guardian, each zero for none; parameters inside their limits.
    /// Does:  stores them; the parameters count at once.
    /// Emits: [`ParametersSet`].
    /// Fails: [`JobsBadAddress`], [`JobsBadParameters`].
    /// Units: seconds; bps.
    /// Note:  the deployer is named, because a contract made through a factory has the factory as its caller.
    #[constructor]
    pub fn constructor(
        &mut self,
        deployer: Address,
        governor: Address,
        guardian: Address,
        min_window_secs: u32,
        parameters: Abi<JobParameters>,
    ) -> Result<(), JobsError> {
        let JobParameters { feeBps: fee_bps, collateralBps: collateral_bps, maxAttempts: max_attempts } = parameters.0;
        if deployer.is_zero() {
            return Err(JobsBadAddress { given: deployer }.into());
        }
        let parameters = governance::sound(fee_bps, collateral_bps, max_attempts, min_window_secs)?;

        self.deployer.set(&deployer);
        self.governor.set(&governor);
        self.guardian.set(&guardian);
        let from_day = self.now().day();
        self.announce(Setup { min_window_secs, version: 1, parameters, from_day, ..Setup::default() });
        Ok(())
    }
}
