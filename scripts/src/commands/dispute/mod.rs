//! `linq dispute`

mod appeal;
mod concede;
mod due;
mod evidence;
mod open;
mod show;
mod step;

use alloy::primitives::B256;
use clap::{Args, Subcommand};

use super::Context;
use crate::client::{Dispute, Linq};
use crate::error::{Error, Result};
use crate::units::parse_word;

/// Dispute a result, and follow the court to its verdict
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Open(open::Arguments),
    Show(show::Arguments),
    Evidence(evidence::Arguments),
    Concede(concede::Arguments),
    Appeal(appeal::Arguments),
    Step(step::Arguments),
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        match self.command {
            Command::Open(arguments) => arguments.run(context).await,
            Command::Show(arguments) => arguments.run(context).await,
            Command::Evidence(arguments) => arguments.run(context).await,
            Command::Concede(arguments) => arguments.run(context).await,
            Command::Appeal(arguments) => arguments.run(context).await,
            Command::Step(arguments) => arguments.run(context).await,
        }
    }
}

/// A slot of a job.
#[derive(Args, Clone, Copy, Debug)]
struct SlotName {
    /// The job
    #[arg(value_parser = parse_word)]
    job: B256,
    /// One of its tasks, counted from 0; may be left out when there is one
    slot: Option<u16>,
}

impl SlotName {
    async fn slot(self, linq: &Linq) -> Result<u16> {
        slot_of(linq, self.job, self.slot).await
    }
}

/// A dispute, by what it is about or by its number.
#[derive(Args, Clone, Copy, Debug)]
struct DisputeName {
    /// The job
    #[arg(value_parser = parse_word, required_unless_present = "dispute", conflicts_with = "dispute")]
    job: Option<B256>,
    /// One of its tasks, counted from 0; may be left out when there is one
    #[arg(conflicts_with = "dispute")]
    slot: Option<u16>,
    /// The number of the dispute, instead of job and slot
    #[arg(long, value_name = "N")]
    dispute: Option<u64>,
}

impl DisputeName {
    async fn find(self, linq: &Linq) -> Result<Dispute> {
        match (self.job, self.dispute) {
            (Some(job), _) => linq.dispute_over(job, slot_of(linq, job, self.slot).await?).await,
            (None, number) => linq.dispute(number.unwrap_or_default()).await,
        }
    }
}

/// The slot that was named, or the only one.
async fn slot_of(linq: &Linq, job: B256, slot: Option<u16>) -> Result<u16> {
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

/// A share of the price as people read it.
fn show_share(twentieths: u8) -> String {
    format!("{twentieths}/20")
}
