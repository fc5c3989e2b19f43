//! The jurors, one file for each function. The court is impersonated where it is the caller.

mod constructor;
mod crowd;
mod game;
mod leave;
mod pause;
mod pick;
mod record;
mod reentry;
mod seize;
mod stake;
mod stake_with_permit;
mod stakes;
mod total;
mod unstake;
mod wire;

use linq_abi::{IJurors, Juror};
use linq_tests::{Bench, UNSTAKING, jurors_arguments};

use crate::prelude::*;

/// Seconds of a UTC day.
const DAY: u64 = 86_400;

/// An event of the jurors' contract.
fn by_jurors<E: alloy::sol_types::SolEvent>(bench: &Bench, event: &E) -> Emitted {
    emitted(bench.jurors, event)
}

/// LNQ that moves.
fn moves(bench: &Bench, from: Address, to: Address, value: u128) -> Emitted {
    emitted(bench.world.suite.token, &ILnqToken::Transfer { from, to, value: U256::from(value) })
}

/// Active and leaving stake of a juror, and until when the latter waits.
fn stake_of(bench: &Bench, id: u32) -> (u128, u128, u64) {
    let Juror { active, leaving, leavingEnd, .. } = bench.juror(id);
    (active.to(), leaving.to(), leavingEnd)
}
