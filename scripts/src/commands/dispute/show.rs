//! `linq dispute show`

use alloy::primitives::{Address, B256};
use clap::Args;
use linq_abi::codes::{CourtPhase, Side, Trial, Verdict};
use linq_abi::{ICourt, IDisputes};
use serde::Serialize;

use super::super::Context;
use super::{DisputeName, show_share};
use crate::client::{Dispute, Linq, Tariff};
use crate::error::Result;
use crate::output::{Page, Report};
use crate::units::{Lnq, show_moment, show_time};
use crate::upkeep::Due;
use crate::votes::{Ballot, Round, Vote, topic};

/// Show a dispute: claims, juries and their votes, evidence, and who can do what next
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    dispute: DisputeName,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.reader().await?;
        let dispute = self.dispute.find(&linq).await?;
        context.output.report(&Document::of(&linq, &dispute).await?)
    }
}

/// A dispute.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    dispute: u64,
    job: B256,
    slot: u16,
    requester: Address,
    provider: u32,
    /// What the jury decides on.
    value: Lnq,
    seat_fee: Lnq,
    claims: Claims,
    /// When it can be settled without the court.
    neutral_from: u64,
    phase: String,
    /// When the phase ends, in unix seconds; absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
    /// The share that stands; absent before the first verdict.
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<Standing>,
    rounds: Vec<RoundDocument>,
    evidence: Vec<Evidence>,
    /// How the slot was settled; absent while it is disputed.
    #[serde(skip_serializing_if = "Option::is_none")]
    settled: Option<Settled>,
    next: Vec<Next>,
}

