use super::*;

#[test]
fn it_counts_started_cores_and_gpus() {
    let world = World::new();
    let minimum = |cpu_millis, gpus| -> u128 {
        let capacity = Resources { cpuMillis: cpu_millis, gpus, ..Resources::default() };
        world.read(world.suite.lens, &ILens::minimumStakeCall { capacity }).to()
    };
    assert_eq!(minimum(0, 0), lnq(1_000));
    assert_eq!(minimum(1, 0), lnq(1_100));
    assert_eq!(minimum(1_000, 0), lnq(1_100));
    assert_eq!(minimum(1_001, 0), lnq(1_200));
    assert_eq!(minimum(64_000, 8), lnq(1_000 + 6_400 + 8_000));
}
