//! The desk: every slot that matters, looked at when something may have changed, and what follows from the look.
//!
//! One pass reads the head, follows the logs, drives the outbox, and then reads the state of each slot that is due for
//! a look, all at the same block. Only that state and the journal decide; see [`crate::plan`].

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::{Duration, Instant},
};

use alloy_primitives::{B256, Bytes};
use futures_util::{StreamExt as _, stream};
use linq_abi::{Provider, Slot, codes::SlotState};
use tokio::sync::mpsc;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use super::{Failure, Follower, Sender, Shared, prepare, run};
use crate::{
    backend::Workload,
    chain::{self, ChainError, Head, SlotId},
    plan::{Action, Inability, Readiness, Situation, Work, plan},
    store::{JobRecord, Kind},
};

/// Seconds after which a slot that waits for nothing in particular is looked at again.
const IDLE_LOOK_SECS: u64 = 30;
/// Time between two tries to fetch what a job needs.
const PREPARE_AGAIN: Duration = Duration::from_secs(15);
/// Most blocks' worth of batches read in one pass, so that a long history does not keep running work waiting.
const BATCHES_PER_PASS: usize = 16;
/// Most slots looked at in one pass.
const LOOKS_PER_PASS: usize = 512;
/// Questions put to the node at a time.
const READS_AT_ONCE: usize = 16;

/// The claim for all of a slot, in twentieths.
const WHOLE: u8 = 20;

/// When the next pass should come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pace {
    /// At once: this pass met a bound and left something over.
    Again,
    /// Soon: something signed has no receipt yet.
    Soon,
    /// In its time.
    Rest,
}

/// A task has ended that the desk waits for.
enum Ended {
    Prepared(B256, Result<Workload, prepare::Unprepared>),
    Ran(SlotId, Result<(), Failure>),
}

/// A job that is watched.
struct Job {
    record: JobRecord,
    wanted: bool,
    readiness: Readiness,
    workload: Option<Workload>,
    /// When content that could not be had is tried again.
    again: Option<Instant>,
}

/// A slot that is watched.
struct Tracked {
    /// When to look at it next, in seconds of the chain; 0 is at once.
    look_at: u64,
    /// What the last look showed.
    seen: Option<Slot>,
    /// Whether nothing was done about it because there was no place free.
    wants_place: bool,
}

/// What the relayer knows and has under way.
pub struct Desk {
    shared: Arc<Shared>,
    follower: Follower,
    sender: Sender,
    provider: Option<Provider>,
    jobs: HashMap<B256, Job>,
    slots: BTreeMap<SlotId, Tracked>,
    running: HashSet<SlotId>,
    tasks: TaskTracker,
    stop: CancellationToken,
    ended: (mpsc::UnboundedSender<Ended>, mpsc::UnboundedReceiver<Ended>),
    /// The newest head and when it was first seen: between blocks the chain's time is reckoned from there.
    head: Option<(Head, Instant)>,
    synced: Option<Instant>,
}

impl Desk {
    /// A desk with what the journal remembers.
    pub fn new(shared: Arc<Shared>, follower: Follower, stop: CancellationToken) -> Result<Self, Failure> {
        let mut desk = Self {
            sender: Sender::new(shared.clone()),
            follower,
            provider: None,
            jobs: HashMap::new(),
            slots: BTreeMap::new(),
            running: HashSet::new(),
            tasks: TaskTracker::new(),
            stop,
            ended: mpsc::unbounded_channel(),
            head: None,
            synced: None,
            shared,
        };
        for job in desk.shared.store.jobs()? {
            desk.watch(job);
        }
        Ok(desk)
    }

    /// Waits until a task has ended that the next pass would take up.
    pub async fn task_ended(&mut self) {
        if let Some(ended) = self.ended.1.recv().await {
            self.take_up(ended);
        }
    }

