//! `linq status`

use alloy::primitives::{Address, B256};
use clap::Args;
use linq_abi::codes::SlotState;
use linq_abi::{IJobs, Slot};
use serde::Serialize;

use super::Context;
use super::slots::{outcome_name, state_name};
use crate::client::Linq;
use crate::error::Result;
use crate::output::{Page, Report};
use crate::units::{Lnq, now, parse_address, parse_word, show_moment, show_time};

/// Show a job and what can be done about it, or list jobs
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The job; without it jobs are listed
    #[arg(value_parser = parse_word)]
    job: Option<B256>,
    /// List the jobs of this account [default: the account of the key, or everybody's without one]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address, conflicts_with = "job")]
    requester: Option<Address>,
    /// List at most this many, the newest
    #[arg(long, value_name = "N", default_value_t = 20, conflicts_with = "job")]
    limit: usize,
}

/// One job.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct JobDocument {
    job: B256,
    requester: Address,
    /// The most one task pays.
    price: Lnq,
    tasks: u16,
    spec_hash: B256,
    uri: String,
    open_until: u64,
    run_secs: u32,
    window_secs: u32,
    slots: Vec<SlotDocument>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SlotDocument {
    slot: u16,
    state: String,
    /// When the state ends, in unix seconds; 0 once closed.
    until: u64,
    outcome: String,
    /// Absent while nobody has it.
    #[serde(skip_serializing_if = "Option::is_none")]
    provider: Option<u32>,
    attempt: u8,
    price: Lnq,
    collateral: Lnq,
    /// The provider's claim in twentieths, once a result is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    claim: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<ResultDocument>,
    #[serde(skip_serializing_if = "Option::is_none")]
    paid: Option<Lnq>,
    #[serde(skip_serializing_if = "Option::is_none")]
    fee: Option<Lnq>,
    /// The number of the dispute over its result, while there is one.
    #[serde(skip_serializing_if = "Option::is_none")]
    dispute: Option<u64>,
    /// What can be done now.
    next: Option<String>,
}

#[derive(Serialize)]
struct ResultDocument {
    root: B256,
    uri: String,
}

/// Jobs, the newest first.
#[derive(Serialize)]
struct ListDocument {
    jobs: Vec<Listed>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    job: B256,
    requester: Address,
    price: Lnq,
    tasks: u16,
    open_until: u64,
    /// How many of its slots are in each state that occurs.
    slots: std::collections::BTreeMap<String, u16>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.reader().await?;
        match self.job {
            Some(job) => context.output.report(&one(&linq, job).await?),
            None => {
                let requester = match self.requester {
                    Some(requester) => Some(requester),
                    None => context.own_account(&linq).await?,
                };
                context.output.report(&list(&linq, requester, self.limit).await?)
            }
        }
    }
}

async fn one(linq: &Linq, id: B256) -> Result<JobDocument> {
    let job = linq.job(id).await?;
    let posted = linq.posted(id).await?;
    let results = linq.job_events::<IJobs::ResultSubmitted>(id).await?;
    let closed = linq.job_events::<IJobs::SlotClosed>(id).await?;
    let time = linq.client.chain_time().await?.max(now());
    let mut slots = Vec::new();
    for index in 0..job.tasks {
        let slot = linq.slot(id, index).await?;
        let result = results.iter().rfind(|result| result.slot == index && result.attempt == slot.attempt);
        let dispute = match SlotState::from_u8(slot.state) {
            Some(SlotState::Disputed) => linq.disputed(id, index).await?.map(|claims| claims.dispute),
            _ => None,
        };
        let end = closed.iter().find(|end| end.slot == index);
        slots.push(SlotDocument {
            slot: index,
            state: state_name(slot.state),
            until: slot.until,
            outcome: outcome_name(slot.outcome),
            provider: (slot.provider != 0).then_some(slot.provider),
            attempt: slot.attempt,
            price: Lnq(slot.price),
            collateral: Lnq(slot.lock),
            claim: result.map(|result| result.claim),
            result: result.map(|result| ResultDocument { root: result.root, uri: result.uri.clone() }),
            paid: end.map(|end| Lnq(end.paid)),
            fee: end.map(|end| Lnq(end.fee)),
            dispute,
            next: next(&slot, job.judged, dispute, time),
        });
    }
    Ok(JobDocument {
        job: id,
        requester: posted.requester,
        price: Lnq(posted.terms.price),
        tasks: job.tasks,
        spec_hash: posted.terms.specHash,
        uri: posted.uri,
        open_until: job.openUntil,
        run_secs: job.runSecs,
        window_secs: job.windowSecs,
        slots,
    })
}

