use super::*;

fn call(dispute: u64, burn: u128) -> ICourt::cancelCall {
    ICourt::cancelCall { dispute, burn: u96(burn) }
}

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut room = Courtroom::unwired();
        let opener = room.opener;
        assert_refused(room.send(opener, &call(1, 0)), &ICourt::CourtNotWired {});
    }
}

mod when_the_caller_is_not_the_opener {
    use super::*;

    #[test]
    fn it_reverts_with_not_opener() {
        let mut room = Courtroom::new();
        let dispute = room.open(LARGE);
        for caller in [room.world.cast.requester, room.world.cast.eve] {
            assert_refused(room.send(caller, &call(dispute, 0)), &ICourt::CourtNotOpener { caller });
        }
    }
}

mod when_the_dispute_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_dispute() {
        let mut room = Courtroom::new();
        let opener = room.opener;
        for dispute in [0, 1, u64::MAX] {
            assert_refused(room.send(opener, &call(dispute, 0)), &ICourt::CourtUnknownDispute { dispute });
        }
    }
}

mod given_the_beacons_time_has_come {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let mut room = Courtroom::new();
        let (opener, dispute) = (room.opener, room.open(LARGE));
        room.wait(dispute);
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(opener, &call(dispute, 0)), &error);
    }
}

mod given_it_was_appealed {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase_even_before_the_next_beacon() {
        let (mut room, dispute) = decided(&[Some(20); 3]);
        let (opener, eve) = (room.opener, room.world.cast.eve);
        room.appeal(eve, dispute, LOWER);
        let error = wrong_phase(&room, dispute);
        assert_eq!(error.phase, CourtPhase::Evidence as u8);
        assert_refused(room.send(opener, &call(dispute, 0)), &error);
    }
}

mod given_it_was_cancelled {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let mut room = Courtroom::new();
        let (opener, dispute) = (room.opener, room.open(LARGE));
        room.done(opener, &call(dispute, 0));
        let error = ICourt::CourtWrongPhase { dispute, phase: CourtPhase::Cancelled as u8, until: 0 };
        assert_refused(room.send(opener, &call(dispute, 0)), &error);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_returns_the_cost_less_what_burns() {
        for (burn, burned) in [(0, 0), (FEE, FEE), (3 * FEE, 3 * FEE), (4 * FEE, 3 * FEE)] {
            let mut room = Courtroom::with_jurors(1);
            let before = room.world.balance(room.world.cast.requester);
            let (opener, dispute) = (room.opener, room.open(LARGE));
            let (_, _, until) = room.phase(dispute);
            room.world.at(until - 1);
            let sent = room.done(opener, &call(dispute, burn));
            assert_eq!(sent.value, u96(3 * FEE - burned));
            let cancelled = ICourt::DisputeCancelled { dispute, returned: u96(3 * FEE - burned), burned: u96(burned) };
            assert_eq!(sent.emitted()[0], room.emits(&cancelled));
            assert_eq!(room.world.balance(room.world.cast.requester), before - burned);
            assert_eq!(room.held(), 0);
            assert_eq!(room.verdict(dispute), (CourtPhase::Cancelled, 10, false, 0));
        }
    }
}
