//! The tree beside a list that is written down at the start of every day.

use std::{cell::Cell, collections::HashMap, num::NonZeroU32};

use alloy_primitives::{U256, keccak256};
use proptest::prelude::*;

use super::*;

/// Nodes in memory. It counts what is read, and refuses to replace what was kept.
#[derive(Clone, Default)]
struct Memory {
    nodes: HashMap<Place, Node>,
    history: HashMap<(Place, u16), Node>,
    reads: Cell<u32>,
}

impl Nodes for Memory {
    fn node(&self, place: Place) -> Node {
        self.reads.set(self.reads.get() + 1);
        self.nodes.get(&place).copied().unwrap_or_default()
    }

    fn set_node(&mut self, place: Place, node: &Node) {
        self.nodes.insert(place, *node);
    }

    fn old(&self, place: Place, version: u16) -> Node {
        self.reads.set(self.reads.get() + 1);
        self.history[&(place, version)]
    }

    fn set_old(&mut self, place: Place, version: u16, node: &Node) {
        assert_eq!(self.history.insert((place, version), *node), None, "{place:?} has a version {version}");
    }
}

/// A tree and the list beside it.
#[derive(Clone)]
struct Court {
    tree: Memory,
    today: u16,
    /// What each juror weighs, juror 1 first.
    weights: Vec<u32>,
    /// The same at the start of each day from the first on.
    starts: Vec<Vec<u32>>,
}

const FIRST_DAY: u16 = 20_000;

impl Court {
    fn of(weights: &[u32]) -> Self {
        let mut court =
            Self { tree: Memory::default(), today: FIRST_DAY, weights: Vec::new(), starts: vec![Vec::new()] };
        weights.iter().for_each(|weight| court.join(*weight));
        court
    }

    fn jurors(&self) -> u32 {
        self.weights.len() as u32
    }

    fn join(&mut self, weight: u32) {
        self.weights.push(0);
        self.weigh(self.jurors(), weight);
    }

    fn weigh(&mut self, juror: u32, weight: u32) {
        self.weights[juror as usize - 1] = weight;
        let jurors = self.jurors();
        set_weight(&mut self.tree, jurors, juror, weight, self.today).unwrap();
    }

    fn next_day(&mut self) {
        self.today += 1;
        self.starts.push(self.weights.clone());
    }

    fn do_one(&mut self, step: &Step) {
        match *step {
            Step::Join(weight) => self.join(weight),
            Step::Weigh(_, _) if self.weights.is_empty() => {}
            Step::Weigh(which, weight) => self.weigh(which % self.jurors() + 1, weight),
            Step::Days(days) => (0..days).for_each(|_| self.next_day()),
        }
    }

    /// Every day that has begun, with what was written down at its start.
    fn days(&self) -> impl Iterator<Item = (u16, &Vec<u32>)> {
        (FIRST_DAY..).zip(&self.starts)
    }

    fn draw(&self, day: u16, seed: B256, least: u32) -> Draw<'_, Memory> {
        Draw::new(&self.tree, self.jurors(), day, seed, least)
    }
}

/// Who sits in a seat, found by counting through a list.
fn counted(weights: &[u32], seed: B256, seat: u8, least: u32) -> u32 {
    let total: u32 = weights.iter().sum();
    if total == 0 {
        return 0;
    }
    for attempt in 0..16_u8 {
        let hash = keccak256([seed.as_slice(), &[seat, attempt]].concat());
        let mut point = U256::from_be_bytes(hash.0) % U256::from(total);
        for (juror, weight) in (1..).zip(weights) {
            let weight = U256::from(*weight);
            if point < weight {
                if weight >= U256::from(least) {
                    return juror;
                }
                break;
            }
            point -= weight;
        }
    }
    0
}

#[derive(Clone, Debug)]
enum Step {
    Join(u32),
    /// More, less, or nothing: staking, leaving and penalties are the same here.
    Weigh(u32, u32),
    Days(u16),
}

