//! Settling rounds against the final verdict, and paying jurors.

use alloc::vec::Vec;

use alloy_primitives::aliases::U96;
use linq_abi::{
    ICourt::*,
    codes::{CourtPhase, Side},
};
use linq_common::{Amount, OutOfRange, Share, Word, log};
use stylus_sdk::prelude::*;

use crate::{
    CourtError,
    ballots::Ballot,
    calls::Penalty,
    juries::{SEATS_A_CALL, seats_place},
    rules::{self, Reckoning},
    state::{Case, Court, Funding, SETTLED, Stage, juror_at, place},
};

/// The money of a round.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Paying {
    /// Collects the penalties of up to eight seats of a round; after the last ones, shares the round's money out.
    ///
    /// Who:   anyone.
    /// Needs: the dispute is final, and the round not settled.
    /// Does:  takes penalties as far as each juror's stake reaches. At the end returns the fees of empty seats, or of a jury
    ///        that came to no verdict, to who paid for it; sets the fees of seats near the verdict aside; repays an appeal
    ///        that was right; sets the bonus of those seats aside; and burns the rest.
    /// Emits: [`PenaltiesCollected`], and [`RoundSettled`] at the end.
    /// Fails: [`CourtUnknownDispute`], [`CourtWrongPhase`], [`CourtUnknownRound`], [`CourtAlreadySettled`]; a refusal of the
    ///        jurors or the token passes through, as [`CourtSiblingFailed`] if it has no reason.
    /// Units: Returns whether the round is settled.
    fn settle(&mut self, dispute: u64, round: u8) -> Result<bool, CourtError>;

    /// Pays a juror for all its seats of a settled round.
    ///
    /// Who:   anyone; the juror's account is paid.
    /// Needs: the round is settled; a seat of the juror is near the verdict and not paid.
    /// Does:  marks its seats, then pays.
    /// Emits: [`RewardClaimed`].
    /// Fails: [`CourtUnknownDispute`], [`CourtWrongPhase`], [`CourtUnknownRound`], [`CourtNotSettled`],
    ///        [`CourtNothingToClaim`]; a refusal of the jurors or the token passes through.
    /// Units: LNQ base units. Returns what was paid.
    fn claim(&mut self, dispute: u64, round: u8, juror: u32) -> Result<U96, CourtError>;
}

#[public]
impl Paying for Court {
    fn settle(&mut self, dispute: u64, round: u8) -> Result<bool, CourtError> {
        let (case, verdict) = self.final_verdict(dispute)?;
        let found = self.round_of(dispute, round)?;
        let stage = found.stage;
        if stage.settled == SETTLED {
            return Err(CourtAlreadySettled { dispute, round }.into());
        }
        let reckoning = found.reckoning(self.fee_of(&case)?, verdict);
        let (from, to) = (stage.settled, stage.settled.saturating_add(SEATS_A_CALL).min(stage.seats));
        let penalties = self.penalties(dispute, round, &reckoning, from)?;
        let collecting = Stage { settled: to, ..stage };

        self.set_stage(dispute, round, &collecting);

        // What there is to share is known only once it was taken. Nobody on the way calls back.
        let taken = self.jurors_seize(&penalties)?;
        let collected = Stage { purse: stage.purse.plus(taken)?, ..collecting };
        log(self.vm(), &PenaltiesCollected { dispute, round, from, amount: taken.into() });

        let is_done = to == stage.seats;
        if is_done {
            self.share_out(dispute, &case, round, &reckoning, &collected)?;
        } else {
            self.set_stage(dispute, round, &collected);
        }
        Ok(is_done)
    }

