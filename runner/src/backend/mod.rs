//! Where work runs. A kind of workload is one implementation of [`Backend`].

mod pipe;
pub mod wasi;

use std::{path::PathBuf, time::Duration};

use async_trait::async_trait;
use linq_manifest::{Manifest, Output};
use thiserror::Error;
use tokio_util::sync::CancellationToken;

/// One run: a manifest, and its content as local files.
#[derive(Clone, Debug)]
pub struct Workload {
    /// What runs, within which limits.
    pub manifest: Manifest,
    /// The program.
    pub program: PathBuf,
    /// The content of each input, in the order of the manifest.
    pub inputs: Vec<PathBuf>,
}

/// What a run left behind.
#[derive(Clone, Debug)]
pub struct Report {
    /// What the root commits to.
    pub output: Output,
    /// Standard output.
    pub stdout: Vec<u8>,
    /// Standard error.
    pub stderr: Vec<u8>,
    /// The folder that holds the output files under their paths.
    pub files: PathBuf,
    /// Units of fuel used up.
    pub fuel: u64,
    /// How long it took.
    pub took: Duration,
}

/// Why there is no report. None of these is the job's doing.
#[derive(Debug, Error)]
pub enum BackendError {
    /// The program is none that this backend runs.
    #[error("not runnable here: {0}")]
    NotRunnable(String),
    /// The run was interrupted because the relayer stops.
    #[error("interrupted")]
    Interrupted,
    /// The machine failed.
    #[error("the machine failed: {0}")]
    Failed(String),
}

impl BackendError {
    /// Whether another run may end otherwise.
    pub const fn retryable(&self) -> bool {
        matches!(self, Self::Interrupted | Self::Failed(_))
    }

    /// Its name in metrics.
    pub const fn metric_label(&self) -> &'static str {
        match self {
            Self::NotRunnable(_) => "not_runnable",
            Self::Interrupted => "interrupted",
            Self::Failed(_) => "failed",
        }
    }
}

/// Runs workloads of one kind. A limit that a run meets is a [`Report`]; an error is the provider's fault.
#[async_trait]
pub trait Backend: Send + Sync + 'static {
    /// Whether the workload could be started here, without starting it.
    async fn check(&self, workload: &Workload) -> Result<(), BackendError>;

    /// Runs the workload in the empty folder `scratch` until it ends, meets a limit or is stopped.
    async fn run(&self, workload: &Workload, scratch: PathBuf, stop: CancellationToken)
    -> Result<Report, BackendError>;
}

/// What a provider claims for a run, in twentieths.
///
/// A program that ended with 0 is worth all of it. Any other ending is the job's own: the provider claims what the run
/// used of its fuel, rounded down, and no less than the quarter below which a share counts as a failure of the
/// provider.
pub fn claim(output: &Output, fuel: u64, limit: u64) -> u8 {
    const LEAST: u64 = 5;
    const WHOLE: u64 = 20;
    if output.succeeded() {
        return WHOLE as u8;
    }
    let used = u128::from(fuel.min(limit)) * u128::from(WHOLE) / u128::from(limit.max(1));
    (used as u64).clamp(LEAST, WHOLE) as u8
}

#[cfg(test)]
mod tests {
    use linq_manifest::{Content, Ending};

    use super::*;

    #[test]
    fn a_claim_is_the_whole_or_what_was_used() {
        let output = |ending, exit_code| Output {
            version: Output::VERSION,
            ending,
            exit_code,
            stdout: Content::of(""),
            stderr: Content::of(""),
            files: Vec::new(),
        };
        assert_eq!(claim(&output(Ending::Exited, 0), 1, 1_000), 20);
        assert_eq!(claim(&output(Ending::Exited, 3), 1, 1_000), 5);
        assert_eq!(claim(&output(Ending::Trapped, 0), 549, 1_000), 10);
        assert_eq!(claim(&output(Ending::OutOfFuel, 0), 1_000, 1_000), 20);
        assert_eq!(claim(&output(Ending::OutOfTime, 0), 999, 1_000), 19);
    }
}
