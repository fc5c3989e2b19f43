//! Disputed results, before a court that nobody serves on: what it costs to ask, and how a dispute ends without a jury.

use linq_abi::codes::CourtPhase;
use linq_tests::court_parameters;

use super::{
    Answer, Oracle,
    jobs::{Settlement, in_state},
    lock_of, part_up, refuse, units,
};
use crate::prelude::*;

/// The least fee of a seat.
const FLOOR: u128 = lnq(10);

/// Disputes in the order of their numbers, which begin at 1.
#[derive(Clone, Default)]
pub struct Disputes {
    pub wired: bool,
    pub court_wired: bool,
    pub jurors_wired: bool,
    pub opened: Vec<CaseBook>,
}

/// One dispute.
#[derive(Clone)]
pub struct CaseBook {
    /// Job and slot, until it is settled.
    pub work: Option<(B256, u16)>,
    pub funder: Address,
    pub provider: u32,
    /// What requester and provider claimed at first.
    pub opened: (u8, u8),
    /// What they claim now.
    pub claims: (u8, u8),
    pub evidence_end: u64,
    pub neutral_from: u64,
    /// What the court holds of it.
    pub held: u128,
    pub lapsed: bool,
    pub cancelled: bool,
}

impl CaseBook {
    /// From then on anyone can let the jury lapse that was not drawn.
    pub fn lapses_at(&self) -> u64 {
        self.evidence_end + u64::from(court_parameters().drawSecs)
    }

    /// Where the court has it, and until when.
    fn phase(&self, now: u64) -> (CourtPhase, u64) {
        match () {
            () if self.cancelled => (CourtPhase::Cancelled, 0),
            () if self.lapsed => (CourtPhase::Final, 0),
            () if now < self.evidence_end => (CourtPhase::Evidence, self.evidence_end),
            () => (CourtPhase::Drawing, self.lapses_at()),
        }
    }

    /// `share` inside the claims.
    fn clipped(&self, share: u8) -> u8 {
        share.clamp(self.claims.0, self.claims.1)
    }

    fn trial(&self, share: u8) -> Trial {
        let (requester, provider) = self.opened;
        if provider.abs_diff(share) < requester.abs_diff(share) { Trial::Won } else { Trial::Lost }
    }
}

impl Oracle {
    pub fn wire_disputes(&mut self, caller: Address) -> Answer {
        if caller != Cast::ALL.deployer {
            return refuse(IDisputes::DisputesNotDeployer { caller });
        }
        if std::mem::replace(&mut self.disputes.wired, true) {
            return refuse(IDisputes::DisputesAlreadyWired {});
        }
        Ok(Vec::new())
    }

    pub fn wire_court(&mut self, caller: Address) -> Answer {
        if caller != Cast::ALL.deployer {
            return refuse(ICourt::CourtNotDeployer { caller });
        }
        if std::mem::replace(&mut self.disputes.court_wired, true) {
            return refuse(ICourt::CourtAlreadyWired {});
        }
        Ok(Vec::new())
    }

    pub fn wire_jurors(&mut self, caller: Address) -> Answer {
        if caller != Cast::ALL.deployer {
            return refuse(IJurors::JurorsNotDeployer { caller });
        }
        if std::mem::replace(&mut self.disputes.jurors_wired, true) {
            return refuse(IJurors::JurorsAlreadyWired {});
        }
        Ok(Vec::new())
    }

    pub fn dispute(&mut self, caller: Address, id: B256, slot: u16, claim: u8) -> Answer {
        if !self.disputes.wired {
            return refuse(IDisputes::DisputesNotWired {});
        }
        let requester = self.escrow.locked.get(&id).map_or(Address::ZERO, |(requester, ..)| *requester);
        if caller != requester {
            return refuse(IDisputes::DisputesNotRequester { job: id, caller });
        }
        let place = self.job_at(id, slot)?;
        let job = self.jobs.posted[place].clone();
        if !job.terms.judge.is_zero() {
            return refuse(IJobs::JobsJudged { job: id });
        }
        in_state(&job, slot, self.now, SlotState::Submitted)?;
        let book = &job.slots[slot as usize];
        if claim >= book.claim {
            return refuse(IDisputes::DisputesBadClaim { claim, least: 0, most: book.claim.saturating_sub(1) });
        }
        let lock = lock_of(&job.terms);
        if lock < FLOOR {
            let settlement = Settlement { share: 0, owed: 0, verdict: Verdict::Unheard, trial: Trial::Lost };
            self.end_slot(place, slot, settlement, Outcome::Forfeited)?;
            return Ok((0_u64, U96::ZERO).abi_encode());
        }
        let value = part_up(book.price + lock, (book.claim - claim).into(), 20);
        let seats = if value < 32 * FLOOR { 1 } else { 3 };
        let cost = seats * value.div_ceil(256).max(FLOOR);
        let court = self.suite.court;
        self.token.spend(caller, court, U256::from(cost))?;
        self.token.shift(caller, court, U256::from(cost))?;
        let times = court_parameters();
        let round = times.drawSecs + times.commitSecs + times.revealSecs;
        let appeals = 4 * (times.appealSecs + times.appealEvidenceSecs + round);
        let neutral_from = self.now + u64::from(times.evidenceSecs + round + appeals + 30 * 86_400);
        self.disputes.opened.push(CaseBook {
            work: Some((id, slot)),
            funder: caller,
            provider: book.provider,
            opened: (claim, book.claim),
            claims: (claim, book.claim),
            evidence_end: self.now + u64::from(times.evidenceSecs),
            neutral_from,
            held: cost,
            lapsed: false,
            cancelled: false,
        });
        self.jobs.posted[place].slots[slot as usize].stage = super::Stage::Disputed { until: neutral_from };
        Ok((self.disputes.opened.len() as u64, u96(cost)).abi_encode())
    }

