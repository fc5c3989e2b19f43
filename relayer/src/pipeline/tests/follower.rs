use linq_abi::Terms;
use linq_manifest::job_id;
use tempfile::TempDir;

use super::fake::{CHAIN_ID, FakeChain, JOBS, store};
use crate::{
    chain::{Hint, SlotId},
    pipeline::{Batch, Failure, Follower},
    policy::tests::terms,
};

/// A chain, a journal and a follower that asks for at most four blocks at once.
struct Scenario {
    chain: FakeChain,
    _dir: TempDir,
    follower: Follower,
}

impl Scenario {
    fn of(blocks: u64) -> Self {
        let (chain, dir) = (FakeChain::of(blocks), tempfile::tempdir().unwrap());
        let follower = Follower::new(std::sync::Arc::new(chain.clone()), store(&dir), (CHAIN_ID, JOBS), 1, 4);
        Self { chain, _dir: dir, follower }
    }

    fn post(&self, block: u64, tier: u8) -> SlotId {
        let terms = Terms { tier, ..terms() };
        let job = job_id(CHAIN_ID, JOBS, &terms);
        let hint = Hint::Posted { job, terms: Box::new(terms), uri: "file:///m".into(), block };
        self.chain.state().hints.entry(block).or_default().push(hint);
        SlotId { job, slot: 0 }
    }

    async fn next(&mut self) -> Result<Option<Batch>, Failure> {
        let head = self.chain.head();
        self.follower.next(head, |terms| terms.tier < 3).await
    }

    /// Reads to the head, and returns the tiers of the jobs found.
    async fn catch_up(&mut self) -> Vec<u8> {
        let mut tiers = Vec::new();
        while let Some(batch) = self.next().await.unwrap() {
            tiers.extend(batch.jobs.iter().map(|job| job.terms.tier));
        }
        tiers
    }
}

#[tokio::test]
async fn it_reads_every_block_once_in_bounded_ranges() {
    let mut scenario = Scenario::of(11);
    scenario.post(1, 0);
    scenario.post(10, 1);
    assert_eq!(scenario.catch_up().await, [0, 1]);
    assert_eq!(scenario.chain.state().queries, [(1, 4), (5, 8), (9, 10)]);
    assert_eq!(scenario.catch_up().await, [0; 0]);
}

#[tokio::test]
async fn it_halves_the_range_when_there_are_too_many_logs_and_leaves_no_gap() {
    let mut scenario = Scenario::of(8);
    scenario.chain.state().max_range = Some(1);
    for block in 1..8 {
        scenario.post(block, 0);
    }
    assert_eq!(scenario.catch_up().await.len(), 7);
}

#[tokio::test]
async fn it_goes_back_to_the_fork_after_a_reorganisation() {
    let mut scenario = Scenario::of(9);
    scenario.post(2, 0);
    scenario.post(7, 1);
    assert_eq!(scenario.catch_up().await, [0, 1]);
    scenario.chain.reorganise(6);
    scenario.chain.state().hints.remove(&7);
    scenario.post(8, 2);
    assert_eq!(scenario.catch_up().await, [2], "the blocks before the fork are not read again");
}

#[tokio::test]
async fn it_begins_anew_when_the_whole_chain_is_another() {
    let mut scenario = Scenario::of(9);
    scenario.post(2, 0);
    assert_eq!(scenario.catch_up().await, [0]);
    scenario.chain.reorganise(0);
    assert_eq!(scenario.catch_up().await, [0]);
}

#[tokio::test]
async fn a_node_that_lags_is_waited_for() {
    let mut scenario = Scenario::of(9);
    scenario.catch_up().await;
    scenario.chain.state().blocks.truncate(5);
    assert!(scenario.next().await.unwrap_err().retryable(), "a missing block is no reorganisation");
}

#[tokio::test]
async fn it_keeps_only_what_is_wanted_and_hashes_to_its_id() {
    let mut scenario = Scenario::of(3);
    scenario.post(1, 3);
    let forged = Hint::Posted { job: JOBS.into_word(), terms: Box::new(terms()), uri: String::new(), block: 1 };
    scenario.chain.state().hints.entry(1).or_default().push(forged);
    assert_eq!(scenario.catch_up().await, [0; 0]);
}

#[tokio::test]
async fn a_log_that_was_left_out_is_found_by_the_rescan() {
    let mut scenario = Scenario::of(9);
    scenario.catch_up().await;
    let id = scenario.post(4, 0);
    scenario.chain.state().hints.entry(5).or_default().push(Hint::Touched(id));
    let batch = scenario.follower.rescan(|_| true).await.unwrap();
    assert_eq!((batch.jobs.len(), batch.touched), (1, vec![id]));
}
