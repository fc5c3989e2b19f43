//! The court played many times over: what each way of voting earns a seat, and what it costs to turn a jury.
//!
//! Fees, juries, verdicts, appeals, penalties and the sharing out are the court's own functions. What is assumed of people:
//!
//! - Every dispute has a true share, mostly all or nothing. Both sides know it, since they can do the work again.
//! - A juror who looks sees the truth, or something near it, or something else altogether.
//! - Every seat has a juror of its own with enough stake. A part of them votes in another way than honestly.
//! - Whoever a verdict disappoints orders the next jury if that pays on average, looking one jury ahead. It knows how
//!   jurors vote, and is repaid in full if it turns out to be right.

use std::collections::HashMap;

use linq_abi::codes::Side;
use linq_common::{Amount, Share};
use proptest::{prelude::RngExt, test_runner::TestRng};

use crate::{
    ballots::{Ballot, Ballots},
    rules::{self, Reckoning},
    state::{Round, Stage, Step},
    transition,
};

mod tests;

/// The floor of seat fees, in whole LNQ.
const FLOOR: Amount = Amount::from_lnq(10);
/// The verdict before the first.
const HALF: u8 = 10;
/// From this distance on a verdict is wrong: there a vote earns nothing, and an appeal is right.
const WRONG: u8 = 4;
/// Juries that whoever thinks of an appeal imagines.
const IMAGINED: usize = 64;

/// How a juror votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Habit {
    /// Looks, and votes what it sees.
    Honest,
    /// The same share always, without a look.
    Lazy(u8),
    /// What it expects of the others without a look: the standing verdict, or, in a first jury, all.
    Copying,
    /// Refuses.
    Refusing,
    /// Seals nothing.
    Silent,
    /// The end of the scale that is further from the truth, for which somebody has paid it.
    Bribed,
}

/// How well jurors see: the truth, or up to three twentieths beside it, or anything, in these parts of a hundred.
#[derive(Clone, Copy, Debug)]
struct Sight {
    truth: f64,
    near: f64,
}

const CLEAR: Sight = Sight { truth: 90.0, near: 9.0 };
const DIM: Sight = Sight { truth: 50.0, near: 40.0 };
const DARK: Sight = Sight { truth: 20.0, near: 30.0 };

/// What disputes are like, and who decides them.
#[derive(Clone, Copy, Debug)]
struct World {
    /// Whole LNQ in dispute.
    value: u32,
    sight: Sight,
    /// In how many of a hundred disputes all is due. In nearly all others it is nothing.
    all_due: f64,
    /// How some jurors vote, and how many of a hundred they are. The others are honest.
    habit: Habit,
    part: f64,
}

/// What seats of one kind have earned, in seat fees.
#[derive(Clone, Copy, Debug, Default)]
struct Earned {
    seats: f64,
    sum: f64,
    squares: f64,
}

impl Earned {
    fn add(&mut self, fees: f64) {
        self.seats += 1.0;
        self.sum += fees;
        self.squares += fees * fees;
    }

    fn mean(&self) -> f64 {
        self.sum / self.seats
    }

    /// The standard error of the mean.
    fn error(&self) -> f64 {
        ((self.squares / self.seats - self.mean().powi(2)).max(0.0) / self.seats).sqrt()
    }
}

/// What came of many disputes.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    /// The seats of the habit, and those of honest jurors.
    own: Earned,
    honest: Earned,
    disputes: f64,
    /// Final verdicts that are wrong.
    wrong: f64,
}

impl Outcome {
    /// How far honest seats are ahead, in standard errors.
    fn lead(&self) -> f64 {
        (self.honest.mean() - self.own.mean()) / self.honest.error().hypot(self.own.error()).max(f64::MIN_POSITIVE)
    }

    /// Of a hundred final verdicts.
    fn wrong_of_hundred(&self) -> f64 {
        self.wrong * 100.0 / self.disputes
    }
}

/// A jury that has voted, and how each of its seats came to its vote.
struct Sitting {
    round: Round,
    habits: Vec<Habit>,
}

