use super::*;

fn round_after(world: &World, beacon: Address, time: u64) -> Result<u64, Refusal> {
    world.call(world.cast.eve, beacon, &IBeacon::roundAfterCall { time })
}

mod when_the_number_does_not_fit {
    use super::*;

    #[test]
    fn it_reverts_with_overflow() {
        let (world, beacon) = beacon_of(&Network { genesis: 0, ..local() });
        assert_refused(round_after(&world, beacon, u64::MAX), &IBeacon::BeaconOverflow {});
        assert_eq!(round_after(&world, beacon, u64::MAX - 2), Ok(u64::MAX));
    }
}

mod when_the_time_is_before_the_genesis {
    use super::*;

    #[test]
    fn it_is_the_first_round() {
        let (world, beacon) = beacon_of(&Network::evmnet());
        for time in [0, 1_727_521_074] {
            assert_eq!(round_after(&world, beacon, time), Ok(1));
        }
    }
}

mod when_the_genesis_has_passed {
    use super::*;

    #[test]
    fn it_is_the_first_round_that_is_later() {
        let network = Network::evmnet();
        let (world, beacon) = beacon_of(&network);
        for later in [0, 1, 2, 3, 4, 5, 6, 86_400, 30_000_000] {
            let time = network.genesis + later;
            assert_eq!(round_after(&world, beacon, time), Ok(later / 3 + 2));
            assert_eq!(network.round_after(time), Some(later / 3 + 2));
        }
    }
}
