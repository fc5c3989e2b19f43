use super::*;

mod given_it_is_not_wired {
    use super::*;

    #[test]
    fn it_reverts_with_not_wired() {
        let mut bench = Bench::unwired();
        assert_refused(bench.seize(&[]), &IJurors::JurorsNotWired {});
    }
}

mod when_the_caller_is_not_the_court {
    use super::*;

    #[test]
    fn it_reverts_with_not_court() {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.eve, 10);
        let call = IJurors::seizeCall { jurors: vec![1], amounts: vec![u96(1)] };
        let siblings = bench.world.suite.addresses();
        let people = Cast::EVERYBODY.iter().map(|(person, _)| *person);
        for caller in people.chain(siblings) {
            assert_refused(bench.send(caller, &call), &IJurors::JurorsNotCourt { caller });
        }
    }
}

mod when_the_lists_differ_in_length {
    use super::*;

    #[test]
    fn it_reverts_with_unequal_lists() {
        let mut bench = Bench::new();
        let court = bench.court;
        let call = IJurors::seizeCall { jurors: vec![1, 2], amounts: vec![u96(1)] };
        assert_refused(bench.send(court, &call), &IJurors::JurorsUnequalLists { jurors: 2, amounts: 1 });
        let call = IJurors::seizeCall { jurors: vec![], amounts: vec![u96(1)] };
        assert_refused(bench.send(court, &call), &IJurors::JurorsUnequalLists { jurors: 0, amounts: 1 });
    }
}

mod when_there_are_too_many {
    use super::*;

    #[test]
    fn it_reverts_with_too_many() {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.eve, 40);
        assert_refused(bench.seize(&[(1, lnq(1)); 32]), &IJurors::JurorsTooMany { given: 32, limit: 31 });
        let sent = bench.seize(&[(1, lnq(1)); 31]).expect("as many as the largest jury has");
        assert_eq!(sent.value, [lnq(1); 31]);
        assert_eq!(stake_of(&bench, 1), (lnq(9), 0, 0));
    }
}

mod when_everything_is_right {
    use super::*;

    /// Two jurors with 10 LNQ each, 4 of the second's leaving.
    fn two() -> Bench {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.owner, 10);
        bench.stake(Cast::ALL.eve, 10);
        bench.send(Cast::ALL.eve, &IJurors::leaveCall { amount: u96(lnq(4)) }).expect("leaving");
        bench
    }

    #[test]
    fn it_takes_from_active_stake_first_then_from_what_leaves_and_sends_the_sum() {
        let mut bench = two();
        let (jurors, court, end) = (bench.jurors, bench.court, stake_of(&bench, 2).2);
        let sent = bench.seize(&[(1, 7), (2, lnq(7))]).expect("seizure");
        assert_eq!(sent.value, [7, lnq(7)]);
        let first = IJurors::StakeSeized { juror: 1, fromActive: u96(7), fromLeaving: U96::ZERO };
        let second = IJurors::StakeSeized { juror: 2, fromActive: u96(lnq(6)), fromLeaving: u96(lnq(1)) };
        assert_eq!(
            sent.emitted(),
            [by_jurors(&bench, &first), by_jurors(&bench, &second), moves(&bench, jurors, court, lnq(7) + 7)]
        );
        assert_eq!(stake_of(&bench, 1), (lnq(10) - 7, 0, 0));
        assert_eq!(stake_of(&bench, 2), (0, lnq(3), end));
    }

    #[test]
    fn it_takes_as_far_as_stake_reaches() {
        let mut bench = two();
        let sent = bench.seize(&[(2, lnq(11)), (1, u128::from(u64::MAX) << 30), (2, 1)]).expect("seizure");
        assert_eq!(sent.value, [lnq(10), lnq(10), 0]);
        assert_eq!((stake_of(&bench, 1), stake_of(&bench, 2)), ((0, 0, 0), (0, 0, 0)));
        assert_eq!((bench.world.balance(bench.jurors), bench.world.balance(bench.court)), (0, lnq(20)));
    }

    #[test]
    fn it_takes_nothing_of_a_number_that_was_not_given_out_and_never_fails_for_it() {
        let mut bench = two();
        let sent = bench.seize(&[(0, lnq(1)), (3, lnq(1)), (u32::MAX, lnq(1))]).expect("seizure");
        assert_eq!(sent.value, [0, 0, 0]);
        assert_eq!(sent.emitted(), [], "and moves nothing");
        assert_eq!(bench.seize(&[]).expect("nobody").value, Vec::<u128>::new());
        assert_eq!(bench.seize(&[(1, 0)]).expect("nothing").emitted(), []);
    }

    #[test]
    fn it_reaches_what_has_waited_until_it_is_withdrawn() {
        let mut bench = two();
        bench.world.at(stake_of(&bench, 2).2);
        assert_eq!(bench.seize(&[(2, lnq(7))]).expect("seizure").value, [lnq(7)]);
        bench.send(Cast::ALL.eve, &IJurors::unstakeCall {}).expect("withdrawal");
        assert_eq!(bench.world.balance(Cast::ALL.eve), SHARE - lnq(7));
        assert_eq!(bench.seize(&[(2, 1)]).expect("seizure").value, [0]);
    }

    #[test]
    fn it_works_while_new_stake_is_kept_out() {
        let mut bench = two();
        bench.send(Cast::ALL.guardian, &IJurors::pauseCall {}).expect("pause");
        assert_eq!(bench.seize(&[(1, 1)]).expect("seizure").value, [1]);
    }

    #[test]
    fn it_weighs_less_from_the_next_day_on_by_every_started_lnq() {
        let mut bench = two();
        bench.go_on(1);
        let today = bench.today();
        bench.seize(&[(1, 1)]).expect("seizure");
        bench.seize(&[(1, 1)]).expect("seizure");
        assert_eq!((bench.weight(1, today), bench.total(today)), (10, 16));
        bench.go_on(1);
        assert_eq!((bench.weight(1, today), bench.total(today)), (10, 16), "the day stays what it was");
        assert_eq!((bench.weight(1, today + 1), bench.total(today + 1)), (9, 15));
    }
}