    fn claim(&mut self, dispute: u64, round: u8, juror: u32) -> Result<U96, CourtError> {
        let (case, verdict) = self.final_verdict(dispute)?;
        let found = self.round_of(dispute, round)?;
        if found.stage.settled != SETTLED {
            return Err(CourtNotSettled { dispute, round }.into());
        }
        let reckoning = found.reckoning(self.fee_of(&case)?, verdict);
        let mut funding = self.funding_of(dispute, round);
        let amount = self.earned(dispute, round, juror, &reckoning, found.stage.purse, &mut funding)?;
        if amount.is_zero() {
            return Err(CourtNothingToClaim { dispute, round, juror }.into());
        }
        let account = self.juror_account(juror)?;

        self.set_word(dispute, round, place::FUNDING, funding.to_word());

        log(self.vm(), &RewardClaimed { dispute, round, juror, account, amount: amount.into() });

        self.pay(account, amount)?;
        Ok(amount.into())
    }
}

impl Court {
    /// A dispute that is final, and its verdict.
    fn final_verdict(&self, dispute: u64) -> Result<(Case, Share), CourtError> {
        let case = self.case(dispute)?;
        let last = self.round_of(dispute, case.last)?;
        self.require_phase(dispute, &last, CourtPhase::Final)?;
        Ok((case, last.decision().0))
    }

    /// What the next seats from `from` on are to lose.
    fn penalties(&self, dispute: u64, round: u8, reckoning: &Reckoning, from: u8) -> Result<Vec<Penalty>, OutOfRange> {
        let word = self.word(dispute, round, seats_place(from));
        let hung = reckoning.is_hung();
        let mut penalties = Vec::with_capacity(usize::from(SEATS_A_CALL));
        for place in 0..SEATS_A_CALL {
            let amount = reckoning.penalty(reckoning.ballots.get(from.saturating_add(place)), hung)?;
            if !amount.is_zero() {
                penalties.push(Penalty { juror: juror_at(&word, place), amount });
            }
        }
        Ok(penalties)
    }

    /// Shares out what a round has, and marks it settled.
    fn share_out(
        &mut self,
        dispute: u64,
        case: &Case,
        round: u8,
        reckoning: &Reckoning,
        stage: &Stage,
    ) -> Result<(), CourtError> {
        let next = round.saturating_add(1);
        let owed = if round < case.last { self.owed_to_appeal(dispute, next, reckoning)? } else { Amount::ZERO };
        let division = reckoning.divide(stage.purse, owed)?;
        let (funder, appellant) = (self.funding_of(dispute, round).funder, self.funding_of(dispute, next).funder);

        self.set_stage(dispute, round, &Stage { purse: division.bonus, settled: SETTLED, ..*stage });

        let event = RoundSettled {
            dispute,
            round,
            verdict: reckoning.verdict.twentieths(),
            returned: division.returned.into(),
            repaid: division.repaid.into(),
            bonus: division.bonus.into(),
            burned: division.burned.into(),
        };
        log(self.vm(), &event);

        self.pay(funder, division.returned)?;
        self.pay(appellant, division.repaid)?;
        self.burn(division.burned)
    }

    /// What whoever ordered round `next` is without, if that was right.
    fn owed_to_appeal(&self, dispute: u64, next: u8, reckoning: &Reckoning) -> Result<Amount, CourtError> {
        let appeal = self.round_of(dispute, next)?;
        let higher = appeal.stage.side == Side::Provider.number();
        if !rules::was_right(higher, appeal.stage.standing, reckoning.verdict) {
            return Ok(Amount::ZERO);
        }
        Ok(appeal.reckoning(reckoning.fee, reckoning.verdict).used()?)
    }

    /// What a juror has earned by its seats that were not paid, which are marked.
    fn earned(
        &self,
        dispute: u64,
        round: u8,
        juror: u32,
        reckoning: &Reckoning,
        bonus: Amount,
        funding: &mut Funding,
    ) -> Result<Amount, OutOfRange> {
        let hung = reckoning.is_hung();
        let mut earned = Amount::ZERO;
        for seat in 0..reckoning.seats {
            let bit = 1_u32.unbounded_shl(seat.into());
            let Ballot::Vote(_) = reckoning.ballots.get(seat) else { continue };
            if funding.claimed & bit != 0 || self.juror_of(dispute, round, seat) != juror {
                continue;
            }
            funding.claimed |= bit;
            earned = earned.plus(reckoning.reward(reckoning.ballots.get(seat), hung, bonus)?)?;
        }
        Ok(earned)
    }
}