    /// Waits until everything under way has ended.
    pub async fn finish(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// One pass.
    pub async fn pass(&mut self) -> Result<Pace, Failure> {
        while let Ok(ended) = self.ended.1.try_recv() {
            self.take_up(ended);
        }
        let head = self.read_head().await?;
        self.resync(head).await?;
        let followed = self.follow(head).await?;
        self.drive().await?;
        self.try_again();
        // What was mined a moment ago is younger than the head read above.
        let head = self.read_head().await?;
        let looked = self.look(head).await?;
        self.drive().await?;
        self.measure()?;
        let pending = || Ok::<_, Failure>(self.shared.store.pending_intent()?.is_some());
        Ok(match () {
            () if !(followed && looked) => Pace::Again,
            () if pending()? => Pace::Soon,
            () => Pace::Rest,
        })
    }

    async fn read_head(&mut self) -> Result<Head, Failure> {
        let head = self.shared.chain.head().await?;
        let newer = self.head.is_none_or(|(known, _)| known.hash != head.hash);
        if newer {
            self.head = Some((head, Instant::now()));
        }
        metrics::gauge!("linq_relayer_head_block").set(head.number as f64);
        Ok(head)
    }

    /// Seconds by the chain. A chain without traffic makes no blocks, yet its next block will carry the present time.
    fn now(&self) -> u64 {
        self.head.map_or(0, |(head, seen)| head.time + seen.elapsed().as_secs())
    }

    /// Now and then everything is looked at, whatever the logs said.
    async fn resync(&mut self, head: Head) -> Result<(), Failure> {
        if self.synced.is_some_and(|synced| synced.elapsed() < self.shared.timing.resync) {
            return Ok(());
        }
        let provider = self.shared.chain.provider(self.shared.policy.provider, head.hash).await?;
        let keep = keeper(&self.shared, &provider);
        let batch = self.follower.rescan(keep).await?;
        self.provider = Some(provider);
        for job in batch.jobs {
            self.watch(job);
        }
        for tracked in self.slots.values_mut() {
            tracked.look_at = 0;
        }
        let wei = self.shared.chain.balance(self.shared.signer.address()).await?;
        metrics::gauge!("linq_relayer_balance_wei").set(wei as f64);
        self.synced = Some(Instant::now());
        Ok(())
    }

    /// Reads logs, and says whether all of them were read.
    async fn follow(&mut self, head: Head) -> Result<bool, Failure> {
        for _ in 0..BATCHES_PER_PASS {
            let Some(provider) = self.provider.as_ref() else { break };
            let keep = keeper(&self.shared, provider);
            let Some(batch) = self.follower.next(head, keep).await? else { return Ok(true) };
            if !batch.jobs.is_empty() {
                self.shared.kill.point("job-recorded");
            }
            for job in batch.jobs {
                tracing::info!(job = %job.id, price = %job.terms.price, tasks = job.terms.tasks, "posted");
                self.watch(job);
            }
            for id in batch.touched {
                self.touch(id);
            }
        }
        Ok(false)
    }

    fn watch(&mut self, record: JobRecord) {
        for slot in 0..record.terms.tasks {
            self.slots.entry(SlotId { job: record.id, slot }).or_insert(Tracked {
                look_at: 0,
                seen: None,
                wants_place: false,
            });
        }
        let wanted = match self.shared.policy.wants(&record.terms) {
            Ok(()) => true,
            Err(decline) => {
                metrics::counter!("linq_relayer_declined_total", "reason" => decline.label()).increment(1);
                false
            }
        };
        let fresh = Job { record, wanted, readiness: Readiness::Unknown, workload: None, again: None };
        self.jobs.entry(fresh.record.id).or_insert(fresh);
    }

    fn touch(&mut self, id: SlotId) {
        if let Some(tracked) = self.slots.get_mut(&id) {
            tracked.look_at = 0;
        }
    }

    async fn drive(&mut self) -> Result<(), Failure> {
        for id in self.sender.drive().await? {
            self.touch(id);
        }
        Ok(())
    }

    /// Content that could not be had is asked for again after a while.
    fn try_again(&mut self) {
        let now = Instant::now();
        let due: Vec<B256> = self
            .jobs
            .iter()
            .filter(|(_, job)| job.again.is_some_and(|again| again <= now))
            .map(|(id, _)| *id)
            .collect();
        for id in due {
            self.set_readiness(id, Readiness::Unknown, None);
        }
    }

    fn set_readiness(&mut self, id: B256, readiness: Readiness, again: Option<Instant>) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        (job.readiness, job.again) = (readiness, again);
        for slot in 0..job.record.terms.tasks {
            self.touch(SlotId { job: id, slot });
        }
    }

