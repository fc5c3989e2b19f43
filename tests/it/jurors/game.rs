//! Random stories of stake beside a model that is written from the protocol: records, money, the weights of every day and
//! every draw. A story that goes wrong is shrunk to the fewest steps; `LINQ_SEED` and `LINQ_GAMES` choose other ones.

use std::collections::{BTreeMap, HashMap};

use linq_tests::{drawn_by_counting, is_nightly, member};
use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};

use super::*;

/// Those who stake and leave in a story.
const PEOPLE: [Address; 5] = [Cast::ALL.requester, Cast::ALL.owner, Cast::ALL.rival, Cast::ALL.mallory, Cast::ALL.eve];

/// Jurors that are there before, so many that the tree grows by a level while the people join.
const CROWD: u32 = 47;

#[derive(Clone, Debug)]
enum Step {
    Stake(usize, u128),
    /// So many twentieths of what is active, and a bit.
    Leave(usize, u128, u128),
    Unstake(usize),
    /// Numbers of jurors, some of which were not given out, and how much.
    Seize(Vec<(u32, u128)>),
    /// LNQ that reach the contract without a call of it.
    Donate(u128),
    Seconds(u64),
    Days(u64),
}

fn amount() -> impl Strategy<Value = u128> {
    prop_oneof![Just(0), 1..lnq(1), (1..5_000u128).prop_map(lnq), 1..lnq(3_000)]
}

fn step() -> impl Strategy<Value = Step> {
    let person = 0..PEOPLE.len();
    let penalties = vec((0..CROWD + 7, amount()), 0..8);
    prop_oneof![
        5 => (person.clone(), amount()).prop_map(|(who, amount)| Step::Stake(who, amount)),
        4 => (person.clone(), 0..21u128, 0..3u128).prop_map(|(who, part, bit)| Step::Leave(who, part, bit)),
        3 => person.prop_map(Step::Unstake),
        4 => penalties.prop_map(Step::Seize),
        1 => amount().prop_map(Step::Donate),
        2 => (1..100u64).prop_map(Step::Seconds),
        4 => prop_oneof![4 => Just(1), 1 => 2..9u64].prop_map(Step::Days),
    ]
}

/// What a juror should hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Record {
    account: Address,
    active: u128,
    leaving: u128,
    end: u64,
}

/// A contract and the model beside it.
struct Game {
    bench: Bench,
    /// Juror 1 first.
    records: Vec<Record>,
    /// Weights at the start of each day.
    starts: BTreeMap<u16, Vec<u32>>,
    donated: u128,
    seized: u128,
    /// Every word of the history that was ever seen.
    history: HashMap<(u8, u32, u16), B256>,
}

type Checked = Result<(), TestCaseError>;

impl Game {
    fn new() -> Self {
        let mut bench = Bench::new();
        let weights: Vec<u32> = (1..=CROWD).map(|juror| juror * 37 % 400 + 1).collect();
        let yesterday = bench.today() - 1;
        bench.crowd(&weights, &[yesterday]);
        let record = |(juror, weight): (u32, &u32)| Record {
            account: member(juror),
            active: lnq((*weight).into()),
            ..Record::default()
        };
        let records = (1..).zip(&weights).map(record).collect();
        let starts = [(yesterday, vec![]), (bench.today(), weights)].into();
        Self { bench, records, starts, donated: 0, seized: 0, history: HashMap::new() }
    }

    /// The record of one of the people, if it is a juror.
    fn record_of(&mut self, person: Address) -> Option<&mut Record> {
        self.records.iter_mut().find(|record| record.account == person)
    }

    fn play(&mut self, step: &Step) -> Checked {
        match step {
            Step::Stake(who, amount) => self.stake(PEOPLE[*who], *amount),
            Step::Leave(who, part, bit) => self.leave(PEOPLE[*who], *part, *bit),
            Step::Unstake(who) => self.unstake(PEOPLE[*who]),
            Step::Seize(penalties) => self.seize(penalties),
            Step::Donate(amount) => {
                let jurors = self.bench.jurors;
                self.bench.world.give(jurors, *amount);
                self.donated += amount;
                Ok(())
            }
            Step::Seconds(seconds) => {
                let later = self.bench.world.now() + seconds;
                // Days begin in one place only.
                if later / DAY == self.bench.world.now() / DAY {
                    self.bench.world.at(later);
                }
                Ok(())
            }
            Step::Days(days) => self.days(*days),
        }?;
        self.money()
    }

