use super::*;

mod when_the_round_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_round() {
        let (mut room, dispute) = drawn();
        let call = room.commit_of(dispute, 0, 20);
        let eve = room.world.cast.eve;
        for (dispute, round) in [(dispute, 1), (dispute, 255), (dispute + 1, 0)] {
            let call = ICourt::commitCall { dispute, round, ..call.clone() };
            assert_refused(room.send(eve, &call), &ICourt::CourtUnknownRound { dispute, round });
        }
    }
}

mod given_votes_are_not_being_sealed {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let (mut room, dispute) = drawn();
        let call = room.commit_of(dispute, 0, 20);
        let account = room.account(room.round(dispute, 0).jurors()[0]);
        room.wait(dispute);
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(account, &call), &error);
    }
}

mod when_nobody_sits_there {
    use super::*;

    #[test]
    fn it_reverts_with_empty_seat() {
        let (mut room, dispute) = drawn();
        let (eve, call) = (room.world.cast.eve, room.commit_of(dispute, 0, 20));
        for seat in [3, 31, 32, 36, 255] {
            let call = ICourt::commitCall { seat, ..call.clone() };
            assert_refused(room.send(eve, &call), &ICourt::CourtEmptySeat { dispute, round: 0, seat });
        }
    }
}

mod given_the_seat_has_acted {
    use super::*;

    #[test]
    fn it_reverts_with_seat_has_acted() {
        let (mut room, dispute) = drawn();
        let (call, eve) = (room.commit_of(dispute, 0, 20), room.world.cast.eve);
        let account = room.account(room.round(dispute, 0).jurors()[0]);
        room.commit(dispute, 0, 3);
        let error = ICourt::CourtSeatHasActed { dispute, round: 0, seat: 0 };
        assert_refused(room.send(account, &call), &error);
        let expose = room.expose_of(dispute, 0, 3);
        room.done(eve, &expose);
        assert_refused(room.send(account, &call), &error);
    }
}

mod when_the_caller_is_not_the_juror {
    use super::*;

    #[test]
    fn it_reverts_with_not_juror() {
        let (mut room, dispute) = drawn();
        let call = room.commit_of(dispute, 0, 20);
        let juror = room.round(dispute, 0).jurors()[0];
        let stranger = (1..=room.count).find(|other| *other != juror).expect("another juror");
        for caller in [room.world.cast.eve, room.world.cast.requester, room.account(stranger)] {
            assert_refused(room.send(caller, &call), &ICourt::CourtNotJuror { juror, caller });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_keeps_what_was_sealed_and_nothing_of_the_vote() {
        let (mut room, dispute) = drawn();
        let call = room.commit_of(dispute, 1, 20);
        let juror = room.round(dispute, 0).jurors()[1];
        let sent = room.commit(dispute, 1, 20);
        let commitment = call.commitment;
        let event = ICourt::VoteCommitted { dispute, round: 0, seat: 1, juror, commitment };
        assert_eq!(sent.emitted(), [room.emits(&event)]);
        assert_eq!(room.round(dispute, 0).ballots()[..3], [1, 2, 1]);
    }

    #[test]
    fn the_last_one_begins_the_reveal_phase_at_once() {
        let (mut room, dispute) = drawn();
        room.commit(dispute, 0, 1);
        room.commit(dispute, 1, 2);
        let until = room.world.now() + 90;
        let sent = room.commit(dispute, 2, 3);
        let begun = ICourt::PhaseBegun { dispute, round: 0, phase: CourtPhase::Reveal as u8, until };
        assert_eq!(events::<ICourt::PhaseBegun, _>(&sent), [begun]);
        assert_eq!(room.phase(dispute), (0, CourtPhase::Reveal, until));
    }
}
