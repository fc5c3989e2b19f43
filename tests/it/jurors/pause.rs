use super::*;

const PAUSE: IJurors::pauseCall = IJurors::pauseCall {};

mod when_the_caller_is_not_the_guardian {
    use super::*;

    #[test]
    fn it_reverts_with_not_guardian() {
        let mut bench = Bench::new();
        for (caller, _) in Cast::EVERYBODY.into_iter().filter(|(person, _)| *person != Cast::ALL.guardian) {
            assert_refused(bench.send(caller, &PAUSE), &IJurors::JurorsNotGuardian { caller });
        }
        bench.stake(Cast::ALL.eve, 1);
    }
}

mod given_it_was_paused_lately {
    use super::*;

    #[test]
    fn it_reverts_with_paused_lately_for_thirty_days() {
        let mut bench = Bench::new();
        let next = (u64::from(bench.today()) + 30) * DAY;
        bench.send(Cast::ALL.guardian, &PAUSE).expect("pause");
        for second in [bench.world.now(), next - 1] {
            bench.world.at(second);
            assert_refused(bench.send(Cast::ALL.guardian, &PAUSE), &IJurors::JurorsPausedLately { next });
        }
        bench.world.at(next);
        bench.send(Cast::ALL.guardian, &PAUSE).expect("a second pause");
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_keeps_new_stake_out_for_seven_days_and_says_so() {
        let mut bench = Bench::new();
        let until = (u64::from(bench.today()) + 7) * DAY;
        let sent = bench.send(Cast::ALL.guardian, &PAUSE).expect("pause");
        assert_eq!(sent.emitted(), [by_jurors(&bench, &IJurors::Paused { until })]);
        assert_eq!(bench.read(&IJurors::pausedUntilCall {}), until);
        let call = IJurors::stakeCall { amount: u96(lnq(1)) };
        bench.world.at(until - 1);
        assert_refused(bench.send(Cast::ALL.eve, &call), &IJurors::JurorsPaused { until });
        bench.world.at(until);
        bench.send(Cast::ALL.eve, &call).expect("it ends by itself");
    }
}
