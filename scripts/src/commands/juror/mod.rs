//! `linq juror`

mod cases;
mod claim;
mod commit;
mod leave;
mod reveal;
mod show;
mod stake;
mod status;
mod unstake;
mod watch;

use std::fmt;
use std::path::PathBuf;

use alloy::primitives::{Address, B256};
use clap::{Args, Subcommand};
use linq_abi::Juror;
use serde::Serialize;

use super::Context;
use crate::client::{Client, Jurors, Linq};
use crate::error::{Error, Result};
use crate::network::process_environment;
use crate::output::{Page, Report};
use crate::units::{Lnq, show_moment};
use crate::votes::{Ballot, OwnSeat, Vote, VoteFile};

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
    Cases(cases::Arguments),
    Show(show::Arguments),
    Commit(commit::Arguments),
    Reveal(reveal::Arguments),
    Claim(claim::Arguments),
    Watch(watch::Arguments),
    Leave(leave::Arguments),
    Unstake(unstake::Arguments),
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        match self.command {
            Command::Stake(arguments) => arguments.run(context).await,
            Command::Status(arguments) => arguments.run(context).await,
            Command::Cases(arguments) => arguments.run(context).await,
            Command::Show(arguments) => arguments.run(context).await,
            Command::Commit(arguments) => arguments.run(context).await,
            Command::Reveal(arguments) => arguments.run(context).await,
            Command::Claim(arguments) => arguments.run(context).await,
            Command::Watch(arguments) => arguments.run(context).await,
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

/// The account that a key is named for, where no key has to be opened.
async fn own_account(context: &Context, linq: &Linq) -> Result<Address> {
    let account = context.own_account(linq).await?;
    account.ok_or_else(|| Error::usage("no juror is named").hint("give its number, or a key"))
}

/// The file that keeps the votes of the connection's account.
fn votes_path(flag: Option<PathBuf>, client: &Client, court: Address) -> Result<PathBuf> {
    match flag.or_else(|| process_environment("LINQ_VOTES").map(Into::into)) {
        Some(path) => Ok(path),
        None => VoteFile::default_path(client, court, &process_environment),
    }
}

/// The votes that were kept, if they can be read: the key restores them otherwise.
fn open_votes(context: &Context, flag: Option<PathBuf>, linq: &Linq) -> Option<VoteFile> {
    let (client, court) = (&linq.client, linq.suite.court);
    let file = votes_path(flag, client, court).and_then(|path| VoteFile::open(path, client, court));
    file.inspect_err(|error| context.output.caution(format!("{error}; your key restores the votes"))).ok()
}

/// A seat and what it has done.
#[derive(Clone, Serialize)]
struct SeatDocument {
    round: u8,
    seat: u8,
    /// `empty`, `silent`, `sealed`, `exposed` or `shown`.
    ballot: &'static str,
    /// 0 to 20, or 255 for a refusal; absent until it was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    vote: Option<Vote>,
}

impl From<&OwnSeat> for SeatDocument {
    fn from(own: &OwnSeat) -> Self {
        let vote = match own.ballot {
            Ballot::Shown(vote) => Some(vote),
            _ => None,
        };
        Self { round: own.round, seat: own.seat, ballot: own.ballot.name(), vote }
    }
}

impl fmt::Display for SeatDocument {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of jury {}: {}", self.seat, self.round, self.ballot)?;
        self.vote.map_or(Ok(()), |vote| write!(f, ", {vote}"))
    }
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
