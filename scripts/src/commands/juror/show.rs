//! `linq juror show`

use alloy::primitives::{Address, B256};
use alloy::sol_types::SolEvent;
use clap::Args;
use linq_abi::codes::{CourtPhase, Side};
use linq_abi::{ICourt, IDisputes, Terms};
use linq_manifest::{Manifest, Output as RunOutput};
use linq_runner::fetch::Fetcher;
use linq_runner::prepare;
use serde::Serialize;

use super::super::Context;
use super::reader;
use crate::client::Linq;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::replay::{Submitted, fetcher, submitted, unprepared};
use crate::results;
use crate::units::{Lnq, show_moment, show_secs};
use crate::votes::{Ballot, Phase, Round, Vote, round_of, topic};

/// Show a whole case: terms, manifest, claims, result and log, evidence, times and seats
///
/// The manifest is fetched by its digest, and what the provider published is checked against the root that it submitted.
/// `linq replay` says what the work comes to.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The dispute
    dispute: u64,
    /// Fetch from hosts of your own network as well
    #[arg(long)]
    allow_private_hosts: bool,
}

/// A case.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    dispute: u64,
    /// The juror that the key is, if one is named.
    #[serde(skip_serializing_if = "Option::is_none")]
    juror: Option<u32>,
    round: u8,
    phase: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
    /// What the jury decides on.
    value: Lnq,
    /// From when on the slot can be settled without the court.
    neutral_from: u64,
    job: B256,
    slot: u16,
    requester: Address,
    terms: TermsDocument,
    manifest: ManifestDocument,
    result: ResultDocument,
    claims: Claims,
    evidence: Vec<Evidence>,
    juries: Vec<Jury>,
    #[serde(skip_serializing_if = "Option::is_none")]
    verdict: Option<VerdictDocument>,
}

/// What the requester asked for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct TermsDocument {
    price: Lnq,
    tasks: u16,
    run_secs: u32,
    window_secs: u32,
    attempts: u8,
    end_by: u64,
}

/// What was to be run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ManifestDocument {
    spec_hash: B256,
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<Manifest>,
    /// Why there is no content.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
}

/// What the provider says came of it.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResultDocument {
    provider: u32,
    attempt: u8,
    root: B256,
    uri: String,
    /// What lies there, if it leads to the root.
    #[serde(skip_serializing_if = "Option::is_none")]
    output: Option<RunOutput>,
    #[serde(skip_serializing_if = "Option::is_none")]
    log: Option<Log>,
    /// Why there is no output.
    #[serde(skip_serializing_if = "Option::is_none")]
    missing: Option<String>,
}

/// Where the provider keeps what the run wrote.
#[derive(Serialize)]
struct Log {
    stdout: String,
    stderr: String,
}

/// What is due in the eyes of both sides, in twentieths.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Claims {
    requester_opened: u8,
    provider_opened: u8,
    requester: u8,
    provider: u8,
}

#[derive(Serialize)]
struct Evidence {
    round: u8,
    by: Address,
    hash: B256,
    uri: String,
}

/// One jury.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Jury {
    round: u8,
    /// In whose name it was ordered: `none`, `requester` or `provider`.
    side: String,
    funder: Address,
    cost: Lnq,
    /// The verdict that it was ordered against; absent for the first.
    #[serde(skip_serializing_if = "Option::is_none")]
    standing: Option<u8>,
    beacon_round: u64,
    evidence_end: u64,
    settled: bool,
    seats: Vec<JurySeat>,
}

#[derive(Serialize)]
struct JurySeat {
    seat: u8,
    /// Absent where nobody sits, or nobody was drawn yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    juror: Option<u32>,
    ballot: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    vote: Option<Vote>,
    /// Whether it is the juror's that the key is.
    own: bool,
}

