//! Commands that ask a node that runs.

use std::collections::{HashMap, hash_map::Entry};
use std::io::{self, Write};
use std::path::PathBuf;

use alloy::primitives::{Address, B256};
use clap::Subcommand;
use nitro_devnode::trace::{
    AbiError, Client, ClientError, Frame, Interfaces, Profile, SymbolError, Symbols, Tree, describe,
};

/// What the program does besides being a node.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Show what a transaction did: frames of contracts and programs, host calls, logs, errors.
    Trace {
        /// Hash of the transaction.
        transaction: B256,
        /// Where the node is.
        #[arg(long, default_value = DEFAULT_URL, env = "NITRO_DEVNODE_RPC")]
        rpc: String,
        /// Folder of ABIs (`*.json`) that name calls, errors and events.
        #[arg(long, value_name = "DIR")]
        abi: Option<PathBuf>,
        /// Show the ink before and after each host call.
        #[arg(long)]
        steps: bool,
        /// Print all of it as JSON: frames, host calls with their ink, and what the ABIs name.
        #[arg(long)]
        json: bool,
    },
    /// Show where the ink of a transaction went, by function of the programs it ran.
    Profile {
        /// Hash of the transaction.
        transaction: B256,
        /// Where the node is.
        #[arg(long, default_value = DEFAULT_URL, env = "NITRO_DEVNODE_RPC")]
        rpc: String,
        /// Names of a program's functions: a module with a name section, or the lines of `wasm-opt --symbolmap`. For
        /// the recipient of the transaction unless an address is given.
        #[arg(long, value_name = "[ADDRESS=]FILE", value_parser = symbol_file)]
        symbols: Vec<SymbolFile>,
        /// Also write each stack with its ink, for tools that draw flame graphs.
        #[arg(long, value_name = "FILE")]
        folded: Option<PathBuf>,
    },
}

const DEFAULT_URL: &str = "http://127.0.0.1:8547";

/// A file of names and the program it is about.
#[derive(Clone, Debug)]
pub(crate) struct SymbolFile {
    program: Option<Address>,
    file: PathBuf,
}

/// Why a command ended early.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CommandError {
    #[error("cannot start: {0}")]
    Runtime(#[source] io::Error),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error(transparent)]
    Abi(#[from] AbiError),
    #[error(transparent)]
    Symbols(#[from] SymbolError),
    #[error("cannot write {0}: {1}")]
    Write(PathBuf, #[source] io::Error),
    #[error("cannot print: {0}")]
    Print(#[from] io::Error),
    #[error("cannot print as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

fn symbol_file(text: &str) -> Result<SymbolFile, String> {
    let Some((address, file)) = text.split_once('=') else {
        return Ok(SymbolFile { program: None, file: text.into() });
    };
    let program = address.parse().map_err(|_| format!("{address} is no address"))?;
    Ok(SymbolFile { program: Some(program), file: file.into() })
}

/// Runs a command to its end.
pub(crate) fn run(command: &Command) -> Result<(), CommandError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(CommandError::Runtime)?;
    let text = runtime.block_on(async {
        match command {
            Command::Trace { transaction, rpc, abi, steps, json } => {
                let interfaces = abi.as_deref().map(Interfaces::read).transpose()?.unwrap_or_default();
                let frame = Client::new(rpc)?.frame(*transaction, false).await?;
                show(&frame, &interfaces, *steps, *json)
            }
            Command::Profile { transaction, rpc, symbols, folded } => {
                let profile = profile(&Client::new(rpc)?, *transaction, symbols).await?;
                if let Some(file) = folded {
                    std::fs::write(file, profile.folded()).map_err(|error| CommandError::Write(file.clone(), error))?;
                }
                Ok(profile.to_string())
            }
        }
    })?;
    Ok(io::stdout().lock().write_all(text.as_bytes())?)
}

fn show(frame: &Frame, interfaces: &Interfaces, steps: bool, json: bool) -> Result<String, CommandError> {
    if json {
        return Ok(serde_json::to_string_pretty(&describe(frame, interfaces)?)? + "\n");
    }
    Ok(Tree { frame, interfaces, steps }.to_string())
}

async fn profile(client: &Client, transaction: B256, files: &[SymbolFile]) -> Result<Profile, CommandError> {
    let frame = client.frame(transaction, true).await?;
    let mut symbols: HashMap<Address, Symbols> = HashMap::new();
    for SymbolFile { program, file } in files {
        let program = program.or(frame.to).unwrap_or_default();
        symbols.insert(program, Symbols::read(file)?);
    }
    for program in frame.all().into_iter().filter(|frame| frame.stylus).filter_map(|frame| frame.to) {
        if let Entry::Vacant(unknown) = symbols.entry(program) {
            unknown.insert(client.symbols(program).await?);
        }
    }
    Ok(Profile::of(&frame, &symbols, client.ink_price().await?))
}
