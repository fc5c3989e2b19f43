//! `linq juror watch`

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::time::Duration;

use clap::Args;
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::super::Context;
use super::{own_number, votes_path, writer};
use crate::error::{Error, Kind, Result};
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
        let failed = |error: std::io::Error| Error::failure(format!("cannot wait for signals: {error}"));
        let (mut interrupt, mut terminate) =
            (signal(SignalKind::interrupt()).map_err(failed)?, signal(SignalKind::terminate()).map_err(failed)?);
        // Whatever is under way when a signal comes is on the chain or not: the next start reads which.
        tokio::select! {
            ended = self.watch(context) => ended,
            _ = interrupt.recv() => Ok(()),
            _ = terminate.recv() => Ok(()),
        }
    }

    async fn watch(&self, context: &Context) -> Result<()> {
        let jurors = writer(context).await?;
        let linq = &jurors.linq;
        let juror = own_number(&jurors, linq.client.account()?).await?;
        let votes = votes_path(self.votes.clone(), &linq.client, linq.suite.court)?;
        let worth = (!self.no_claims).then_some(Worth { least: self.least_reward, ether: self.ether_price });
        let mut watch = Watch::new(Bench::new(linq, juror), votes, worth);
        context.output.progress(format!("watching the disputes of juror {juror}"));
        let mut failing = BTreeSet::new();
        loop {
            let (mut failures, mut unsaid) = (Vec::new(), None);
            let looked = watch
                .look(|deed| match deed {
                    Ok(deed) => unsaid = unsaid.take().or(context.output.report(&deed).err()),
                    Err(error) => failures.push(error),
                })
                .await;
            unsaid.map_or(Ok(()), Err)?;
            failures.extend(looked.err());
            if self.once {
                return failures.into_iter().next().map_or(Ok(()), Err);
            }
            // What goes on failing is said once.
            let now = failures.iter().map(ToString::to_string).collect();
            for error in failures.iter().filter(|error| !failing.contains(&error.to_string())) {
                context.output.report(&Failed::from(error))?;
            }
            failing = now;
            tokio::time::sleep(self.every).await;
        }
    }
}

/// Something that did not work out, and is tried again at the next look.
#[derive(Serialize)]
struct Failed {
    did: &'static str,
    kind: Kind,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl From<&Error> for Failed {
    fn from(error: &Error) -> Self {
        let hint = error.next_step().map(str::to_owned);
        Self { did: "failed", kind: error.kind(), message: error.to_string(), hint }
    }
}

impl Report for Failed {
    fn page(&self, page: &mut Page) {
        page.line(format!("failed, will be tried again: {}", self.message));
        if let Some(hint) = &self.hint {
            page.line(format!("  next: {hint}"));
        }
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
