//! `linq replay`

use std::path::PathBuf;

use alloy::primitives::B256;
use clap::Args;
use linq_manifest::Output as RunOutput;
use linq_runner::fetch::Fetcher;
use serde::Serialize;

use super::Context;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::replay::{Replayed, Submitted, fetcher, replay};
use crate::units::parse_word;

/// Run the work of a slot again and compare the result with the one that was submitted
///
/// Module and inputs are fetched by the digests of the manifest and run here the way relayers run them; nothing that the
/// provider says is needed. Ends with code 0 where the roots are the same, with 1 where they are not, and with another code
/// where the work could not be run.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The job
    #[arg(value_parser = parse_word)]
    job: B256,
    /// One of its tasks, counted from 0
    slot: u16,
    /// Fetch from hosts of your own network as well
    #[arg(long)]
    allow_private_hosts: bool,
    /// Folder in which it is run, which is kept [default: a temporary one, which is removed]
    #[arg(long, value_name = "DIR")]
    folder: Option<PathBuf>,
}

/// Both results.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    job: B256,
    slot: u16,
    matches: bool,
    /// Whether `matches` says something: where a limit of time stops a run depends on the machine.
    certain: bool,
    submitted: SubmittedDocument,
    replayed: ReplayedDocument,
    /// The parts that differ; absent where the roots are the same, or the provider's output cannot be had.
    #[serde(skip_serializing_if = "Option::is_none")]
    differences: Option<Vec<String>>,
}

#[derive(Serialize)]
struct SubmittedDocument {
    provider: u32,
    attempt: u8,
    root: B256,
    claim: u8,
    uri: String,
}

#[derive(Serialize)]
struct ReplayedDocument {
    root: B256,
    /// What a relayer would claim, in twentieths.
    claim: u8,
    fuel: u64,
    output: RunOutput,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.reader().await?;
        let temporary = tempfile::tempdir()
            .map_err(|error| Error::config(format!("cannot make a temporary folder: {error}")).hint("give --folder"))?;
        let folder = self.folder.clone().unwrap_or_else(|| temporary.path().to_owned());
        if folder.join("run").exists() {
            return Err(Error::policy(format!("{} has a run already", folder.display()))
                .hint("remove it, or name another folder with --folder"));
        }
        let fetcher = fetcher(&folder.join("content"), self.allow_private_hosts)?;
        context.output.progress(format!("slot {}: fetching and running", self.slot));
        let replayed = replay(&linq, self.job, self.slot, &fetcher, &folder.join("run")).await?;
        let (matches, certain) = (replayed.matches(), replayed.is_certain());
        let differences = if matches { None } else { self.compare(context, &replayed, &fetcher).await };
        context.output.report(&Document::new(self.job, self.slot, replayed, differences))?;
        match (matches, certain) {
            (true, _) => Ok(()),
            (false, true) => Err(Error::failure("the result is not the one that was submitted")
                .hint("a requester can dispute it before its window ends; a juror knows what the work came to here")),
            (false, false) => {
                Err(Error::pending("the run was stopped by its limit of time, which depends on the machine")
                    .hint("this says nothing about the result: try again on a faster machine"))
            }
        }
    }

    /// What differs, if the provider's output can be had.
    async fn compare(&self, context: &Context, replayed: &Replayed, fetcher: &Fetcher) -> Option<Vec<String>> {
        let compared = replayed.differences(fetcher).await;
        compared.inspect_err(|error| context.output.caution(format!("nothing to compare with: {error}"))).ok()
    }
}

impl Document {
    fn new(job: B256, slot: u16, replayed: Replayed, differences: Option<Vec<String>>) -> Self {
        let (matches, certain) = (replayed.matches(), replayed.is_certain());
        let Replayed { submitted, output, fuel, claim } = replayed;
        let Submitted { provider, attempt, root, claim: claimed, uri } = submitted;
        Self {
            job,
            slot,
            matches,
            certain,
            submitted: SubmittedDocument { provider, attempt, root, claim: claimed, uri },
            replayed: ReplayedDocument { root: output.root(), claim, fuel, output },
            differences,
        }
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        let Self { submitted, replayed, .. } = self;
        let verdict = match (self.matches, self.certain) {
            (true, _) => "the same result",
            (false, true) => "ANOTHER result",
            (false, false) => "stopped by the clock",
        };
        page.heading(format!("Slot {} of {}: {verdict}", self.slot, self.job));
        page.field("submitted", format!("root {} by provider {}", submitted.root, submitted.provider));
        page.field("here", format!("root {}", replayed.root));
        page.field("claimed", format!("{}/20", submitted.claim));
        page.field("worth", format!("{}/20 by the rule of relayers", replayed.claim));
        let output = &replayed.output;
        page.field("run", format!("{} with code {}, {} units of fuel", output.ending, output.exit_code, replayed.fuel));
        if let Some(differences) = &self.differences {
            page.field("differs", differences.join(", "));
        }
    }
}
