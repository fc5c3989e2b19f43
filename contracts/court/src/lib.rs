//! Court: disputes over work, juries drawn by a beacon, sealed votes, verdicts and appeals.
//!
//! The court knows disputes, not jobs: what is in dispute, who paid for the jury, and the version of the parameters. Votes
//! and verdicts are shares of the whole price or pot, in twentieths. Whoever opened a dispute asks for the verdict; the
//! court calls nobody back.
//!
//! - [`Opening`]: a dispute is opened, or taken back because the claims met; and its verdict.
//! - [`Juries`]: a jury is drawn, given up on, or followed by a larger one.
//! - [`Voting`]: evidence, sealed votes, and showing them.
//! - [`Paying`]: every round is settled against the final verdict, and jurors are paid.
//! - [`Reading`]: what people read.
//! - [`Governance`]: parameters by version. There is no pause.
//! - [`Wiring`]: the siblings, named once.
//!
//! Whom it trusts, and what breaks otherwise:
//!
//! - **LNQ** moves exactly what it is told to, or reverts. It is our token, without hooks, fees on transfer or pause.
//! - **The beacon** says one value a round, for ever, that nobody knows before its time. One that is known early lets whoever
//!   knows it pick a jury by when it disputes; one that falls silent makes juries lapse.
//! - **The jurors contract** draws by the stake of a past day, names accounts, and sends what it says it has taken. A wrong
//!   one could seat whom it likes, and pay less into a round than it says, which the last to claim would be without.
//! - **The opener** opens disputes in the name of who has approved the court, for a value that covers what the verdict moves.
//!   A wrong one could spend allowances on juries that nobody asked for.
//! - **The governor** announces parameters inside the limits written here, for disputes that name their version.
//! - **The deployer** names the siblings, once. Afterwards it has no say.
//!
//! Every phase ends by the clock, and whatever follows anyone may call.
#![cfg_attr(feature = "export-abi", allow(missing_docs, reason = "the macro adds a function of its own"))]
#![cfg_attr(
    test,
    allow(
        clippy::arithmetic_side_effects,
        clippy::as_conversions,
        clippy::cast_possible_truncation,
        clippy::indexing_slicing,
        clippy::unwrap_used,
        reason = "a test that panics is a test that fails"
    )
)]

extern crate alloc;

mod ballots;
mod calls;
mod errors;
#[cfg(test)]
mod game;
mod governance;
mod juries;
mod logs;
mod opening;
mod paying;
mod reading;
mod rules;
#[cfg(test)]
mod settlement;
#[cfg(test)]
mod size;
mod state;
mod transition;
mod voting;
mod wiring;

use alloy_primitives::Address;
use linq_abi::{CourtParameters, ICourt::*, wire::Abi};
use stylus_sdk::prelude::*;

use crate::state::{Rule, Setup};
pub use crate::{
    errors::CourtError, governance::Governance, juries::Juries, opening::Opening, paying::Paying, reading::Reading,
    state::Court, voting::Voting, wiring::Wiring,
};

// What the SDK's macros name where they export the interface.
#[cfg(feature = "export-abi")]
use crate::{
    governance::GovernanceStylusAbiStruct, juries::JuriesStylusAbiStruct, opening::OpeningStylusAbiStruct,
    paying::PayingStylusAbiStruct, reading::ReadingStylusAbiStruct, voting::VotingStylusAbiStruct,
    wiring::WiringStylusAbiStruct,
};

#[public]
#[implements(Opening, Juries, Voting, Paying, Reading, Governance, Wiring)]
impl Court {
    /// Fixes the token, who wires and who governs, the shortest phase, and version 1 of the parameters.
    ///
    /// Who:   whoever deploys, once.
    /// Needs: a deployer; a token with code; a governor, or zero for none; parameters inside their limits.
    /// Does:  stores them; the parameters count at once.
    /// Emits: [`ParametersSet`].
    /// Fails: [`CourtBadAddress`], [`CourtBadParameters`].
    /// Units: seconds; thousandths of one LNQ.
    /// Note:  the deployer is named, because a contract made through a factory has the factory as its caller.
    #[constructor]
    pub fn constructor(
        &mut self,
        deployer: Address,
        token: Address,
        governor: Address,
        min_window_secs: u32,
        parameters: Abi<CourtParameters>,
    ) -> Result<(), CourtError> {
        if deployer.is_zero() {
            return Err(CourtBadAddress { given: deployer }.into());
        }
        if self.vm().code_size(token) == 0 {
            return Err(CourtBadAddress { given: token }.into());
        }
        let parameters = governance::sound(&parameters.0, min_window_secs)?;

        self.deployer.set(&deployer);
        self.token.set(&token);
        self.rule.set(&Rule { governor, min_window_secs });
        let from_day = self.now().day();
        self.announce(Setup { version: 1, from_day, ..Setup::default() }, &parameters);
        Ok(())
    }
}
