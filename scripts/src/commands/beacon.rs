//! `linq beacon`

use std::time::Duration;

use alloy::primitives::{Address, B256};
use clap::{Args, Subcommand};
use linq_beacon::{Network, PublicKey, SecretKey, Signature};
use serde::Serialize;

use super::Context;
use crate::beacon::{Beacon, PUBLIC_RELAY, Relay, Source};
use crate::client::Client;
use crate::deployment::Deployment;
use crate::error::{Error, Result};
use crate::keeper::{Brought, Keeper};
use crate::network as chain;
use crate::output::{Page, Report};
use crate::units::{now, parse_address, parse_duration, show_moment};

/// Randomness that nobody chooses: look at rounds, and bring them to the chain
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Show(Show),
    Submit(Submit),
    Keep(Keep),
    Fetch(Fetch),
    Local(Local),
}

/// The contract.
#[derive(Args, Debug)]
struct BeaconFlag {
    /// Address of the beacon contract [default: the one in the deployments file]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address, env = "LINQ_BEACON")]
    beacon: Option<Address>,
}

impl BeaconFlag {
    /// The address that is named, or that of the deployment. A named one needs no deployments file.
    fn address(&self, network: &chain::Network, client: &Client) -> Result<Address> {
        match self.beacon {
            Some(address) => Ok(address),
            None => Ok(Deployment::require(&network.deployments, client.chain_id())?.suite()?.beacon),
        }
    }
}

/// Show a beacon on the chain: its key, its schedule, and what is kept of a round
#[derive(Args, Debug)]
struct Show {
    #[command(flatten)]
    contract: BeaconFlag,
    /// The round [default: the last one that is due]
    #[arg(long, value_name = "N")]
    round: Option<u64>,
}

/// Bring a round to a beacon on the chain; anyone may
///
/// The beacon's key says where its rounds come from: those of evmnet from a relay of drand, those of a local beacon are
/// signed here with the development key. A round that is kept already is left alone.
#[derive(Args, Debug)]
struct Submit {
    #[command(flatten)]
    contract: BeaconFlag,
    /// The round [default: the last one that is due by the chain's clock]
    #[arg(long, value_name = "N")]
    round: Option<u64>,
    /// Relay of drand to fetch from [default: https://api.drand.sh]
    #[arg(long, value_name = "URL", env = "LINQ_BEACON_RELAY")]
    relay: Option<String>,
}

/// Bring every round that a jury waits for, as soon as it is due; anyone may
///
/// Looks for juries that were ordered on this deployment and cannot be drawn yet, whenever that was, and goes on until it is
/// interrupted. Rounds come from where those of `linq beacon submit` come from.
#[derive(Args, Debug)]
struct Keep {
    /// Relay of drand to fetch from [default: https://api.drand.sh]
    #[arg(long, value_name = "URL", env = "LINQ_BEACON_RELAY")]
    relay: Option<String>,
    /// Bring what is due now, and end
    #[arg(long)]
    once: bool,
    /// How often to look
    #[arg(long, value_name = "TIME", value_parser = parse_duration, default_value = "5s", conflicts_with = "once")]
    every: Duration,
}

/// Fetch a round of evmnet from a relay of drand and verify it; nothing is sent
#[derive(Args, Debug)]
struct Fetch {
    /// The round [default: the last one that is due]
    #[arg(long, value_name = "N")]
    round: Option<u64>,
    /// Relay of drand to fetch from
    #[arg(long, value_name = "URL", default_value = PUBLIC_RELAY, env = "LINQ_BEACON_RELAY")]
    relay: String,
}

/// Sign a round with the PUBLIC development key, as the local beacon does; nothing is sent
///
/// Everybody knows the key: a beacon that has it is for development chains alone. The document holds the key as a beacon
/// contract is constructed with it.
#[derive(Args, Debug)]
struct Local {
    /// The round
    #[arg(long, value_name = "N")]
    round: u64,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        match self.command {
            Command::Show(show) => show.run(context).await,
            Command::Submit(submit) => submit.run(context).await,
            Command::Keep(keep) => keep.run(context).await,
            Command::Fetch(fetch) => fetch.run(context).await,
            Command::Local(local) => local.run(context),
        }
    }
}

impl Show {
    async fn run(self, context: &Context) -> Result<()> {
        let network = context.network()?;
        let client = network.connect().await?;
        let address = self.contract.address(&network, &client)?;
        let beacon = Beacon::at(&client, address).await?;
        let round = match self.round {
            Some(round) => round,
            None => beacon.due().await?,
        };
        let randomness = beacon.randomness(round).await?;
        let time = beacon
            .network
            .time_of(round)
            .ok_or_else(|| Error::usage(format!("there is no round {round}")).hint("rounds are counted from 1"))?;
        let Network { key, genesis, period_secs } = beacon.network;
        context.output.report(&Shown {
            beacon: address,
            network: name(&key),
            key: key.words(),
            genesis,
            period_secs,
            round,
            time,
            randomness,
        })
    }
}

