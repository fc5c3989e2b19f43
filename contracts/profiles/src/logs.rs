//! The event that ends in a URI; the other one is written by `linq_common::log`.

use alloc::vec::Vec;

use alloy_primitives::B256;
use alloy_sol_types::SolEvent;
use linq_abi::{
    IProfiles::ProfileSet,
    wire::{Uri, bytes_of},
};

/// The number of topics of [`ProfileSet`].
pub const SET_TOPICS: usize = 2;

/// Topics and data of [`ProfileSet`].
pub fn set(provider: u32, sealing_key: B256, metadata: &Uri) -> Vec<u8> {
    let mut log = bytes_of(&(ProfileSet::SIGNATURE_HASH, provider, sealing_key));
    metadata.write_behind(2, &mut log);
    log
}

#[cfg(test)]
mod tests {
    use alloy_primitives::LogData;

    use super::*;

    #[test]
    fn a_profile_is_logged_whole() {
        for text in ["", "ipfs://a", "https://example.org/32-bytes-/32"] {
            let event = ProfileSet { provider: 7, sealingKey: B256::repeat_byte(3), metadata: text.into() };
            let general: LogData = event.encode_log_data();
            let mut bytes: Vec<u8> = general.topics().iter().flat_map(|topic| topic.0).collect();
            bytes.extend_from_slice(&general.data);
            let metadata = Uri::from_checked(text.as_bytes().to_vec());
            assert_eq!((set(7, event.sealingKey, &metadata), SET_TOPICS), (bytes, general.topics().len()));
        }
    }
}