/// The final verdict.
#[derive(Serialize)]
struct VerdictDocument {
    share: u8,
    /// Whether a jury voted it.
    voted: bool,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let jurors = reader(context).await?;
        let linq = &jurors.linq;
        let juror = match context.own_account(linq).await? {
            Some(account) => jurors.number_of(account).await?,
            None => None,
        };
        let phase = Phase::of(linq, self.dispute).await?;
        let opened = self.opened(linq).await?;
        let posted = linq.posted(opened.job).await?;
        let result = submitted(linq, opened.job, opened.slot).await?;
        let cache = tempfile::tempdir().map_err(|error| Error::config(format!("no temporary folder: {error}")))?;
        let fetcher = fetcher(cache.path(), self.allow_private_hosts)?;
        let juries = self.juries(linq, &phase, juror).await?;
        context.output.report(&Document {
            dispute: self.dispute,
            juror,
            round: phase.round,
            phase: phase.phase.to_string(),
            until: phase.until,
            value: Lnq(opened.value),
            neutral_from: opened.neutralFrom,
            job: opened.job,
            slot: opened.slot,
            requester: posted.requester,
            manifest: ManifestDocument::fetched(&fetcher, &posted.terms, posted.uri).await,
            terms: TermsDocument::from(&posted.terms),
            result: ResultDocument::fetched(&fetcher, result).await,
            claims: self.claims(linq, &opened).await?,
            evidence: self.evidence(linq).await?,
            juries,
            verdict: self.verdict(linq, &phase).await?,
        })
    }

    /// What the dispute is about.
    async fn opened(&self, linq: &Linq) -> Result<IDisputes::ResultDisputed> {
        let opened = self.events(linq, linq.suite.disputes, [None, None, Some(topic(self.dispute))]).await?;
        opened.into_iter().next().ok_or_else(|| {
            Error::not_found(format!("dispute {} is about no result of a job", self.dispute))
                .hint("the node may have forgotten old events: use another one with --rpc")
        })
    }

    async fn events<E: SolEvent>(&self, linq: &Linq, contract: Address, topics: [Option<B256>; 3]) -> Result<Vec<E>> {
        let events = linq.client.events::<E>(contract, linq.suite.from_block, topics).await?;
        Ok(events.into_iter().map(|(event, _)| event).collect())
    }

    async fn claims(&self, linq: &Linq, opened: &IDisputes::ResultDisputed) -> Result<Claims> {
        let topics = [Some(opened.job), None, Some(topic(self.dispute))];
        let moved = self.events::<IDisputes::ClaimMoved>(linq, linq.suite.disputes, topics).await?;
        let (requester_opened, provider_opened) = (opened.requesterClaim, opened.providerClaim);
        let (requester, provider) = moved
            .last()
            .map_or((requester_opened, provider_opened), |moved| (moved.requesterClaim, moved.providerClaim));
        Ok(Claims { requester_opened, provider_opened, requester, provider })
    }

    async fn evidence(&self, linq: &Linq) -> Result<Vec<Evidence>> {
        let topics = [Some(topic(self.dispute)), None, None];
        let given = self.events::<ICourt::EvidenceGiven>(linq, linq.suite.court, topics).await?;
        let given = given.into_iter().map(|event| {
            let ICourt::EvidenceGiven { round, by, hash, uri, .. } = event;
            Evidence { round, by, hash, uri }
        });
        Ok(given.collect())
    }

    async fn juries(&self, linq: &Linq, phase: &Phase, juror: Option<u32>) -> Result<Vec<Jury>> {
        let topics = [Some(topic(self.dispute)), None, None];
        let ordered = self.events::<ICourt::JuryOrdered>(linq, linq.suite.court, topics).await?;
        let mut juries = Vec::new();
        for event in ordered.into_iter().filter(|event| event.round <= phase.round) {
            let round = round_of(linq, self.dispute, event.round).await?;
            juries.push(Jury::new(event, &round, juror));
        }
        Ok(juries)
    }

    async fn verdict(&self, linq: &Linq, phase: &Phase) -> Result<Option<VerdictDocument>> {
        if phase.phase != CourtPhase::Final {
            return Ok(None);
        }
        let call = ICourt::verdictCall { dispute: self.dispute };
        let verdict = linq.client.call(linq.suite.court, &call).await?;
        Ok(Some(VerdictDocument { share: verdict.share, voted: verdict.voted }))
    }
}

impl From<&Terms> for TermsDocument {
    fn from(terms: &Terms) -> Self {
        Self {
            price: Lnq(terms.price),
            tasks: terms.tasks,
            run_secs: terms.runSecs,
            window_secs: terms.windowSecs,
            attempts: terms.attempts,
            end_by: terms.endBy,
        }
    }
}

impl ManifestDocument {
    /// The manifest that the terms name, if it is where they say.
    async fn fetched(fetcher: &Fetcher, terms: &Terms, uri: String) -> Self {
        let (content, missing) = match prepare::manifest(fetcher, terms, &uri).await {
            Ok(manifest) => (Some(manifest), None),
            Err(error) => (None, Some(unprepared(error).to_string())),
        };
        Self { spec_hash: terms.specHash, uri, content, missing }
    }
}

impl ResultDocument {
    /// What was submitted, with what lies where it says.
    async fn fetched(fetcher: &Fetcher, result: Submitted) -> Self {
        let (output, missing) = match result.output(fetcher).await {
            Ok(output) => (Some(output), None),
            Err(error) => (None, Some(error.to_string())),
        };
        let Submitted { provider, attempt, root, uri, .. } = result;
        let log = output.as_ref().and_then(|_| {
            Some(Log { stdout: results::part(&uri, "stdout").ok()?, stderr: results::part(&uri, "stderr").ok()? })
        });
        Self { provider, attempt, root, uri, output, log, missing }
    }
}

