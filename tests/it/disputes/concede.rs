use super::*;

mod given_the_slot_is_not_disputed {
    use super::*;

    #[test]
    fn it_reverts_with_not_disputed() {
        let mut quarrel = Quarrel::submitted(20);
        let (cast, error) = (quarrel.room.world.cast, quarrel.not_disputed());
        for caller in [cast.requester, cast.owner, cast.eve] {
            assert_refused(quarrel.concede(caller, 10), &error);
        }
    }
}

mod when_the_beacons_time_has_come {
    use super::*;

    #[test]
    fn it_reverts_with_too_late() {
        let mut quarrel = Quarrel::disputed(0);
        quarrel.room.wait(1);
        let owner = quarrel.room.world.cast.owner;
        assert_refused(quarrel.concede(owner, 10), &IDisputes::DisputesTooLate { dispute: 1 });
    }
}

mod given_a_jury_has_voted_and_the_next_one_is_ordered {
    use super::*;

    #[test]
    fn it_reverts_with_too_late() {
        let mut quarrel = Quarrel::disputed(0);
        let (owner, requester) = (quarrel.room.world.cast.owner, quarrel.room.world.cast.requester);
        quarrel.room.bring(1);
        quarrel.room.vote(1, &[Some(0); 3]);
        quarrel.room.appeal(owner, 1, Side::Provider as u8);
        assert_eq!(quarrel.room.phase(1).1, CourtPhase::Evidence);
        for (caller, claim) in [(requester, 5), (owner, 15), (owner, 0)] {
            assert_refused(quarrel.concede(caller, claim), &IDisputes::DisputesTooLate { dispute: 1 });
        }
    }
}

mod when_the_caller_has_no_part_in_it {
    use super::*;

    #[test]
    fn it_reverts_with_not_party() {
        let mut quarrel = Quarrel::disputed(0);
        let (cast, job) = (quarrel.room.world.cast, quarrel.job);
        for caller in [cast.payout, cast.rival, cast.rival_operator, cast.judge, cast.keeper, cast.governor] {
            assert_refused(quarrel.concede(caller, 10), &IDisputes::DisputesNotParty { job, slot: 0, caller });
        }
    }
}

mod when_the_claim_does_not_move_towards_the_other {
    use super::*;

    #[test]
    fn it_reverts_with_bad_claim() {
        let mut quarrel = Quarrel::disputed(5);
        let cast = quarrel.room.world.cast;
        for claim in [0, 4, 5, 21, u8::MAX] {
            let error = IDisputes::DisputesBadClaim { claim, least: 6, most: 20 };
            assert_refused(quarrel.concede(cast.requester, claim), &error);
        }
        for claim in [0, 4, 20, 21, u8::MAX] {
            let error = IDisputes::DisputesBadClaim { claim, least: 5, most: 19 };
            assert_refused(quarrel.concede(cast.owner, claim), &error);
        }
    }
}

mod when_the_claims_do_not_meet {
    use super::*;

    #[test]
    fn it_keeps_the_claim_and_says_so() {
        let mut quarrel = Quarrel::disputed(0);
        let (cast, disputes, job) = (quarrel.room.world.cast, quarrel.room.world.suite.disputes, quarrel.job);
        let before = quarrel.room.world.holdings();
        for (caller, claim, claims) in
            [(cast.requester, 3, (3, 20)), (cast.operator, 15, (3, 15)), (cast.owner, 12, (3, 12))]
        {
            let sent = quarrel.concede(caller, claim).expect("concession");
            let moved =
                IDisputes::ClaimMoved { job, slot: 0, dispute: 1, requesterClaim: claims.0, providerClaim: claims.1 };
            assert_eq!(sent.emitted(), [emitted(disputes, &moved)]);
        }
        let kept = quarrel.kept();
        assert_eq!((kept.requesterOpened, kept.providerOpened), (0, 20), "as it opened");
        assert_eq!((kept.requesterClaim, kept.providerClaim), (3, 12));
        assert_eq!(quarrel.room.world.changes(&before), []);
    }
}

mod when_the_claims_meet {
    use super::*;

    #[test]
    fn it_settles_there_and_the_cost_of_the_jury_returns() {
        let mut quarrel = Quarrel::disputed(0);
        let (cast, disputes) = (quarrel.room.world.cast, quarrel.room.world.suite.disputes);
        let (before, bonded) = (quarrel.room.world.holdings(), quarrel.stake().0);
        quarrel.concede(cast.requester, 8).expect("concession");
        let sent = quarrel.concede(cast.owner, 8).expect("concession");
        let settled = quarrel.settled(Verdict::Conceded, Trial::Lost, 8, 0);
        assert!(sent.emitted().contains(&emitted(disputes, &settled)));

        // 8/20 of 400 LNQ are 160, of which a fortieth is the fee. Overclaiming by 12 costs half of 8/16 of 80 LNQ, half of
        // which goes to the requester.
        let (fee, slashed) = (lnq(4), lnq(20));
        let changes = quarrel.room.world.changes(&before);
        assert_eq!(
            changes,
            [
                ("requester", gained(lnq(240) + slashed / 2 + 3 * FEE)),
                ("payout", gained(lnq(160) - fee)),
                ("registry", -gained(slashed)),
                ("escrow", -gained(lnq(400) - fee)),
                ("court", -gained(3 * FEE)),
            ]
        );
        assert_eq!(quarrel.stake().0, bonded - slashed);
        quarrel.assert_closed(Outcome::Conceded);
    }

    #[test]
    fn it_burns_a_seat_fee_of_a_requester_who_gives_up_its_whole_claim() {
        let mut quarrel = Quarrel::disputed(12);
        let requester = quarrel.room.world.cast.requester;
        let before = quarrel.room.world.holdings();
        quarrel.concede(requester, 20).expect("concession");
        let changes = quarrel.room.world.changes(&before);
        // 8/20 of 480 LNQ are below 32 seat fees: there was one seat.
        assert_eq!(
            changes,
            [("payout", gained(lnq(390))), ("escrow", -gained(lnq(390))), ("court", -gained(FEE))],
            "the seat fee burns"
        );
        assert_eq!(quarrel.room.world.provider(1).record.disputesWon, 1);
        quarrel.assert_closed(Outcome::Conceded);
    }

    #[test]
    fn it_ends_the_dispute_for_good() {
        let mut quarrel = Quarrel::disputed(0);
        let cast = quarrel.room.world.cast;
        quarrel.concede(cast.operator, 0).expect("concession");
        assert_eq!(quarrel.room.phase(1).1, CourtPhase::Cancelled);
        let error = quarrel.not_disputed();
        assert_refused(quarrel.concede(cast.owner, 0), &error);
        assert_refused(quarrel.settle(), &error);
        assert_refused(quarrel.settle_neutral(), &error);
    }
}