impl Submit {
    async fn run(self, context: &Context) -> Result<()> {
        let network = context.network()?;
        let client = context.signing_client(&network).await?;
        let beacon = Beacon::at(&client, self.contract.address(&network, &client)?).await?;
        let round = match self.round {
            Some(round) => round,
            None => beacon.due().await?,
        };
        if let Some(randomness) = beacon.randomness(round).await? {
            context.output.progress(format!("round {round} is kept already"));
            return context.output.report(&Submitted { round, randomness, tx_hash: None, gas_used: None });
        }
        let signature = Source::of(&beacon.network.key, self.relay.as_deref())?.round(round).await?;
        let sent = beacon.submit(round, &signature).await?;
        context.output.report(&Submitted {
            round,
            randomness: signature.randomness(),
            tx_hash: Some(sent.hash),
            gas_used: Some(sent.gas_used),
        })
    }
}

impl Keep {
    async fn run(self, context: &Context) -> Result<()> {
        let mut keeper = Keeper::new(context.writer().await?, self.relay.as_deref()).await?;
        if !self.once {
            context.output.progress("bringing rounds that juries wait for; interrupt (Ctrl-C) to stop");
            return Err(keeper.run(self.every, |outcome| context.brought(outcome)).await);
        }
        let mut rounds = Vec::new();
        while let Some(Brought { beacon_round, dispute, sent }) = keeper.turn().await? {
            rounds.push(Kept { round: beacon_round, dispute, tx_hash: sent.hash, gas_used: sent.gas_used });
        }
        context.output.report(&KeptDocument { rounds })
    }
}

impl Fetch {
    async fn run(self, context: &Context) -> Result<()> {
        let network = Network::evmnet();
        let due = || network.round_at(now()).ok_or_else(|| Error::config("the clock of this machine is years behind"));
        let round = self.round.map_or_else(due, Ok)?;
        let signature = Relay::new(&self.relay)?.round(round).await?;
        context.output.report(&Signed::new(&network.key, round, &signature))
    }
}

impl Local {
    fn run(self, context: &Context) -> Result<()> {
        if self.round == 0 {
            return Err(Error::usage("there is no round 0").hint("rounds are counted from 1"));
        }
        context.output.caution("the development key is public: everybody can sign with it");
        let secret = SecretKey::development();
        context.output.report(&Signed::new(&secret.public(), self.round, &secret.sign(self.round)))
    }
}

/// A beacon on the chain.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Shown {
    beacon: Address,
    network: &'static str,
    key: [B256; 4],
    genesis: u64,
    period_secs: u32,
    round: u64,
    /// When the round is due.
    time: u64,
    /// Absent until the round was brought.
    randomness: Option<B256>,
}

/// A round that was brought, or was there.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Submitted {
    round: u64,
    randomness: B256,
    /// Absent when nothing had to be sent.
    tx_hash: Option<B256>,
    gas_used: Option<u64>,
}

/// The rounds that juries waited for.
#[derive(Serialize)]
struct KeptDocument {
    rounds: Vec<Kept>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Kept {
    round: u64,
    dispute: u64,
    tx_hash: B256,
    gas_used: u64,
}

/// A round with its signature.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Signed {
    network: &'static str,
    /// In the order of the pairing precompile.
    key: [B256; 4],
    round: u64,
    x: B256,
    y: B256,
    randomness: B256,
}

impl Signed {
    fn new(key: &PublicKey, round: u64, signature: &Signature) -> Self {
        let [x, y] = signature.words();
        Self { network: name(key), key: key.words(), round, x, y, randomness: signature.randomness() }
    }
}

/// What people call the network with this key.
fn name(key: &PublicKey) -> &'static str {
    match key {
        _ if *key == Network::evmnet().key => "drand evmnet",
        _ if *key == SecretKey::development().public() => "local (PUBLIC development key)",
        _ => "another network",
    }
}

impl Report for Shown {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Beacon {}", self.beacon));
        page.field("network", self.network);
        page.field("genesis", show_moment(self.genesis));
        page.field("period", format!("{} s", self.period_secs));
        page.field("round", self.round);
        page.field("due", show_moment(self.time));
        page.field("randomness", self.randomness.map_or_else(|| "not brought yet".into(), |word| word.to_string()));
    }
}

impl Report for Submitted {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Round {}", self.round));
        page.field("randomness", self.randomness);
        match (self.tx_hash, self.gas_used) {
            (Some(hash), Some(gas)) => {
                page.field("transaction", hash);
                page.field("gas", gas);
            }
            _ => page.line("It was there already; nothing was sent."),
        }
    }
}

impl Report for KeptDocument {
    fn page(&self, page: &mut Page) {
        if self.rounds.is_empty() {
            page.line("No jury waits for a round that is due.");
            return;
        }
        let rows = self.rounds.iter();
        page.table(
            ["round", "for dispute", "gas", "transaction"],
            rows.map(|kept| {
                [kept.round.to_string(), kept.dispute.to_string(), kept.gas_used.to_string(), kept.tx_hash.to_string()]
            }),
        );
    }
}

impl Report for Signed {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Round {} of {}", self.round, self.network));
        page.field("x", self.x);
        page.field("y", self.y);
        page.field("randomness", self.randomness);
    }
}
