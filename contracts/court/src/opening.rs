//! What the opener of disputes calls, and what it asks.

use alloy_primitives::{Address, aliases::U96};
use linq_abi::{
    ICourt::*,
    codes::{CourtPhase, Side},
};
use linq_common::{Amount, Share, Timestamp, Word, log};
use stylus_sdk::prelude::*;

use crate::{
    CourtError, rules,
    state::{Case, Court, Funding, Round, SETTLED, Setup, Stage, Step, place},
    transition,
};

/// The verdict where nobody ever voted.
const HALF: u8 = 10;

/// Opening disputes, and the verdict.
#[public]
#[allow(missing_docs, reason = "the macro adds a hidden method of its own")]
pub trait Opening {
    /// Opens a dispute over `value` and orders its first jury, at the cost of `funder`.
    ///
    /// Who:   the opener.
    /// Needs: a version of the parameters that counts; `funder` has approved the jury's cost.
    /// Does:  stores the dispute, fixes the beacon's round, then takes the cost from `funder`.
    /// Emits: [`DisputeOpened`], [`JuryOrdered`].
    /// Fails: [`CourtNotWired`], [`CourtNotOpener`], [`CourtBadValue`], [`CourtUnknownParameters`]; a refusal of the beacon
    ///        or the token passes through, as [`CourtSiblingFailed`] if it has no reason.
    /// Units: LNQ base units. Returns the dispute's id, and the jury's cost.
    fn open(&mut self, funder: Address, value: U96, version: u16) -> Result<(u64, U96), CourtError>;

    /// Ends a dispute whose claims met before the beacon's time: there is no verdict.
    ///
    /// Who:   the opener.
    /// Needs: the first round, before the beacon's time.
    /// Does:  marks it cancelled, returns the jury's cost to who paid it, less `burn` of it, which burns.
    /// Emits: [`DisputeCancelled`].
    /// Fails: [`CourtNotWired`], [`CourtNotOpener`], [`CourtUnknownDispute`], [`CourtWrongPhase`]; a refusal of the token
    ///        passes through.
    /// Units: LNQ base units. Returns what went back.
    /// Note:  to burn more than the cost is to burn all of it.
    fn cancel(&mut self, dispute: u64, burn: U96) -> Result<U96, CourtError>;

    /// Where a dispute stands, a `CourtPhase` code. Once it is final: the share of the price or pot that is due, which is
    /// 10 if no jury ever voted; whether one did; and how much of the first jury's cost was used up.
    ///
    /// Fails: [`CourtUnknownDispute`].
    /// Units: twentieths; LNQ base units.
    /// Note:  before it is final the other three say nothing: 10, no, 0.
    fn verdict(&self, dispute: u64) -> Result<(u8, u8, bool, U96), CourtError>;
}

#[public]
impl Opening for Court {
    fn open(&mut self, funder: Address, value: U96, version: u16) -> Result<(u64, U96), CourtError> {
        let setup = self.only_opener()?;
        let amount = Amount::from(value);
        if amount.is_zero() || amount > rules::MAX_VALUE {
            return Err(CourtBadValue { value, limit: rules::MAX_VALUE.into() }.into());
        }
        let parameters = self.parameters_in_force(&setup, version)?;
        let dispute = setup.disputes.saturating_add(1);
        let (fee, large) = (rules::seat_fee(amount, parameters.floor())?, rules::is_large(amount, parameters.floor())?);
        let case = Case { value: amount, version, day: self.now().day(), last: 0, large };

        self.setup.set(&Setup { disputes: dispute, ..setup });
        self.set_word(dispute, 0, place::CASE, case.to_word());

        log(self.vm(), &DisputeOpened { dispute, value, version, seatFee: fee.into() });

        let order = Order {
            funder,
            side: Side::None,
            standing: Share::new(HALF)?,
            voted: false,
            fee,
            evidence_secs: parameters.evidence_secs,
        };
        let cost = self.order(dispute, &case, &order)?;
        Ok((dispute, cost.into()))
    }

