//! `linq juror cases`

use alloy::primitives::B256;
use clap::Args;
use linq_abi::IDisputes;
use serde::Serialize;

use super::super::Context;
use super::{SeatDocument, own_account, own_number, reader};
use crate::client::Linq;
use crate::error::Result;
use crate::output::{Page, Report};
use crate::units::{Lnq, show_moment};
use crate::votes::{Bench, Case, Todo, topic};

/// List the disputes in which you sit, and what you have to do until when
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// List those as well in which nothing remains to be done
    #[arg(long)]
    all: bool,
    /// Another juror than the one the key is
    #[arg(long, value_name = "NUMBER")]
    juror: Option<u32>,
}

/// The cases of a juror, the oldest first.
#[derive(Serialize)]
struct Document {
    juror: u32,
    cases: Vec<CaseDocument>,
}

/// One of them.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct CaseDocument {
    dispute: u64,
    /// Absent for a dispute that is about no result of a job.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<u16>,
    round: u8,
    phase: String,
    /// When the phase ends, in unix seconds; absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
    seats: Vec<SeatDocument>,
    /// What to do: `commit`, `reveal`, `wait`, `settle`, `claim` or `nothing`.
    todo: &'static str,
    /// What can be claimed now, in all.
    reward: Lnq,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let jurors = reader(context).await?;
        let juror = match self.juror {
            Some(juror) => juror,
            None => own_number(&jurors, own_account(context, &jurors.linq).await?).await?,
        };
        let linq = &jurors.linq;
        let bench = Bench::new(linq, juror);
        let mut cases = Vec::new();
        for dispute in bench.drawn_since(linq.suite.from_block).await? {
            let case = bench.case(dispute).await?;
            if self.all || case.todo != Todo::Nothing {
                cases.push(CaseDocument::new(linq, &case).await?);
            }
        }
        context.output.report(&Document { juror, cases })
    }
}

impl CaseDocument {
    async fn new(linq: &Linq, case: &Case) -> Result<Self> {
        let topics = [None, None, Some(topic(case.dispute))];
        let opened =
            linq.client.events::<IDisputes::ResultDisputed>(linq.suite.disputes, linq.suite.from_block, topics);
        let opened = opened.await?.into_iter().next().map(|(event, _)| event);
        Ok(Self {
            dispute: case.dispute,
            job: opened.as_ref().map(|event| event.job),
            slot: opened.as_ref().map(|event| event.slot),
            round: case.phase.round,
            phase: case.phase.phase.to_string(),
            until: case.phase.until,
            seats: case.seats.iter().map(SeatDocument::from).collect(),
            todo: case.todo.name(),
            reward: case.rewards.iter().fold(Lnq::default(), |sum, (_, amount)| Lnq(sum.0.saturating_add(amount.0))),
        })
    }

    /// What to do, in words.
    fn advice(&self) -> String {
        let Self { dispute, todo, .. } = self;
        let until = self.until.map_or_else(String::new, |until| format!(", until {}", show_moment(until)));
        match *todo {
            "commit" => format!("seal your vote with `linq juror commit {dispute} --vote N`{until}"),
            "reveal" => format!("show your vote with `linq juror reveal {dispute}`{until}"),
            "settle" => "anyone settles its rounds with `linq dispute step`; then you are paid".into(),
            "claim" => format!("`linq juror claim {dispute}` pays you {}", self.reward),
            "wait" => format!("wait{until}"),
            _ => "nothing".into(),
        }
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        if self.cases.is_empty() {
            page.line(format!("Nothing to do for juror {}.", self.juror));
        }
        for case in &self.cases {
            page.heading(format!("Dispute {}: {} of jury {}", case.dispute, case.phase, case.round));
            if let (Some(job), Some(slot)) = (case.job, case.slot) {
                page.field("result", format!("slot {slot} of {job}"));
            }
            for seat in &case.seats {
                page.field("seat", seat);
            }
            page.field("next", case.advice());
        }
    }
}
