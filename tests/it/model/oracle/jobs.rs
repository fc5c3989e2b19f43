//! Jobs and their slots.

use linq_tests::{COLLATERAL_BPS, FEE_BPS, MAX_ATTEMPTS};

use super::{Answer, Oracle, part_up, refuse, registry::Ending, units};
use crate::prelude::*;

/// Jobs in the order of their posting.
#[derive(Clone, Default)]
pub struct Jobs {
    pub wired: bool,
    pub posted: Vec<JobBook>,
}

/// One job.
#[derive(Clone)]
pub struct JobBook {
    pub id: B256,
    pub terms: Terms,
    pub open_until: u64,
    pub slots: Vec<SlotBook>,
}

/// One slot.
#[derive(Clone, Debug, PartialEq)]
pub struct SlotBook {
    pub stage: Stage,
    pub outcome: Outcome,
    pub provider: u32,
    pub left: u32,
    pub attempt: u8,
    pub price: u128,
    pub taken_at: u64,
    pub claim: u8,
    pub standing: bool,
}

/// Where a slot stands. What begins and ends by the clock alone follows from the times kept here.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Stage {
    Open,
    /// Taken, and running from `bid_until` on.
    Taken {
        bid_until: u64,
    },
    Submitted {
        window_end: u64,
    },
    /// Before the court, and to be settled without it from then on.
    Disputed {
        until: u64,
    },
    Closed,
}

const SLOT: SlotBook = SlotBook {
    stage: Stage::Open,
    outcome: Outcome::None,
    provider: 0,
    left: 0,
    attempt: 0,
    price: 0,
    taken_at: 0,
    claim: 0,
    standing: false,
};

/// Collateral of a slot: a fifth of the posted price, rounded up.
pub fn lock_of(terms: &Terms) -> u128 {
    part_up(units(terms.price), COLLATERAL_BPS.into(), 10_000)
}

impl JobBook {
    /// State and end of a slot at `now`.
    pub fn state(&self, slot: u16, now: u64) -> (SlotState, u64) {
        match self.slots[slot as usize].stage {
            Stage::Open => (SlotState::Open, self.open_until),
            Stage::Taken { bid_until } if now < bid_until => (SlotState::Taken, bid_until),
            Stage::Taken { bid_until } => (SlotState::Running, bid_until + u64::from(self.terms.runSecs)),
            Stage::Submitted { window_end } => (SlotState::Submitted, window_end),
            Stage::Disputed { until } => (SlotState::Disputed, until),
            Stage::Closed => (SlotState::Closed, 0),
        }
    }
}

/// Which state a call needs, and the refusal of a call at the wrong one or too late.
pub fn in_state(job: &JobBook, slot: u16, now: u64, needed: SlotState) -> Result<(), Vec<u8>> {
    let (state, until) = job.state(slot, now);
    if state != needed {
        return refuse(IJobs::JobsWrongState { job: job.id, slot, state: state as u8 });
    }
    if now >= until {
        return refuse(IJobs::JobsTooLate { job: job.id, slot, deadline: until });
    }
    Ok(())
}

impl Oracle {
    pub fn wire_jobs(&mut self, caller: Address) -> Answer {
        if caller != Cast::ALL.deployer {
            return refuse(IJobs::JobsNotDeployer { caller });
        }
        if std::mem::replace(&mut self.jobs.wired, true) {
            return refuse(IJobs::JobsAlreadyWired {});
        }
        Ok(Vec::new())
    }

    pub fn id_of(&self, chain: u64, terms: &Terms) -> B256 {
        keccak256((U256::from(chain), self.suite.jobs, terms.clone()).abi_encode())
    }

    pub fn job_at(&self, id: B256, slot: u16) -> Result<usize, Vec<u8>> {
        let Some(place) = self.jobs.posted.iter().position(|job| job.id == id) else {
            return refuse(IJobs::JobsUnknownJob { job: id });
        };
        if usize::from(slot) >= self.jobs.posted[place].slots.len() {
            return refuse(IJobs::JobsUnknownSlot { job: id, slot });
        }
        Ok(place)
    }