    fn cancel(&mut self, dispute: u64, burn: U96) -> Result<U96, CourtError> {
        self.only_opener()?;
        let case = self.case(dispute)?;
        let round = self.round_of(dispute, case.last)?;
        let (phase, until) = self.phase_of(dispute, &round)?;
        if case.last > 0 || phase != CourtPhase::Evidence {
            return Err(wrong_phase(dispute, phase, until));
        }
        let cost = rules::cost(self.fee_of(&case)?, round.stage.seats)?;
        let burned = cost.min(burn.into());
        let returned = cost.minus(burned)?;

        self.set_stage(dispute, 0, &Stage { step: Step::Cancelled, settled: SETTLED, ..round.stage });

        log(self.vm(), &DisputeCancelled { dispute, returned: returned.into(), burned: burned.into() });

        self.pay(self.funding_of(dispute, 0).funder, returned)?;
        self.burn(burned)?;
        Ok(returned.into())
    }

    fn verdict(&self, dispute: u64) -> Result<(u8, u8, bool, U96), CourtError> {
        let case = self.case(dispute)?;
        let last = self.round_of(dispute, case.last)?;
        let (phase, _) = self.phase_of(dispute, &last)?;
        if phase != CourtPhase::Final {
            return Ok((phase.number(), HALF, false, U96::ZERO));
        }
        let (share, voted) = last.decision();
        let first = if case.last == 0 { last } else { self.round_of(dispute, 0)? };
        let used = first.reckoning(self.fee_of(&case)?, share).used()?;
        Ok((phase.number(), share.twentieths(), voted, used.into()))
    }
}

/// A jury that is to be ordered.
pub(crate) struct Order {
    /// Who pays for it.
    pub funder: Address,
    /// In whose name.
    pub side: Side,
    /// The verdict that stands so far.
    pub standing: Share,
    /// Whether a jury voted it.
    pub voted: bool,
    /// The seat fee of the dispute.
    pub fee: Amount,
    /// From now to the beacon's time.
    pub evidence_secs: u32,
}

impl Court {
    /// Orders the jury of the dispute's last round: fixes the beacon's round and takes the cost. Answers it.
    pub(crate) fn order(&mut self, dispute: u64, case: &Case, order: &Order) -> Result<Amount, CourtError> {
        let (round, seats) = (case.last, rules::seats(case.large, case.last));
        let cost = rules::cost(order.fee, seats)?;
        let until = transition::later(self.now(), order.evidence_secs);
        let beacon_round = self.beacon_round_after(until)?;
        let stage = Stage {
            step: Step::Ordered,
            until,
            seats,
            beacon_round,
            side: order.side.number(),
            standing: order.standing,
            voted: order.voted,
            ..Stage::default()
        };
        let funder = order.funder;

        self.set_stage(dispute, round, &stage);
        self.set_word(dispute, round, place::FUNDING, Funding { funder, ..Funding::default() }.to_word());

        let event = JuryOrdered {
            dispute,
            round,
            funder,
            side: stage.side,
            standing: stage.standing.twentieths(),
            seats,
            cost: cost.into(),
            beaconRound: beacon_round,
            evidenceEnd: until.secs(),
        };
        log(self.vm(), &event);

        self.charge(funder, cost)?;
        Ok(cost)
    }

    /// The phase of a round, and when it ends. The parameters are looked up only where it takes them.
    #[inline(never)]
    pub(crate) fn phase_of(&self, dispute: u64, round: &Round) -> Result<(CourtPhase, Timestamp), CourtError> {
        let now = self.now();
        if let Some(phase) = transition::phase_before(round, now) {
            return Ok(phase);
        }
        let times = self.parameters_of(self.case(dispute)?.version);
        Ok(transition::phase_at(round, &times, now))
    }

    /// Requires that a round is in `wanted`.
    pub(crate) fn require_phase(&self, dispute: u64, round: &Round, wanted: CourtPhase) -> Result<(), CourtError> {
        let (phase, until) = self.phase_of(dispute, round)?;
        if phase == wanted { Ok(()) } else { Err(wrong_phase(dispute, phase, until)) }
    }
}

/// The call is not for this phase.
#[inline(never)]
pub(crate) fn wrong_phase(dispute: u64, phase: CourtPhase, until: Timestamp) -> CourtError {
    CourtWrongPhase { dispute, phase: phase.number(), until: until.secs() }.into()
}
