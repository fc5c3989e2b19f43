//! The sibling, named once.

// The SDK's macros name `Vec` without a path.
use alloc::vec::Vec;

use alloy_primitives::Address;
use linq_abi::IJurors::{JurorsAlreadyWired, JurorsBadAddress, JurorsNotDeployer, Wired};
use linq_common::log;
use stylus_sdk::prelude::*;

use crate::{Jurors, JurorsError, Settings};

/// Setting up.
#[public]
#[allow(missing_docs, reason = "the macro adds a method of its own")]
pub trait Wiring {
    /// Names the court, for good.
    ///
    /// Who:   the deployer.
    /// Needs: not wired yet.
    /// Does:  stores the address; from now on there can be jurors, and the court can seize from them.
    /// Emits: `Wired`.
    /// Fails: `JurorsNotDeployer`; `JurorsAlreadyWired`; `JurorsBadAddress` for an address without code.
    fn wire(&mut self, court: Address) -> Result<(), JurorsError>;

    /// Who named the court, the token, the court or zero, the guardian or zero, and how long stake waits that leaves.
    ///
    /// Units: seconds.
    fn wiring(&self) -> (Address, Address, Address, Address, u32);
}

#[public]
impl Wiring for Jurors {
    fn wire(&mut self, court: Address) -> Result<(), JurorsError> {
        let caller = self.vm().msg_sender();
        if caller != self.deployer.get() {
            return Err(JurorsNotDeployer { caller }.into());
        }
        let settings = self.settings.get();
        if settings.wired {
            return Err(JurorsAlreadyWired {}.into());
        }
        if self.vm().code_size(court) == 0 {
            return Err(JurorsBadAddress { given: court }.into());
        }

        self.court.set(&court);
        self.settings.set(&Settings { wired: true, ..settings });

        log(self.vm(), &Wired { court });
        Ok(())
    }

    fn wiring(&self) -> (Address, Address, Address, Address, u32) {
        let settings = self.settings.get();
        (self.deployer.get(), settings.token, self.court.get(), self.guardian.get(), settings.unstake_secs)
    }
}
