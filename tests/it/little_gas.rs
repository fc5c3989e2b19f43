//! Calls that are given too little gas: whatever runs out, in whichever contract, nothing has happened (E-13).

use alloy::rpc::types::TransactionRequest;
use linq_tests::ROOT;

use crate::prelude::*;

/// What a call could change: every balance, the slot, the provider, and what the escrow owes.
fn picture(world: &World, job: B256) -> (Vec<(&'static str, i128)>, Slot, Provider, u128) {
    let nobody = world.holdings();
    (world.changes(&nobody), world.slot_of(job), world.provider(1), world.escrow_owes())
}

/// Sends `call` with every gas limit from the least to what it needs, in steps.
fn sweep<C: SolCall>(world: &mut World, job: B256, from: Address, call: &C) {
    let jobs = world.suite.jobs;
    let input = call.abi_encode();
    let before = (world.holdings(), picture(world, job));
    let request = |gas| TransactionRequest::default().from(from).to(jobs).input(input.clone().into()).gas_limit(gas);
    let needed = world.rehearse(|world| world.node_mut().transact(request(30_000_000)).expect("it succeeds").gas_used);
    let (mut refused, mut done) = (0, 0);
    // Refunds come at the end, so that more than what is used has to be given.
    for gas in (25_000..needed * 5 / 4 + 60_000).step_by(1_999) {
        world.rehearse(|world| match world.node_mut().transact(request(gas)) {
            Ok(_) => done += 1,
            Err(_) => {
                refused += 1;
                assert_eq!(world.changes(&before.0), [], "money moved in a call that failed with {gas} gas");
                assert_eq!(picture(world, job), before.1, "something stayed of a call that failed with {gas} gas");
            }
        });
    }
    assert!(refused > 10 && done > 10, "{}: {refused} refused, {done} done", C::SIGNATURE);
}

#[test]
fn invariant_g_1_a_call_that_runs_out_of_gas_changes_nothing() {
    let mut world = World::with_providers();
    let cast = world.cast;
    let terms = Terms { bidSecs: 0, attempts: 2, ..world.terms() };
    let job = world.post(&terms).expect("post").value;

    let take = IJobs::takeCall { terms, slot: 0, provider: 1, price: u96(lnq(80)) };
    sweep(&mut world, job, cast.operator, &take);
    world.jobs(cast.operator, &take).expect("take");

    sweep(&mut world, job, cast.operator, &IJobs::unableCall { job, slot: 0, reason: 1 });

    let submit = IJobs::submitCall { job, slot: 0, root: ROOT, claim: 20, uri: String::new() };
    sweep(&mut world, job, cast.operator, &submit);
    world.jobs(cast.operator, &submit).expect("submit");

    sweep(&mut world, job, cast.requester, &IJobs::acceptCall { job, slot: 0 });
    world.warp(u64::from(Times::WINDOW));
    sweep(&mut world, job, cast.keeper, &IJobs::stepCall { job, slot: 0 });
}
