//! `linq juror reveal`

use std::path::PathBuf;

use alloy::primitives::B256;
use clap::Args;
use serde::Serialize;

use super::super::Context;
use super::{open_votes, own_number, writer};
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::votes::{Ballot, Bench, Case, OwnSeat, Showing, Vote};

/// Show the votes that you have sealed, in all of your seats
///
/// They come from the file that keeps them, or from your key alone. Use a node that you trust: one that lies about the phase
/// would see your vote too early.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The dispute
    dispute: u64,
    /// The file that keeps your votes [env: LINQ_VOTES] [default: linq/votes/ in the user's data folder]
    #[arg(long, value_name = "FILE")]
    votes: Option<PathBuf>,
}

/// What was shown.
#[derive(Serialize)]
struct Document {
    dispute: u64,
    round: u8,
    juror: u32,
    seats: Vec<ShownSeat>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ShownSeat {
    seat: u8,
    /// 0 to 20, or 255 for a refusal.
    vote: Vote,
    /// Absent where it was shown before.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let jurors = writer(context).await?;
        let linq = &jurors.linq;
        let bench = Bench::new(linq, own_number(&jurors, linq.client.account()?).await?);
        let case = bench.case(self.dispute).await?;
        let sealed = sealed(&case)?;
        if !sealed.is_empty() {
            bench.require_showing(&case).await?;
        }
        let file = open_votes(context, self.votes, linq);

        let shown = case.last_seats().filter_map(|own| match own.ballot {
            Ballot::Shown(vote) => Some(ShownSeat { seat: own.seat, vote, tx_hash: None }),
            _ => None,
        });
        let mut seats: Vec<ShownSeat> = shown.collect();
        for own in sealed {
            let showing = bench.reveal(self.dispute, own, file.as_ref()).await;
            let Showing { seat, vote, tx_hash } =
                showing.map_err(|error| error.context(format!("seat {}", own.seat)))?;
            context.output.progress(format!("seat {seat}: {vote} is shown"));
            seats.push(ShownSeat { seat, vote, tx_hash });
        }
        seats.sort_by_key(|seat| seat.seat);
        context.output.report(&Document { dispute: self.dispute, round: case.phase.round, juror: bench.juror, seats })
    }
}

/// The seats whose vote is still sealed. Fails where there is none, and none was shown.
fn sealed(case: &Case) -> Result<Vec<&OwnSeat>> {
    let has = |wanted: fn(Ballot) -> bool| case.last_seats().any(move |own| wanted(own.ballot));
    if !has(|ballot| ballot == Ballot::Sealed) && !has(|ballot| matches!(ballot, Ballot::Shown(_))) {
        case.phase.expect_reveal(case.dispute)?;
        return Err(Error::policy("you have sealed no vote in this jury, so there is none to show")
            .hint(format!("`linq juror show {}` lists the seats", case.dispute)));
    }
    Ok(case.last_seats().filter(|own| own.ballot == Ballot::Sealed).collect())
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Dispute {}: shown", self.dispute));
        for seat in &self.seats {
            let transaction = seat.tx_hash.map_or_else(|| "before".to_owned(), |hash| format!("by {hash}"));
            page.field(format!("seat {}", seat.seat), format!("{}, {transaction}", seat.vote));
        }
    }
}
