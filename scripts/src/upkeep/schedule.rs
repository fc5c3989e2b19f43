//! What there is to look at, and when.

use std::collections::BTreeMap;

use alloy::primitives::{Address, B256, U256};
use alloy::rpc::types::{Filter, Log};
use alloy::sol_types::SolEvent;
use linq_abi::{IDisputes, IJobs};

use crate::client::Linq;
use crate::error::Result;
use crate::units::Lnq;

/// A second that does not come: only an event leads to another look.
pub(super) const NEVER: u64 = u64::MAX;

/// Blocks that are searched again at the next look, in case the chain has taken some back.
const OVERLAP_BLOCKS: u64 = 64;

/// One task of a job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub job: B256,
    pub index: u16,
    /// Its posted price.
    pub price: Lnq,
}

/// Slots and disputes that are not over, and the second from which on each is worth a look.
///
/// An event brings a slot or dispute forward; without one nothing about it changes before the second that was noted.
#[derive(Debug)]
pub(super) struct Schedule {
    first_block: u64,
    next_block: u64,
    slots: BTreeMap<(B256, u16), (Lnq, u64)>,
    disputes: BTreeMap<u64, u64>,
}

impl Schedule {
    pub fn new(first_block: u64) -> Self {
        Self { first_block, next_block: first_block, slots: BTreeMap::new(), disputes: BTreeMap::new() }
    }

    /// Reads what has happened since the last look.
    pub async fn learn(&mut self, linq: &Linq) -> Result<()> {
        let head = linq.client.block_number().await?;
        let of = |contract: Address| Filter::new().address(contract);
        for log in linq.client.logs(&of(linq.suite.jobs), self.next_block, head).await? {
            self.hear_jobs(&log);
        }
        for log in linq.client.logs(&of(linq.suite.disputes), self.next_block, head).await? {
            self.hear_disputes(&log);
        }
        for log in linq.client.logs(&of(linq.suite.court), self.next_block, head).await? {
            self.hear_court(&log);
        }
        self.next_block = (head + 1).saturating_sub(OVERLAP_BLOCKS).max(self.first_block);
        Ok(())
    }

    fn hear_jobs(&mut self, log: &Log) {
        if let Ok(posted) = IJobs::JobPosted::decode_log(&log.inner) {
            let price = Lnq(posted.terms.price);
            for index in 0..posted.terms.tasks {
                self.slots.insert((posted.job, index), (price, 0));
            }
            return;
        }
        // Every event about a slot has its job and its index as the first two indexed arguments.
        let (Some(job), Some(index)) = (log.topics().get(1), log.topics().get(2)) else { return };
        let Ok(index) = u16::try_from(U256::from_be_bytes(index.0)) else { return };
        if log.topic0() == Some(&IJobs::SlotClosed::SIGNATURE_HASH) {
            self.slots.remove(&(*job, index));
        } else if let Some((_, look_at)) = self.slots.get_mut(&(*job, index)) {
            *look_at = 0;
        }
    }

    fn hear_disputes(&mut self, log: &Log) {
        if let Ok(opened) = IDisputes::ResultDisputed::decode_log(&log.inner) {
            // A dispute without a jury was over as it opened.
            if opened.dispute != 0 {
                self.disputes.insert(opened.dispute, 0);
            }
        } else if let Some(dispute) = log.topics().get(3) {
            self.bring_forward(dispute);
        }
    }

    fn hear_court(&mut self, log: &Log) {
        // Every event about a dispute has its number as the first indexed argument.
        if let Some(dispute) = log.topics().get(1) {
            self.bring_forward(dispute);
        }
    }

    fn bring_forward(&mut self, dispute: &B256) {
        let number = u64::try_from(U256::from_be_bytes(dispute.0));
        if let Some(look_at) = number.ok().and_then(|number| self.disputes.get_mut(&number)) {
            *look_at = 0;
        }
    }

    /// Up to `limit` slots to look at, those that wait longest first.
    pub fn slots_due(&self, now: u64, limit: usize) -> Vec<Slot> {
        let due = self.slots.iter().filter(|(_, (_, look_at))| *look_at <= now);
        let mut due: Vec<_> =
            due.map(|((job, index), (price, at))| (*at, Slot { job: *job, index: *index, price: *price })).collect();
        due.sort_by_key(|(at, _)| *at);
        due.into_iter().map(|(_, slot)| slot).take(limit).collect()
    }

    /// Notes when to look at a slot again; without a time it is forgotten.
    pub fn put_slot(&mut self, slot: Slot, look_at: Option<u64>) {
        let name = (slot.job, slot.index);
        match look_at {
            Some(at) => drop(self.slots.insert(name, (slot.price, at))),
            None => drop(self.slots.remove(&name)),
        }
    }

    /// Up to `limit` disputes to look at, those that wait longest first.
    pub fn disputes_due(&self, now: u64, limit: usize) -> Vec<u64> {
        let mut due: Vec<_> =
            self.disputes.iter().filter(|(_, at)| **at <= now).map(|(number, at)| (*at, *number)).collect();
        due.sort_unstable();
        due.into_iter().map(|(_, number)| number).take(limit).collect()
    }

    /// Notes when to look at a dispute again; without a time it is forgotten.
    pub fn put_dispute(&mut self, number: u64, look_at: Option<u64>) {
        match look_at {
            Some(at) => drop(self.disputes.insert(number, at)),
            None => drop(self.disputes.remove(&number)),
        }
    }
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Log as Inner;
    use linq_abi::Terms;

    use super::*;

    const JOB: B256 = B256::repeat_byte(1);

    fn log(event: &impl SolEvent) -> Log {
        Log { inner: Inner { address: Address::ZERO, data: event.encode_log_data() }, ..Log::default() }
    }

    fn posted() -> Schedule {
        let mut schedule = Schedule::new(0);
        let terms = Terms { tasks: 2, ..Terms::default() };
        let event = IJobs::JobPosted { job: JOB, requester: Address::ZERO, terms, openUntil: 9, uri: String::new() };
        schedule.hear_jobs(&log(&event));
        schedule
    }

    fn indices(schedule: &Schedule, now: u64) -> Vec<u16> {
        schedule.slots_due(now, 9).into_iter().map(|slot| slot.index).collect()
    }

    #[test]
    fn a_slot_is_looked_at_when_it_was_noted_or_something_happens_to_it() {
        let mut schedule = posted();
        for slot in schedule.slots_due(0, 9) {
            schedule.put_slot(slot, Some(100));
        }
        assert_eq!(indices(&schedule, 99), Vec::<u16>::new());
        assert_eq!(indices(&schedule, 100), [0, 1]);
        let displaced = IJobs::SlotDisplaced { job: JOB, slot: 1, provider: 7 };
        schedule.hear_jobs(&log(&displaced));
        assert_eq!(indices(&schedule, 99), [1]);
    }

    #[test]
    fn what_waits_longest_comes_first_and_a_closed_slot_is_over() {
        let mut schedule = posted();
        for (slot, at) in schedule.slots_due(0, 9).into_iter().zip([50, 40]) {
            schedule.put_slot(slot, Some(at));
        }
        assert_eq!(schedule.slots_due(60, 1).first().map(|slot| slot.index), Some(1));
        let closed = IJobs::SlotClosed {
            job: JOB,
            slot: 1,
            provider: 0,
            outcome: 5,
            paid: Default::default(),
            fee: Default::default(),
        };
        schedule.hear_jobs(&log(&closed));
        assert_eq!(indices(&schedule, 60), [0]);
    }
}
