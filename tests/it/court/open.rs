use super::*;

fn call(room: &Courtroom, value: u128) -> ICourt::openCall {
    ICourt::openCall { funder: room.world.cast.requester, value: u96(value), version: 1 }
}

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut room = Courtroom::unwired();
        let (opener, call) = (room.opener, call(&room, LARGE));
        assert_refused(room.send(opener, &call), &ICourt::CourtNotWired {});
    }
}

mod when_the_caller_is_not_the_opener {
    use super::*;

    #[test]
    fn it_reverts_with_not_opener() {
        let mut room = Courtroom::new();
        let call = call(&room, LARGE);
        for caller in [room.world.cast.requester, room.world.cast.deployer, room.world.suite.jobs, room.jurors] {
            room.world.node_mut().set_balance(caller, U256::from(lnq(1_000)));
            assert_refused(room.send(caller, &call), &ICourt::CourtNotOpener { caller });
        }
    }
}

mod when_the_value_is_nothing_or_more_than_there_is {
    use super::*;

    #[test]
    fn it_reverts_with_bad_value() {
        let mut room = Courtroom::new();
        let (opener, limit) = (room.opener, u96(lnq(u32::MAX.into())));
        for value in [0, lnq(u32::MAX.into()) + 1] {
            let call = call(&room, value);
            assert_refused(room.send(opener, &call), &ICourt::CourtBadValue { value: u96(value), limit });
        }
    }
}

mod when_the_version_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_parameters() {
        let mut room = Courtroom::new();
        for version in [0, 2, u16::MAX] {
            let (opener, call) = (room.opener, ICourt::openCall { version, ..call(&room, LARGE) });
            assert_refused(room.send(opener, &call), &ICourt::CourtUnknownParameters { version, current: 1 });
        }
    }
}

mod when_the_funder_has_not_approved {
    use super::*;

    #[test]
    fn it_passes_the_tokens_refusal_on_and_opens_nothing() {
        let mut room = Courtroom::new();
        let (opener, spender, funder) = (room.opener, room.court, room.world.cast.mallory);
        let call = ICourt::openCall { funder, ..call(&room, LARGE) };
        let error =
            ILnqToken::ERC20InsufficientAllowance { spender, allowance: U256::ZERO, needed: U256::from(3 * FEE) };
        assert_refused(room.send(opener, &call), &error);
        let phase = room.world.call(opener, room.court, &ICourt::phaseCall { dispute: 1 });
        assert_refused(phase, &ICourt::CourtUnknownDispute { dispute: 1 });
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_orders_the_first_jury_and_takes_its_cost() {
        let mut room = Courtroom::new();
        let (opener, funder, court, call) = (room.opener, room.world.cast.requester, room.court, call(&room, LARGE));
        let end = room.world.now() + 300;
        let sent = room.done(opener, &call);
        assert_eq!((sent.value.dispute, sent.value.cost), (1, u96(3 * FEE)));
        let ordered = ICourt::JuryOrdered {
            dispute: 1,
            round: 0,
            funder,
            side: 0,
            standing: 10,
            seats: 3,
            cost: u96(3 * FEE),
            beaconRound: BEACON_WORD.into(),
            evidenceEnd: end,
        };
        let opened = ICourt::DisputeOpened { dispute: 1, value: u96(LARGE), version: 1, seatFee: u96(FEE) };
        let expected = [room.emits(&opened), room.emits(&ordered), moves(&room, funder, court, 3 * FEE)];
        assert_eq!(sent.emitted(), expected);
        assert_eq!(room.phase(1), (0, CourtPhase::Evidence, end));
        assert_eq!(room.held(), 3 * FEE);
    }

    #[test]
    fn the_jury_and_its_fee_follow_from_the_value() {
        let mut room = Courtroom::new();
        let (opener, part) = (room.opener, lnq(2_560));
        for (value, cost) in [
            (1, FEE),
            (lnq(320) - 1, FEE),
            (lnq(320), 3 * FEE),
            (part, 3 * FEE),
            (part + 1, 3 * (FEE + 1)),
            (2 * part, 6 * FEE),
        ] {
            let call = call(&room, value);
            assert_eq!(room.done(opener, &call).value.cost, u96(cost), "{value}");
        }
        assert_eq!(room.open(SMALL), 7);
    }
}
