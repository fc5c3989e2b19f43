//! The court with real jurors, one file for each function. The opener is impersonated where it is the caller, and the
//! beacon answers every question with one word, but in `story`.

mod appeal;
mod cancel;
mod claim;
mod commit;
mod constructor;
mod draw;
mod evidence;
mod expose;
mod lapse;
mod open;
mod records;
mod reveal;
mod set_parameters;
mod settle;
mod siblings;
mod story;
mod table;
mod verdict;
mod wire;

use alloy::sol_types::SolEvent;
use linq_abi::{
    CourtParameters, ICourt, IJurors,
    codes::{CourtPhase, Side},
};
use linq_tests::{BEACON_WORD, Courtroom, JUROR_STAKE, LARGE, REFUSAL, SMALL, court_arguments, court_parameters};

use crate::prelude::*;

/// The requester's side.
const LOWER: u8 = Side::Requester as u8;
/// The provider's side.
const HIGHER: u8 = Side::Provider as u8;

/// What a seat is paid in the disputes of these tests.
const FEE: u128 = lnq(10);
/// What a silent seat loses.
const STAKE: u128 = 32 * FEE;

/// LNQ that moves.
fn moves(room: &Courtroom, from: Address, to: Address, value: u128) -> Emitted {
    emitted(room.world.suite.token, &ILnqToken::Transfer { from, to, value: U256::from(value) })
}

/// The refusal of a call that is not for the present phase.
fn wrong_phase(room: &Courtroom, dispute: u64) -> ICourt::CourtWrongPhase {
    let (_, phase, until) = room.phase(dispute);
    ICourt::CourtWrongPhase { dispute, phase: phase as u8, until }
}

/// The events of one kind.
fn events<E: SolEvent, R>(sent: &Sent<R>) -> Vec<E> {
    sent.events()
}

/// A courtroom with a dispute whose three seats are drawn.
fn drawn() -> (Courtroom, u64) {
    let mut room = Courtroom::new();
    let dispute = room.open(LARGE);
    room.draw(dispute);
    (room, dispute)
}

/// A courtroom with a dispute in which `votes` are sealed, and the reveal phase has begun.
fn sealed(votes: &[u8]) -> (Courtroom, u64) {
    let (mut room, dispute) = drawn();
    for (seat, vote) in (0..).zip(votes) {
        room.commit(dispute, seat, *vote);
    }
    if votes.len() < 3 {
        room.wait(dispute);
    }
    (room, dispute)
}

/// A courtroom with a dispute that is decided by these votes, and can be appealed.
fn decided(votes: &[Option<u8>]) -> (Courtroom, u64) {
    let mut room = Courtroom::new();
    let dispute = room.open(LARGE);
    room.vote(dispute, votes);
    assert_eq!(room.phase(dispute).1, CourtPhase::Appeal);
    (room, dispute)
}

/// A courtroom with a dispute that these votes have ended.
fn final_(votes: &[Option<u8>]) -> (Courtroom, u64) {
    let (mut room, dispute) = decided(votes);
    room.wait(dispute);
    assert_eq!(room.phase(dispute), (0, CourtPhase::Final, 0));
    (room, dispute)
}
