//! What is stored, word by word, as `contracts/court/src/state.rs` documents it.

use super::*;

fn number(word: B256, from: usize, bytes: usize) -> U256 {
    let word = U256::from_be_bytes(word.0) >> (8 * from);
    if bytes == 32 { word } else { word & ((U256::from(1) << (8 * bytes)) - U256::from(1)) }
}

#[test]
fn nothing_is_there_before_it_is_opened() {
    let room = Courtroom::new();
    assert_eq!(room.round(1, 0).words, vec![B256::ZERO; 8]);
}

#[test]
fn every_field_lies_where_it_is_documented() {
    let mut room = Courtroom::new();
    let (day, dispute) = (u128::from(room.world.now() / 86_400), room.open(LARGE));
    room.draw(dispute);
    room.commit(dispute, 0, 3);
    room.commit(dispute, 1, REFUSAL);
    room.wait(dispute);
    let words = room.round(dispute, 0).words;
    let small = |word: usize, from, bytes| number(words[word], from, bytes).to::<u128>();
    let case = [small(0, 0, 12), small(0, 12, 2), small(0, 14, 2), small(0, 16, 1), small(0, 17, 1)];
    assert_eq!(case, [LARGE, 1, day, 0, 1]);
    assert_eq!(number(words[0], 18, 14), U256::ZERO);
    // The round was drawn, and the clock alone took it on.
    let until = room.phase(dispute).2 - 90;
    let stage: Vec<u128> = [(0, 1), (1, 5), (6, 1), (7, 1), (8, 8), (16, 1), (17, 1), (18, 1), (19, 12), (31, 1)]
        .into_iter()
        .map(|(from, bytes)| small(1, from, bytes))
        .collect();
    assert_eq!(stage, [2, until.into(), 3, 3, BEACON_WORD.into(), 0, 10, 0, 0, 0]);
    assert_eq!(words[2][..4], [2, 2, 1, 0]);
    assert_eq!(Address::from_slice(&words[3][12..]), room.world.cast.requester);
}

#[test]
fn every_word_is_in_the_slot_that_is_documented() {
    let (room, dispute) = sealed(&[3, REFUSAL]);
    let words = room.round(dispute, 0).words;
    // Place, round and dispute make the key of slot 7.
    let slot = |place: u64| {
        let key = (U256::from(place) << 72) | U256::from(dispute);
        room.world.slot(room.court, keccak256((key, U256::from(7)).abi_encode()).into())
    };
    assert_eq!([32, 33, 34, 35, 36].map(slot), [words[0], words[1], words[2], words[3], words[4]]);
    let jurors = room.round(dispute, 0).jurors();
    assert_eq!(slot(0), room.commitment(dispute, 0, 0, jurors[0], 3));
    assert_eq!(slot(1), room.commitment(dispute, 0, 1, jurors[1], REFUSAL));
}