fn step() -> impl Strategy<Value = Step> {
    let weight = prop_oneof![Just(0), 1..10u32, 1..1_000_000u32];
    prop_oneof![
        3 => (1..1_000_000u32).prop_map(Step::Join),
        6 => (any::<u32>(), weight).prop_map(|(which, weight)| Step::Weigh(which, weight)),
        3 => prop_oneof![4 => Just(1), 1 => 2..40u16].prop_map(Step::Days),
    ]
}

/// Jurors at the beginning, near the numbers at which the tree grows, and what happens then.
fn story() -> impl Strategy<Value = (Vec<u32>, Vec<Step>)> {
    let crowd = prop_oneof![4 => 0..10usize, 2 => 40..60usize, 1 => 335..350usize];
    let crowd = crowd.prop_flat_map(|crowd| proptest::collection::vec(1..100_000u32, crowd));
    (crowd, proptest::collection::vec(step(), 1..120))
}

fn told(crowd: &[u32], steps: &[Step]) -> Court {
    let mut court = Court::of(crowd);
    steps.iter().for_each(|step| court.do_one(step));
    court
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(if is_nightly() { 1_024 } else { 64 }))]

    #[test]
    fn every_day_reads_as_it_was_written_down((crowd, steps) in story()) {
        let court = told(&crowd, &steps);
        for (day, weights) in court.days() {
            prop_assert_eq!(total(&court.tree, court.jurors(), day), weights.iter().sum::<u32>(), "total of {}", day);
            for juror in 1..=court.jurors() {
                let written = weights.get(juror as usize - 1).copied().unwrap_or_default();
                prop_assert_eq!(weight(&court.tree, juror, day), written, "juror {} on {}", juror, day);
            }
            prop_assert_eq!(weight(&court.tree, 0, day), 0);
            prop_assert_eq!(weight(&court.tree, court.jurors() + 1, day), 0);
        }
    }

    #[test]
    fn every_pick_is_the_one_that_counting_finds(
        (crowd, steps) in story(), seed: [u8; 32], seat: u8, least in prop_oneof![Just(0), 1..1_000_000u32],
    ) {
        let court = told(&crowd, &steps);
        let seed = B256::from(seed);
        for (day, weights) in court.days() {
            let drawn = court.draw(day, seed, least).seat(seat);
            prop_assert_eq!(drawn, counted(weights, seed, seat, least), "seat {} on {}", seat, day);
        }
    }

    #[test]
    fn nothing_that_happens_later_changes_a_pick(
        (crowd, mut before) in story(), after in proptest::collection::vec(step(), 1..120), seed: [u8; 32],
    ) {
        // A day without jurors would draw nobody.
        before.extend([Step::Join(1), Step::Days(1)]);
        let mut court = told(&crowd, &before);
        let (day, seed) = (court.today, B256::from(seed));
        let drawn = |court: &Court| -> Vec<u32> { (0..8).map(|seat| court.draw(day, seed, 1).seat(seat)).collect() };
        let first = drawn(&court);
        prop_assert!(first.iter().all(|juror| *juror > 0));
        for steps in after.chunks(20) {
            steps.iter().for_each(|step| court.do_one(step));
            prop_assert_eq!(&drawn(&court), &first, "after {:?}", steps);
        }
    }

    #[test]
    fn every_node_is_the_sum_of_those_below((crowd, steps) in story()) {
        let court = told(&crowd, &steps);
        for (day, _) in court.days().chain([(court.today + 1, &court.weights)]) {
            for place in court.tree.nodes.keys() {
                let Some(node) = as_of(&court.tree, *place, day) else { continue };
                for child in 0..WIDTH {
                    if let Some(below) = place.down(child) {
                        let sum = as_of(&court.tree, below, day).map_or(0, |node| node.total());
                        prop_assert_eq!(node.sum(child), sum, "{:?} child {} on {}", place, child, day);
                    }
                }
            }
        }
    }

    #[test]
    fn a_node_has_one_version_a_day((crowd, steps) in story()) {
        let court = told(&crowd, &steps);
        for (place, node) in &court.tree.nodes {
            let days: Vec<u16> = (0..node.versions).map(|version| court.tree.history[&(*place, version)].day).collect();
            prop_assert!(days.is_sorted_by(|earlier, later| earlier < later), "{:?}", days);
            prop_assert!(days.iter().all(|day| (FIRST_DAY..node.day).contains(day)), "{:?} before {}", days, node.day);
        }
        let kept: u32 = court.tree.nodes.values().map(|node| u32::from(node.versions)).sum();
        prop_assert_eq!(kept, court.tree.history.len() as u32);
    }

    /// What makes a draw fair: of all points, each juror has as many as it weighs, in the order of their numbers.
    #[test]
    fn every_point_belongs_to_whom_it_should(weights in proptest::collection::vec(0..40u32, 1..90), least in 0..40u32) {
        let mut court = Court::of(&vec![1; weights.len()]);
        (1..).zip(&weights).for_each(|(juror, weight)| court.weigh(juror, *weight));
        court.next_day();
        let draw = court.draw(court.today, B256::ZERO, least);
        let owners = (1..).zip(&weights).flat_map(|(juror, weight)| (0..*weight).map(move |_| (juror, *weight)));
        let mut points = 0;
        for (point, (juror, weight)) in (0..).zip(owners) {
            let top = draw.top.as_ref().unwrap();
            prop_assert_eq!(draw.juror_at(top, point), (weight >= least).then_some(juror), "point {}", point);
            points += 1;
        }
        prop_assert_eq!(draw.top.as_ref().map_or(0, |top| top.total.get()), points);
    }

    /// As many points as the parts weigh that are heavy enough: none are gained, and none lost unless a part is too light.
    #[test]
    fn splitting_stake_gains_no_chance(
        others in proptest::collection::vec(1..40u32, 0..30), parts in proptest::collection::vec(1..20u32, 1..9),
        least in 0..40u32,
    ) {
        let points_of = |own: &[u32]| {
            let mut court = Court::of(&[&others, own].concat());
            court.next_day();
            let draw = court.draw(court.today, B256::ZERO, least);
            let top = draw.top.as_ref().unwrap();
            let owns = |point| draw.juror_at(top, point).is_some_and(|juror| juror as usize > others.len());
            (0..top.total.get()).filter(|point| owns(*point)).count() as u32
        };
        let (whole, split) = (points_of(&[parts.iter().sum()]), points_of(&parts));
        prop_assert!(split <= whole, "{} of {}", split, whole);
        if parts.iter().all(|part| *part >= least) {
            prop_assert_eq!(split, whole);
        }
    }

    #[test]
    fn remainders_are_those_of_long_division(word: [u8; 32], divisor in 1..=u32::MAX) {
        let exact = U256::from_be_bytes(word) % U256::from(divisor);
        let ours = remainder(&B256::from(word), NonZeroU32::new(divisor).unwrap());
        prop_assert_eq!(U256::from(ours), exact);
    }

    #[test]
    fn a_weight_is_the_whole_lnq(units in 0..=Amount::MAX.units()) {
        let whole = units / Amount::LNQ.units();
        prop_assert_eq!(weight_of(Amount::new_clipped(units)), u32::try_from(whole).map_err(|_| OutOfRange));
    }
}

