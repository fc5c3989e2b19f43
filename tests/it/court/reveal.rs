use super::*;

const KEEPER: Address = Cast::ALL.keeper;

mod given_votes_are_not_being_shown {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let (mut room, dispute) = drawn();
        room.commit(dispute, 0, 3);
        let call = room.reveal_of(dispute, 0, 3);
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(KEEPER, &call), &error);
        let (mut room, dispute) = sealed(&[1, 2, 3]);
        let call = room.reveal_of(dispute, 0, 1);
        room.wait(dispute);
        let error = wrong_phase(&room, dispute);
        assert_eq!(error.phase, CourtPhase::Appeal as u8);
        assert_refused(room.send(KEEPER, &call), &error);
    }
}

mod given_nothing_is_sealed {
    use super::*;

    #[test]
    fn it_reverts_with_no_commitment() {
        let (mut room, dispute) = sealed(&[1, 2]);
        for seat in [2, 3, 255] {
            let call = ICourt::revealCall { seat, ..room.reveal_of(dispute, 0, 1) };
            assert_refused(room.send(KEEPER, &call), &ICourt::CourtNoCommitment { dispute, round: 0, seat });
        }
        room.reveal(dispute, 0, 1);
        let call = room.reveal_of(dispute, 0, 1);
        assert_refused(room.send(KEEPER, &call), &ICourt::CourtNoCommitment { dispute, round: 0, seat: 0 });
    }
}

mod when_it_is_not_what_was_sealed {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_preimage() {
        let (mut room, dispute) = sealed(&[1, 2, 3]);
        let call = room.reveal_of(dispute, 0, 1);
        for call in [
            ICourt::revealCall { vote: 2, ..call.clone() },
            ICourt::revealCall { seat: 1, ..call.clone() },
            ICourt::revealCall { salt: B256::ZERO, ..call.clone() },
        ] {
            assert_refused(room.send(KEEPER, &call), &ICourt::CourtWrongPreimage {});
        }
    }

    #[test]
    fn a_commitment_copied_from_another_seat_can_never_be_shown() {
        let (mut room, dispute) = drawn();
        let copied = room.commit_of(dispute, 0, 20).commitment;
        let jurors = room.round(dispute, 0).jurors();
        room.commit(dispute, 0, 20);
        let thief = room.account(jurors[1]);
        room.done(thief, &ICourt::commitCall { dispute, round: 0, seat: 1, commitment: copied });
        room.commit(dispute, 2, 20);
        room.reveal(dispute, 0, 20);
        // The thief waits for the owner's salt, and has no use for it.
        let salt = Courtroom::salt(0, 0);
        let call = ICourt::revealCall { dispute, round: 0, seat: 1, vote: 20, salt };
        assert_refused(room.send(thief, &call), &ICourt::CourtWrongPreimage {});
    }

    #[test]
    fn a_commitment_is_bound_to_everything_it_names() {
        let (mut room, dispute) = drawn();
        let juror = room.round(dispute, 0).jurors()[0];
        let (account, court, chain) = (room.account(juror), room.court, 412_346_u64);
        let words = |chain: u64, court: Address, dispute: u64, round: u64, seat: u64, juror: u32| {
            keccak256((chain, court, dispute, round, seat, juror, 20_u64, Courtroom::salt(0, 0)).abi_encode())
        };
        let right = words(chain, court, dispute, 0, 0, juror);
        assert_eq!(right, room.commit_of(dispute, 0, 20).commitment);
        for commitment in [
            words(chain + 1, court, dispute, 0, 0, juror),
            words(chain, account, dispute, 0, 0, juror),
            words(chain, court, dispute + 1, 0, 0, juror),
            words(chain, court, dispute, 1, 0, juror),
            words(chain, court, dispute, 0, 1, juror),
            words(chain, court, dispute, 0, 0, juror + 1),
        ] {
            room.world.rehearse(|world| {
                let call = ICourt::commitCall { dispute, round: 0, seat: 0, commitment };
                world.send(account, court, &call).expect("anything can be sealed");
                let end = world.now() + 100;
                world.at(end);
                let salt = Courtroom::salt(0, 0);
                let call = ICourt::revealCall { dispute, round: 0, seat: 0, vote: 20, salt };
                assert_refused(world.send(account, court, &call), &ICourt::CourtWrongPreimage {});
            });
        }
    }
}

mod when_the_vote_is_no_vote {
    use super::*;

    #[test]
    fn it_reverts_with_bad_vote() {
        for vote in [21, 254] {
            let (mut room, dispute) = sealed(&[vote, 2, 3]);
            let call = room.reveal_of(dispute, 0, vote);
            assert_refused(room.send(KEEPER, &call), &ICourt::CourtBadVote { vote });
        }
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn anyone_who_knows_it_shows_it() {
        let (mut room, dispute) = sealed(&[0, 20, REFUSAL]);
        let jurors = room.round(dispute, 0).jurors();
        for (seat, vote) in [(0, 0), (1, 20)] {
            let call = room.reveal_of(dispute, seat, vote);
            let sent = room.done(KEEPER, &call);
            let juror = jurors[usize::from(seat)];
            let event = ICourt::VoteRevealed { dispute, round: 0, seat, juror, vote };
            assert_eq!(sent.emitted(), [room.emits(&event)]);
        }
        assert_eq!(room.round(dispute, 0).ballots()[..3], [5, 25, 2]);
        let until = room.world.now() + 80;
        let call = room.reveal_of(dispute, 2, REFUSAL);
        let sent = room.done(KEEPER, &call);
        let begun = ICourt::PhaseBegun { dispute, round: 0, phase: CourtPhase::Appeal as u8, until };
        assert_eq!(events::<ICourt::PhaseBegun, _>(&sent), [begun]);
        assert_eq!(room.round(dispute, 0).ballots()[..3], [5, 25, 4]);
        room.wait(dispute);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 10, true, 3 * FEE));
    }

    #[test]
    fn the_last_seconds_of_the_phase_count() {
        let (mut room, dispute) = sealed(&[4, 4]);
        room.reveal(dispute, 0, 4);
        let (_, phase, until) = room.phase(dispute);
        assert_eq!(phase, CourtPhase::Reveal);
        room.world.at(until - 1);
        room.reveal(dispute, 1, 4);
        // All that was sealed is shown, so that the next phase begins at once.
        assert_eq!(room.phase(dispute), (0, CourtPhase::Appeal, until - 1 + 80));
    }
}
