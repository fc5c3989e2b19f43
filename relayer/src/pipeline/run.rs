//! Running a slot, up to the recorded result.

use std::{fs, io, path::PathBuf};

use alloy_primitives::hex;
use linq_manifest::Limits;
use tokio::task;
use tokio_util::sync::CancellationToken;

use super::{Failure, Shared};
use crate::{
    backend::{BackendError, Report, Workload, claim},
    chain::SlotId,
    store::ResultRecord,
};

/// Runs the workload and records its result. A crash before the record means another run; after it there is none.
pub async fn run(
    shared: &Shared,
    workload: &Workload,
    (id, attempt): (SlotId, u8),
    stop: CancellationToken,
) -> Result<(), Failure> {
    let starts = shared.store.begin_run(id, attempt)?;
    shared.kill.point("run-begun");
    tracing::info!(slot = %id, attempt, starts, "running");

    let scratch = scratch(shared, id, attempt)?;
    let report = match shared.backend.run(workload, scratch.clone(), stop).await {
        Ok(report) => report,
        Err(BackendError::Interrupted) => return Ok(()),
        Err(error) => {
            metrics::counter!("linq_relayer_run_failures_total", "error" => error.metric_label()).increment(1);
            tracing::error!(slot = %id, attempt, %error, "the run failed");
            if !error.retryable() {
                shared.store.fail_run(id, attempt)?;
            }
            return Ok(());
        }
    };
    shared.kill.point("run-ended");
    note(id, attempt, &report);
    record(shared, (id, attempt), report, workload.manifest.limits).await?;
    shared.kill.point("result-recorded");
    // What is left over is removed when the attempt is run again, or never looked at.
    task::spawn_blocking(move || fs::remove_dir_all(scratch)).await.map_err(io::Error::other)??;
    Ok(())
}

/// An empty folder for this attempt, whatever an earlier start left in it.
fn scratch(shared: &Shared, id: SlotId, attempt: u8) -> io::Result<PathBuf> {
    let path = shared.runs.join(format!("{}-{}-{attempt}", hex::encode(id.job), id.slot));
    match fs::remove_dir_all(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => fs::create_dir_all(&path)?,
    }
    Ok(path)
}

fn note(id: SlotId, attempt: u8, report: &Report) {
    let ending = report.output.ending;
    metrics::counter!("linq_relayer_runs_total", "ending" => ending.to_string()).increment(1);
    metrics::histogram!("linq_relayer_run_seconds").record(report.took);
    metrics::counter!("linq_relayer_fuel_total").increment(report.fuel);
    let (exit_code, fuel) = (report.output.exit_code, report.fuel);
    tracing::info!(slot = %id, attempt, %ending, exit_code, fuel, took = ?report.took, "the run ended");
}

async fn record(shared: &Shared, (id, attempt): (SlotId, u8), report: Report, limits: Limits) -> Result<(), Failure> {
    let claim = claim(&report.output, report.fuel, limits.fuel);
    let results = shared.results.clone();
    let root = task::spawn_blocking(move || results.keep(&report)).await.map_err(io::Error::other)??;
    shared.kill.point("result-written");
    let result = ResultRecord { root, claim, uri: shared.results.uri(root) };
    shared.store.record_result(id, attempt, &result)?;
    tracing::info!(slot = %id, attempt, %root, claim, "the result is recorded");
    Ok(())
}
