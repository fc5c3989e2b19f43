//! `linq provider status`

use alloy::primitives::Address;
use clap::Args;
use linq_abi::{ILens, Provider, Rates, Resources, StandingOffer, Unbonding};
use linq_manifest::feature;
use serde::Serialize;

use super::super::Context;
use super::offer_flags::{CORE, GIB};
use crate::client::Linq;
use crate::cost::per_hour;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{Lnq, decimal, show_moment, show_secs, show_time};

/// Show a provider: capacity, offer, stake and record
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The provider [default: the one the key is owner or operator of]
    #[arg(value_name = "ID")]
    provider: Option<u32>,
}

/// One provider.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    owner: Address,
    operator: Address,
    operator_accepted: bool,
    payout: Address,
    capacity: ResourcesDocument,
    used: ResourcesDocument,
    features: Vec<&'static str>,
    region: u16,
    offer: OfferDocument,
    stake: StakeDocument,
    registered_at: u64,
    tier: u8,
    reputation_bps: u16,
    record: RecordDocument,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ResourcesDocument {
    cpu_millis: u32,
    memory_mib: u32,
    storage_gib: u32,
    gpus: u16,
    gpu_class: u16,
    bandwidth_mbps: u32,
}

/// Prices and limits of a provider.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct OfferDocument {
    open: bool,
    /// Base units a second for a millicore, a MiB of memory, a GiB of storage and a GPU.
    rates: [String; 4],
    min_price: Lnq,
    min_run_secs: u32,
    max_run_secs: u32,
    max_window_secs: u32,
    max_lock: Lnq,
    #[serde(skip)]
    hourly: [String; 4],
}

#[derive(Serialize)]
struct StakeDocument {
    bonded: Lnq,
    locked: Lnq,
    minimum: Lnq,
    unbonding: Vec<UnbondingDocument>,
}

#[derive(Serialize)]
struct UnbondingDocument {
    amount: Lnq,
    end: u64,
}

#[derive(Serialize)]
struct RecordDocument {
    accepted: u32,
    completed: u32,
    late: u32,
    unable: u32,
    earned: Lnq,
    slashed: Lnq,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.reader().await?;
        let id = match self.provider {
            Some(id) => id,
            None => own(context, &linq).await?,
        };
        let provider = linq.provider(id).await?;
        let unbondings = linq.client.call(linq.suite.lens, &ILens::unbondingsCall { id }).await?;
        let capacity = provider.capacity.clone();
        let minimum = linq.client.call(linq.suite.lens, &ILens::minimumStakeCall { capacity }).await?;
        context.output.report(&Document::new(id, &provider, Lnq(minimum), &unbondings))
    }
}

async fn own(context: &Context, linq: &Linq) -> Result<u32> {
    let account = context
        .own_account(linq)
        .await?
        .ok_or_else(|| Error::usage("no provider is named").hint("give its id, or a key"))?;
    linq.provider_of(account).await?.ok_or_else(|| {
        Error::not_found(format!("{account} is neither owner nor operator of a provider"))
            .hint("register one with `linq provider register`")
    })
}

impl Document {
    fn new(id: u32, provider: &Provider, minimum: Lnq, unbondings: &[Unbonding]) -> Self {
        let unbonding = unbondings.iter().map(|one| UnbondingDocument { amount: Lnq(one.amount), end: one.end });
        Self {
            provider: id,
            owner: provider.owner,
            operator: provider.operator,
            operator_accepted: provider.operatorAccepted,
            payout: provider.payout,
            capacity: ResourcesDocument::from(&provider.capacity),
            used: ResourcesDocument::from(&provider.used),
            features: feature::names(provider.features),
            region: provider.region,
            offer: OfferDocument::new(&provider.rates, &provider.offer),
            stake: StakeDocument {
                bonded: Lnq(provider.bonded),
                locked: Lnq(provider.locked),
                minimum,
                unbonding: unbonding.collect(),
            },
            registered_at: provider.registeredAt,
            tier: provider.tier,
            reputation_bps: provider.reputation,
            record: RecordDocument {
                accepted: provider.record.accepted,
                completed: provider.record.completed,
                late: provider.record.late,
                unable: provider.record.unable,
                earned: Lnq(provider.record.earned),
                slashed: Lnq(provider.record.slashed),
            },
        }
    }
}

