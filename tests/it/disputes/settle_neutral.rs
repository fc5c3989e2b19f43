use super::*;

mod given_the_slot_is_not_disputed {
    use super::*;

    #[test]
    fn it_reverts_with_not_disputed() {
        let mut quarrel = Quarrel::submitted(20);
        let error = quarrel.not_disputed();
        assert_refused(quarrel.settle_neutral(), &error);
    }
}

mod given_the_court_still_has_time {
    use super::*;

    #[test]
    fn it_reverts_with_too_early() {
        let mut quarrel = Quarrel::disputed(0);
        let neutral_from = quarrel.kept().neutralFrom;
        let error = IDisputes::DisputesTooEarly { dispute: 1, neutralFrom: neutral_from };
        assert_refused(quarrel.settle_neutral(), &error);
        quarrel.room.world.at(neutral_from - 1);
        assert_refused(quarrel.settle_neutral(), &error);
    }
}

mod when_the_court_was_silent_for_too_long {
    use super::*;

    #[test]
    fn it_settles_at_half_without_asking_anybody_and_slashes_nothing() {
        let mut quarrel = Quarrel::disputed(0);
        let disputes = quarrel.room.world.suite.disputes;
        // The whole court is out of service.
        for gone in [quarrel.room.court, quarrel.room.jurors, quarrel.room.beacon] {
            quarrel.room.world.node_mut().set_code(gone, Stub::Halts.code().into());
        }
        let neutral_from = quarrel.kept().neutralFrom;
        quarrel.room.world.at(neutral_from);
        let (before, bonded) = (quarrel.room.world.holdings(), quarrel.stake().0);
        let sent = quarrel.settle_neutral().expect("settlement");
        let settled = quarrel.settled(Verdict::Neutral, Trial::Lost, 10, 0);
        assert!(sent.emitted().contains(&emitted(disputes, &settled)));
        let changes = quarrel.room.world.changes(&before);
        assert_eq!(
            changes,
            [("requester", gained(lnq(200))), ("payout", gained(lnq(195))), ("escrow", -gained(lnq(395)))]
        );
        assert_eq!(quarrel.stake().0, bonded);
        quarrel.assert_closed(Outcome::Neutral);
    }

    #[test]
    fn it_stays_inside_the_claims() {
        let mut quarrel = Quarrel::disputed(0);
        let owner = quarrel.room.world.cast.owner;
        quarrel.concede(owner, 4).expect("concession");
        let neutral_from = quarrel.kept().neutralFrom;
        quarrel.room.world.at(neutral_from);
        let before = quarrel.room.world.holdings();
        quarrel.settle_neutral().expect("settlement");
        let payout = quarrel.room.world.changes(&before).into_iter().find(|(name, _)| *name == "payout");
        assert_eq!(payout, Some(("payout", gained(lnq(78)))));
    }

    #[test]
    fn it_leaves_a_ruling_of_the_court_to_come_first() {
        let mut quarrel = Quarrel::decided(0, [0; 3]);
        let neutral_from = quarrel.kept().neutralFrom;
        quarrel.room.world.at(neutral_from);
        quarrel.settle().expect("the first of the two counts");
        quarrel.assert_closed(Outcome::Decided);
        let error = quarrel.not_disputed();
        assert_refused(quarrel.settle_neutral(), &error);
    }
}
