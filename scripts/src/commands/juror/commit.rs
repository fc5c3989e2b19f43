//! `linq juror commit`

use std::path::PathBuf;

use alloy::primitives::B256;
use clap::Args;
use serde::Serialize;

use super::super::Context;
use super::{own_number, votes_path, writer};
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::show_moment;
use crate::votes::{Ballot, Bench, Case, OwnSeat, Sealed, Seat, Vote, VoteFile, salt};

/// Seal a vote in your seats; nobody sees it until you show it, and it cannot be changed
///
/// Vote and salt are written to an encrypted file first; both can be restored from your key alone. Tell nobody: whoever can
/// show a vote while votes are sealed voids the seat and takes from its stake. A vote that is not shown afterwards costs the
/// whole stake of the seat: `linq juror watch` shows it in time.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The dispute
    dispute: u64,
    /// How many twentieths are due, 0 to 20, or `refuse`
    #[arg(long, value_name = "N|refuse")]
    vote: Vote,
    /// One of your seats [default: all of them]
    #[arg(long, value_name = "S")]
    seat: Option<u8>,
    /// The file that keeps your votes [env: LINQ_VOTES] [default: linq/votes/ in the user's data folder]
    #[arg(long, value_name = "FILE")]
    votes: Option<PathBuf>,
    /// Do not ask before signing
    #[arg(long, short)]
    yes: bool,
}

/// A vote that is sealed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    dispute: u64,
    round: u8,
    juror: u32,
    /// 0 to 20, or 255 for a refusal.
    vote: Vote,
    /// When votes are shown at the latest, in unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
    file: PathBuf,
    seats: Vec<SealedSeat>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SealedSeat {
    seat: u8,
    commitment: B256,
    /// Absent where this vote was sealed before.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let jurors = writer(context).await?;
        let linq = &jurors.linq;
        let bench = Bench::new(linq, own_number(&jurors, linq.client.account()?).await?);
        let case = bench.case(self.dispute).await?;
        case.phase.expect_commit(self.dispute)?;
        let path = votes_path(self.votes.clone(), &linq.client, linq.suite.court)?;
        let mut file = VoteFile::open(path, &linq.client, linq.suite.court)?;

        let mut sealing = Vec::new();
        let mut seats = Vec::new();
        for own in self.seats(&bench, &case)? {
            let seat = bench.seat(self.dispute, own.round, own.seat);
            match own.ballot {
                Ballot::Sealed => seats.push(self.sealed_before(&bench, &seat, &file).await?),
                _ => sealing.push((seat, Sealed { vote: self.vote, salt: salt(&linq.client, &seat)? })),
            }
        }
        if !sealing.is_empty() {
            let names: Vec<String> = sealing.iter().map(|(seat, _)| seat.seat.to_string()).collect();
            let question = format!("Seal {} in seat {}? It cannot be changed.", self.vote, names.join(", "));
            context.output.confirm(&question, self.yes)?;
            file.keep(sealing.iter().cloned())?;
        }
        for (seat, sealed) in sealing {
            let commitment = seat.seal(sealed.vote, sealed.salt);
            let sent = bench.commit(&seat, commitment).await;
            let sent = sent.map_err(|error| error.context(format!("seat {}", seat.seat)))?;
            context.output.progress(format!("seat {}: sealed by {}", seat.seat, sent.hash));
            seats.push(SealedSeat { seat: seat.seat, commitment, tx_hash: Some(sent.hash) });
        }
        seats.sort_by_key(|seat| seat.seat);
        context.output.report(&Document {
            dispute: self.dispute,
            round: case.phase.round,
            juror: bench.juror,
            vote: self.vote,
            until: case.phase.until,
            file: file.path().to_owned(),
            seats,
        })
    }

    /// The seats in which the vote is to be: those that were named, as far as a vote can be sealed there.
    fn seats<'c>(&self, bench: &Bench<'_>, case: &'c Case) -> Result<Vec<&'c OwnSeat>> {
        let (dispute, round, juror) = (self.dispute, case.phase.round, bench.juror);
        let named = case.last_seats().filter(|own| self.seat.is_none_or(|seat| seat == own.seat));
        let named: Vec<&OwnSeat> = named.collect();
        if named.is_empty() {
            let what = self.seat.map_or_else(String::new, |seat| format!(" in seat {seat}"));
            return Err(Error::not_found(format!(
                "juror {juror} does not sit{what} in jury {round} of dispute {dispute}"
            ))
            .hint(format!("`linq juror show {dispute}` lists the seats")));
        }
        if named.iter().all(|own| own.ballot == Ballot::Exposed) {
            return Err(Error::policy("the vote was shown by somebody while votes are sealed: the seat is void")
                .hint("whoever did it knows your salt: never sign a `VoteSalt` for anybody"));
        }
        Ok(named.into_iter().filter(|own| own.ballot != Ballot::Exposed).collect())
    }

    /// A seat in which a vote is sealed, which is the same one.
    async fn sealed_before(&self, bench: &Bench<'_>, seat: &Seat, file: &VoteFile) -> Result<SealedSeat> {
        let commitment = bench.commitment(seat).await?;
        let Sealed { vote, .. } = bench.recover(seat, commitment, Some(file))?;
        if vote != self.vote {
            return Err(Error::policy(format!("{vote} is sealed in seat {} already; nothing was sent", seat.seat))
                .hint("a sealed vote cannot be changed"));
        }
        Ok(SealedSeat { seat: seat.seat, commitment, tx_hash: None })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Dispute {}: {} is sealed", self.dispute, self.vote));
        for seat in &self.seats {
            let transaction = seat.tx_hash.map_or_else(|| "before".to_owned(), |hash| format!("by {hash}"));
            page.field(format!("seat {}", seat.seat), transaction);
        }
        page.field("kept in", self.file.display());
        let until =
            self.until.map_or_else(String::new, |until| format!(" from {} on at the latest", show_moment(until)));
        page.field("next", format!("`linq juror reveal {}`{until}, or `linq juror watch` now", self.dispute));
    }
}
