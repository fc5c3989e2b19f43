//! Wiring: from a checked configuration to a running relayer.

use std::{io, sync::Arc, time::Duration};

use alloy_primitives::{Address, B256};
use metrics_exporter_prometheus::PrometheusHandle;
use thiserror::Error;
use tokio::{net::TcpListener, sync::Notify, time};
use tokio_util::sync::CancellationToken;

use crate::{
    backend::{BackendError, wasi::WasiBackend},
    chain::{Chain as _, ChainError, RpcChain, SetupError, Signer, key::KeyError, wake_on_heads},
    config::Config,
    fetch::{FetchError, Fetcher},
    http::{self, Health},
    kill::KillSwitch,
    pipeline::{Desk, Failure, Follower, Pace, Shared, Timing},
    results::Results,
    store::{Identity, Store, StoreError},
};

/// Time between two passes while a transaction has no receipt.
const HURRY: Duration = Duration::from_millis(250);
/// Time that runs get to notice that the relayer stops.
const GRACE: Duration = Duration::from_secs(10);

/// What a relayer is made of.
#[derive(Clone, Debug)]
pub struct Deps {
    /// The checked configuration.
    pub config: Config,
    /// What `/metrics` shows.
    pub metrics: Option<PrometheusHandle>,
    /// The test facility.
    pub kill: KillSwitch,
}

