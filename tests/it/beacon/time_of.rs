use super::*;

fn time_of(world: &World, beacon: Address, round: u64) -> Result<u64, Refusal> {
    world.call(world.cast.eve, beacon, &IBeacon::timeOfCall { round })
}

mod when_there_is_no_such_round {
    use super::*;

    #[test]
    fn it_reverts_with_no_round() {
        let (world, beacon) = beacon_of(&Network::evmnet());
        for round in [0, u64::MAX / 3 + 2, u64::MAX] {
            assert_refused(time_of(&world, beacon, round), &IBeacon::BeaconNoRound { round });
        }
    }
}

mod when_there_is {
    use super::*;

    #[test]
    fn it_is_so_many_periods_after_the_genesis() {
        let network = Network::evmnet();
        let (world, beacon) = beacon_of(&network);
        for round in [1, 2, 513, 10_000_000, u64::from(u32::MAX)] {
            assert_eq!(time_of(&world, beacon, round), Ok(1_727_521_075 + (round - 1) * 3));
            assert_eq!(time_of(&world, beacon, round).ok(), network.time_of(round));
        }
    }
}
