//! The sibling, named once, and the parameters.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::Address;
use linq_abi::{
    IRegistry::{RegistryAlreadyWired, RegistryBadAddress, RegistryNotDeployer, Wired},
    RegistryParameters,
};
use linq_common::{Abi, log};
use stylus_sdk::prelude::*;

use crate::{Registry, RegistryError, state::Gate};

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

    /// What the registry was set up with.
    fn parameters(&self) -> Abi<RegistryParameters>;

    /// Who named the siblings, the token, and the jobs contract or zero.
    fn wiring(&self) -> (Address, Address, Address);
}

#[public]
impl Wiring for Registry {
    fn wire(&mut self, jobs: Address) -> Result<(), RegistryError> {
        let caller = self.vm().msg_sender();
        if caller != self.deployer() {
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

    fn parameters(&self) -> Abi<RegistryParameters> {
        let (holdings, minimum, ladder) = (self.holdings.get(), self.gate.get().minimum, self.ladder.get());
        Abi(RegistryParameters {
            minimumLnq: minimum.base,
            perCoreLnq: minimum.per_core,
            perGpuLnq: minimum.per_gpu,
            unbondingSecs: holdings.unbonding_secs,
            priceCapLnq: ladder.price_cap,
            tier1: ladder.tier1.into(),
            tier2: ladder.tier2.into(),
            tier3: ladder.tier3.into(),
        })
    }

    fn wiring(&self) -> (Address, Address, Address) {
        (self.deployer(), self.holdings.get().token, self.gate.get().jobs)
    }
}
