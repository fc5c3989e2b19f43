//! The command line: one file per command.

mod accept;
mod assign;
mod beacon;
mod cancel;
mod completion;
mod deploy;
mod dev;
mod dispute;
mod doctor;
mod fetch;
mod juror;
mod keep;
mod manifest;
mod match_offer;
mod provider;
mod receipt;
mod replay;
mod sending;
mod slots;
mod status;
mod step;
mod submit;
mod watching;

use std::time::Duration;

use alloy::primitives::Address;
use clap::{Args, Parser, Subcommand};

use crate::client::{Client, Linq};
use crate::deployment::Deployment;
use crate::error::{Error, Result};
use crate::keeper::Brought;
use crate::keys::{self, KeyFlags};
use crate::network::{Network, NetworkFlags, process_environment};
use crate::output::Output;
use crate::units::parse_duration;

const AFTER_HELP: &str = "\
Exit codes:
  0  done
  1  failure
  2  an argument or input file makes no sense
  3  configuration, network or deployment does not fit
  4  key missing or refused
  5  server not reachable
  6  refused by the chain
  7  not found
  8  not finished in time
  9  funds missing or condition not met; nothing was sent

stdout carries the result, stderr everything else.
With --json the result is one document on one line, and a failure is one on stderr.";

/// Buy and sell compute: deploy the contracts, offer capacity, submit work, follow it and fetch its results
#[derive(Parser, Debug)]
#[command(name = "linq", version, after_help = AFTER_HELP, disable_help_subcommand = true)]
pub struct Cli {
    #[command(flatten)]
    globals: Globals,
    #[command(subcommand)]
    command: Command,
}

/// Flags of every command.
#[derive(Args, Clone, Debug, Default)]
pub struct Globals {
    #[command(flatten)]
    network: NetworkFlags,
    #[command(flatten)]
    keys: KeyFlags,
    /// Print the result as a JSON document
    #[arg(long, global = true, help_heading = "Output")]
    json: bool,
    /// Print no progress
    #[arg(long, short, global = true, help_heading = "Output")]
    quiet: bool,
    /// How long a transaction may take to appear in a block
    #[arg(long, global = true, value_name = "TIME", value_parser = parse_duration, help_heading = "Network")]
    timeout: Option<Duration>,
}

#[derive(Subcommand, Debug)]
enum Command {
    Submit(submit::Arguments),
    Status(status::Arguments),
    Fetch(fetch::Arguments),
    Receipt(receipt::Arguments),
    Replay(replay::Arguments),
    Assign(assign::Arguments),
    Match(match_offer::Arguments),
    Accept(accept::Arguments),
    Cancel(cancel::Arguments),
    Step(step::Arguments),
    Dispute(dispute::Arguments),
    Provider(provider::Arguments),
    Keep(keep::Arguments),
    Beacon(beacon::Arguments),
    Juror(juror::Arguments),
    Manifest(manifest::Arguments),
    Deploy(deploy::Arguments),
    Dev(dev::Arguments),
    Doctor(doctor::Arguments),
    Completion(completion::Arguments),
}

impl Cli {
    /// How this invocation talks to whoever started it.
    pub const fn output(&self) -> Output {
        Output { json: self.globals.json, quiet: self.globals.quiet }
    }

    /// Does what the arguments say.
    pub async fn run(self) -> Result<()> {
        let context = Context { output: self.output(), globals: self.globals };
        match self.command {
            Command::Submit(arguments) => arguments.run(&context).await,
            Command::Status(arguments) => arguments.run(&context).await,
            Command::Fetch(arguments) => arguments.run(&context).await,
            Command::Receipt(arguments) => arguments.run(&context).await,
            Command::Replay(arguments) => arguments.run(&context).await,
            Command::Assign(arguments) => arguments.run(&context).await,
            Command::Match(arguments) => arguments.run(&context).await,
            Command::Accept(arguments) => arguments.run(&context).await,
            Command::Cancel(arguments) => arguments.run(&context).await,
            Command::Step(arguments) => arguments.run(&context).await,
            Command::Dispute(arguments) => arguments.run(&context).await,
            Command::Provider(arguments) => arguments.run(&context).await,
            Command::Keep(arguments) => arguments.run(&context).await,
            Command::Beacon(arguments) => arguments.run(&context).await,
            Command::Juror(arguments) => arguments.run(&context).await,
            Command::Manifest(arguments) => arguments.run(&context).await,
            Command::Deploy(arguments) => arguments.run(&context).await,
            Command::Dev(arguments) => arguments.run(&context).await,
            Command::Doctor(arguments) => arguments.run(&context).await,
            Command::Completion(arguments) => arguments.run(&context),
        }
    }
}

/// What every command works with.
struct Context {
    output: Output,
    globals: Globals,
}

impl Context {
    fn network(&self) -> Result<Network> {
        Network::resolve(&self.globals.network, &process_environment)
    }

    /// A connection that signs if a key is named.
    async fn client(&self, network: &Network) -> Result<Client> {
        let client = network.connect().await?;
        let keystore = network.keystore.as_deref();
        let signer = keys::signer(&self.globals.keys, &process_environment, keystore, client.chain_id())?;
        let client = match signer {
            Some(signer) => client.with_signer(signer)?,
            None => client,
        };
        Ok(match self.globals.timeout {
            Some(patience) => client.with_patience(patience),
            None => client,
        })
    }

    /// A connection that signs.
    async fn signing_client(&self, network: &Network) -> Result<Client> {
        let client = self.client(network).await?;
        let account = client.account()?;
        if self.globals.keys.dev_account.is_some() {
            self.output.progress(format!("signing as {account}, whose key is public"));
        }
        Ok(client)
    }

    /// The contracts, to read from. Opens no key, so that nobody is asked for a password to look at something.
    async fn reader(&self) -> Result<Linq> {
        let network = self.network()?;
        let client = network.connect().await?;
        let suite = Deployment::require(&network.deployments, client.chain_id())?.suite()?;
        Ok(Linq::new(client, suite))
    }

    /// The contracts, to send transactions to.
    async fn writer(&self) -> Result<Linq> {
        let network = self.network()?;
        let client = self.signing_client(&network).await?;
        let suite = Deployment::require(&network.deployments, client.chain_id())?.suite()?;
        Ok(Linq::new(client, suite))
    }

    /// The contracts, to see what a transaction would cost. Without a key, what depends on the account is left out.
    async fn estimator(&self) -> Result<Linq> {
        let network = self.network()?;
        let client = self.client(&network).await?;
        let suite = Deployment::require(&network.deployments, client.chain_id())?.suite()?;
        Ok(Linq::new(client, suite))
    }

    /// Says that a keeper brought a round, or why it could not.
    fn brought(&self, outcome: std::result::Result<&Brought, &Error>) {
        match outcome {
            Ok(Brought { beacon_round, dispute, sent }) => {
                self.output.progress(format!("round {beacon_round} for the jury of dispute {dispute} ({})", sent.hash));
            }
            Err(error) => self.output.caution(format!("no round was brought: {error}")),
        }
    }

    /// The account a key is named for, if one is and it can be had without asking for a password.
    async fn own_account(&self, linq: &Linq) -> Result<Option<Address>> {
        let keys = &self.globals.keys;
        let asks =
            keys.keystore.is_none() && keys.dev_account.is_none() && process_environment("LINQ_PRIVATE_KEY").is_none();
        if asks {
            return Ok(None);
        }
        let signer = keys::signer(keys, &process_environment, None, linq.client.chain_id())?;
        Ok(signer.map(|signer| signer.address()))
    }
}
