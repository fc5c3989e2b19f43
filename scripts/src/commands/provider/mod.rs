//! `linq provider`

mod accept_role;
mod add_stake;
mod capacity;
mod capacity_flags;
mod drain;
mod file;
mod history;
mod init;
mod keys;
mod list;
mod machine;
mod measure;
mod offer;
mod offer_flags;
mod payment;
mod profile;
mod profile_flags;
mod register;
mod sealing;
mod self_test;
mod status;
mod unbond;
mod withdraw;

use alloy::primitives::{B256, U256};
use clap::{Args, Subcommand};
use serde::Serialize;

use super::{Context, sending};
use crate::client::Linq;
use crate::cost::GasCost;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::Lnq;

/// Offer capacity and look after the stake behind it
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand, Debug)]
enum Command {
    Init(init::Arguments),
    Register(Box<register::Arguments>),
    AcceptRole(accept_role::Arguments),
    Status(status::Arguments),
    History(history::Arguments),
    List(list::Arguments),
    Offer(offer::Arguments),
    Capacity(capacity::Arguments),
    Keys(keys::Arguments),
    Profile(profile::Arguments),
    SelfTest(self_test::Arguments),
    AddStake(add_stake::Arguments),
    Unbond(unbond::Arguments),
    Withdraw(withdraw::Arguments),
    Drain(drain::Arguments),
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        match self.command {
            Command::Init(arguments) => arguments.run(context).await,
            Command::Register(arguments) => arguments.run(context).await,
            Command::AcceptRole(arguments) => arguments.run(context).await,
            Command::Status(arguments) => arguments.run(context).await,
            Command::History(arguments) => arguments.run(context).await,
            Command::List(arguments) => arguments.run(context).await,
            Command::Offer(arguments) => arguments.run(context).await,
            Command::Capacity(arguments) => arguments.run(context).await,
            Command::Keys(arguments) => arguments.run(context).await,
            Command::Profile(arguments) => arguments.run(context).await,
            Command::SelfTest(arguments) => arguments.run(context).await,
            Command::AddStake(arguments) => arguments.run(context).await,
            Command::Unbond(arguments) => arguments.run(context).await,
            Command::Withdraw(arguments) => arguments.run(context).await,
            Command::Drain(arguments) => arguments.run(context).await,
        }
    }
}

/// Names a provider; without it the provider of the key is meant.
#[derive(Args, Debug)]
struct ProviderFlag {
    /// The provider [default: the one the key is owner or operator of]
    #[arg(long, value_name = "ID")]
    provider: Option<u32>,
}

impl ProviderFlag {
    async fn id(&self, linq: &Linq) -> Result<u32> {
        if let Some(id) = self.provider {
            return Ok(id);
        }
        let account = linq.client.account()?;
        linq.provider_of(account).await?.ok_or_else(|| {
            Error::not_found(format!("{account} is neither owner nor operator of a provider"))
                .hint("register one with `linq provider register`, or name one with --provider")
        })
    }
}

/// The provider that is named; without a name the one a key is owner or operator of, which asks for no password.
async fn named_or_own(named: Option<u32>, context: &Context, linq: &Linq) -> Result<u32> {
    if let Some(id) = named {
        return Ok(id);
    }
    let account = context
        .own_account(linq)
        .await?
        .ok_or_else(|| Error::usage("no provider is named").hint("give its id, or a key"))?;
    linq.provider_of(account).await?.ok_or_else(|| {
        Error::not_found(format!("{account} is neither owner nor operator of a provider"))
            .hint("register one with `linq provider register`")
    })
}

/// A provider as an event names it.
fn topic(provider: u32) -> B256 {
    B256::from(U256::from(provider))
}

/// What became of a provider's stake, or how it is before.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StakeDocument {
    provider: u32,
    amount: Lnq,
    bonded: Lnq,
    locked: Lnq,
    unbonding: Lnq,
    /// When an amount that was unbonded can be withdrawn, in unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u64>,
    #[serde(flatten)]
    gas: Option<GasCost>,
    /// Absent before it is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

impl StakeDocument {
    /// What moving `amount` would cost, with the stake as it is now.
    async fn before(linq: &Linq, id: u32, amount: Lnq, end: Option<u64>, gas: GasCost) -> Result<Self> {
        let now = Self::read(linq, id, amount, end).await?;
        Ok(Self { gas: Some(gas), ..now })
    }

    /// What came of moving `amount`.
    async fn after(linq: &Linq, id: u32, amount: Lnq, end: Option<u64>, tx_hash: B256) -> Result<Self> {
        let now = Self::read(linq, id, amount, end).await?;
        Ok(Self { tx_hash: Some(tx_hash), ..now })
    }

    async fn read(linq: &Linq, id: u32, amount: Lnq, end: Option<u64>) -> Result<Self> {
        let provider = linq.provider(id).await?;
        Ok(Self {
            provider: id,
            amount,
            bonded: Lnq(provider.bonded),
            locked: Lnq(provider.locked),
            unbonding: Lnq(provider.unbonding),
            end,
            gas: None,
            tx_hash: None,
        })
    }
}

impl Report for StakeDocument {
    fn page(&self, page: &mut Page) {
        page.heading(match self.tx_hash {
            Some(_) => format!("Provider {}", self.provider),
            None => format!("Provider {}, as it is now", self.provider),
        });
        page.field("amount", self.amount);
        page.field("bonded", format!("{}, of it {} locked", self.bonded, self.locked));
        page.field("unbonding", self.unbonding);
        if let Some(end) = self.end {
            page.field("withdraw", format!("from {} on", crate::units::show_moment(end)));
        }
        if let Some(gas) = &self.gas {
            gas.page(page);
        }
    }
}
