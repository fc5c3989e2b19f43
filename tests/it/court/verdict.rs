use super::*;

mod when_the_dispute_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_dispute() {
        let room = Courtroom::new();
        let eve = room.world.cast.eve;
        for dispute in [0, 1, u64::MAX] {
            let unknown = ICourt::CourtUnknownDispute { dispute };
            assert_refused(room.world.call(eve, room.court, &ICourt::verdictCall { dispute }), &unknown);
            assert_refused(room.world.call(eve, room.court, &ICourt::phaseCall { dispute }), &unknown);
        }
    }
}

mod given_it_is_not_final {
    use super::*;

    #[test]
    fn it_says_nothing_but_the_phase() {
        let (room, dispute) = decided(&[Some(3); 3]);
        assert_eq!(room.verdict(dispute), (CourtPhase::Appeal, 10, false, 0));
    }
}

mod given_it_is_final {
    use super::*;

    #[test]
    fn it_is_what_the_last_jury_that_voted_said() {
        let eve = Cast::ALL.eve;
        let (mut room, dispute) = decided(&[Some(3), Some(5), Some(20)]);
        room.appeal(eve, dispute, HIGHER);
        room.vote(dispute, &[None; 7]);
        room.wait(dispute);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 5, true, 3 * FEE));
    }

    #[test]
    fn what_a_hung_first_jury_cost_was_not_used_up_though_another_votes() {
        let eve = Cast::ALL.eve;
        let (mut room, dispute) = decided(&[None; 3]);
        room.appeal(eve, dispute, HIGHER);
        room.vote(dispute, &[Some(16); 7]);
        room.wait(dispute);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 16, true, 0));
    }

    #[test]
    fn silence_all_the_way_is_the_half_in_bounded_time() {
        let mut room = Courtroom::new();
        let (dispute, start) = (room.open(LARGE), room.world.now());
        room.draw(dispute);
        // Nobody does anything else.
        room.world.at(start + 300 + 100 + 80);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 10, false, 0));
    }
}
