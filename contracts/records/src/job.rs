//! What is kept of a job in one word, and what its id is of.

use alloc::vec::Vec;

use alloy_primitives::{Address, B256};
use linq_abi::{
    Resources, Terms,
    wire::{Raw, bytes_of},
};
use linq_common::Timestamp;

use crate::bits::{Bits, join, split};

// Word of a job, high half: 128 of 128.
const CPU_MILLIS: Bits = Bits::first(20);
const MEMORY_MIB: Bits = CPU_MILLIS.then(22);
const STORAGE_GIB: Bits = MEMORY_MIB.then(17);
const GPUS: Bits = STORAGE_GIB.then(8);
const GPU_CLASS: Bits = GPUS.then(16);
const BANDWIDTH_MBPS: Bits = GPU_CLASS.then(20);
const RUN_SECS: Bits = BANDWIDTH_MBPS.then(23);
const JUDGED: Bits = RUN_SECS.then(1);
const EXPECTS: Bits = JUDGED.then(1);
// Word of a job, low half: 128 of 128.
const BID_SECS: Bits = Bits::first(15);
const WINDOW_SECS: Bits = BID_SECS.then(21);
const OPEN_UNTIL: Bits = WINDOW_SECS.then(32);
const END_BY: Bits = OPEN_UNTIL.then(32);
const ATTEMPTS: Bits = END_BY.then(4);
const VERSION: Bits = ATTEMPTS.then(16);
const LAST_INDEX: Bits = VERSION.then(8);
/// Word of a job: what a slot needs, and the times and rules of its life.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Conditions {
    /// What one slot needs.
    pub resources: Resources,
    /// How long the provider may run, after the bidding.
    pub run_secs: u32,
    /// Whether a judge rules on results.
    pub judged: bool,
    /// Whether a result is right exactly if it has the expected hash.
    pub expects: bool,
    /// How long a take can be displaced.
    pub bid_secs: u32,
    /// How long a result can be accepted, ruled on or disputed.
    pub window_secs: u32,
    /// Until when a slot can be taken.
    pub open_until: Timestamp,
    /// By when every attempt has ended.
    pub end_by: Timestamp,
    /// How many attempts a slot has.
    pub attempts: u8,
    /// The version of the parameters it was made under.
    pub version: u16,
    /// The index of the last slot; 0 for a job of one.
    pub last_index: u8,
}

impl Conditions {
    /// Packs them. No job packs to zero, for each has an attempt.
    pub fn pack(&self) -> Option<B256> {
        let mut high = pack_resources(&self.resources)?;
        high = RUN_SECS.write(high, self.run_secs)?;
        high = JUDGED.write(high, self.judged)?;
        high = EXPECTS.write(high, self.expects)?;
        let mut low = BID_SECS.write(0, self.bid_secs)?;
        low = WINDOW_SECS.write(low, self.window_secs)?;
        low = OPEN_UNTIL.write(low, self.open_until.secs())?;
        low = END_BY.write(low, self.end_by.secs())?;
        low = ATTEMPTS.write(low, self.attempts)?;
        low = VERSION.write(low, self.version)?;
        low = LAST_INDEX.write(low, self.last_index)?;
        Some(join(high, low))
    }

    /// Unpacks them.
    pub fn unpack(word: &B256) -> Self {
        let (high, low) = split(word);
        Self {
            resources: Resources {
                cpuMillis: CPU_MILLIS.read(high),
                memoryMib: MEMORY_MIB.read(high),
                storageGib: STORAGE_GIB.read(high),
                gpus: GPUS.read(high),
                gpuClass: GPU_CLASS.read(high),
                bandwidthMbps: BANDWIDTH_MBPS.read(high),
            },
            run_secs: RUN_SECS.read(high),
            judged: JUDGED.is_set(high),
            expects: EXPECTS.is_set(high),
            bid_secs: BID_SECS.read(low),
            window_secs: WINDOW_SECS.read(low),
            open_until: Timestamp::new_clipped(OPEN_UNTIL.read(low)),
            end_by: Timestamp::new_clipped(END_BY.read(low)),
            attempts: ATTEMPTS.read(low),
            version: VERSION.read(low),
            last_index: LAST_INDEX.read(low),
        }
    }

    /// Whether the job has a slot with this index.
    pub fn has_slot(&self, index: u16) -> bool {
        index <= u16::from(self.last_index)
    }

    /// The number of slots, 1 to 256.
    pub fn tasks(&self) -> u16 {
        u16::from(self.last_index).saturating_add(1)
    }
}

/// Whether the chain can keep `resources`: 1,048 cores, 4 TiB of memory, 128 TiB of storage, 255 GPUs and 1 Tbps for one
/// slot at the most.
pub fn resources_fit(resources: &Resources) -> bool {
    pack_resources(resources).is_some()
}