    fn stake(&mut self, person: Address, amount: u128) -> Checked {
        let present = self.record_of(person).map_or(0, |record| record.active);
        let active = present + amount;
        let expected = if amount == 0 {
            Err(IJurors::JurorsNoAmount {}.abi_encode())
        } else if active < lnq(1) {
            Err(IJurors::JurorsTooLittle { active: u96(active), least: u96(lnq(1)) }.abi_encode())
        } else if self.bench.world.balance(person) < amount {
            // Who has lost its LNQ to penalties; the token says so.
            return Ok(());
        } else {
            if self.record_of(person).is_none() {
                self.records.push(Record { account: person, ..Record::default() });
            }
            self.record_of(person).expect("it is there now").active = active;
            let number = self.records.iter().position(|record| record.account == person).expect("it is there");
            Ok(number as u32 + 1)
        };
        compare(self.bench.send(person, &IJurors::stakeCall { amount: u96(amount) }), expected)?;
        self.look(person)
    }

    fn leave(&mut self, person: Address, part: u128, bit: u128) -> Checked {
        let end = self.bench.world.now() + u64::from(UNSTAKING);
        let amount = self.record_of(person).map_or(0, |record| record.active * part / 20) + bit;
        let expected = match self.record_of(person) {
            None => Err(IJurors::JurorsNotJuror { caller: person }.abi_encode()),
            Some(_) if amount == 0 => Err(IJurors::JurorsNoAmount {}.abi_encode()),
            Some(record) if record.active < amount => {
                Err(IJurors::JurorsNotActive { amount: u96(amount), active: u96(record.active) }.abi_encode())
            }
            Some(record) => {
                let (active, leaving) = (record.active - amount, record.leaving + amount);
                *record = Record { active, leaving, end, ..record.clone() };
                Ok(end)
            }
        };
        compare(self.bench.send(person, &IJurors::leaveCall { amount: u96(amount) }), expected)?;
        self.look(person)
    }

    fn unstake(&mut self, person: Address) -> Checked {
        let now = self.bench.world.now();
        let expected = match self.record_of(person) {
            None => Err(IJurors::JurorsNotJuror { caller: person }.abi_encode()),
            Some(record) if record.leaving == 0 || now < record.end => {
                Err(IJurors::JurorsNothingToWithdraw { next: record.end }.abi_encode())
            }
            Some(record) => {
                let amount = record.leaving;
                *record = Record { leaving: 0, end: 0, ..record.clone() };
                Ok(u96(amount))
            }
        };
        compare(self.bench.send(person, &IJurors::unstakeCall {}), expected)?;
        self.look(person)
    }

    fn seize(&mut self, penalties: &[(u32, u128)]) -> Checked {
        let mut expected = Vec::new();
        for (juror, amount) in penalties {
            let record = juror.checked_sub(1).and_then(|place| self.records.get_mut(place as usize));
            let Some(record) = record else {
                expected.push(0);
                continue;
            };
            let from_active = record.active.min(*amount);
            let from_leaving = record.leaving.min(amount - from_active);
            record.active -= from_active;
            record.leaving -= from_leaving;
            if record.leaving == 0 {
                record.end = 0;
            }
            expected.push(from_active + from_leaving);
        }
        self.seized += expected.iter().sum::<u128>();
        compare(self.bench.seize(penalties), Ok(expected))
    }

    fn days(&mut self, days: u64) -> Checked {
        self.remember()?;
        let weights: Vec<u32> = self.records.iter().map(|record| (record.active / lnq(1)) as u32).collect();
        for ahead in 1..=days as u16 {
            self.starts.insert(self.bench.today() + ahead, weights.clone());
        }
        self.bench.go_on(days);
        Ok(())
    }

    /// What somebody holds is what the model says.
    fn look(&mut self, person: Address) -> Checked {
        let id = self.bench.read(&IJurors::jurorOfCall { account: person });
        let record = self.record_of(person).cloned();
        prop_assert_eq!(id != 0, record.is_some());
        match record {
            Some(record) => self.same(id, &record),
            None => Ok(()),
        }
    }

    fn same(&self, id: u32, record: &Record) -> Checked {
        let Juror { account, active, leaving, leavingEnd } = self.bench.juror(id);
        let held = Record { account, active: active.to(), leaving: leaving.to(), end: leavingEnd };
        prop_assert_eq!(&held, record, "juror {}", id);
        Ok(())
    }

    /// CT-2: the contract holds what is active and leaving and what it was given, the court what was seized.
    fn money(&self) -> Checked {
        let owed: u128 = self.records.iter().map(|record| record.active + record.leaving).sum();
        prop_assert_eq!(self.bench.world.balance(self.bench.jurors), owed + self.donated);
        prop_assert_eq!(self.bench.world.balance(self.bench.court), self.seized);
        Ok(())
    }