    pub fn post(&mut self, caller: Address, id: B256, terms: &Terms, uri: usize) -> Answer {
        if !self.jobs.wired {
            return refuse(IJobs::JobsNotWired {});
        }
        if caller != terms.requester {
            return refuse(IJobs::JobsNotRequester { job: id, caller });
        }
        if self.jobs.posted.iter().any(|job| job.id == id) {
            return refuse(IJobs::JobsAlreadyPosted { job: id });
        }
        let open_until = self.check_terms(terms)?;
        if uri > 256 {
            return refuse(IJobs::JobsUriTooLong { length: uri as u32, limit: 256 });
        }
        let escrow = self.suite.escrow;
        let total = U256::from(units(terms.price) * u128::from(terms.tasks));
        self.token.spend(caller, escrow, total)?;
        self.token.shift(caller, escrow, total)?;
        self.escrow.locked.insert(id, (caller, units(terms.price), terms.tasks));
        let slots = vec![SLOT; terms.tasks.into()];
        self.jobs.posted.push(JobBook { id, terms: terms.clone(), open_until, slots });
        Ok(id.abi_encode())
    }

    /// Whether terms may be posted, and how long the job is open.
    fn check_terms(&self, terms: &Terms) -> Result<u64, Vec<u8>> {
        const DAY: u32 = 86_400;
        let (judged, expects) = (!terms.judge.is_zero(), !terms.expected.is_zero());
        if terms.parameters != 1 {
            return refuse(IJobs::JobsUnknownParameters { version: terms.parameters, current: 1 });
        }
        if !(1..=256).contains(&terms.tasks) {
            return refuse(IJobs::JobsBadTasks { tasks: terms.tasks });
        }
        let limit = (1 << 87) - 1;
        if !(1..=limit).contains(&units(terms.price)) {
            return refuse(IJobs::JobsBadPrice { price: terms.price, limit: u96(limit) });
        }
        if terms.resources.gpus == 0 && terms.resources.gpuClass != 0 {
            return refuse(IJobs::JobsBadResources {});
        }
        if judged && expects {
            return refuse(IJobs::JobsJudgeAndExpected {});
        }
        if terms.bidSecs > 21_600 {
            return refuse(IJobs::JobsBadBidding { bidSecs: terms.bidSecs, limit: 21_600 });
        }
        if !(1..=90 * DAY).contains(&terms.runSecs) {
            return refuse(IJobs::JobsBadRun { runSecs: terms.runSecs, limit: 90 * DAY });
        }
        let least = if expects { 0 } else { MIN_WINDOW };
        if !(least..=14 * DAY).contains(&terms.windowSecs) {
            return refuse(IJobs::JobsBadWindow { windowSecs: terms.windowSecs, least, most: 14 * DAY });
        }
        let limit = if terms.provider == 0 { MAX_ATTEMPTS } else { 1 };
        if !(1..=limit).contains(&terms.attempts) {
            return refuse(IJobs::JobsBadAttempts { attempts: terms.attempts, limit });
        }
        let attempt = u64::from(terms.bidSecs) + u64::from(terms.runSecs);
        let (earliest, latest) = (self.now + attempt + 1, 4_000_000_000);
        if !(earliest..=latest).contains(&terms.endBy) {
            return refuse(IJobs::JobsBadEnd { endBy: terms.endBy, earliest, latest });
        }
        if terms.openSecs == 0 {
            return refuse(IJobs::JobsBadOpening { openSecs: 0 });
        }
        Ok((self.now + u64::from(terms.openSecs)).min(terms.endBy - attempt))
    }

