//! Running the work of a slot again, to see whether it leads to the root that was submitted.
//!
//! The provider is not trusted with anything: the terms must hash to the job's id, the manifest to what they name, module and
//! inputs to what it names, and the run is done here, by what relayers run with.

use std::path::Path;
use std::time::Duration;

use alloy::primitives::B256;
use linq_abi::IJobs;
use linq_manifest::{Ending, Output, job_id};
use linq_runner::backend::wasi::WasiBackend;
use linq_runner::backend::{Backend as _, BackendError, claim};
use linq_runner::fetch::{FetchError, FetchLimits, Fetcher};
use linq_runner::prepare::{Unprepared, prepare};
use tokio_util::sync::CancellationToken;

use crate::client::Linq;
use crate::error::{Error, Result};
use crate::results;

/// A result that was submitted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Submitted {
    /// By whom.
    pub provider: u32,
    /// At which attempt.
    pub attempt: u8,
    /// The root of its output.
    pub root: B256,
    /// What the provider claimed, in twentieths.
    pub claim: u8,
    /// Where it says the output is.
    pub uri: String,
}

/// A run of the same work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replayed {
    /// What was submitted.
    pub submitted: Submitted,
    /// What came of it here.
    pub output: Output,
    /// The fuel it used.
    pub fuel: u64,
    /// What a relayer would claim for it, in twentieths.
    pub claim: u8,
}

impl Submitted {
    /// What lies where the provider says, if it leads to the root; nothing but the index is fetched.
    pub async fn output(&self, fetcher: &Fetcher) -> Result<Output> {
        let place = results::part(&self.uri, results::INDEX)?;
        let index = fetcher.read(&place, results::MAX_INDEX_BYTES).await.map_err(|error| match error {
            FetchError::Unreachable { .. } => Error::network(error.to_string())
                .hint("the provider may be offline: try again; what the work comes to can be seen without it"),
            other => unfetched(other),
        })?;
        results::checked(&self.uri, &index, self.root)
    }
}

impl Replayed {
    /// Whether the run led to the root that was submitted.
    pub fn matches(&self) -> bool {
        self.output.root() == self.submitted.root
    }

    /// Whether that says something: where a limit of time stops a run depends on the machine.
    pub fn is_certain(&self) -> bool {
        self.matches() || self.output.ending != Ending::OutOfTime
    }

    /// The parts in which the provider's output is another one; nothing where that cannot be had from where it should be.
    pub async fn differences(&self, fetcher: &Fetcher) -> Result<Vec<String>> {
        let theirs = self.submitted.output(fetcher).await?;
        Ok(differences(&self.output, &theirs))
    }
}

/// What a slot has as its result.
pub async fn submitted(linq: &Linq, job: B256, slot: u16) -> Result<Submitted> {
    let tasks = linq.job(job).await?.tasks;
    if slot >= tasks {
        return Err(Error::not_found(format!("the job has {tasks} tasks, and there is no slot {slot}"))
            .hint("slots are counted from 0"));
    }
    let results = linq.job_events::<IJobs::ResultSubmitted>(job).await?;
    let last = results.into_iter().rfind(|result| result.slot == slot);
    let last = last.ok_or_else(|| {
        Error::pending(format!("slot {slot} has no result yet"))
            .hint(format!("`linq status {job}` shows how far it is"))
    })?;
    let IJobs::ResultSubmitted { provider, attempt, root, claim, uri, .. } = last;
    Ok(Submitted { provider, attempt, root, claim, uri })
}

/// A fetcher that keeps content in `cache`.
///
/// Local files may be read wherever they are: they count by their digest alone, and nothing of them leaves this machine.
pub fn fetcher(cache: &Path, allow_private_hosts: bool) -> Result<Fetcher> {
    let limits = FetchLimits {
        manifest_bytes: 256 << 10,
        module_bytes: 64 << 20,
        input_bytes: 1 << 30,
        timeout: Duration::from_secs(60),
        allow_private_hosts,
        file_roots: vec!["/".into()],
    };
    Fetcher::new(cache.to_owned(), limits).map_err(unfetched)
}

/// Runs the work of a slot again in `folder`, which is empty or not there yet.
pub async fn replay(linq: &Linq, job: B256, slot: u16, fetcher: &Fetcher, folder: &Path) -> Result<Replayed> {
    let submitted = submitted(linq, job, slot).await?;
    let posted = linq.posted(job).await?;
    if job_id(linq.client.chain_id(), linq.suite.jobs, &posted.terms) != job {
        return Err(Error::network(format!("{} answers with other terms than the job's", linq.client.host()))
            .hint("the node is not to be trusted: use another one with --rpc"));
    }
    let backend = WasiBackend::new().map_err(not_run)?;
    let workload = prepare(fetcher, &backend, &posted.terms, &posted.uri).await.map_err(unprepared)?;
    let report = backend.run(&workload, folder.to_owned(), CancellationToken::new()).await.map_err(not_run)?;
    let claim = claim(&report.output, report.fuel, workload.manifest.limits.fuel);
    Ok(Replayed { submitted, output: report.output, fuel: report.fuel, claim })
}

