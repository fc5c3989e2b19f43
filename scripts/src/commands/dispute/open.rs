//! `linq dispute open`

use alloy::primitives::aliases::U96;
use alloy::primitives::{B256, U256};
use clap::Args;
use linq_abi::IDisputes;
use linq_abi::codes::SlotState;
use serde::Serialize;

use super::super::Context;
use super::super::sending::SendFlags;
use super::super::slots::SlotName;
use super::super::slots::state_name;
use super::show_share;
use crate::client::{Linq, Tariff, floor};
use crate::cost::GasCost;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{Lnq, show_moment};

/// Twentieths of the whole.
const WHOLE: u8 = 20;

/// Dispute a result: say what of the price is due, and pay the first jury
///
/// For the requester, while the window of the result is open. Shows what the jury costs and asks before anything is sent; the
/// court is allowed to take exactly that, in a transaction before. Whoever is wrong bears the cost in the end: it comes back
/// to the requester as far as the provider claimed too much.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    slot: SlotName,
    /// What is due for the result, in twentieths of the price: 0 for nothing
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..20))]
    claim: u8,
    #[command(flatten)]
    sending: SendFlags,
}

/// A dispute as it opens.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    /// Absent in an estimate, and where the lock is too small for a jury.
    #[serde(skip_serializing_if = "Option::is_none")]
    dispute: Option<u64>,
    job: B256,
    slot: u16,
    provider: u32,
    /// In twentieths.
    requester_claim: u8,
    provider_claim: u8,
    /// What the jury decides on; 0 without one.
    value: Lnq,
    /// Its seats; 0 where the lock is too small for a jury.
    seats: u8,
    cost: Lnq,
    /// When the result cannot be disputed any more; in the document of a dispute that was opened, what it was.
    window_end: u64,
    /// When it can be settled without the court; absent in an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    neutral_from: Option<u64>,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    gas: Option<GasCost>,
    /// Absent in an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let Self { slot: name, claim, sending } = self;
        let linq = context.writer().await?;
        let slot = name.slot(&linq).await?;
        let mut document = Document::before(&linq, name.job, slot, claim).await?;
        linq.require_lnq(linq.client.account()?, document.cost).await?;
        let call = IDisputes::disputeCall { job: name.job, slot, claim };
        document.gas = Some(GasCost::of_jury(&linq, linq.suite.disputes, &call, document.cost).await?);
        if !sending.go_ahead(context, &document, "Dispute this result?")? {
            return Ok(());
        }
        if let Some(sent) = linq.approve(linq.suite.court, document.cost).await? {
            context.output.progress(format!("the court may take {} ({})", document.cost, sent.hash));
        }
        let sent = linq.client.send(linq.suite.disputes, &call, U256::ZERO).await?;
        let opened = sent.expect_event::<IDisputes::ResultDisputed>(linq.suite.disputes)?;
        document.dispute = (opened.dispute != 0).then_some(opened.dispute);
        (document.value, document.cost) = (Lnq(opened.value), Lnq(opened.cost));
        document.neutral_from = (opened.dispute != 0).then_some(opened.neutralFrom);
        (document.gas, document.tx_hash) = (None, Some(sent.hash));
        context.output.report(&document)
    }
}

impl Document {
    /// What opening it would cost. Fails where it would be refused, so that nothing is allowed for a call that cannot be.
    async fn before(linq: &Linq, job: B256, index: u16, claim: u8) -> Result<Self> {
        let slot = linq.slot(job, index).await?;
        let state = SlotState::from_u8(slot.state);
        if state != Some(SlotState::Submitted) || linq.second().await? >= slot.until {
            let state = state_name(slot.state);
            return Err(Error::policy(format!(
                "slot {index} is {state}, and only a result inside its window can be disputed"
            ))
            .hint(format!("`linq status {job}` shows what can be done")));
        }
        let (account, requester) = (linq.client.account()?, linq.posted(job).await?.requester);
        if account != requester {
            return Err(Error::signing(format!("{requester} posted the job, and the key is that of {account}"))
                .hint("only the requester of a job disputes its results"));
        }
        if linq.job(job).await?.judged {
            return Err(Error::policy("a judge rules on the results of this job; there is nothing to dispute")
                .hint(format!("`linq status {job}` shows what can be done")));
        }
        if claim >= slot.claim {
            let claimed = slot.claim;
            return Err(Error::usage(format!(
                "the provider claims {}, which is not more than {}",
                show_share(claimed),
                show_share(claim)
            ))
            .hint(format!("claim less, or pay what is claimed with `linq accept {job}`")));
        }
        let least = floor(&linq.court_parameters_at(slot.takenAt).await?);
        let (lock, distance) = (Lnq(slot.lock), slot.claim - claim);
        let heard = lock >= least;
        let whole = U256::from(slot.price) + U256::from(slot.lock);
        let value = Lnq((whole * U256::from(distance)).div_ceil(U256::from(WHOLE)).saturating_to::<U96>());
        let tariff = Tariff::of(value, least);
        let seats = if heard { tariff.first_seats } else { 0 };
        Ok(Self {
            dispute: None,
            job,
            slot: index,
            provider: slot.provider,
            requester_claim: claim,
            provider_claim: slot.claim,
            value: if heard { value } else { Lnq::default() },
            seats,
            cost: tariff.cost(seats),
            window_end: slot.until,
            neutral_from: None,
            gas: None,
            tx_hash: None,
        })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        match self.dispute {
            Some(dispute) => page.heading(format!("Dispute {dispute}")),
            None => page.heading(format!("Slot {} of job {}", self.slot, self.job)),
        }
        page.field(
            "claims",
            format!(
                "you {}, provider {} {}",
                show_share(self.requester_claim),
                self.provider,
                show_share(self.provider_claim)
            ),
        );
        if self.seats == 0 {
            page.line("The lock is too small for a jury: what the provider claimed burns with a quarter of the lock, and the rest returns.");
        } else {
            page.field("in dispute", self.value);
            page.field("jury", format!("{} seat(s), {}", self.seats, self.cost));
        }
        match (self.dispute, self.neutral_from) {
            (Some(dispute), Some(neutral_from)) => {
                page.field("without court", format!("from {} on", show_moment(neutral_from)));
                page.line(format!("Bring evidence with `linq dispute evidence {dispute}`; `linq dispute show --dispute {dispute}` says what follows."));
            }
            _ => page.field("until", show_moment(self.window_end)),
        }
        if let Some(gas) = &self.gas {
            gas.page(page);
        }
    }
}
