use super::*;

mod when_the_day_has_not_begun {
    use super::*;

    #[test]
    fn it_reverts_with_day_ahead() {
        let mut bench = Bench::new();
        bench.stake(Cast::ALL.eve, 10);
        let (today, jurors) = (bench.today(), bench.jurors);
        let error = IJurors::JurorsDayAhead { day: today + 1, today };
        let total = bench.world.call(Address::ZERO, jurors, &IJurors::totalCall { day: today + 1 });
        assert_refused(total, &error);
        let weight = bench.world.call(Address::ZERO, jurors, &IJurors::weightCall { juror: 1, day: today + 1 });
        assert_refused(weight, &error);
    }
}

mod given_days_with_and_without_changes {
    use super::*;

    #[test]
    fn it_is_what_was_active_at_the_start_of_each() {
        let mut bench = Bench::new();
        let first = bench.today();
        bench.stake(Cast::ALL.eve, 10);
        bench.stake(Cast::ALL.owner, 5);
        bench.go_on(1);
        bench.send(Cast::ALL.eve, &IJurors::leaveCall { amount: u96(lnq(10)) }).expect("leaving");
        bench.go_on(3);
        bench.stake(Cast::ALL.rival, 1);
        bench.go_on(1);
        let days = |bench: &Bench, read: &dyn Fn(&Bench, u16) -> u32| -> Vec<u32> {
            (first - 1..=first + 5).map(|day| read(bench, day)).collect()
        };
        assert_eq!(days(&bench, &|bench, day| bench.total(day)), [0, 0, 15, 5, 5, 5, 6]);
        assert_eq!(days(&bench, &|bench, day| bench.weight(1, day)), [0, 0, 10, 0, 0, 0, 0]);
        assert_eq!(days(&bench, &|bench, day| bench.weight(2, day)), [0, 0, 5, 5, 5, 5, 5]);
        assert_eq!(days(&bench, &|bench, day| bench.weight(3, day)), [0, 0, 0, 0, 0, 0, 1]);
        assert_eq!(days(&bench, &|bench, day| bench.weight(0, day) + bench.weight(4, day)), [0; 7]);
    }
}