#[test]
fn a_day_begins_with_what_the_one_before_left() {
    let mut court = Court::of(&[5]);
    assert_eq!(total(&court.tree, 1, FIRST_DAY), 0, "bought today");
    assert_eq!(total(&court.tree, 1, FIRST_DAY + 1), 5);
    court.next_day();
    court.weigh(1, 7);
    court.weigh(1, 9);
    assert_eq!(total(&court.tree, 1, FIRST_DAY + 1), 5, "neither change of the day counts at its start");
    assert_eq!(total(&court.tree, 1, FIRST_DAY + 2), 9);
    assert_eq!(court.tree.history.len(), 1, "one version for both");
}

#[test]
fn a_tree_grows_by_a_level_when_it_is_full() {
    for (jurors, top) in
        [(0, 0), (1, 0), (7, 0), (8, 1), (49, 1), (50, 2), (343, 2), (344, 3), (117_649, 5), (117_650, 6)]
    {
        assert_eq!(top_of(jurors), top, "{jurors} jurors");
    }
    assert_eq!(top_of(u32::MAX), 11);
}

#[test]
fn a_day_before_the_tree_grew_is_read_from_below() {
    let mut court = Court::of(&[1; 7]);
    court.next_day();
    (0..343).for_each(|_| court.join(1));
    court.next_day();
    assert_eq!(total(&court.tree, court.jurors(), FIRST_DAY + 1), 7);
    assert_eq!(total(&court.tree, court.jurors(), FIRST_DAY + 2), 350);
    let seats = |day| -> Vec<u32> { (0..31).map(|seat| court.draw(day, B256::ZERO, 1).seat(seat)).collect() };
    assert!(seats(FIRST_DAY + 1).iter().all(|juror| (1..=7).contains(juror)));
    assert!(seats(FIRST_DAY + 2).iter().any(|juror| *juror > 7));
}

