//! `linq dispute step`

use alloy::primitives::B256;
use clap::Args;
use serde::Serialize;

use super::super::Context;
use super::DisputeName;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::upkeep::Due;

/// Most steps of one command: all that can be due at once are 31 seats drawn or five rounds settled, in chunks.
const MAX_STEPS: usize = 64;

/// Do whatever is due, and go on until nothing is: bring the round, draw, give up on a jury, settle; anyone may
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    dispute: DisputeName,
    /// Relay of drand to fetch rounds from [default: https://api.drand.sh]
    #[arg(long, value_name = "URL", env = "LINQ_BEACON_RELAY")]
    relay: Option<String>,
}

/// The steps that were taken, and where the dispute stands now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    dispute: u64,
    job: B256,
    slot: u16,
    done: Vec<Done>,
    phase: String,
    /// When the phase ends; absent where it does not.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<u64>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Done {
    step: &'static str,
    what: String,
    tx_hash: B256,
    gas_used: u64,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.writer().await?;
        let mut dispute = self.dispute.find(&linq).await?;
        let mut done = Vec::new();
        for _ in 0..MAX_STEPS {
            let Some(due) = Due::of(&dispute) else { break };
            let sent = due.take(&linq, &dispute, self.relay.as_deref()).await?;
            context.output.progress(format!("{due} ({})", sent.hash));
            done.push(Done { step: due.name(), what: due.to_string(), tx_hash: sent.hash, gas_used: sent.gas_used });
            dispute = linq.dispute(dispute.opened.dispute).await?;
        }
        let number = dispute.opened.dispute;
        if done.is_empty() {
            return Err(Error::policy(format!("nothing is due in dispute {number}"))
                .hint(format!("`linq dispute show --dispute {number}` says who can do what")));
        }
        context.output.report(&Document {
            dispute: number,
            job: dispute.opened.job,
            slot: dispute.opened.slot,
            done,
            phase: dispute.phase.to_string(),
            until: (dispute.until != 0).then_some(dispute.until),
        })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Dispute {}: {}", self.dispute, self.phase));
        page.table(
            ["step", "gas", "transaction"],
            self.done.iter().map(|done| [done.what.clone(), done.gas_used.to_string(), done.tx_hash.to_string()]),
        );
    }
}
