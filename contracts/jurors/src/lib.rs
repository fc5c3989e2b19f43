//! Jurors: who backs the court with how much, and what each of them weighed on each day.
//!
//! A juror is known by a number and bound by its stake. Its weight is its active stake in whole LNQ. A jury is drawn from
//! the weights as they stood at the start of a UTC day, whatever happened since: [`tree`] keeps one version a day.
//!
//! - [`Staking`]: adding stake, and taking it out again after a wait.
//! - [`Drawing`]: who sits in a jury, and what anyone may read of weights.
//! - [`Penalties`]: taking from stake, for the court alone.
//! - [`Register`]: who a juror is and what it holds.
//! - [`Governance`]: the pause of new stake.
//! - [`Wiring`]: the sibling, named once.
//!
//! Whom it trusts, and what breaks otherwise:
//!
//! - **LNQ** moves exactly what it is told to, or reverts, and calls nobody.
//! - **The court** takes no more from a juror than what that juror's votes lost. A wrong one could seize all stake that is
//!   active or leaving; it cannot stop anybody from leaving, and what was withdrawn is out of its reach.
//! - **The guardian** can keep new stake out for a week. It stops nothing else.
//! - **The deployer** names the court, once. Nobody can stake before, so that everybody knows whom they trust.
//!
//! Nobody can change how long stake waits, or who sat in a jury.
#![cfg_attr(not(any(test, feature = "export-abi")), no_std)]
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]
#![cfg_attr(
    test,
    allow(clippy::arithmetic_side_effects, clippy::as_conversions, reason = "a test that overflows fails")
)]

extern crate alloc;

mod drawing;
mod errors;
mod governance;
mod penalties;
mod register;
mod staking;
mod state;
mod tree;
mod wiring;

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::Address;
use linq_abi::IJurors::{JurorsBadAddress, JurorsBadUnstaking};
use linq_common::DAY_SECS;
use stylus_sdk::prelude::*;

pub use crate::{
    drawing::Drawing,
    errors::JurorsError,
    governance::Governance,
    penalties::Penalties,
    register::Register,
    staking::Staking,
    state::{Account, Holder, Jurors, Settings},
    wiring::Wiring,
};
// What the SDK's macros name where they export the interface.
#[cfg(feature = "export-abi")]
use crate::{
    drawing::DrawingStylusAbiStruct, governance::GovernanceStylusAbiStruct, penalties::PenaltiesStylusAbiStruct,
    register::RegisterStylusAbiStruct, staking::StakingStylusAbiStruct, wiring::WiringStylusAbiStruct,
};

/// The shortest wait of stake that leaves, for a local chain. A public one needs the longest dispute and a week.
const MIN_UNSTAKE_SECS: u32 = 60;
/// The longest.
const MAX_UNSTAKE_SECS: u32 = DAY_SECS.saturating_mul(120);

#[public]
#[implements(Staking, Drawing, Penalties, Register, Governance, Wiring)]
impl Jurors {
    /// Sets up a court without jurors.
    ///
    /// Who:   whoever deploys; the SDK runs it once.
    /// Needs: `deployer`, who will name the court; the token; a guardian, zero for none; a wait between 60 seconds and 120
    ///        days.
    /// Does:  stores them, for good.
    /// Fails: `JurorsBadAddress` for a zero deployer and for a token without code; `JurorsBadUnstaking`.
    /// Units: seconds.
    /// Note:  the wait has to outlast every dispute that stake can be drawn into, which only the deployer can see to.
    #[constructor]
    pub fn constructor(
        &mut self,
        deployer: Address,
        token: Address,
        guardian: Address,
        unstake_secs: u32,
    ) -> Result<(), JurorsError> {
        if deployer.is_zero() {
            return Err(JurorsBadAddress { given: deployer }.into());
        }
        if self.vm().code_size(token) == 0 {
            return Err(JurorsBadAddress { given: token }.into());
        }
        if !(MIN_UNSTAKE_SECS..=MAX_UNSTAKE_SECS).contains(&unstake_secs) {
            return Err(JurorsBadUnstaking { secs: unstake_secs }.into());
        }

        self.deployer.set(&deployer);
        self.guardian.set(&guardian);
        self.settings.set(&Settings { token, unstake_secs, ..Settings::default() });
        Ok(())
    }
}
