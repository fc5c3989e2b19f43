use super::*;

const HASH: B256 = B256::repeat_byte(0xe1);

fn call(dispute: u64, uri: &str) -> ICourt::evidenceCall {
    ICourt::evidenceCall { dispute, hash: HASH, uri: uri.into() }
}

mod when_the_dispute_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_dispute() {
        let mut room = Courtroom::new();
        let eve = room.world.cast.eve;
        assert_refused(room.send(eve, &call(1, "")), &ICourt::CourtUnknownDispute { dispute: 1 });
    }
}

mod given_the_votes_are_sealed {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let (mut room, dispute) = sealed(&[1, 2, 3]);
        let eve = room.world.cast.eve;
        let error = wrong_phase(&room, dispute);
        assert_eq!(error.phase, CourtPhase::Reveal as u8);
        assert_refused(room.send(eve, &call(dispute, "")), &error);
    }
}

mod when_the_uri_is_too_long {
    use super::*;

    #[test]
    fn it_reverts_with_uri_too_long() {
        let mut room = Courtroom::new();
        let (eve, dispute) = (room.world.cast.eve, room.open(LARGE));
        let error = ICourt::CourtUriTooLong { length: 257, limit: 256 };
        assert_refused(room.send(eve, &call(dispute, &"a".repeat(257))), &error);
        room.done(eve, &call(dispute, &"a".repeat(256)));
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn anyone_brings_it_until_commits_end() {
        let mut room = Courtroom::new();
        let (by, dispute) = (room.world.cast.eve, room.open(LARGE));
        for phase in [CourtPhase::Evidence, CourtPhase::Drawing, CourtPhase::Commit] {
            if phase == CourtPhase::Drawing {
                room.wait(dispute);
            }
            if phase == CourtPhase::Commit {
                room.draw(dispute);
            }
            assert_eq!(room.phase(dispute).1, phase);
            let sent = room.done(by, &call(dispute, "ipfs://e"));
            let event = ICourt::EvidenceGiven { dispute, round: 0, by, hash: HASH, uri: "ipfs://e".into() };
            assert_eq!(sent.emitted(), [room.emits(&event)]);
        }
    }
}