fn pack_resources(resources: &Resources) -> Option<u128> {
    let mut half = CPU_MILLIS.write(0, resources.cpuMillis)?;
    half = MEMORY_MIB.write(half, resources.memoryMib)?;
    half = STORAGE_GIB.write(half, resources.storageGib)?;
    half = GPUS.write(half, resources.gpus)?;
    half = GPU_CLASS.write(half, resources.gpuClass)?;
    BANDWIDTH_MBPS.write(half, resources.bandwidthMbps)
}

/// abi.encode(chain id, jobs contract, terms), whose keccak256 is the job's id. Terms have no part of variable length, so
/// that the encodings simply follow each other.
pub fn preimage(chain_id: u64, jobs: Address, terms: &Raw<Terms>) -> Vec<u8> {
    let mut preimage = bytes_of(&(chain_id, jobs));
    terms.write(&mut preimage);
    preimage
}

#[cfg(test)]
mod tests {
    use alloc::vec;

    use alloy_primitives::U256;
    use alloy_sol_types::SolValue;
    use proptest::prelude::*;

    use super::*;

    fn terms() -> Terms {
        Terms { requester: Address::repeat_byte(2), specHash: B256::repeat_byte(3), tasks: 4, ..Terms::default() }
    }

    fn bits<T: TryFrom<u128> + Default + core::fmt::Debug>(run: Bits) -> impl Strategy<Value = T> {
        (0..=run.max()).prop_map(|value| T::try_from(value).unwrap_or_default())
    }

    fn time(run: Bits) -> impl Strategy<Value = Timestamp> {
        bits::<u64>(run).prop_map(Timestamp::new_clipped)
    }

    prop_compose! {
        fn resources()(
            cpu in bits::<u32>(CPU_MILLIS), memory in bits::<u32>(MEMORY_MIB), storage in bits::<u32>(STORAGE_GIB),
            gpus in bits::<u16>(GPUS), class in bits::<u16>(GPU_CLASS), bandwidth in bits::<u32>(BANDWIDTH_MBPS),
        ) -> Resources {
            Resources {
                cpuMillis: cpu, memoryMib: memory, storageGib: storage,
                gpus, gpuClass: class, bandwidthMbps: bandwidth,
            }
        }
    }

    prop_compose! {
        fn conditions()(
            resources in resources(), run_secs in bits::<u32>(RUN_SECS), judged: bool, expects: bool,
            bid_secs in bits::<u32>(BID_SECS), window_secs in bits::<u32>(WINDOW_SECS),
            open_until in time(OPEN_UNTIL), end_by in time(END_BY),
            attempts in bits::<u8>(ATTEMPTS), version: u16, last_index: u8,
        ) -> Conditions {
            Conditions {
                resources, run_secs, judged, expects, bid_secs, window_secs, open_until, end_by, attempts, version,
                last_index,
            }
        }
    }

    proptest! {
        #[test]
        fn conditions_come_back_whole(conditions in conditions()) {
            prop_assert_eq!(Conditions::unpack(&conditions.pack().unwrap()), conditions);
        }

        #[test]
        fn every_word_is_one_set_of_conditions(word: [u8; 32]) {
            let word = B256::from(word);
            prop_assert_eq!(Conditions::unpack(&word).pack(), Some(word));
        }
    }

    #[test]
    fn a_job_nobody_posted_packs_to_zero_and_no_other() {
        assert_eq!(Conditions::default().pack(), Some(B256::ZERO));
        assert_ne!(Conditions { attempts: 1, ..Conditions::default() }.pack(), Some(B256::ZERO));
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let too_much = |change: fn(&mut Resources)| {
            let mut resources = Resources::default();
            change(&mut resources);
            !resources_fit(&resources)
        };
        assert!(resources_fit(&Resources::default()));
        assert!(too_much(|r| r.cpuMillis = 1 << 20));
        assert!(too_much(|r| r.memoryMib = 1 << 22));
        assert!(too_much(|r| r.storageGib = 1 << 17));
        assert!(too_much(|r| r.gpus = 256));
        assert!(too_much(|r| r.bandwidthMbps = 1 << 20));
        let late = Timestamp::new_clipped(1 << 32);
        assert_eq!(Conditions { end_by: late, ..Conditions::default() }.pack(), None);
    }

    #[test]
    fn an_id_is_of_the_encoded_terms() {
        let (terms, jobs) = (terms(), Address::repeat_byte(7));
        let general = (U256::from(412_346), jobs, terms.clone()).abi_encode();
        assert_eq!(preimage(412_346, jobs, &Raw::of(&terms)), general);
    }

    #[test]
    fn another_chain_contract_or_term_is_another_id() {
        let id = |chain, jobs, terms: &Terms| {
            alloy_primitives::keccak256(preimage(chain, Address::repeat_byte(jobs), &Raw::of(terms)))
        };
        let terms = terms();
        let mut ids: Vec<B256> = vec![id(1, 7, &terms), id(2, 7, &terms), id(1, 8, &terms)];
        ids.push(id(1, 7, &Terms { salt: B256::repeat_byte(6), ..terms.clone() }));
        ids.push(id(1, 7, &Terms { anyoneMatches: true, ..terms.clone() }));
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 5);
    }
}
