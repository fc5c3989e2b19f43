//! `linq keep`

use std::time::Duration;

use clap::Args;

use super::Context;
use super::watching::{Rhythm, until_interrupted};
use crate::error::Result;
use crate::output::{Page, Report};
use crate::units::{Lnq, parse_duration};
use crate::upkeep::{Deed, Limits, Upkeep};

/// Do whatever is due on the whole deployment, until interrupted; anyone may
///
/// Pays, refunds and reopens slots whose time is over, takes every dispute from the beacon's round to the last settlement,
/// shares fees out, and lets the programs live on. It is not paid for that: options say what is worth its gas, and what is
/// left alone is said with the reason. It can be ended and started at any time, and others may do the same beside it.
///
/// With --json each deed, each thing left alone and each failure that is new is a document on a line of its own.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The least value that a transaction has to move
    #[arg(long, value_name = "LNQ", default_value = "1")]
    least_value: Lnq,
    /// The most that a unit of gas may cost, in wei; nothing is sent while it costs more
    #[arg(long, value_name = "WEI")]
    most_gas_price: Option<u128>,
    /// Pay for no program to live on, which takes a fee in ether beside the gas
    #[arg(long)]
    no_programs: bool,
    /// Relay of drand to fetch rounds from [default: https://api.drand.sh]
    #[arg(long, value_name = "URL", env = "LINQ_BEACON_RELAY")]
    relay: Option<String>,
    /// Do what is due now, and end
    #[arg(long)]
    once: bool,
    /// Time between two looks at the chain
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "5s", conflicts_with = "once")]
    every: Duration,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        until_interrupted(self.keep(context)).await
    }

    async fn keep(&self, context: &Context) -> Result<()> {
        let limits =
            Limits { least: self.least_value, gas_price_wei: self.most_gas_price, programs: !self.no_programs };
        let mut upkeep = Upkeep::new(context.writer().await?, limits, self.relay.clone());
        if !self.once {
            context.output.progress("doing what is due; interrupt (Ctrl-C) to stop");
        }
        let rhythm = Rhythm { once: self.once, every: self.every };
        rhythm.look_on(&context.output, async |tell| upkeep.look(tell).await).await
    }
}

impl Report for Deed {
    fn page(&self, page: &mut Page) {
        match self {
            Self::Done { chore, tx_hash, .. } => page.line(format!("{chore} ({tx_hash})")),
            Self::Left { chore, why } => page.line(format!("left alone: {chore}: {why}")),
        }
    }
}
