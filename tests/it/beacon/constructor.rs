use alloy::primitives::b256;

use super::*;

/// A point of the curve that keys lie on, at x = 1, which is not of their group.
const OUTSIDE_OF_THE_GROUP: [B256; 4] = [
    B256::ZERO,
    B256::with_last_byte(1),
    b256!("0d1271953ed9ea0836846e70a1934187998c7f790cb4d7511b7f8da82de048a4"),
    b256!("2869111d5381f072f8e2728fdb825a51aadd70e52c9830e9ab4b871c0531f1bb"),
];

fn construct(world: &mut World, key: [B256; 4], period_secs: u32) -> Result<Address, Refusal> {
    world.construct("beacon", arguments_of(key, 1, period_secs))
}

mod when_the_period_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_bad_period() {
        let mut world = World::unwired();
        let result = construct(&mut world, local().key.words(), 0);
        assert_refused(result, &IBeacon::BeaconBadPeriod {});
    }
}

mod when_the_key_is_no_key {
    use super::*;

    #[track_caller]
    fn refused(key: [B256; 4]) {
        let mut world = World::unwired();
        assert_refused(construct(&mut world, key, 1), &IBeacon::BeaconBadKey {});
    }

    #[test]
    fn it_reverts_with_bad_key_for_infinity() {
        refused([B256::ZERO; 4]);
    }

    #[test]
    fn it_reverts_with_bad_key_for_what_is_not_on_the_curve() {
        let mut key = local().key.words();
        key.swap(0, 1);
        refused(key);
    }

    #[test]
    fn it_reverts_with_bad_key_for_what_is_not_in_the_group() {
        refused(OUTSIDE_OF_THE_GROUP);
    }

    #[test]
    fn it_reverts_with_bad_key_for_the_same_point_written_otherwise() {
        for word in 0..4 {
            let mut key = local().key.words();
            key[word] = (U256::from_be_bytes(key[word].0) + prime()).into();
            refused(key);
        }
    }
}

mod when_it_was_constructed_before {
    use super::*;

    #[test]
    fn it_reverts() {
        let (mut world, beacon) = beacon();
        assert!(world.construct_again(beacon, arguments(&Network::evmnet())).is_err());
        let schedule = world.read(beacon, &IBeacon::scheduleCall {});
        assert_eq!((schedule.genesis, schedule.periodSecs), (1, 1));
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_keeps_key_and_schedule_where_the_layout_says() {
        let network = Network::evmnet();
        let (world, beacon) = beacon_of(&network);
        let words = (0..4u64).map(|slot| world.slot(beacon, U256::from(slot)));
        assert!(words.eq(network.key.words()));
        let schedule: U256 = (U256::from(network.period_secs) << 64) | U256::from(network.genesis);
        assert_eq!(world.slot(beacon, U256::from(4)), B256::from(schedule));
    }
}
