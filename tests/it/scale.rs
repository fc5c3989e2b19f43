//! What a call costs does not depend on how many providers and jobs there are (G-5).

use linq_tests::ROOT;

use crate::prelude::*;

/// Gas of everything in the life of a job, and of a registration.
fn costs(world: &mut World) -> Vec<(&'static str, u64)> {
    let cast = world.cast;
    let mut costs = Vec::new();
    world.rehearse(|world| {
        let registration = world.registration(cast.mallory_operator, cast.mallory);
        costs.push(("register", world.register_as(cast.mallory, registration).expect("registration").exec_gas()));
    });
    let terms = Terms { bidSecs: 0, salt: B256::repeat_byte(0xee), ..world.terms() };
    world.rehearse(|world| {
        let sent = world.post(&terms).expect("post");
        let job = sent.value;
        costs.push(("post", sent.exec_gas()));
        costs.push(("take", world.take(cast.operator, &terms, 1, lnq(80)).expect("take").exec_gas()));
        let submit = IJobs::submitCall { job, slot: 0, root: ROOT, claim: 20, uri: String::new() };
        costs.push(("submit", world.jobs(cast.operator, &submit).expect("submit").exec_gas()));
        let accept = IJobs::acceptCall { job, slot: 0 };
        costs.push(("accept", world.jobs(cast.requester, &accept).expect("accept").exec_gas()));
    });
    costs
}

#[test]
fn invariant_g_5_a_crowd_costs_nothing() {
    let mut world = World::with_providers();
    let cast = world.cast;
    // So that no balance is touched for the first time in one measurement and not in the other.
    world.give(cast.payout, 1);
    let first = world.terms();
    world.post(&first).expect("post");
    let before = costs(&mut world);
    for number in 1..=60_u8 {
        let owner = Address::repeat_byte(0x80 + number);
        world.node_mut().set_balance(owner, U256::from(lnq(1)));
        world.give(owner, lnq(10_000));
        let registration = world.registration(owner, cast.payout);
        world.register_as(owner, registration).expect("registration");
        let terms = Terms { salt: B256::repeat_byte(number), tasks: 4, ..world.terms() };
        world.post(&terms).expect("post");
    }
    assert_eq!(costs(&mut world), before);
}
