//! `linq dispute appeal`

use alloy::primitives::{B256, U256};
use clap::{Args, ValueEnum};
use linq_abi::ICourt;
use linq_abi::codes::{CourtPhase, Side};
use serde::Serialize;

use super::super::Context;
use super::super::sending::SendFlags;
use super::show_share;
use crate::client::{Linq, Tariff};
use crate::cost::GasCost;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{Lnq, show_moment};

/// Order the next, larger jury in the name of a side; anyone may
///
/// Shows what it costs and asks before anything is sent; the court is allowed to take exactly that, in a transaction before.
/// It is repaid if the final verdict is four twentieths or more from the standing one, on that side, and not otherwise.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The number of the dispute
    dispute: u64,
    /// Who wants another verdict: the requester a lower share, the provider a higher one
    #[arg(long = "for", value_name = "SIDE")]
    side: Appellant,
    #[command(flatten)]
    sending: SendFlags,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Appellant {
    Requester,
    Provider,
}

impl Appellant {
    const fn side(self) -> Side {
        match self {
            Self::Requester => Side::Requester,
            Self::Provider => Side::Provider,
        }
    }
}

/// A jury that was ordered, or would be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    dispute: u64,
    /// The round of the jury.
    round: u8,
    side: String,
    /// The verdict it is ordered against.
    standing: u8,
    seats: u8,
    cost: Lnq,
    /// Until when it can be ordered; in the document of one that was, when its evidence time ends.
    until: u64,
    #[serde(flatten, skip_serializing_if = "Option::is_none")]
    gas: Option<GasCost>,
    /// Absent in an estimate.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let Self { dispute, side, sending } = self;
        let linq = context.writer().await?;
        let mut document = Document::before(&linq, dispute, side.side()).await?;
        linq.require_lnq(linq.client.account()?, document.cost).await?;
        let round = document.round.saturating_sub(1);
        let call = ICourt::appealCall { dispute, round, side: side.side().number() };
        document.gas = Some(GasCost::of_jury(&linq, linq.suite.court, &call, document.cost).await?);
        if !sending.go_ahead(context, &document, "Order this jury?")? {
            return Ok(());
        }
        if let Some(sent) = linq.approve(linq.suite.court, document.cost).await? {
            context.output.progress(format!("the court may take {} ({})", document.cost, sent.hash));
        }
        let sent = linq.client.send(linq.suite.court, &call, U256::ZERO).await?;
        let ordered = sent.expect_event::<ICourt::JuryOrdered>(linq.suite.court)?;
        (document.cost, document.until) = (Lnq(ordered.cost), ordered.evidenceEnd);
        (document.gas, document.tx_hash) = (None, Some(sent.hash));
        context.output.report(&document)
    }
}

impl Document {
    /// What it would cost. Fails where it would be refused, so that nothing is allowed for a call that cannot be.
    async fn before(linq: &Linq, number: u64, side: Side) -> Result<Self> {
        let dispute = linq.dispute(number).await?;
        if dispute.phase != CourtPhase::Appeal {
            return Err(Error::policy(format!(
                "dispute {number} is at `{}`, and a verdict is appealed in the time after it",
                dispute.phase
            ))
            .hint(format!("`linq dispute show --dispute {number}` says what can be done")));
        }
        let last = dispute.last()?;
        let seats = Tariff::next_seats(last.seats);
        Ok(Self {
            dispute: number,
            round: last.last.saturating_add(1),
            side: side.to_string(),
            standing: dispute.verdict().map_or(last.standing, |(share, _)| share),
            seats,
            cost: dispute.tariff.cost(seats),
            until: dispute.until,
            gas: None,
            tx_hash: None,
        })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Dispute {}, round {}", self.dispute, self.round));
        page.field("for", &self.side);
        page.field("against", format!("a verdict of {}", show_share(self.standing)));
        page.field("jury", format!("{} seats, {}", self.seats, self.cost));
        let until = if self.tx_hash.is_some() { "evidence" } else { "until" };
        page.field(until, show_moment(self.until));
        if let Some(gas) = &self.gas {
            gas.page(page);
        }
    }
}
