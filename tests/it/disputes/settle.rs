use super::*;

mod given_the_slot_is_not_disputed {
    use super::*;

    #[test]
    fn it_reverts_with_not_disputed() {
        let mut quarrel = Quarrel::submitted(20);
        let error = quarrel.not_disputed();
        assert_refused(quarrel.settle(), &error);
    }
}

mod given_the_court_has_not_decided {
    use super::*;

    #[test]
    fn it_reverts_with_undecided_in_every_phase() {
        let mut quarrel = Quarrel::disputed(0);
        let undecided = |quarrel: &mut Quarrel, phase: CourtPhase| {
            assert_eq!(quarrel.room.phase(1).1, phase);
            assert_refused(quarrel.settle(), &IDisputes::DisputesUndecided { dispute: 1, phase: phase as u8 });
        };
        undecided(&mut quarrel, CourtPhase::Evidence);
        quarrel.room.bring(1);
        undecided(&mut quarrel, CourtPhase::Drawing);
        quarrel.room.draw(1);
        undecided(&mut quarrel, CourtPhase::Commit);
        (0..3).for_each(|seat| drop(quarrel.room.commit(1, seat, 0)));
        undecided(&mut quarrel, CourtPhase::Reveal);
        (0..3).for_each(|seat| quarrel.room.reveal(1, seat, 0));
        undecided(&mut quarrel, CourtPhase::Appeal);
        quarrel.room.wait(1);
        quarrel.settle().expect("settlement");
    }
}

mod when_the_jury_agrees_with_the_requester {
    use super::*;

    #[test]
    fn it_pays_nothing_and_the_lock_bears_the_jury_and_the_slash() {
        let mut quarrel = Quarrel::decided(0, [0; 3]);
        let disputes = quarrel.room.world.suite.disputes;
        let (before, bonded) = (quarrel.room.world.holdings(), quarrel.stake().0);
        let sent = quarrel.settle().expect("settlement");
        let settled = quarrel.settled(Verdict::Jury, Trial::Lost, 0, 3 * FEE);
        assert!(sent.emitted().contains(&emitted(disputes, &settled)));

        // The price goes back. Of the lock of 80 LNQ 30 go to the requester for the jury; an overclaim of 20 takes what is
        // left, half of it for the requester, half burned.
        let changes = quarrel.room.world.changes(&before);
        assert_eq!(
            changes,
            [
                ("requester", gained(lnq(400) + 3 * FEE + lnq(25))),
                ("registry", -gained(lnq(80))),
                ("escrow", -gained(lnq(400))),
            ]
        );
        assert_eq!(quarrel.stake().0, bonded - lnq(80));
        let record = quarrel.room.world.provider(1).record;
        assert_eq!((record.disputesWon, record.disputesLost), (0, 1));
        quarrel.assert_closed(Outcome::Decided);
    }
}

mod when_the_jury_agrees_with_the_provider {
    use super::*;

    #[test]
    fn it_pays_the_claim_and_the_requester_bears_the_jury() {
        let mut quarrel = Quarrel::decided(0, [20; 3]);
        let (before, bonded) = (quarrel.room.world.holdings(), quarrel.stake().0);
        quarrel.settle().expect("settlement");
        let changes = quarrel.room.world.changes(&before);
        assert_eq!(changes, [("payout", gained(lnq(390))), ("escrow", -gained(lnq(390)))]);
        assert_eq!(quarrel.stake().0, bonded);
        assert_eq!(quarrel.room.world.provider(1).record.disputesWon, 1);
        quarrel.assert_closed(Outcome::Decided);
    }
}

mod when_the_jury_finds_something_between {
    use super::*;

    #[test]
    fn it_takes_what_is_owed_out_of_the_pay() {
        let mut quarrel = Quarrel::decided(0, [9, 10, 20]);
        let (before, bonded) = (quarrel.room.world.holdings(), quarrel.stake().0);
        // The one of the three who was far off was paid nothing, and what its seat was paid returned to nobody.
        let used = quarrel.room.verdict(1).3;
        let owed = used / 2;
        let sent = quarrel.settle().expect("settlement");
        let settled = quarrel.settled(Verdict::Jury, Trial::Lost, 10, owed);
        assert!(sent.emitted().contains(&emitted(quarrel.room.world.suite.disputes, &settled)));
        let fee = (lnq(200) - owed) / 40;
        // Overclaiming by 10 costs 6/16 of 80 LNQ.
        let slashed = lnq(30);
        let changes = quarrel.room.world.changes(&before);
        assert_eq!(
            changes,
            [
                ("requester", gained(lnq(200) + owed + slashed / 2)),
                ("payout", gained(lnq(200) - owed - fee)),
                ("registry", -gained(slashed)),
                ("escrow", -gained(lnq(400) - fee)),
            ]
        );
        assert_eq!(quarrel.stake().0, bonded - slashed);
        quarrel.assert_closed(Outcome::Decided);
    }