/// Why a relayer did not start, or ended.
#[derive(Debug, Error)]
pub enum RunError {
    /// There is no key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The chain is not what the configuration says.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// The provider does not exist.
    #[error("there is no provider {0}")]
    NoProvider(u32),
    /// The key is not the provider's operator.
    #[error("the key is {key}, the operator of provider {provider} is {operator}")]
    NotOperator {
        /// The provider configured.
        provider: u32,
        /// Its operator.
        operator: Address,
        /// The address of the key.
        key: Address,
    },
    /// The operator has not accepted its role.
    #[error("{operator} has not accepted to be the operator of provider {provider}: it must call acceptRole")]
    NotAccepted {
        /// The provider configured.
        provider: u32,
        /// Its operator.
        operator: Address,
    },
    /// The address to listen on is not free.
    #[error("cannot listen on {address}: {reason}")]
    Listen {
        /// The address.
        address: std::net::SocketAddr,
        /// What the system said.
        reason: io::Error,
    },
    /// The engine does not start.
    #[error(transparent)]
    Backend(#[from] BackendError),
    /// The cache does not serve.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// The pipeline ended.
    #[error(transparent)]
    Pipeline(#[from] Failure),
    /// The disk does not serve.
    #[error("the disk: {0}")]
    Disk(#[from] io::Error),
}

impl From<StoreError> for RunError {
    fn from(error: StoreError) -> Self {
        Self::Pipeline(error.into())
    }
}

impl RunError {
    /// The exit code of a process that ends with this error.
    pub const fn exit_code(&self) -> u8 {
        match self {
            Self::Setup(SetupError::Chain(_)) | Self::Pipeline(Failure::Chain(_)) => 5,
            Self::Setup(_) | Self::NoProvider(_) | Self::Listen { .. } => 3,
            Self::Key(_) | Self::NotOperator { .. } | Self::NotAccepted { .. } => 4,
            Self::Pipeline(Failure::Store(StoreError::InUse(_) | StoreError::OtherIdentity { .. })) => 6,
            Self::Backend(_) | Self::Fetch(_) | Self::Pipeline(_) | Self::Disk(_) => 1,
        }
    }
}

/// What a look at the chain has shown.
struct Checked {
    chain: RpcChain,
    signer: Signer,
    genesis: B256,
}

/// Checks everything that must hold before anything is sent, and says it in lines for people.
///
/// Fails: [`RunError::Setup`], [`RunError::NoProvider`], [`RunError::Key`], [`RunError::NotOperator`],
/// [`RunError::NotAccepted`].
pub async fn check(config: &Config) -> Result<Vec<String>, RunError> {
    let checked = look(config).await?;
    let account = checked.signer.address();
    let wei = checked.chain.balance(account).await.map_err(SetupError::from)?;
    let mut lines = vec![
        format!("chain {} answers, jobs is at {}", checked.chain.chain_id(), config.chain.jobs),
        format!("{account} is the operator of provider {}", config.provider),
        format!("{account} has {wei} wei for gas"),
    ];
    if wei == 0 {
        lines.push("warning: without gas nothing can be taken or submitted".into());
    }
    Ok(lines)
}

async fn look(config: &Config) -> Result<Checked, RunError> {
    let chain = RpcChain::connect(&config.chain).await?;
    let provider = config.provider;
    let head = chain.head().await.map_err(SetupError::from)?;
    let genesis = chain.block_hash(0).await.map_err(SetupError::from)?.unwrap_or_default();
    let found = match chain.provider(provider, head.hash).await {
        Err(ChainError::Refused(_)) => return Err(RunError::NoProvider(provider)),
        found => found.map_err(SetupError::from)?,
    };
    if found.owner.is_zero() {
        return Err(RunError::NoProvider(provider));
    }
    let signer = Signer::new(config.key.open()?, chain.chain_id(), config.chain.jobs);
    let (operator, key) = (found.operator, signer.address());
    if operator != key {
        return Err(RunError::NotOperator { provider, operator, key });
    }
    if !found.operatorAccepted {
        return Err(RunError::NotAccepted { provider, operator });
    }
    Ok(Checked { chain, signer, genesis })
}

/// Runs until `shutdown`, or until something fails that no further try can mend.
///
/// Fails: every [`RunError`].
pub async fn run(deps: Deps, shutdown: CancellationToken) -> Result<(), RunError> {
    let Deps { config, metrics, kill } = deps;
    let checked = look(&config).await?;
    let identity = Identity {
        parts: vec![
            ("chain", checked.chain.chain_id().to_string()),
            ("genesis", checked.genesis.to_string()),
            ("jobs", config.chain.jobs.to_string()),
            ("provider", config.provider.to_string()),
            ("operator", checked.signer.address().to_string()),
        ],
    };
    let store = Arc::new(Store::open(&config.data_dir, &identity)?);
    let chain = Arc::new(checked.chain);
    let results = Results::new(config.data_dir.join("results"), config.public_url.as_ref())?;
    let listener = match config.listen {
        Some(address) => Some(TcpListener::bind(address).await.map_err(|reason| RunError::Listen { address, reason })?),
        None => None,
    };
    let health = Health::new(3 * config.chain.poll + Duration::from_secs(30));
    let app = http::router(health.clone(), metrics, results.folder());

    let shared = Arc::new(Shared {
        chain: chain.clone(),
        store: store.clone(),
        backend: Arc::new(WasiBackend::new()?),
        fetcher: Fetcher::new(config.data_dir.join("cache"), config.fetch.clone())?,
        results,
        signer: checked.signer,
        policy: config.policy.clone(),
        step: config.step,
        runs: config.data_dir.join("runs"),
        timing: Timing {
            resync: config.chain.resync,
            resend: config.chain.resend,
            bump: config.chain.bump,
            max_fee_wei: config.chain.max_fee_wei,
        },
        kill,
    });
    let contract = (chain.chain_id(), config.chain.jobs);
    let follower = Follower::new(chain, store, contract, config.chain.start_block, config.chain.max_log_range);
    let stop = shutdown.child_token();
    let desk = Desk::new(shared, follower, stop.clone())?;
    tracing::info!(provider = config.provider, listen = ?config.listen, "serving");

    let wake = Arc::new(Notify::new());
    if let Some(url) = config.chain.ws_url.clone() {
        tokio::spawn(wake_on_heads(url, wake.clone(), stop.clone()));
    }
    let server = listener.map(|listener| {
        let served = stop.clone().cancelled_owned();
        tokio::spawn(async move { axum::serve(listener, app).with_graceful_shutdown(served).await })
    });
    let outcome = work(desk, &config, &wake, &health, &stop).await;
    stop.cancel();
    if let Some(server) = server {
        server.await.map_err(io::Error::other)??;
    }
    outcome
}

/// Passes, one after another, until told to stop.
async fn work(
    mut desk: Desk,
    config: &Config,
    wake: &Notify,
    health: &Health,
    stop: &CancellationToken,
) -> Result<(), RunError> {
    while !stop.is_cancelled() {
        let passed = desk.pass().await;
        let label = passed.as_ref().map_or_else(Failure::metric_label, |_| "ok");
        metrics::counter!("linq_relayer_passes_total", "outcome" => label).increment(1);
        let pause = match passed {
            Ok(pace) => {
                health.passed();
                match pace {
                    Pace::Again => continue,
                    Pace::Soon => HURRY.min(config.chain.poll),
                    Pace::Rest => config.chain.poll,
                }
            }
            Err(failure) if failure.retryable() => {
                tracing::warn!(%failure, "this pass ended early");
                config.chain.poll
            }
            Err(failure) => return Err(failure.into()),
        };
        tokio::select! {
            () = stop.cancelled() => (),
            () = desk.task_ended() => (),
            () = wake.notified() => (),
            () = time::sleep(pause) => (),
        }
    }
    tracing::info!("stopping");
    if time::timeout(GRACE, desk.finish()).await.is_err() {
        tracing::warn!("a run did not stop in time; it begins again at the next start");
    }
    Ok(())
}
