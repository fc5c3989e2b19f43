//! Doing what anyone may do on a deployment, as soon as the chain says that it is due.
//!
//! Nothing is remembered that counts: what there is to do is learned from events and asked of the chain right before
//! anything is sent, so that a process can end at any instant, and several can keep one deployment.

mod due;
mod programs;
mod schedule;

use std::collections::BTreeSet;

use alloy::primitives::{Address, B256, U256};
use linq_abi::codes::{Action, SlotState};
use linq_abi::{IEscrow, IJobs, ILens};
use serde::Serialize;

pub use self::due::Due;
use self::programs::{Program, Programs};
use self::schedule::{NEVER, Schedule, Slot};
use crate::client::{Linq, Sent};
use crate::error::{Error, Kind, Result};
use crate::units::{Lnq, decimal};

/// Slots, and disputes, that one look asks about at the most. What is left comes first at the next look.
const MAX_ASKED: usize = 500;

/// Steps that one look takes in one dispute: all that can be due at once are 31 seats drawn or five rounds settled, in
/// chunks.
const MAX_STEPS: usize = 64;

/// Seconds until something that failed is tried again.
const RETRY_SECS: u64 = 60;

/// What is worth its gas.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// The least value that a transaction has to move.
    pub least: Lnq,
    /// The most that a unit of gas may cost, in wei.
    pub gas_price_wei: Option<u128>,
    /// Whether to pay, in ether, for programs to live on.
    pub programs: bool,
}

/// Something that anyone may do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Chore {
    /// In one word.
    pub step: &'static str,
    /// In a sentence.
    pub what: String,
    /// The job it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job: Option<B256>,
    /// One of its slots.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slot: Option<u16>,
    /// The dispute it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispute: Option<u64>,
    /// The contract it is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contract: Option<Address>,
    /// What it moves, or what waits for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Lnq>,
}

/// What a look has led to.
#[derive(Clone, Debug, Serialize)]
#[serde(tag = "did", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Deed {
    /// It was done.
    Done {
        /// What.
        #[serde(flatten)]
        chore: Chore,
        /// The transaction.
        tx_hash: B256,
        /// Its gas.
        gas_used: u64,
    },
    /// It is due and was left alone. Said once for each reason.
    Left {
        /// What.
        #[serde(flatten)]
        chore: Chore,
        /// Why.
        why: String,
    },
}

/// Keeps a deployment going.
#[derive(Debug)]
pub struct Upkeep {
    linq: Linq,
    limits: Limits,
    relay: Option<String>,
    schedule: Schedule,
    programs: Programs,
    left: BTreeSet<(Chore, String)>,
}

impl Upkeep {
    /// Keeps a deployment, within `limits`. Rounds of the beacon come from `relay`, or from where its key says.
    pub fn new(linq: Linq, limits: Limits, relay: Option<String>) -> Self {
        let schedule = Schedule::new(linq.suite.from_block);
        let programs = Programs::of(&linq.suite);
        Self { linq, limits, relay, schedule, programs, left: BTreeSet::new() }
    }

    /// Looks once, and does what is due and worth it. One thing that fails does not keep the others waiting; what was done,
    /// left alone or failed is told to `tell`.
    ///
    /// Fails: [`Kind::Network`] where the chain could not be read at all.
    pub async fn look(&mut self, mut tell: impl FnMut(std::result::Result<Deed, Error>)) -> Result<()> {
        self.schedule.learn(&self.linq).await?;
        let now = self.linq.second().await?;
        let too_dear = self.too_dear().await?;
        self.tend_slots(now, too_dear.as_deref(), &mut tell).await?;
        self.tend_disputes(now, too_dear.as_deref(), &mut tell).await?;
        let swept = self.sweep(too_dear.as_deref(), &mut tell).await;
        passing(swept, &mut tell)?;
        if self.limits.programs {
            self.tend_programs(now, too_dear.as_deref(), &mut tell).await?;
        }
        Ok(())
    }

    /// Why nothing at all is worth its gas now, if so.
    async fn too_dear(&self) -> Result<Option<String>> {
        let Some(most) = self.limits.gas_price_wei else { return Ok(None) };
        let price = self.linq.client.gas_price_wei().await?;
        // The price itself is not said: it moves, and what goes on is said once.
        Ok((price > most).then(|| format!("a unit of gas costs more than {most} wei")))
    }

