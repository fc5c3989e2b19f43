//! `linq dev`

use std::path::PathBuf;
use std::time::Duration;

use alloy::primitives::{Address, B256, U256};
use clap::{Args, Subcommand};
use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use super::Context;
use super::deploy::Document as Deployed;
use crate::client::{Client, Linq};
use crate::deployment::{Appointments, Deployment, Parameters, Profile, Request, deploy};
use crate::devnode::{self, DevNode, Options};
use crate::error::{Error, Result};
use crate::keeper::Keeper;
use crate::output::{Page, Report};

/// Ether with which a chain starts its keeper: a thousand, for millions of rounds.
const KEEPER_WEI: u128 = 1_000_000_000_000_000_000_000;

/// How often the keeper looks whether a round is waited for.
const KEEPER_PAUSE: Duration = Duration::from_millis(500);

/// A chain of one's own
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Up(Up),
}

/// Start a development chain with all contracts on it, until interrupted
///
/// The chain lives in this process. Its accounts have LNQ and ether, and public keys: `--dev-account N` signs with them.
/// Rounds of its beacon that juries wait for are brought as they are due.
#[derive(Args, Debug)]
struct Up {
    /// Port on this machine; 0 takes a free one
    #[arg(long, default_value_t = 8547)]
    port: u16,
    /// File to keep the chain in from one start to the next
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// Folder of the built contracts
    #[arg(long, value_name = "DIR", default_value = "target/contracts", env = "LINQ_ARTIFACTS")]
    artifacts: PathBuf,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        match self.command {
            Command::Up(up) => up.run(context).await,
        }
    }
}

impl Up {
    async fn run(self, context: &Context) -> Result<()> {
        // Listened to from the start: an interruption while contracts are deployed also ends with the state written.
        let mut terminate = signal(SignalKind::terminate()).map_err(|error| Error::failure(error.to_string()))?;
        let fresh = !self.state.as_ref().is_some_and(|path| path.exists());
        let node = DevNode::start(Options { port: self.port, state: self.state }).await?;
        context.output.progress(format!("chain listening on {}", node.url()));
        let folder = context.network()?.deployments;
        let work = async {
            let deployment = set_up(context, &node, self.artifacts, &folder, fresh).await?;
            context.output.report(&Document::new(&node, &folder, &deployment))?;
            context.output.progress("interrupt (Ctrl-C) to stop");
            keep(context, &node, &deployment).await
        };
        let outcome = tokio::select! {
            outcome = work => outcome,
            _ = tokio::signal::ctrl_c() => Ok(()),
            _ = terminate.recv() => Ok(()),
        };
        context.output.progress("stopping");
        outcome.and(node.stop().await)
    }
}

async fn set_up(
    context: &Context,
    node: &DevNode,
    artifacts: PathBuf,
    folder: &std::path::Path,
    fresh: bool,
) -> Result<Deployment> {
    let client = Client::connect(node.url()).await?;
    let deployer = devnode::account(0).ok_or_else(|| Error::failure("there are no development accounts"))?;
    let client = client.with_signer(deployer)?;
    let request = Request {
        artifacts,
        deployments: folder.to_owned(),
        parameters: Parameters::new(Profile::Local, client.chain_id(), Vec::new(), Appointments::default())?,
        salt: Request::default_salt(),
        // A file of an earlier chain with this id says nothing about one that has just begun.
        replace: fresh,
    };
    deploy(&client, &request, |progress| context.output.progress(progress)).await
}

/// Brings the rounds that juries wait for, as somebody does on any other chain, for as long as the chain runs.
async fn keep(context: &Context, node: &DevNode, deployment: &Deployment) -> Result<()> {
    let signer = devnode::keeper()?;
    node.set_balance(signer.address(), U256::from(KEEPER_WEI)).await?;
    let client = Client::connect(node.url()).await?.with_signer(signer)?;
    let keeper = Keeper::new(Linq::new(client, deployment.suite()?), None).await?;
    let error = keeper.run(KEEPER_PAUSE, |outcome| context.brought(outcome)).await;
    // The chain is of use without, all the more to whoever has just reset it on purpose.
    context.output.caution(format!("no rounds of the beacon are brought any more: {error}"));
    std::future::pending().await
}

/// A running development chain.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document<'a> {
    rpc: &'a str,
    ws: &'a str,
    deployment: Deployed<'a>,
    /// Said in the document too, because it may be stored where nobody sees where it came from.
    warning: &'static str,
    accounts: Vec<Account>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Account {
    index: usize,
    address: Address,
    private_key: B256,
}

impl<'a> Document<'a> {
    fn new(node: &'a DevNode, folder: &std::path::Path, deployment: &'a Deployment) -> Self {
        let accounts = devnode::accounts().enumerate();
        Self {
            rpc: node.url(),
            ws: node.ws_url(),
            deployment: Deployed {
                file: Deployment::path(folder, deployment.chain_id).display().to_string(),
                deployment,
            },
            warning: "public development keys: everybody knows them, never send anything of value to these accounts",
            accounts: accounts.map(|(index, (address, private_key))| Account { index, address, private_key }).collect(),
        }
    }
}

impl Report for Document<'_> {
    fn page(&self, page: &mut Page) {
        page.heading("Development chain");
        page.field("chain id", self.deployment.deployment.chain_id);
        page.field("rpc", self.rpc);
        page.field("ws", self.ws);
        self.deployment.page(page);
        page.heading("Accounts");
        page.line(self.warning);
        let rows = self.accounts.iter();
        page.table(
            ["N", "address", "private key (PUBLIC)"],
            rows.map(|account| {
                [account.index.to_string(), account.address.to_string(), account.private_key.to_string()]
            }),
        );
    }
}
