//! Why a call to the lens fails.

use linq_abi::ILens::*;
use linq_common::contract_errors;

contract_errors! {
    /// Every reason.
    pub enum LensError {
        BadAddress(LensBadAddress),
        UnknownProvider(LensUnknownProvider),
        UnknownJob(LensUnknownJob),
        UnknownParameters(LensUnknownParameters),
        SiblingFailed(LensSiblingFailed),
    }
    else LensSiblingFailed {}
}
