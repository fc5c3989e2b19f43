//! `linq submit`

use std::path::PathBuf;

use alloy::primitives::{Address, B256};
use alloy::transports::http::reqwest::Url;
use clap::Args;
use linq_abi::codes::SlotState;
use linq_manifest::Digest;
use serde::Serialize;

use super::Context;
use crate::client::Linq;
use crate::cost::Estimate;
use crate::error::Result;
use crate::output::{Page, Report};
use crate::submission::{Changes, Submission, Work, assign, salt};
use crate::units::{Lnq, parse_secs};

/// Post a job: work, and what is offered for it
///
/// Shows the cost before anything is signed. The manifest is written to MANIFESTS/<hash>.json; nothing is uploaded.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// Description of the work
    #[arg(long, value_name = "FILE")]
    resource: PathBuf,
    /// How long a provider has, e.g. 2h [default: the file's, or 1h]
    #[arg(long, value_name = "TIME", value_parser = parse_secs)]
    duration: Option<u32>,
    /// The module to run: path, or file:, http: or https: URI
    #[arg(long, value_name = "MODULE")]
    image: Option<String>,
    /// Digest of the module; needed when it is not a local file
    #[arg(long, value_name = "sha256:HEX", requires = "image")]
    digest: Option<Digest>,
    /// What one task pays at most, in LNQ [default: the file's, or what the cheapest fitting offer asks for]
    #[arg(long, value_name = "LNQ")]
    price: Option<Lnq>,
    /// How many times the work is run, each paid by itself
    #[arg(long, value_name = "N")]
    tasks: Option<u16>,
    /// How long a result can be accepted or disputed before it is paid
    #[arg(long, value_name = "TIME", value_parser = parse_secs)]
    window: Option<u32>,
    /// How long providers can take it
    #[arg(long, value_name = "TIME", value_parser = parse_secs)]
    open_for: Option<u32>,
    /// How long a cheaper take displaces another; 0 makes the first final
    #[arg(long, value_name = "TIME", value_parser = parse_secs)]
    bid_for: Option<u32>,
    /// How many providers may try one after another
    #[arg(long, value_name = "N")]
    attempts: Option<u8>,
    /// Assign every task to the standing offer of this provider, at its quote
    #[arg(long, value_name = "PROVIDER")]
    assign: Option<u32>,
    /// Folder to write the manifest to
    #[arg(long, value_name = "DIR", default_value = "manifests")]
    manifests: PathBuf,
    /// URI under which providers reach that folder [default: its file: URI, for providers on this machine]
    #[arg(long, value_name = "URI")]
    manifest_base: Option<Url>,
    /// Post at most once under this name: the command finds what it posted before, and continues
    #[arg(long, value_name = "TEXT")]
    id: Option<String>,
    /// Do not let the escrow take the price; it must be allowed to already
    #[arg(long)]
    no_approve: bool,
    /// Show the cost and stop
    #[arg(long)]
    estimate: bool,
    /// Do not ask before signing
    #[arg(long, short)]
    yes: bool,
}

/// What was posted, or would be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    /// Absent in an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<B256>,
    /// Absent when the job was posted before.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    gas_used: Option<u64>,
    requester: Address,
    manifest: ManifestDocument,
    cost: Estimate,
    assigned: Vec<Assigned>,
}

