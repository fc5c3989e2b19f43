//! `linq provider drain`

use alloy::primitives::{B256, U256};
use clap::Args;
use linq_abi::{ILens, IRegistry, Provider, Unbonding};
use serde::Serialize;

use super::super::Context;
use super::ProviderFlag;
use super::status::open_work;
use crate::error::Result;
use crate::output::{Page, Report};
use crate::units::{Lnq, decimal, show_moment};

/// Take no new work any more, for good: the first step out
///
/// What was taken is finished or given back as ever. The id is never given out again.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    provider: ProviderFlag,
    /// Do not ask before signing
    #[arg(long, short)]
    yes: bool,
}

/// What remains to be done before the provider has left.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    open_work: u32,
    bonded: Lnq,
    locked: Lnq,
    unbonding: Lnq,
    /// The steps that remain, in order.
    remaining: Vec<String>,
    /// Absent before it is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.writer().await?;
        let id = self.provider.id(&linq).await?;
        let provider = linq.provider(id).await?;
        let unbondings = linq.client.call(linq.suite.lens, &ILens::unbondingsCall { id }).await?;
        let mut document = Document::new(id, &provider, &unbondings);
        context.output.preview(&document);
        context.output.confirm("Take no new work any more, for good?", self.yes)?;
        let call = IRegistry::drainCall { provider: id };
        document.tx_hash = Some(linq.client.send(linq.suite.registry, &call, U256::ZERO).await?.hash);
        context.output.report(&document)
    }
}

impl Document {
    fn new(id: u32, provider: &Provider, unbondings: &[Unbonding]) -> Self {
        let open_work = open_work(&provider.record);
        Self {
            provider: id,
            open_work,
            bonded: Lnq(provider.bonded),
            locked: Lnq(provider.locked),
            unbonding: Lnq(provider.unbonding),
            remaining: remaining(open_work, provider, unbondings),
            tx_hash: None,
        }
    }
}

fn remaining(open_work: u32, provider: &Provider, unbondings: &[Unbonding]) -> Vec<String> {
    let mut steps = Vec::new();
    if open_work > 0 {
        steps.push(format!("finish or give back {open_work} piece(s) of work, which lock {}", Lnq(provider.locked)));
    }
    let free = Lnq(provider.bonded.saturating_sub(provider.locked));
    if free > Lnq::default() {
        steps.push(format!("linq provider unbond {}", decimal(free.to_token())));
    }
    if provider.locked > Lnq::default().0 {
        steps.push("unbond the rest once its work is closed".into());
    }
    match unbondings.iter().map(|one| one.end).max() {
        Some(end) => steps.push(format!("linq provider withdraw, from {} on", show_moment(end))),
        None if provider.bonded > Lnq::default().0 => {
            steps.push("linq provider withdraw, once that has finished unbonding".into());
        }
        None => {}
    }
    steps
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(match self.tx_hash {
            Some(_) => format!("Provider {} takes no new work", self.provider),
            None => format!("Provider {}", self.provider),
        });
        page.field("open work", self.open_work);
        page.field("bonded", format!("{}, of it {} locked", self.bonded, self.locked));
        page.field("unbonding", self.unbonding);
        if self.remaining.is_empty() {
            page.field("remaining", "nothing");
        }
        for (position, step) in self.remaining.iter().enumerate() {
            page.field(if position == 0 { "remaining" } else { "" }, step);
        }
    }
}