    pub fn take(&mut self, caller: Address, id: B256, terms: &Terms, slot: u16, provider: u32, price: u128) -> Answer {
        let place = self.job_at(id, slot)?;
        let now = self.now;
        if terms.provider != 0 && terms.provider != provider {
            return refuse(IJobs::JobsOtherProviderNamed { named: terms.provider, provider });
        }
        let job = self.jobs.posted[place].clone();
        let book = job.slots[slot as usize].clone();
        let (state, until) = job.state(slot, now);
        let (limit, attempt, bid_until) = match state {
            SlotState::Open if now >= until => return refuse(IJobs::JobsTooLate { job: id, slot, deadline: until }),
            SlotState::Open => (units(terms.price), book.attempt + 1, now + u64::from(terms.bidSecs)),
            SlotState::Taken => (book.price * 63 / 64, book.attempt, until),
            _ => return refuse(IJobs::JobsWrongState { job: id, slot, state: state as u8 }),
        };
        if price > limit {
            return refuse(IJobs::JobsPriceTooHigh { price: u96(price), limit: u96(limit) });
        }
        if provider == book.left {
            return refuse(IJobs::JobsProviderLeft { job: id, slot, provider });
        }
        let displaces = state == SlotState::Taken;
        if displaces && provider == book.provider {
            return refuse(IJobs::JobsAlreadyTheirs { job: id, slot, provider });
        }
        let standing = self.check_take(caller, terms, provider, price)?;
        if displaces {
            self.end_work((id, slot), &book, &unpaid(WorkEnd::Displaced))?;
        }
        let taker = self.known(provider)?;
        taker.taken += 1;
        let payout = taker.stated.payout;
        taker.open.insert((id, slot), (lock_of(terms), Some(terms.resources.clone()), payout));
        self.jobs.posted[place].slots[slot as usize] = SlotBook {
            stage: Stage::Taken { bid_until },
            provider,
            left: book.left,
            attempt,
            price,
            taken_at: now,
            standing,
            ..SLOT
        };
        Ok(Vec::new())
    }

    #[allow(clippy::too_many_arguments, reason = "the call has them")]
    pub fn submit(&mut self, caller: Address, id: B256, slot: u16, root: B256, claim: u8, uri: usize) -> Answer {
        if uri > 256 {
            return refuse(IJobs::JobsUriTooLong { length: uri as u32, limit: 256 });
        }
        let place = self.job_at(id, slot)?;
        let now = self.now;
        let job = self.jobs.posted[place].clone();
        in_state(&job, slot, now, SlotState::Running)?;
        let expects = !job.terms.expected.is_zero();
        let least = if expects { 20 } else { 0 };
        if !(least..=20).contains(&claim) {
            return refuse(IJobs::JobsBadClaim { claim, least, most: 20 });
        }
        let given = keccak256(root);
        if expects && given != job.terms.expected {
            return refuse(IJobs::JobsWrongResult { given, expected: job.terms.expected });
        }
        let provider = job.slots[slot as usize].provider;
        self.require_operator(provider, caller)?;
        let (_, reserved, _) = self.known(provider)?.open.get_mut(&(id, slot)).expect("open work is in the books");
        *reserved = None;
        let book = &mut self.jobs.posted[place].slots[slot as usize];
        book.claim = claim;
        if expects {
            return self.pay(place, slot, 20, Outcome::Expected);
        }
        book.stage = Stage::Submitted { window_end: now + u64::from(job.terms.windowSecs) };
        Ok(Vec::new())
    }

    pub fn accept(&mut self, caller: Address, id: B256, slot: u16) -> Answer {
        let place = self.job_at(id, slot)?;
        let job = self.jobs.posted[place].clone();
        in_state(&job, slot, self.now, SlotState::Submitted)?;
        if caller != job.terms.requester {
            return refuse(IJobs::JobsNotRequester { job: id, caller });
        }
        self.pay(place, slot, job.slots[slot as usize].claim, Outcome::Accepted)
    }

    pub fn rule(&mut self, caller: Address, id: B256, slot: u16, share: u8) -> Answer {
        let place = self.job_at(id, slot)?;
        let job = self.jobs.posted[place].clone();
        if job.terms.judge.is_zero() || caller != job.terms.judge {
            return refuse(IJobs::JobsNotJudge { job: id, caller });
        }
        in_state(&job, slot, self.now, SlotState::Submitted)?;
        let claim = job.slots[slot as usize].claim;
        if share > claim {
            return refuse(IJobs::JobsBadShare { share, claim });
        }
        self.pay(place, slot, share, Outcome::Ruled)
    }

