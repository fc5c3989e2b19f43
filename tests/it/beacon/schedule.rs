use super::*;

#[test]
fn it_is_what_was_given() {
    let (world, beacon) = beacon_of(&Network::evmnet());
    let schedule = world.read(beacon, &IBeacon::scheduleCall {});
    assert_eq!((schedule.genesis, schedule.periodSecs), (1_727_521_075, 3));
}
