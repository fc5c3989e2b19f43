//! The escrow, one file for each function. The jobs contract is impersonated where it is the caller.

mod constructor;
mod forfeit;
mod liabilities;
mod lock;
mod locked;
mod reentry;
mod refund;
mod settle;
mod skim;
mod sweep;
mod token_failures;
mod wire;
mod wiring;

use crate::prelude::*;

/// A job that exists in no other contract.
const JOB: B256 = B256::repeat_byte(0x0b);
/// Another one.
const OTHER: B256 = B256::repeat_byte(0x0c);

/// What jobs calls to lock `slots` slots of 100 LNQ for `job`.
fn lock_of(world: &World, job: B256, slots: u16) -> IEscrow::lockCall {
    IEscrow::lockCall { job, requester: world.cast.requester, price: u96(lnq(100)), slots }
}

/// A world in which `slots` slots of 100 LNQ are locked for [`JOB`].
fn locked(slots: u16) -> World {
    let mut world = World::new();
    lock(&mut world, JOB, slots);
    world
}

fn lock(world: &mut World, job: B256, slots: u16) {
    let (requester, escrow, jobs) = (world.cast.requester, world.suite.escrow, world.suite.jobs);
    world.approve(requester, escrow);
    let call = lock_of(world, job, slots);
    world.escrow(jobs, &call).expect("lock");
}

/// What jobs calls to pay the whole of a slot of [`JOB`] that was taken at 80 LNQ, at a fee of 2.5 %.
fn settle_of(world: &World) -> IEscrow::settleCall {
    IEscrow::settleCall {
        job: JOB,
        payee: world.cast.payout,
        price: u96(lnq(80)),
        share: 20,
        owed: U96::ZERO,
        feeBps: 250,
    }
}

/// Settles one slot of [`JOB`] so that the escrow has 2 LNQ of fees.
fn settle(world: &mut World) {
    let (jobs, call) = (world.suite.jobs, settle_of(world));
    world.escrow(jobs, &call).expect("settlement");
}

/// The reward that is locked for `job`.
fn reward(world: &World, job: B256) -> (Address, u128, u16) {
    let reward = world.read(world.suite.escrow, &IEscrow::lockedCall { job });
    (reward.requester, reward.price.to(), reward.unsettled)
}

/// Rewards and fees that are owed.
fn owed(world: &World) -> (u128, u128) {
    let owed = world.read(world.suite.escrow, &IEscrow::liabilitiesCall {});
    (owed.rewards.to(), owed.fees.to())
}
