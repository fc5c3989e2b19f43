use super::*;

const KEEPER: Address = Cast::ALL.keeper;

fn call(dispute: u64, juror: u32) -> ICourt::claimCall {
    ICourt::claimCall { dispute, round: 0, juror }
}

mod when_the_dispute_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_dispute() {
        let mut room = Courtroom::new();
        assert_refused(room.send(KEEPER, &call(1, 1)), &ICourt::CourtUnknownDispute { dispute: 1 });
    }
}

mod given_it_is_not_final {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let (mut room, dispute) = decided(&[Some(20); 3]);
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(KEEPER, &call(dispute, 1)), &error);
    }
}

mod given_it_is_not_settled {
    use super::*;

    #[test]
    fn it_reverts_with_not_settled() {
        let (mut room, dispute) = final_(&[Some(20); 3]);
        assert_refused(room.send(KEEPER, &call(dispute, 1)), &ICourt::CourtNotSettled { dispute, round: 0 });
        let unknown = ICourt::claimCall { round: 1, ..call(dispute, 1) };
        assert_refused(room.send(KEEPER, &unknown), &ICourt::CourtUnknownRound { dispute, round: 1 });
    }
}

mod when_there_is_nothing_for_the_juror {
    use super::*;

    #[test]
    fn it_reverts_with_nothing_to_claim() {
        let (mut room, dispute) = final_(&[Some(20), Some(20), Some(3)]);
        room.settle(dispute, 0);
        let jurors = room.round(dispute, 0).jurors()[..3].to_vec();
        let stranger = (1..=room.count).find(|juror| !jurors.contains(juror)).expect("not every juror sits");
        for juror in [0, stranger, u32::MAX] {
            assert_refused(
                room.send(KEEPER, &call(dispute, juror)),
                &ICourt::CourtNothingToClaim { dispute, round: 0, juror },
            );
        }
        if !jurors[..2].contains(&jurors[2]) {
            let juror = jurors[2];
            assert_refused(
                room.send(KEEPER, &call(dispute, juror)),
                &ICourt::CourtNothingToClaim { dispute, round: 0, juror },
            );
        }
        let juror = jurors[0];
        room.done(KEEPER, &call(dispute, juror));
        assert_refused(
            room.send(KEEPER, &call(dispute, juror)),
            &ICourt::CourtNothingToClaim { dispute, round: 0, juror },
        );
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn anyone_has_a_juror_paid_once_for_all_its_seats() {
        // One juror, so that it has every seat.
        let mut room = Courtroom::with_jurors(1);
        let dispute = room.open(LARGE);
        room.vote(dispute, &[Some(20), Some(20), Some(17)]);
        room.wait(dispute);
        room.settle(dispute, 0);
        let account = room.account(1);
        let sent = room.done(KEEPER, &call(dispute, 1));
        // 9 f were collected from the third; nine points share 9 f + 3 f − 2 f − f / 4.
        let bonus = (12 * FEE - 2 * FEE - FEE / 4) / 9;
        assert_eq!(bonus, 10_833_333_333_333_333_333);
        let amount = 2 * FEE + FEE / 4 + 9 * bonus.min(FEE);
        assert_eq!(sent.value, u96(amount));
        let claimed = ICourt::RewardClaimed { dispute, round: 0, juror: 1, account, amount: u96(amount) };
        assert_eq!(sent.emitted(), [room.emits(&claimed), moves(&room, room.court, account, amount)]);
        assert_eq!((room.world.balance(account), room.held()), (amount, 0));
    }
}
