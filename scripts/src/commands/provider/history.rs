//! `linq provider history`

use std::collections::HashMap;

use alloy::primitives::{B256, keccak256};
use alloy::rpc::types::Log;
use alloy::sol_types::SolValue;
use clap::Args;
use linq_abi::codes::{Trial, WorkEnd};
use linq_abi::{IJobs, IRegistry};
use serde::Serialize;

use super::super::Context;
use super::{named_or_own, topic};
use crate::client::Linq;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{Lnq, show_secs};

alloy::sol! {
    /// What the registry folds into the history when work is closed.
    struct Entry {
        bytes32 history;
        bytes32 work;
        uint8 end;
        uint32 tookSecs;
        uint96 paid;
    }
}

/// How often the events are read again when work is closed meanwhile.
const MAX_READINGS: usize = 3;

/// List closed work, and check the list against the word that the chain keeps of it
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The provider [default: the one the key is owner or operator of]
    #[arg(value_name = "ID")]
    provider: Option<u32>,
    /// The first block to read from; what was closed before is missing, and nothing is checked
    #[arg(long, value_name = "N")]
    from_block: Option<u64>,
}

/// Everything a provider closed.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    from_block: u64,
    work: Vec<Closed>,
    /// What the chain keeps.
    history: B256,
    /// Whether the work folds into it; null when only a part was read.
    complete: Option<bool>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Closed {
    work: B256,
    /// Absent when the node no longer has the event of the take.
    #[serde(skip_serializing_if = "Option::is_none")]
    job: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    slot: Option<u16>,
    end: String,
    trial: String,
    took_secs: u32,
    paid: Lnq,
    unlocked: Lnq,
    slashed: Lnq,
    compensated: Lnq,
    #[serde(skip_serializing_if = "Option::is_none")]
    block: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.reader().await?;
        let id = named_or_own(self.provider, context, &linq).await?;
        let from_block = self.from_block.unwrap_or(linq.suite.from_block);
        let (history, events) = read(&linq, id, from_block).await?;
        let whole = from_block <= linq.suite.from_block;
        let complete = whole.then(|| fold(events.iter().map(|(event, _)| event)) == history);
        let names = names(&linq, id).await?;
        let work = events.iter().map(|(event, log)| Closed::new(event, log, &names)).collect();
        context.output.report(&Document { provider: id, from_block, work, history, complete })?;
        match complete {
            Some(false) => Err(Error::failure("the events do not fold into the history that the chain keeps")
                .hint("the node has not got all events: ask another one with --rpc")),
            _ => Ok(()),
        }
    }
}

/// The history of a provider and the events of the same moment.
async fn read(linq: &Linq, id: u32, from_block: u64) -> Result<(B256, Vec<(IRegistry::WorkClosed, Log)>)> {
    for _ in 0..MAX_READINGS {
        let before = linq.provider(id).await?.record.history;
        let events = linq.client.events(linq.suite.registry, from_block, [Some(topic(id)), None, None]).await?;
        if linq.provider(id).await?.record.history == before {
            return Ok((before, events));
        }
    }
    Err(Error::pending("work is closed faster than it can be read").hint("run the command again"))
}

/// What the events fold into, as the registry does it: work that was displaced leaves no trace.
fn fold<'a>(events: impl Iterator<Item = &'a IRegistry::WorkClosed>) -> B256 {
    let recorded = events.filter(|event| event.end != WorkEnd::Displaced.number());
    recorded.fold(B256::ZERO, |history, event| {
        let (end, took_secs, paid) = (event.end, event.tookSecs, event.paid);
        keccak256(Entry { history, work: event.work, end, tookSecs: took_secs, paid }.abi_encode())
    })
}

/// Job and slot of every piece of work that the provider ever took.
async fn names(linq: &Linq, id: u32) -> Result<HashMap<B256, (B256, u16)>> {
    let topics = [None, None, Some(topic(id))];
    let takes = linq.client.events::<IJobs::SlotTaken>(linq.suite.jobs, linq.suite.from_block, topics).await?;
    let name = |take: IJobs::SlotTaken| (keccak256((take.job, take.slot).abi_encode()), (take.job, take.slot));
    Ok(takes.into_iter().map(|(take, _)| name(take)).collect())
}

impl Closed {
    fn new(event: &IRegistry::WorkClosed, log: &Log, names: &HashMap<B256, (B256, u16)>) -> Self {
        let name = names.get(&event.work);
        let (end, trial) = (event.end, event.trial);
        Self {
            work: event.work,
            job: name.map(|(job, _)| *job),
            slot: name.map(|(_, slot)| *slot),
            end: WorkEnd::from_u8(end).map_or_else(|| format!("end {end}"), |end| end.to_string()),
            trial: Trial::from_u8(trial).map_or_else(|| format!("trial {trial}"), |trial| trial.to_string()),
            took_secs: event.tookSecs,
            paid: Lnq(event.paid),
            unlocked: Lnq(event.unlocked),
            slashed: Lnq(event.slashed),
            compensated: Lnq(event.compensated),
            block: log.block_number,
            tx_hash: log.transaction_hash,
        }
    }

    fn row(&self) -> [String; 5] {
        let name = match (self.job, self.slot) {
            (Some(job), Some(slot)) => format!("{job} slot {slot}"),
            _ => format!("work {}", self.work),
        };
        let took = show_secs(self.took_secs.into());
        [name, self.end.clone(), took, self.paid.to_string(), self.slashed.to_string()]
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Provider {}", self.provider));
        if self.work.is_empty() {
            page.line("no closed work");
        } else {
            page.table(["job", "end", "took", "paid", "slashed"], self.work.iter().map(Closed::row));
        }
        page.field("history", self.history);
        page.field(
            "check",
            match self.complete {
                Some(true) => "this is all of it: it folds into the word on the chain",
                Some(false) => "FAILED: this does not fold into the word on the chain",
                None => "none, since only a part was read",
            },
        );
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::aliases::U96;

    use super::*;

    fn closed(work: u8, end: WorkEnd) -> IRegistry::WorkClosed {
        IRegistry::WorkClosed {
            provider: 1,
            work: B256::repeat_byte(work),
            end: end.number(),
            tookSecs: 7,
            paid: U96::from(9),
            trial: 0,
            unlocked: U96::ZERO,
            slashed: U96::ZERO,
            compensated: U96::ZERO,
            bonded: U96::ZERO,
        }
    }

    #[test]
    fn five_words_are_folded_at_a_time() {
        let mut words = [0; 160];
        words[32..64].fill(1);
        words[95] = WorkEnd::Late.number();
        words[127] = 7;
        words[159] = 9;
        assert_eq!(fold([closed(1, WorkEnd::Late)].iter()), keccak256(words));
        assert_eq!(fold([].iter()), B256::ZERO);
    }

    #[test]
    fn displaced_work_leaves_no_trace_and_the_order_counts() {
        let (first, second) = (closed(1, WorkEnd::Settled), closed(2, WorkEnd::Settled));
        let displaced = closed(3, WorkEnd::Displaced);
        assert_eq!(fold([&first, &displaced, &second].into_iter()), fold([&first, &second].into_iter()));
        assert_ne!(fold([&first, &second].into_iter()), fold([&second, &first].into_iter()));
    }
}
