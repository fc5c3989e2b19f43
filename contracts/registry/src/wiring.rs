//! The sibling, named once.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::Address;
use linq_abi::IRegistry::{RegistryAlreadyWired, RegistryBadAddress, RegistryNotDeployer, Wired};
use linq_common::log;
use linq_records::settings::Gate;
use stylus_sdk::prelude::*;

use crate::{Registry, RegistryError};

/// Setting up.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Wiring {
    /// Names the jobs contract, for good.
    ///
    /// Who:   the deployer.
    /// Needs: not wired yet.
    /// Does:  stores the address; from now on providers can register and the jobs contract can take work.
    /// Emits: `Wired`.
    /// Fails: `RegistryNotDeployer`; `RegistryAlreadyWired`; `RegistryBadAddress` for an address without code.
    fn wire(&mut self, jobs: Address) -> Result<(), RegistryError>;

    /// Who named the siblings, the token, and the jobs contract or zero.
    fn wiring(&self) -> (Address, Address, Address);
}

#[public]
impl Wiring for Registry {
    fn wire(&mut self, jobs: Address) -> Result<(), RegistryError> {
        let caller = self.vm().msg_sender();
        if caller != self.deployer.get() {
            return Err(RegistryNotDeployer { caller }.into());
        }
        let gate = self.gate.get();
        if !gate.jobs.is_zero() {
            return Err(RegistryAlreadyWired {}.into());
        }
        if self.vm().code_size(jobs) == 0 {
            return Err(RegistryBadAddress { given: jobs }.into());
        }
        self.gate.set(&Gate { jobs, ..gate });
        log(self.vm(), &Wired { jobs });
        Ok(())
    }

    fn wiring(&self) -> (Address, Address, Address) {
        (self.deployer.get(), self.holdings.get().token, self.gate.get().jobs)
    }
}