impl From<&Resources> for ResourcesDocument {
    fn from(resources: &Resources) -> Self {
        Self {
            cpu_millis: resources.cpuMillis,
            memory_mib: resources.memoryMib,
            storage_gib: resources.storageGib,
            gpus: resources.gpus,
            gpu_class: resources.gpuClass,
            bandwidth_mbps: resources.bandwidthMbps,
        }
    }
}

impl OfferDocument {
    pub(super) fn new(rates: &Rates, offer: &StandingOffer) -> Self {
        let counted = [(rates.cpuMilli, CORE), (rates.memoryMib, GIB), (rates.storageGib, 1), (rates.gpu, 1)];
        Self {
            open: offer.open,
            rates: counted.map(|(rate, _)| rate.to_string()),
            min_price: Lnq(offer.minPrice),
            min_run_secs: offer.minRunSecs,
            max_run_secs: offer.maxRunSecs,
            max_window_secs: offer.maxWindowSecs,
            max_lock: Lnq(offer.maxLock),
            hourly: counted.map(|(rate, units)| decimal(per_hour(rate, units))),
        }
    }
}

impl Report for OfferDocument {
    fn page(&self, page: &mut Page) {
        let [cpu, memory, storage, gpu] = &self.hourly;
        page.field(
            "prices",
            format!(
                "an hour: core {cpu}, GiB memory {memory}, GiB storage {storage}, GPU {gpu} LNQ; at least {} a task",
                self.min_price
            ),
        );
        page.field(
            "standing offer",
            match self.open {
                true => format!(
                    "runs of {} to {}, windows up to {}, locks up to {}",
                    show_secs(self.min_run_secs.into()),
                    show_secs(self.max_run_secs.into()),
                    show_secs(self.max_window_secs.into()),
                    self.max_lock
                ),
                false => "closed".into(),
            },
        );
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Provider {}", self.provider));
        page.field("owner", self.owner);
        page.field(
            "operator",
            format!("{}{}", self.operator, if self.operator_accepted { "" } else { " (has not accepted yet)" }),
        );
        page.field("payout", self.payout);
        let (all, used) = (&self.capacity, &self.used);
        page.field(
            "capacity",
            format!(
                "{}m CPU ({}m used), {} MiB memory ({} used), {} GiB storage ({} used), {} GPU ({} used)",
                all.cpu_millis,
                used.cpu_millis,
                all.memory_mib,
                used.memory_mib,
                all.storage_gib,
                used.storage_gib,
                all.gpus,
                used.gpus
            ),
        );
        page.field("features", format!("{}; region {}", self.features.join(", "), self.region));
        self.offer.page(page);
        page.field(
            "stake",
            format!("{} ({} locked, {} is the minimum)", self.stake.bonded, self.stake.locked, self.stake.minimum),
        );
        for one in &self.stake.unbonding {
            page.field("unbonding", format!("{} until {}", one.amount, show_moment(one.end)));
        }
        page.field(
            "standing",
            format!(
                "tier {}, reputation {}.{:02} %, since {}",
                self.tier,
                self.reputation_bps / 100,
                self.reputation_bps % 100,
                show_time(self.registered_at)
            ),
        );
        let record = &self.record;
        page.field(
            "record",
            format!(
                "{} taken, {} completed, {} late, {} unable; {} earned, {} slashed",
                record.accepted, record.completed, record.late, record.unable, record.earned, record.slashed
            ),
        );
    }
}
