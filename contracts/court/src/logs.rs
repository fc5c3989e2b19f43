//! The one event that ends in a URI; all others are written by `linq_common::log`.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEvent;
use linq_abi::{
    ICourt::EvidenceGiven,
    wire::{Static, Uri, bytes_of},
};

/// The number of topics of [`EvidenceGiven`].
pub const EVIDENCE_TOPICS: usize = 3;

/// Topics and data of [`EvidenceGiven`].
pub fn evidence(dispute: u64, round: u8, by: Address, hash: B256, uri: &Uri) -> Vec<u8> {
    let mut log = bytes_of(&(EvidenceGiven::SIGNATURE_HASH, dispute, by));
    round.write(&mut log);
    hash.write(&mut log);
    uri.write_behind(3, &mut log);
    log
}

#[cfg(test)]
mod tests {
    use alloy_sol_types::SolType;

    use super::*;

    #[test]
    fn evidence_is_logged_whole() {
        for text in ["", "ipfs://a", "https://example.org/32-bytes-/32"] {
            let (by, hash) = (Address::repeat_byte(3), B256::repeat_byte(4));
            let event = EvidenceGiven { dispute: 1, round: 2, by, hash, uri: text.into() };
            let expected = event.encode_log_data();
            let mut bytes: Vec<u8> = expected.topics().iter().flat_map(|topic| topic.0).collect();
            bytes.extend_from_slice(&expected.data);
            assert_eq!(evidence(1, 2, by, hash, &Uri::detokenize(text.as_bytes().into())), bytes);
            assert_eq!(expected.topics().len(), EVIDENCE_TOPICS);
        }
    }
}
