//! `linq juror watch`

use std::path::PathBuf;
use std::time::Duration;

use clap::Args;

use super::super::Context;
use super::super::watching::{Rhythm, until_interrupted};
use super::{own_number, votes_path, writer};
use crate::error::Result;
use crate::output::{Page, Report};
use crate::units::{Lnq, parse_duration, show_moment};
use crate::votes::{Bench, Deed, Watch, Worth};

/// Show your sealed votes in time and collect your rewards, until interrupted
///
/// It can be ended and started at any time: what is to be done is read from the chain, votes come from their file or from the
/// key. Nothing is shown while votes are sealed, and nothing is sent twice. It seals no vote, but says when one is waited for.
///
/// With --json each deed, and each failure that is new, is a document on a line of its own.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Time between two looks at the chain
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "15s")]
    every: Duration,
    /// Look once and end
    #[arg(long)]
    once: bool,
    /// Leave rewards where they are
    #[arg(long)]
    no_claims: bool,
    /// The least reward of a jury that is claimed
    #[arg(long, value_name = "LNQ", default_value = "1", conflicts_with = "no_claims")]
    least_reward: Lnq,
    /// What one ether is worth; a reward that is worth less than its gas is not claimed then
    #[arg(long, value_name = "LNQ", conflicts_with = "no_claims")]
    ether_price: Option<Lnq>,
    /// The file that keeps your votes [env: LINQ_VOTES] [default: linq/votes/ in the user's data folder]
    #[arg(long, value_name = "FILE")]
    votes: Option<PathBuf>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        until_interrupted(self.watch(context)).await
    }

    async fn watch(&self, context: &Context) -> Result<()> {
        let jurors = writer(context).await?;
        let linq = &jurors.linq;
        let juror = own_number(&jurors, linq.client.account()?).await?;
        let votes = votes_path(self.votes.clone(), &linq.client, linq.suite.court)?;
        let worth = (!self.no_claims).then_some(Worth { least: self.least_reward, ether: self.ether_price });
        let mut watch = Watch::new(Bench::new(linq, juror), votes, worth);
        context.output.progress(format!("watching the disputes of juror {juror}"));
        let rhythm = Rhythm { once: self.once, every: self.every };
        rhythm.look_on(&context.output, async |tell| watch.look(tell).await).await
    }
}

impl Report for Deed {
    fn page(&self, page: &mut Page) {
        match self {
            Self::Revealed { dispute, round, seat, vote, .. } => {
                page.line(format!("dispute {dispute}: {vote} is shown in seat {seat} of jury {round}"));
            }
            Self::Claimed { dispute, round, amount, .. } => {
                page.line(format!("dispute {dispute}: jury {round} paid {amount}"));
            }
            Self::Waiting { dispute, round, until } => {
                let until = until.map_or_else(String::new, |until| format!(" until {}", show_moment(until)));
                page.line(format!(
                    "dispute {dispute}: jury {round} waits for your vote{until}; \
                     `linq juror show {dispute}`, `linq juror commit {dispute} --vote N`"
                ));
            }
        }
    }
}
