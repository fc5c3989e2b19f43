//! Why the court refuses.

use alloc::vec::Vec;

#[cfg(feature = "export-abi")]
use alloy_sol_types::SolError;
use linq_abi::{ICourt::*, wire::encode_error};
use linq_common::OutOfRange;

/// Why a call to the court failed: one of its errors in the form that a caller receives, or what a sibling gave
/// as its reason, unchanged.
///
/// It is encoded where it arises, because a reason of three words is cheaper to hand on than the values it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CourtError(Vec<u8>);

impl CourtError {
    /// The reason that a sibling gave.
    pub(crate) fn passed(reason: Vec<u8>) -> Self {
        Self(reason)
    }
}

impl From<CourtError> for Vec<u8> {
    fn from(error: CourtError) -> Self {
        error.0
    }
}

impl From<OutOfRange> for CourtError {
    fn from(_: OutOfRange) -> Self {
        CourtOverflow {}.into()
    }
}

macro_rules! refusals {
    ($($error:ident,)+) => {
        $(impl From<$error> for CourtError {
            fn from(error: $error) -> Self {
                Self(encode_error(error))
            }
        })+

        #[cfg(feature = "export-abi")]
        impl stylus_sdk::abi::export::internal::InnerTypes for CourtError {
            fn inner_types() -> Vec<stylus_sdk::abi::export::internal::InnerType> {
                vec![$(stylus_sdk::abi::export::internal::InnerType {
                    name: format!("error {};", $error::SIGNATURE.replace(',', ", ")),
                    id: core::any::TypeId::of::<$error>(),
                }),+]
            }
        }

        #[cfg(test)]
        mod tests {
            use alloy_sol_types::SolError;

            use super::*;

            #[test]
            fn every_error_of_the_interface_is_one_of_ours() {
                let mut ours = [$($error::SELECTOR),+];
                ours.sort_unstable();
                assert_eq!(ours, ICourtErrors::SELECTORS);
            }
        }
    };
}

refusals! {
    CourtNotDeployer,
    CourtNotWired,
    CourtAlreadyWired,
    CourtBadAddress,
    CourtNotGovernor,
    CourtBadParameters,
    CourtParametersPending,
    CourtUnknownParameters,
    CourtNotOpener,
    CourtBadValue,
    CourtUnknownDispute,
    CourtUnknownRound,
    CourtWrongPhase,
    CourtUriTooLong,
    CourtBeaconSilent,
    CourtEmptySeat,
    CourtNotJuror,
    CourtSeatHasActed,
    CourtNoCommitment,
    CourtWrongPreimage,
    CourtBadVote,
    CourtBadSide,
    CourtAlreadySettled,
    CourtNotSettled,
    CourtNothingToClaim,
    CourtOverflow,
    CourtSiblingFailed,
}
