//! Drawing juries, giving up on them, and ordering the next.

use alloy_primitives::{B256, aliases::U96};
use linq_abi::{
    ICourt::*,
    codes::{CourtPhase, Side},
    wire::bytes_of,
};
use linq_common::{Field, Timestamp, Word, log};
use stylus_sdk::{crypto, prelude::*};

use crate::{
    CourtError,
    ballots::Ballot,
    opening::{Order, wrong_phase},
    rules,
    state::{Case, Court, Round, SETTLED, Stage, Step, place},
    transition,
};

/// Seats that one call draws or collects from: as many as a word has jurors.
pub const SEATS_A_CALL: u8 = 8;

/// The juries of a dispute.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Juries {
    /// Draws up to eight seats of the last round, in order.
    ///
    /// Who:   anyone.
    /// Needs: the beacon's time has come, its round was brought, and the draw timeout has not passed.
    /// Does:  stores who sits where; with the last seat the commit phase begins, or, if nobody was found, the verdict is there.
    /// Emits: [`SeatsDrawn`], and [`PhaseBegun`] with the last seat.
    /// Fails: [`CourtUnknownDispute`], [`CourtWrongPhase`], [`CourtBeaconSilent`]; a refusal of the beacon
    ///        or the jurors passes through, as [`CourtSiblingFailed`] if it has no reason.
    /// Units: Returns how many seats were drawn so far.
    fn draw(&mut self, dispute: u64) -> Result<u8, CourtError>;

    /// Gives up on a jury that was not drawn in time: the last verdict is final, 10 where there is none.
    ///
    /// Who:   anyone.
    /// Needs: the draw timeout has passed, and a seat is not drawn.
    /// Does:  ends the dispute, then returns the jury's whole cost to who paid it.
    /// Emits: [`JuryLapsed`].
    /// Fails: [`CourtUnknownDispute`], [`CourtWrongPhase`]; a refusal of the token passes through.
    /// Units: LNQ base units. Returns what went back.
    fn lapse(&mut self, dispute: u64) -> Result<U96, CourtError>;

    /// Orders the next jury, twice as large and one, in the name of a side that wants another verdict.
    ///
    /// Who:   anyone, for either side.
    /// Needs: `round` is the last, and its verdict can still be appealed; the caller has approved the jury's cost.
    /// Does:  stores the next round, fixes the beacon's round, then takes the cost from the caller. It is repaid if the
    ///        final verdict is four twentieths or more from the standing one, on that side, as far as the pool reaches.
    /// Emits: [`JuryOrdered`].
    /// Fails: [`CourtUnknownDispute`], [`CourtUnknownRound`], [`CourtWrongPhase`], [`CourtBadSide`]; a refusal of the beacon
    ///        or the token passes through, as [`CourtSiblingFailed`] if it has no reason.
    /// Units: LNQ base units. Returns the jury's cost.
    fn appeal(&mut self, dispute: u64, round: u8, side: u8) -> Result<U96, CourtError>;
}

#[public]
impl Juries for Court {
    fn draw(&mut self, dispute: u64) -> Result<u8, CourtError> {
        let case = self.case(dispute)?;
        let mut round = self.round_of(dispute, case.last)?;
        let deadline = self.drawing_until(dispute, &round)?;
        if self.now() >= deadline {
            return Err(wrong_phase(dispute, CourtPhase::Drawing, deadline));
        }
        let (from, jurors) = self.pick(dispute, &case, &round)?;

        let word = seat(&mut round, from, &jurors);
        self.set_word(dispute, case.last, seats_place(from), word);
        self.set_word(dispute, case.last, place::BALLOTS, round.ballots.to_word());
        log(self.vm(), &SeatsDrawn { dispute, round: case.last, from, jurors: word });

        let drawn = round.stage.drawn;
        if drawn < round.stage.seats {
            self.set_stage(dispute, case.last, &round.stage);
        } else {
            let stage = transition::after_draw(&round, &self.parameters_of(case.version), self.now());
            self.begin(dispute, case.last, &stage);
        }
        Ok(drawn)
    }

    fn lapse(&mut self, dispute: u64) -> Result<U96, CourtError> {
        let case = self.case(dispute)?;
        let round = self.round_of(dispute, case.last)?;
        let deadline = self.drawing_until(dispute, &round)?;
        if self.now() < deadline {
            return Err(wrong_phase(dispute, CourtPhase::Drawing, deadline));
        }
        let returned = rules::cost(self.fee_of(&case)?, round.stage.seats)?;
        let funder = self.funding_of(dispute, case.last).funder;

        self.set_stage(dispute, case.last, &Stage { step: Step::Lapsed, settled: SETTLED, ..round.stage });

        log(self.vm(), &JuryLapsed { dispute, round: case.last, funder, returned: returned.into() });

        self.pay(funder, returned)?;
        Ok(returned.into())
    }

