//! The Solidity errors of Arbitrum's precompiles.

use alloy::sol;

use super::super::arbos_state::ProgramFault;

sol! {
    /// Errors of all precompiles together; clients tell them by their selector alone.
    #[derive(Debug, PartialEq, Eq)]
    interface Arb {
        error ProgramNotWasm();
        error ProgramNotActivated();
        error ProgramNeedsUpgrade(uint16 version, uint16 stylusVersion);
        error ProgramExpired(uint64 ageInSeconds);
        error ProgramUpToDate();
        error ProgramKeepaliveTooSoon(uint64 ageInSeconds);
        error ProgramInsufficientValue(uint256 have, uint256 want);
        error InvalidBlockNumber(uint256 requested, uint256 current);
    }
}

pub(crate) use Arb::ArbErrors;

impl ArbErrors {
    /// As Nitro prints it in error messages.
    pub fn render(&self) -> String {
        let (name, arguments) = match self {
            Self::ProgramNotWasm(_) => ("ProgramNotWasm", String::new()),
            Self::ProgramNotActivated(_) => ("ProgramNotActivated", String::new()),
            Self::ProgramNeedsUpgrade(e) => ("ProgramNeedsUpgrade", format!("{}, {}", e.version, e.stylusVersion)),
            Self::ProgramExpired(e) => ("ProgramExpired", e.ageInSeconds.to_string()),
            Self::ProgramUpToDate(_) => ("ProgramUpToDate", String::new()),
            Self::ProgramKeepaliveTooSoon(e) => ("ProgramKeepaliveTooSoon", e.ageInSeconds.to_string()),
            Self::ProgramInsufficientValue(e) => ("ProgramInsufficientValue", format!("{}, {}", e.have, e.want)),
            Self::InvalidBlockNumber(e) => ("InvalidBlockNumber", format!("{}, {}", e.requested, e.current)),
        };
        format!("error {name}({arguments})")
    }
}

/// The error that says why a program cannot be used.
pub(crate) fn of_fault(fault: ProgramFault) -> ArbErrors {
    match fault {
        ProgramFault::NotActivated => ArbErrors::ProgramNotActivated(Arb::ProgramNotActivated {}),
        ProgramFault::NeedsUpgrade { record, params } => {
            ArbErrors::ProgramNeedsUpgrade(Arb::ProgramNeedsUpgrade { version: record, stylusVersion: params })
        }
        ProgramFault::Expired { age } => ArbErrors::ProgramExpired(Arb::ProgramExpired { ageInSeconds: age }),
    }
}

impl From<ProgramFault> for ArbErrors {
    fn from(fault: ProgramFault) -> Self {
        of_fault(fault)
    }
}