/// A world in which disputes are decided.
struct Game {
    world: World,
    value: Amount,
    fee: Amount,
    chance: TestRng,
    /// Verdicts of imagined juries, by seats, truth, and what stands before. None for one that hangs.
    imagined: HashMap<(u8, u8, u8), Vec<Option<Share>>>,
}

/// Plays disputes of a world, until there are so many, and so many seats that did not vote honestly.
fn play(world: World, disputes: u32, seats: u32, chance: TestRng) -> Outcome {
    let mut game = Game::new(world, chance);
    let mut outcome = Outcome::default();
    while outcome.disputes < disputes.into() || outcome.own.seats < seats.into() {
        let truth = game.truth();
        let sittings = game.dispute(truth);
        let verdict = last_verdict(&sittings);
        outcome.disputes += 1.0;
        outcome.wrong += f64::from(u8::from(is_wrong(verdict, truth)));
        game.settle(&sittings, verdict, &mut outcome);
    }
    outcome
}

fn is_wrong(verdict: Share, truth: u8) -> bool {
    verdict.twentieths().abs_diff(truth) >= WRONG
}

fn last_verdict(sittings: &[Sitting]) -> Share {
    last_round(sittings).decision().0
}

fn last_round(sittings: &[Sitting]) -> Round {
    sittings.last().unwrap().round
}

impl Game {
    fn new(world: World, chance: TestRng) -> Self {
        let value = Amount::from_lnq(world.value);
        let fee = rules::seat_fee(value, FLOOR).unwrap();
        Self { world, value, fee, chance, imagined: HashMap::new() }
    }

    /// Whether something happens that does so that often of a hundred times.
    fn happens(&mut self, of_hundred: f64) -> bool {
        self.chance.random_bool(of_hundred / 100.0)
    }

    /// What is due in the next dispute. In one of ten of those in which it is not all, it is a part.
    fn truth(&mut self) -> u8 {
        if self.happens(self.world.all_due) {
            20
        } else if self.happens(90.0) {
            0
        } else {
            self.chance.random_range(1..5) * 4
        }
    }

    /// All juries of a dispute, up to the one that nobody follows with another.
    fn dispute(&mut self, truth: u8) -> Vec<Sitting> {
        let large = rules::is_large(self.value, FLOOR).unwrap();
        let standing = Share::new(HALF).unwrap();
        let mut order = Stage { step: Step::Final, seats: rules::seats(large, 0), standing, ..Stage::default() };
        let mut sittings = Vec::new();
        loop {
            sittings.push(self.sit(order, truth));
            let (standing, voted) = last_round(&sittings).decision();
            if transition::is_last(&order) {
                return sittings;
            }
            let seats = rules::seats(large, u8::try_from(sittings.len()).unwrap());
            let Some(side) = self.appellant(seats, truth, standing) else { return sittings };
            order = Stage { seats, side: side.number(), standing, voted, ..order };
        }
    }

    /// Seats a jury and lets it vote.
    fn sit(&mut self, stage: Stage, truth: u8) -> Sitting {
        let (mut ballots, mut habits) = (Ballots::default(), Vec::new());
        for seat in 0..stage.seats {
            let habit = if self.happens(self.world.part) { self.world.habit } else { Habit::Honest };
            ballots.set(seat, self.vote(habit, truth, &stage));
            habits.push(habit);
        }
        Sitting { round: Round { stage, ballots }, habits }
    }

    fn vote(&mut self, habit: Habit, truth: u8, stage: &Stage) -> Ballot {
        let share = match habit {
            Habit::Silent => return Ballot::Silent,
            Habit::Refusing => return Ballot::Refused,
            Habit::Honest => self.look(truth),
            Habit::Lazy(share) => share,
            Habit::Copying if stage.side == Side::None.number() => 20,
            Habit::Copying => stage.standing.twentieths(),
            Habit::Bribed => far_from(truth),
        };
        Ballot::Vote(Share::new(share).unwrap())
    }

    /// What one juror sees of the truth.
    fn look(&mut self, truth: u8) -> u8 {
        let Sight { truth: clear, near } = self.world.sight;
        if self.happens(clear) {
            truth
        } else if self.happens(near * 100.0 / (100.0 - clear)) {
            let beside = self.chance.random_range(1..4_u8);
            if self.chance.random() { truth.saturating_add(beside).min(20) } else { truth.saturating_sub(beside) }
        } else {
            self.chance.random_range(0..21)
        }
    }

