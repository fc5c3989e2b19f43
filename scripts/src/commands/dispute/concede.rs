//! `linq dispute concede`

use alloy::primitives::{B256, U256};
use clap::Args;
use linq_abi::IDisputes;
use serde::Serialize;

use super::super::Context;
use super::super::sending::SendFlags;
use super::super::slots::SlotName;
use super::show_share;
use crate::cost::GasCost;
use crate::error::{Error, Result};
use crate::output::{Page, Report};

/// Move your claim towards the other side's; where they meet, the slot is settled and the jury's cost returns
///
/// For the requester, and for owner and operator of the provider, until the beacon's time. A claim never moves back. A
/// requester who gives up its whole claim loses the least seat fee of what returns.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    slot: SlotName,
    /// What is due for the result after all, in twentieths of the price
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=20))]
    claim: u8,
    #[command(flatten)]
    sending: SendFlags,
}

/// The claims as they are, or as they have become.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    dispute: u64,
    job: B256,
    slot: u16,
    /// What the caller claims.
    claim: u8,
    requester_claim: u8,
    provider_claim: u8,
    /// What the slot was settled at; absent while the claims differ.
    #[serde(skip_serializing_if = "Option::is_none")]
    settled: Option<u8>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    gas: Option<GasCost>,
    /// Absent in an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.writer().await?;
        let (job, slot, claim) = (self.slot.job, self.slot.slot(&linq).await?, self.claim);
        let claims = linq.disputed(job, slot).await?.ok_or_else(|| {
            Error::policy(format!("slot {slot} is not disputed"))
                .hint(format!("`linq status {job}` shows where it stands"))
        })?;
        let call = IDisputes::concedeCall { job, slot, claim };
        let mut document = Document {
            dispute: claims.dispute,
            job,
            slot,
            claim,
            requester_claim: claims.requesterClaim,
            provider_claim: claims.providerClaim,
            settled: None,
            gas: Some(GasCost::of(&linq.client, linq.suite.disputes, &call).await?),
            tx_hash: None,
        };
        if !self.sending.go_ahead(context, &document, "Move the claim? It never moves back.")? {
            return Ok(());
        }
        let sent = linq.client.send(linq.suite.disputes, &call, U256::ZERO).await?;
        let moved = sent.expect_event::<IDisputes::ClaimMoved>(linq.suite.disputes)?;
        (document.requester_claim, document.provider_claim) = (moved.requesterClaim, moved.providerClaim);
        document.settled = sent.event::<IDisputes::DisputeSettled>(linq.suite.disputes).map(|settled| settled.share);
        (document.gas, document.tx_hash) = (None, Some(sent.hash));
        context.output.report(&document)
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Dispute {}", self.dispute));
        page.field(
            "claims",
            format!("requester {}, provider {}", show_share(self.requester_claim), show_share(self.provider_claim)),
        );
        match (self.settled, self.tx_hash) {
            (Some(share), _) => page.field("settled", format!("at {}", show_share(share))),
            (None, Some(_)) => page.line("The claims still differ: the court goes on."),
            (None, None) => page.field("yours becomes", show_share(self.claim)),
        }
        if let Some(gas) = &self.gas {
            gas.page(page);
        }
    }
}
