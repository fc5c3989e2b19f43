//! Why the jobs contract refuses.

use alloc::vec::Vec;

use alloy_primitives::B256;
use alloy_sol_types::SolError;
use linq_abi::IJobs::*;
use linq_common::OutOfRange;

use crate::words::{Word, address, amount, small};

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

#[inline(never)]
fn encode(selector: [u8; 4], words: &[Word]) -> JobsError {
    let mut bytes = selector.to_vec();
    bytes.extend_from_slice(words.as_flattened());
    JobsError(bytes)
}

fn hash(value: B256) -> Word {
    value.0
}

macro_rules! refusals {
    ($($error:ident { $($field:ident: $kind:ident),* })+) => {
        $(impl From<$error> for JobsError {
            fn from(error: $error) -> Self {
                let $error { $($field),* } = error;
                encode($error::SELECTOR, &[$($kind($field)),*])
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
            use super::*;

            #[test]
            fn every_error_of_the_interface_is_one_of_ours() {
                let mut ours = [$($error::SELECTOR),+];
                ours.sort_unstable();
                assert_eq!(ours, IJobsErrors::SELECTORS);
            }

            $(#[test]
            #[allow(non_snake_case, reason = "each test is named as its error")]
            fn $error() {
                let error = super::$error { $($field: crate::words::tests::sample(stringify!($field))),* };
                assert_eq!(JobsError::from(error.clone()).0, error.abi_encode());
            })+
        }
    };
}

refusals! {
    JobsNotDeployer { caller: address }
    JobsNotWired {}
    JobsAlreadyWired {}
    JobsBadAddress { given: address }
    JobsBadParameters { feeBps: small, collateralBps: small, maxAttempts: small, minWindowSecs: small }
    JobsNotRequester { job: hash, caller: address }
    JobsAlreadyPosted { job: hash }
    JobsUnknownParameters { version: small, current: small }
    JobsBadTasks { tasks: small }
    JobsBadPrice { price: amount, limit: amount }
    JobsBadResources {}
    JobsJudgeAndExpected {}
    JobsBadBidding { bidSecs: small, limit: small }
    JobsBadRun { runSecs: small, limit: small }
    JobsBadWindow { windowSecs: small, least: small, most: small }
    JobsBadAttempts { attempts: small, limit: small }
    JobsBadEnd { endBy: small, earliest: small, latest: small }
    JobsBadOpening { openSecs: small }
    JobsUriTooLong { length: small, limit: small }
    JobsUnknownJob { job: hash }
    JobsUnknownSlot { job: hash, slot: small }
    JobsWrongState { job: hash, slot: small, state: small }
    JobsTooLate { job: hash, slot: small, deadline: small }
    JobsOtherProviderNamed { named: small, provider: small }
    JobsPriceTooHigh { price: amount, limit: amount }
    JobsProviderLeft { job: hash, slot: small, provider: small }
    JobsAlreadyTheirs { job: hash, slot: small, provider: small }
    JobsBadClaim { claim: small, least: small, most: small }
    JobsWrongResult { given: hash, expected: hash }
    JobsNotJudge { job: hash, caller: address }
    JobsBadShare { share: small, claim: small }
    JobsNothingDue { job: hash, slot: small, state: small, until: small }
    JobsSiblingFailed { sibling: address }
    JobsOverflow {}
}