#[test]
fn nobody_is_drawn_where_nobody_weighs_enough() {
    let mut court = Court::of(&[]);
    assert_eq!(court.draw(FIRST_DAY, B256::ZERO, 0).seat(0), 0, "without jurors");
    court.join(5);
    assert_eq!(court.draw(FIRST_DAY, B256::ZERO, 0).seat(0), 0, "on the day of the first");
    court.next_day();
    assert_eq!(court.draw(court.today, B256::ZERO, 5).seat(0), 1);
    assert_eq!(court.draw(court.today, B256::ZERO, 6).seat(0), 0, "when none is heavy enough");
    court.weigh(1, 0);
    court.next_day();
    assert_eq!(court.draw(court.today, B256::ZERO, 0).seat(0), 0, "when all have left");
}

#[test]
fn sums_that_leave_their_range_are_refused() {
    let mut court = Court::of(&[u32::MAX, 1, 1, 1, 1, 1, 1]);
    assert_eq!(set_weight(&mut court.tree, 8, 8, 1, court.today), Ok(()), "the sum of a node is clipped below");
    assert_eq!(set_weight(&mut court.tree, 8, 2, 2, court.today), Err(OutOfRange), "above, it is not");
}

#[test]
fn a_look_back_halves_what_is_left_of_the_days() {
    let mut court = Court::of(&[1]);
    for number in 0..4_000 {
        court.next_day();
        court.weigh(1, number % 2 + 1);
    }
    for (back, most) in [(0, 2), (1, 3), (2, 3), (30, 6), (365, 10), (3_999, 13)] {
        court.tree.reads.set(0);
        weight(&court.tree, 1, court.today - back);
        assert!(court.tree.reads.get() <= most, "{} reads {back} days back", court.tree.reads.get());
    }
}

/// Whether these tests run at their larger size.
fn is_nightly() -> bool {
    std::env::var_os("LINQ_NIGHTLY").is_some_and(|value| value == "1")
}

