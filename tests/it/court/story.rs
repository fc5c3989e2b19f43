//! A whole dispute with the real beacon, whose rounds a local key signs: a wrong verdict, an appeal that sets it right, and
//! where every wei went.

use linq_beacon::SecretKey;

use super::*;

const KEEPER: Address = Cast::ALL.keeper;

/// A courtroom whose beacon has a round every second, signed by the development key.
fn room_with_a_beacon() -> Courtroom {
    let mut room = Courtroom::unwired();
    let [x_imaginary, x_real, y_imaginary, y_real] = SecretKey::development().public().words();
    let arguments = (x_imaginary, x_real, y_imaginary, y_real, 1_u64, 1_u32).abi_encode_params();
    room.beacon = room.world.construct("beacon", arguments).expect("the beacon");
    room.populate(20);
    room
}

/// Brings the round that the last jury is drawn by, which the court waits for. Answers what it is worth.
fn bring(room: &mut Courtroom, dispute: u64) -> B256 {
    let (number, _, until) = room.phase(dispute);
    let round = room.round(dispute, number).beacon_round();
    assert_eq!(round, until + 1, "the first round after the evidence time");
    room.world.at(until);
    let silent = ICourt::CourtBeaconSilent { beaconRound: round };
    assert_refused(room.send(KEEPER, &ICourt::drawCall { dispute }), &silent);
    room.bring(dispute)
}

/// All LNQ of jurors and their accounts.
fn of_jurors(room: &Courtroom) -> u128 {
    (1..=room.count).map(|juror| room.stake_of(juror) + room.world.balance(room.account(juror))).sum()
}

fn supply(room: &Courtroom) -> u128 {
    room.world.read(room.world.suite.token, &ILnqToken::totalSupplyCall {}).to()
}

#[test]
fn a_wrong_verdict_is_set_right_and_every_wei_is_accounted_for() {
    let mut room = room_with_a_beacon();
    let (requester, owner) = (room.world.cast.requester, room.world.cast.owner);
    let before = (room.world.balance(requester), room.world.balance(owner), of_jurors(&room), supply(&room));

    let dispute = room.open(LARGE);
    let randomness = bring(&mut room, dispute);
    let seated = room.draw(dispute);
    let seed = keccak256((randomness, room.court, dispute, 0_u64).abi_encode());
    let call = IJurors::pickCall { day: room.round(dispute, 0).day(), seed, from: 0, count: 3, least: 320 };
    assert_eq!(seated, room.world.read(room.jurors, &call));
    for seat in 0..3 {
        room.commit(dispute, seat, 0);
    }
    (0..3).for_each(|seat| room.reveal(dispute, seat, 0));

    // The provider's side orders seven more, who know better.
    room.appeal(owner, dispute, HIGHER);
    bring(&mut room, dispute);
    room.vote(dispute, &[Some(20); 7]);
    room.wait(dispute);
    assert_eq!(room.verdict(dispute), (CourtPhase::Final, 20, true, 3 * FEE));
    for round in [0, 1] {
        room.settle(dispute, round);
        room.claim_all(dispute, round);
    }

    let after = (room.world.balance(requester), room.world.balance(owner), of_jurors(&room), supply(&room));
    let (lost, won) = (3 * 16 * FEE, 7 * FEE);
    // The first jury loses 480 LNQ; of them and its 30, the appeal gets its 70 back, and the rest burns.
    assert_eq!(after.0, before.0 - 3 * FEE);
    assert_eq!(after.1, before.1);
    assert_eq!(after.2, before.2 - lost + won);
    assert_eq!(after.3, before.3 - (lost + 3 * FEE - 7 * FEE));
    assert_eq!(room.held(), 0);
}