    fn appeal(&mut self, dispute: u64, round: u8, side: u8) -> Result<U96, CourtError> {
        let case = self.case(dispute)?;
        // Whoever pays for a jury of a certain size should not find itself paying for the next larger one.
        if round != case.last {
            return Err(CourtUnknownRound { dispute, round }.into());
        }
        let standing = self.round_of(dispute, round)?;
        self.require_phase(dispute, &standing, CourtPhase::Appeal)?;
        let side = Side::from_u8(side).filter(|side| *side != Side::None).ok_or(CourtBadSide { side })?;
        let (share, voted) = standing.decision();
        let next = Case { last: round.saturating_add(1), ..case };
        let order = Order {
            funder: self.vm().msg_sender(),
            side,
            standing: share,
            voted,
            fee: self.fee_of(&case)?,
            evidence_secs: self.parameters_of(case.version).appeal_evidence_secs,
        };

        self.set_word(dispute, 0, place::CASE, next.to_word());
        let cost = self.order(dispute, &next, &order)?;
        Ok(cost.into())
    }
}

impl Court {
    /// When the drawing of a round that can be drawn ends.
    fn drawing_until(&self, dispute: u64, round: &Round) -> Result<Timestamp, CourtError> {
        match self.phase_of(dispute, round)? {
            (CourtPhase::Drawing, until) => Ok(until),
            (phase, until) => Err(wrong_phase(dispute, phase, until)),
        }
    }

    /// The next seats of a round: the first of them, and who sits there.
    fn pick(&self, dispute: u64, case: &Case, round: &Round) -> Result<(u8, alloc::vec::Vec<u32>), CourtError> {
        let stage = &round.stage;
        let randomness = self.beacon_randomness(stage.beacon_round)?;
        if randomness.is_zero() {
            return Err(CourtBeaconSilent { beaconRound: stage.beacon_round }.into());
        }
        let seed = crypto::keccak(bytes_of(&(randomness, self.own_address(), dispute, case.last)));
        let from = stage.drawn;
        let count = stage.seats.saturating_sub(from).min(SEATS_A_CALL);
        let least = rules::least_stake_lnq(self.fee_of(case)?)?;
        Ok((from, self.jurors_pick(case.day, seed, from, count, least)?))
    }

    /// Stores and logs the beginning of a phase.
    pub(crate) fn begin(&mut self, dispute: u64, round: u8, stage: &Stage) {
        self.set_stage(dispute, round, stage);
        let phase = match stage.step {
            Step::Drawn => CourtPhase::Commit,
            Step::Sealed => CourtPhase::Reveal,
            Step::Decided => CourtPhase::Appeal,
            _ => CourtPhase::Final,
        };
        log(self.vm(), &PhaseBegun { dispute, round, phase: phase.number(), until: stage.until.secs() });
    }
}

/// The place of the word that has a seat's juror.
pub(crate) fn seats_place(seat: u8) -> u8 {
    place::SEATS.saturating_add(seat / SEATS_A_CALL)
}

/// Seats `jurors` from seat `from` on, 0 leaving a seat empty. Answers the word that is stored of them.
fn seat(round: &mut Round, from: u8, jurors: &[u32]) -> B256 {
    let mut word = B256::ZERO;
    for (place, juror) in (0..SEATS_A_CALL).zip(jurors) {
        juror.store(&mut word, usize::from(place).saturating_add(1).saturating_mul(4));
        if *juror != 0 {
            round.ballots.set(from.saturating_add(place), Ballot::Silent);
        }
        round.stage.drawn = round.stage.drawn.saturating_add(1);
    }
    word
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{ballots::Ballots, state::juror_at};

    #[test]
    fn jurors_are_seated_in_order_and_nobody_leaves_a_seat_empty() {
        let stage = Stage { seats: 15, drawn: 8, ..Stage::default() };
        let mut round = Round { stage, ballots: Ballots::default() };
        let word = seat(&mut round, 8, &[3, 0, u32::MAX, 3, 0, 0, 9]);
        assert_eq!([0, 1, 2, 3, 4, 5, 6, 7].map(|place| juror_at(&word, place)), [3, 0, u32::MAX, 3, 0, 0, 9, 0]);
        assert_eq!((round.stage.drawn, round.ballots.filled()), (15, 4));
        assert_eq!([8, 9, 14].map(|seat| round.ballots.get(seat)), [Ballot::Silent, Ballot::Empty, Ballot::Silent]);
    }
}
