//! What the disputes contract keeps: one word for a slot while it is disputed, cleared as it is settled.

use alloy_primitives::{Address, B256};
use linq_abi::Disputed;
use linq_common::{Packed, Share, Timestamp, packed};
use stylus_sdk::{prelude::*, storage::StorageMap};

/// Storage of the disputes contract.
#[entrypoint]
#[storage]
pub struct Disputes {
    // slot 0: 20
    pub(crate) jobs: Packed<Address>,
    // slot 1: 20
    pub(crate) registry: Packed<Address>,
    // slot 2: 20
    pub(crate) escrow: Packed<Address>,
    // slot 3: 20
    pub(crate) court: Packed<Address>,
    // slot 4: 20
    pub(crate) deployer: Packed<Address>,
    // slot 5: by the id of the work, keccak256(job id, index); each 8 + 5 + 4 + 2 + 4 × 1
    pub(crate) cases: StorageMap<B256, Packed<Case>>,
}

packed! {
    /// A slot that is disputed.
    pub struct Case {
        /// Its number in the court, never 0.
        pub dispute: u64,
        /// From then on it can be settled without the court.
        pub neutral_from: Timestamp,
        /// Who has the slot.
        pub provider: u32,
        /// The version of the court's parameters it lives under.
        pub version: u16,
        /// What the requester claimed as the dispute opened.
        pub requester_opened: Share,
        /// What the provider claimed.
        pub provider_opened: Share,
        /// What the requester claims now: at least what it claimed at first, below what the provider claims.
        pub requester_claim: Share,
        /// What the provider claims now.
        pub provider_claim: Share,
    }
}

impl From<Case> for Disputed {
    fn from(case: Case) -> Self {
        Self {
            dispute: case.dispute,
            provider: case.provider,
            requesterOpened: case.requester_opened.twentieths(),
            providerOpened: case.provider_opened.twentieths(),
            requesterClaim: case.requester_claim.twentieths(),
            providerClaim: case.provider_claim.twentieths(),
            neutralFrom: case.neutral_from.secs(),
        }
    }
}
