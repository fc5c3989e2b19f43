//! One slot of one job, as a call finds it, and the steps that calls are made of.
//!
//! Each step that ends something writes and logs first and calls out last: the registry, then the escrow.

use alloy_primitives::{Address, B256, aliases::U16};
use linq_abi::{
    IJobs::*,
    Resources, WorkClose,
    codes::{Trial, Verdict, WorkEnd},
    wire::bytes_of,
};
use linq_common::{Amount, Share, Timestamp, Word, log};
use linq_records::{job::Conditions, jobs::Parameters};
use stylus_sdk::prelude::*;

use crate::{
    JobsError,
    calls::Reward,
    math::{Payment, lock_up},
    state::{Jobs, SlotRecord},
    transition::{Departure, Refusal},
};

/// A slot and the conditions it lives under.
pub(crate) struct Work {
    /// Its job.
    pub job: B256,
    /// Its place in the job.
    pub index: u16,
    /// keccak256(job, index): what it is stored under, and what the registry's history names it by.
    pub id: B256,
    /// What was agreed.
    pub conditions: Conditions,
    /// Where it stands.
    pub slot: SlotRecord,
}

impl Work {
    /// Names job and slot in what a transition refused.
    pub fn refused(&self, refusal: Refusal) -> JobsError {
        let (job, slot) = (self.job, self.index);
        match refusal {
            Refusal::WrongState(state) => JobsWrongState { job, slot, state: state.number() }.into(),
            Refusal::TooLate(deadline) => JobsTooLate { job, slot, deadline: deadline.secs() }.into(),
            Refusal::PriceTooHigh { price, limit } => {
                JobsPriceTooHigh { price: price.into(), limit: limit.into() }.into()
            }
            Refusal::Left(provider) => JobsProviderLeft { job, slot, provider }.into(),
            Refusal::AlreadyTheirs(provider) => JobsAlreadyTheirs { job, slot, provider }.into(),
            Refusal::BadClaim { claim, least } => {
                JobsBadClaim { claim, least: least.twentieths(), most: Share::ALL.twentieths() }.into()
            }
            Refusal::BadShare { share, claim } => JobsBadShare { share, claim: claim.twentieths() }.into(),
            Refusal::NothingDue(state, until) => {
                JobsNothingDue { job, slot, state: state.number(), until: until.secs() }.into()
            }
        }
    }
}

/// What a result is worth, and who says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Settlement {
    /// How much of the price the provider gets, before what it owes.
    pub share: Share,
    /// What the provider owes the requester of the jury's cost.
    pub owed: Amount,
    /// How the share was found.
    pub verdict: Verdict,
    /// Whether it was disputed.
    pub trial: Trial,
}

impl Settlement {
    /// Without a dispute.
    pub fn undisputed(share: Share, verdict: Verdict) -> Self {
        Self { share, owed: Amount::ZERO, verdict, trial: Trial::None }
    }
}

/// How a take ends in the registry's books.
struct Ending {
    end: WorkEnd,
    /// Whether its capacity is still reserved.
    reserved: bool,
    settlement: Settlement,
    payment: Payment,
}

impl Ending {
    /// Without a result.
    fn unpaid(end: WorkEnd, reserved: bool) -> Self {
        let settlement = Settlement::undisputed(Share::NONE, Verdict::Undisputed);
        Self { end, reserved, settlement, payment: Payment::default() }
    }
}

