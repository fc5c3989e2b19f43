use linq_tests::registry_parameters;

use super::*;

/// Version, the second from which on it counts, and until when nobody registers.
fn shown(world: &World) -> (u16, u64, u64) {
    let shown = world.read(world.suite.lens, &ILens::governanceCall {});
    assert_eq!((shown.governor, shown.guardian), (world.cast.governor, world.cast.guardian));
    (shown.version, shown.from, shown.pausedUntil)
}

#[test]
fn it_shows_the_first_version_and_no_pause() {
    let world = World::new();
    let today = next_day(&world) - 86_400;
    assert_eq!(shown(&world), (1, today, 0));
}

#[test]
fn it_shows_the_version_announced_last_and_a_pause_until_it_ends() {
    let mut world = World::new();
    let (cast, from) = (world.cast, next_day(&world));
    let parameters = registry_parameters();
    world.registry(cast.governor, &IRegistry::setParametersCall { parameters }).expect("parameters");
    assert_eq!(shown(&world), (2, from, 0));
    world.registry(cast.guardian, &IRegistry::pauseCall {}).expect("pause");
    let until = from + 6 * 86_400;
    world.at(until - 1);
    assert_eq!(shown(&world), (2, from, until));
    world.at(until);
    assert_eq!(shown(&world), (2, from, 0));
}
