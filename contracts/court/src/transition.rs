//! How a round goes from phase to phase, as functions of plain values.
//!
//! The clock alone moves a round on; a call that makes a phase end early writes down that it did. So nobody has to call
//! for a deadline to count.

use linq_abi::codes::CourtPhase;
use linq_common::Timestamp;

use crate::{
    ballots::{Ballot, Ballots, MOST_SEATS},
    state::{Parameters, Round, Stage, Step},
};

/// The phase a round is in at `now`, and when it ends; zero where it does not.
pub fn phase_at(round: &Round, times: &Parameters, now: Timestamp) -> (CourtPhase, Timestamp) {
    let until = round.stage.until;
    match round.stage.step {
        Step::None => (CourtPhase::None, Timestamp::ZERO),
        Step::Ordered if now < until => (CourtPhase::Evidence, until),
        // It goes on past its end until somebody lets it lapse, which returns money.
        Step::Ordered => (CourtPhase::Drawing, later(until, times.draw_secs)),
        Step::Drawn if now < until => (CourtPhase::Commit, until),
        // With nothing sealed there is nothing to show.
        Step::Drawn if !was_sealed(&round.ballots) => decided(round, times, now, until),
        Step::Drawn => revealing(round, times, now, later(until, times.reveal_secs)),
        Step::Sealed => revealing(round, times, now, until),
        Step::Decided if now < until => (CourtPhase::Appeal, until),
        Step::Decided | Step::Final | Step::Lapsed => (CourtPhase::Final, Timestamp::ZERO),
        Step::Cancelled => (CourtPhase::Cancelled, Timestamp::ZERO),
    }
}

/// As [`phase_at`], where no length of time is needed to know: before the end of what is written down.
pub fn phase_before(round: &Round, now: Timestamp) -> Option<(CourtPhase, Timestamp)> {
    let until = round.stage.until;
    let phase = match round.stage.step {
        Step::Ordered => CourtPhase::Evidence,
        Step::Drawn => CourtPhase::Commit,
        Step::Sealed => CourtPhase::Reveal,
        Step::Decided => CourtPhase::Appeal,
        Step::None | Step::Final | Step::Cancelled | Step::Lapsed => return None,
    };
    (now < until).then_some((phase, until))
}

fn revealing(round: &Round, times: &Parameters, now: Timestamp, end: Timestamp) -> (CourtPhase, Timestamp) {
    if now < end { (CourtPhase::Reveal, end) } else { decided(round, times, now, end) }
}

/// From `since` on the verdict of the round is there.
fn decided(round: &Round, times: &Parameters, now: Timestamp, since: Timestamp) -> (CourtPhase, Timestamp) {
    let until = later(since, times.appeal_secs);
    if now < until && !is_last(&round.stage) {
        (CourtPhase::Appeal, until)
    } else {
        (CourtPhase::Final, Timestamp::ZERO)
    }
}

/// Whether votes were sealed by the end of the commit phase. One that was shown since was sealed then.
fn was_sealed(ballots: &Ballots) -> bool {
    ballots.iter().any(|ballot| matches!(ballot, Ballot::Committed | Ballot::Refused | Ballot::Vote(_)))
}

/// Whether no jury can follow.
pub fn is_last(stage: &Stage) -> bool {
    stage.seats >= MOST_SEATS
}

/// The stage after its last seat was drawn.
pub fn after_draw(round: &Round, times: &Parameters, now: Timestamp) -> Stage {
    if round.ballots.filled() == 0 {
        return decide(&round.stage, times, now);
    }
    Stage { step: Step::Drawn, until: later(now, times.commit_secs), ..round.stage }
}

/// The stage once every seat has acted in the commit phase. The last to act has sealed a vote.
pub fn reveal(stage: &Stage, times: &Parameters, now: Timestamp) -> Stage {
    Stage { step: Step::Sealed, until: later(now, times.reveal_secs), ..*stage }
}

/// The stage once there is a verdict: the next jury can be ordered, or the verdict is final.
#[inline(never)]
pub fn decide(stage: &Stage, times: &Parameters, now: Timestamp) -> Stage {
    if is_last(stage) {
        return Stage { step: Step::Final, until: Timestamp::ZERO, ..*stage };
    }
    Stage { step: Step::Decided, until: later(now, times.appeal_secs), ..*stage }
}

/// `secs` after `time`. Lengths of time are limited to days, so that the clip is out of reach.
#[inline(never)]
pub fn later(time: Timestamp, secs: u32) -> Timestamp {
    Timestamp::new_clipped(time.secs().saturating_add(secs.into()))
}

#[cfg(test)]
mod tests {
    use CourtPhase::*;

    use super::*;
    use crate::ballots::tests::{of, votes};

