//! Naming the siblings.

use alloy_primitives::Address;
use linq_abi::IDisputes::*;
use linq_common::log;
use stylus_sdk::prelude::*;

use crate::{Disputes, DisputesError};

/// The siblings.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Wiring {
    /// Names the siblings, for good.
    ///
    /// Who:   the deployer.
    /// Needs: none has been named; the ones given have code.
    /// Does:  stores them; from then on results can be disputed.
    /// Emits: [`Wired`].
    /// Fails: [`DisputesNotDeployer`], [`DisputesAlreadyWired`], [`DisputesBadAddress`].
    fn wire(&mut self, jobs: Address, registry: Address, escrow: Address, court: Address) -> Result<(), DisputesError>;

    /// The deployer, and the siblings: jobs, registry, escrow and court, which are zero until they are wired.
    fn wiring(&self) -> (Address, Address, Address, Address, Address);
}

#[public]
impl Wiring for Disputes {
    fn wire(&mut self, jobs: Address, registry: Address, escrow: Address, court: Address) -> Result<(), DisputesError> {
        let caller = self.vm().msg_sender();
        if caller != self.deployer.get() {
            return Err(DisputesNotDeployer { caller }.into());
        }
        if !self.court.get().is_zero() {
            return Err(DisputesAlreadyWired {}.into());
        }
        for given in [jobs, registry, escrow, court] {
            if self.vm().code_size(given) == 0 {
                return Err(DisputesBadAddress { given }.into());
            }
        }

        self.jobs.set(&jobs);
        self.registry.set(&registry);
        self.escrow.set(&escrow);
        self.court.set(&court);

        log(self.vm(), &Wired { jobs, registry, escrow, court });
        Ok(())
    }

    fn wiring(&self) -> (Address, Address, Address, Address, Address) {
        (self.deployer.get(), self.jobs.get(), self.registry.get(), self.escrow.get(), self.court.get())
    }
}