/// A number to begin random things with: `LINQ_SEED`, or 1.
fn chance() -> u64 {
    let seed = std::env::var("LINQ_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(1);
    println!("LINQ_SEED={seed}");
    seed
}

/// How far draws are from what weights make of them: Pearson's χ².
fn chi_squared(drawn: &[u32], weights: &[u32]) -> f64 {
    let (draws, total) = (drawn.iter().sum::<u32>(), weights.iter().sum::<u32>());
    let expected = |weight: &u32| f64::from(draws) * f64::from(*weight) / f64::from(total);
    let terms = drawn.iter().zip(weights).map(|(drawn, weight)| {
        let expected = expected(weight);
        (f64::from(*drawn) - expected).powi(2) / expected
    });
    terms.sum()
}

/// The quantile of χ² at `deviations` of the normal distribution, by Wilson and Hilferty ("The distribution of chi-square",
/// Proceedings of the National Academy of Sciences 17, 1931): the cube root of χ² over its freedom is nearly normal.
fn quantile(freedom: usize, deviations: f64) -> f64 {
    let freedom = freedom as f64;
    let variance = 2.0 / (9.0 * freedom);
    freedom * (1.0 - variance + deviations * variance.sqrt()).powi(3)
}

/// Between what draws by weight stay but once in a million times on each side. What lies below is too even to be drawn.
fn fair(weights: usize) -> std::ops::Range<f64> {
    // The normal distribution is beyond 4.7534 of its deviations with a probability of 10^-6.
    quantile(weights - 1, -4.753_4)..quantile(weights - 1, 4.753_4)
}

/// How often each juror with such a stake is drawn, in as many juries as fit this run: of a million or ten thousand seats.
fn draws(weights: &[u32], chance: u64) -> Vec<u32> {
    let juries: u32 = if is_nightly() { 32_259 } else { 323 };
    let mut court = Court::of(weights);
    court.next_day();
    let mut drawn = vec![0; weights.len()];
    for jury in 0..juries {
        let seed = keccak256([chance.to_be_bytes(), u64::from(jury).to_be_bytes()].concat());
        let draw = court.draw(court.today, seed, 1);
        (0..31).for_each(|seat| drawn[draw.seat(seat) as usize - 1] += 1);
    }
    drawn
}

/// Stakes that are as unequal as those of real courts: a tenth of the jurors hold a third of all. The lightest has a part in
/// 650, so that everybody is expected often enough for χ², fifteen times in the fewest draws.
fn skewed() -> Vec<u32> {
    (1..=200).map(|rank| 2_000_000 / (rank + 9)).collect()
}

#[test]
fn seats_go_to_jurors_in_proportion_to_their_stake() {
    let weights = skewed();
    let chi_squared = chi_squared(&draws(&weights, chance()), &weights);
    let fair = fair(weights.len());
    println!("χ² of 199 degrees of freedom is {chi_squared:.1}, to lie in {fair:.1?}");
    assert!(fair.contains(&chi_squared), "{chi_squared} outside of {fair:?}");
}

#[test]
fn stake_split_over_accounts_is_drawn_as_often_as_whole() {
    let weights = skewed();
    // Each holder has up to nine accounts. All first ones joined before all second ones, and so on.
    let accounts_of = |holder: usize| holder as u32 % 9 + 1;
    let parts = |account: u32| {
        let holders = (0..weights.len()).filter(move |holder| account < accounts_of(*holder));
        holders.map(move |holder| (holder, account))
    };
    let accounts: Vec<(usize, u32)> = (0..9).flat_map(parts).collect();
    let stake_of = |&(holder, account): &(usize, u32)| {
        let (weight, accounts) = (weights[holder], accounts_of(holder));
        weight / accounts + u32::from(account < weight % accounts)
    };
    let stakes: Vec<u32> = accounts.iter().map(stake_of).collect();
    assert_eq!(stakes.iter().sum::<u32>(), weights.iter().sum::<u32>());

    let mut of_holders = vec![0; weights.len()];
    for ((holder, _), drawn) in accounts.iter().zip(draws(&stakes, chance())) {
        of_holders[*holder] += drawn;
    }
    let chi_squared = chi_squared(&of_holders, &weights);
    let fair = fair(weights.len());
    println!("χ² of 199 degrees of freedom is {chi_squared:.1}, to lie in {fair:.1?}");
    assert!(fair.contains(&chi_squared), "{chi_squared} outside of {fair:?}");
}

#[test]
fn an_unfair_draw_would_be_noticed() {
    let weights = [1_000; 200];
    let mut drawn = [150; 200];
    let fair = fair(weights.len());
    assert!(chi_squared(&drawn, &weights) < fair.start, "too even");
    (0..20).for_each(|favoured| drawn[favoured] = 300);
    assert!(chi_squared(&drawn, &weights) > fair.end, "one in ten is drawn twice as often");
}

/// Against the printed table: "NIST/SEMATECH e-Handbook of Statistical Methods", 1.3.6.7.4, upper critical values.
#[test]
fn critical_values_are_those_of_the_tables() {
    for (freedom, of_a_hundred, of_a_thousand) in [(10, 23.209, 29.588), (50, 76.154, 86.661), (100, 135.807, 149.449)]
    {
        // The normal distribution is beyond 2.3263 with a probability of 0.01, and beyond 3.0902 with one of 0.001.
        let near = |found: f64, table: f64| assert!((found / table - 1.0).abs() < 0.01, "{found}, not {table}");
        near(quantile(freedom, 2.326_3), of_a_hundred);
        near(quantile(freedom, 3.090_2), of_a_thousand);
    }
}
