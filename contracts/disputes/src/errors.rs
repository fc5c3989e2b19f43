//! Why a call to the disputes contract fails.

use linq_abi::IDisputes::*;
use linq_common::{OutOfRange, contract_errors};

contract_errors! {
    /// Every reason.
    pub enum DisputesError {
        NotDeployer(DisputesNotDeployer),
        NotWired(DisputesNotWired),
        AlreadyWired(DisputesAlreadyWired),
        BadAddress(DisputesBadAddress),
        NotRequester(DisputesNotRequester),
        NotParty(DisputesNotParty),
        BadClaim(DisputesBadClaim),
        NotDisputed(DisputesNotDisputed),
        TooLate(DisputesTooLate),
        Undecided(DisputesUndecided),
        TooEarly(DisputesTooEarly),
        SiblingFailed(DisputesSiblingFailed),
        Overflow(DisputesOverflow),
    }
    else DisputesSiblingFailed {}
}

impl From<OutOfRange> for DisputesError {
    fn from(_: OutOfRange) -> Self {
        DisputesOverflow {}.into()
    }
}
