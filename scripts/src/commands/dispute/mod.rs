//! `linq dispute`

mod appeal;
mod concede;
mod evidence;
mod open;
mod show;
mod step;

use alloy::primitives::B256;
use clap::{Args, Subcommand};

use super::Context;
use super::slots::slot_of;
use crate::client::{Dispute, Linq};
use crate::error::Result;
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

/// A share of the price as people read it.
fn show_share(twentieths: u8) -> String {
    format!("{twentieths}/20")
}