    async fn tend_slots(&mut self, now: u64, too_dear: Option<&str>, tell: &mut impl Tell) -> Result<()> {
        for slot in self.schedule.slots_due(now, MAX_ASKED) {
            let tended = self.tend_slot(&slot, now, too_dear, tell).await;
            let next = passing(tended, tell)?.unwrap_or(Some(now.saturating_add(RETRY_SECS)));
            self.schedule.put_slot(slot, next);
        }
        Ok(())
    }

    /// Steps a slot if that is due; when to look at it again, nothing once it is closed.
    async fn tend_slot(
        &mut self,
        slot: &Slot,
        now: u64,
        too_dear: Option<&str>,
        tell: &mut impl Tell,
    ) -> Result<Option<u64>> {
        let Slot { job, index, price } = *slot;
        let (action, since) = self.next_action(slot).await?;
        if action == Action::None {
            // A disputed slot goes on with its dispute.
            let state = self.linq.slot(job, index).await?.state;
            return Ok((state != SlotState::Closed.number()).then_some(NEVER));
        }
        if now < since {
            return Ok(Some(since));
        }
        let chore = step_chore(slot, action);
        if let Some(wait) = self.leave(&chore, Some(price), too_dear, now, tell) {
            return Ok(Some(wait));
        }
        let call = IJobs::stepCall { job, slot: index };
        match self.linq.client.send(self.linq.suite.jobs, &call, U256::ZERO).await {
            Ok(sent) => tell(Ok(done(chore, &sent))),
            // Somebody else was faster, unless it is due as before.
            Err(error) if error.kind() == Kind::Revert && self.next_action(slot).await? != (action, since) => {}
            Err(error) => return Err(error.context(format!("slot {index} of job {job}"))),
        }
        Ok(Some(now))
    }

    async fn next_action(&self, slot: &Slot) -> Result<(Action, u64)> {
        let call = ILens::nextActionCall { job: slot.job, slot: slot.index };
        let next = self.linq.client.call(self.linq.suite.lens, &call).await?;
        Ok((Action::from_u8(next.action).unwrap_or(Action::None), next.since))
    }

    async fn tend_disputes(&mut self, now: u64, too_dear: Option<&str>, tell: &mut impl Tell) -> Result<()> {
        for number in self.schedule.disputes_due(now, MAX_ASKED) {
            let tended = self.tend_dispute(number, now, too_dear, tell).await;
            let next = passing(tended, tell)?.unwrap_or(Some(now.saturating_add(RETRY_SECS)));
            self.schedule.put_dispute(number, next);
        }
        Ok(())
    }

    /// Takes every step of a dispute that is due; when to look at it again, nothing once all is settled.
    async fn tend_dispute(
        &mut self,
        number: u64,
        now: u64,
        too_dear: Option<&str>,
        tell: &mut impl Tell,
    ) -> Result<Option<u64>> {
        let mut dispute = self.linq.dispute(number).await?;
        for _ in 0..MAX_STEPS {
            let Some(due) = Due::of(&dispute) else { return Ok(Due::next_look(&dispute)) };
            let chore = Chore {
                step: due.name(),
                what: due.to_string(),
                job: Some(dispute.opened.job),
                slot: Some(dispute.opened.slot),
                dispute: Some(number),
                contract: None,
                value: Some(Lnq(dispute.opened.value)),
            };
            if let Some(wait) = self.leave(&chore, chore.value, too_dear, now, tell) {
                return Ok(Some(wait));
            }
            let taken = due.take(&self.linq, &dispute, self.relay.as_deref()).await;
            dispute = self.linq.dispute(number).await?;
            match taken {
                Ok(sent) => tell(Ok(done(chore, &sent))),
                Err(error) if error.kind() == Kind::Revert && Due::of(&dispute) != Some(due) => {}
                // The chain has just answered. What could not be reached is the relay, and the others need not wait for it.
                Err(error) => {
                    tell(Err(error.context(format!("dispute {number}"))));
                    return Ok(Some(now.saturating_add(RETRY_SECS)));
                }
            }
        }
        Ok(Some(now))
    }

    async fn sweep(&mut self, too_dear: Option<&str>, tell: &mut impl Tell) -> Result<()> {
        let escrow = self.linq.suite.escrow;
        let fees = Lnq(self.linq.client.call(escrow, &IEscrow::liabilitiesCall {}).await?.fees);
        if fees == Lnq::default() {
            return Ok(());
        }
        let mut chore = chore("sweep", "shares the fees out", None);
        chore.contract = Some(escrow);
        // Fees gather: what is too little now will be enough, and is nothing to speak of.
        if fees < self.limits.least || self.leave(&chore, None, too_dear, 0, tell).is_some() {
            return Ok(());
        }
        let sent = self.linq.client.send(escrow, &IEscrow::sweepCall {}, U256::ZERO).await?;
        chore.value = Some(fees);
        tell(Ok(done(chore, &sent)));
        Ok(())
    }

