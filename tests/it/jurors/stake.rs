use super::*;

fn stake(bench: &mut Bench, person: Address, amount: u128) -> Result<Sent<u32>, Refusal> {
    bench.send(person, &IJurors::stakeCall { amount: u96(amount) })
}

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut bench = Bench::unwired();
        assert_refused(stake(&mut bench, Cast::ALL.eve, lnq(1)), &IJurors::JurorsNotWired {});
    }
}

mod given_new_stake_is_kept_out {
    use super::*;

    #[test]
    fn it_reverts_with_paused_for_newcomers_and_for_jurors() {
        let mut bench = Bench::new();
        let (eve, owner) = (Cast::ALL.eve, Cast::ALL.owner);
        bench.stake(owner, 10);
        bench.send(Cast::ALL.guardian, &IJurors::pauseCall {}).expect("pause");
        let until = bench.read(&IJurors::pausedUntilCall {});
        assert_refused(stake(&mut bench, eve, lnq(1)), &IJurors::JurorsPaused { until });
        assert_refused(stake(&mut bench, owner, lnq(1)), &IJurors::JurorsPaused { until });
    }
}

mod when_the_amount_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_no_amount() {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.owner, 10);
        for person in [Cast::ALL.eve, Cast::ALL.owner] {
            assert_refused(stake(&mut bench, person, 0), &IJurors::JurorsNoAmount {});
        }
    }
}

mod when_less_than_a_whole_lnq_would_be_active {
    use super::*;

    #[test]
    fn it_reverts_with_too_little() {
        let mut bench = Bench::new();
        let error = IJurors::JurorsTooLittle { active: u96(lnq(1) - 1), least: u96(lnq(1)) };
        assert_refused(stake(&mut bench, Cast::ALL.eve, lnq(1) - 1), &error);
        // A juror whose stake was taken needs a whole one again.
        let juror = bench.stake(Cast::ALL.owner, 10);
        bench.seize(&[(juror, lnq(10) - 5)]).expect("seizure");
        let error = IJurors::JurorsTooLittle { active: u96(6), least: u96(lnq(1)) };
        assert_refused(stake(&mut bench, Cast::ALL.owner, 1), &error);
        assert_eq!(bench.read(&IJurors::countCall {}), 1);
    }
}

mod when_the_sum_leaves_its_range {
    use super::*;

    #[test]
    fn it_reverts_with_overflow() {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.owner, 10);
        let result = stake(&mut bench, Cast::ALL.owner, (1 << 96) - 1);
        assert_refused(result, &IJurors::JurorsOverflow {});
        // 2^32 whole LNQ are more than there are, and more than a node counts.
        let result = stake(&mut bench, Cast::ALL.eve, lnq(1 << 32));
        assert_refused(result, &IJurors::JurorsOverflow {});
    }
}

mod when_the_caller_cannot_pay {
    use super::*;

    #[test]
    fn it_passes_on_that_the_allowance_is_too_low_and_admits_nobody() {
        let mut bench = Bench::new();
        let keeper = Cast::ALL.keeper;
        let error = ILnqToken::ERC20InsufficientAllowance {
            spender: bench.jurors,
            allowance: U256::ZERO,
            needed: U256::from(lnq(1)),
        };
        assert_refused(stake(&mut bench, keeper, lnq(1)), &error);
        assert_eq!((bench.read(&IJurors::countCall {}), bench.read(&IJurors::jurorOfCall { account: keeper })), (0, 0));
    }

    #[test]
    fn it_passes_on_that_the_balance_is_too_low() {
        let mut bench = Bench::new();
        let (keeper, jurors) = (Cast::ALL.keeper, bench.jurors);
        bench.world.approve(keeper, jurors);
        let error =
            ILnqToken::ERC20InsufficientBalance { sender: keeper, balance: U256::ZERO, needed: U256::from(lnq(1)) };
        assert_refused(stake(&mut bench, keeper, lnq(1)), &error);
    }
}

