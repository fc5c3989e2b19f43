//! Configuration: a TOML file, over it the environment, over that the flags; raw as written, then checked once.

use std::{
    fs,
    net::SocketAddr,
    path::{Path, PathBuf},
    time::Duration,
};

use alloy_primitives::Address;
use clap::Parser;
use linq_manifest::units;
use serde::Deserialize;
use thiserror::Error;
use url::Url;

use crate::{chain::key::KeySource, fetch::FetchLimits, policy::Policy};

/// Why a configuration is refused. Every message names the setting.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        reason: std::io::Error,
    },
    /// The file is not TOML, or has a setting that does not exist.
    #[error("{path}, line {line}: {reason}")]
    Syntax {
        /// The file.
        path: PathBuf,
        /// The line, from 1.
        line: usize,
        /// What is wrong there.
        reason: String,
    },
    /// A setting that has no default is missing.
    #[error("{0} is not set")]
    Missing(&'static str),
    /// A setting that cannot be.
    #[error("{setting}: {reason}")]
    Bad {
        /// The setting, from the top.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
}

/// Runs the work a provider takes and brings its results to the chain.
///
/// Exit codes: 0 stopped as asked, 1 failure, 2 usage, 3 configuration, 4 key or role refused, 5 network,
/// 6 the data directory is in use or belongs to another provider.
#[derive(Clone, Debug, Default, Parser)]
#[command(name = "relayer", version)]
pub struct Args {
    /// The configuration file.
    #[arg(short, long, env = "LINQ_RELAYER_CONFIG")]
    pub config: Option<PathBuf>,
    /// Checks configuration, chain and role, says what it found and ends.
    #[arg(long)]
    pub check: bool,
    /// JSON-RPC endpoint.
    #[arg(long, env = "LINQ_RPC_URL", hide_env_values = true)]
    pub rpc_url: Option<Url>,
    /// WebSocket endpoint; new heads wake the relayer before the next poll.
    #[arg(long, env = "LINQ_WS_URL", hide_env_values = true)]
    pub ws_url: Option<Url>,
    /// The chain that the endpoint must be of.
    #[arg(long, env = "LINQ_CHAIN_ID")]
    pub chain_id: Option<u64>,
    /// The jobs contract.
    #[arg(long, env = "LINQ_JOBS")]
    pub jobs: Option<Address>,
    /// The lens over it.
    #[arg(long, env = "LINQ_LENS")]
    pub lens: Option<Address>,
    /// The provider to serve.
    #[arg(long, env = "LINQ_PROVIDER")]
    pub provider: Option<u32>,
    /// Where journal, cache and results live.
    #[arg(long, env = "LINQ_DATA_DIR")]
    pub data_dir: Option<PathBuf>,
    /// Where metrics, health and results are served, such as `127.0.0.1:9100`; without it they are not.
    #[arg(long, env = "LINQ_LISTEN")]
    pub listen: Option<SocketAddr>,
    /// Under which URL others reach that address; without it results are named by `file:` URIs.
    #[arg(long, env = "LINQ_PUBLIC_URL")]
    pub public_url: Option<Url>,
    /// `text` or `json`.
    #[arg(long, env = "LINQ_LOG_FORMAT")]
    pub log_format: Option<LogFormat>,
}

/// How log lines look.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// The file as written. Every setting is optional here, so that environment and flags can supply it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Raw {
    chain: RawChain,
    provider: RawProvider,
    policy: RawPolicy,
    fetch: RawFetch,
    storage: RawStorage,
    http: RawHttp,
    keeper: RawKeeper,
    log: RawLog,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawChain {
    rpc_url: Option<Url>,
    ws_url: Option<Url>,
    chain_id: Option<u64>,
    jobs: Option<Address>,
    lens: Option<Address>,
    start_block: u64,
    poll_ms: u64,
    resync_secs: u64,
    max_log_range: u64,
    finality_blocks: Option<u64>,
    resend_secs: u64,
    bump_secs: u64,
    max_fee_gwei: u64,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawProvider {
    id: Option<u32>,
    keystore: Option<PathBuf>,
    password_file: Option<PathBuf>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawPolicy {
    take: bool,
    ask: Ask,
    min_price: String,
    max_concurrent: usize,
    min_run: String,
    max_run: String,
    allow: Vec<Address>,
    deny: Vec<Address>,
}

/// What a take asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Ask {
    /// The posted price; the own rates are only the floor.
    #[default]
    Posted,
    /// What the own rates come to.
    Quote,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawFetch {
    max_manifest: String,
    max_module: String,
    max_input: String,
    timeout: String,
    allow_private_hosts: bool,
    file_roots: Vec<PathBuf>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawStorage {
    data_dir: Option<PathBuf>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawHttp {
    listen: Option<SocketAddr>,
    public_url: Option<Url>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawKeeper {
    step: bool,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct RawLog {
    format: LogFormat,
}

impl Default for RawChain {
    fn default() -> Self {
        Self {
            rpc_url: None,
            ws_url: None,
            chain_id: None,
            jobs: None,
            lens: None,
            start_block: 0,
            poll_ms: 1_000,
            resync_secs: 300,
            max_log_range: 10_000,
            finality_blocks: None,
            resend_secs: 5,
            bump_secs: 30,
            max_fee_gwei: 10,
        }
    }
}

impl Default for RawPolicy {
    fn default() -> Self {
        Self {
            take: true,
            ask: Ask::Posted,
            min_price: "0".into(),
            max_concurrent: 2,
            min_run: "10s".into(),
            max_run: "30d".into(),
            allow: Vec::new(),
            deny: Vec::new(),
        }
    }
}

impl Default for RawFetch {
    fn default() -> Self {
        Self {
            max_manifest: "256Ki".into(),
            max_module: "64Mi".into(),
            max_input: "1Gi".into(),
            timeout: "60s".into(),
            allow_private_hosts: false,
            file_roots: Vec::new(),
        }
    }
}

impl Default for RawKeeper {
    fn default() -> Self {
        Self { step: true }
    }
}

/// A configuration that was checked: what can be known without asking the chain holds.
#[derive(Clone, Debug)]
pub struct Config {
    /// How to reach the chain, and how to follow it.
    pub chain: ChainConfig,
    /// The provider to serve.
    pub provider: u32,
    /// Where its operator's key is.
    pub key: KeySource,
    /// Which work to take, at what price.
    pub policy: Policy,
    /// What to fetch, and from where.
    pub fetch: FetchLimits,
    /// Where journal, cache and results live.
    pub data_dir: PathBuf,
    /// Where metrics, health and results are served; without it they are not.
    pub listen: Option<SocketAddr>,
    /// Under which URL others reach `listen`.
    pub public_url: Option<Url>,
    /// Whether to step own slots whose window has passed.
    pub step: bool,
    /// How log lines look.
    pub log: LogFormat,
}

/// How to reach the chain, and how to follow it.
#[derive(Clone, Debug)]
pub struct ChainConfig {
    /// JSON-RPC endpoint.
    pub rpc_url: Url,
    /// WebSocket endpoint for new heads.
    pub ws_url: Option<Url>,
    /// The chain that the endpoint must be of; without it the first start decides, and the journal remembers.
    pub chain_id: Option<u64>,
    /// The jobs contract.
    pub jobs: Address,
    /// The lens over it, which is asked about the provider.
    pub lens: Address,
    /// The first block whose logs matter.
    pub start_block: u64,
    /// Time between two looks at the chain.
    pub poll: Duration,
    /// Time between two looks at everything, whatever the logs say.
    pub resync: Duration,
    /// Most blocks of one query for logs.
    pub max_log_range: u64,
    /// Blocks after which a transaction is final; without it the chain's `finalized` block decides.
    pub finality_blocks: Option<u64>,
    /// Time after which a transaction without a receipt is sent again, byte for byte.
    pub resend: Duration,
    /// Time after which it is sent with a higher fee.
    pub bump: Duration,
    /// The most that one unit of gas may cost, in wei.
    pub max_fee_wei: u128,
}

impl Config {
    /// Reads the file that `args` name, puts `args` over it and checks the whole.
    ///
    /// Fails: every [`ConfigError`].
    pub fn load(args: &Args) -> Result<Self, ConfigError> {
        let raw = match &args.config {
            Some(path) => read(path)?,
            None => Raw::default(),
        };
        raw.check(args)
    }
}

fn read(path: &Path) -> Result<Raw, ConfigError> {
    let text = fs::read_to_string(path).map_err(|reason| ConfigError::Unreadable { path: path.to_owned(), reason })?;
    toml::from_str(&text).map_err(|error| {
        // Only the message: the whole error would show the line, and a line may hold a URL with a key in it.
        let before = error.span().map_or(0, |span| span.start);
        let line = text[..before].matches('\n').count() + 1;
        ConfigError::Syntax { path: path.to_owned(), line, reason: error.message().to_owned() }
    })
}

impl Raw {
    fn check(self, args: &Args) -> Result<Config, ConfigError> {
        let data_dir =
            args.data_dir.clone().or(self.storage.data_dir).ok_or(ConfigError::Missing("storage.data_dir"))?;
        let data_dir = std::path::absolute(&data_dir).map_err(|error| bad("storage.data_dir", error.to_string()))?;
        let public_url = args.public_url.clone().or(self.http.public_url);
        if public_url.as_ref().is_some_and(|url| !matches!(url.scheme(), "http" | "https")) {
            return Err(bad("http.public_url", "must be an http: or https: URL"));
        }
        let listen = args.listen.or(self.http.listen);
        if public_url.is_some() && listen.is_none() {
            return Err(bad("http.public_url", "names results that nobody serves: set http.listen too"));
        }
        let provider = args.provider.or(self.provider.id).ok_or(ConfigError::Missing("provider.id"))?;
        if provider == 0 {
            return Err(bad("provider.id", "ids begin with 1"));
        }
        let key = match self.provider.keystore {
            Some(path) => KeySource::Keystore { path, password_file: self.provider.password_file },
            None => KeySource::Environment,
        };

        Ok(Config {
            chain: self.chain.check(args)?,
            provider,
            key,
            policy: self.policy.check(provider)?,
            fetch: self.fetch.check()?,
            data_dir,
            listen,
            public_url,
            step: self.keeper.step,
            log: args.log_format.unwrap_or(self.log.format),
        })
    }
}

impl RawChain {
    fn check(self, args: &Args) -> Result<ChainConfig, ConfigError> {
        if self.poll_ms == 0 {
            return Err(bad("chain.poll_ms", "must not be 0"));
        }
        if self.max_log_range == 0 {
            return Err(bad("chain.max_log_range", "must not be 0"));
        }
        let rpc_url = args.rpc_url.clone().or(self.rpc_url).ok_or(ConfigError::Missing("chain.rpc_url"))?;
        if !matches!(rpc_url.scheme(), "http" | "https") {
            return Err(bad("chain.rpc_url", "must be an http: or https: URL"));
        }
        let ws_url = args.ws_url.clone().or(self.ws_url);
        if ws_url.as_ref().is_some_and(|url| !matches!(url.scheme(), "ws" | "wss")) {
            return Err(bad("chain.ws_url", "must be a ws: or wss: URL"));
        }
        Ok(ChainConfig {
            rpc_url,
            ws_url,
            chain_id: args.chain_id.or(self.chain_id),
            jobs: args.jobs.or(self.jobs).ok_or(ConfigError::Missing("chain.jobs"))?,
            lens: args.lens.or(self.lens).ok_or(ConfigError::Missing("chain.lens"))?,
            start_block: self.start_block,
            poll: Duration::from_millis(self.poll_ms),
            resync: Duration::from_secs(self.resync_secs),
            max_log_range: self.max_log_range,
            finality_blocks: self.finality_blocks,
            resend: Duration::from_secs(self.resend_secs),
            bump: Duration::from_secs(self.bump_secs),
            max_fee_wei: u128::from(self.max_fee_gwei) * 1_000_000_000,
        })
    }
}

impl RawPolicy {
    fn check(self, provider: u32) -> Result<Policy, ConfigError> {
        if self.max_concurrent == 0 {
            return Err(bad("policy.max_concurrent", "must not be 0"));
        }
        let seconds =
            |setting, text: &str| units::seconds(setting, text).map_err(|error| bad(setting, error.to_string()));
        Ok(Policy {
            provider,
            take: self.take,
            ask: self.ask,
            min_price: units::lnq("policy.min_price", &self.min_price)
                .map_err(|error| bad("policy.min_price", error.to_string()))?,
            max_concurrent: self.max_concurrent,
            min_run_secs: seconds("policy.min_run", &self.min_run)?,
            max_run_secs: seconds("policy.max_run", &self.max_run)?,
            allow: self.allow.into_iter().collect(),
            deny: self.deny.into_iter().collect(),
        })
    }
}

impl RawFetch {
    fn check(self) -> Result<FetchLimits, ConfigError> {
        let bytes = |setting, text: &str| units::bytes(setting, text).map_err(|error| bad(setting, error.to_string()));
        let timeout =
            units::seconds("fetch.timeout", &self.timeout).map_err(|error| bad("fetch.timeout", error.to_string()))?;
        let canonical = |root: &PathBuf| {
            fs::canonicalize(root).map_err(|error| bad("fetch.file_roots", format!("{}: {error}", root.display())))
        };
        Ok(FetchLimits {
            manifest_bytes: bytes("fetch.max_manifest", &self.max_manifest)?,
            module_bytes: bytes("fetch.max_module", &self.max_module)?,
            input_bytes: bytes("fetch.max_input", &self.max_input)?,
            timeout: Duration::from_secs(timeout.into()),
            allow_private_hosts: self.allow_private_hosts,
            file_roots: self.file_roots.iter().map(canonical).collect::<Result<_, _>>()?,
        })
    }
}

fn bad(setting: &'static str, reason: impl Into<String>) -> ConfigError {
    ConfigError::Bad { setting, reason: reason.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINIMAL: &str = r#"
        [chain]
        rpc_url = "http://127.0.0.1:8547"
        chain_id = 412346
        jobs = "0x00000000000000000000000000000000000000aa"
        lens = "0x00000000000000000000000000000000000000bb"
        [provider]
        id = 7
        [storage]
        data_dir = "data"
    "#;

    fn check(text: &str, args: &Args) -> Result<Config, ConfigError> {
        toml::from_str::<Raw>(text).unwrap().check(args)
    }

    #[test]
    fn flags_go_over_the_file_and_the_file_over_defaults() {
        let config = check(MINIMAL, &Args { provider: Some(9), ..Args::default() }).unwrap();
        assert_eq!(config.provider, 9);
        assert_eq!(config.chain.chain_id, Some(412_346));
        assert_eq!(config.chain.poll, Duration::from_secs(1));
        assert_eq!(config.key, KeySource::Environment);
        assert!(config.step && config.data_dir.is_absolute());
    }

    #[test]
    fn every_refusal_names_its_setting() {
        let refused = |change: &str| check(&format!("{MINIMAL}\n{change}"), &Args::default()).unwrap_err().to_string();
        assert!(refused("[policy]\nmin_price = \"-1\"").starts_with("policy.min_price"));
        assert!(refused("[policy]\nmax_concurrent = 0").starts_with("policy.max_concurrent"));
        assert!(refused("[policy]\nmax_run = \"10\"").starts_with("policy.max_run"));
        assert!(refused("[fetch]\nmax_module = \"lots\"").starts_with("fetch.max_module"));
        assert!(refused("[http]\npublic_url = \"ftp://results\"").starts_with("http.public_url"));
        let missing = check("[provider]\nid = 1", &Args::default()).unwrap_err().to_string();
        assert_eq!(missing, "storage.data_dir is not set");
    }

    #[test]
    fn a_setting_that_does_not_exist_is_named_with_its_line_and_nothing_else_is_shown() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let refused = |text: &str| {
            fs::write(file.path(), text).unwrap();
            Config::load(&Args { config: Some(file.path().into()), ..Args::default() }).unwrap_err().to_string()
        };
        let unknown = refused("[policy]\nmin_prise = \"1\"");
        assert!(unknown.contains("line 2: unknown field `min_prise`"), "{unknown}");
        let secret = refused("[chain]\nrpc_url = \"http://node/secret-key\" 7");
        assert!(secret.contains("line 2") && !secret.contains("secret"), "{secret}");
    }
}
