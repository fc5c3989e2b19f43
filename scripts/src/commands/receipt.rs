//! `linq receipt`

use std::path::PathBuf;

use alloy::primitives::B256;
use clap::Args;
use serde::Serialize;
use serde_json::Value;

use super::Context;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::receipt::{Attempt, Check, Receipt, SlotAccount, offline, online};
use crate::units::{parse_word, show_secs, show_time};

/// Give an account of a job from the chain alone, or check one
///
/// It says what was agreed, who did what and when, and where every part of the price went, and brings the logs with their
/// blocks, transactions and places, so that anyone with a node can check it. With --json it is the document that
/// --verify checks: by itself first, then against the node.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The job
    #[arg(value_parser = parse_word, required_unless_present = "verify", conflicts_with = "verify")]
    job: Option<B256>,
    /// Bring the node's proof (eth_getProof) of each provider's history along
    #[arg(long, conflicts_with = "verify")]
    proof: bool,
    /// Check a receipt that was made with --json
    #[arg(long, value_name = "FILE")]
    verify: Option<PathBuf>,
    /// Ask no node, and check only what the receipt says itself
    #[arg(long, requires = "verify")]
    offline: bool,
}

/// What came of checking a receipt.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Verified {
    job: B256,
    chain_id: u64,
    block: u64,
    agrees: bool,
    checks: Vec<Check>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        match (self.job, &self.verify) {
            (_, Some(file)) => self.check(context, file).await,
            (job, None) => {
                let linq = context.reader().await?;
                context.output.report(&Receipt::of(&linq, job.unwrap_or_default(), self.proof).await?)
            }
        }
    }

    async fn check(&self, context: &Context, file: &PathBuf) -> Result<()> {
        let unreadable = |why: String| Error::usage(format!("cannot read {}: {why}", file.display()));
        let text = std::fs::read(file).map_err(|error| unreadable(error.to_string()))?;
        let document: Value = serde_json::from_slice(&text).map_err(|error| unreadable(error.to_string()))?;
        let (evidence, mut checks) = offline(&document)?;
        if !self.offline {
            checks.extend(online(&context.reader().await?, &evidence).await?);
        }
        let agrees = checks.iter().all(|check| check.ok);
        let (job, chain_id, block) = (evidence.job, evidence.chain_id, evidence.block.number);
        context.output.report(&Verified { job, chain_id, block, agrees, checks })?;
        if agrees { Ok(()) } else { Err(Error::failure("the receipt does not hold")) }
    }
}

impl Report for Receipt {
    fn page(&self, page: &mut Page) {
        let Self { account, evidence, .. } = self;
        page.heading(format!("Job {}", account.job));
        page.field(
            "chain",
            format!("{}, as of block {} ({})", evidence.chain_id, evidence.block.number, evidence.block.hash),
        );
        page.field("requester", account.terms.requester);
        page.field("price", format!("{} for each of {} task(s)", account.terms.price, account.terms.tasks));
        page.field("manifest", format!("{} ({})", account.uri, account.terms.spec_hash));
        page.field("posted", format!("{} ({})", show_time(account.posted.time), account.posted.tx_hash));
        for slot in &account.slots {
            show_slot(slot, page);
        }
        page.heading("In all");
        let totals = &account.totals;
        page.field("posted", totals.posted);
        page.field("paid", format!("{}, and a fee of {}", totals.paid, totals.fee));
        page.field("refunded", totals.refunded);
        page.field("burned", totals.burned);
        page.field("slashed", format!("{}, of which {} to the requester", totals.slashed, totals.compensated));
    }
}

fn show_slot(slot: &SlotAccount, page: &mut Page) {
    page.heading(format!("Slot {}: {}", slot.slot, slot.state));
    for attempt in &slot.attempts {
        show_attempt(attempt, page);
    }
    if let Some(dispute) = &slot.dispute {
        let claims = format!("{}/20 against {}/20", dispute.requester_claim, dispute.provider_claim);
        let opened = format!("{claims} over {}, since {}", dispute.value, show_time(dispute.opened.time));
        page.field(format!("dispute {}", dispute.dispute), opened);
        if let Some(end) = &dispute.settled {
            page.field(
                "verdict",
                format!("{}/20 ({}), {} owed ({})", end.share, end.verdict, end.owed, end.settled.tx_hash),
            );
        }
    }
    if let Some(closed) = &slot.closed {
        let sums =
            format!("{} paid, {} fee, {} refunded, {} burned", closed.paid, closed.fee, closed.refunded, closed.burned);
        page.field("closed", format!("{}: {sums}", closed.outcome));
        page.field("", format!("{} ({})", show_time(closed.closed.time), closed.closed.tx_hash));
    }
}

fn show_attempt(attempt: &Attempt, page: &mut Page) {
    let Attempt { provider, price, collateral, taken, .. } = attempt;
    page.field(
        format!("attempt {}", attempt.attempt),
        format!("provider {provider}, for {price} with {collateral} at stake"),
    );
    page.field("taken", format!("{} ({})", show_time(taken.time), taken.tx_hash));
    if let Some(result) = &attempt.result {
        page.field("result", format!("{} claimed at {}/20, {}", result.root, result.claim, result.uri));
        page.field("submitted", format!("{} ({})", show_time(result.submitted.time), result.submitted.tx_hash));
    }
    if let Some(reason) = attempt.unable {
        page.field("unable", format!("for reason {reason}"));
    }
    if let Some(end) = &attempt.end {
        let took = show_secs(end.took_secs.into());
        page.field("ended", format!("{} after {took}; {} unlocked, {} slashed", end.how, end.unlocked, end.slashed));
    }
}

impl Report for Verified {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Receipt of job {} on chain {} up to block {}", self.job, self.chain_id, self.block));
        for check in &self.checks {
            page.field(check.name.clone(), format!("{}: {}", if check.ok { "ok" } else { "FAILED" }, check.detail));
        }
    }
}
