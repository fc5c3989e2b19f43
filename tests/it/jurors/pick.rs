use linq_tests::drawn_by_counting;

use super::*;

const SEED: B256 = B256::repeat_byte(0x5e);

fn pick(bench: &Bench, day: u16, from: u8, count: u8, least: u32) -> Vec<u32> {
    bench.read(&IJurors::pickCall { day, seed: SEED, from, count, least })
}

/// Three jurors that have weighed 100, 20 and 3 since the start of the present day.
fn three() -> Bench {
    let mut bench = Bench::new();
    for (person, amount) in [(Cast::ALL.owner, 100), (Cast::ALL.eve, 20), (Cast::ALL.rival, 3)] {
        bench.stake(person, amount);
    }
    bench.go_on(1);
    bench
}

mod when_the_day_has_not_begun {
    use super::*;

    #[test]
    fn it_reverts_with_day_ahead() {
        let bench = three();
        let today = bench.today();
        for day in [today + 1, u16::MAX] {
            let call = IJurors::pickCall { day, seed: SEED, from: 0, count: 3, least: 1 };
            assert_refused(
                bench.world.call(Address::ZERO, bench.jurors, &call),
                &IJurors::JurorsDayAhead { day, today },
            );
        }
    }
}

mod when_there_are_too_many_seats {
    use super::*;

    #[test]
    fn it_reverts_with_too_many() {
        let bench = three();
        let day = bench.today();
        for (from, count, given, limit) in [(0, 9, 9, 8), (0, 255, 255, 8), (249, 8, 257, 256)] {
            let call = IJurors::pickCall { day, seed: SEED, from, count, least: 1 };
            let result = bench.world.call(Address::ZERO, bench.jurors, &call);
            assert_refused(result, &IJurors::JurorsTooMany { given, limit });
        }
        assert_eq!(pick(&bench, day, 248, 8, 1).len(), 8);
    }
}

mod given_nobody_can_be_drawn {
    use super::*;

    #[test]
    fn it_leaves_every_seat_empty() {
        let bench = Bench::new();
        assert_eq!(pick(&bench, bench.today(), 0, 3, 1), [0, 0, 0], "without jurors");
        let bench = three();
        assert_eq!(pick(&bench, bench.today() - 1, 0, 3, 1), [0, 0, 0], "on the day of the first");
        assert_eq!(pick(&bench, bench.today(), 0, 3, 101), [0, 0, 0], "where none is heavy enough");
        assert_eq!(pick(&bench, bench.today(), 0, 0, 1), Vec::<u32>::new(), "no seats");
    }
}

mod when_everything_is_right {
    use super::*;

    #[test]
    fn it_finds_whom_counting_through_all_weights_finds() {
        let bench = three();
        let day = bench.today();
        let mut seen = [0; 4];
        for least in [0, 1, 3, 4, 20, 21, 100] {
            for from in [0, 8, 16, 24, 248] {
                let seats = pick(&bench, day, from, 8, least);
                assert_eq!(seats, drawn_by_counting(&[100, 20, 3], SEED, from, 8, least), "{from} {least}");
                seats.iter().for_each(|juror| seen[*juror as usize] += 1);
            }
        }
        assert!(seen[1..].iter().all(|times| *times > 0), "{seen:?}");
    }

    #[test]
    fn it_answers_the_same_in_parts() {
        let bench = three();
        let day = bench.today();
        let whole: Vec<u32> = (0..4).flat_map(|part| pick(&bench, day, part * 8, 8, 1)).collect();
        let single: Vec<u32> = (0..32).flat_map(|seat| pick(&bench, day, seat, 1, 1)).collect();
        assert_eq!(whole, single);
    }

    #[test]
    fn invariant_ct_3_no_later_call_changes_it() {
        let mut bench = three();
        let day = bench.today();
        let drawn = |bench: &Bench| (0..4).flat_map(|part| pick(bench, day, part * 8, 8, 2)).collect::<Vec<_>>();
        let first = drawn(&bench);
        let (owner, eve) = (Cast::ALL.owner, Cast::ALL.eve);
        // On the day itself, and on days after it.
        for _ in 0..3 {
            bench.stake(Cast::ALL.mallory, 100_000);
            assert_eq!(drawn(&bench), first, "stake bought by somebody new");
            bench.stake(eve, 50_000);
            assert_eq!(drawn(&bench), first, "stake added");
            bench.seize(&[(1, lnq(30)), (3, lnq(1))]).expect("seizure");
            assert_eq!(drawn(&bench), first, "penalties");
            bench.send(owner, &IJurors::leaveCall { amount: u96(lnq(3)) }).expect("leaving");
            assert_eq!(drawn(&bench), first, "stake that leaves");
            bench.go_on(1);
            assert_eq!(drawn(&bench), first, "another day");
        }
        bench.go_on(200);
        bench.send(Cast::ALL.guardian, &IJurors::pauseCall {}).expect("pause");
        bench.send(owner, &IJurors::unstakeCall {}).expect("withdrawal");
        assert_eq!(drawn(&bench), first, "half a year");
    }
}
