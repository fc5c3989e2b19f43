//! No token calls back, ours least of all. A token that does finds every entry closed.

use super::*;

/// What an entry answers to a token that calls it in the middle of a lock.
fn reply(entry: impl Fn(&World) -> Vec<u8>) -> Bytes {
    let mut world = World::new();
    let (cast, jobs) = (world.cast, world.suite.jobs);
    // The address of the escrow is known before the token that calls it is placed.
    let escrow = world.next_contract();
    let token = world.place(&Stub::CallsBack { target: escrow, input: entry(&world), agrees: true });
    let made =
        world.construct("escrow", (cast.deployer, token, cast.treasury).abi_encode_params()).expect("construction");
    assert_eq!(made, escrow);
    world.send(cast.deployer, escrow, &IEscrow::wireCall { jobs }).expect("wiring");
    let call = lock_of(&world, JOB, 1);
    let sent = world.send(jobs, escrow, &call).expect("lock");
    let logs = sent.receipt.logs.iter().filter(|log| log.inner.address == token);
    let replies: Vec<Bytes> = logs.map(|log| log.inner.data.data.clone()).collect();
    assert_eq!(replies.len(), 1, "the token called back once");
    replies[0].clone()
}

#[test]
fn it_reverts_with_empty_data() {
    assert_eq!(reply(|_| IEscrow::sweepCall {}.abi_encode()), Bytes::new());
    assert_eq!(reply(|_| IEscrow::skimCall {}.abi_encode()), Bytes::new());
    assert_eq!(reply(|_| IEscrow::refundCall { job: JOB }.abi_encode()), Bytes::new());
    assert_eq!(reply(|world| settle_of(world).abi_encode()), Bytes::new());
    assert_eq!(reply(|world| lock_of(world, OTHER, 1).abi_encode()), Bytes::new());
}

#[test]
fn it_answers_no_view_either() {
    assert_eq!(reply(|_| IEscrow::liabilitiesCall {}.abi_encode()), Bytes::new());
    assert_eq!(reply(|_| IEscrow::lockedCall { job: JOB }.abi_encode()), Bytes::new());
}
