//! Beacons and jurors that do not answer as they should.

use super::*;

/// A courtroom in which the named sibling does something else from now on.
fn with(room: &mut Courtroom, sibling: Address, stub: &Stub) {
    room.world.node_mut().set_code(sibling, stub.code().into());
}

/// What a sibling may do wrong, none of which is an answer.
fn failures() -> [Stub; 4] {
    [Stub::Returns(vec![]), Stub::Returns(vec![0; 31]), Stub::Reverts(vec![]), Stub::Halts]
}

#[test]
fn a_beacon_without_an_answer_opens_nothing_and_draws_nothing() {
    let mut room = Courtroom::new();
    let (sibling, opener, keeper) = (room.beacon, room.opener, room.world.cast.keeper);
    let dispute = room.open(LARGE);
    room.wait(dispute);
    for stub in failures() {
        with(&mut room, sibling, &stub);
        let open = ICourt::openCall { funder: room.world.cast.requester, value: u96(LARGE), version: 1 };
        assert_refused(room.send(opener, &open), &ICourt::CourtSiblingFailed { sibling });
        assert_refused(room.send(keeper, &ICourt::drawCall { dispute }), &ICourt::CourtSiblingFailed { sibling });
    }
    with(&mut room, sibling, &Stub::Reverts(vec![1, 2, 3, 4]));
    let refusal = room.send(keeper, &ICourt::drawCall { dispute }).expect_err("it reverts");
    assert_eq!(refusal.data[..], [1, 2, 3, 4]);
}

#[test]
fn a_round_beyond_every_number_is_no_round() {
    let mut room = Courtroom::new();
    let (sibling, opener, funder) = (room.beacon, room.opener, room.world.cast.requester);
    with(&mut room, sibling, &Stub::Returns(vec![0xff; 32]));
    let open = ICourt::openCall { funder, value: u96(LARGE), version: 1 };
    assert_refused(room.send(opener, &open), &ICourt::CourtSiblingFailed { sibling });
}

#[test]
fn jurors_that_do_not_answer_hold_a_draw_up_until_it_lapses() {
    let mut room = Courtroom::new();
    let (sibling, keeper) = (room.jurors, room.world.cast.keeper);
    let dispute = room.open(LARGE);
    room.wait(dispute);
    let list = |words: &[u64]| {
        let words = words.iter().flat_map(|word| B256::from(U256::from(*word)).0);
        Stub::Returns(words.collect())
    };
    let wrong =
        [list(&[32, 2, 1, 1]), list(&[32, 4, 1, 1, 1, 1]), list(&[32, 3, 1, 1, 1 << 32]), list(&[64, 3, 1, 1, 1])];
    for stub in failures().into_iter().chain(wrong) {
        with(&mut room, sibling, &stub);
        assert_refused(room.send(keeper, &ICourt::drawCall { dispute }), &ICourt::CourtSiblingFailed { sibling });
    }
    room.wait(dispute);
    room.done(keeper, &ICourt::lapseCall { dispute });
    assert_eq!(room.verdict(dispute), (CourtPhase::Final, 10, false, 0));
}

#[test]
fn jurors_that_say_they_took_more_than_was_asked_are_not_believed() {
    let (mut room, dispute) = final_(&[Some(20), Some(20), None]);
    let (sibling, keeper) = (room.jurors, room.world.cast.keeper);
    let too_much = U256::from(STAKE + 1);
    with(&mut room, sibling, &Stub::Returns(vec![too_much].abi_encode()));
    let settle = ICourt::settleCall { dispute, round: 0 };
    assert_refused(room.send(keeper, &settle), &ICourt::CourtSiblingFailed { sibling });
    with(&mut room, sibling, &Stub::Returns(vec![U256::ZERO; 2].abi_encode()));
    assert_refused(room.send(keeper, &settle), &ICourt::CourtSiblingFailed { sibling });
    with(&mut room, sibling, &Stub::Returns(vec![U256::ZERO].abi_encode()));
    room.done(keeper, &settle);
}

#[test]
fn a_sibling_that_calls_back_finds_every_entry_closed() {
    let mut room = Courtroom::new();
    let (target, opener, beacon) = (room.court, room.opener, room.beacon);
    let input = ICourt::verdictCall { dispute: 1 }.abi_encode();
    with(&mut room, beacon, &Stub::CallsBack { target, input, agrees: true });
    // The beacon is asked by a static call, in which the stub's own log fails: no call of a court gets through it.
    let funder = room.world.cast.requester;
    let open = ICourt::openCall { funder, value: u96(LARGE), version: 1 };
    assert_refused(room.send(opener, &open), &ICourt::CourtSiblingFailed { sibling: beacon });
}
