//! Naming the one contract that may lock and settle.

use alloy_primitives::Address;
use linq_abi::IEscrow::*;
use linq_common::log;
use stylus_sdk::prelude::*;

use crate::{Escrow, EscrowError, Locking};

/// Who may call the escrow.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Wiring {
    /// Names the jobs contract, for good.
    ///
    /// Who:   the deployer.
    /// Needs: no jobs contract has been named; the one given has code.
    /// Does:  stores it; from then on rewards can be locked.
    /// Emits: [`Wired`].
    /// Fails: [`EscrowNotDeployer`], [`EscrowAlreadyWired`], [`EscrowBadAddress`].
    fn wire(&mut self, jobs: Address) -> Result<(), EscrowError>;

    /// The deployer, the token, the jobs contract (zero until it is wired) and the treasury.
    fn wiring(&self) -> (Address, Address, Address, Address);
}

#[public]
impl Wiring for Escrow {
    fn wire(&mut self, jobs: Address) -> Result<(), EscrowError> {
        let caller = self.vm().msg_sender();
        if caller != self.deployer.get() {
            return Err(EscrowNotDeployer { caller }.into());
        }
        let locking = self.locking.get();
        if !locking.jobs.is_zero() {
            return Err(EscrowAlreadyWired {}.into());
        }
        if self.vm().code_size(jobs) == 0 {
            return Err(EscrowBadAddress { given: jobs }.into());
        }

        self.locking.set(&Locking { jobs, ..locking });

        log(self.vm(), &Wired { jobs });
        Ok(())
    }

    fn wiring(&self) -> (Address, Address, Address, Address) {
        (self.deployer.get(), self.earning.get().token, self.locking.get().jobs, self.treasury.get())
    }
}

impl Escrow {
    /// Requires that the jobs contract is named and calls. Answers the word that says so, for it changes with every such
    /// call.
    pub(crate) fn only_jobs(&self) -> Result<Locking, EscrowError> {
        let locking = self.locking.get();
        if locking.jobs.is_zero() {
            return Err(EscrowNotWired {}.into());
        }
        let caller = self.vm().msg_sender();
        if caller != locking.jobs {
            return Err(EscrowNotJobs { caller }.into());
        }
        Ok(locking)
    }
}
