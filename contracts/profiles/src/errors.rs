//! Why a call to the profiles fails.

use linq_abi::IProfiles::*;
use linq_common::contract_errors;

contract_errors! {
    /// Every reason.
    pub enum ProfilesError {
        BadAddress(ProfilesBadAddress),
        UnknownProvider(ProfilesUnknownProvider),
        NotOwner(ProfilesNotOwner),
        NotOperator(ProfilesNotOperator),
        MetadataTooLong(ProfilesMetadataTooLong),
        BadSelfTest(ProfilesBadSelfTest),
        RegistryFailed(ProfilesRegistryFailed),
    }
    else ProfilesRegistryFailed {}
}
