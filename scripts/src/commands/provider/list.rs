//! `linq provider list`

use clap::Args;
use linq_abi::{ILens, Provider};
use serde::Serialize;

use super::super::Context;
use super::offer_flags::CORE;
use super::status::{ResourcesDocument, percent};
use crate::client::Linq;
use crate::cost::per_hour;
use crate::error::Result;
use crate::output::{Page, Report};
use crate::units::{Lnq, decimal};

/// How many providers one call to the chain answers with; small enough for any node's limit of gas.
const PAGE: u32 = 50;

/// List providers by id: what they have free and what they ask
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The first id
    #[arg(long, value_name = "ID", default_value_t = 1)]
    from: u32,
    /// The most to list
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: u32,
}

/// Some providers.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    providers: Vec<Listed>,
    /// The id to go on from; null when there are no more.
    next: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    provider: u32,
    region: u16,
    capacity: ResourcesDocument,
    used: ResourcesDocument,
    /// Base units a second for a millicore.
    cpu_rate: String,
    open: bool,
    draining: bool,
    bonded: Lnq,
    locked: Lnq,
    tier: u8,
    reputation_bps: u16,
    #[serde(skip)]
    core_hour: String,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.reader().await?;
        context.output.report(&read(&linq, self.from.max(1), self.limit).await?)
    }
}

async fn read(linq: &Linq, first: u32, limit: u32) -> Result<Document> {
    let (mut providers, mut from, mut left) = (Vec::new(), first, limit);
    while from != 0 && left > 0 {
        let limit = u16::try_from(left.min(PAGE)).unwrap_or(u16::MAX);
        let answer = linq.client.call(linq.suite.lens, &ILens::providersCall { from, limit }).await?;
        let ids = from..;
        providers.extend(ids.zip(&answer.page).map(|(id, provider)| Listed::new(id, provider)));
        left = left.saturating_sub(limit.into());
        from = answer.next;
    }
    Ok(Document { providers, next: (from != 0).then_some(from) })
}

impl Listed {
    fn new(id: u32, provider: &Provider) -> Self {
        Self {
            provider: id,
            region: provider.region,
            capacity: ResourcesDocument::from(&provider.capacity),
            used: ResourcesDocument::from(&provider.used),
            cpu_rate: provider.rates.cpuMilli.to_string(),
            open: provider.offer.open,
            draining: provider.draining,
            bonded: Lnq(provider.bonded),
            locked: Lnq(provider.locked),
            tier: provider.tier,
            reputation_bps: provider.reputation,
            core_hour: decimal(per_hour(provider.rates.cpuMilli, CORE)),
        }
    }

    fn row(&self) -> [String; 7] {
        let free = self.capacity.cpu_millis.saturating_sub(self.used.cpu_millis);
        let offer = match (self.draining, self.open) {
            (true, _) => "leaving",
            (false, true) => "open",
            (false, false) => "by the operator",
        };
        [
            self.provider.to_string(),
            self.region.to_string(),
            format!("{free}m of {}m", self.capacity.cpu_millis),
            format!("{} LNQ", self.core_hour),
            offer.to_owned(),
            self.bonded.to_string(),
            format!("tier {}, {}", self.tier, percent(self.reputation_bps)),
        ]
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        if self.providers.is_empty() {
            page.line("no providers");
            return;
        }
        let header = ["id", "region", "free CPU", "core and hour", "takes work", "stake", "standing"];
        page.table(header, self.providers.iter().map(Listed::row));
        if let Some(next) = self.next {
            page.line(format!("more: linq provider list --from {next}"));
        }
    }
}
