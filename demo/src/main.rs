//! The whole story on one machine, told in lines and, with `--json FILE`, as data.
//!
//! It starts a chain of its own on a free port (or uses the one at `LINQ_RPC_URL`, waiting for real time), deploys and
//! wires the contracts, lets two providers register with `linq provider`, starts their relayers, follows two jobs to the
//! last wei and, on a chain of its own, two disputes, and lets one provider leave with its stake.
//! It ends with a code other than 0 when a balance is off by one wei or a workload ran twice.

mod cast;
mod command;
mod deploy;
mod jury;
mod ledger;
mod relayers;
mod report;
mod stage;
mod story;

use std::{fs, path::PathBuf, process::ExitCode, time::Instant};

use clap::Parser;
use eyre::{Result, WrapErr};

use crate::{report::Report, stage::Stage, story::Story};

/// Tells the story of a job that is done and paid, of one whose first provider dies, and of two that are disputed.
#[derive(Debug, Parser)]
#[command(name = "linq-demo", version)]
struct Args {
    /// Also write the story as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Use this chain instead of one of our own, and wait for real time.
    #[arg(long, env = "LINQ_RPC_URL", value_name = "URL", hide_env_values = true)]
    rpc: Option<String>,
    /// Folder with the compiled contracts.
    #[arg(long, value_name = "FOLDER", default_value = "target/contracts")]
    artifacts: PathBuf,
    /// Folder with the work to be done: `resource.yaml`, its module and its input.
    #[arg(long, value_name = "FOLDER", default_value = "workloads")]
    workload: PathBuf,
}

#[tokio::main]
async fn main() -> ExitCode {
    match run(Args::parse()).await {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("\nthe story ended early: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// Tells the story; `false` when the sums are not what they should be.
async fn run(args: Args) -> Result<bool> {
    let started = Instant::now();
    let stage = Stage::set(args.rpc).await?;
    let chain_id = stage.client.chain_id();
    let embedded = stage.embedded();
    let mut report = Report::default();
    report.chapter(&format!("Linq on chain {chain_id} ({})", if embedded { "embedded" } else { "remote" }));

    let scratch = tempfile::tempdir()?;
    let jurors = if embedded { cast::jurors()? } else { Vec::new() };
    let suite = deploy::deploy(&stage, &args.artifacts, scratch.path(), &jurors, &mut report).await?;
    let workload = args.workload.canonicalize().wrap_err_with(|| format!("{}", args.workload.display()))?;
    let folder = scratch.path().canonicalize()?;
    let (report, closed) = Story::new(&stage, suite, report, folder, workload, &jurors).tell().await?;
    stage.clear().await;

    let mut problems = Vec::new();
    if !closed.exact() {
        problems.push("a balance is not what the story says".to_owned());
    }
    let seconds = started.elapsed().as_secs_f64();
    let verdict = if problems.is_empty() { "every wei is where it belongs" } else { "THE SUMS ARE WRONG" };
    println!("\n{verdict}; told in {seconds:.1} s");
    let exact = problems.is_empty();
    if let Some(path) = args.json {
        let data = report.json(chain_id, embedded, &closed, seconds, &problems);
        fs::write(&path, format!("{}\n", serde_json::to_string_pretty(&data)?))
            .wrap_err_with(|| format!("cannot write {}", path.display()))?;
        println!("the same as data: {}", path.display());
    }
    Ok(exact)
}
