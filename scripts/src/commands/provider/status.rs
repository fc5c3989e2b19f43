//! `linq provider status`

use std::collections::HashSet;

use alloy::primitives::aliases::U96;
use alloy::primitives::{Address, B256};
use clap::Args;
use linq_abi::codes::SlotState;
use linq_abi::{IJobs, ILens, Provider, Rates, Record, RegistryParameters, Resources, StandingOffer, Unbonding};
use linq_manifest::feature;
use serde::Serialize;

use super::super::Context;
use super::super::slots::state_name;
use super::offer_flags::{CORE, GIB};
use super::profile::ProfileDocument;
use super::{named_or_own, topic};
use crate::client::Linq;
use crate::cost::per_hour;
use crate::error::Result;
use crate::output::{Page, Report};
use crate::units::{Lnq, decimal, show_moment, show_secs, show_time};

/// Seconds of a day.
const DAY_SECS: u64 = 86_400;

/// Most takes that are looked at for open work, the newest first.
const MAX_LOOKED_AT: usize = 256;

/// Show a provider: capacity, offer, stake, record and open work
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
    #[serde(skip_serializing_if = "Option::is_none")]
    invited_owner: Option<Address>,
    operator: Address,
    operator_accepted: bool,
    payout: Address,
    draining: bool,
    capacity: ResourcesDocument,
    used: ResourcesDocument,
    features: Vec<&'static str>,
    region: u16,
    offer: OfferDocument,
    stake: StakeDocument,
    registered_at: u64,
    tier: u8,
    next_tier: Option<NextTier>,
    reputation_bps: u16,
    record: RecordDocument,
    profile: ProfileDocument,
    open: Vec<OpenDocument>,
    /// Until when nobody registers, and until when nothing is posted or taken; absent while nothing is paused.
    #[serde(skip_serializing_if = "Option::is_none")]
    registering_paused_until: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    posting_paused_until: Option<u64>,
}

/// What the next tier asks for; all of it at once.
#[derive(Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct NextTier {
    tier: u8,
    /// What has to be bonded, and what of it is missing.
    stake: Lnq,
    missing: Lnq,
    /// From this second on the provider is old enough.
    from: u64,
    reputation_bps: u16,
}

/// A piece of work that the provider has.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct OpenDocument {
    job: B256,
    slot: u16,
    state: String,
    until: u64,
    price: Lnq,
    lock: Lnq,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ResourcesDocument {
    pub(super) cpu_millis: u32,
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
    /// What work can lock, and what can be unbonded.
    free: Lnq,
    minimum: Lnq,
    /// What is missing to the minimum; while it is, no work is taken.
    missing: Lnq,
    unbonding: Vec<UnbondingDocument>,
}

#[derive(Serialize)]
struct UnbondingDocument {
    amount: Lnq,
    end: u64,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct RecordDocument {
    accepted: u32,
    /// Of it what is not closed.
    open: u32,
    completed: u32,
    late: u32,
    unable: u32,
    disputes_won: u32,
    disputes_lost: u32,
    earned: Lnq,
    slashed: Lnq,
    /// What every closed piece of work was folded into.
    history: B256,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.reader().await?;
        let id = named_or_own(self.provider, context, &linq).await?;
        let provider = linq.provider(id).await?;
        let unbondings = linq.client.call(linq.suite.lens, &ILens::unbondingsCall { id }).await?;
        let capacity = provider.capacity.clone();
        let minimum = linq.client.call(linq.suite.lens, &ILens::minimumStakeCall { capacity }).await?;
        let rules = linq.client.call(linq.suite.lens, &ILens::parametersCall {}).await?;
        let stake = StakeDocument::new(&provider, Lnq(minimum), &unbondings);
        let open = open_slots(&linq, id, open_work(&provider.record)).await?;
        let profile = ProfileDocument::of(&linq, id).await?;
        let registering = linq.client.call(linq.suite.lens, &ILens::governanceCall {}).await?.pausedUntil;
        let posting = linq.client.call(linq.suite.lens, &ILens::jobLimitsCall {}).await?.pausedUntil;
        let document = Document::new(id, &provider, stake, &rules, profile, open);
        context.output.report(&Document {
            registering_paused_until: (registering != 0).then_some(registering),
            posting_paused_until: (posting != 0).then_some(posting),
            ..document
        })
    }
}

