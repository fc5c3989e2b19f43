use super::*;

/// Sends it as anyone.
fn send(
    world: &mut World,
    beacon: Address,
    call: &IBeacon::submitCall,
) -> Result<Sent<IBeacon::submitReturn>, Refusal> {
    let eve = world.cast.eve;
    world.send(eve, beacon, call)
}

fn kept(world: &World, beacon: Address, round: u64) -> B256 {
    world.read(beacon, &IBeacon::randomnessCall { round })
}

mod when_there_is_no_such_round {
    use super::*;

    #[test]
    fn it_reverts_with_no_round() {
        let (mut world, beacon) = beacon();
        assert_refused(send(&mut world, beacon, &signed(0)), &IBeacon::BeaconNoRound { round: 0 });
        let (mut world, beacon) = beacon_of(&Network { genesis: 2, ..local() });
        let round = u64::MAX;
        assert_refused(send(&mut world, beacon, &signed(round)), &IBeacon::BeaconNoRound { round });
    }
}

mod when_the_round_is_not_due {
    use super::*;

    #[test]
    fn it_reverts_with_not_yet_until_the_second_it_is() {
        let (mut world, beacon) = beacon();
        let round = world.now() + 100;
        let refusal = IBeacon::BeaconNotYet { round, time: round };
        assert_refused(send(&mut world, beacon, &signed(round)), &refusal);
        world.at(round - 1);
        assert_refused(send(&mut world, beacon, &signed(round)), &refusal);
        world.at(round);
        send(&mut world, beacon, &signed(round)).expect("it is due");
        assert_ne!(kept(&world, beacon, round), B256::ZERO);
    }
}

mod when_the_point_is_none {
    use super::*;

    #[track_caller]
    fn refused(x: U256, y: U256) {
        let (mut world, beacon) = beacon();
        let result = send(&mut world, beacon, &IBeacon::submitCall { round: 7, x, y });
        assert_refused(result, &IBeacon::BeaconBadPoint { x, y });
        assert_eq!(kept(&world, beacon, 7), B256::ZERO);
    }

    #[test]
    fn it_reverts_with_bad_point_for_infinity() {
        refused(U256::ZERO, U256::ZERO);
    }

    #[test]
    fn it_reverts_with_bad_point_for_the_right_signature_written_otherwise() {
        let IBeacon::submitCall { x, y, .. } = signed(7);
        refused(x + prime(), y);
        refused(x, y + prime());
        refused(x + prime(), y + prime());
    }

    #[test]
    fn it_reverts_with_bad_point_for_what_is_not_on_the_curve() {
        let IBeacon::submitCall { x, y, .. } = signed(7);
        refused(y, x);
        refused(x, y + U256::from(1));
        refused(U256::MAX, U256::MAX);
        refused(prime(), prime());
    }

    #[test]
    fn it_costs_little() {
        let (mut world, beacon) = beacon();
        let (eve, IBeacon::submitCall { round, x, y }) = (world.cast.eve, signed(7));
        let call = IBeacon::submitCall { round, x: y, y: x };
        let request = alloy::rpc::types::TransactionRequest::default().from(eve).to(beacon);
        let hash =
            world.node_mut().send(request.input(call.abi_encode().into()).gas_limit(200_000)).expect("it is taken");
        let receipt = world.node().receipt(hash).expect("it is in a block");
        assert!(!receipt.success && receipt.gas_used < 60_000, "{}", receipt.gas_used);
    }
}

mod when_the_signature_is_another {
    use super::*;

    #[track_caller]
    fn refused(x: U256, y: U256) {
        let (mut world, beacon) = beacon();
        let call = IBeacon::submitCall { round: 7, x, y };
        assert_refused(send(&mut world, beacon, &call), &IBeacon::BeaconWrongSignature { round: 7 });
        assert_eq!(kept(&world, beacon, 7), B256::ZERO);
        send(&mut world, beacon, &signed(7)).expect("the right one is taken afterwards");
        assert_refused(send(&mut world, beacon, &call), &IBeacon::BeaconWrongSignature { round: 7 });
    }

    #[test]
    fn it_reverts_with_wrong_signature_for_that_of_another_round() {
        let IBeacon::submitCall { x, y, .. } = signed(8);
        refused(x, y);
    }

    #[test]
    fn it_reverts_with_wrong_signature_for_that_of_another_key() {
        let other = SecretKey::new(&B256::repeat_byte(3)).expect("a key").sign(7);
        let [x, y] = other.words().map(Into::into);
        refused(x, y);
    }

    #[test]
    fn it_reverts_with_wrong_signature_for_the_point_across() {
        let IBeacon::submitCall { x, y, .. } = signed(7);
        refused(x, prime() - y);
    }

    #[test]
    fn it_reverts_with_wrong_signature_for_the_generator() {
        refused(U256::from(1), U256::from(2));
    }
}

mod when_it_is_the_one_of_its_round {
    use super::*;

    #[test]
    fn it_is_kept_and_told_for_anyone() {
        let (mut world, beacon) = beacon();
        let sent = send(&mut world, beacon, &signed(7)).expect("submission");
        let randomness = SecretKey::development().sign(7).randomness();
        assert_eq!(sent.emitted(), [emitted(beacon, &IBeacon::RoundKept { round: 7, randomness })]);
        assert_eq!(kept(&world, beacon, 7), randomness);
    }

    #[test]
    fn rounds_may_come_in_any_order() {
        let (mut world, beacon) = beacon();
        for round in [9, 1, 5] {
            send(&mut world, beacon, &signed(round)).expect("submission");
        }
        assert_eq!([1, 5, 9, 2].map(|round| kept(&world, beacon, round).is_zero()), [false, false, false, true]);
    }
}

mod given_it_is_kept_already {
    use super::*;

    #[test]
    fn it_changes_nothing_and_succeeds() {
        let (mut world, beacon) = beacon();
        let first = send(&mut world, beacon, &signed(7)).expect("submission");
        let before = kept(&world, beacon, 7);
        let second = send(&mut world, beacon, &signed(7)).expect("submission");
        assert_eq!(second.emitted(), []);
        assert_eq!(kept(&world, beacon, 7), before);
        assert!(second.receipt.gas_used < first.receipt.gas_used / 2, "nothing is verified twice");
    }

    #[test]
    fn what_is_no_point_is_refused_as_before() {
        let (mut world, beacon) = beacon();
        send(&mut world, beacon, &signed(7)).expect("submission");
        let (x, y) = (U256::ZERO, U256::ZERO);
        let result = send(&mut world, beacon, &IBeacon::submitCall { round: 7, x, y });
        assert_refused(result, &IBeacon::BeaconBadPoint { x, y });
    }
}
