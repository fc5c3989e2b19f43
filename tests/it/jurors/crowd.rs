//! A hundred thousand jurors, put in place by hand: every answer is that of counting through a list, and what calls cost
//! follows the levels of the tree, not the number of jurors.

use linq_tests::{drawn_by_counting, unequal_stakes};

use super::*;

/// How many jurors there are.
const CROWD: u32 = 100_000;

/// A crowd whose nodes all changed on the days so many days ago, the oldest first.
fn crowd(count: u32, days_ago: &[u16]) -> Bench {
    let mut bench = Bench::new();
    // Where a history is asked for, it is one of days that the chain has seen.
    bench.go_on(30);
    let today = bench.today();
    let days: Vec<u16> = days_ago.iter().map(|ago| today - ago).collect();
    bench.crowd(&unequal_stakes(count), &days);
    bench
}

/// What a draw of that many seats costs that looks so many days back; at most eight seats a call.
fn pick_gas(bench: &mut Bench, days_ago: u16, seats: u8) -> u64 {
    let (day, seed) = (bench.today() - days_ago, B256::repeat_byte(0x5e));
    let calls = (0..seats).step_by(8).map(|from| {
        let count = (seats - from).min(8);
        IJurors::pickCall { day, seed, from, count, least: 320 }
    });
    calls.map(|call| bench.send(Cast::ALL.keeper, &call).expect("pick").exec_gas()).sum()
}

#[test]
fn every_view_agrees_with_a_list() {
    let mut bench = crowd(CROWD, &[1]);
    let (today, mut weights) = (bench.today(), unequal_stakes(CROWD));
    assert_eq!(bench.read(&IJurors::countCall {}), CROWD);
    let whole = weights.iter().sum::<u32>();
    assert_eq!((bench.total(today), bench.total(today - 1)), (whole, 0));
    let seeds: Vec<B256> = (0..4_u8).map(keccak_of).collect();
    let pick = |bench: &Bench, day, seed, least| bench.read(&IJurors::pickCall { day, seed, from: 0, count: 8, least });
    for seed in &seeds {
        for least in [1, 2_000, 10_320] {
            assert_eq!(pick(&bench, today, *seed, least), drawn_by_counting(&weights, *seed, 0, 8, least));
        }
    }
    for juror in [1, 7, 8, 49, 50, 16_807, 16_808, 99_999, CROWD] {
        assert_eq!(bench.weight(juror, today), weights[juror as usize - 1], "juror {juror}");
    }

    // One joins, one adds, one leaves, one is punished.
    let first = pick(&bench, today, seeds[0], 1);
    let adding = bench.enrich(16_808);
    bench.stake(adding, 1_000);
    assert_eq!(bench.stake(Cast::ALL.eve, 500), CROWD + 1);
    let leaving = bench.enrich(7);
    bench.send(leaving, &IJurors::leaveCall { amount: u96(lnq(weights[6].into())) }).expect("leaving");
    bench.seize(&[(CROWD, lnq(100))]).expect("seizure");
    bench.go_on(1);
    let tomorrow = today + 1;
    assert_eq!(pick(&bench, today, seeds[0], 1), first);
    weights[16_807] += 1_000;
    weights[6] = 0;
    weights[CROWD as usize - 1] -= 100;
    weights.push(500);
    assert_eq!(bench.total(tomorrow), weights.iter().sum::<u32>());
    assert_eq!(bench.total(today), whole);
    for seed in &seeds {
        assert_eq!(pick(&bench, tomorrow, *seed, 320), drawn_by_counting(&weights, *seed, 0, 8, 320));
    }
}

fn keccak_of(number: u8) -> B256 {
    keccak256([number])
}

/// What the calls of jurors, and draws, cost among so many jurors; programs are not in the chain's cache.
fn costs(count: u32) -> Vec<(&'static str, u64)> {
    let mut bench = crowd(count, &[1]);
    let adding = bench.enrich(100);
    let stake = |bench: &mut Bench, person| {
        let call = IJurors::stakeCall { amount: u96(lnq(500)) };
        bench.send(person, &call).expect("stake").exec_gas()
    };
    let mut costs = vec![("join", stake(&mut bench, Cast::ALL.eve)), ("add", stake(&mut bench, adding))];
    let leave = IJurors::leaveCall { amount: u96(lnq(500)) };
    costs.push(("leave", bench.send(adding, &leave).expect("leaving").exec_gas()));
    let penalties = [(3, lnq(1)), (1_000, lnq(1)), (count, lnq(1))];
    costs.push(("seize", bench.seize(&penalties).expect("seizure").exec_gas()));
    costs.push(("pick", pick_gas(&mut bench, 0, 3)));
    let mut busy = crowd(count, &[3, 2, 1, 0]);
    costs.push(("pick from two days ago", pick_gas(&mut busy, 2, 3)));
    costs
}

#[test]
fn what_calls_cost_follows_the_levels() {
    // Six levels instead of five: a word or, with a version, two on every way up; a few more on every way down.
    for ((name, few), (_, many)) in costs(4_000).into_iter().zip(costs(CROWD)) {
        assert!(many < few + few / 2, "{name}: {few} among 4,000 jurors, {many} among {CROWD}");
    }
}

#[test]
fn the_longest_draw_there_is_fits_a_transaction() {
    // Every node changed on each of the last 64 days, and of 700 jurors one can be drawn: nearly all tries fail, in a node of
    // the lowest level, each after a look back of six steps at every one above.
    let days: Vec<u16> = (0..64).rev().collect();
    let mut bench = Bench::new();
    bench.go_on(70);
    let today = bench.today();
    let weights: Vec<u32> = (0..20_000).map(|juror| if juror % 700 == 0 { 321 } else { 320 }).collect();
    bench.crowd(&weights, &days.iter().map(|ago| today - ago).collect::<Vec<_>>());
    let call = IJurors::pickCall { day: today - 60, seed: B256::repeat_byte(7), from: 0, count: 8, least: 321 };
    let sent = bench.send(Cast::ALL.keeper, &call).expect("it fits");
    println!("the longest draw: {} gas", sent.exec_gas());
    assert_eq!(sent.value, drawn_by_counting(&weights, B256::repeat_byte(7), 0, 8, 321));
    let none = IJurors::pickCall { least: 322, ..call };
    // Too light already at the node above, so that a hopeless draw ends early.
    assert_eq!(bench.send(Cast::ALL.keeper, &none).expect("it fits").value, [0; 8]);
}