    async fn tend_programs(&mut self, now: u64, too_dear: Option<&str>, tell: &mut impl Tell) -> Result<()> {
        for program in self.programs.due(now) {
            let tended = self.tend_program(program, now, too_dear, tell).await;
            let next = passing(tended, tell)?.unwrap_or(now.saturating_add(RETRY_SECS));
            self.programs.put(program, next);
        }
        Ok(())
    }

    /// Lets a program live on if the chain takes that already; when to look at it again.
    async fn tend_program(
        &mut self,
        program: Program,
        now: u64,
        too_dear: Option<&str>,
        tell: &mut impl Tell,
    ) -> Result<u64> {
        let renewable = program.renewable_in_secs(&self.linq.client).await?;
        if renewable != 0 {
            return Ok(now.saturating_add(renewable));
        }
        let mut chore = chore("keepAlive", format!("lets {} live on", program.name), None);
        chore.contract = Some(program.address);
        if let Some(wait) = self.leave(&chore, None, too_dear, now, tell) {
            return Ok(wait);
        }
        match program.keep_alive(&self.linq.client).await {
            Ok(sent) => tell(Ok(done(chore, &sent))),
            Err(error) if error.kind() == Kind::Revert && !program.is_renewable(&self.linq.client).await? => {}
            Err(error) => return Err(error.context(program.name)),
        }
        Ok(now)
    }

    /// Says why something is left alone, once, and when to look again; nothing when it is to be done.
    fn leave(
        &mut self,
        chore: &Chore,
        value: Option<Lnq>,
        too_dear: Option<&str>,
        now: u64,
        tell: &mut impl Tell,
    ) -> Option<u64> {
        let too_little = value.filter(|value| *value < self.limits.least);
        let (why, wait) = match (too_little, too_dear) {
            (Some(value), _) => {
                (format!("{value} is less than the {} that are worth a transaction", self.limits.least), NEVER)
            }
            (None, Some(why)) => (why.to_owned(), now),
            (None, None) => return None,
        };
        if self.left.insert((chore.clone(), why.clone())) {
            tell(Ok(Deed::Left { chore: chore.clone(), why }));
        }
        Some(wait)
    }
}

/// Where deeds and failures are told.
trait Tell: FnMut(std::result::Result<Deed, Error>) {}

impl<F: FnMut(std::result::Result<Deed, Error>)> Tell for F {}

/// Tells of a failure and goes on, unless the chain cannot be reached: then nothing else would go better.
fn passing<T>(result: Result<T>, tell: &mut impl Tell) -> Result<Option<T>> {
    match result {
        Ok(value) => Ok(Some(value)),
        Err(error) if error.kind() == Kind::Network => Err(error),
        Err(error) => {
            tell(Err(error));
            Ok(None)
        }
    }
}

fn chore(step: &'static str, what: impl Into<String>, value: Option<Lnq>) -> Chore {
    Chore { step, what: what.into(), job: None, slot: None, dispute: None, contract: None, value }
}

fn step_chore(slot: &Slot, action: Action) -> Chore {
    let (step, what) = match action {
        Action::Pay => ("pay", "pays a result that nobody objected to"),
        Action::Late => ("late", "ends an attempt that is late"),
        Action::Expire => ("expire", "returns the price of a slot that nobody took"),
        Action::None => ("none", "does nothing"),
    };
    Chore { job: Some(slot.job), slot: Some(slot.index), ..chore(step, what, Some(slot.price)) }
}

fn done(chore: Chore, sent: &Sent) -> Deed {
    Deed::Done { chore, tx_hash: sent.hash, gas_used: sent.gas_used }
}

impl std::fmt::Display for Chore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match (self.dispute, self.job, self.slot) {
            (Some(dispute), ..) => write!(f, "dispute {dispute}: ")?,
            (None, Some(job), Some(slot)) => write!(f, "slot {slot} of job {job}: ")?,
            _ => {}
        }
        f.write_str(&self.what)?;
        match self.value {
            Some(value) => write!(f, " ({} LNQ)", decimal(value.to_token())),
            None => Ok(()),
        }
    }
}
