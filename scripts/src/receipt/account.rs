//! What the evidence of a job comes to, slot by slot.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::sol_types::SolValue;
use linq_abi::codes::{Outcome, SlotState, Trial, Verdict, WorkEnd};
use linq_abi::{IDisputes, IEscrow, IJobs, IRegistry, Resources, Terms};
use serde::Serialize;

use super::evidence::{Contracts, Entry, Evidence, work_of};
use crate::error::{Error, Result};
use crate::units::Lnq;

/// A job as the logs tell it.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    /// The job.
    pub job: B256,
    /// What was posted; the job's id is their hash.
    pub terms: TermsDocument,
    /// Where the manifest is.
    pub uri: String,
    /// When and how it was posted.
    pub posted: Place,
    /// Its tasks.
    pub slots: Vec<SlotAccount>,
    /// Sums over all of them.
    pub totals: Totals,
}

/// Terms, field by field.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each field is the one of `Terms` with its name")]
pub struct TermsDocument {
    pub requester: Address,
    pub spec_hash: B256,
    pub price: Lnq,
    pub tasks: u16,
    pub resources: ResourcesDocument,
    pub features: u64,
    /// As text: it is a number of 128 bits.
    pub regions: String,
    pub tier: u8,
    pub provider: u32,
    pub judge: Address,
    pub expected: B256,
    pub open_secs: u32,
    pub bid_secs: u32,
    pub run_secs: u32,
    pub window_secs: u32,
    pub attempts: u8,
    pub end_by: u64,
    pub anyone_matches: bool,
    pub parameters: u16,
    pub salt: B256,
}

/// Resources, field by field.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
#[allow(missing_docs, reason = "each field is the one of `Resources` with its name")]
pub struct ResourcesDocument {
    pub cpu_millis: u32,
    pub memory_mib: u32,
    pub storage_gib: u32,
    pub gpus: u16,
    pub gpu_class: u16,
    pub bandwidth_mbps: u32,
}

/// When something happened, and in which transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    /// The second.
    pub time: u64,
    /// The transaction.
    pub tx_hash: B256,
}

/// One task.
#[derive(Clone, Debug, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SlotAccount {
    /// Counted from 0.
    pub slot: u16,
    /// What the last log about it made it.
    pub state: String,
    /// Everybody who had it.
    pub attempts: Vec<Attempt>,
    /// What was disputed of its result.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dispute: Option<DisputeAccount>,
    /// How it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<Closing>,
}

/// One provider's go at a task.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Attempt {
    /// Its number; that of a displaced one is given again.
    pub attempt: u8,
    /// The provider.
    pub provider: u32,
    /// Its price.
    pub price: Lnq,
    /// What it locked.
    pub collateral: Lnq,
    /// Whether it came from a standing offer.
    pub standing: bool,
    /// When the result was due.
    pub due: u64,
    /// The take.
    pub taken: Place,
    /// The result, if there was one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<ResultAccount>,
    /// The provider's reason for giving it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub unable: Option<u8>,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end: Option<EndAccount>,
}

/// A result as it was submitted.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ResultAccount {
    /// The root of the output.
    pub root: B256,
    /// What the provider claimed, in twentieths.
    pub claim: u8,
    /// Where it was published.
    pub uri: String,
    /// When.
    pub submitted: Place,
}

/// How an attempt ended for its provider.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EndAccount {
    /// `settled`, `displaced`, `unable` or `late`.
    pub how: String,
    /// `none`, `won` or `lost`.
    pub trial: String,
    /// Seconds from take to close.
    pub took_secs: u32,
    /// What it was paid, after the fee.
    pub paid: Lnq,
    /// Collateral that it got back.
    pub unlocked: Lnq,
    /// Collateral that it lost.
    pub slashed: Lnq,
    /// What of that went to the requester; the rest burned.
    pub compensated: Lnq,
    /// When.
    pub ended: Place,
}

/// A dispute over a result.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DisputeAccount {
    /// Its number; 0 where the lock was too small for a jury.
    pub dispute: u64,
    /// What the requester claims to be due, in twentieths; the last one that it said.
    pub requester_claim: u8,
    /// The provider's.
    pub provider_claim: u8,
    /// What the jury decides on.
    pub value: Lnq,
    /// What the first jury cost.
    pub cost: Lnq,
    /// When it was opened.
    pub opened: Place,
    /// How it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub settled: Option<RulingAccount>,
}

/// How a dispute ended.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RulingAccount {
    /// `conceded`, `jury`, `neutral` or `unheard`.
    pub verdict: String,
    /// Whether the provider won it.
    pub trial: String,
    /// Twentieths of the price that are due.
    pub share: u8,
    /// What the provider owes of the jury's cost.
    pub owed: Lnq,
    /// When.
    pub settled: Place,
}

/// How a slot was closed.
#[derive(Clone, Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Closing {
    /// In one word.
    pub outcome: String,
    /// What the provider was paid, after the fee.
    pub paid: Lnq,
    /// The protocol's part.
    pub fee: Lnq,
    /// What went back to the requester.
    pub refunded: Lnq,
    /// What of the price is nobody's.
    pub burned: Lnq,
    /// Who was paid.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payee: Option<Address>,
    /// When.
    pub closed: Place,
}

