//! What has to hold of the game. At the nightly size these tests print the tables of `docs/court-game.md`.

use proptest::prelude::*;

use super::*;
use crate::{ballots::tests::votes, rules::MAX_VALUE, size};

/// Every way to vote but the honest one.
const OTHERS: [Habit; 6] =
    [Habit::Lazy(20), Habit::Lazy(10), Habit::Copying, Habit::Refusing, Habit::Silent, Habit::Bribed];
/// So many of a hundred jurors are few enough that hardly ever two sit in a jury of three.
const FEW: f64 = 4.0;
/// Disputes that begin with three seats, decided by honest jurors nearly alone.
const USUAL: World = World { value: 25_600, sight: CLEAR, all_due: 50.0, habit: Habit::Honest, part: FEW };
/// Every jury there is.
const JURIES: [u8; 5] = [1, 3, 7, 15, 31];

/// Plays a world at the size of this run.
fn played(world: World, chance: &TestRng) -> Outcome {
    let (disputes, seats) = if size::is_nightly() { (1_000, 1_000) } else { (50, 40) };
    play(world, disputes, seats, chance.clone())
}

/// Prints one row of a table.
fn show(head: &str, cells: &[String]) {
    println!("| {head} | {} |", cells.join(" | "));
}

/// What a seat earned, with the standard error of it, beside what an honest one did.
fn cell(Outcome { own, honest, .. }: &Outcome) -> String {
    format!("{:.2} ± {:.2} / {:.2}", own.mean(), own.error(), honest.mean())
}

#[test]
fn among_honest_jurors_an_honest_vote_earns_most() {
    let chance = size::chance();
    println!("seat fees a seat, so / honest, over 10, 100, 1,000 and 25,600 LNQ");
    for habit in OTHERS {
        let cells = [10, 100, 1_000, 25_600].map(|value| {
            let outcome = played(World { value, habit, ..USUAL }, &chance);
            assert!(outcome.lead() > 3.0, "{habit:?} over {value} LNQ: {outcome:?}");
            assert!(outcome.honest.mean() > 0.5, "{habit:?} over {value} LNQ: {outcome:?}");
            cell(&outcome)
        });
        show(&format!("{habit:?}"), &cells);
    }
}

#[test]
fn up_to_a_third_honesty_pays_and_verdicts_are_right() {
    let chance = size::chance();
    println!("seat fees a seat, so / honest; wrong final verdicts; at {FEW}, 10, 33, 50 and 60 of a hundred");
    for habit in OTHERS {
        let cells = [FEW, 10.0, 33.0, 50.0, 60.0].map(|part| {
            let outcome = played(World { habit, part, ..USUAL }, &chance);
            if part < 50.0 {
                assert!(outcome.lead() > 3.0, "{part} of a hundred {habit:?}: {outcome:?}");
                assert!(outcome.wrong_of_hundred() < 5.0, "{part} of a hundred {habit:?}: {outcome:?}");
            } else if habit == Habit::Bribed {
                // What the court is not safe against, as its documentation says.
                assert!(outcome.wrong_of_hundred() > 25.0, "{part} of a hundred were bribed: {outcome:?}");
                assert!(part < 60.0 || outcome.lead() < -3.0, "{part} of a hundred were bribed: {outcome:?}");
            }
            format!("{}; {:.1} %", cell(&outcome), outcome.wrong_of_hundred())
        });
        show(&format!("{habit:?}"), &cells);
    }
}

#[test]
fn silence_and_refusal_lose_whatever_others_do() {
    let chance = size::chance();
    for (habit, loss) in [(Habit::Refusing, 4.0), (Habit::Silent, 32.0)] {
        for part in [FEW, 33.0, 75.0] {
            let outcome = played(World { habit, part, ..USUAL }, &chance);
            assert!((outcome.own.mean() + loss).abs() < 1e-9, "{part} of a hundred {habit:?}: {outcome:?}");
        }
    }
}

#[test]
fn an_honest_vote_needs_something_to_see() {
    let chance = size::chance();
    println!("seat fees a seat, so / honest: clear, dim and dark sight; all is due in 90 and in 99 of a hundred");
    for habit in OTHERS {
        let worlds = [(CLEAR, 50.0), (DIM, 50.0), (DARK, 50.0), (CLEAR, 90.0), (CLEAR, 99.0)];
        let outcomes = worlds.map(|(sight, all_due)| played(World { habit, sight, all_due, ..USUAL }, &chance));
        let [clear, dim, dark, _, known] = &outcomes;
        assert!(dim.lead() > 3.0, "{habit:?} in dim light: {dim:?}");
        match habit {
            // Who sees nothing is to say so.
            Habit::Refusing => assert!(dark.lead() < -3.0, "{dark:?}"),
            // The less there is to find out, the less it pays to look.
            Habit::Lazy(20) => {
                let gap = |outcome: &Outcome| outcome.honest.mean() - outcome.own.mean();
                assert!(gap(known) < gap(clear), "{known:?} against {clear:?}");
            }
            _ => {}
        }
        show(&format!("{habit:?}"), &outcomes.each_ref().map(cell));
    }
}

