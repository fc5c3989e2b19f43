//! `linq juror stake`

use alloy::primitives::{Address, B256, U256};
use clap::Args;
use linq_abi::{IJurors, Permit};
use serde::Serialize;

use super::super::Context;
use super::writer;
use crate::client::Jurors;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{Lnq, decimal, show_moment, show_secs};

/// Add to the stake behind your votes; the first time makes you a juror
///
/// Whole LNQ weigh in draws from the next UTC day on. A juror that is drawn and does not vote, or votes far from the final
/// verdict, loses some of it; what leaves can be lost until it is withdrawn.
///
/// Shows the cost and asks before anything is sent. The stake is signed for inside the one transaction, unless the contract
/// may take it already; nothing stays allowed.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How much, in LNQ
    amount: Lnq,
    /// Allow the contract to take the stake in a transaction before, instead of signing a permit for it
    #[arg(long)]
    approve: bool,
    /// Show the cost and stop
    #[arg(long)]
    estimate: bool,
    /// Do not ask before signing
    #[arg(long, short)]
    yes: bool,
}

/// The stake as it is now, or what it would cost.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    /// Absent before the first stake.
    #[serde(skip_serializing_if = "Option::is_none")]
    juror: Option<u32>,
    account: Address,
    amount: Lnq,
    /// With the amount.
    active: Lnq,
    /// How long stake waits when it leaves.
    unstake_secs: u32,
    /// Absent until the contract may take the stake.
    #[serde(skip_serializing_if = "Option::is_none")]
    gas: Option<u64>,
    gas_price_wei: String,
    /// Absent in an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
    #[serde(skip)]
    gas_cost_wei: Option<U256>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let Self { amount, approve, estimate, yes } = self;
        let jurors = writer(context).await?;
        let account = jurors.linq.client.account()?;
        if let Some(until) = jurors.paused_until().await? {
            // The contract would say so too, but only after a permit has been signed or the stake approved.
            return Err(Error::policy(format!("no stake is added before {}", show_moment(until)))
                .hint("the guardian paused new stake; run the command again then"));
        }
        jurors.linq.require_lnq(account, amount).await?;

        // Signed before the question, since the gas cannot be told without; by itself it moves nothing.
        let permit = if approve { None } else { jurors.linq.permit_for(jurors.address, amount).await? };
        let mut document = Document::new(&jurors, account, amount, permit.as_ref()).await?;
        if estimate {
            return context.output.report(&document);
        }
        context.output.preview(&document);
        context.output.confirm("Stake this?", yes)?;
        if approve && let Some(sent) = jurors.linq.approve(jurors.address, amount).await? {
            context.output.progress(format!("the jurors' contract may take {amount} ({})", sent.hash));
        }
        let sent = jurors.stake(amount, permit).await?;
        let added = sent.expect_event::<IJurors::StakeAdded>(jurors.address)?;
        document.juror = Some(added.juror);
        document.active = Lnq(added.active);
        document.tx_hash = Some(sent.hash);
        context.output.report(&document)
    }
}

impl Document {
    async fn new(jurors: &Jurors, account: Address, amount: Lnq, permit: Option<&Permit>) -> Result<Self> {
        let juror = jurors.number_of(account).await?;
        let present = match juror {
            Some(id) => jurors.juror(id).await?.active,
            None => Lnq::default().0,
        };
        let gas = jurors.stake_gas(amount, permit).await?;
        let gas_price_wei = jurors.linq.client.gas_price_wei().await?;
        Ok(Self {
            juror,
            account,
            amount,
            active: Lnq(present.saturating_add(amount.0)),
            unstake_secs: jurors.unstake_secs().await?,
            gas,
            gas_price_wei: gas_price_wei.to_string(),
            tx_hash: None,
            gas_cost_wei: gas.map(|gas| U256::from(gas) * U256::from(gas_price_wei)),
        })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        match self.juror {
            Some(juror) => page.heading(format!("Juror {juror}")),
            None => page.heading("A new juror"),
        }
        page.field("account", self.account);
        page.field(
            "stake",
            format!("{} more, {} in all; it weighs from the next UTC day on", self.amount, self.active),
        );
        page.field("way out", format!("{} after it leaves", show_secs(self.unstake_secs.into())));
        match (self.tx_hash, self.gas_cost_wei) {
            (Some(_), _) => {}
            (None, Some(wei)) => page.field("gas", format!("about {} ether", decimal(wei))),
            (None, None) => page.field("gas", "known once the contract may take the stake"),
        }
    }
}