/// How many pieces of work are taken and not closed.
pub(super) const fn open_work(record: &Record) -> u32 {
    let closed = record.completed.saturating_add(record.late).saturating_add(record.unable);
    record.accepted.saturating_sub(closed)
}

/// The work a provider has, the newest take first.
async fn open_slots(linq: &Linq, id: u32, count: u32) -> Result<Vec<OpenDocument>> {
    if count == 0 {
        return Ok(Vec::new());
    }
    let topics = [None, None, Some(topic(id))];
    let takes = linq.client.events::<IJobs::SlotTaken>(linq.suite.jobs, linq.suite.from_block, topics).await?;
    let (mut looked_at, mut open) = (HashSet::new(), Vec::new());
    for (take, _) in takes.into_iter().rev().take(MAX_LOOKED_AT) {
        if open.len() as u64 == u64::from(count) {
            break;
        }
        if !looked_at.insert((take.job, take.slot)) {
            continue;
        }
        let slot = linq.slot(take.job, take.slot).await?;
        let has = matches!(
            SlotState::from_u8(slot.state),
            Some(SlotState::Taken | SlotState::Running | SlotState::Submitted | SlotState::Disputed)
        );
        if has && slot.provider == id {
            open.push(OpenDocument {
                job: take.job,
                slot: take.slot,
                state: state_name(slot.state),
                until: slot.until,
                price: Lnq(slot.price),
                lock: Lnq(slot.lock),
            });
        }
    }
    Ok(open)
}

/// Hundredths of a percent as people read them.
pub(super) fn percent(bps: u16) -> String {
    format!("{}.{:02} %", bps / 100, bps % 100)
}

impl Document {
    fn new(
        id: u32,
        provider: &Provider,
        stake: StakeDocument,
        rules: &RegistryParameters,
        profile: ProfileDocument,
        open: Vec<OpenDocument>,
    ) -> Self {
        let next_tier = NextTier::new(provider, stake.minimum, rules);
        Self {
            provider: id,
            owner: provider.owner,
            invited_owner: (!provider.invitedOwner.is_zero()).then_some(provider.invitedOwner),
            operator: provider.operator,
            operator_accepted: provider.operatorAccepted,
            payout: provider.payout,
            draining: provider.draining,
            capacity: ResourcesDocument::from(&provider.capacity),
            used: ResourcesDocument::from(&provider.used),
            features: feature::names(provider.features),
            region: provider.region,
            offer: OfferDocument::new(&provider.rates, &provider.offer),
            stake,
            registered_at: provider.registeredAt,
            tier: provider.tier,
            next_tier,
            reputation_bps: provider.reputation,
            record: RecordDocument {
                open: open_work(&provider.record),
                accepted: provider.record.accepted,
                completed: provider.record.completed,
                late: provider.record.late,
                unable: provider.record.unable,
                disputes_won: provider.record.disputesWon,
                disputes_lost: provider.record.disputesLost,
                earned: Lnq(provider.record.earned),
                slashed: Lnq(provider.record.slashed),
                history: provider.record.history,
            },
            profile,
            open,
            registering_paused_until: None,
            posting_paused_until: None,
        }
    }
}

impl StakeDocument {
    fn new(provider: &Provider, minimum: Lnq, unbondings: &[Unbonding]) -> Self {
        let unbonding = unbondings.iter().map(|one| UnbondingDocument { amount: Lnq(one.amount), end: one.end });
        Self {
            bonded: Lnq(provider.bonded),
            locked: Lnq(provider.locked),
            free: Lnq(provider.bonded.saturating_sub(provider.locked)),
            minimum,
            missing: Lnq(minimum.0.saturating_sub(provider.bonded)),
            unbonding: unbonding.collect(),
        }
    }
}