async fn list(linq: &Linq, requester: Option<Address>, limit: usize) -> Result<ListDocument> {
    let topics = [None, requester.map(|address| address.into_word()), None];
    let events = linq.client.events::<IJobs::JobPosted>(linq.suite.jobs, linq.suite.from_block, topics).await?;
    let mut jobs = Vec::new();
    for (posted, _) in events.into_iter().rev().take(limit) {
        let mut slots = std::collections::BTreeMap::new();
        for index in 0..posted.terms.tasks {
            *slots.entry(state_name(linq.slot(posted.job, index).await?.state)).or_default() += 1;
        }
        jobs.push(Listed {
            job: posted.job,
            requester: posted.requester,
            price: Lnq(posted.terms.price),
            tasks: posted.terms.tasks,
            open_until: posted.openUntil,
            slots,
        });
    }
    Ok(ListDocument { jobs })
}

/// What can be done about a slot at `time`.
fn next(slot: &Slot, judged: bool, dispute: Option<u64>, time: u64) -> Option<String> {
    let over = slot.until != 0 && time >= slot.until;
    let end = show_time(slot.until);
    Some(match SlotState::from_u8(slot.state)? {
        SlotState::Closed => return None,
        SlotState::Open if over => "nobody took it in time: `linq step` refunds it".into(),
        SlotState::Open => {
            format!("waits for a provider until {end}; `linq assign` gives it to one, `linq cancel` takes it back")
        }
        SlotState::Taken => format!("a cheaper take may still displace this one, until {end}"),
        SlotState::Running if over => "the provider is late: `linq step` reopens or refunds it".into(),
        SlotState::Running => format!("the provider works, until {end}"),
        SlotState::Submitted if over => "its window is over: `linq step` pays it".into(),
        SlotState::Submitted if judged => {
            format!("the judge may rule until {end}; `linq fetch` gets the result, `linq accept` pays it")
        }
        SlotState::Submitted => {
            format!(
                "`linq fetch` gets the result, `linq accept` pays it, `linq dispute open` objects; it is paid anyway from \
                 {end} on"
            )
        }
        SlotState::Disputed => match dispute {
            Some(number) => format!(
                "the court decides: `linq dispute show --dispute {number}` says who can do what, `linq dispute step \
                 --dispute {number}` does what is due"
            ),
            None => "its dispute has just been settled".into(),
        },
    })
}

impl Report for JobDocument {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Job {}", self.job));
        page.field("requester", self.requester);
        page.field("price", format!("{} for each of {} task(s)", self.price, self.tasks));
        page.field("manifest", &self.uri);
        for slot in &self.slots {
            page.heading(format!("Slot {}: {}", slot.slot, slot.state));
            if let Some(provider) = slot.provider {
                page.field(
                    "provider",
                    format!(
                        "{provider}, attempt {}, for {} with {} at stake",
                        slot.attempt, slot.price, slot.collateral
                    ),
                );
            }
            if let Some(result) = &slot.result {
                page.field("result", &result.uri);
                page.field("root", result.root);
            }
            if let Some(claim) = slot.claim {
                page.field("claim", format!("{claim}/20"));
            }
            if let (Some(paid), Some(fee)) = (slot.paid, slot.fee) {
                page.field("outcome", format!("{}; {paid} paid and {fee} fee", slot.outcome));
            }
            if slot.until != 0 {
                page.field("until", show_moment(slot.until));
            }
            if let Some(dispute) = slot.dispute {
                page.field("dispute", dispute);
            }
            if let Some(next) = &slot.next {
                page.field("next", next);
            }
        }
    }
}

impl Report for ListDocument {
    fn page(&self, page: &mut Page) {
        if self.jobs.is_empty() {
            page.line("no jobs");
            return;
        }
        page.table(
            ["job", "price", "tasks", "state"],
            self.jobs.iter().map(|listed| {
                let states: Vec<String> = match listed.slots.len() {
                    1 => listed.slots.keys().cloned().collect(),
                    _ => listed.slots.iter().map(|(state, count)| format!("{count} {state}")).collect(),
                };
                [listed.job.to_string(), listed.price.to_string(), listed.tasks.to_string(), states.join(", ")]
            }),
        );
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::aliases::U96;

    use super::*;

    fn slot(state: SlotState) -> Slot {
        Slot {
            state: state as u8,
            until: 1_000,
            outcome: 0,
            provider: 1,
            left: 0,
            attempt: 1,
            price: U96::ZERO,
            lock: U96::ZERO,
            takenAt: 0,
            due: 0,
            claim: 20,
            standing: false,
            payoutVersion: 0,
        }
    }

    #[test]
    fn a_state_that_has_ended_is_due_for_a_step() {
        for state in [SlotState::Open, SlotState::Running, SlotState::Submitted] {
            assert!(!next(&slot(state), false, None, 999).unwrap().contains("linq step"), "{state}");
            assert!(next(&slot(state), false, None, 1_000).unwrap().contains("linq step"), "{state}");
        }
    }

    #[test]
    fn a_disputed_slot_leads_to_its_dispute() {
        let next = next(&slot(SlotState::Disputed), false, Some(7), 0).unwrap();
        assert!(next.contains("linq dispute show --dispute 7"), "{next}");
    }

    #[test]
    fn every_state_but_the_last_has_a_next_step() {
        for state in SlotState::ALL {
            assert_eq!(next(&slot(*state), true, None, 0).is_none(), *state == SlotState::Closed, "{state}");
        }
    }
}
