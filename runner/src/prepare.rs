//! Preparing a job: its manifest against its terms, its content against the manifest, its program against the backend.

use linq_abi::Terms;
use linq_manifest::{Artifact, Digest, Manifest, Workload as Kind};
use thiserror::Error;

use crate::{
    backend::{Backend, BackendError, Workload},
    fetch::{FetchError, Fetcher},
};

/// Most bytes of one stream of a run: they are kept in memory.
const MAX_LOG_BYTES: u64 = 64 << 20;

/// Why a job is not prepared.
#[derive(Debug, Error)]
pub enum Unprepared {
    /// The manifest could not be had.
    #[error(transparent)]
    Manifest(FetchError),
    /// The manifest is none, or asks for something else than the terms say.
    #[error("{0}")]
    ManifestWrong(String),
    /// The module or an input could not be had.
    #[error(transparent)]
    Content(FetchError),
    /// The module cannot be run here.
    #[error(transparent)]
    NotRunnable(BackendError),
}

impl Unprepared {
    /// Whether another look may end otherwise.
    pub const fn retryable(&self) -> bool {
        match self {
            Self::Manifest(error) | Self::Content(error) => error.retryable(),
            Self::ManifestWrong(_) => false,
            Self::NotRunnable(error) => error.retryable(),
        }
    }
}

/// The manifest that `terms` name, fetched from `uri` and checked against them.
///
/// Fails: [`Unprepared::Manifest`], [`Unprepared::ManifestWrong`].
pub async fn manifest(fetcher: &Fetcher, terms: &Terms, uri: &str) -> Result<Manifest, Unprepared> {
    let named = Artifact { digest: Digest::from(terms.specHash), uri: uri.to_owned() };
    let path = fetcher.fetch(&named, fetcher.limits().manifest_bytes).await.map_err(Unprepared::Manifest)?;
    let manifest = tokio::fs::read(&path)
        .await
        .map_err(|error| error.to_string())
        .and_then(|bytes| Manifest::parse_named(&bytes, named.digest).map_err(|error| error.to_string()))
        .map_err(Unprepared::ManifestWrong)?;
    matches_terms(&manifest, terms)?;
    Ok(manifest)
}

/// Fetches and checks everything that a run of a job with these terms needs; its manifest is at `uri`.
///
/// Fails: every [`Unprepared`].
pub async fn prepare(
    fetcher: &Fetcher,
    backend: &dyn Backend,
    terms: &Terms,
    uri: &str,
) -> Result<Workload, Unprepared> {
    let limits = fetcher.limits();
    let manifest = manifest(fetcher, terms, uri).await?;
    let Kind::Module(module) = &manifest.workload;
    let program = fetcher.fetch(module, limits.module_bytes).await.map_err(Unprepared::Content)?;
    let mut inputs = Vec::with_capacity(manifest.inputs.len());
    for input in &manifest.inputs {
        inputs.push(fetcher.fetch(&input.artifact, limits.input_bytes).await.map_err(Unprepared::Content)?);
    }

    let workload = Workload { manifest, program, inputs };
    backend.check(&workload).await.map_err(Unprepared::NotRunnable)?;
    Ok(workload)
}

/// The terms are what capacity is reserved and paid for, so a manifest may not ask for anything else.
fn matches_terms(manifest: &Manifest, terms: &Terms) -> Result<(), Unprepared> {
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
    Err(Unprepared::ManifestWrong(reason.into()))
}
