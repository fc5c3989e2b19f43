//! Settlement as a whole: many rounds of many disputes, in any order, out of stakes that answer for all of them at once.

use linq_abi::codes::Side;
use linq_common::{Amount, Share};
use proptest::{collection::vec, prelude::*, test_runner::Config};

use crate::{
    ballots::{
        Ballot,
        tests::{ballot, of},
    },
    game::{owed, plus},
    juries::SEATS_A_CALL,
    rules::{self, Division, MAX_VALUE, Reckoning},
    size,
    state::{Round, Stage, Step},
};

/// Few jurors, so that most of them sit in several rounds.
const JURORS: usize = 12;

/// A dispute that is over, and who sits where.
#[derive(Clone, Debug)]
struct Dispute {
    fee: Amount,
    verdict: Share,
    rounds: Vec<Round>,
    jurors: Vec<Vec<usize>>,
}

impl Dispute {
    /// Of what each seat of each round did, and in whose name the round was ordered.
    fn new(fee: Amount, sittings: Vec<(Vec<(Ballot, usize)>, bool)>) -> Self {
        let half = Share::new(10).unwrap();
        let mut dispute = Self { fee, verdict: half, rounds: Vec::new(), jurors: Vec::new() };
        let mut voted = false;
        for (seats, higher) in sittings {
            let (ballots, jurors): (Vec<Ballot>, Vec<usize>) = seats.into_iter().unzip();
            let side = if higher { Side::Provider } else { Side::Requester };
            let stage = Stage {
                step: Step::Final,
                seats: ballots.len() as u8,
                side: side.number(),
                standing: dispute.verdict,
                voted,
                purse: exposed(fee, &ballots),
                ..Stage::default()
            };
            let round = Round { stage, ballots: of(&ballots) };
            (dispute.verdict, voted) = round.decision();
            dispute.rounds.push(round);
            dispute.jurors.push(jurors);
        }
        dispute
    }

    fn reckoning(&self, round: usize) -> Reckoning {
        self.rounds[round].reckoning(self.fee, self.verdict)
    }

    /// What who paid for the jury after this one is without, if that was right.
    fn owed_after(&self, round: usize) -> Amount {
        self.rounds.get(round + 1).map_or(Amount::ZERO, |next| owed(self.fee, next, self.verdict))
    }
}

/// What a round holds of the seats that were exposed in it, when their stake reached.
fn exposed(fee: Amount, ballots: &[Ballot]) -> Amount {
    let stake = rules::seat_stake(fee).unwrap();
    let kept = stake.minus(rules::exposer_reward(stake)).unwrap();
    ballots.iter().filter(|ballot| **ballot == Ballot::Exposed).fold(Amount::ZERO, |sum, _| plus(sum, kept))
}

prop_compose! {
    /// A dispute with one to four juries of the sizes that follow each other. Of a quarter of the largest value, so that what
    /// one juror could owe in all disputes together is an amount.
    fn dispute()(large in any::<bool>(), rounds in 1..=4u8, value in 1..=MAX_VALUE.units() / 4)(
        value in Just(value),
        sittings in (0..rounds)
            .map(|round| (vec((ballot(), 0..JURORS), usize::from(rules::seats(large, round))), any::<bool>()))
            .collect::<Vec<_>>(),
    ) -> Dispute {
        let fee = rules::seat_fee(Amount::new_clipped(value), Amount::from_lnq(10)).unwrap();
        Dispute::new(fee, sittings)
    }
}

/// The calls that settle a round: as many as it takes to collect from eight seats each.
type Calls = Vec<(usize, usize)>;

fn calls(disputes: &[Dispute]) -> Calls {
    let mut calls = Calls::new();
    for (dispute, found) in disputes.iter().enumerate() {
        for (round, found) in found.rounds.iter().enumerate() {
            (0..found.stage.seats.div_ceil(SEATS_A_CALL)).for_each(|_| calls.push((dispute, round)));
        }
    }
    calls
}

/// Disputes, and two orders of the calls that settle them.
fn disputes() -> impl Strategy<Value = (Vec<Dispute>, Calls, Calls)> {
    vec(dispute(), 1..5).prop_flat_map(|disputes| {
        let calls = calls(&disputes);
        (Just(disputes), Just(calls.clone()).prop_shuffle(), Just(calls).prop_shuffle())
    })
}

/// Stakes from none at all to more than anybody can lose here.
fn stakes() -> impl Strategy<Value = Vec<Amount>> {
    let stake = prop_oneof![Just(0), 0..=Amount::LNQ.units() * 10_000, 0..=MAX_VALUE.units() * 64];
    vec(stake.prop_map(Amount::new_clipped), JURORS)
}

/// What is known once everything is settled.
#[derive(Debug, PartialEq, Eq)]
struct Books {
    stakes: Vec<Amount>,
    /// By dispute and round.
    divisions: Vec<Vec<Option<Division>>>,
}