/// Sums over all slots.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Totals {
    /// Prices that the escrow took.
    pub posted: Lnq,
    /// To providers.
    pub paid: Lnq,
    /// To the protocol.
    pub fee: Lnq,
    /// Back to the requester.
    pub refunded: Lnq,
    /// Of the price, to nobody.
    pub burned: Lnq,
    /// Collateral that providers lost.
    pub slashed: Lnq,
    /// What of that went to the requester.
    pub compensated: Lnq,
}

/// The id that terms have as a job.
pub fn job_id(chain_id: u64, jobs: Address, terms: &Terms) -> B256 {
    keccak256((U256::from(chain_id), jobs, terms.clone()).abi_encode())
}

impl Account {
    /// Reads the logs in their order.
    pub fn of(evidence: &Evidence) -> Result<Self> {
        let Evidence { contracts, job, .. } = evidence;
        let posted = evidence.logs.iter().find_map(|log| Some((log.event::<IJobs::JobPosted>(contracts.jobs)?, log)));
        let (posted, log) = posted.ok_or_else(|| Error::usage("the receipt has no log of the job's posting"))?;
        let slots = (0..posted.terms.tasks).map(|slot| SlotAccount {
            slot,
            state: SlotState::Open.to_string(),
            ..SlotAccount::default()
        });
        let mut account = Self {
            job: *job,
            terms: TermsDocument::from(&posted.terms),
            uri: posted.uri,
            posted: Place::of(log),
            slots: slots.collect(),
            totals: Totals::default(),
        };
        let mut works = BTreeMap::new();
        for slot in 0..posted.terms.tasks {
            works.insert(work_of(*job, slot), slot);
        }
        for log in &evidence.logs {
            account.hear_jobs(contracts, log);
            account.hear_disputes(contracts, log);
            account.hear_registry(contracts, &works, log);
        }
        account.hear_escrow(evidence);
        account.totals = account.sum();
        Ok(account)
    }

    fn slot(&mut self, slot: u16) -> Option<&mut SlotAccount> {
        self.slots.get_mut(usize::from(slot))
    }

    fn hear_jobs(&mut self, Contracts { jobs, .. }: &Contracts, log: &Entry) {
        let place = Place::of(log);
        if let Some(taken) = log.event::<IJobs::SlotTaken>(*jobs) {
            let attempt = Attempt {
                attempt: taken.attempt,
                provider: taken.provider,
                price: Lnq(taken.price),
                collateral: Lnq(taken.lock),
                standing: taken.standing,
                due: taken.due,
                taken: place,
                result: None,
                unable: None,
                end: None,
            };
            self.change(taken.slot, SlotState::Taken, |slot| slot.attempts.push(attempt));
        } else if let Some(said) = log.event::<IJobs::ResultSubmitted>(*jobs) {
            let result = ResultAccount { root: said.root, claim: said.claim, uri: said.uri, submitted: place };
            self.change(said.slot, SlotState::Submitted, |slot| slot.last(|last| last.result = Some(result)));
        } else if let Some(said) = log.event::<IJobs::UnableReported>(*jobs) {
            self.change(said.slot, SlotState::Running, |slot| slot.last(|last| last.unable = Some(said.reason)));
        } else if let Some(reopened) = log.event::<IJobs::SlotReopened>(*jobs) {
            self.change(reopened.slot, SlotState::Open, |_| {});
        } else if let Some(disputed) = log.event::<IJobs::SlotDisputed>(*jobs) {
            self.change(disputed.slot, SlotState::Disputed, |_| {});
        } else if let Some(closed) = log.event::<IJobs::SlotClosed>(*jobs) {
            let closing = Closing {
                outcome: Outcome::from_u8(closed.outcome)
                    .map_or_else(|| closed.outcome.to_string(), |one| one.to_string()),
                paid: Lnq(closed.paid),
                fee: Lnq(closed.fee),
                refunded: Lnq::default(),
                burned: Lnq::default(),
                payee: None,
                closed: place,
            };
            self.change(closed.slot, SlotState::Closed, |slot| slot.closed = Some(closing));
        }
    }

    fn change(&mut self, index: u16, state: SlotState, change: impl FnOnce(&mut SlotAccount)) {
        if let Some(slot) = self.slot(index) {
            slot.state = state.to_string();
            change(slot);
        }
    }

