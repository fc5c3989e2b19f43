use alloy_primitives::{Bytes, aliases::U96};

use super::*;
use crate::chain::{Fees, Receipt, Signed};

const SLOT: SlotId = SlotId { job: B256::repeat_byte(1), slot: 2 };

fn identity() -> Identity {
    Identity { parts: vec![("chain", "7".into()), ("provider", "1".into())] }
}

fn open(dir: &Path) -> Store {
    Store::open(dir, &identity()).unwrap()
}

fn job() -> JobRecord {
    let terms = Terms { price: U96::from(5), tasks: 3, runSecs: 60, ..Default::default() };
    JobRecord { id: SLOT.job, terms, uri: "file:///manifest".into(), block: 4 }
}

fn version(nonce: u8, fee: u128) -> Sent {
    let raw = Bytes::from(vec![nonce, fee as u8]);
    Sent { signed: Signed { hash: alloy_primitives::keccak256(&raw), raw }, gas: 100, fees: Fees { max: fee, tip: 0 } }
}

fn result(byte: u8) -> ResultRecord {
    ResultRecord { root: B256::repeat_byte(byte), claim: 20, uri: "file:///result".into() }
}

fn receipt(block: u64) -> Receipt {
    Receipt { block, block_hash: B256::repeat_byte(block as u8), succeeded: true }
}

mod open {
    use super::*;

    #[test]
    fn given_another_process_it_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let first = open(dir.path());
        assert!(matches!(Store::open(dir.path(), &identity()), Err(StoreError::InUse(_))));
        drop(first);
        open(dir.path());
    }

    #[test]
    fn given_another_provider_it_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        drop(open(dir.path()));
        let other = Identity { parts: vec![("chain", "7".into()), ("provider", "2".into())] };
        let refused = Store::open(dir.path(), &other);
        assert!(matches!(refused, Err(StoreError::OtherIdentity { name: "provider", .. })));
    }

    #[test]
    fn given_a_later_schema_it_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        open(dir.path()).connection().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(Store::open(dir.path(), &identity()), Err(StoreError::Newer(99))));
    }
}

#[test]
fn everything_is_there_again_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.advance(9, B256::repeat_byte(9), &[job()]).unwrap();
    assert_eq!(store.begin_run(SLOT, 1).unwrap(), 1);
    assert_eq!(store.begin_run(SLOT, 1).unwrap(), 2);
    assert!(store.record_result(SLOT, 1, &result(5)).unwrap());
    store.plan_intent(Kind::Submit, SLOT, 1, &Bytes::from_static(b"call")).unwrap();
    let intent = store.planned_intents().unwrap().remove(0);
    store.record_signed(intent.id, 3, &version(3, 10)).unwrap();
    drop(store);

    let store = open(dir.path());
    assert_eq!(store.cursor().unwrap(), Some((9, B256::repeat_byte(9))));
    assert_eq!(store.jobs().unwrap(), [job()]);
    let work = store.work(SLOT, 1).unwrap().unwrap();
    assert_eq!(work, WorkRecord { starts: 2, failed: false, result: Some(result(5)) });
    let pending = store.pending_intent().unwrap().unwrap();
    assert_eq!((pending.state, pending.nonce), (IntentState::Signed, Some(3)));
    assert_eq!(store.versions(pending.id).unwrap(), [version(3, 10)], "the bytes are the same");
}

#[test]
fn the_cursor_goes_back_to_what_is_left_of_the_chain() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    for number in [5, 6, 7] {
        store.advance(number, B256::repeat_byte(number as u8), &[job()]).unwrap();
    }
    store.rewind_below(6).unwrap();
    assert_eq!(store.cursor().unwrap(), Some((5, B256::repeat_byte(5))));
    assert_eq!(store.jobs().unwrap().len(), 1, "jobs stay");
    store.rewind_below(0).unwrap();
    assert_eq!(store.cursor().unwrap(), None);
}

#[test]
fn the_first_result_of_an_attempt_stays() {
    let dir = tempfile::tempdir().unwrap();
    let store = open(dir.path());
    store.begin_run(SLOT, 1).unwrap();
    assert!(store.record_result(SLOT, 1, &result(5)).unwrap());
    assert!(!store.record_result(SLOT, 1, &result(6)).unwrap());
    assert_eq!(store.work(SLOT, 1).unwrap().unwrap().result, Some(result(5)));
    assert_eq!(store.work(SLOT, 2).unwrap(), None, "another attempt is another work");
}

mod outbox {
    use super::*;

    fn planned(store: &Store, kind: Kind, data: &'static [u8]) -> bool {
        store.plan_intent(kind, SLOT, 1, &Bytes::from_static(data)).unwrap()
    }

    #[test]
    fn the_same_intent_is_planned_once() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        assert!(planned(&store, Kind::Submit, b"a"));
        assert!(!planned(&store, Kind::Submit, b"a"));
        assert!(planned(&store, Kind::Take, b"a"));
        store.drop_intent(store.planned_intents().unwrap()[0].id, "refused").unwrap();
        assert!(planned(&store, Kind::Submit, b"a"), "what was dropped may be planned again");
    }

    #[test]
    fn an_intent_keeps_its_nonce_through_every_version() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        planned(&store, Kind::Submit, b"a");
        let id = store.planned_intents().unwrap()[0].id;
        store.record_signed(id, 3, &version(3, 10)).unwrap();
        store.mark_sent(id).unwrap();
        store.record_signed(id, 3, &version(3, 12)).unwrap();
        assert!(store.record_signed(id, 4, &version(4, 12)).is_err());
        assert_eq!(store.versions(id).unwrap(), [version(3, 10), version(3, 12)]);
        assert_eq!(store.next_nonce(0).unwrap(), 4);
        assert_eq!(store.next_nonce(9).unwrap(), 9, "the chain may know of more");
    }

    #[test]
    fn a_vanished_block_brings_the_intent_back() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        planned(&store, Kind::Submit, b"a");
        let id = store.planned_intents().unwrap()[0].id;
        store.record_signed(id, 0, &version(0, 10)).unwrap();
        store.mark_sent(id).unwrap();
        store.mark_mined(id, &receipt(8)).unwrap();
        assert_eq!(store.pending_intent().unwrap(), None);
        assert_eq!(store.mined_intents().unwrap()[0].block, Some((8, B256::repeat_byte(8))));

        store.mark_vanished(id).unwrap();
        assert_eq!(store.pending_intent().unwrap().unwrap().state, IntentState::Sent);

        store.mark_mined(id, &receipt(9)).unwrap();
        store.mark_final(id).unwrap();
        store.mark_vanished(id).unwrap();
        assert_eq!(store.intents_about(SLOT).unwrap()[0].state, IntentState::Final, "final is final");
        assert!(!planned(&store, Kind::Submit, b"a"));
    }

    #[test]
    fn only_what_is_not_in_a_block_counts_as_open() {
        let dir = tempfile::tempdir().unwrap();
        let store = open(dir.path());
        planned(&store, Kind::Take, b"a");
        planned(&store, Kind::Step, b"b");
        assert_eq!(store.outbox_depth().unwrap(), 2);
        let id = store.planned_intents().unwrap()[0].id;
        store.record_signed(id, 0, &version(0, 1)).unwrap();
        store.mark_mined(id, &receipt(1)).unwrap();
        assert_eq!(store.outbox_depth().unwrap(), 1);
        assert_eq!(store.open_intents().unwrap().len(), 1);
    }
}