    fn take_up(&mut self, ended: Ended) {
        match ended {
            Ended::Prepared(id, Ok(workload)) => {
                if let Some(job) = self.jobs.get_mut(&id) {
                    job.workload = Some(workload);
                }
                self.set_readiness(id, Readiness::Ready, None);
            }
            Ended::Prepared(id, Err(unprepared)) => {
                let (inability, reason) = (unprepared.inability, unprepared.reason);
                tracing::warn!(job = %id, ?inability, reason, retryable = unprepared.retryable, "not prepared");
                match unprepared.retryable {
                    true => {
                        let again = Some(Instant::now() + PREPARE_AGAIN);
                        self.set_readiness(id, Readiness::Unreachable(inability), again);
                    }
                    false => self.set_readiness(id, Readiness::Unfit(inability), None),
                }
            }
            Ended::Ran(id, outcome) => {
                if let Err(error) = outcome {
                    tracing::error!(slot = %id, %error, "the result could not be recorded");
                }
                self.running.remove(&id);
                self.touch(id);
            }
        }
    }

    /// Looks at the slots that are due, does what follows, and says whether these were all.
    async fn look(&mut self, head: Head) -> Result<bool, Failure> {
        let now = self.now();
        self.offer_places()?;
        let due: Vec<SlotId> = self
            .slots
            .iter()
            .filter(|(_, tracked)| tracked.look_at <= now)
            .map(|(id, _)| *id)
            .take(LOOKS_PER_PASS)
            .collect();
        let all = due.len() < LOOKS_PER_PASS;
        let mut decidable = Vec::with_capacity(due.len());
        for id in due {
            if self.decidable(id, head)? {
                decidable.push(id);
            }
        }
        let chain = self.shared.chain.clone();
        let mut seen = stream::iter(decidable)
            .map(|id| {
                let chain = chain.clone();
                async move { (id, chain.slot(id, head.hash).await) }
            })
            .buffered(READS_AT_ONCE);
        while let Some((id, slot)) = seen.next().await {
            self.look_at(id, slot, head, now).await?;
        }
        Ok(all)
    }

    /// Has slots looked at again that only lacked a place, as many as there are places now.
    fn offer_places(&mut self) -> Result<(), Failure> {
        let free = self.places(None)?;
        for tracked in self.slots.values_mut().filter(|tracked| tracked.wants_place).take(free) {
            (tracked.look_at, tracked.wants_place) = (0, false);
        }
        Ok(())
    }

    /// While something about a slot is under way, or mined in a block that the node has not reached, nothing is decided.
    fn decidable(&self, id: SlotId, head: Head) -> Result<bool, Failure> {
        let settled = |block: Option<(u64, B256)>| block.is_some_and(|(number, _)| number <= head.number);
        Ok(self.shared.store.intents_about(id)?.iter().all(|intent| settled(intent.block)))
    }

