//! `linq fetch`

use std::path::PathBuf;

use alloy::primitives::B256;
use clap::Args;
use linq_abi::IJobs;
use linq_manifest::Output as RunOutput;
use serde::Serialize;

use super::Context;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::results::fetch;
use crate::units::parse_word;

/// Download the result of a job, if it is the one that was submitted
///
/// The root on the chain decides: files that do not lead to it are refused, and nothing is written.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The job
    #[arg(value_parser = parse_word)]
    job: B256,
    /// One of its tasks, counted from 0 [default: all that have a result]
    #[arg(long, value_name = "N")]
    slot: Option<u16>,
    /// Folder to write to; each task gets one inside, named by its number [default: results/<job>]
    #[arg(long, short, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Largest result to download
    #[arg(long, value_name = "N", default_value_t = 1 << 30)]
    max_bytes: u64,
}

/// What was fetched.
#[derive(Serialize)]
struct Document {
    job: B256,
    results: Vec<Fetched>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Fetched {
    slot: u16,
    provider: u32,
    attempt: u8,
    /// The provider's claim in twentieths.
    claim: u8,
    root: B256,
    folder: String,
    output: RunOutput,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.reader().await?;
        let job = linq.job(self.job).await?;
        let submitted = linq.job_events::<IJobs::ResultSubmitted>(self.job).await?;
        let slots = match self.slot {
            Some(slot) => slot..slot.saturating_add(1),
            None => 0..job.tasks,
        };
        let latest = slots.filter_map(|slot| submitted.iter().rfind(|result| result.slot == slot));
        let folder = self.output.unwrap_or_else(|| PathBuf::from("results").join(self.job.to_string()));
        let mut results = Vec::new();
        for result in latest {
            let place = folder.join(result.slot.to_string());
            context.output.progress(format!("slot {}: fetching {}", result.slot, result.uri));
            let output = fetch(&result.uri, result.root, &place, self.max_bytes).await;
            results.push(Fetched {
                slot: result.slot,
                provider: result.provider,
                attempt: result.attempt,
                claim: result.claim,
                root: result.root,
                folder: place.display().to_string(),
                output: output.map_err(|error| error.context(format!("slot {}", result.slot)))?,
            });
        }
        if results.is_empty() {
            return Err(Error::pending("there is no result yet")
                .hint(format!("`linq status {}` shows how far it is", self.job)));
        }
        context.output.report(&Document { job: self.job, results })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        for result in &self.results {
            let output = &result.output;
            page.heading(format!("Slot {}: {} with code {}", result.slot, output.ending, output.exit_code));
            page.field("verified", format!("root {}", result.root));
            page.field("claim", format!("{}/20 by provider {}", result.claim, result.provider));
            page.field("folder", &result.folder);
            page.field("stdout", format!("{} bytes", output.stdout.length));
            page.field("stderr", format!("{} bytes", output.stderr.length));
            for file in &output.files {
                page.field(format!("files/{}", file.path), format!("{} bytes", file.content.length));
            }
        }
    }
}
