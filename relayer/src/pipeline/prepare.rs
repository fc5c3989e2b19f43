//! Preparing a job, and what the provider says where that fails.

use linq_runner::prepare;

use super::Shared;
use crate::{backend::Workload, fetch::FetchError, plan::Inability, store::JobRecord};

/// Why a job is not prepared.
#[derive(Debug)]
pub struct Unprepared {
    /// What `unable` would say.
    pub inability: Inability,
    /// Whether another look may end otherwise.
    pub retryable: bool,
    /// What happened.
    pub reason: String,
}

/// Fetches and checks everything that a run of `job` needs.
pub async fn prepare(shared: &Shared, job: &JobRecord) -> Result<Workload, Unprepared> {
    let prepared = prepare::prepare(&shared.fetcher, shared.backend.as_ref(), &job.terms, &job.uri).await;
    prepared.map_err(|error| {
        let (retryable, reason) = (error.retryable(), error.to_string());
        Unprepared { inability: inability(&error), retryable, reason }
    })
}

fn inability(error: &prepare::Unprepared) -> Inability {
    let unfetched = |error: &FetchError, unreachable: Inability, wrong: Inability| {
        metrics::counter!("linq_relayer_fetch_failures_total", "error" => error.metric_label()).increment(1);
        if error.retryable() { unreachable } else { wrong }
    };
    match error {
        prepare::Unprepared::Manifest(error) => {
            unfetched(error, Inability::ManifestUnreachable, Inability::ManifestWrong)
        }
        prepare::Unprepared::ManifestWrong(_) => Inability::ManifestWrong,
        prepare::Unprepared::Content(error) => unfetched(error, Inability::ContentUnreachable, Inability::ContentWrong),
        prepare::Unprepared::NotRunnable(_) => Inability::NotRunnable,
    }
}
