use std::{sync::Arc, time::Duration};

use alloy_primitives::{B256, Bytes};
use tempfile::TempDir;

use super::fake::{FakeChain, shared};
use crate::{
    chain::{Refusal, SlotId, step},
    pipeline::{Sender, Shared},
    store::{IntentState, Kind},
};

const SLOT: SlotId = SlotId { job: B256::repeat_byte(3), slot: 0 };
const NEVER: Duration = Duration::from_secs(1_000);

/// A chain and a sender with one intent planned.
struct Scenario {
    chain: FakeChain,
    dir: TempDir,
    shared: Arc<Shared>,
    sender: Sender,
    timing: (Duration, Duration),
}

impl Scenario {
    /// A sender that neither sends again nor raises a fee within the time of a test.
    fn new() -> Self {
        Self::with(NEVER, NEVER)
    }

    fn with(resend: Duration, bump: Duration) -> Self {
        let (chain, dir) = (FakeChain::of(10), tempfile::tempdir().unwrap());
        let shared = shared(&chain, &dir, resend, bump);
        shared.store.plan_intent(Kind::Submit, SLOT, 1, &data()).unwrap();
        Self { sender: Sender::new(shared.clone()), chain, dir, shared, timing: (resend, bump) }
    }

    /// The process ends and another begins on the same journal.
    fn restart(self) -> Self {
        let Self { chain, dir, shared: old, sender, timing } = self;
        drop((sender, old));
        let shared = shared(&chain, &dir, timing.0, timing.1);
        Self { sender: Sender::new(shared.clone()), chain, dir, shared, timing }
    }

    async fn drive(&mut self) {
        self.sender.drive().await.unwrap();
    }

    fn sent(&self) -> Vec<Bytes> {
        self.chain.state().sent.clone()
    }

    fn state(&self) -> Option<IntentState> {
        self.shared.store.intents_about(SLOT).unwrap().first().map(|intent| intent.state)
    }
}

fn data() -> Bytes {
    step(SLOT)
}

#[tokio::test]
async fn an_intent_goes_from_plan_to_finality() {
    let mut scenario = Scenario::new();
    scenario.drive().await;
    assert_eq!((scenario.sent().len(), scenario.state()), (1, Some(IntentState::Sent)));
    scenario.chain.mine(true);
    scenario.drive().await;
    assert_eq!(scenario.state(), Some(IntentState::Mined));
    scenario.drive().await;
    assert_eq!(scenario.state(), Some(IntentState::Mined), "its block is not final yet");
    scenario.chain.state().finalized = 9;
    scenario.drive().await;
    assert_eq!((scenario.sent().len(), scenario.state()), (1, Some(IntentState::Final)));
}

#[tokio::test]
async fn after_a_restart_the_same_bytes_are_sent() {
    let mut scenario = Scenario::new();
    scenario.drive().await;
    let mut scenario = scenario.restart();
    scenario.drive().await;
    let sent = scenario.sent();
    assert_eq!(sent.len(), 2);
    assert_eq!(sent[0], sent[1]);
}

#[tokio::test]
async fn after_a_restart_what_was_mined_meanwhile_is_not_sent_again() {
    let mut scenario = Scenario::new();
    scenario.drive().await;
    scenario.chain.mine(true);
    let mut scenario = scenario.restart();
    scenario.drive().await;
    assert_eq!((scenario.sent().len(), scenario.state()), (1, Some(IntentState::Mined)));
}

#[tokio::test]
async fn what_did_not_arrive_is_sent_again_as_it_was() {
    let mut scenario = Scenario::with(Duration::ZERO, NEVER);
    scenario.chain.state().deaf = true;
    scenario.drive().await;
    assert_eq!(scenario.sent().len(), 0);
    scenario.chain.state().deaf = false;
    scenario.drive().await;
    let signed = scenario.shared.store.pending_intent().unwrap().unwrap();
    let versions = scenario.shared.store.versions(signed.id).unwrap();
    assert_eq!(scenario.sent(), [versions[0].signed.raw.clone()]);
    assert_eq!(versions.len(), 1);
}

