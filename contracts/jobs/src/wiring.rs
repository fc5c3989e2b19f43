//! Naming the siblings, and what is fixed for everyone.

use alloy_primitives::Address;
use linq_abi::{IJobs::*, JobParameters, wire::Abi};
use linq_common::{log, pause_end};
use stylus_sdk::prelude::*;

use crate::{
    JobsError,
    state::{Jobs, Setup},
};

/// The siblings and the parameters.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Wiring {
    /// Names the registry, the escrow and the disputes contract, for good.
    ///
    /// Who:   the deployer.
    /// Needs: none has been named; the ones given have code.
    /// Does:  stores them; from then on jobs can be posted.
    /// Emits: [`Wired`].
    /// Fails: [`JobsNotDeployer`], [`JobsAlreadyWired`], [`JobsBadAddress`].
    fn wire(&mut self, registry: Address, escrow: Address, disputes: Address) -> Result<(), JobsError>;

    /// One version of the parameters.
    ///
    /// Fails: [`JobsUnknownParameters`].
    fn parameters(&self, version: u16) -> Result<Abi<JobParameters>, JobsError>;

    /// The shortest window a result may have, the version of the parameters that jobs are made under now, and the second
    /// until which nothing is posted or taken, or 0.
    ///
    /// Units: seconds.
    fn limits(&self) -> (u32, u16, u64);

    /// The deployer; the registry, the escrow and the disputes contract, which are zero until they are wired; the governor
    /// and the guardian.
    fn wiring(&self) -> (Address, Address, Address, Address, Address, Address);
}

#[public]
impl Wiring for Jobs {
    fn wire(&mut self, registry: Address, escrow: Address, disputes: Address) -> Result<(), JobsError> {
        let caller = self.vm().msg_sender();
        if caller != self.deployer.get() {
            return Err(JobsNotDeployer { caller }.into());
        }
        let setup = self.setup();
        if !setup.escrow.is_zero() {
            return Err(JobsAlreadyWired {}.into());
        }
        for given in [registry, escrow, disputes] {
            if self.vm().code_size(given) == 0 {
                return Err(JobsBadAddress { given }.into());
            }
        }

        self.registry.set(&registry);
        self.disputes.set(&disputes);
        self.set_up(&Setup { escrow, ..setup });

        log(self.vm(), &Wired { registry, escrow, disputes });
        Ok(())
    }

    fn parameters(&self, version: u16) -> Result<Abi<JobParameters>, JobsError> {
        let parameters = self.parameters_of(version);
        // Every version allows an attempt, so none of them is all zero.
        if parameters.max_attempts == 0 {
            return Err(JobsUnknownParameters { version, current: self.in_force().version }.into());
        }
        Ok(JobParameters::from(parameters).into())
    }

    fn limits(&self) -> (u32, u16, u64) {
        let setup = self.in_force();
        let end = pause_end(setup.paused_day);
        (setup.min_window_secs, setup.version, if self.now() < end { end.secs() } else { 0 })
    }

    fn wiring(&self) -> (Address, Address, Address, Address, Address, Address) {
        let (escrow, disputes) = (self.setup().escrow, self.disputes.get());
        (self.deployer.get(), self.registry.get(), escrow, disputes, self.governor.get(), self.guardian.get())
    }
}
