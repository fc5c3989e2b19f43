//! Every event of the jobs contract, by the word.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};
use alloy_sol_types::SolEvent;
use linq_abi::IJobs::*;
use stylus_sdk::prelude::*;

use crate::{
    state::Jobs,
    terms::TermsWords,
    words::{Uri, Word, address, amount, number, small},
};

/// An event without a part of variable length: its topics, then its data.
pub trait Flat<const N: usize>: SolEvent {
    /// How many of the words are topics.
    const TOPICS: usize;

    /// Its words.
    fn words(&self) -> [Word; N];
}

impl Flat<3> for Wired {
    const TOPICS: usize = 1;

    fn words(&self) -> [Word; 3] {
        [Self::SIGNATURE_HASH.0, address(self.registry), address(self.escrow)]
    }
}

impl Flat<5> for ParametersSet {
    const TOPICS: usize = 2;

    fn words(&self) -> [Word; 5] {
        let parameters = &self.parameters;
        [
            Self::SIGNATURE_HASH.0,
            small(self.version),
            small(parameters.feeBps),
            small(parameters.collateralBps),
            small(parameters.maxAttempts),
        ]
    }
}

impl Flat<10> for SlotTaken {
    const TOPICS: usize = 4;

    fn words(&self) -> [Word; 10] {
        [
            Self::SIGNATURE_HASH.0,
            self.job.0,
            small(self.slot),
            small(self.provider),
            small(self.attempt),
            amount(self.price),
            amount(self.lock),
            small(self.bidUntil),
            small(self.due),
            small(self.standing),
        ]
    }
}

impl Flat<4> for SlotDisplaced {
    const TOPICS: usize = 4;

    fn words(&self) -> [Word; 4] {
        [Self::SIGNATURE_HASH.0, self.job.0, small(self.slot), small(self.provider)]
    }
}

impl Flat<6> for UnableReported {
    const TOPICS: usize = 4;

    fn words(&self) -> [Word; 6] {
        [
            Self::SIGNATURE_HASH.0,
            self.job.0,
            small(self.slot),
            small(self.provider),
            small(self.attempt),
            small(self.reason),
        ]
    }
}

impl Flat<6> for SlotReopened {
    const TOPICS: usize = 4;

    fn words(&self) -> [Word; 6] {
        [
            Self::SIGNATURE_HASH.0,
            self.job.0,
            small(self.slot),
            small(self.provider),
            small(self.end),
            small(self.attempt),
        ]
    }
}

impl Flat<7> for SlotClosed {
    const TOPICS: usize = 4;

    fn words(&self) -> [Word; 7] {
        [
            Self::SIGNATURE_HASH.0,
            self.job.0,
            small(self.slot),
            small(self.provider),
            small(self.outcome),
            amount(self.paid),
            amount(self.fee),
        ]
    }
}

/// Topics and data of [`JobPosted`].
pub fn job_posted(job: B256, requester: Address, terms: &TermsWords, open_until: u64, uri: &Uri) -> Vec<u8> {
    let mut log = [JobPosted::SIGNATURE_HASH.0, job.0, address(requester)].as_flattened().to_vec();
    log.extend_from_slice(terms.words().as_flattened());
    log.extend_from_slice(&small(open_until));
    // Behind 27 words: the terms, the time and this offset itself.
    log.extend_from_slice(&number(27 * 32));
    uri.append(&mut log);
    log
}

/// Topics and data of [`ResultSubmitted`], which `head` lacks its URI.
pub fn result_submitted(result: &Submission, uri: &Uri) -> Vec<u8> {
    let head = [
        ResultSubmitted::SIGNATURE_HASH.0,
        result.job.0,
        small(result.slot),
        small(result.provider),
        small(result.attempt),
        result.root.0,
        small(result.claim),
        small(result.window_end),
        // Behind five words: the four above that are no topics, and this offset itself.
        number(5 * 32),
    ];
    let mut log = head.as_flattened().to_vec();
    uri.append(&mut log);
    log
}

