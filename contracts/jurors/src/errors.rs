//! Why a call to the jurors fails.

use linq_abi::IJurors::*;
use linq_common::{OutOfRange, contract_errors};

contract_errors! {
    /// Every reason.
    pub enum JurorsError {
        NotDeployer(JurorsNotDeployer),
        NotWired(JurorsNotWired),
        AlreadyWired(JurorsAlreadyWired),
        BadAddress(JurorsBadAddress),
        BadUnstaking(JurorsBadUnstaking),
        NotGuardian(JurorsNotGuardian),
        Paused(JurorsPaused),
        PausedLately(JurorsPausedLately),
        NoAmount(JurorsNoAmount),
        TooLittle(JurorsTooLittle),
        NotJuror(JurorsNotJuror),
        NotActive(JurorsNotActive),
        NothingToWithdraw(JurorsNothingToWithdraw),
        NotCourt(JurorsNotCourt),
        TooMany(JurorsTooMany),
        UnequalLists(JurorsUnequalLists),
        DayAhead(JurorsDayAhead),
        Overflow(JurorsOverflow),
        TokenFailed(JurorsTokenFailed),
    }
    else JurorsTokenFailed {}
}

impl From<OutOfRange> for JurorsError {
    fn from(_: OutOfRange) -> Self {
        JurorsOverflow {}.into()
    }
}