/// The parts in which two outputs differ.
fn differences(ours: &Output, theirs: &Output) -> Vec<String> {
    let mut differing = Vec::new();
    let mut note = |differs: bool, part: String| {
        if differs {
            differing.push(part);
        }
    };
    note((ours.ending, ours.exit_code) != (theirs.ending, theirs.exit_code), "ending".into());
    note(ours.stdout != theirs.stdout, "stdout".into());
    note(ours.stderr != theirs.stderr, "stderr".into());
    let content =
        |output: &Output, path: &str| output.files.iter().find(|file| file.path == path).map(|file| file.content);
    let paths = ours.files.iter().chain(&theirs.files).map(|file| file.path.as_str());
    for path in paths.collect::<std::collections::BTreeSet<_>>() {
        note(content(ours, path) != content(theirs, path), format!("files/{path}"));
    }
    differing
}

/// Why the work cannot be run here.
pub fn unprepared(error: Unprepared) -> Error {
    match error {
        Unprepared::Manifest(error) | Unprepared::Content(error) => unfetched(error),
        Unprepared::ManifestWrong(why) => Error::policy(format!("nobody can run this job by its terms: {why}"))
            .hint("a provider should have given it back as unable; that is what the dispute is about then"),
        Unprepared::NotRunnable(error) => not_run(error),
    }
}

fn unfetched(error: FetchError) -> Error {
    let message = error.to_string();
    match error {
        FetchError::Refused { .. } => Error::policy(message)
            .hint("allow hosts of your own network with --allow-private-hosts, if you know what is there"),
        FetchError::TooLarge { .. } => Error::policy(message).hint("relayers do not fetch as much either"),
        FetchError::WrongDigest { .. } => Error::network(message)
            .hint("what is there is not what the job names: whoever posted it has to put the right content there"),
        FetchError::Unreachable { .. } => {
            Error::network(message).hint("try again; without its content a job cannot be run by anybody")
        }
        FetchError::Cache(_) => {
            Error::config(message).hint("check that the folder for temporary files can be written to")
        }
    }
}

fn not_run(error: BackendError) -> Error {
    let message = error.to_string();
    match error {
        BackendError::NotRunnable(_) => Error::policy(message)
            .hint("a provider should have given it back as unable; that is what the dispute is about then"),
        BackendError::Interrupted | BackendError::Failed(_) => {
            Error::pending(message).hint("this says nothing about the result: try again, or on another machine")
        }
    }
}

#[cfg(test)]
mod tests {
    use linq_manifest::{Content, OutputFile};

    use super::*;

    fn output(stdout: &str, files: &[(&str, &str)]) -> Output {
        let file = |(path, content): &(&str, &str)| OutputFile { path: (*path).into(), content: Content::of(content) };
        Output {
            version: Output::VERSION,
            ending: Ending::Exited,
            exit_code: 0,
            stdout: Content::of(stdout),
            stderr: Content::of(""),
            files: files.iter().map(file).collect(),
        }
    }

    #[test]
    fn every_part_that_differs_is_named() {
        let ours = output("a", &[("both", "1"), ("changed", "1"), ("ours", "1")]);
        let theirs = output("b", &[("both", "1"), ("changed", "2"), ("theirs", "1")]);
        assert_eq!(differences(&ours, &theirs), ["stdout", "files/changed", "files/ours", "files/theirs"]);
        assert!(differences(&ours, &ours).is_empty());
        let trapped = Output { ending: Ending::Trapped, ..ours.clone() };
        assert_eq!(differences(&ours, &trapped), ["ending"]);
    }

    #[test]
    fn a_run_that_the_clock_stopped_proves_nothing() {
        let replayed = |output: Output, root: B256| Replayed {
            submitted: Submitted { provider: 1, attempt: 1, root, claim: 20, uri: String::new() },
            output,
            fuel: 1,
            claim: 20,
        };
        let late = Output { ending: Ending::OutOfTime, ..output("", &[]) };
        assert!(replayed(late.clone(), late.root()).is_certain());
        assert!(!replayed(late, B256::ZERO).is_certain());
        let other = replayed(output("", &[]), B256::ZERO);
        assert!(other.is_certain() && !other.matches());
    }
}
