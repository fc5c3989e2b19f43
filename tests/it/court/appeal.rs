use super::*;

const EVE: Address = Cast::ALL.eve;

fn call(dispute: u64, round: u8, side: u8) -> ICourt::appealCall {
    ICourt::appealCall { dispute, round, side }
}

mod when_the_dispute_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_dispute() {
        let mut room = Courtroom::new();
        assert_refused(room.send(EVE, &call(1, 0, LOWER)), &ICourt::CourtUnknownDispute { dispute: 1 });
    }
}

mod when_the_round_is_not_the_last {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_round() {
        let (mut room, dispute) = decided(&[Some(20); 3]);
        assert_refused(room.send(EVE, &call(dispute, 1, LOWER)), &ICourt::CourtUnknownRound { dispute, round: 1 });
        room.appeal(EVE, dispute, LOWER);
        // A second appeal against the same verdict does not become one against the next.
        assert_refused(room.send(EVE, &call(dispute, 0, LOWER)), &ICourt::CourtUnknownRound { dispute, round: 0 });
    }
}

mod given_there_is_no_verdict_to_appeal {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let (mut room, dispute) = sealed(&[1, 2, 3]);
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(EVE, &call(dispute, 0, LOWER)), &error);
        let (mut room, dispute) = final_(&[Some(20); 3]);
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(EVE, &call(dispute, 0, LOWER)), &error);
    }
}

mod when_the_side_is_no_side {
    use super::*;

    #[test]
    fn it_reverts_with_bad_side() {
        let (mut room, dispute) = decided(&[Some(20); 3]);
        for side in [0, 3, 255] {
            assert_refused(room.send(EVE, &call(dispute, 0, side)), &ICourt::CourtBadSide { side });
        }
    }
}

mod when_the_caller_has_not_approved {
    use super::*;

    #[test]
    fn it_passes_the_tokens_refusal_on_and_the_verdict_stands() {
        let (mut room, dispute) = decided(&[Some(20); 3]);
        let (mallory, spender) = (room.world.cast.mallory, room.court);
        let error =
            ILnqToken::ERC20InsufficientAllowance { spender, allowance: U256::ZERO, needed: U256::from(7 * FEE) };
        assert_refused(room.send(mallory, &call(dispute, 0, LOWER)), &error);
        assert_eq!(room.phase(dispute).0, 0);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_orders_the_next_jury_against_the_standing_verdict() {
        let (mut room, dispute) = decided(&[Some(3), Some(8), None]);
        let (court, end) = (room.court, room.world.now() + 200);
        let sent = room.done(EVE, &call(dispute, 0, HIGHER));
        assert_eq!(sent.value, u96(7 * FEE));
        let ordered = ICourt::JuryOrdered {
            dispute,
            round: 1,
            funder: EVE,
            side: HIGHER,
            standing: 6,
            seats: 7,
            cost: u96(7 * FEE),
            beaconRound: BEACON_WORD.into(),
            evidenceEnd: end,
        };
        assert_eq!(sent.emitted(), [room.emits(&ordered), moves(&room, EVE, court, 7 * FEE)]);
        assert_eq!(room.phase(dispute), (1, CourtPhase::Evidence, end));
    }

    #[test]
    fn a_hung_jury_leaves_the_verdict_before_it_standing() {
        let (mut room, dispute) = decided(&[Some(20); 3]);
        room.appeal(EVE, dispute, LOWER);
        room.vote(dispute, &[Some(0), Some(0), Some(0), None, None, None, Some(REFUSAL)]);
        let sent = room.done(EVE, &call(dispute, 1, LOWER));
        assert_eq!(events::<ICourt::JuryOrdered, _>(&sent)[0].standing, 20);
        room.vote(dispute, &[Some(0); 15]);
        let sent = room.done(EVE, &call(dispute, 2, HIGHER));
        assert_eq!(events::<ICourt::JuryOrdered, _>(&sent)[0].standing, 0);
    }

    #[test]
    fn juries_grow_to_thirty_one_seats_and_no_further() {
        let mut room = Courtroom::new();
        let dispute = room.open(SMALL);
        for (round, seats) in [(0_u8, 1), (1, 3), (2, 7), (3, 15)] {
            room.vote(dispute, &vec![Some(20); seats]);
            assert_eq!(room.phase(dispute).1, CourtPhase::Appeal, "round {round}");
            let next = [3, 7, 15, 31][usize::from(round)];
            assert_eq!(room.appeal(EVE, dispute, LOWER), next * FEE);
        }
        room.vote(dispute, &[Some(20); 31]);
        assert_eq!(room.phase(dispute), (4, CourtPhase::Final, 0));
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(EVE, &call(dispute, 4, LOWER)), &error);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 20, true, FEE));
        for round in 0..5 {
            room.settle(dispute, round);
            room.claim_all(dispute, round);
        }
        assert_eq!(room.held(), 0);
    }
}