    #[test]
    fn it_stays_inside_the_claims() {
        let mut quarrel = Quarrel::disputed(2);
        let owner = quarrel.room.world.cast.owner;
        quarrel.concede(owner, 12).expect("concession");
        quarrel.room.bring(1);
        quarrel.room.vote(1, &[Some(20); 3]);
        quarrel.room.wait(1);
        quarrel.settle().expect("settlement");
        quarrel.assert_closed(Outcome::Decided);
        // The provider admitted that no more than 12/20 is due: 240 LNQ, less its part of the jury, 8/18 of 30 LNQ.
        let world = &quarrel.room.world;
        let pay = lnq(240) - 3 * FEE * 8 / 18;
        let fee = pay.div_ceil(40);
        let paid = world.balance(world.cast.payout);
        assert!(paid.abs_diff(pay - fee) <= 1, "{paid} and {}", pay - fee);
    }
}

mod when_no_jury_voted {
    use super::*;

    #[test]
    fn it_settles_at_half_and_slashes_nothing() {
        let mut quarrel = Quarrel::disputed(0);
        quarrel.room.bring(1);
        quarrel.room.draw(1);
        // Nobody votes: the round is hung.
        quarrel.room.wait(1);
        quarrel.room.wait(1);
        assert_eq!(quarrel.room.verdict(1), (CourtPhase::Final, 10, false, 0));
        let (before, bonded) = (quarrel.room.world.holdings(), quarrel.stake().0);
        quarrel.settle().expect("settlement");
        let changes = quarrel.room.world.changes(&before);
        assert_eq!(
            changes,
            [("requester", gained(lnq(200))), ("payout", gained(lnq(195))), ("escrow", -gained(lnq(395)))]
        );
        assert_eq!(quarrel.stake().0, bonded);
        quarrel.assert_closed(Outcome::Neutral);
    }
}

mod given_it_was_settled {
    use super::*;

    #[test]
    fn it_reverts_with_not_disputed() {
        let mut quarrel = Quarrel::decided(0, [0; 3]);
        quarrel.settle().expect("settlement");
        let error = quarrel.not_disputed();
        assert_refused(quarrel.settle(), &error);
        assert_refused(quarrel.settle_neutral(), &error);
    }
}

mod when_a_verdict_is_appealed {
    use super::*;

    #[test]
    fn it_settles_by_the_last_one_and_owes_for_the_first_jury_alone() {
        let mut quarrel = Quarrel::disputed(0);
        let room = &mut quarrel.room;
        let start: u128 = room.world.read(room.world.suite.token, &ILnqToken::totalSupplyCall {}).to();
        room.bring(1);
        room.vote(1, &[Some(0); 3]);
        room.appeal(room.world.cast.owner, 1, Side::Provider as u8);
        room.bring(1);
        room.vote(1, &[Some(20); 7]);
        room.wait(1);
        let before = room.world.holdings();
        quarrel.settle().expect("settlement");
        let changes = quarrel.room.world.changes(&before);
        assert_eq!(changes, [("payout", gained(lnq(390))), ("escrow", -gained(lnq(390)))]);
        quarrel.assert_closed(Outcome::Decided);

        // Every wei of the court goes to somebody or burns.
        for round in [0, 1] {
            quarrel.room.settle(1, round);
            quarrel.room.claim_all(1, round);
        }
        assert_eq!(quarrel.room.held(), 0);
        let supply: u128 = quarrel.room.world.read(quarrel.room.world.suite.token, &ILnqToken::totalSupplyCall {}).to();
        // The first jury lost 480 LNQ and got nothing: 30 and 480, less the 70 that the appeal gets back.
        assert_eq!(start - supply, lnq(480) + 3 * FEE - 7 * FEE);
    }
}
