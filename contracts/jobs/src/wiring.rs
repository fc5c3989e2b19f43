//! Naming the siblings, and what is fixed for everyone.

use alloc::{vec, vec::Vec};

use alloy_primitives::{Address, B256, aliases::U16};
use linq_abi::IJobs::*;
use linq_common::log;
use linq_records::jobs::Setup;
use stylus_sdk::prelude::*;

use crate::{JobsError, state::Jobs};

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

    /// Seven words, as they are stored: the escrow with the rules of now, the registry, the deployer, the governor, the
    /// guardian and the disputes contract, of which siblings are zero until they are wired; and one version of the
    /// parameters, which is zero where there is none. The lens says what is in them.
    fn settings(&self, version: u16) -> Vec<B256>;
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

    fn settings(&self, version: u16) -> Vec<B256> {
        vec![
            self.setup.word(),
            self.registry.word(),
            self.deployer.word(),
            self.governor.word(),
            self.guardian.word(),
            self.disputes.word(),
            self.parameters.get(U16::from(version)),
        ]
    }
}