/// What a juror has from its seat in a jury that is unanimous but for it, below zero for a loss. The verdict of the others is
/// final. It loses no more than `stake`.
fn alone(fee: Amount, seats: u8, vote: u8, stake: Amount) -> f64 {
    let mut given = vec![0; seats.into()];
    given[0] = vote;
    let reckoning = Reckoning { fee, seats, ballots: votes(&given), verdict: Share::NONE };
    let ballot = reckoning.ballots.get(0);
    let taken = reckoning.penalty(ballot, false).unwrap().min(stake);
    let division = reckoning.divide(taken, Amount::ZERO).unwrap();
    lnq(reckoning.reward(ballot, false, division.bonus).unwrap()) - lnq(taken)
}

/// What who wants another verdict has to promise a majority of a jury, so that each is better off by taking it although
/// all others vote honestly. Each sits in `juries` such juries with the least stake.
fn price(value: Amount, floor: Amount, seats: u8, juries: u32) -> f64 {
    let fee = rules::seat_fee(value, floor).unwrap();
    let stake = Amount::new_clipped(rules::seat_stake(fee).unwrap().units() / u128::from(juries));
    let apiece = alone(fee, seats, 0, stake) - alone(fee, seats, 20, stake);
    f64::from(seats / 2 + 1) * apiece
}

proptest! {
    #[test]
    fn to_turn_a_jury_costs_more_the_larger_it_is_and_the_last_the_value(
        value in 1..=MAX_VALUE.units(), floor in 100..=1_000_000u128, juries in 1..=2u32,
    ) {
        let (value, floor) = (Amount::new_clipped(value), Amount::new_clipped(floor * 1_000_000_000_000_000));
        let prices = JURIES.map(|seats| price(value, floor, seats, juries));
        prop_assert!(prices.is_sorted_by(|smaller, larger| smaller < larger), "{:?}", prices);
        prop_assert!(prices[4] >= lnq(value), "{:?}", prices);
    }
}

/// The limit that the documentation names: a stake that answers for too many votes at once answers for none of them.
#[test]
fn whoever_risks_one_stake_in_four_juries_is_cheap() {
    let value = Amount::from_lnq(25_600);
    let fees = |seats, juries| price(value, FLOOR, seats, juries) / 100.0;
    println!("to turn a jury, in seat fees: with enough stake, and with the least in 4 juries at once");
    show("seats", &JURIES.map(|seats| seats.to_string()));
    show("enough", &JURIES.map(|seats| format!("{:.0}", fees(seats, 1))));
    show("in 4", &JURIES.map(|seats| format!("{:.0}", fees(seats, 4))));
    assert!((fees(31, 1) - 16.0 * 17.0).abs() < 1e-9);
    assert!((fees(31, 4) - 16.0 * 9.0).abs() < 1e-9 && fees(31, 4) < 256.0);
}

#[test]
fn larger_juries_are_turned_less_often_by_a_minority() {
    let chance = size::chance();
    let tries = if size::is_nightly() { 20_000 } else { 500 };
    println!(
        "of a hundred juries of {JURIES:?} that are wrong where 10, 25, 33, 40 and 50 of a hundred jurors are bribed"
    );
    for part in [10.0, 25.0, 33.0, 40.0, 50.0] {
        let mut game = Game::new(World { habit: Habit::Bribed, part, ..USUAL }, chance.clone());
        let wrong = JURIES.map(|seats| {
            let stage = Stage { seats, ..Stage::default() };
            let verdicts = (0..tries).map(|_| game.sit(stage, 0).round.decision().0);
            verdicts.filter(|verdict| is_wrong(*verdict, 0)).count() as f64 * 100.0 / f64::from(tries)
        });
        if part < 40.0 {
            assert!(wrong[4] < 5.0 && wrong[4] < wrong[1], "{part} of a hundred turn {wrong:?} of a hundred juries");
        }
        show(&format!("{part} %"), &wrong.map(|part| format!("{part:.2}")));
    }
}
