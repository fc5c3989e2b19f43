use super::*;

const KEEPER: Address = Cast::ALL.keeper;

mod when_the_dispute_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_dispute() {
        let mut room = Courtroom::new();
        assert_refused(
            room.send(KEEPER, &ICourt::lapseCall { dispute: 1 }),
            &ICourt::CourtUnknownDispute { dispute: 1 },
        );
    }
}

mod given_seats_can_still_be_drawn {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let mut room = Courtroom::new();
        let dispute = room.open(LARGE);
        for _ in 0..2 {
            let (_, _, until) = room.phase(dispute);
            room.world.at(until - 1);
            let error = wrong_phase(&room, dispute);
            assert_refused(room.send(KEEPER, &ICourt::lapseCall { dispute }), &error);
            room.world.at(until);
        }
    }
}

mod given_every_seat_is_drawn {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let (mut room, dispute) = drawn();
        room.world.warp(10_000);
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(KEEPER, &ICourt::lapseCall { dispute }), &error);
    }
}

mod when_the_draw_timeout_has_passed {
    use super::*;

    #[test]
    fn a_first_jury_lapses_to_the_half_and_its_cost_returns() {
        let mut room = Courtroom::new();
        let (funder, court) = (room.world.cast.requester, room.court);
        let dispute = room.open(LARGE);
        room.wait(dispute);
        room.wait(dispute);
        assert_eq!(room.phase(dispute).1, CourtPhase::Drawing);
        let sent = room.done(KEEPER, &ICourt::lapseCall { dispute });
        let lapsed = ICourt::JuryLapsed { dispute, round: 0, funder, returned: u96(3 * FEE) };
        assert_eq!(sent.value, u96(3 * FEE));
        assert_eq!(sent.emitted(), [room.emits(&lapsed), moves(&room, court, funder, 3 * FEE)]);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 10, false, 0));
        assert_eq!(room.held(), 0);
        let again = wrong_phase(&room, dispute);
        assert_refused(room.send(KEEPER, &ICourt::lapseCall { dispute }), &again);
    }

    #[test]
    fn a_jury_drawn_in_part_lapses_to_the_verdict_before_and_nobody_on_it_loses_anything() {
        let (mut room, dispute) = decided(&[Some(20); 3]);
        let eve = room.world.cast.eve;
        room.appeal(eve, dispute, LOWER);
        room.vote(dispute, &[Some(18); 7]);
        let cost = room.appeal(eve, dispute, LOWER);
        assert_eq!(cost, 15 * FEE);
        room.wait(dispute);
        room.done(KEEPER, &ICourt::drawCall { dispute });
        room.wait(dispute);
        let before = room.world.balance(eve);
        room.done(KEEPER, &ICourt::lapseCall { dispute });
        assert_eq!(room.world.balance(eve), before + cost);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 18, true, 3 * FEE));
        let stakes: Vec<u128> = (1..=room.count).map(|juror| room.stake_of(juror)).collect();
        let settled = ICourt::CourtAlreadySettled { dispute, round: 2 };
        assert_refused(room.send(KEEPER, &ICourt::settleCall { dispute, round: 2 }), &settled);
        room.settle(dispute, 1);
        assert_eq!((1..=room.count).map(|juror| room.stake_of(juror)).collect::<Vec<_>>(), stakes);
        let juror = room.round(dispute, 2).jurors()[0];
        let nothing = ICourt::CourtNothingToClaim { dispute, round: 2, juror };
        assert_refused(room.send(KEEPER, &ICourt::claimCall { dispute, round: 2, juror }), &nothing);
    }
}
