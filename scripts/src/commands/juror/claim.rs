//! `linq juror claim`

use alloy::primitives::{Address, B256};
use clap::Args;
use serde::Serialize;

use super::super::Context;
use super::{own_number, writer};
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::Lnq;
use crate::votes::{Ballot, Bench, Case, Vote};

/// Collect what your votes have earned
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The dispute
    dispute: u64,
    /// One of its juries, counted from 0 [default: all that were settled]
    #[arg(long, value_name = "R")]
    round: Option<u8>,
}

/// What was paid.
#[derive(Serialize)]
struct Document {
    dispute: u64,
    juror: u32,
    account: Address,
    claimed: Vec<Claimed>,
    total: Lnq,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claimed {
    round: u8,
    amount: Lnq,
    tx_hash: B256,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let jurors = writer(context).await?;
        let linq = &jurors.linq;
        let account = linq.client.account()?;
        let bench = Bench::new(linq, own_number(&jurors, account).await?);
        let case = bench.case(self.dispute).await?;
        case.phase.expect_final(self.dispute)?;
        let due = case.rewards.iter().map(|(round, _)| *round);
        let due: Vec<u8> = due.filter(|round| self.round.is_none_or(|named| named == *round)).collect();
        if due.is_empty() {
            return Err(self.nothing(&bench, &case));
        }

        let (mut claimed, mut total) = (Vec::new(), Lnq::default());
        for round in due {
            let (amount, sent) = bench.claim(self.dispute, round).await?;
            total = Lnq(total.0.saturating_add(amount.0));
            claimed.push(Claimed { round, amount, tx_hash: sent.hash });
        }
        context.output.report(&Document { dispute: self.dispute, juror: bench.juror, account, claimed, total })
    }

    /// Why nothing is paid.
    fn nothing(&self, bench: &Bench<'_>, case: &Case) -> Error {
        let Self { dispute, round } = *self;
        let named = |number: u8| round.is_none_or(|named| named == number);
        let mut seats = case.seats.iter().filter(|own| named(own.round)).peekable();
        if seats.peek().is_none() {
            return Error::not_found(format!("juror {} does not sit in that jury of dispute {dispute}", bench.juror))
                .hint(format!("juries are counted from 0: `linq juror show {dispute}` lists them"));
        }
        let voted: Vec<_> =
            seats.filter(|own| matches!(own.ballot, Ballot::Shown(vote) if vote != Vote::REFUSAL)).collect();
        let jury = |number: u8| case.rounds.get(usize::from(number));
        if voted.iter().any(|own| jury(own.round).is_some_and(|jury| !jury.is_settled())) {
            return Error::pending("the jury is not settled yet")
                .hint("anyone settles it: `linq dispute step`; then claim again");
        }
        if voted.iter().any(|own| jury(own.round).is_some_and(|jury| jury.is_claimed(own.seat))) {
            return Error::policy("the reward was claimed already; nothing was sent")
                .hint("it went to the account of the juror, whoever called");
        }
        Error::policy("your seats have earned nothing here").hint(
            "a vote less than four twentieths from the final verdict earns; refusing, silence and a jury without a verdict do not",
        )
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Dispute {}: {} for juror {}", self.dispute, self.total, self.juror));
        for claimed in &self.claimed {
            page.field(format!("jury {}", claimed.round), format!("{} by {}", claimed.amount, claimed.tx_hash));
        }
    }
}