mod when_somebody_stakes_for_the_first_time {
    use super::*;

    #[test]
    fn it_gives_out_the_next_number_and_says_so() {
        let mut bench = Bench::new();
        let (eve, jurors) = (Cast::ALL.eve, bench.jurors);
        assert_eq!(bench.stake(Cast::ALL.owner, 5), 1);
        let before = bench.world.holdings();
        let sent = stake(&mut bench, eve, lnq(7)).expect("stake");
        assert_eq!(sent.value, 2);
        let amount = u96(lnq(7));
        assert_eq!(
            sent.emitted(),
            [
                by_jurors(&bench, &IJurors::StakeAdded { juror: 2, account: eve, amount, active: amount }),
                moves(&bench, eve, jurors, lnq(7)),
            ]
        );
        assert_eq!(bench.world.changes(&before), [("eve", -(lnq(7) as i128))]);
        assert_eq!(bench.world.balance(jurors), lnq(12));
        assert_eq!(bench.juror(2), Juror { account: eve, active: amount, leaving: U96::ZERO, leavingEnd: 0 });
        assert_eq!(bench.read(&IJurors::jurorOfCall { account: eve }), 2);
        assert_eq!(bench.read(&IJurors::accountCall { juror: 2 }), eve);
        assert_eq!(bench.read(&IJurors::countCall {}), 2);
    }
}

mod when_a_juror_adds_to_its_stake {
    use super::*;

    #[test]
    fn it_keeps_its_number_and_what_is_leaving() {
        let mut bench = Bench::new();
        let eve = Cast::ALL.eve;
        bench.stake(eve, 7);
        let end = bench.send(eve, &IJurors::leaveCall { amount: u96(lnq(2)) }).expect("leaving").value;
        let sent = stake(&mut bench, eve, lnq(3) + 5).expect("stake");
        assert_eq!(sent.value, 1);
        let (amount, active) = (u96(lnq(3) + 5), u96(lnq(8) + 5));
        let added = IJurors::StakeAdded { juror: 1, account: eve, amount, active };
        assert_eq!(sent.emitted()[0], by_jurors(&bench, &added));
        assert_eq!(stake_of(&bench, 1), (lnq(8) + 5, lnq(2), end));
        assert_eq!(bench.read(&IJurors::countCall {}), 1);
    }

    #[test]
    fn it_comes_back_after_all_of_it_left() {
        let mut bench = Bench::new();
        let eve = Cast::ALL.eve;
        bench.stake(eve, 7);
        let end = bench.send(eve, &IJurors::leaveCall { amount: u96(lnq(7)) }).expect("leaving").value;
        bench.world.at(end);
        bench.send(eve, &IJurors::unstakeCall {}).expect("withdrawal");
        assert_eq!(bench.stake(eve, 4), 1);
        bench.go_on(1);
        assert_eq!(bench.total(bench.today()), 4);
    }
}

mod when_it_weighs {
    use super::*;

    #[test]
    fn it_counts_whole_lnq_from_the_next_day_on() {
        let mut bench = Bench::new();
        stake(&mut bench, Cast::ALL.eve, lnq(7) + lnq(1) / 2).expect("stake");
        let today = bench.today();
        assert_eq!((bench.weight(1, today), bench.total(today)), (0, 0));
        // To the last second of the day.
        bench.world.at((u64::from(today) + 1) * DAY - 1);
        stake(&mut bench, Cast::ALL.eve, lnq(1) / 2).expect("stake");
        assert_eq!((bench.weight(1, today), bench.total(today)), (0, 0));
        bench.world.at((u64::from(today) + 1) * DAY);
        assert_eq!((bench.weight(1, today + 1), bench.total(today + 1)), (8, 8));
        assert_eq!((bench.weight(1, today), bench.total(today)), (0, 0));
    }
}
