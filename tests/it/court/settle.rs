use super::*;

const KEEPER: Address = Cast::ALL.keeper;
const EVE: Address = Cast::ALL.eve;

fn call(dispute: u64, round: u8) -> ICourt::settleCall {
    ICourt::settleCall { dispute, round }
}

/// Everything the jurors have at stake.
fn staked(room: &Courtroom) -> u128 {
    (1..=room.count).map(|juror| room.stake_of(juror)).sum()
}

mod when_the_dispute_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_dispute() {
        let mut room = Courtroom::new();
        assert_refused(room.send(KEEPER, &call(1, 0)), &ICourt::CourtUnknownDispute { dispute: 1 });
    }
}

mod given_it_is_not_final {
    use super::*;

    #[test]
    fn it_reverts_with_wrong_phase() {
        let (mut room, dispute) = decided(&[Some(20); 3]);
        let error = wrong_phase(&room, dispute);
        assert_refused(room.send(KEEPER, &call(dispute, 0)), &error);
    }
}

mod when_the_round_is_unknown {
    use super::*;

    #[test]
    fn it_reverts_with_unknown_round() {
        let (mut room, dispute) = final_(&[Some(20); 3]);
        for round in [1, 255] {
            assert_refused(room.send(KEEPER, &call(dispute, round)), &ICourt::CourtUnknownRound { dispute, round });
        }
    }
}

mod given_it_is_settled {
    use super::*;

    #[test]
    fn it_reverts_with_already_settled() {
        let (mut room, dispute) = final_(&[Some(20); 3]);
        room.settle(dispute, 0);
        assert_refused(room.send(KEEPER, &call(dispute, 0)), &ICourt::CourtAlreadySettled { dispute, round: 0 });
    }
}

mod when_all_agree {
    use super::*;

    #[test]
    fn it_takes_nothing_and_sets_the_fees_aside() {
        let (mut room, dispute) = final_(&[Some(20); 3]);
        let before = staked(&room);
        let sent = room.done(KEEPER, &call(dispute, 0));
        assert!(sent.value);
        let collected = ICourt::PenaltiesCollected { dispute, round: 0, from: 0, amount: U96::ZERO };
        let settled = ICourt::RoundSettled {
            dispute,
            round: 0,
            verdict: 20,
            returned: U96::ZERO,
            repaid: U96::ZERO,
            bonus: U96::ZERO,
            burned: U96::ZERO,
        };
        assert_eq!(sent.emitted(), [room.emits(&collected), room.emits(&settled)]);
        assert_eq!((staked(&room), room.held()), (before, 3 * FEE));
    }
}

mod when_a_seat_was_silent_and_another_two_off {
    use super::*;

    #[test]
    fn it_pays_from_what_it_collects_and_burns_the_rest() {
        let (mut room, dispute) = final_(&[Some(20), None, Some(18)]);
        assert_eq!(room.verdict(dispute).1, 19);
        let (before, supply) = (staked(&room), supply(&room));
        let sent = room.done(KEEPER, &call(dispute, 0));
        // One off each, f · 1, and the silent seat's 32 f.
        let taken = 2 * FEE + STAKE;
        assert_eq!(staked(&room), before - taken);
        let settled = &events::<ICourt::RoundSettled, _>(&sent)[0];
        // Each of the two is paid three quarters of the fee, and has three points: six share 355 LNQ, at most a fee each.
        let burned = 3 * FEE + taken - 2 * 3 * FEE / 4 - 6 * FEE;
        assert_eq!((settled.bonus, settled.burned), (u96(FEE), u96(burned)));
        assert_eq!(supply - super::supply(&room), burned);
        let paid: u128 = room.claim_all(dispute, 0).iter().map(|(_, amount)| amount).sum();
        assert_eq!(paid, 2 * (3 * FEE / 4 + 3 * FEE));
        assert_eq!(room.held(), 0);
    }
}

/// All LNQ that there is.
fn supply(room: &Courtroom) -> u128 {
    room.world.read(room.world.suite.token, &ILnqToken::totalSupplyCall {}).to()
}

mod given_it_hung {
    use super::*;

    #[test]
    fn its_fees_return_and_only_the_silent_and_the_refusing_lose() {
        let (mut room, dispute) = final_(&[Some(20), None, Some(REFUSAL)]);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 10, false, 0));
        let (before, funder) = (staked(&room), room.world.cast.requester);
        let (funds, supply) = (room.world.balance(funder), supply(&room));
        room.settle(dispute, 0);
        let taken = STAKE + 4 * FEE;
        assert_eq!(staked(&room), before - taken);
        assert_eq!(room.world.balance(funder), funds + 3 * FEE);
        assert_eq!(supply - super::supply(&room), taken);
        assert_eq!((room.claim_all(dispute, 0), room.held()), (vec![], 0));
    }
}

mod given_an_appeal_was_right {
    use super::*;

