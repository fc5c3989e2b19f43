use super::*;

#[test]
fn it_counts_who_was_ever_registered() {
    let mut world = World::new();
    let (cast, lens) = (world.cast, world.suite.lens);
    let count = |world: &World| world.read(lens, &ILens::providerCountCall {});
    assert_eq!(count(&world), 0);
    world.register(cast.owner, cast.operator, cast.payout);
    assert_eq!(count(&world), 1);
    world.registry(cast.owner, &IRegistry::drainCall { provider: 1 }).expect("drain");
    world.register(cast.rival, cast.rival_operator, cast.payout);
    assert_eq!(count(&world), 2, "who leaves is counted");
}