/// In twentieths of the price.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    requester_opened: u8,
    provider_opened: u8,
    /// What they claim now; absent once the slot is settled.
    #[serde(skip_serializing_if = "Option::is_none")]
    requester: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<u8>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Standing {
    share: u8,
    /// Whether a jury voted it.
    voted: bool,
    /// Whether no jury can follow.
    is_final: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RoundDocument {
    round: u8,
    /// In whose name it was ordered; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    side: Option<String>,
    funder: Address,
    cost: Lnq,
    beacon_round: u64,
    drawn: u8,
    settled: bool,
    seats: Vec<SeatDocument>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SeatDocument {
    seat: u8,
    /// Absent where nobody sits.
    #[serde(skip_serializing_if = "Option::is_none")]
    juror: Option<u32>,
    ballot: &'static str,
    /// In twentieths, or 255 for a refusal; absent until it is shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    vote: Option<Vote>,
}

#[derive(Serialize)]
struct Evidence {
    round: u8,
    by: Address,
    hash: B256,
    uri: String,
}

#[derive(Serialize)]
struct Settled {
    share: u8,
    /// How the share was found.
    verdict: String,
    /// Whether the provider won or lost.
    trial: String,
    /// What the provider owed of the first jury's cost.
    owed: Lnq,
}

/// What can be done, and by whom.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Next {
    by: &'static str,
    what: String,
    command: String,
}

impl Document {
    async fn of(linq: &Linq, dispute: &Dispute) -> Result<Self> {
        let opened = &dispute.opened;
        let number = opened.dispute;
        let topics = [Some(topic(number)), None, None];
        let brought =
            linq.client.events::<ICourt::EvidenceGiven>(linq.suite.court, linq.suite.from_block, topics).await?;
        let evidence = brought.into_iter().map(|(event, _)| {
            let ICourt::EvidenceGiven { round, by, hash, uri, .. } = event;
            Evidence { round, by, hash, uri }
        });
        let is_final = dispute.phase == CourtPhase::Final;
        Ok(Self {
            dispute: number,
            job: opened.job,
            slot: opened.slot,
            requester: linq.posted(opened.job).await?.requester,
            provider: opened.provider,
            value: Lnq(opened.value),
            seat_fee: dispute.tariff.seat_fee,
            claims: Claims::of(dispute),
            neutral_from: opened.neutralFrom,
            phase: dispute.phase.to_string(),
            until: (dispute.until != 0).then_some(dispute.until),
            verdict: dispute.verdict().map(|(share, voted)| Standing { share, voted, is_final }),
            rounds: (0..).zip(&dispute.rounds).map(|round| RoundDocument::of(round, &dispute.tariff)).collect(),
            evidence: evidence.collect(),
            settled: dispute.settled.as_ref().map(Settled::of),
            next: next(dispute),
        })
    }
}

impl Claims {
    fn of(dispute: &Dispute) -> Self {
        let now = dispute.claims.as_ref();
        Self {
            requester_opened: dispute.opened.requesterClaim,
            provider_opened: dispute.opened.providerClaim,
            requester: now.map(|claims| claims.requesterClaim),
            provider: now.map(|claims| claims.providerClaim),
        }
    }
}

impl RoundDocument {
    fn of((number, round): (u8, &Round), tariff: &Tariff) -> Self {
        let seat = |seat| {
            let ballot = round.ballot(seat);
            let vote = match ballot {
                Ballot::Shown(vote) => Some(vote),
                _ => None,
            };
            SeatDocument { seat, juror: round.juror(seat), ballot: ballot.name(), vote }
        };
        let side = Side::from_u8(round.side).filter(|side| *side != Side::None);
        Self {
            round: number,
            side: side.map(|side| side.to_string()),
            funder: round.funder,
            cost: tariff.cost(round.seats),
            beacon_round: round.beacon_round,
            drawn: round.drawn,
            settled: round.is_settled(),
            seats: (0..round.seats).map(seat).collect(),
        }
    }
}

impl Settled {
    fn of(event: &IDisputes::DisputeSettled) -> Self {
        let verdict = Verdict::from_u8(event.verdict).map(|verdict| verdict.to_string());
        let trial = Trial::from_u8(event.trial).map(|trial| trial.to_string());
        Self {
            share: event.share,
            verdict: verdict.unwrap_or_else(|| event.verdict.to_string()),
            trial: trial.unwrap_or_else(|| event.trial.to_string()),
            owed: Lnq(event.owed),
        }
    }
}

/// What can be done about a dispute, and by whom.
fn next(dispute: &Dispute) -> Vec<Next> {
    let IDisputes::ResultDisputed { job, slot, dispute: number, .. } = dispute.opened;
    let end = show_time(dispute.until);
    let step = format!("linq dispute step --dispute {number}");
    if let Some(due) = Due::of(dispute) {
        return vec![Next { by: "anyone", what: format!("{due}, now"), command: step }];
    }
    let bring = Next {
        by: "anyone",
        what: format!("brings evidence, until {end}"),
        command: format!("linq dispute evidence {number} --file FILE"),
    };
    match dispute.phase {
        CourtPhase::Evidence | CourtPhase::Drawing => {
            let draw = Next {
                by: "anyone",
                what: format!("brings the beacon's round and draws, from {} on", show_time(dispute.beacon_time)),
                command: step,
            };
            let concede =
                dispute.claims.as_ref().filter(|_| dispute.phase == CourtPhase::Evidence && dispute.rounds.len() == 1);
            let concede = concede.map(|claims| Next {
                by: "requester or provider",
                what: format!(
                    "moves its claim towards the other's ({} and {}), until {end}",
                    show_share(claims.requesterClaim),
                    show_share(claims.providerClaim)
                ),
                command: format!("linq dispute concede {job} {slot} --claim N"),
            });
            concede.into_iter().chain([bring, draw]).collect()
        }
        CourtPhase::Commit => {
            let commit = Next {
                by: "jurors",
                what: format!("seal their votes, until {end}"),
                command: format!("linq juror commit {number} --vote N"),
            };
            vec![commit, bring]
        }
        CourtPhase::Reveal => vec![Next {
            by: "jurors",
            what: format!("show their votes, until {end}"),
            command: format!("linq juror reveal {number}"),
        }],
        CourtPhase::Appeal => vec![Next {
            by: "anyone",
            what: format!("orders the next jury in the name of a side, until {end}"),
            command: format!("linq dispute appeal {number} --for requester|provider"),
        }],
        CourtPhase::Final => vec![Next {
            by: "jurors",
            what: "take what they were awarded, if they have not".into(),
            command: format!("linq juror claim {number}"),
        }],
        CourtPhase::None | CourtPhase::Cancelled => Vec::new(),
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Dispute {}: {}", self.dispute, self.phase));
        page.field("job", format!("{}, slot {}, provider {}", self.job, self.slot, self.provider));
        page.field("value", format!("{}; {} for a seat", self.value, self.seat_fee));
        let Claims { requester_opened, provider_opened, .. } = self.claims;
        let claims = match (self.claims.requester, self.claims.provider) {
            (Some(requester), Some(provider)) => (requester, provider),
            _ => (requester_opened, provider_opened),
        };
        page.field(
            "claims",
            format!(
                "requester {}, provider {}; opened as {} and {}",
                show_share(claims.0),
                show_share(claims.1),
                show_share(requester_opened),
                show_share(provider_opened)
            ),
        );
        if let Some(until) = self.until {
            page.field("until", show_moment(until));
        }
        if let Some(Standing { share, voted, is_final }) = &self.verdict {
            let how = if *voted { "voted by a jury" } else { "no jury voted" };
            let stands = if *is_final { "final" } else { "stands so far" };
            page.field("verdict", format!("{}, {how}, {stands}", show_share(*share)));
        }
        if let Some(Settled { share, verdict, trial, owed }) = &self.settled {
            page.field(
                "settled",
                format!(
                    "{} of the price ({verdict}), {trial} for the provider; {owed} of the jury's cost owed",
                    show_share(*share)
                ),
            );
        }
        for round in &self.rounds {
            round.page(page);
        }
        if !self.evidence.is_empty() {
            page.heading("Evidence");
            let rows = self.evidence.iter();
            page.table(
                ["round", "by", "SHA-256", "where"],
                rows.map(|one| [one.round.to_string(), one.by.to_string(), one.hash.to_string(), one.uri.clone()]),
            );
        }
        if !self.next.is_empty() {
            page.heading("Next");
            page.table(
                ["who", "does", "command"],
                self.next.iter().map(|next| [next.by.to_owned(), next.what.clone(), next.command.clone()]),
            );
        }
    }
}

impl RoundDocument {
    fn page(&self, page: &mut Page) {
        let side = self.side.as_deref().map(|side| format!(" for the {side}")).unwrap_or_default();
        let settled = if self.settled { ", settled" } else { "" };
        page.heading(format!("Round {}{side}: {} seats{settled}", self.round, self.seats.len()));
        page.field("paid", format!("{} by {}", self.cost, self.funder));
        page.field("beacon", format!("round {}", self.beacon_round));
        if self.drawn == 0 {
            return;
        }
        page.table(
            ["seat", "juror", "vote"],
            self.seats.iter().map(|seat| {
                let juror = seat.juror.map_or_else(|| "nobody".to_owned(), |juror| juror.to_string());
                let vote = seat.vote.map_or_else(|| seat.ballot.to_owned(), |vote| vote.to_string());
                [seat.seat.to_string(), juror, vote]
            }),
        );
    }
}
