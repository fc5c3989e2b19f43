use super::*;

const KEEPER: Address = Cast::ALL.keeper;

mod when_the_dispute_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_dispute() {
        let mut room = Courtroom::new();
        assert_refused(
            room.send(KEEPER, &ICourt::drawCall { dispute: 1 }),
            &ICourt::CourtUnknownDispute { dispute: 1 },
        );
    }
}

mod given_the_beacons_time_has_not_come {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let mut room = Courtroom::new();
        let dispute = room.open(LARGE);
        let (_, _, until) = room.phase(dispute);
        room.world.at(until - 1);
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(KEEPER, &ICourt::drawCall { dispute }), &error);
    }
}

mod given_the_draw_timeout_has_passed {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let mut room = Courtroom::new();
        let dispute = room.open(LARGE);
        room.wait(dispute);
        let (_, _, deadline) = room.phase(dispute);
        room.world.at(deadline);
        let error = ICourt::CourtWrongPhase { dispute, phase: CourtPhase::Drawing as u8, until: deadline };
        assert_refused(room.send(KEEPER, &ICourt::drawCall { dispute }), &error);
    }
}

mod given_nobody_has_brought_the_beacons_round {
    use super::*;

    #[test]
    fn it_reverts_with_beacon_silent() {
        let mut room = Courtroom::new();
        let dispute = room.open(LARGE);
        room.wait(dispute);
        room.set_beacon(0);
        let error = ICourt::CourtBeaconSilent { beaconRound: BEACON_WORD.into() };
        assert_refused(room.send(KEEPER, &ICourt::drawCall { dispute }), &error);
    }
}

mod given_every_seat_is_drawn {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let (mut room, dispute) = drawn();
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(KEEPER, &ICourt::drawCall { dispute }), &error);
    }
}

mod when_everything_is_right {
    use super::*;

    /// Who the jurors' contract says sits there.
    fn picked(room: &Courtroom, dispute: u64, round: u8, seats: u8) -> Vec<u32> {
        let words = (B256::with_last_byte(BEACON_WORD), room.court, dispute, u64::from(round));
        let seed = keccak256(words.abi_encode());
        let eight = |from: u8| {
            let count = (seats - from).min(8);
            let call = IJurors::pickCall { day: room.round(dispute, 0).day(), seed, from, count, least: 320 };
            room.world.read(room.jurors, &call)
        };
        (0..seats).step_by(8).flat_map(eight).collect()
    }

    #[test]
    fn it_seats_who_the_tree_of_the_disputes_day_says_and_begins_the_commit_phase() {
        let mut room = Courtroom::new();
        let dispute = room.open(LARGE);
        room.wait(dispute);
        let until = room.world.now() + 100;
        let sent = room.done(KEEPER, &ICourt::drawCall { dispute });
        assert_eq!(sent.value, 3);
        let jurors = room.round(dispute, 0).jurors()[..3].to_vec();
        assert_eq!(jurors, picked(&room, dispute, 0, 3));
        assert!(jurors.iter().all(|juror| (1..=20).contains(juror)));
        let word = jurors.iter().flat_map(|juror| juror.to_be_bytes()).chain([0; 20]).collect::<Vec<u8>>();
        let drawn = ICourt::SeatsDrawn { dispute, round: 0, from: 0, jurors: B256::from_slice(&word) };
        let begun = ICourt::PhaseBegun { dispute, round: 0, phase: CourtPhase::Commit as u8, until };
        assert_eq!(sent.emitted(), [room.emits(&drawn), room.emits(&begun)]);
        assert_eq!(room.phase(dispute), (0, CourtPhase::Commit, until));
        assert_eq!(room.round(dispute, 0).ballots()[..4], [1, 1, 1, 0]);
    }

    #[test]
    fn stake_that_comes_or_goes_after_the_dispute_changes_no_seat() {
        let mut room = Courtroom::new();
        let dispute = room.open(LARGE);
        let before = picked(&room, dispute, 0, 3);
        let (one, two, jurors) = (room.account(1), room.account(2), room.jurors);
        room.world.give(one, lnq(900_000));
        room.world.send(one, jurors, &IJurors::stakeCall { amount: u96(lnq(900_000)) }).expect("more stake");
        room.world.send(two, jurors, &IJurors::leaveCall { amount: u96(JUROR_STAKE) }).expect("leaving");
        assert_eq!(room.draw(dispute), before);
    }

    #[test]
    fn it_draws_eight_seats_a_call() {
        let (mut room, dispute) = decided(&[Some(20); 3]);
        let eve = room.world.cast.eve;
        room.appeal(eve, dispute, LOWER);
        room.vote(dispute, &[Some(20); 7]);
        room.appeal(eve, dispute, LOWER);
        room.wait(dispute);
        assert_eq!(room.done(KEEPER, &ICourt::drawCall { dispute }).value, 8);
        assert_eq!(room.phase(dispute).1, CourtPhase::Drawing);
        assert_eq!(room.done(KEEPER, &ICourt::drawCall { dispute }).value, 15);
        assert_eq!(room.phase(dispute).1, CourtPhase::Commit);
        assert_eq!(room.round(dispute, 2).jurors()[..15], picked(&room, dispute, 2, 15));
    }
}

mod given_nobody_has_enough_stake {
    use super::*;

    #[test]
    fn it_leaves_seats_empty_and_the_verdict_is_there_at_once() {
        let mut room = Courtroom::new();
        // The stake behind a seat is an eighth of the value.
        let dispute = room.open(8 * JUROR_STAKE + 1);
        room.wait(dispute);
        let sent = room.done(KEEPER, &ICourt::drawCall { dispute });
        let until = room.world.now() + 80;
        let begun = ICourt::PhaseBegun { dispute, round: 0, phase: CourtPhase::Appeal as u8, until };
        assert_eq!(events::<ICourt::PhaseBegun, _>(&sent), [begun]);
        assert_eq!(room.round(dispute, 0).jurors(), vec![0; 32]);
        room.wait(dispute);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 10, false, 0));
        let (before, cost) = (room.world.balance(room.world.cast.requester), room.held());
        room.settle(dispute, 0);
        assert_eq!(room.world.balance(room.world.cast.requester), before + cost);
        assert_eq!(room.held(), 0);
    }

    #[test]
    fn whoever_has_just_enough_is_seated() {
        let mut room = Courtroom::new();
        let dispute = room.open(8 * JUROR_STAKE);
        assert!(room.draw(dispute).iter().all(|juror| *juror != 0));
    }
}
