//! Why the jobs contract refuses.

use alloc::vec::Vec;

#[cfg(feature = "export-abi")]
use alloy_sol_types::SolError;
use linq_abi::{IJobs::*, wire::encode_error};
use linq_common::OutOfRange;

/// Why a call to the jobs contract failed: one of its errors in the form that a caller receives, or what a sibling gave
/// as its reason, unchanged.
///
/// It is encoded where it arises, because a reason of three words is cheaper to hand on than the values it names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JobsError(Vec<u8>);

impl JobsError {
    /// The reason that a sibling gave.
    pub(crate) fn passed(reason: Vec<u8>) -> Self {
        Self(reason)
    }
}

impl From<JobsError> for Vec<u8> {
    fn from(error: JobsError) -> Self {
        error.0
    }
}

impl From<OutOfRange> for JobsError {
    fn from(_: OutOfRange) -> Self {
        JobsOverflow {}.into()
    }
}

macro_rules! refusals {
    ($($error:ident,)+) => {
        $(impl From<$error> for JobsError {
            fn from(error: $error) -> Self {
                Self(encode_error(error))
            }
        })+

        #[cfg(feature = "export-abi")]
        impl stylus_sdk::abi::export::internal::InnerTypes for JobsError {
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
                assert_eq!(ours, IJobsErrors::SELECTORS);
            }
        }
    };
}

refusals! {
    JobsNotDeployer,
    JobsNotWired,
    JobsAlreadyWired,
    JobsBadAddress,
    JobsBadParameters,
    JobsNotGovernor,
    JobsParametersPending,
    JobsNotGuardian,
    JobsPaused,
    JobsPausedLately,
    JobsNotRequester,
    JobsAlreadyPosted,
    JobsUnknownParameters,
    JobsBadTasks,
    JobsBadPrice,
    JobsBadResources,
    JobsJudgeAndExpected,
    JobsBadBidding,
    JobsBadRun,
    JobsBadWindow,
    JobsBadAttempts,
    JobsBadEnd,
    JobsBadOpening,
    JobsUriTooLong,
    JobsUnknownJob,
    JobsUnknownSlot,
    JobsWrongState,
    JobsTooLate,
    JobsOtherProviderNamed,
    JobsPriceTooHigh,
    JobsProviderLeft,
    JobsAlreadyTheirs,
    JobsBadClaim,
    JobsWrongResult,
    JobsNotJudge,
    JobsJudged,
    JobsNotDisputes,
    JobsBadVerdict,
    JobsBadShare,
    JobsNothingDue,
    JobsSiblingFailed,
    JobsOverflow,
}