    async fn look_at(
        &mut self,
        id: SlotId,
        slot: Result<Slot, ChainError>,
        head: Head,
        now: u64,
    ) -> Result<(), Failure> {
        let slot = match slot {
            Ok(slot) => slot,
            Err(ChainError::Refused(refusal)) => {
                tracing::warn!(slot = %id, %refusal, "the contract does not know it: forgotten");
                return self.forget(id);
            }
            Err(error) => return Err(error.into()),
        };
        let places = self.places(Some(id))?;
        let action = self.decide(id, &slot, places, head, now).await?;
        if let Some(tracked) = self.slots.get_mut(&id) {
            let waits_for = if slot.until > now { slot.until } else { now + IDLE_LOOK_SECS };
            tracked.look_at = waits_for.min(now + 10 * IDLE_LOOK_SECS);
            tracked.seen = Some(slot.clone());
            tracked.wants_place = places == 0 && action == Action::Wait;
        }
        self.act(id, &slot, action)
    }

    async fn decide(&self, id: SlotId, slot: &Slot, places: usize, head: Head, now: u64) -> Result<Action, Failure> {
        let work = self.work(id, slot.attempt)?;
        let Some(job) = self.jobs.get(&id.job) else { return Ok(Action::Forget) };
        let provider = self.shared.policy.provider;
        let quote = match SlotState::from_u8(slot.state) {
            Some(SlotState::Open | SlotState::Taken) if job.wanted && slot.provider != provider => {
                self.shared.chain.quote(provider, &job.record.terms, head.hash).await?
            }
            _ => 0,
        };
        Ok(plan(&Situation {
            now,
            terms: &job.record.terms,
            slot,
            work: work.as_ref(),
            readiness: &job.readiness,
            wanted: job.wanted,
            quote,
            places,
            step: self.shared.step,
            policy: &self.shared.policy,
        }))
    }

    fn work(&self, id: SlotId, attempt: u8) -> Result<Option<Work>, Failure> {
        let running = self.running.contains(&id);
        Ok(self.shared.store.work(id, attempt)?.map(|record| match record.result {
            Some(result) => Work::Done { root: result.root },
            None if record.failed => Work::Failed,
            None => Work::Begun { starts: record.starts, running },
        }))
    }

    /// Places that are free, not counting the one that slot `of` may have.
    fn places(&self, of: Option<SlotId>) -> Result<usize, Failure> {
        let me = self.shared.policy.provider;
        let held = |slot: &Slot| {
            slot.provider == me && matches!(SlotState::from_u8(slot.state), Some(SlotState::Taken | SlotState::Running))
        };
        let mut engaged: HashSet<SlotId> = self
            .slots
            .iter()
            .filter(|(_, tracked)| tracked.seen.as_ref().is_some_and(held))
            .map(|(id, _)| *id)
            .collect();
        let takes = self.shared.store.open_intents()?.into_iter().filter(|intent| intent.kind == Kind::Take);
        engaged.extend(takes.map(|intent| intent.slot));
        if let Some(of) = of {
            engaged.remove(&of);
        }
        Ok(self.shared.policy.max_concurrent.saturating_sub(engaged.len()))
    }

    fn act(&mut self, id: SlotId, slot: &Slot, action: Action) -> Result<(), Failure> {
        match action {
            Action::Wait => Ok(()),
            Action::Forget => self.forget(id),
            Action::Prepare => {
                self.begin_preparing(id.job);
                Ok(())
            }
            Action::Run => {
                self.begin_running(id, slot.attempt);
                Ok(())
            }
            Action::Take { price } => {
                let Some(job) = self.jobs.get(&id.job) else { return Ok(()) };
                let data = chain::take(&job.record.terms, id.slot, self.shared.policy.provider, price);
                // A take of an open slot begins an attempt; one that displaces continues it.
                let opens = slot.state == SlotState::Open as u8;
                self.intend(Kind::Take, id, slot.attempt + u8::from(opens), &data)
            }
            Action::Submit => match self.shared.store.work(id, slot.attempt)?.and_then(|work| work.result) {
                Some(result) => {
                    // An expected result is right by definition, whatever the exit code, and is claimed whole.
                    let expects = self.jobs.get(&id.job).is_some_and(|job| !job.record.terms.expected.is_zero());
                    let claim = if expects { WHOLE } else { result.claim };
                    let data = chain::submit(id, result.root, claim, result.uri);
                    self.intend(Kind::Submit, id, slot.attempt, &data)
                }
                None => Ok(()),
            },
            Action::Unable(inability) => self.give_back(id, slot.attempt, inability),
            Action::Step => self.intend(Kind::Step, id, slot.attempt, &chain::step(id)),
        }
    }