    #[test]
    fn it_is_repaid_before_any_bonus_by_those_who_were_wrong() {
        let (mut room, dispute) = decided(&[Some(20), Some(20), Some(2)]);
        let before = room.world.balance(EVE);
        room.appeal(EVE, dispute, LOWER);
        room.vote(dispute, &[Some(2); 7]);
        room.wait(dispute);
        assert_eq!(room.verdict(dispute), (CourtPhase::Final, 2, true, 3 * FEE));
        let sent = room.done(KEEPER, &call(dispute, 0));
        let settled = &events::<ICourt::RoundSettled, _>(&sent)[0];
        // Two far off lose 16 f each; the one at the verdict has its fee and four points.
        assert_eq!((settled.repaid, settled.bonus), (u96(7 * FEE), u96(FEE)));
        assert_eq!(settled.burned, u96(3 * FEE + 32 * FEE - FEE - 7 * FEE - 4 * FEE));
        assert_eq!(room.world.balance(EVE), before);
        room.settle(dispute, 1);
        let all: u128 = [0, 1].iter().flat_map(|round| room.claim_all(dispute, *round)).map(|(_, amount)| amount).sum();
        assert_eq!(all, 5 * FEE + 7 * FEE);
        assert_eq!(room.held(), 0);
    }

    #[test]
    fn one_for_the_other_side_is_not() {
        let (mut room, dispute) = decided(&[Some(20), Some(20), Some(2)]);
        room.appeal(EVE, dispute, HIGHER);
        room.vote(dispute, &[Some(2); 7]);
        room.wait(dispute);
        let sent = room.done(KEEPER, &call(dispute, 0));
        assert_eq!(events::<ICourt::RoundSettled, _>(&sent)[0].repaid, U96::ZERO);
    }

    #[test]
    fn rounds_are_settled_in_any_order() {
        let (mut room, dispute) = decided(&[Some(20), Some(20), Some(2)]);
        room.appeal(EVE, dispute, LOWER);
        room.vote(dispute, &[Some(2), Some(2), Some(2), Some(2), None, Some(REFUSAL), Some(9)]);
        room.wait(dispute);
        let ends: Vec<_> = [[0, 1], [1, 0]]
            .map(|order| {
                let (court, count) = (room.court, room.count);
                let (jurors, accounts) =
                    (room.jurors, (1..=count).map(|juror| room.account(juror)).collect::<Vec<_>>());
                room.world.rehearse(|world| {
                    for round in order {
                        world.send(KEEPER, court, &call(dispute, round)).expect("settlement");
                    }
                    for round in [0, 1] {
                        for juror in 1..=count {
                            let _ = world.send(KEEPER, court, &ICourt::claimCall { dispute, round, juror });
                        }
                    }
                    let stakes: Vec<U96> =
                        (1..=count).map(|id| world.read(jurors, &IJurors::jurorCall { id }).active).collect();
                    let paid: Vec<u128> = accounts.iter().map(|account| world.balance(*account)).collect();
                    (stakes, paid, world.balance(EVE), world.balance(court))
                })
            })
            .into();
        assert_eq!(ends[0], ends[1]);
        assert_eq!(ends[0].3, 0);
    }
}

mod when_the_jury_is_large {
    use super::*;

    #[test]
    fn it_collects_eight_seats_a_call() {
        let (mut room, dispute) = decided(&[Some(20); 3]);
        room.appeal(EVE, dispute, LOWER);
        room.vote(dispute, &[Some(20); 7]);
        room.appeal(EVE, dispute, LOWER);
        let votes: Vec<Option<u8>> = (0..15).map(|seat| if seat % 5 == 0 { None } else { Some(20) }).collect();
        room.vote(dispute, &votes);
        room.wait(dispute);
        let before = staked(&room);
        let sent = room.done(KEEPER, &call(dispute, 2));
        assert_eq!((sent.value, staked(&room)), (false, before - 2 * STAKE));
        let claim = ICourt::claimCall { dispute, round: 2, juror: 1 };
        assert_refused(room.send(KEEPER, &claim), &ICourt::CourtNotSettled { dispute, round: 2 });
        let sent = room.done(KEEPER, &call(dispute, 2));
        assert_eq!((sent.value, staked(&room)), (true, before - 3 * STAKE));
        room.claim_all(dispute, 2);
        for round in [0, 1] {
            room.settle(dispute, round);
            room.claim_all(dispute, round);
        }
        assert_eq!(room.held(), 0);
    }
}

mod given_a_juror_has_nothing_left {
    use super::*;

    #[test]
    fn nothing_is_paid_that_was_not_collected() {
        let (mut room, dispute) = decided(&[Some(20), None, Some(20)]);
        let silent = room.round(dispute, 0).jurors()[1];
        let (court, jurors) = (room.court, room.jurors);
        room.world.node_mut().set_balance(court, U256::from(lnq(1_000)));
        let seize = IJurors::seizeCall { jurors: vec![silent], amounts: vec![u96(JUROR_STAKE)] };
        let elsewhere = room.world.send(court, jurors, &seize).expect("penalties elsewhere").value[0].to::<u128>();
        room.wait(dispute);
        let sent = room.done(KEEPER, &call(dispute, 0));
        assert_eq!(events::<ICourt::PenaltiesCollected, _>(&sent)[0].amount, U96::ZERO);
        // The silent seat's fee is shared: eight points at 1.25.
        assert_eq!(events::<ICourt::RoundSettled, _>(&sent)[0].bonus, u96(FEE / 8));
        room.claim_all(dispute, 0);
        assert_eq!(room.held(), elsewhere);
    }
}