impl NextTier {
    /// What the tier above the present one asks for; nothing when there is none.
    fn new(provider: &Provider, minimum: Lnq, rules: &RegistryParameters) -> Option<Self> {
        let ladder = [&rules.tier1, &rules.tier2, &rules.tier3];
        let rule = ladder.get(usize::from(provider.tier))?;
        let age_secs = u64::from(rule.ageDays) * DAY_SECS;
        // More than there can be is as far away as anything.
        let stake = minimum.times(rule.stakeMultiple.into()).unwrap_or(Lnq(U96::MAX));
        Some(Self {
            tier: provider.tier.saturating_add(1),
            stake,
            missing: Lnq(stake.0.saturating_sub(provider.bonded)),
            from: provider.registeredAt.saturating_add(age_secs),
            reputation_bps: rule.reputationBps,
        })
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

impl std::fmt::Display for ResourcesDocument {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { cpu_millis, memory_mib, storage_gib, gpus, gpu_class, bandwidth_mbps } = self;
        write!(f, "{cpu_millis}m CPU, {memory_mib} MiB memory, {storage_gib} GiB storage, {bandwidth_mbps} Mbit/s")?;
        match gpus {
            0 => Ok(()),
            _ => write!(f, ", {gpus} GPU(s) of class {gpu_class}"),
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
        if self.draining {
            page.field("leaving", "takes no new work: `linq provider drain` said so");
        }
        if let Some(until) = self.registering_paused_until {
            page.field("paused", format!("nobody registers before {}; what is here goes on", show_moment(until)));
        }
        if let Some(until) = self.posting_paused_until {
            page.field("paused", format!("nothing is posted or taken before {}", show_moment(until)));
        }
        page.field("owner", self.owner);
        if let Some(invited) = self.invited_owner {
            page.field("", format!("{invited} is invited to own it and has not accepted yet"));
        }
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
        self.stake.page(page);
        page.field(
            "standing",
            format!(
                "tier {}, reputation {}, since {}",
                self.tier,
                percent(self.reputation_bps),
                show_time(self.registered_at)
            ),
        );
        if let Some(next) = &self.next_tier {
            next.page(page);
        }
        let record = &self.record;
        page.field(
            "record",
            format!(
                "{} taken, {} open, {} completed, {} late, {} unable; disputes {} won, {} lost",
                record.accepted,
                record.open,
                record.completed,
                record.late,
                record.unable,
                record.disputes_won,
                record.disputes_lost
            ),
        );
        page.field("earnings", format!("{} earned, {} slashed", record.earned, record.slashed));
        page.field("history", record.history);
        self.profile.page(page);
        if !self.open.is_empty() {
            page.heading("Open work");
            page.table(["job", "slot", "state", "until", "price", "locks"], self.open.iter().map(OpenDocument::row));
        }
    }
}

impl Report for StakeDocument {
    fn page(&self, page: &mut Page) {
        page.field("stake", format!("{}, of it {} locked and {} free", self.bonded, self.locked, self.free));
        page.field(
            "",
            match self.missing > Lnq::default() {
                true => format!("{} below the minimum of {}: takes no work", self.missing, self.minimum),
                false => format!("{} is the minimum", self.minimum),
            },
        );
        for one in &self.unbonding {
            page.field("unbonding", format!("{}, to be withdrawn from {} on", one.amount, show_moment(one.end)));
        }
    }
}

impl NextTier {
    fn page(&self, page: &mut Page) {
        let stake = match self.missing > Lnq::default() {
            true => format!("{} more stake ({} in all)", self.missing, self.stake),
            false => format!("{} stake, which is there", self.stake),
        };
        page.field(
            format!("for tier {}", self.tier),
            format!("{stake}, a reputation of {}, from {} on", percent(self.reputation_bps), show_time(self.from)),
        );
    }
}

impl OpenDocument {
    fn row(&self) -> [String; 6] {
        [
            self.job.to_string(),
            self.slot.to_string(),
            self.state.clone(),
            show_time(self.until),
            self.price.to_string(),
            self.lock.to_string(),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn work_is_open_until_it_is_closed_in_any_way() {
        let record = Record { accepted: 10, completed: 4, late: 2, unable: 1, ..Record::default() };
        assert_eq!(open_work(&record), 3);
        assert_eq!(open_work(&Record::default()), 0);
    }

    #[test]
    fn reputation_keeps_its_hundredths() {
        assert_eq!((percent(0), percent(105), percent(10_000)), ("0.00 %".into(), "1.05 %".into(), "100.00 %".into()));
    }
}
