//! `linq juror`

mod leave;
mod stake;
mod status;
mod unstake;

use alloy::primitives::{Address, B256};
use clap::{Args, Subcommand};
use linq_abi::Juror;
use serde::Serialize;

use super::Context;
use crate::client::{Jurors, Linq};
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{Lnq, show_moment};

/// Back the court with stake, and look after it
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Stake(stake::Arguments),
    Status(status::Arguments),
    Leave(leave::Arguments),
    Unstake(unstake::Arguments),
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        match self.command {
            Command::Stake(arguments) => arguments.run(context).await,
            Command::Status(arguments) => arguments.run(context).await,
            Command::Leave(arguments) => arguments.run(context).await,
            Command::Unstake(arguments) => arguments.run(context).await,
        }
    }
}

/// The jurors, to read from.
async fn reader(context: &Context) -> Result<Jurors> {
    Ok(of(context.reader().await?))
}

/// The jurors, to send transactions to.
async fn writer(context: &Context) -> Result<Jurors> {
    Ok(of(context.writer().await?))
}

fn of(linq: Linq) -> Jurors {
    Jurors { address: linq.suite.jurors, linq }
}

/// The number of the juror that the key is.
async fn own_number(jurors: &Jurors, account: Address) -> Result<u32> {
    jurors.number_of(account).await?.ok_or_else(|| {
        Error::not_found(format!("{account} is no juror")).hint("become one with `linq juror stake AMOUNT`")
    })
}

/// What became of a juror's stake.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StakeDocument {
    juror: u32,
    amount: Lnq,
    active: Lnq,
    leaving: Lnq,
    /// When what leaves can be withdrawn, in unix seconds; absent while nothing leaves.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u64>,
    tx_hash: B256,
}

impl StakeDocument {
    async fn new(jurors: &Jurors, id: u32, amount: Lnq, tx_hash: B256) -> Result<Self> {
        let Juror { active, leaving, leavingEnd, .. } = jurors.juror(id).await?;
        let end = (leavingEnd > 0).then_some(leavingEnd);
        Ok(Self { juror: id, amount, active: Lnq(active), leaving: Lnq(leaving), end, tx_hash })
    }
}

impl Report for StakeDocument {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Juror {}", self.juror));
        page.field("amount", self.amount);
        page.field("active", self.active);
        page.field("leaving", self.leaving);
        if let Some(end) = self.end {
            page.field("unstake", format!("from {} on", show_moment(end)));
        }
    }
}
