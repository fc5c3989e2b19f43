use super::*;

/// A courtroom in which the first seat has sealed a three.
fn one_sealed() -> (Courtroom, u64) {
    let (mut room, dispute) = drawn();
    room.commit(dispute, 0, 3);
    (room, dispute)
}

mod given_votes_are_not_being_sealed {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let (mut room, dispute) = one_sealed();
        let (eve, call) = (room.world.cast.eve, room.expose_of(dispute, 0, 3));
        room.wait(dispute);
        let error = wrong_phase(&room, dispute);
        assert_eq!(error.phase, CourtPhase::Reveal as u8);
        assert_refused(room.send(eve, &call), &error);
    }
}

mod given_nothing_is_sealed {
    use super::*;

    #[test]
    fn it_reverts_with_no_commitment() {
        let (mut room, dispute) = one_sealed();
        let (eve, call) = (room.world.cast.eve, room.expose_of(dispute, 0, 3));
        for seat in [1, 3, 255] {
            let call = ICourt::exposeCall { seat, ..call.clone() };
            assert_refused(room.send(eve, &call), &ICourt::CourtNoCommitment { dispute, round: 0, seat });
        }
        room.done(eve, &call);
        assert_refused(room.send(eve, &call), &ICourt::CourtNoCommitment { dispute, round: 0, seat: 0 });
    }
}

mod when_it_is_not_what_was_sealed {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_preimage() {
        let (mut room, dispute) = one_sealed();
        let (eve, call) = (room.world.cast.eve, room.expose_of(dispute, 0, 3));
        for call in
            [ICourt::exposeCall { vote: 4, ..call.clone() }, ICourt::exposeCall { salt: B256::ZERO, ..call.clone() }]
        {
            assert_refused(room.send(eve, &call), &ICourt::CourtWrongPreimage {});
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn the_juror_loses_the_stake_of_its_seat_and_a_quarter_is_the_callers() {
        let (mut room, dispute) = one_sealed();
        let (by, court, call) = (room.world.cast.eve, room.court, room.expose_of(dispute, 0, 3));
        let juror = room.round(dispute, 0).jurors()[0];
        let sent = room.done(by, &call);
        let (taken, reward) = (u96(STAKE), u96(STAKE / 4));
        assert_eq!(sent.value, reward);
        let seized = IJurors::StakeSeized { juror, fromActive: taken, fromLeaving: U96::ZERO };
        let exposed = ICourt::VoteExposed { dispute, round: 0, seat: 0, juror, by, taken, reward };
        assert_eq!(
            sent.emitted(),
            [
                emitted(room.jurors, &seized),
                moves(&room, room.jurors, court, STAKE),
                room.emits(&exposed),
                moves(&room, court, by, STAKE / 4),
            ]
        );
        assert_eq!(room.stake_of(juror), JUROR_STAKE - STAKE);
        assert_eq!(room.round(dispute, 0).purse(), STAKE - STAKE / 4);
        assert_eq!(room.round(dispute, 0).ballots()[..3], [3, 1, 1]);
        assert_eq!(room.held(), 3 * FEE + STAKE - STAKE / 4);
    }

    #[test]
    fn the_void_vote_counts_no_more() {
        let (mut room, dispute) = one_sealed();
        let (eve, call) = (room.world.cast.eve, room.expose_of(dispute, 0, 3));
        room.done(eve, &call);
        room.commit(dispute, 1, 20);
        // The exposed seat has acted, so that the last of the others ends the phase.
        room.commit(dispute, 2, 20);
        assert_eq!(room.phase(dispute).1, CourtPhase::Reveal);
        let reveal = room.reveal_of(dispute, 0, 3);
        assert_refused(room.send(eve, &reveal), &ICourt::CourtNoCommitment { dispute, round: 0, seat: 0 });
        room.reveal(dispute, 1, 20);
        room.reveal(dispute, 2, 20);
        assert_eq!(room.phase(dispute).1, CourtPhase::Appeal);
        room.wait(dispute);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 20, true, 3 * FEE));
    }

    #[test]
    fn too_few_votes_are_left_to_decide() {
        let (mut room, dispute) = drawn();
        let eve = room.world.cast.eve;
        for seat in 0..2 {
            room.commit(dispute, seat, 3);
            let call = room.expose_of(dispute, seat, 3);
            room.done(eve, &call);
            assert_eq!(room.phase(dispute).1, CourtPhase::Commit);
        }
        room.commit(dispute, 2, 3);
        room.reveal(dispute, 2, 3);
        room.wait(dispute);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 10, false, 0));
    }

    #[test]
    fn a_juror_without_the_stake_loses_what_it_has() {
        let (mut room, dispute) = one_sealed();
        let juror = room.round(dispute, 0).jurors()[0];
        let (eve, court, jurors) = (room.world.cast.eve, room.court, room.jurors);
        room.world.node_mut().set_balance(court, U256::from(lnq(1_000)));
        let amounts = vec![u96(JUROR_STAKE - 7)];
        room.world
            .send(court, jurors, &IJurors::seizeCall { jurors: vec![juror], amounts })
            .expect("penalties elsewhere");
        let call = room.expose_of(dispute, 0, 3);
        assert_eq!(room.done(eve, &call).value, u96(1));
        assert_eq!(room.round(dispute, 0).purse(), 6);
    }
}
