//! The command: parses, wires, waits.

use std::process::ExitCode;

use clap::Parser as _;
use linq_relayer::{
    Deps, check,
    config::{Args, Config, LogFormat},
    http::describe_metrics,
    kill::{KILL_AT, KILL_POINTS, KillSwitch},
    run,
};
use metrics_exporter_prometheus::PrometheusBuilder;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;
use tracing_subscriber::EnvFilter;

const FAILURE: u8 = 1;
const BAD_CONFIG: u8 = 3;

fn main() -> ExitCode {
    let args = Args::parse();
    let config = match Config::load(&args) {
        Ok(config) => config,
        Err(error) => {
            eprintln!("relayer: {error}");
            return ExitCode::from(BAD_CONFIG);
        }
    };
    log_as(config.log);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "no runtime");
            return ExitCode::from(FAILURE);
        }
    };
    match runtime.block_on(act(args.check, config)) {
        Ok(()) => ExitCode::SUCCESS,
        Err((error, code)) => {
            tracing::error!("{error}");
            ExitCode::from(code)
        }
    }
}

async fn act(only_check: bool, config: Config) -> Result<(), (String, u8)> {
    if only_check {
        let lines = check(&config).await.map_err(|error| (error.to_string(), error.exit_code()))?;
        for line in lines {
            tracing::info!("{line}");
        }
        return Ok(());
    }
    let kill_at = std::env::var(KILL_AT).ok().filter(|point| !point.is_empty());
    if let Some(point) = kill_at.as_ref().filter(|point| !KILL_POINTS.contains(&point.as_str())) {
        return Err((
            format!("{KILL_AT}: there is no point `{point}`; there are {}", KILL_POINTS.join(", ")),
            BAD_CONFIG,
        ));
    }
    let metrics = PrometheusBuilder::new().install_recorder().map_err(|error| (error.to_string(), FAILURE))?;
    describe_metrics();
    let shutdown = CancellationToken::new();
    stop_on_signals(shutdown.clone()).map_err(|error| (error.to_string(), FAILURE))?;
    let kill = KillSwitch::new(kill_at, &config.data_dir);
    run(Deps { config, metrics: Some(metrics), kill }, shutdown)
        .await
        .map_err(|error| (error.to_string(), error.exit_code()))
}

/// stderr carries the log; stdout stays empty.
fn log_as(format: LogFormat) {
    let filter = EnvFilter::try_from_env("LINQ_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match format {
        LogFormat::Text => log.init(),
        LogFormat::Json => log.json().init(),
    }
}

/// SIGINT and SIGTERM ask for a graceful stop; the second of them ends the process as it is, which is safe too.
fn stop_on_signals(shutdown: CancellationToken) -> std::io::Result<()> {
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    tokio::spawn(async move {
        for asked_before in [false, true] {
            tokio::select! {
                _ = interrupt.recv() => (),
                _ = terminate.recv() => (),
            }
            if asked_before {
                std::process::exit(130);
            }
            shutdown.cancel();
        }
    });
    Ok(())
}
