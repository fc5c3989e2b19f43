use super::*;

fn leave(bench: &mut Bench, person: Address, amount: u128) -> Result<Sent<u64>, Refusal> {
    bench.send(person, &IJurors::leaveCall { amount: u96(amount) })
}

mod when_the_caller_is_no_juror {
    use super::*;

    #[test]
    fn it_reverts_with_not_juror() {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.owner, 10);
        for caller in [Cast::ALL.eve, Cast::ALL.guardian, bench.court] {
            assert_refused(leave(&mut bench, caller, 1), &IJurors::JurorsNotJuror { caller });
        }
    }
}

mod when_the_amount_is_zero {
    use super::*;

    #[test]
    fn it_reverts_with_no_amount() {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.eve, 10);
        assert_refused(leave(&mut bench, Cast::ALL.eve, 0), &IJurors::JurorsNoAmount {});
    }
}

mod when_the_amount_is_not_active {
    use super::*;

    #[test]
    fn it_reverts_with_not_active() {
        let mut bench = Bench::new();
        let eve = Cast::ALL.eve;
        bench.stake(eve, 10);
        leave(&mut bench, eve, lnq(4)).expect("leaving");
        let error = IJurors::JurorsNotActive { amount: u96(lnq(6) + 1), active: u96(lnq(6)) };
        assert_refused(leave(&mut bench, eve, lnq(6) + 1), &error);
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_moves_the_amount_to_what_leaves_and_says_when_that_ends() {
        let mut bench = Bench::new();
        let eve = Cast::ALL.eve;
        bench.stake(eve, 10);
        let before = bench.world.holdings();
        let second = bench.world.now() + 5;
        bench.world.at(second);
        let sent = leave(&mut bench, eve, lnq(4) + 1).expect("leaving");
        let end = second + u64::from(UNSTAKING);
        assert_eq!(sent.value, end);
        let (amount, active) = (u96(lnq(4) + 1), u96(lnq(6) - 1));
        let started = IJurors::LeavingStarted { juror: 1, amount, end, active, leaving: amount };
        assert_eq!(sent.emitted(), [by_jurors(&bench, &started)]);
        assert_eq!(stake_of(&bench, 1), (lnq(6) - 1, lnq(4) + 1, end));
        assert_eq!(bench.world.changes(&before), []);
    }

    #[test]
    fn it_weighs_less_from_the_next_day_on() {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.eve, 10);
        bench.go_on(1);
        let today = bench.today();
        leave(&mut bench, Cast::ALL.eve, 1).expect("leaving");
        assert_eq!(bench.weight(1, today), 10);
        bench.go_on(1);
        assert_eq!((bench.weight(1, today), bench.weight(1, today + 1)), (10, 9));
    }

    #[test]
    fn leaving_more_makes_all_of_it_wait_again() {
        let mut bench = Bench::new();
        let eve = Cast::ALL.eve;
        bench.stake(eve, 10);
        let first = leave(&mut bench, eve, lnq(4)).expect("leaving").value;
        bench.world.at(first - 1);
        let second = leave(&mut bench, eve, lnq(6)).expect("leaving").value;
        assert_eq!(second, first - 1 + u64::from(UNSTAKING));
        assert_eq!(stake_of(&bench, 1), (0, lnq(10), second));
        bench.world.at(first);
        let result = bench.send(eve, &IJurors::unstakeCall {});
        assert_refused(result, &IJurors::JurorsNothingToWithdraw { next: second });
    }
}