impl Jobs {
    /// The present second.
    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::new_clipped(self.vm().block_timestamp())
    }

    /// What was agreed for `job`.
    pub(crate) fn conditions_of(&self, job: B256) -> Result<Conditions, JobsError> {
        let word = self.jobs.getter(job).conditions.get();
        if word.is_zero() {
            return Err(JobsUnknownJob { job }.into());
        }
        Ok(Conditions::unpack(&word))
    }

    /// One version of the parameters.
    pub(crate) fn parameters_of(&self, version: u16) -> Parameters {
        let setup = self.setup();
        if version == setup.version {
            return setup.parameters;
        }
        Parameters::from_word(&self.parameters.get(U16::from(version)))
    }

    /// The slot `index` of `job`.
    pub(crate) fn work(&self, job: B256, index: u16) -> Result<Work, JobsError> {
        let conditions = self.conditions_of(job)?;
        if !conditions.has_slot(index) {
            return Err(JobsUnknownSlot { job, slot: index }.into());
        }
        let id = self.vm().native_keccak256(&bytes_of(&(job, index)));
        let slot = SlotRecord::unpack(&self.slots.get(id));
        Ok(Work { job, index, id, conditions, slot })
    }

    /// Stores what becomes of a slot.
    pub(crate) fn put(&mut self, work: &Work, next: &SlotRecord) -> Result<(), JobsError> {
        let word = next.pack().ok_or(JobsOverflow {})?;
        self.slots.setter(work.id).set(word);
        Ok(())
    }

    /// Closes a slot with a result, and pays for that; where no jury hears a dispute, what was claimed burns instead. Where
    /// an operator is given it has just submitted, and its capacity is returned first.
    pub(crate) fn pay(
        &mut self,
        work: &Work,
        next: &SlotRecord,
        settlement: Settlement,
        reward: Reward,
        operator: Option<Address>,
    ) -> Result<(), JobsError> {
        let Settlement { share, owed, .. } = settlement;
        let fee = self.parameters_of(work.conditions.version).fee;
        let unheard = settlement.verdict == Verdict::Unheard;
        let payment = if unheard { Payment::default() } else { Payment::of(next.price, share, owed, fee)? };

        self.put(work, next)?;

        self.log_closed(work, next.provider, next, payment);

        if let Some(operator) = operator {
            self.free(work, operator)?;
        }
        let ending = Ending { end: WorkEnd::Settled, reserved: false, settlement, payment };
        let payee = self.close_take(work, next, reward, ending)?;
        if unheard {
            return self.escrow_forfeit(work.job, next.price.into(), next.claim.twentieths());
        }
        self.escrow_settle(&(work.job, payee, next.price.into(), share.twentieths(), owed.into(), fee.get()))?;
        Ok(())
    }

    /// Ends a take that brought no result: the slot opens again, or closes with a refund. Where an operator is given it is
    /// the one who gives up, and the registry confirms it.
    pub(crate) fn leave(
        &mut self,
        work: &Work,
        departure: &Departure,
        operator: Option<Address>,
    ) -> Result<(), JobsError> {
        let reward = self.reward_of(work.job)?;
        let Departure { end, next } = departure;
        let reopened = departure.reopened();

        self.put(work, next)?;

        let provider = work.slot.provider;
        if reopened {
            let (job, slot, attempt) = (work.job, work.index, work.slot.attempt);
            log(self.vm(), &SlotReopened { job, slot, provider, end: end.number(), attempt });
        } else {
            self.log_closed(work, provider, next, Payment::default());
        }

        if let Some(operator) = operator {
            self.free(work, operator)?;
        }
        self.close_take(work, &work.slot, reward, Ending::unpaid(*end, operator.is_none()))?;
        if !reopened {
            self.escrow_refund(work.job)?;
        }
        Ok(())
    }

    /// Closes a slot that nobody has, and returns its price.
    pub(crate) fn refund(&mut self, work: &Work, next: &SlotRecord) -> Result<(), JobsError> {
        self.put(work, next)?;

        self.log_closed(work, 0, next, Payment::default());

        self.escrow_refund(work.job)?;
        Ok(())
    }

    /// Takes a take that was displaced off the registry's books.
    pub(crate) fn displace(&mut self, work: &Work, displaced: &SlotRecord, reward: Reward) -> Result<(), JobsError> {
        self.close_take(work, displaced, reward, Ending::unpaid(WorkEnd::Displaced, true))?;
        Ok(())
    }

    /// Returns the capacity that a slot occupies, in the name of its provider's operator.
    pub(crate) fn free(&mut self, work: &Work, operator: Address) -> Result<(), JobsError> {
        self.registry_free(work.slot.provider, operator, work.conditions.resources.clone())
    }

    /// Ends `take` in the registry's books, and learns whom to pay for it.
    fn close_take(
        &mut self,
        work: &Work,
        take: &SlotRecord,
        reward: Reward,
        ending: Ending,
    ) -> Result<Address, JobsError> {
        let parameters = self.parameters_of(work.conditions.version);
        let took = self.now().secs_since(take.taken_at);
        let Settlement { share, verdict, trial, .. } = ending.settlement;
        let work = WorkClose {
            work: work.id,
            provider: take.provider,
            payoutVersion: take.payout_version,
            end: ending.end.number(),
            lock: lock_up(reward.price, parameters.collateral).into(),
            standing: take.standing,
            reserved: ending.reserved,
            resources: if ending.reserved { work.conditions.resources.clone() } else { Resources::default() },
            claim: take.claim.twentieths(),
            share: share.twentieths(),
            paid: ending.payment.earned.into(),
            fee: ending.payment.fee.into(),
            priceFee: take.price.bps_down(parameters.fee).into(),
            tookSecs: u32::try_from(took).unwrap_or(u32::MAX),
            requester: reward.requester,
            owed: ending.payment.uncovered.into(),
            verdict: verdict.number(),
            trial: trial.number(),
        };
        self.registry_close(&work)
    }

    fn log_closed(&self, work: &Work, provider: u32, next: &SlotRecord, payment: Payment) {
        let closed = SlotClosed {
            job: work.job,
            slot: work.index,
            provider,
            outcome: next.outcome.number(),
            paid: payment.paid.into(),
            fee: payment.fee.into(),
        };
        log(self.vm(), &closed);
    }
}