impl Jury {
    fn new(ordered: ICourt::JuryOrdered, round: &Round, juror: Option<u32>) -> Self {
        let seats = (0..round.seats).map(|seat| {
            let ballot = round.ballot(seat);
            let vote = match ballot {
                Ballot::Shown(vote) => Some(vote),
                _ => None,
            };
            let sits = round.juror(seat);
            JurySeat { seat, juror: sits, ballot: ballot.name(), vote, own: sits.is_some() && sits == juror }
        });
        let side = Side::from_u8(ordered.side).map_or_else(|| ordered.side.to_string(), |side| side.to_string());
        Self {
            round: ordered.round,
            side,
            funder: ordered.funder,
            cost: Lnq(ordered.cost),
            standing: (ordered.round > 0).then_some(ordered.standing),
            beacon_round: ordered.beaconRound,
            evidence_end: ordered.evidenceEnd,
            settled: round.is_settled(),
            seats: seats.collect(),
        }
    }

    fn page(&self, page: &mut Page) {
        let side = if self.round == 0 { "the first".to_owned() } else { format!("in the {}'s name", self.side) };
        page.heading(format!("Jury {}: {side}", self.round));
        page.field("paid by", format!("{} with {}", self.funder, self.cost));
        page.field(
            "drawn by",
            format!("round {} of the beacon, from {} on", self.beacon_round, show_moment(self.evidence_end)),
        );
        if let Some(standing) = self.standing {
            page.field("against", format!("{standing}/20"));
        }
        for seat in &self.seats {
            let juror = seat.juror.map_or_else(|| "nobody".to_owned(), |juror| format!("juror {juror}"));
            let own = if seat.own { " (you)" } else { "" };
            let vote = seat.vote.map_or_else(String::new, |vote| format!(", {vote}"));
            page.field(format!("seat {}", seat.seat), format!("{juror}{own}: {}{vote}", seat.ballot));
        }
    }
}

impl Document {
    fn work_page(&self, page: &mut Page) {
        page.heading("Work");
        page.field("job", format!("slot {} of {}", self.slot, self.job));
        page.field("requester", self.requester);
        let Self { terms, manifest, .. } = self;
        page.field("terms", format!("up to {} in {}", terms.price, show_secs(terms.run_secs.into())));
        page.field("manifest", &manifest.uri);
        if let Some(content) = &manifest.content {
            let linq_manifest::Workload::Module(module) = &content.workload;
            page.field("module", format!("{} {}", content.name, content.arguments.join(" ")).trim_end());
            page.field("", &module.uri);
            for input in &content.inputs {
                page.field(format!("input/{}", input.path), &input.artifact.uri);
            }
        }
        if let Some(missing) = &manifest.missing {
            page.field("", format!("NOT THERE: {missing}"));
        }
    }

    fn result_page(&self, page: &mut Page) {
        let Self { result, claims, .. } = self;
        page.heading("Result");
        page.field("provider", format!("{}, attempt {}", result.provider, result.attempt));
        page.field("root", result.root);
        page.field("lies at", &result.uri);
        if let Some(output) = &result.output {
            page.field("run", format!("{} with code {}", output.ending, output.exit_code));
            for file in &output.files {
                page.field(format!("files/{}", file.path), format!("{} bytes", file.content.length));
            }
        }
        if let Some(log) = &result.log {
            page.field("log", &log.stdout);
            page.field("", &log.stderr);
        }
        if let Some(missing) = &result.missing {
            page.field("", format!("NOT THERE: {missing}"));
        }
        page.field("requester", format!("claims {}/20, at first {}/20", claims.requester, claims.requester_opened));
        page.field("provider", format!("claims {}/20, at first {}/20", claims.provider, claims.provider_opened));
        page.field("see", format!("linq replay {} {}", self.job, self.slot));
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Dispute {}: {} of jury {}", self.dispute, self.phase, self.round));
        page.field("value", self.value);
        if let Some(until) = self.until {
            page.field("until", show_moment(until));
        }
        page.field("neutral from", show_moment(self.neutral_from));
        if let Some(verdict) = &self.verdict {
            let voted = if verdict.voted { "" } else { ", which no jury voted" };
            page.field("verdict", format!("{}/20{voted}", verdict.share));
        }
        self.work_page(page);
        self.result_page(page);
        page.heading(format!("Evidence: {}", self.evidence.len()));
        for evidence in &self.evidence {
            page.field(format!("{} by {}", evidence.hash, evidence.by), &evidence.uri);
        }
        for jury in &self.juries {
            jury.page(page);
        }
    }
}