    fn hear_disputes(&mut self, Contracts { disputes, .. }: &Contracts, log: &Entry) {
        let place = Place::of(log);
        if let Some(opened) = log.event::<IDisputes::ResultDisputed>(*disputes) {
            let dispute = DisputeAccount {
                dispute: opened.dispute,
                requester_claim: opened.requesterClaim,
                provider_claim: opened.providerClaim,
                value: Lnq(opened.value),
                cost: Lnq(opened.cost),
                opened: place,
                settled: None,
            };
            if let Some(slot) = self.slot(opened.slot) {
                slot.dispute = Some(dispute);
            }
        } else if let Some(moved) = log.event::<IDisputes::ClaimMoved>(*disputes) {
            if let Some(dispute) = self.slot(moved.slot).and_then(|slot| slot.dispute.as_mut()) {
                (dispute.requester_claim, dispute.provider_claim) = (moved.requesterClaim, moved.providerClaim);
            }
        } else if let Some(end) = log.event::<IDisputes::DisputeSettled>(*disputes)
            && let Some(dispute) = self.slot(end.slot).and_then(|slot| slot.dispute.as_mut())
        {
            dispute.settled = Some(RulingAccount {
                verdict: Verdict::from_u8(end.verdict).map_or_else(|| end.verdict.to_string(), |one| one.to_string()),
                trial: trial(end.trial),
                share: end.share,
                owed: Lnq(end.owed),
                settled: place,
            });
        }
    }

    fn hear_registry(&mut self, Contracts { registry, .. }: &Contracts, works: &BTreeMap<B256, u16>, log: &Entry) {
        let Some(closed) = log.event::<IRegistry::WorkClosed>(*registry) else { return };
        let end = EndAccount {
            how: WorkEnd::from_u8(closed.end).map_or_else(|| closed.end.to_string(), |one| one.to_string()),
            trial: trial(closed.trial),
            took_secs: closed.tookSecs,
            paid: Lnq(closed.paid),
            unlocked: Lnq(closed.unlocked),
            slashed: Lnq(closed.slashed),
            compensated: Lnq(closed.compensated),
            ended: Place::of(log),
        };
        // Work ends before the slot is taken again, so that it is always the last take that ends.
        if let Some(slot) = works.get(&closed.work).and_then(|slot| self.slot(*slot)) {
            slot.last(|last| last.end = Some(end));
        }
    }

    /// The escrow says of a settlement which job it was, and not which slot: in each transaction it settles as many slots as
    /// jobs closes, in the same order.
    fn hear_escrow(&mut self, Evidence { contracts, logs, .. }: &Evidence) {
        let mut closings: BTreeMap<B256, Vec<u16>> = BTreeMap::new();
        for log in logs {
            if let Some(closed) = log.event::<IJobs::SlotClosed>(contracts.jobs) {
                closings.entry(log.tx_hash).or_default().push(closed.slot);
            }
        }
        for closed in closings.values_mut() {
            closed.reverse();
        }
        for log in logs {
            let settled = log.event::<IEscrow::SlotSettled>(contracts.escrow);
            let forfeited = log.event::<IEscrow::SlotForfeited>(contracts.escrow);
            if settled.is_none() && forfeited.is_none() {
                continue;
            }
            let index = closings.get_mut(&log.tx_hash).and_then(Vec::pop);
            let slot = index.and_then(|index| self.slot(index));
            let Some(closing) = slot.and_then(|slot| slot.closed.as_mut()) else { continue };
            if let Some(settled) = settled {
                closing.refunded = Lnq(settled.refunded);
                closing.payee = (!settled.payee.is_zero()).then_some(settled.payee);
            }
            if let Some(forfeited) = forfeited {
                (closing.refunded, closing.burned) = (Lnq(forfeited.refunded), Lnq(forfeited.burned));
            }
        }
    }

    fn sum(&self) -> Totals {
        let add = |sum: &mut Lnq, amount: Lnq| sum.0 = sum.0.saturating_add(amount.0);
        let mut totals = Totals::default();
        for slot in &self.slots {
            add(&mut totals.posted, self.terms.price);
            for end in slot.attempts.iter().filter_map(|attempt| attempt.end.as_ref()) {
                add(&mut totals.slashed, end.slashed);
                add(&mut totals.compensated, end.compensated);
            }
            if let Some(closed) = &slot.closed {
                add(&mut totals.paid, closed.paid);
                add(&mut totals.fee, closed.fee);
                add(&mut totals.refunded, closed.refunded);
                add(&mut totals.burned, closed.burned);
            }
        }
        totals
    }
}

impl SlotAccount {
    fn last(&mut self, change: impl FnOnce(&mut Attempt)) {
        if let Some(last) = self.attempts.last_mut() {
            change(last);
        }
    }
}

impl Place {
    fn of(log: &Entry) -> Self {
        Self { time: log.time, tx_hash: log.tx_hash }
    }
}

fn trial(code: u8) -> String {
    Trial::from_u8(code).map_or_else(|| code.to_string(), |trial| trial.to_string())
}

impl From<&Terms> for TermsDocument {
    fn from(terms: &Terms) -> Self {
        Self {
            requester: terms.requester,
            spec_hash: terms.specHash,
            price: Lnq(terms.price),
            tasks: terms.tasks,
            resources: ResourcesDocument::from(&terms.resources),
            features: terms.features,
            regions: terms.regions.to_string(),
            tier: terms.tier,
            provider: terms.provider,
            judge: terms.judge,
            expected: terms.expected,
            open_secs: terms.openSecs,
            bid_secs: terms.bidSecs,
            run_secs: terms.runSecs,
            window_secs: terms.windowSecs,
            attempts: terms.attempts,
            end_by: terms.endBy,
            anyone_matches: terms.anyoneMatches,
            parameters: terms.parameters,
            salt: terms.salt,
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
