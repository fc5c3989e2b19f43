//! The development node as a program: options, signals, the state file.

mod commands;

use std::io::{self, Write};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use alloy::primitives::{Address, B256};
use clap::Parser;
use clap::builder::RangedU64ValueParser;
use nitro_devnode::chain::accounts::{self, DEV_ACCOUNT, DEV_ACCOUNT_KEY, WELL_KNOWN};
use nitro_devnode::fork::{Fork, ForkError};
use nitro_devnode::rpc::{self, Bounds, ServerConfig, ServerHandle};
use nitro_devnode::{ArbosVersion, Mining, Node, NodeConfig, NodeError};
use serde_json::json;
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// A local Arbitrum Stylus chain for development, with JSON-RPC over HTTP and WebSocket on one port.
///
/// Its accounts are public: everybody knows their private keys. Never use them for value.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
struct Args {
    #[command(subcommand)]
    command: Option<commands::Command>,

    /// Port to listen on; 0 takes a free one.
    #[arg(long, default_value_t = 8547)]
    port: u16,

    /// Address to listen on. Whoever can reach it can use the accounts of the node.
    #[arg(long, default_value_t = IpAddr::V4(Ipv4Addr::LOCALHOST))]
    host: IpAddr,

    /// Print one line of JSON with the URLs and accounts once the node is ready.
    #[arg(long)]
    json: bool,

    /// Load the chain from this file, if it exists, and save it there at the end.
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,

    /// Keep transactions waiting until a block is asked for (evm_mine).
    #[arg(long)]
    no_auto_mine: bool,

    /// Make a block every so many seconds instead of one for each transaction.
    #[arg(long, value_name = "SECONDS", conflicts_with = "no_auto_mine", value_parser = RangedU64ValueParser::<u64>::new().range(1..=86_400))]
    block_time: Option<u64>,

    /// Say in errors just what Nitro says, and not what ended a program that failed without a word.
    #[arg(long)]
    plain_errors: bool,

    /// Funded accounts besides the chain owner. With 0 the node signs for nobody.
    #[arg(long, default_value_t = WELL_KNOWN.len(), value_parser = RangedU64ValueParser::<usize>::new().range(0..=WELL_KNOWN.len() as u64))]
    accounts: usize,

    /// Chain id; 412346, or that of the chain this one is a fork of.
    #[arg(long)]
    chain_id: Option<u64>,

    /// Read state that is missing from the node at this address.
    #[arg(long, value_name = "URL", help_heading = "Fork")]
    fork_url: Option<String>,

    /// The block after which the state is read; its latest one unless given.
    #[arg(long, value_name = "NUMBER", requires = "fork_url", help_heading = "Fork")]
    fork_block: Option<u64>,

    /// Folder in which that state is kept; in the user's cache folder unless given.
    #[arg(long, value_name = "DIR", requires = "fork_url", help_heading = "Fork")]
    fork_cache: Option<PathBuf>,

    /// ArbOS version of the first block; an owner of the chain can schedule upgrades.
    #[arg(long, default_value_t = ArbosVersion::DEFAULT.0, value_parser = supported_version, value_name = "VERSION")]
    arbos: u64,

    /// Let the base fee follow demand, as on a busy chain.
    #[arg(long)]
    dynamic_base_fee: bool,

    /// Let the predeployed cache manager cache programs, for `cargo stylus cache`.
    #[arg(long)]
    cache_manager: bool,

    /// What is logged to stderr: off, error, warn, info, debug, trace, or a filter by module.
    #[arg(long, default_value = "warn", value_name = "LEVEL")]
    log: String,

    /// Also let web pages of this origin use the node (`*`: all); may be given several times.
    #[arg(long, value_name = "ORIGIN")]
    allow_origin: Vec<String>,

    /// Open connections at a time.
    #[arg(long, default_value_t = Bounds::default().connections, help_heading = "Bounds")]
    max_connections: usize,

    /// Bytes of a request.
    #[arg(long, default_value_t = Bounds::default().body_bytes, help_heading = "Bounds")]
    max_body_bytes: usize,

