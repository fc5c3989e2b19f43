//! Events with the contract that emitted them, comparable and readable.

use std::fmt;

use alloy::{
    primitives::{Address, LogData},
    rpc::types::Log,
    sol_types::{SolEvent, SolEventInterface},
};
use linq_abi::{IBeacon, ICourt, IEscrow, IJobs, IJurors, ILnqToken, IProfiles, IRegistry};

/// An event and who emitted it.
#[derive(Clone, PartialEq, Eq)]
pub struct Emitted {
    /// The contract.
    pub by: Address,
    /// Topics and data.
    pub data: LogData,
}

/// The event `event` as `by` emits it.
pub fn emitted<E: SolEvent>(by: Address, event: &E) -> Emitted {
    Emitted { by, data: event.encode_log_data() }
}

impl From<&Log> for Emitted {
    fn from(log: &Log) -> Self {
        Self { by: log.inner.address, data: log.inner.data.clone() }
    }
}

impl fmt::Debug for Emitted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let log = alloy::primitives::Log { address: self.by, data: self.data.clone() };
        let known = [
            ILnqToken::ILnqTokenEvents::decode_log(&log).map(|event| format!("{:?}", event.data)).ok(),
            IRegistry::IRegistryEvents::decode_log(&log).map(|event| format!("{:?}", event.data)).ok(),
            IEscrow::IEscrowEvents::decode_log(&log).map(|event| format!("{:?}", event.data)).ok(),
            IBeacon::IBeaconEvents::decode_log(&log).map(|event| format!("{:?}", event.data)).ok(),
            IJurors::IJurorsEvents::decode_log(&log).map(|event| format!("{:?}", event.data)).ok(),
            IJobs::IJobsEvents::decode_log(&log).map(|event| format!("{:?}", event.data)).ok(),
            ICourt::ICourtEvents::decode_log(&log).map(|event| format!("{:?}", event.data)).ok(),
            IProfiles::IProfilesEvents::decode_log(&log).map(|event| format!("{:?}", event.data)).ok(),
        ];
        match known.into_iter().flatten().next() {
            Some(event) => write!(f, "{}: {event}", self.by),
            None => write!(f, "{}: {:?}", self.by, self.data),
        }
    }
}