/// What [`ResultSubmitted`] says besides its URI.
pub struct Submission {
    /// The job.
    pub job: B256,
    /// The slot's place in the job.
    pub slot: u16,
    /// Whose result it is.
    pub provider: u32,
    /// Of which attempt.
    pub attempt: u8,
    /// The hash of the output.
    pub root: B256,
    /// What it is claimed to be worth, in twentieths.
    pub claim: u8,
    /// Until when it can be accepted, ruled on or disputed.
    pub window_end: u64,
}

/// The number of topics of [`JobPosted`] and of [`ResultSubmitted`].
pub const JOB_TOPICS: usize = 3;
/// See [`JOB_TOPICS`].
pub const RESULT_TOPICS: usize = 4;

impl Jobs {
    /// Logs an event.
    pub(crate) fn log<E: Flat<N>, const N: usize>(&self, event: &E) {
        self.log_bytes(event.words().as_flattened(), E::TOPICS);
    }

    #[inline(never)]
    pub(crate) fn log_bytes(&self, log: &[u8], topics: usize) {
        self.vm().emit_log(log, topics);
    }
}

#[cfg(test)]
mod tests {
    use alloy_primitives::LogData;
    use linq_abi::JobParameters;

    use super::*;
    use crate::words::tests::{sample, terms, uri, words_of};

    fn as_general(event: &impl SolEvent) -> (Vec<u8>, usize) {
        let log: LogData = event.encode_log_data();
        let mut bytes: Vec<u8> = log.topics().iter().flat_map(|topic| topic.0).collect();
        bytes.extend_from_slice(&log.data);
        (bytes, log.topics().len())
    }

    fn as_ours<E: Flat<N>, const N: usize>(event: &E) -> (Vec<u8>, usize) {
        (event.words().as_flattened().to_vec(), E::TOPICS)
    }

    macro_rules! flat {
        ($($event:ident { $($field:ident),+ })+) => {$(
            #[test]
            #[allow(non_snake_case, reason = "each test is named as its event")]
            fn $event() {
                let event = super::$event { $($field: sample(stringify!($field))),+ };
                assert_eq!(as_ours(&event), as_general(&event));
            }
        )+};
    }

    flat! {
        Wired { registry, escrow }
        SlotTaken { job, slot, provider, attempt, price, lock, bidUntil, due, standing }
        SlotDisplaced { job, slot, provider }
        UnableReported { job, slot, provider, attempt, reason }
        SlotReopened { job, slot, provider, end, attempt }
        SlotClosed { job, slot, provider, outcome, paid, fee }
    }

    #[test]
    #[allow(non_snake_case, reason = "each test is named as its event")]
    fn ParametersSet() {
        let parameters = JobParameters {
            feeBps: sample("feeBps"),
            collateralBps: sample("collateralBps"),
            maxAttempts: sample("maxAttempts"),
        };
        let event = super::ParametersSet { version: sample("version"), parameters };
        assert_eq!(as_ours(&event), as_general(&event));
    }

    #[test]
    #[allow(non_snake_case, reason = "each test is named as its event")]
    fn JobPosted() {
        for text in ["", "ipfs://a", "https://example.org/thirty-two-bytes"] {
            let event = super::JobPosted {
                job: sample("job"),
                requester: sample("requester"),
                terms: terms(),
                openUntil: sample("openUntil"),
                uri: text.into(),
            };
            let log = job_posted(event.job, event.requester, &words_of(&event.terms), event.openUntil, &uri(text));
            assert_eq!((log, JOB_TOPICS), as_general(&event));
        }
    }

    #[test]
    #[allow(non_snake_case, reason = "each test is named as its event")]
    fn ResultSubmitted() {
        for text in ["", "ipfs://a", "https://example.org/thirty-two-bytes"] {
            let result = Submission {
                job: sample("job"),
                slot: sample("slot"),
                provider: sample("provider"),
                attempt: sample("attempt"),
                root: sample("root"),
                claim: sample("claim"),
                window_end: sample("windowEnd"),
            };
            let event = super::ResultSubmitted {
                job: result.job,
                slot: result.slot,
                provider: result.provider,
                attempt: result.attempt,
                root: result.root,
                claim: result.claim,
                windowEnd: result.window_end,
                uri: text.into(),
            };
            assert_eq!((result_submitted(&result, &uri(text)), RESULT_TOPICS), as_general(&event));
        }
    }
}