    /// The side that orders a jury of so many seats against `standing`, if that pays for one.
    fn appellant(&mut self, seats: u8, truth: u8, standing: Share) -> Option<Side> {
        let verdicts = self.imagine(seats, truth, standing);
        let cost = lnq(rules::cost(self.fee, seats).unwrap());
        let pays = |side: &Side| {
            let higher = *side == Side::Provider;
            let gain = |verdict: &Option<Share>| {
                let verdict = verdict.unwrap_or(standing);
                let moved = f64::from(verdict.twentieths()) - f64::from(standing.twentieths());
                let won = f64::from(self.world.value) / 20.0 * if higher { moved } else { -moved };
                if rules::was_right(higher, standing, verdict) { won } else { won - cost }
            };
            verdicts.iter().map(gain).sum::<f64>() > 0.0
        };
        [Side::Requester, Side::Provider].into_iter().find(pays)
    }

    /// What juries of so many seats would say.
    fn imagine(&mut self, seats: u8, truth: u8, standing: Share) -> Vec<Option<Share>> {
        let key = (seats, truth, standing.twentieths());
        if !self.imagined.contains_key(&key) {
            let stage = Stage { seats, standing, side: Side::Provider.number(), ..Stage::default() };
            let verdicts = (0..IMAGINED).map(|_| self.sit(stage, truth).round.ballots.median(seats)).collect();
            self.imagined.insert(key, verdicts);
        }
        self.imagined[&key].clone()
    }

    /// Settles every round of a dispute as the court does, and checks that nothing is made or lost on the way.
    fn settle(&self, sittings: &[Sitting], verdict: Share, outcome: &mut Outcome) {
        for (index, sitting) in sittings.iter().enumerate() {
            let reckoning = sitting.round.reckoning(self.fee, verdict);
            let hung = reckoning.is_hung();
            let collected = collected(&reckoning);
            let owed = sittings.get(index + 1).map_or(Amount::ZERO, |next| owed(self.fee, &next.round, verdict));
            let division = reckoning.divide(collected, owed).unwrap();
            let mut out = [division.returned, division.repaid, division.burned].into_iter().fold(Amount::ZERO, plus);
            for (ballot, habit) in reckoning.ballots.iter().zip(&sitting.habits) {
                let reward = reckoning.reward(ballot, hung, division.bonus).unwrap();
                out = plus(out, reward);
                let earned = lnq(reward) - lnq(reckoning.penalty(ballot, hung).unwrap());
                let kind = if *habit == Habit::Honest { &mut outcome.honest } else { &mut outcome.own };
                kind.add(earned / lnq(self.fee));
            }
            let paid_in = plus(rules::cost(self.fee, sitting.round.stage.seats).unwrap(), collected);
            assert_eq!(out, paid_in, "{reckoning:?} with {owed:?} owed");
        }
    }
}

/// What who ordered `next` is without, if that was right.
pub fn owed(fee: Amount, next: &Round, verdict: Share) -> Amount {
    let higher = next.stage.side == Side::Provider.number();
    if rules::was_right(higher, next.stage.standing, verdict) {
        next.reckoning(fee, verdict).used().unwrap()
    } else {
        Amount::ZERO
    }
}

/// What a jury loses when everybody has enough stake.
fn collected(reckoning: &Reckoning) -> Amount {
    let hung = reckoning.is_hung();
    reckoning.ballots.iter().map(|ballot| reckoning.penalty(ballot, hung).unwrap()).fold(Amount::ZERO, plus)
}

/// The end of the scale that is further away; of the half, the upper one.
fn far_from(truth: u8) -> u8 {
    if truth <= HALF { 20 } else { 0 }
}

/// The sum of two amounts that have one.
pub fn plus(one: Amount, other: Amount) -> Amount {
    one.plus(other).unwrap()
}

/// An amount as a number to reckon averages with.
fn lnq(amount: Amount) -> f64 {
    amount.units() as f64 / Amount::LNQ.units() as f64
}
