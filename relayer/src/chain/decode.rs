//! Contract refusals and logs, by name.

use std::fmt;

use alloy::{
    rpc::types::Log,
    sol_types::{SolEvent as _, SolInterface as _},
};
use alloy_primitives::hex;
use linq_abi::{IEscrow, IJobs, IRegistry};

use super::{Hint, SlotId};

/// Why a contract refused, decoded, and what that means for the call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The slot has moved on: whatever the call was for is done or out of reach. Reading the state anew decides.
    MovedOn(String),
    /// It may go through later: capacity, stake or a pause stand in the way.
    NotNow(String),
    /// It will not go through.
    Never(String),
}

impl Refusal {
    /// Reads revert data; what no contract of ours says is an error of its own, and may pass.
    pub fn decode(data: &[u8]) -> Self {
        use IJobs::IJobsErrors as Jobs;
        use IRegistry::IRegistryErrors as Registry;

        if let Ok(error) = Jobs::abi_decode(data) {
            let text = format!("{error:?}");
            return match error {
                Jobs::JobsWrongState(_)
                | Jobs::JobsTooLate(_)
                | Jobs::JobsAlreadyTheirs(_)
                | Jobs::JobsNothingDue(_)
                | Jobs::JobsPriceTooHigh(_)
                | Jobs::JobsProviderLeft(_) => Self::MovedOn(text),
                Jobs::JobsSiblingFailed(_) => Self::NotNow(text),
                _ => Self::Never(text),
            };
        }
        if let Ok(error) = Registry::abi_decode(data) {
            let text = format!("{error:?}");
            return match error {
                Registry::RegistryNoCapacity(_)
                | Registry::RegistryBelowMinimum(_)
                | Registry::RegistryNotEnoughStake(_)
                | Registry::RegistryTierTooLow(_)
                | Registry::RegistryPriceAboveTier(_)
                | Registry::RegistryNotOperator(_) => Self::NotNow(text),
                _ => Self::Never(text),
            };
        }
        if let Ok(error) = IEscrow::IEscrowErrors::abi_decode(data) {
            return Self::Never(format!("{error:?}"));
        }
        Self::NotNow(match data {
            [] => "reverted without a reason".into(),
            _ => format!("reverted with 0x{}", hex::encode(data)),
        })
    }

    /// Its name in metrics.
    pub const fn metric_label(&self) -> &'static str {
        match self {
            Self::MovedOn(_) => "moved_on",
            Self::NotNow(_) => "not_now",
            Self::Never(_) => "never",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (Self::MovedOn(text) | Self::NotNow(text) | Self::Never(text)) = self;
        f.write_str(text)
    }
}

/// What a log of the jobs contract hints at; events that say nothing about a slot hint at nothing.
pub(super) fn hint(log: &Log) -> Option<Hint> {
    let touched = |job, slot| Some(Hint::Touched(SlotId { job, slot }));
    let topics_and_data = &log.inner;
    match *log.topic0()? {
        IJobs::JobPosted::SIGNATURE_HASH => {
            let event = IJobs::JobPosted::decode_log(topics_and_data).ok()?.data;
            Some(Hint::Posted {
                job: event.job,
                terms: Box::new(event.terms),
                uri: event.uri,
                block: log.block_number?,
            })
        }
        IJobs::SlotTaken::SIGNATURE_HASH
        | IJobs::SlotDisplaced::SIGNATURE_HASH
        | IJobs::ResultSubmitted::SIGNATURE_HASH
        | IJobs::SlotReopened::SIGNATURE_HASH
        | IJobs::SlotDisputed::SIGNATURE_HASH
        | IJobs::SlotClosed::SIGNATURE_HASH => {
            // Job and slot are the first two indexed arguments of each of them.
            let [_, job, slot, ..] = log.topics() else { return None };
            let slot = u16::from_be_bytes([slot[30], slot[31]]);
            touched(*job, slot)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use alloy::sol_types::SolError as _;
    use alloy_primitives::B256;

    use super::*;

    #[test]
    fn refusals_are_told_apart_by_what_they_mean() {
        let state = IJobs::JobsWrongState { job: B256::ZERO, slot: 0, state: 3 };
        assert!(
            matches!(Refusal::decode(&state.abi_encode()), Refusal::MovedOn(text) if text.contains("JobsWrongState"))
        );
        let capacity = IRegistry::RegistryNoCapacity { provider: 1 };
        assert!(matches!(Refusal::decode(&capacity.abi_encode()), Refusal::NotNow(_)));
        let claim = IJobs::JobsBadClaim { claim: 21, least: 0, most: 20 };
        assert!(matches!(Refusal::decode(&claim.abi_encode()), Refusal::Never(_)));
        assert!(matches!(Refusal::decode(&[]), Refusal::NotNow(_)));
        assert!(matches!(Refusal::decode(&[1, 2, 3, 4]), Refusal::NotNow(_)));
    }
}
