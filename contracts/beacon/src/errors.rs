//! Why the beacon refuses.

use linq_abi::IBeacon::*;
use linq_common::contract_errors;

contract_errors! {
    /// Why a call to the beacon failed.
    pub enum BeaconError {
        BadKey(BeaconBadKey),
        BadPeriod(BeaconBadPeriod),
        NoRound(BeaconNoRound),
        NotYet(BeaconNotYet),
        BadPoint(BeaconBadPoint),
        WrongSignature(BeaconWrongSignature),
        Overflow(BeaconOverflow),
        PrecompileFailed(BeaconPrecompileFailed),
    }
}