    const START: u64 = 10_000;
    const TIMES: Parameters = Parameters {
        evidence_secs: 100,
        appeal_evidence_secs: 90,
        commit_secs: 80,
        reveal_secs: 70,
        appeal_secs: 60,
        draw_secs: 50,
        floor_milli_lnq: 10_000,
        from_day: 0,
    };
    const SEALED: [Ballot; 3] = [Ballot::Committed, Ballot::Committed, Ballot::Silent];

    fn at(secs: u64) -> Timestamp {
        Timestamp::new_clipped(secs)
    }

    fn round(step: Step, seats: u8, ballots: Ballots) -> Round {
        Round { stage: Stage { step, until: at(START), seats, ..Stage::default() }, ballots }
    }

    /// The phases of a round over time: each with its first second, counted from the end of what is written down.
    fn course(round: &Round) -> Vec<(i64, CourtPhase)> {
        let mut course: Vec<(i64, CourtPhase)> = Vec::new();
        for second in START - 5..START + 500 {
            let (phase, until) = phase_at(round, &TIMES, at(second));
            assert!(until.is_zero() || phase == Drawing || at(second) < until, "{phase:?} should have ended");
            if course.last().is_none_or(|(_, last)| *last != phase) {
                course.push((second as i64 - START as i64, phase));
            }
            if let Some(before) = phase_before(round, at(second)) {
                assert_eq!(before, (phase, until));
            }
        }
        course
    }

    #[test]
    fn the_clock_alone_takes_every_step_on() {
        let (none, silent, sealed) = (Ballots::default(), of(&[Ballot::Silent; 3]), of(&SEALED));
        assert_eq!(course(&round(Step::Ordered, 3, none)), [(-5, Evidence), (0, Drawing)]);
        assert_eq!(course(&round(Step::Drawn, 3, sealed)), [(-5, Commit), (0, Reveal), (70, Appeal), (130, Final)]);
        assert_eq!(course(&round(Step::Drawn, 3, silent)), [(-5, Commit), (0, Appeal), (60, Final)]);
        assert_eq!(course(&round(Step::Sealed, 3, sealed)), [(-5, Reveal), (0, Appeal), (60, Final)]);
        assert_eq!(course(&round(Step::Decided, 3, votes(&[1, 2, 3]))), [(-5, Appeal), (0, Final)]);
        assert_eq!(course(&round(Step::Final, 31, none)), [(-5, Final)]);
        assert_eq!(course(&round(Step::Lapsed, 3, none)), [(-5, Final)]);
        assert_eq!(course(&round(Step::Cancelled, 3, none)), [(-5, Cancelled)]);
        assert_eq!(course(&round(Step::None, 0, none)), [(-5, None)]);
    }

    #[test]
    fn no_jury_follows_the_last_one() {
        let (silent, sealed) = (of(&[Ballot::Silent; 31]), of(&SEALED));
        assert_eq!(course(&round(Step::Drawn, 31, sealed)), [(-5, Commit), (0, Reveal), (70, Final)]);
        assert_eq!(course(&round(Step::Drawn, 31, silent)), [(-5, Commit), (0, Final)]);
        assert_eq!(course(&round(Step::Sealed, 31, sealed)), [(-5, Reveal), (0, Final)]);
        assert_eq!(after_draw(&round(Step::Ordered, 31, Ballots::default()), &TIMES, at(START)).step, Step::Final);
    }

    #[test]
    fn votes_that_were_shown_do_not_end_the_phase_that_has_begun_by_the_clock() {
        let shown = of(&[Ballot::of_vote(3).unwrap(), Ballot::Committed, Ballot::Silent]);
        assert_eq!(phase_at(&round(Step::Drawn, 3, shown), &TIMES, at(START + 69)), (Reveal, at(START + 70)));
        let refused = of(&[Ballot::Refused, Ballot::Silent, Ballot::Silent]);
        assert_eq!(phase_at(&round(Step::Drawn, 3, refused), &TIMES, at(START + 69)), (Reveal, at(START + 70)));
    }

    #[test]
    fn what_follows_depends_on_who_sits() {
        use Ballot::{Empty, Silent};
        let step = |stage: Stage| (stage.step, stage.until.secs() - START);
        let drawn = |ballots: &[Ballot]| step(after_draw(&round(Step::Ordered, 3, of(ballots)), &TIMES, at(START)));
        assert_eq!(drawn(&[Silent, Empty, Empty]), (Step::Drawn, 80));
        assert_eq!(drawn(&[Empty; 3]), (Step::Decided, 60));
        assert_eq!(step(reveal(&round(Step::Drawn, 3, of(&SEALED)).stage, &TIMES, at(START))), (Step::Sealed, 70));
        assert_eq!(decide(&round(Step::Sealed, 31, of(&SEALED)).stage, &TIMES, at(START)).step, Step::Final);
    }
}
