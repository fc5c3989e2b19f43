//! Commands that do one thing to one or all slots of a job.

use alloy::primitives::{B256, U256};
use alloy::sol_types::SolCall;
use clap::Args;
use linq_abi::codes::{Outcome, SlotState};
use serde::Serialize;

use super::Context;
use crate::client::Linq;
use crate::error::{Error, Kind, Result};
use crate::output::{Page, Report};
use crate::units::parse_word;

/// Which slots of a job.
#[derive(Args, Debug)]
pub(super) struct SlotFlags {
    /// The job
    #[arg(value_parser = parse_word)]
    pub job: B256,
    /// One of its tasks, counted from 0; may be left out when there is one
    #[arg(long, value_name = "N", conflicts_with = "all")]
    slot: Option<u16>,
    /// All tasks for which it can be done
    #[arg(long)]
    all: bool,
}

/// What was done, slot by slot.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    job: B256,
    done: Vec<Done>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Done {
    slot: u16,
    tx_hash: B256,
    gas_used: u64,
    /// What the slot has become.
    state: String,
    outcome: String,
}

impl SlotFlags {
    /// Connects, then as [`SlotFlags::run_with`].
    pub(super) async fn run<C: SolCall>(&self, context: &Context, call: impl Fn(B256, u16) -> C) -> Result<()> {
        self.run_with(context, &context.writer().await?, call).await
    }

    /// Sends the call for every slot that was named, and reports what became of it.
    ///
    /// With `--all`, slots that refuse the call because of their state are left out.
    pub(super) async fn run_with<C: SolCall>(
        &self,
        context: &Context,
        linq: &Linq,
        call: impl Fn(B256, u16) -> C,
    ) -> Result<()> {
        let job = linq.job(self.job).await?;
        let slots: Vec<u16> = match (self.slot, job.tasks) {
            (Some(slot), tasks) if slot >= tasks => {
                return Err(Error::not_found(format!("the job has {tasks} tasks, and there is no slot {slot}"))
                    .hint("slots are counted from 0"));
            }
            (Some(slot), _) => vec![slot],
            (None, tasks) if self.all || tasks == 1 => (0..tasks).collect(),
            (None, tasks) => {
                return Err(Error::usage(format!("the job has {tasks} tasks"))
                    .hint("name one with --slot N, or all of them with --all"));
            }
        };
        let mut done = Vec::new();
        for slot in slots {
            match self.one(linq, slot, call(self.job, slot)).await {
                Ok(one) => {
                    context.output.progress(format!("slot {slot}: {}", one.state));
                    done.push(one);
                }
                Err(error) if self.all && error.kind() == Kind::Revert && refused_by_state(&error) => {}
                Err(error) if refused_by_state(&error) && self.is_disputed(linq, slot).await? => {
                    return Err(Error::policy(format!("slot {slot} is disputed, and the court decides"))
                        .hint(format!("`linq dispute step {} {slot}` does what is due", self.job)));
                }
                Err(error) => return Err(error.context(format!("slot {slot}"))),
            }
        }
        if done.is_empty() {
            return Err(Error::policy("there is no slot for which this can be done now")
                .hint("`linq status` shows what can be done"));
        }
        context.output.report(&Document { job: self.job, done })
    }

    async fn is_disputed(&self, linq: &Linq, slot: u16) -> Result<bool> {
        Ok(linq.slot(self.job, slot).await?.state == SlotState::Disputed.number())
    }

    async fn one<C: SolCall>(&self, linq: &Linq, slot: u16, call: C) -> Result<Done> {
        let sent = linq.client.send(linq.suite.jobs, &call, U256::ZERO).await?;
        let after = linq.slot(self.job, slot).await?;
        Ok(Done {
            slot,
            tx_hash: sent.hash,
            gas_used: sent.gas_used,
            state: state_name(after.state),
            outcome: outcome_name(after.outcome),
        })
    }
}

/// A slot of a job, by its place.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct SlotName {
    /// The job
    #[arg(value_parser = parse_word)]
    pub job: B256,
    /// One of its tasks, counted from 0; may be left out when there is one
    pub slot: Option<u16>,
}

impl SlotName {
    pub(super) async fn slot(self, linq: &Linq) -> Result<u16> {
        slot_of(linq, self.job, self.slot).await
    }
}

/// The slot that was named, or the only one.
pub(super) async fn slot_of(linq: &Linq, job: B256, slot: Option<u16>) -> Result<u16> {
    let tasks = linq.job(job).await?.tasks;
    match slot {
        Some(slot) if slot >= tasks => {
            Err(Error::not_found(format!("the job has {tasks} tasks, and there is no slot {slot}"))
                .hint("slots are counted from 0"))
        }
        Some(slot) => Ok(slot),
        None if tasks == 1 => Ok(0),
        None => Err(Error::usage(format!("the job has {tasks} tasks")).hint("name one after the job, counted from 0")),
    }
}

fn refused_by_state(error: &Error) -> bool {
    let name = error.revert().and_then(|revert| revert.name());
    matches!(name, Some("JobsWrongState" | "JobsTooLate" | "JobsNothingDue"))
}

/// The name of a `SlotState` code.
pub(super) fn state_name(code: u8) -> String {
    SlotState::from_u8(code).map_or_else(|| format!("state {code}"), |state| state.to_string())
}

/// The name of an `Outcome` code.
pub(super) fn outcome_name(code: u8) -> String {
    Outcome::from_u8(code).map_or_else(|| format!("outcome {code}"), |outcome| outcome.to_string())
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Job {}", self.job));
        let rows = self.done.iter();
        page.table(
            ["slot", "now", "outcome", "transaction"],
            rows.map(|done| {
                [done.slot.to_string(), done.state.clone(), done.outcome.clone(), done.tx_hash.to_string()]
            }),
        );
    }
}