    fn give_back(&mut self, id: SlotId, attempt: u8, inability: Inability) -> Result<(), Failure> {
        tracing::warn!(slot = %id, attempt, ?inability, "giving it back");
        metrics::counter!("linq_relayer_unable_total", "reason" => format!("{inability:?}")).increment(1);
        self.intend(Kind::Unable, id, attempt, &chain::unable(id, inability as u8))
    }

    fn intend(&mut self, kind: Kind, id: SlotId, attempt: u8, data: &Bytes) -> Result<(), Failure> {
        if self.sender.leaves_alone(id, kind) {
            // Looked at again soon: what was refused may have become possible, or pointless.
            let soon = self.now() + 2;
            if let Some(tracked) = self.slots.get_mut(&id) {
                tracked.look_at = tracked.look_at.min(soon);
            }
            return Ok(());
        }
        if self.shared.store.plan_intent(kind, id, attempt, data)? {
            tracing::info!(kind = kind.name(), slot = %id, attempt, "planned");
            if kind != Kind::Unable {
                self.shared.kill.point(&format!("{}-planned", kind.name()));
            }
        }
        Ok(())
    }

    fn forget(&mut self, id: SlotId) -> Result<(), Failure> {
        self.slots.remove(&id);
        let slots_left = self.slots.range(SlotId { slot: 0, ..id }..=SlotId { slot: u16::MAX, ..id }).next().is_some();
        if !slots_left {
            self.jobs.remove(&id.job);
            self.shared.store.forget(id.job)?;
        }
        Ok(())
    }

    fn begin_preparing(&mut self, id: B256) {
        let Some(job) = self.jobs.get_mut(&id) else { return };
        job.readiness = Readiness::Busy;
        let (shared, record, ended) = (self.shared.clone(), job.record.clone(), self.ended.0.clone());
        let stop = self.stop.clone();
        self.tasks.spawn(async move {
            tokio::select! {
                () = stop.cancelled() => (),
                // The desk may be gone by now, and nobody else waits for it.
                outcome = prepare::prepare(&shared, &record) => drop(ended.send(Ended::Prepared(id, outcome))),
            }
        });
    }

    fn begin_running(&mut self, id: SlotId, attempt: u8) {
        let Some(workload) = self.jobs.get(&id.job).and_then(|job| job.workload.clone()) else { return };
        if !self.running.insert(id) {
            return;
        }
        let (shared, ended, stop) = (self.shared.clone(), self.ended.0.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            let outcome = run::run(&shared, &workload, (id, attempt), stop).await;
            drop(ended.send(Ended::Ran(id, outcome)));
        });
    }

    fn measure(&self) -> Result<(), Failure> {
        metrics::gauge!("linq_relayer_watched_slots").set(self.slots.len() as f64);
        metrics::gauge!("linq_relayer_running").set(self.running.len() as f64);
        metrics::gauge!("linq_relayer_outbox_depth").set(self.shared.store.outbox_depth()? as f64);
        Ok(())
    }
}

/// Which jobs are worth watching: those the provider could do.
fn keeper<'a>(shared: &'a Shared, provider: &'a Provider) -> impl Fn(&linq_abi::Terms) -> bool + Send + 'a {
    move |terms| match shared.policy.can(terms, provider) {
        Ok(()) => true,
        Err(decline) => {
            metrics::counter!("linq_relayer_declined_total", "reason" => decline.label()).increment(1);
            false
        }
    }
}
