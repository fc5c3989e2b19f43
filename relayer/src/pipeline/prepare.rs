//! Preparing a job: its manifest against its terms, its content against the manifest, its program against the backend.

use linq_manifest::{Artifact, Digest, Manifest, Workload as Kind};

use super::Shared;
use crate::{
    backend::{BackendError, Workload},
    fetch::FetchError,
    plan::Inability,
    store::JobRecord,
};

/// Most bytes of one stream of a run: they are kept in memory.
const MAX_LOG_BYTES: u64 = 64 << 20;

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
    let limits = shared.fetcher.limits();
    let named = Artifact { digest: Digest::from(job.terms.specHash), uri: job.uri.clone() };
    let unfetched = |inability: (Inability, Inability)| {
        move |error: FetchError| {
            metrics::counter!("linq_relayer_fetch_failures_total", "error" => error.metric_label()).increment(1);
            let retryable = error.retryable();
            Unprepared {
                inability: if retryable { inability.0 } else { inability.1 },
                retryable,
                reason: error.to_string(),
            }
        }
    };
    let of_manifest = unfetched((Inability::ManifestUnreachable, Inability::ManifestWrong));
    let of_content = unfetched((Inability::ContentUnreachable, Inability::ContentWrong));

    let path = shared.fetcher.fetch(&named, limits.manifest_bytes).await.map_err(of_manifest)?;
    let manifest = tokio::fs::read(&path)
        .await
        .map_err(|error| error.to_string())
        .and_then(|bytes| Manifest::parse_named(&bytes, named.digest).map_err(|error| error.to_string()))
        .map_err(|reason| never(Inability::ManifestWrong, reason))?;
    matches_terms(&manifest, job)?;

    let Kind::Module(module) = &manifest.workload;
    let program = shared.fetcher.fetch(module, limits.module_bytes).await.map_err(of_content)?;
    let mut inputs = Vec::with_capacity(manifest.inputs.len());
    for input in &manifest.inputs {
        inputs.push(shared.fetcher.fetch(&input.artifact, limits.input_bytes).await.map_err(of_content)?);
    }

    let workload = Workload { manifest, program, inputs };
    match shared.backend.check(&workload).await {
        Ok(()) => Ok(workload),
        Err(error @ BackendError::NotRunnable(_)) => Err(never(Inability::NotRunnable, error.to_string())),
        Err(error) => Err(Unprepared { inability: Inability::NotRunnable, retryable: true, reason: error.to_string() }),
    }
}

/// The terms are what capacity is reserved and paid for, so a manifest may not ask for anything else.
fn matches_terms(manifest: &Manifest, job: &JobRecord) -> Result<(), Unprepared> {
    let terms = &job.terms;
    let reason = if manifest.slot_resources() != terms.resources {
        "its resources are not those of the terms"
    } else if manifest.features() & !terms.features != 0 {
        "it needs features that the terms do not name"
    } else if manifest.limits.seconds > terms.runSecs {
        "it may run for longer than the terms allow"
    } else if manifest.limits.output_bytes > u64::from(manifest.resources.storage_gib) << 30 {
        "its output may be larger than its storage"
    } else if manifest.limits.log_bytes > MAX_LOG_BYTES {
        "its log may be larger than is kept here"
    } else {
        return Ok(());
    };
    Err(never(Inability::ManifestWrong, reason.into()))
}

fn never(inability: Inability, reason: String) -> Unprepared {
    Unprepared { inability, retryable: false, reason }
}