    pub fn concede(&mut self, caller: Address, id: B256, slot: u16, claim: u8) -> Answer {
        let number = self.disputed(id, slot)?;
        let case = self.disputes.opened[number].clone();
        if case.phase(self.now).0 != CourtPhase::Evidence {
            return refuse(IDisputes::DisputesTooLate { dispute: number as u64 + 1 });
        }
        let (low, high) = case.claims;
        let provider = self.book(case.provider).expect("it took the slot");
        let acts = provider.owner == caller || (provider.operator == caller && provider.accepted_role);
        let (least, most) = match () {
            () if caller == case.funder => (low + 1, high),
            () if acts => (low, high - 1),
            () => return refuse(IDisputes::DisputesNotParty { job: id, slot, caller }),
        };
        if !(least..=most).contains(&claim) {
            return refuse(IDisputes::DisputesBadClaim { claim, least, most });
        }
        let claims = if caller == case.funder { (claim, high) } else { (low, claim) };
        self.disputes.opened[number].claims = claims;
        if claims.0 < claims.1 {
            return Ok(Vec::new());
        }
        let settlement = Settlement { share: claim, owed: 0, verdict: Verdict::Conceded, trial: case.trial(claim) };
        self.end_dispute(number, settlement, Outcome::Conceded)?;
        let burned = if claim == case.opened.1 { FLOOR.min(case.held) } else { 0 };
        let court = self.suite.court;
        self.token.shift(court, case.funder, U256::from(case.held - burned))?;
        self.token.burn(court, U256::from(burned))?;
        let case = &mut self.disputes.opened[number];
        (case.held, case.cancelled) = (0, true);
        Ok(Vec::new())
    }

    /// As the court decided, which is the half, where no jury was drawn.
    pub fn settle_dispute(&mut self, id: B256, slot: u16) -> Answer {
        let number = self.disputed(id, slot)?;
        let (phase, _) = self.disputes.opened[number].phase(self.now);
        if phase != CourtPhase::Final {
            return refuse(IDisputes::DisputesUndecided { dispute: number as u64 + 1, phase: phase as u8 });
        }
        self.end_at_half(number)
    }

    pub fn settle_neutral(&mut self, id: B256, slot: u16) -> Answer {
        let number = self.disputed(id, slot)?;
        let neutral_from = self.disputes.opened[number].neutral_from;
        if self.now < neutral_from {
            return refuse(IDisputes::DisputesTooEarly { dispute: number as u64 + 1, neutralFrom: neutral_from });
        }
        self.end_at_half(number)
    }

    pub fn lapse(&mut self, dispute: u64) -> Answer {
        let Some(case) = dispute.checked_sub(1).and_then(|number| self.disputes.opened.get_mut(number as usize)) else {
            return refuse(ICourt::CourtUnknownDispute { dispute });
        };
        let (phase, until) = case.phase(self.now);
        if phase != CourtPhase::Drawing || self.now < until {
            return refuse(ICourt::CourtWrongPhase { dispute, phase: phase as u8, until });
        }
        case.lapsed = true;
        let (court, funder, held) = (self.suite.court, case.funder, std::mem::take(&mut case.held));
        self.token.shift(court, funder, U256::from(held))?;
        Ok(u96(held).abi_encode())
    }

    /// What the court holds.
    pub fn held_by_court(&self) -> u128 {
        self.disputes.opened.iter().map(|case| case.held).sum()
    }

    fn disputed(&self, id: B256, slot: u16) -> Result<usize, Vec<u8>> {
        let number = self.disputes.opened.iter().position(|case| case.work == Some((id, slot)));
        number.map_or_else(|| refuse(IDisputes::DisputesNotDisputed { job: id, slot }), Ok)
    }

    fn end_at_half(&mut self, number: usize) -> Answer {
        let case = &self.disputes.opened[number];
        let share = case.clipped(10);
        let settlement = Settlement { share, owed: 0, verdict: Verdict::Neutral, trial: case.trial(share) };
        self.end_dispute(number, settlement, Outcome::Neutral)
    }

    fn end_dispute(&mut self, number: usize, settlement: Settlement, outcome: Outcome) -> Answer {
        let (id, slot) = self.disputes.opened[number].work.take().expect("it is disputed");
        let place = self.job_at(id, slot)?;
        self.end_slot(place, slot, settlement, outcome)
    }

    /// Closes a slot with a result, and pays for that; where no jury hears a dispute, what was claimed burns instead.
    pub(super) fn end_slot(&mut self, place: usize, slot: u16, settlement: Settlement, outcome: Outcome) -> Answer {
        let (id, posted) = (self.jobs.posted[place].id, units(self.jobs.posted[place].terms.price));
        let book = &mut self.jobs.posted[place].slots[slot as usize];
        (book.stage, book.outcome) = (super::Stage::Closed, outcome);
        let book = book.clone();
        let unheard = settlement.verdict == Verdict::Unheard;
        let ending = settlement.ending(&book, unheard);
        let (earned, fee) = (ending.earned, ending.fee);
        let payout = self.end_work((id, slot), &book, &ending)?;
        if unheard {
            let burned = book.price * u128::from(book.claim) / 20;
            let requester = self.unlock(id);
            self.token.shift(self.suite.escrow, requester, U256::from(posted - burned))?;
            self.token.burn(self.suite.escrow, U256::from(burned))?;
        } else {
            self.settle(id, payout, earned, fee)?;
        }
        Ok(Vec::new())
    }
}