#[derive(Clone, Serialize)]
#[serde(rename_all = "camelCase")]
struct ManifestDocument {
    spec_hash: B256,
    uri: String,
    file: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Assigned {
    slot: u16,
    provider: u32,
    price: Lnq,
    tx_hash: B256,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let work = Work::read(&self.resource, &self.changes())?;
        let linq = if self.estimate { context.estimator().await? } else { context.writer().await? };
        let requester = match linq.client.account() {
            Err(_) if self.estimate => Address::ZERO,
            account => account?,
        };
        let publication = work.publish(&self.manifests, self.manifest_base.as_ref())?;
        let salt = salt(self.id.as_deref());
        if self.id.is_some() {
            let key = (salt, work.manifest.spec_hash());
            let posted = Submission::posted(&linq, requester, publication.clone(), self.assign, key).await?;
            if let Some((job, submission)) = posted {
                context.output.progress(format!("posted before: {job}"));
                let document = Document::new(&submission, submission.estimate(&linq).await?);
                return finish(context, &linq, &submission, document, job).await;
            }
        }
        let submission = work.submission(&linq, requester, publication, self.assign, salt).await?;
        let cost = submission.estimate(&linq).await?;
        let mut document = Document::new(&submission, cost);
        if self.estimate {
            return context.output.report(&document);
        }
        context.output.preview(&document);
        linq.require_lnq(requester, document.cost.total).await?;
        context.output.confirm("Post this job?", self.yes)?;
        if !self.no_approve
            && let Some(sent) = linq.approve(linq.suite.escrow, document.cost.total).await?
        {
            context.output.progress(format!("the escrow may take {} ({})", document.cost.total, sent.hash));
        }
        let (job, sent) = submission.post(&linq).await?;
        context.output.progress(format!("posted {job}"));
        document.tx_hash = Some(sent.hash);
        document.gas_used = Some(sent.gas_used);
        finish(context, &linq, &submission, document, job).await
    }

    fn changes(&self) -> Changes {
        Changes {
            image: self.image.clone(),
            digest: self.digest,
            price: self.price,
            tasks: self.tasks,
            run_secs: self.duration,
            window_secs: self.window,
            open_secs: self.open_for,
            bid_secs: self.bid_for,
            attempts: self.attempts,
        }
    }
}

/// What follows once the job is posted.
async fn finish(
    context: &Context,
    linq: &Linq,
    submission: &Submission,
    mut document: Document,
    job: B256,
) -> Result<()> {
    document.job = Some(job);
    document.assigned = assign_open(linq, submission, job).await.map_err(|error| {
        error
            .context(format!("job {job} is posted, but not all of it is assigned"))
            .hint(format!("try again with `linq assign {job} --provider N --all`, or leave it to whoever takes it"))
    })?;
    context.output.report(&document)
}

async fn assign_open(linq: &Linq, submission: &Submission, job: B256) -> Result<Vec<Assigned>> {
    let Some(offer) = submission.assign else { return Ok(Vec::new()) };
    let mut assigned = Vec::new();
    for slot in 0..submission.terms.tasks {
        if linq.slot(job, slot).await?.state != SlotState::Open.number() {
            continue;
        }
        let sent = assign(linq, &submission.terms, slot, offer).await?;
        assigned.push(Assigned { slot, provider: offer.provider, price: offer.quote, tx_hash: sent.hash });
    }
    Ok(assigned)
}

impl Document {
    fn new(submission: &Submission, cost: Estimate) -> Self {
        Self {
            job: None,
            tx_hash: None,
            gas_used: None,
            requester: submission.terms.requester,
            manifest: ManifestDocument {
                spec_hash: submission.terms.specHash,
                uri: submission.publication.uri.clone(),
                file: submission.publication.file.display().to_string(),
            },
            cost,
            assigned: Vec::new(),
        }
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        let Some(job) = self.job else {
            page.heading("Work");
            page.field("manifest", &self.manifest.file);
            page.field("uri", &self.manifest.uri);
            if self.manifest.uri.starts_with("file:") {
                page.field("", "providers on other machines cannot reach it: see --manifest-base");
            }
            self.cost.page(page);
            return;
        };
        page.heading(format!("Job {job}"));
        page.field("locked", self.cost.total);
        for one in &self.assigned {
            page.field(
                format!("slot {}", one.slot),
                format!("assigned to provider {} for {}", one.provider, one.price),
            );
        }
        page.field("follow", format!("linq status {job}"));
    }
}