#[tokio::test]
async fn a_slow_one_pays_more_up_to_the_cap_with_the_same_nonce() {
    let mut scenario = Scenario::with(NEVER, Duration::ZERO);
    for _ in 0..5 {
        scenario.drive().await;
    }
    let pending = scenario.shared.store.pending_intent().unwrap().unwrap();
    let fees: Vec<u128> =
        scenario.shared.store.versions(pending.id).unwrap().iter().map(|version| version.fees.max).collect();
    assert_eq!(fees, [80, 91, 100], "an eighth more each time, and 100 is the cap");
    assert_eq!(pending.nonce, Some(0));
    // Whichever version is mined, it is this intent.
    let first = scenario.sent()[0].clone();
    scenario.chain.state().sent.push(first);
    scenario.chain.mine(true);
    scenario.drive().await;
    assert_eq!(scenario.state(), Some(IntentState::Mined));
}

#[tokio::test]
async fn a_second_intent_waits_for_the_receipt_of_the_first() {
    let mut scenario = Scenario::new();
    scenario.shared.store.plan_intent(Kind::Step, SLOT, 1, &data()).unwrap();
    scenario.drive().await;
    scenario.drive().await;
    assert_eq!(scenario.sent().len(), 1, "only the first is sent");
    scenario.chain.mine(true);
    scenario.drive().await;
    let pending = scenario.shared.store.pending_intent().unwrap().unwrap();
    assert_eq!((pending.kind, pending.nonce), (Kind::Step, Some(1)));
}

#[tokio::test]
async fn what_the_contract_would_refuse_is_not_sent() {
    let mut scenario = Scenario::new();
    scenario.chain.state().refusal = Some(Refusal::MovedOn("JobsWrongState".into()));
    scenario.drive().await;
    assert_eq!((scenario.sent().len(), scenario.state()), (0, None));
    assert!(scenario.sender.leaves_alone(SLOT, Kind::Submit));
    assert!(!scenario.sender.leaves_alone(SLOT, Kind::Unable), "something else may be tried at once");
}

#[tokio::test]
async fn what_has_reverted_does_not_count_as_done() {
    let mut scenario = Scenario::new();
    scenario.drive().await;
    scenario.chain.mine(false);
    scenario.drive().await;
    assert_eq!(scenario.state(), None);
    assert!(scenario.shared.store.plan_intent(Kind::Submit, SLOT, 1, &data()).unwrap(), "it may be planned again");
    scenario.drive().await;
    assert_eq!(scenario.shared.store.pending_intent().unwrap().unwrap().nonce, Some(1));
}

#[tokio::test]
async fn when_its_block_vanishes_the_same_bytes_are_sent_again() {
    let mut scenario = Scenario::new();
    scenario.drive().await;
    scenario.chain.mine(true);
    scenario.drive().await;
    assert_eq!(scenario.state(), Some(IntentState::Mined));
    scenario.chain.reorganise(9);
    scenario.chain.state().receipts.clear();
    scenario.chain.state().nonce = 0;
    scenario.drive().await;
    let sent = scenario.sent();
    assert_eq!((sent.len(), scenario.state()), (2, Some(IntentState::Sent)));
    assert_eq!(sent[0], sent[1]);
}

#[tokio::test]
async fn when_somebody_else_used_its_nonce_it_is_given_up_only_after_many_looks() {
    let mut scenario = Scenario::new();
    scenario.drive().await;
    scenario.chain.state().nonce = 1;
    for _ in 0..19 {
        scenario.drive().await;
        assert_eq!(scenario.state(), Some(IntentState::Sent), "a receipt may come late");
    }
    scenario.drive().await;
    assert_eq!(scenario.state(), None);
}
