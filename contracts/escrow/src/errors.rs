//! Why the escrow refuses.

use linq_abi::IEscrow::*;
use linq_common::{OutOfRange, contract_errors};

contract_errors! {
    /// Why a call to the escrow failed.
    pub enum EscrowError {
        NotDeployer(EscrowNotDeployer),
        NotWired(EscrowNotWired),
        AlreadyWired(EscrowAlreadyWired),
        BadAddress(EscrowBadAddress),
        NotJobs(EscrowNotJobs),
        AlreadyLocked(EscrowAlreadyLocked),
        BadPrice(EscrowBadPrice),
        BadSlots(EscrowBadSlots),
        NothingLocked(EscrowNothingLocked),
        PriceAbovePosted(EscrowPriceAbovePosted),
        BadShare(EscrowBadShare),
        BadFee(EscrowBadFee),
        Overflow(EscrowOverflow),
        TokenFailed(EscrowTokenFailed),
    }
    else EscrowTokenFailed {}
}

impl From<OutOfRange> for EscrowError {
    fn from(_: OutOfRange) -> Self {
        EscrowOverflow {}.into()
    }
}
