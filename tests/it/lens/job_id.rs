use crate::prelude::*;

fn id(world: &World, terms: &Terms) -> B256 {
    world.read(world.suite.lens, &ILens::jobIdCall { terms: terms.clone() })
}

#[test]
fn it_is_the_hash_of_chain_contract_and_terms() {
    let world = World::new();
    let terms = world.terms();
    let chain = U256::from(world.node().config().chain_id);
    assert_eq!(id(&world, &terms), keccak256((chain, world.suite.jobs, terms.clone()).abi_encode()));
}

#[test]
fn it_differs_with_every_single_field() {
    let world = World::new();
    let terms = world.terms();
    let changes: [fn(&mut Terms); 27] = [
        |terms| terms.requester = Cast::ALL.eve,
        |terms| terms.specHash = B256::ZERO,
        |terms| terms.price += U96::from(1),
        |terms| terms.tasks = 2,
        |terms| terms.resources.cpuMillis += 1,
        |terms| terms.resources.memoryMib += 1,
        |terms| terms.resources.storageGib += 1,
        |terms| terms.resources.gpus = 1,
        |terms| terms.resources.gpuClass = 1,
        |terms| terms.resources.bandwidthMbps = 1,
        |terms| terms.features = 2,
        |terms| terms.regions = 1,
        |terms| terms.tier = 1,
        |terms| terms.provider = 1,
        |terms| terms.judge = Cast::ALL.judge,
        |terms| terms.expected = B256::repeat_byte(1),
        |terms| terms.openSecs += 1,
        |terms| terms.bidSecs += 1,
        |terms| terms.runSecs += 1,
        |terms| terms.windowSecs += 1,
        |terms| terms.attempts += 1,
        |terms| terms.endBy += 1,
        |terms| terms.anyoneMatches = true,
        |terms| terms.parameters = 2,
        |terms| terms.salt = B256::repeat_byte(1),
        |terms| (terms.bidSecs, terms.runSecs) = (terms.runSecs, terms.bidSecs),
        |terms| (terms.specHash, terms.salt) = (terms.salt, terms.specHash),
    ];
    let mut ids = vec![id(&world, &terms)];
    for change in changes {
        let mut changed = terms.clone();
        change(&mut changed);
        let changed = id(&world, &changed);
        assert!(!ids.contains(&changed), "two terms share an id");
        ids.push(changed);
    }
}

#[test]
fn it_does_not_depend_on_anything_else() {
    let mut world = World::new();
    let terms = world.terms();
    let before = id(&world, &terms);
    let job = world.post(&terms).expect("post").value;
    world.warp(1_000);
    assert_eq!(id(&world, &terms), before);
    assert_eq!(job, before);
}