    pub fn unable(&mut self, caller: Address, id: B256, slot: u16) -> Answer {
        let place = self.job_at(id, slot)?;
        let job = self.jobs.posted[place].clone();
        in_state(&job, slot, self.now, SlotState::Running)?;
        let book = &job.slots[slot as usize];
        self.require_operator(book.provider, caller)?;
        let Stage::Taken { bid_until } = book.stage else { unreachable!("running work was taken") };
        let first_quarter = 4 * (self.now - bid_until) < u64::from(job.terms.runSecs);
        let end = if first_quarter { WorkEnd::Unable } else { WorkEnd::Late };
        self.leave(place, slot, end, Outcome::Unable)
    }

    pub fn cancel(&mut self, caller: Address, id: B256, slot: u16) -> Answer {
        let place = self.job_at(id, slot)?;
        let job = self.jobs.posted[place].clone();
        in_state(&job, slot, self.now, SlotState::Open)?;
        if caller != job.terms.requester {
            return refuse(IJobs::JobsNotRequester { job: id, caller });
        }
        self.refund(place, slot, Outcome::Cancelled)
    }

    pub fn step(&mut self, id: B256, slot: u16) -> Answer {
        let place = self.job_at(id, slot)?;
        let now = self.now;
        let job = self.jobs.posted[place].clone();
        let (state, until) = job.state(slot, now);
        if now < until || matches!(state, SlotState::Disputed | SlotState::Closed) {
            return refuse(IJobs::JobsNothingDue { job: id, slot, state: state as u8, until });
        }
        match state {
            SlotState::Open => self.refund(place, slot, Outcome::Expired),
            SlotState::Running => self.leave(place, slot, WorkEnd::Late, Outcome::Late),
            SlotState::Submitted => self.pay(place, slot, job.slots[slot as usize].claim, Outcome::Undisputed),
            SlotState::Taken | SlotState::Disputed | SlotState::Closed => unreachable!("their time is never up"),
        }
    }

    fn pay(&mut self, place: usize, slot: u16, share: u8, outcome: Outcome) -> Answer {
        let verdict = if outcome == Outcome::Ruled { Verdict::Judge } else { Verdict::Undisputed };
        self.end_slot(place, slot, Settlement { share, owed: 0, verdict, trial: Trial::None }, outcome)
    }

    fn leave(&mut self, place: usize, slot: u16, end: WorkEnd, outcome: Outcome) -> Answer {
        let job = self.jobs.posted[place].clone();
        let book = &job.slots[slot as usize];
        self.end_work((job.id, slot), book, &unpaid(end))?;
        if book.attempt < job.terms.attempts && self.now < job.open_until {
            let (provider, attempt) = (book.provider, book.attempt);
            self.jobs.posted[place].slots[slot as usize] = SlotBook { provider, left: provider, attempt, ..SLOT };
            return Ok(Vec::new());
        }
        self.refund(place, slot, outcome)
    }

    fn refund(&mut self, place: usize, slot: u16, outcome: Outcome) -> Answer {
        let id = self.jobs.posted[place].id;
        let book = &mut self.jobs.posted[place].slots[slot as usize];
        (book.stage, book.outcome) = (Stage::Closed, outcome);
        self.settle(id, Address::ZERO, 0, 0)?;
        Ok(Vec::new())
    }
}

/// What a result is worth, and who says so.
#[derive(Clone, Copy)]
pub struct Settlement {
    pub share: u8,
    /// Of the jury's cost, by the provider.
    pub owed: u128,
    pub verdict: Verdict,
    pub trial: Trial,
}

impl Settlement {
    /// What the registry hears of it; nothing is paid where no jury hears a dispute.
    pub fn ending(&self, book: &SlotBook, unheard: bool) -> Ending {
        let whole = if unheard { 0 } else { book.price * u128::from(self.share) / 20 };
        let earned = whole.saturating_sub(self.owed);
        let fee = earned * u128::from(FEE_BPS) / 10_000;
        let uncovered = self.owed.saturating_sub(whole);
        let Self { share, verdict, trial, .. } = *self;
        Ending { end: WorkEnd::Settled, claim: book.claim, share, earned, fee, verdict, trial, uncovered }
    }
}

/// The end of work that brought no result.
fn unpaid(end: WorkEnd) -> Ending {
    let (verdict, trial) = (Verdict::Undisputed, Trial::None);
    Ending { end, claim: 0, share: 0, earned: 0, fee: 0, verdict, trial, uncovered: 0 }
}
