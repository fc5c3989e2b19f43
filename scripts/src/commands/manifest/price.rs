//! `linq manifest price`

use std::path::PathBuf;

use alloy::primitives::Address;
use clap::Args;
use serde::Serialize;

use super::super::Context;
use crate::cost::Estimate;
use crate::error::Result;
use crate::output::{Page, Report};
use crate::quotes::{Quotes, Taker};
use crate::submission::{Changes, Work};
use crate::units::Lnq;

/// Say what registered providers ask for the work of a resource.yaml, and what it costs in all
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The file
    #[arg(value_name = "FILE", default_value = "resource.yaml")]
    file: PathBuf,
    /// How many providers to show, the cheapest first
    #[arg(long, value_name = "N", default_value_t = 10)]
    limit: usize,
}

/// Who could take it, and for what.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    file: PathBuf,
    /// Providers that were asked: all that are registered.
    asked: u32,
    /// How many could take it.
    able: usize,
    /// The cheapest quote of a standing offer: what the price "market" becomes.
    #[serde(skip_serializing_if = "Option::is_none")]
    market: Option<Lnq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cheapest: Option<Lnq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    median: Option<Lnq>,
    /// The cheapest first, at most as many as were asked for.
    takers: Vec<Taker>,
    /// How many cannot, by the reason.
    obstacles: Vec<Obstructed>,
    /// At the price of the file, or of the market; absent where the market has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    cost: Option<Estimate>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Obstructed {
    obstacle: &'static str,
    providers: u32,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let work = Work::read(&self.file, &Changes::default())?;
        let linq = context.reader().await?;
        let quotes = Quotes::ask(&linq, &work).await?;
        let cost = match quotes.price {
            Some(price) => Some(work.cost(&linq, Address::ZERO, price).await?),
            None => None,
        };
        let (cheapest, median) = (quotes.cheapest(), quotes.median());
        let obstacles =
            quotes.obstacles.iter().map(|(obstacle, count)| Obstructed { obstacle, providers: *count }).collect();
        context.output.report(&Document {
            file: self.file,
            asked: quotes.asked,
            able: quotes.takers.len(),
            market: quotes.market(),
            cheapest,
            median,
            takers: quotes.takers.into_iter().take(self.limit).collect(),
            obstacles,
            cost,
        })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Quotes for one task of {}", self.file.display()));
        page.field("able", format!("{} of {} registered providers", self.able, self.asked));
        for (label, amount) in [("market", self.market), ("cheapest", self.cheapest), ("median", self.median)] {
            if let Some(amount) = amount {
                page.field(label, amount);
            }
        }
        for Obstructed { obstacle, providers } in &self.obstacles {
            page.field("cannot", format!("{providers}: {obstacle}"));
        }
        if !self.takers.is_empty() {
            let row = |taker: &Taker| {
                let how = if taker.standing { "standing offer" } else { "by its operator" };
                [taker.provider.to_string(), taker.quote.to_string(), how.to_owned()]
            };
            page.table(["provider", "quote", "takes it"], self.takers.iter().map(row));
        }
        match &self.cost {
            Some(cost) => cost.page(page),
            None => page.line("no standing offer fits, so the market has no price: say one in order.price"),
        }
    }
}
