//! Naming the siblings.

use alloc::{vec, vec::Vec};

use alloy_primitives::{Address, B256};
use linq_abi::ICourt::*;
use linq_common::log;
use stylus_sdk::prelude::*;

use crate::{
    CourtError,
    state::{Court, Setup},
};

/// The siblings.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Wiring {
    /// Names the jurors, the beacon and who opens disputes, for good.
    ///
    /// Who:   the deployer.
    /// Needs: none has been named; the ones given have code.
    /// Does:  stores them; from then on disputes can be opened.
    /// Emits: [`Wired`].
    /// Fails: [`CourtNotDeployer`], [`CourtAlreadyWired`], [`CourtBadAddress`].
    fn wire(&mut self, jurors: Address, beacon: Address, opener: Address) -> Result<(), CourtError>;

    /// Seven words, as the court stores them: the first six slots, who opens disputes with the number of disputes and the
    /// version announced last, the token, the jurors, the beacon, the deployer, the governor with the shortest phase; and one
    /// version of the parameters, which is zero where there is none.
    fn settings(&self, version: u16) -> Vec<B256>;
}

#[public]
impl Wiring for Court {
    fn wire(&mut self, jurors: Address, beacon: Address, opener: Address) -> Result<(), CourtError> {
        let caller = self.vm().msg_sender();
        if caller != self.deployer.get() {
            return Err(CourtNotDeployer { caller }.into());
        }
        let setup = self.setup.get();
        if !setup.opener.is_zero() {
            return Err(CourtAlreadyWired {}.into());
        }
        for given in [jurors, beacon, opener] {
            if self.vm().code_size(given) == 0 {
                return Err(CourtBadAddress { given }.into());
            }
        }

        self.jurors.set(&jurors);
        self.beacon.set(&beacon);
        self.setup.set(&Setup { opener, ..setup });

        log(self.vm(), &Wired { jurors, beacon, opener });
        Ok(())
    }

    fn settings(&self, version: u16) -> Vec<B256> {
        vec![
            self.setup.word(),
            self.token.word(),
            self.jurors.word(),
            self.beacon.word(),
            self.deployer.word(),
            self.rule.word(),
            self.parameters.get(u32::from(version).into()),
        ]
    }
}

impl Court {
    pub(crate) fn own_address(&self) -> Address {
        self.vm().contract_address()
    }

    /// Requires that the opener is named and calls.
    pub(crate) fn only_opener(&self) -> Result<Setup, CourtError> {
        let setup = self.setup.get();
        if setup.opener.is_zero() {
            return Err(CourtNotWired {}.into());
        }
        let caller = self.vm().msg_sender();
        if caller != setup.opener {
            return Err(CourtNotOpener { caller }.into());
        }
        Ok(setup)
    }
}