    /// Requests in a batch.
    #[arg(long, default_value_t = Bounds::default().batch, help_heading = "Bounds")]
    max_batch: usize,

    /// Logs in one answer.
    #[arg(long, default_value_t = Bounds::default().logs, help_heading = "Bounds")]
    max_logs: usize,

    /// Past blocks whose state is kept for calls and traces.
    #[arg(long, default_value_t = NodeConfig::default().history_blocks, help_heading = "Bounds")]
    history_blocks: u64,

    /// Latest blocks that are remembered with their transactions and receipts; all of them if it is not given.
    #[arg(long, value_name = "BLOCKS", help_heading = "Bounds")]
    keep_blocks: Option<u64>,
}

fn supported_version(text: &str) -> Result<u64, String> {
    let known = ArbosVersion::SUPPORTED.iter().find(|version| version.0.to_string() == text);
    let list = || ArbosVersion::SUPPORTED.map(|version| version.0.to_string()).join(", ");
    known.map(|version| version.0).ok_or_else(|| format!("the versions are {}", list()))
}

/// Why the program ended early.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    #[error("cannot listen on {0}: {1}")]
    Listen(SocketAddr, #[source] io::Error),
    #[error("cannot read {0}: {1}")]
    Read(PathBuf, #[source] io::Error),
    #[error("cannot load {0}: {1}")]
    Load(PathBuf, #[source] NodeError),
    #[error("cannot save {0}: {1}")]
    Save(PathBuf, String),
    #[error("cannot log: {0}")]
    Log(#[from] tracing_subscriber::filter::ParseError),
    #[error("cannot print: {0}")]
    Print(#[source] io::Error),
    #[error("cannot fork: {0}")]
    Fork(#[from] ForkError),
    #[error(transparent)]
    Command(#[from] commands::CommandError),
}

fn main() -> ExitCode {
    let args = Args::parse();
    let done = start_log(&args.log).and_then(|()| match &args.command {
        Some(command) => Ok(commands::run(command)?),
        None => run(&args),
    });
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            // Nobody is left to tell if stderr is closed.
            let _ = writeln!(io::stderr(), "nitro-devnode: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn start_log(level: &str) -> Result<(), Failure> {
    let filter = EnvFilter::try_new(level)?;
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(io::stderr).init();
    Ok(())
}

fn run(args: &Args) -> Result<(), Failure> {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().map_err(Failure::Runtime)?;
    runtime.block_on(async {
        // Before anything is announced, so that no signal finds the program without a handler.
        let stop = stop_signal().map_err(Failure::Runtime)?;
        let config = node_config(args)?;
        let chain_id = config.chain_id;
        let mut node = Node::new(config);
        if let Some(file) = &args.state {
            load(&mut node, file)?;
        }
        let config = server_config(args);
        let listen = config.listen;
        let server = rpc::serve(node, config).await.map_err(|error| Failure::Listen(listen, error))?;
        announce(args, chain_id, &server).map_err(Failure::Print)?;
        stop.await;
        server.stop().await;
        match &args.state {
            Some(file) => save(&server, file).await,
            None => Ok(()),
        }
    })
}

fn node_config(args: &Args) -> Result<NodeConfig, Failure> {
    let mut config = NodeConfig::wall_clock();
    let kept: Vec<_> = accounts::well_known().take(args.accounts).chain([DEV_ACCOUNT]).collect();
    config.funded.retain(|(address, _)| kept.contains(address));
    config.dev_signers = args.accounts > 0;
    config.fork = fork(args)?;
    let forked = config.fork.as_ref().map(|fork| fork.chain_id);
    config.chain_id = args.chain_id.or(forked).unwrap_or(config.chain_id);
    config.explain = !args.plain_errors;
    config.history_blocks = args.history_blocks;
    config.keep_blocks = args.keep_blocks;
    config.arbos = ArbosVersion(args.arbos);
    config.dynamic_base_fee = args.dynamic_base_fee;
    config.cache_manager = args.cache_manager;
    config.mining = if args.no_auto_mine { Mining::Manual } else { Mining::Automatic };
    Ok(config)
}

fn fork(args: &Args) -> Result<Option<Arc<Fork>>, Failure> {
    let Some(url) = &args.fork_url else { return Ok(None) };
    let cache = args.fork_cache.clone().or_else(user_cache);
    Ok(Some(Fork::connect(url, args.fork_block, cache.as_deref())?))
}

/// Where programs of this user keep what they can get again.
fn user_cache() -> Option<PathBuf> {
    let folder = |variable| std::env::var_os(variable).map(PathBuf::from).filter(|path| path.is_absolute());
    let caches = folder("XDG_CACHE_HOME").or_else(|| Some(folder("HOME")?.join(".cache")))?;
    Some(caches.join("nitro-devnode"))
}

fn server_config(args: &Args) -> ServerConfig {
    ServerConfig {
        listen: SocketAddr::new(args.host, args.port),
        allowed_origins: args.allow_origin.clone(),
        block_time: args.block_time.map(Duration::from_secs),
        bounds: Bounds {
            connections: args.max_connections,
            body_bytes: args.max_body_bytes,
            batch: args.max_batch,
            logs: args.max_logs,
            ..Bounds::default()
        },
    }
}

/// Completes on SIGINT or SIGTERM.
fn stop_signal() -> io::Result<impl Future<Output = ()>> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

fn announce(args: &Args, chain_id: u64, server: &ServerHandle) -> io::Result<()> {
    let mut accounts = [(DEV_ACCOUNT, DEV_ACCOUNT_KEY)].into_iter().chain(WELL_KNOWN.into_iter().take(args.accounts));
    let announcement = if args.json { announcement_json } else { announcement };
    let text = announcement(chain_id, server, &mut accounts);
    let mut out = io::stdout().lock();
    // In one piece: programs that wait for the line may look at the first piece alone.
    out.write_all(text.as_bytes())?;
    out.flush()
}

type Keys<'a> = dyn Iterator<Item = (Address, B256)> + 'a;

fn announcement_json(chain_id: u64, server: &ServerHandle, accounts: &mut Keys<'_>) -> String {
    let accounts: Vec<_> = accounts.map(|(address, key)| json!({ "address": address, "privateKey": key })).collect();
    let line = json!({
        "url": server.url,
        "wsUrl": server.ws_url,
        "chainId": chain_id,
        "accounts": accounts,
        "warning": "the private keys are public: never use these accounts for value",
    });
    format!("{line}\n")
}

fn announcement(chain_id: u64, server: &ServerHandle, accounts: &mut Keys<'_>) -> String {
    let mut text = format!("Stylus development chain {chain_id}\n  {}\n  {}\n\n", server.url, server.ws_url);
    text += "Accounts. PUBLIC DEVELOPMENT KEYS: everybody knows them, never use them for value.\n";
    for (index, (address, key)) in accounts.enumerate() {
        let role = if index == 0 { "  (chain owner)" } else { "" };
        text += &format!("  {address}  {key}{role}\n");
    }
    text
}

fn load(node: &mut Node, file: &Path) -> Result<(), Failure> {
    match std::fs::read_to_string(file) {
        Ok(text) => node.load(&text).map_err(|error| Failure::Load(file.to_owned(), error)),
        // The first run with a new file.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(Failure::Read(file.to_owned(), error)),
    }
}

/// Writes beside the file and renames, so that a failure half-way leaves the old state.
async fn save(server: &ServerHandle, file: &Path) -> Result<(), Failure> {
    let failed = |error: String| Failure::Save(file.to_owned(), error);
    let dump = server.with_node(|node| node.dump()).await.map_err(|error| failed(error.message))?;
    let text = dump.map_err(|error| failed(error.to_string()))?;
    let mut partial = file.as_os_str().to_owned();
    partial.push(".partial");
    std::fs::write(&partial, text)
        .and_then(|()| std::fs::rename(&partial, file))
        .map_err(|error| failed(error.to_string()))
}