/// Settles in the order of `calls`, and checks that each round pays out what came in for it and no more.
fn settle(disputes: &[Dispute], stakes: &[Amount], calls: &Calls) -> Books {
    let mut disputes = disputes.to_vec();
    let divisions = disputes.iter().map(|dispute| dispute.rounds.iter().map(|_| None).collect()).collect();
    let mut books = Books { stakes: stakes.to_vec(), divisions };
    for &(index, round) in calls {
        let dispute = &mut disputes[index];
        let reckoning = dispute.reckoning(round);
        let stage = &mut dispute.rounds[round].stage;
        let to = stage.settled.saturating_add(SEATS_A_CALL).min(stage.seats);
        for seat in stage.settled..to {
            let penalty = reckoning.penalty(reckoning.ballots.get(seat), reckoning.is_hung()).unwrap();
            let stake = &mut books.stakes[dispute.jurors[round][usize::from(seat)]];
            let taken = penalty.min(*stake);
            *stake = stake.minus(taken).unwrap();
            stage.purse = plus(stage.purse, taken);
        }
        stage.settled = to;
        if to == stage.seats {
            let purse = stage.purse;
            let division = reckoning.divide(purse, dispute.owed_after(round)).unwrap();
            assert_eq!(out(&reckoning, &division), plus(rules::cost(dispute.fee, reckoning.seats).unwrap(), purse));
            books.divisions[index][round] = Some(division);
        }
    }
    books
}

/// Everything that a round pays, to the last claim.
fn out(reckoning: &Reckoning, division: &Division) -> Amount {
    let hung = reckoning.is_hung();
    let reward = |ballot| reckoning.reward(ballot, hung, division.bonus).unwrap();
    let others = [division.returned, division.repaid, division.burned];
    reckoning.ballots.iter().map(reward).chain(others).fold(Amount::ZERO, plus)
}

/// What each juror should lose by all its seats.
fn penalties(disputes: &[Dispute]) -> [Amount; JURORS] {
    let mut penalties = [Amount::ZERO; JURORS];
    for dispute in disputes {
        for (round, jurors) in dispute.jurors.iter().enumerate() {
            let reckoning = dispute.reckoning(round);
            for (juror, ballot) in jurors.iter().zip(reckoning.ballots.iter()) {
                let penalty = reckoning.penalty(ballot, reckoning.is_hung()).unwrap();
                penalties[*juror] = plus(penalties[*juror], penalty);
            }
        }
    }
    penalties
}

proptest! {
    // A million juries at the nightly size: a case has six on average, two and a half of as many disputes.
    #![proptest_config(Config::with_cases(if size::is_nightly() { 170_000 } else { 200 }))]

    #[test]
    fn every_round_pays_out_what_came_in_and_nobody_loses_more_than_it_owes_or_has(
        (disputes, one, other) in disputes(), stakes in stakes(),
    ) {
        let penalties = penalties(&disputes);
        for order in [one, other] {
            let books = settle(&disputes, &stakes, &order);
            prop_assert!(books.divisions.iter().flatten().all(Option::is_some), "a round is not settled");
            for (juror, penalty) in penalties.iter().enumerate() {
                let lost = stakes[juror].minus(books.stakes[juror]).unwrap();
                prop_assert_eq!(lost, (*penalty).min(stakes[juror]), "juror {}", juror);
            }
        }
    }

    #[test]
    fn where_stakes_reach_no_order_changes_anything((disputes, one, other) in disputes()) {
        let stakes = penalties(&disputes);
        prop_assert_eq!(settle(&disputes, &stakes, &one), settle(&disputes, &stakes, &other));
    }
}

/// The only thing that an order decides: which of two rounds a stake that does not reach for both is taken for.
#[test]
fn whoever_is_settled_first_is_served_first() {
    let fee = Amount::from_lnq(10);
    let lost = || Dispute::new(fee, vec![(vec![(Ballot::Silent, 0), vote(20, 1), vote(20, 2)], false)]);
    let disputes = [lost(), lost()];
    let stakes = [Amount::from_lnq(330); JURORS];
    let burned = |order: &Calls| {
        let books = settle(&disputes, &stakes, order);
        assert_eq!(books.stakes[0], Amount::ZERO);
        books.divisions.iter().flatten().flatten().map(|division| division.burned).collect::<Vec<_>>()
    };
    // Of 30 in fees and 320 each of two is paid 10 and 40. The other jury has 10 in place of 320, an eighth of it a point.
    let (first, second) = (Amount::from_lnq(250), Amount::ZERO);
    assert_eq!(burned(&vec![(0, 0), (1, 0)]), [first, second]);
    assert_eq!(burned(&vec![(1, 0), (0, 0)]), [second, first]);
}

fn vote(share: u8, juror: usize) -> (Ballot, usize) {
    (Ballot::Vote(Share::new(share).unwrap()), juror)
}