    /// Every place of the tree.
    fn places(&self) -> Vec<(u8, u32)> {
        let mut places = Vec::new();
        let mut width = self.records.len().div_ceil(7) as u32;
        for level in 0.. {
            places.extend((0..width).map(|index| (level, index)));
            if width <= 1 {
                break;
            }
            width = width.div_ceil(7);
        }
        places
    }

    /// CT-1, first half: what is in the history stays there, and a new version has a later day.
    fn remember(&mut self) -> Checked {
        for (level, index) in self.places() {
            let node = self.bench.node(level, index, None);
            let mut last = 0;
            for version in 0..versions(&node) {
                let word = self.bench.node(level, index, Some(version));
                prop_assert!(day(&word) > last && day(&word) < day(&node), "{} {} {}", level, index, version);
                last = day(&word);
                let known = *self.history.entry((level, index, version)).or_insert(word);
                prop_assert_eq!(word, known, "{} {} {}", level, index, version);
            }
        }
        Ok(())
    }

    /// CT-1, second half, and CT-3: sums add up, and every day reads and draws as it was at its start.
    fn close(&mut self) -> Checked {
        self.days(1)?;
        for (level, index) in self.places().into_iter().filter(|(level, _)| *level > 0) {
            let node = self.bench.node(level, index, None);
            for child in 0..7 {
                let below = self.bench.node(level - 1, index * 7 + child, None);
                let total: u32 = (0..7).map(|child| sum(&below, child)).sum();
                prop_assert_eq!(sum(&node, child), total, "{} {} {}", level, index, child);
            }
        }
        for (id, record) in (1..).zip(&self.records) {
            self.same(id, record)?;
        }
        for (day, weights) in &self.starts {
            prop_assert_eq!(self.bench.total(*day), weights.iter().sum::<u32>(), "total of {}", day);
            for juror in [1, 7, 8, 46, 47, 48, 49, 50, 51, 52] {
                let written = weights.get(juror as usize - 1).copied().unwrap_or_default();
                prop_assert_eq!(self.bench.weight(juror, *day), written, "juror {} on {}", juror, day);
            }
            let seed = keccak256(day.to_be_bytes());
            let call = IJurors::pickCall { day: *day, seed, from: 3, count: 8, least: 100 };
            prop_assert_eq!(self.bench.read(&call), drawn_by_counting(weights, seed, 3, 8, 100), "draw of {}", day);
        }
        Ok(())
    }
}

/// What came of a call is what had to come of it: the value, or the reason to the byte.
fn compare<T: PartialEq + std::fmt::Debug>(result: Result<Sent<T>, Refusal>, expected: Result<T, Vec<u8>>) -> Checked {
    match (result, expected) {
        (Ok(sent), Ok(value)) => prop_assert_eq!(sent.value, value),
        (Err(refusal), Err(data)) => prop_assert_eq!(refusal.data.to_vec(), data, "{:?}", refusal),
        (result, expected) => prop_assert!(false, "{:?} instead of {:?}", result.map(|sent| sent.value), expected),
    }
    Ok(())
}

fn day(node: &B256) -> u16 {
    u16::from_be_bytes([node[30], node[31]])
}

fn versions(node: &B256) -> u16 {
    u16::from_be_bytes([node[28], node[29]])
}

fn sum(node: &B256, child: u32) -> u32 {
    let end = 28 - 4 * child as usize;
    u32::from_be_bytes([node[end - 4], node[end - 3], node[end - 2], node[end - 1]])
}

#[test]
fn invariant_ct_1_ct_2_ct_3_every_story_goes_as_the_model_says() {
    let number = |variable, usual| std::env::var(variable).ok().and_then(|text| text.parse().ok()).unwrap_or(usual);
    let (seed, games): (u64, u64) = (number("LINQ_SEED", 1), number("LINQ_GAMES", if is_nightly() { 400 } else { 16 }));
    println!("LINQ_SEED={seed} LINQ_GAMES={games}");
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, keccak256(seed.to_be_bytes()).as_slice());
    let config = Config { cases: games as u32, failure_persistence: None, max_shrink_iters: 200, ..Config::default() };
    let result = TestRunner::new_with_rng(config, rng).run(&vec(step(), 30..60), |steps| {
        let mut game = Game::new();
        steps.iter().try_for_each(|step| game.play(step))?;
        game.close()
    });
    result.unwrap_or_else(|failure| panic!("LINQ_SEED={seed}: {failure}"));
}
