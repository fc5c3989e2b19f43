//! The two events that end in a URI; all others are written by `linq_common::log`.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEvent;
use linq_abi::{
    IJobs::*,
    Terms,
    wire::{Raw, Static, Uri, bytes_of},
};

/// The number of topics of [`JobPosted`].
pub const POSTED_TOPICS: usize = 3;
/// The number of topics of [`ResultSubmitted`].
pub const SUBMITTED_TOPICS: usize = 4;

/// Topics and data of [`JobPosted`].
pub fn posted(job: B256, requester: Address, terms: &Raw<Terms>, open_until: u64, uri: &Uri) -> Vec<u8> {
    let mut log = bytes_of(&(JobPosted::SIGNATURE_HASH, job, requester));
    terms.write(&mut log);
    open_until.write(&mut log);
    uri.write_behind(u64::try_from(Terms::WORDS).unwrap_or_default().saturating_add(2), &mut log);
    log
}

/// What [`ResultSubmitted`] says besides its URI: the topics, then the data.
pub struct Submission {
    /// Job, slot and provider.
    pub topics: (B256, u16, u32),
    /// Attempt, root, claim, and when the window ends.
    pub data: (u8, B256, u8, u64),
}

/// Topics and data of [`ResultSubmitted`].
pub fn submitted(result: &Submission, uri: &Uri) -> Vec<u8> {
    let mut log = bytes_of(&(ResultSubmitted::SIGNATURE_HASH,));
    result.topics.write(&mut log);
    result.data.write(&mut log);
    uri.write_behind(5, &mut log);
    log
}

#[cfg(test)]
mod tests {
    use alloy_primitives::LogData;
    use alloy_sol_types::SolType;

    use super::*;

    const TEXTS: [&str; 3] = ["", "ipfs://a", "https://example.org/32-bytes-/32"];

    fn uri(text: &str) -> Uri {
        Uri::detokenize(text.as_bytes().into())
    }

    fn general(event: &impl SolEvent) -> (Vec<u8>, usize) {
        let log: LogData = event.encode_log_data();
        let mut bytes: Vec<u8> = log.topics().iter().flat_map(|topic| topic.0).collect();
        bytes.extend_from_slice(&log.data);
        (bytes, log.topics().len())
    }

    #[test]
    fn a_posted_job_is_logged_whole() {
        for text in TEXTS {
            let event = JobPosted {
                job: B256::repeat_byte(1),
                requester: Address::repeat_byte(2),
                terms: Terms { tasks: 3, salt: B256::repeat_byte(4), ..Terms::default() },
                openUntil: 5,
                uri: text.into(),
            };
            let terms = Raw::of(&event.terms);
            let log = posted(event.job, event.requester, &terms, event.openUntil, &uri(text));
            assert_eq!((log, POSTED_TOPICS), general(&event));
        }
    }

    #[test]
    fn a_result_is_logged_whole() {
        for text in TEXTS {
            let event = ResultSubmitted {
                job: B256::repeat_byte(1),
                slot: 2,
                provider: 3,
                attempt: 4,
                root: B256::repeat_byte(5),
                claim: 6,
                windowEnd: 7,
                uri: text.into(),
            };
            let result = Submission {
                topics: (event.job, event.slot, event.provider),
                data: (event.attempt, event.root, event.claim, event.windowEnd),
            };
            assert_eq!((submitted(&result, &uri(text)), SUBMITTED_TOPICS), general(&event));
        }
    }
}
