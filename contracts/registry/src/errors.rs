//! Why a call to the registry fails.

use linq_abi::IRegistry::*;
use linq_common::{OutOfRange, contract_errors};

contract_errors! {
    /// Every reason.
    pub enum RegistryError {
        NotDeployer(RegistryNotDeployer),
        NotWired(RegistryNotWired),
        AlreadyWired(RegistryAlreadyWired),
        BadAddress(RegistryBadAddress),
        BadParameters(RegistryBadParameters),
        NotGovernor(RegistryNotGovernor),
        ParametersPending(RegistryParametersPending),
        NotGuardian(RegistryNotGuardian),
        Paused(RegistryPaused),
        PausedLately(RegistryPausedLately),
        NotJobs(RegistryNotJobs),
        UnknownProvider(RegistryUnknownProvider),
        NotOwner(RegistryNotOwner),
        NotOperator(RegistryNotOperator),
        NotInvited(RegistryNotInvited),
        AddressTaken(RegistryAddressTaken),
        BadPayout(RegistryBadPayout),
        BadCapacity(RegistryBadCapacity),
        CapacityInUse(RegistryCapacityInUse),
        BadOffer(RegistryBadOffer),
        StakeTooLow(RegistryStakeTooLow),
        NoAmount(RegistryNoAmount),
        NotFree(RegistryNotFree),
        TooManyUnbondings(RegistryTooManyUnbondings),
        NothingToWithdraw(RegistryNothingToWithdraw),
        BelowMinimum(RegistryBelowMinimum),
        Draining(RegistryDraining),
        NoCapacity(RegistryNoCapacity),
        MissingFeatures(RegistryMissingFeatures),
        WrongRegion(RegistryWrongRegion),
        TierTooLow(RegistryTierTooLow),
        PriceAboveTier(RegistryPriceAboveTier),
        NotEnoughStake(RegistryNotEnoughStake),
        NotAssignable(RegistryNotAssignable),
        OfferClosed(RegistryOfferClosed),
        OutsideOffer(RegistryOutsideOffer),
        NotTheQuote(RegistryNotTheQuote),
        BadWork(RegistryBadWork),
        Overflow(RegistryOverflow),
        TokenFailed(RegistryTokenFailed),
    }
    else RegistryTokenFailed {}
}

impl From<OutOfRange> for RegistryError {
    fn from(_: OutOfRange) -> Self {
        RegistryOverflow {}.into()
    }
}
