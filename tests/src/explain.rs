//! Revert data in words.

use alloy::sol_types::SolInterface;
use linq_abi::{IBeacon, ICourt, IDisputes, IEscrow, IJobs, IJurors, ILnqToken, IProfiles, IRegistry};

/// Names the typed error in `data` with its arguments, or shows the bytes.
pub fn explain(data: &[u8]) -> String {
    if data.is_empty() {
        return "a revert without data".to_owned();
    }
    let known = [
        ILnqToken::ILnqTokenErrors::abi_decode(data).map(|error| format!("{error:?}")).ok(),
        IRegistry::IRegistryErrors::abi_decode(data).map(|error| format!("{error:?}")).ok(),
        IEscrow::IEscrowErrors::abi_decode(data).map(|error| format!("{error:?}")).ok(),
        IBeacon::IBeaconErrors::abi_decode(data).map(|error| format!("{error:?}")).ok(),
        IJurors::IJurorsErrors::abi_decode(data).map(|error| format!("{error:?}")).ok(),
        IJobs::IJobsErrors::abi_decode(data).map(|error| format!("{error:?}")).ok(),
        IDisputes::IDisputesErrors::abi_decode(data).map(|error| format!("{error:?}")).ok(),
        ICourt::ICourtErrors::abi_decode(data).map(|error| format!("{error:?}")).ok(),
        IProfiles::IProfilesErrors::abi_decode(data).map(|error| format!("{error:?}")).ok(),
    ];
    known.into_iter().flatten().next().unwrap_or_else(|| format!("unknown error {}", alloy::hex::encode_prefixed(data)))
}
