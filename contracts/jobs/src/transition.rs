//! The rules by which a slot changes, as functions of plain values.
//!
//! Nothing here reads storage, the clock or the caller: a contract function looks those up, asks one of these functions
//! and carries out the answer. So the whole table of `PROTOCOL.md` §6 can be tried exhaustively without a chain.

use linq_abi::codes::{Outcome, SlotState, WorkEnd};
use linq_common::{Amount, Share, Timestamp};

use crate::{
    math,
    state::{Conditions, SlotRecord},
};

/// Why a slot refuses a call; the contract adds the names of job and slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The call is not for this state.
    WrongState(SlotState),
    /// The state's deadline has passed.
    TooLate(Timestamp),
    /// A take costs more than it may.
    PriceTooHigh {
        /// The price of the take.
        price: Amount,
        /// The most it may be.
        limit: Amount,
    },
    /// The provider left this slot last.
    Left(u32),
    /// The provider has this slot already.
    AlreadyTheirs(u32),
    /// A claim lies below what the job asks for, or above the whole.
    BadClaim {
        /// The claim.
        claim: u8,
        /// The least it may be.
        least: Share,
    },
    /// A ruling lies above the claim.
    BadShare {
        /// The ruling.
        share: u8,
        /// The claim.
        claim: Share,
    },
    /// Nothing is due in this state until then.
    NothingDue(SlotState, Timestamp),
}

/// A slot that was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Take {
    /// The take that ends with it.
    pub displaced: Option<SlotRecord>,
    /// The slot as taken; payout version and standing are for the registry to say.
    pub next: SlotRecord,
    /// When the result is due.
    pub due: Timestamp,
}

/// A slot whose provider left without a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Departure {
    /// How the work ends in the registry's books.
    pub end: WorkEnd,
    /// The slot afterwards: open again, or closed.
    pub next: SlotRecord,
}

impl Departure {
    /// Whether another provider may take the slot now.
    pub fn reopened(&self) -> bool {
        self.next.state == SlotState::Open
    }
}

/// What [`step`] found to be due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Due {
    /// Nobody took the slot in time: refund.
    Expiry(SlotRecord),
    /// No result came in time.
    Lateness(Departure),
    /// The window passed in silence: pay the claim.
    Payment(SlotRecord),
}

/// The state a slot is in at `now`, and when that state ends (0 once closed).
pub fn state_at(job: &Conditions, slot: &SlotRecord, now: Timestamp) -> (SlotState, Timestamp) {
    match slot.state {
        SlotState::Open => (SlotState::Open, job.open_until),
        // No call marks the end of the bidding; it is a matter of the clock alone.
        SlotState::Taken if now < slot.until => (SlotState::Taken, slot.until),
        SlotState::Taken | SlotState::Running => (SlotState::Running, due_at(job, slot)),
        SlotState::Submitted | SlotState::Disputed => (slot.state, slot.until),
        SlotState::Closed => (SlotState::Closed, Timestamp::ZERO),
    }
}

/// When the result of a taken slot is due.
pub fn due_at(job: &Conditions, slot: &SlotRecord) -> Timestamp {
    later(slot.until, job.run_secs)
}

/// `secs` after `time`. Times of slots are below 2^32, so that the clip is out of reach.
fn later(time: Timestamp, secs: u32) -> Timestamp {
    Timestamp::new_clipped(time.secs().saturating_add(secs.into()))
}

/// `provider` takes the slot at `price`, or displaces who has it.
pub fn take(
    job: &Conditions,
    slot: &SlotRecord,
    now: Timestamp,
    provider: u32,
    price: Amount,
    posted: Amount,
) -> Result<Take, Refusal> {
    let (state, until) = state_at(job, slot, now);
    let (limit, attempt, bid_until) = match state {
        SlotState::Open if now >= until => return Err(Refusal::TooLate(until)),
        SlotState::Open => (posted, slot.attempt.saturating_add(1), later(now, job.bid_secs)),
        // The bidding of one attempt ends when its first take said, however often that take is displaced.
        SlotState::Taken => (math::displacing_limit_down(slot.price), slot.attempt, until),
        _ => return Err(Refusal::WrongState(state)),
    };
    if price > limit {
        return Err(Refusal::PriceTooHigh { price, limit });
    }
    if provider == slot.left {
        return Err(Refusal::Left(provider));
    }
    if state == SlotState::Taken && provider == slot.provider {
        return Err(Refusal::AlreadyTheirs(provider));
    }
    let next = SlotRecord {
        state: SlotState::Taken,
        attempt,
        provider,
        left: slot.left,
        price,
        until: bid_until,
        taken_at: now,
        ..SlotRecord::default()
    };
    Ok(Take { displaced: (state == SlotState::Taken).then_some(*slot), due: due_at(job, &next), next })
}

/// Requires that the provider is at work and its time not up.
fn running(job: &Conditions, slot: &SlotRecord, now: Timestamp) -> Result<(), Refusal> {
    match state_at(job, slot, now) {
        (SlotState::Running, due) if now < due => Ok(()),
        (SlotState::Running, due) => Err(Refusal::TooLate(due)),
        (state, _) => Err(Refusal::WrongState(state)),
    }
}

/// A result comes in, claimed to be worth `claim` twentieths.
pub fn submit(job: &Conditions, slot: &SlotRecord, now: Timestamp, claim: u8) -> Result<SlotRecord, Refusal> {
    running(job, slot, now)?;
    // What has the expected hash is wholly right; there is nothing to claim less for.
    let least = if job.expects { Share::ALL } else { Share::NONE };
    let claim = Share::new(claim).ok().filter(|share| *share >= least).ok_or(Refusal::BadClaim { claim, least })?;
    let claimed = SlotRecord { claim, ..*slot };
    if job.expects {
        return Ok(close(&claimed, Outcome::Expected));
    }
    Ok(SlotRecord { state: SlotState::Submitted, until: later(now, job.window_secs), ..claimed })
}

/// Requires a result whose window is open.
fn in_window(job: &Conditions, slot: &SlotRecord, now: Timestamp) -> Result<(), Refusal> {
    match state_at(job, slot, now) {
        (SlotState::Submitted, end) if now < end => Ok(()),
        (SlotState::Submitted, end) => Err(Refusal::TooLate(end)),
        (state, _) => Err(Refusal::WrongState(state)),
    }
}

/// The requester accepts the result as claimed.
pub fn accept(job: &Conditions, slot: &SlotRecord, now: Timestamp) -> Result<SlotRecord, Refusal> {
    in_window(job, slot, now)?;
    Ok(close(slot, Outcome::Accepted))
}

/// The judge rules that `share` twentieths of the price are due.
pub fn rule(job: &Conditions, slot: &SlotRecord, now: Timestamp, share: u8) -> Result<(SlotRecord, Share), Refusal> {
    in_window(job, slot, now)?;
    let claim = slot.claim;
    let share = Share::new(share).ok().filter(|ruled| *ruled <= claim).ok_or(Refusal::BadShare { share, claim })?;
    Ok((close(slot, Outcome::Ruled), share))
}

/// The provider says that it cannot go on.
pub fn unable(job: &Conditions, slot: &SlotRecord, now: Timestamp) -> Result<Departure, Refusal> {
    running(job, slot, now)?;
    // In the first quarter of the run another provider still has time; later it costs what being late costs.
    let ran = now.secs_since(slot.until);
    let early = ran.saturating_mul(4) < u64::from(job.run_secs);
    let end = if early { WorkEnd::Unable } else { WorkEnd::Late };
    Ok(depart(job, slot, now, end, Outcome::Unable))
}

/// The requester takes an open slot back.
pub fn cancel(job: &Conditions, slot: &SlotRecord, now: Timestamp) -> Result<SlotRecord, Refusal> {
    match state_at(job, slot, now) {
        (SlotState::Open, until) if now < until => Ok(close(slot, Outcome::Cancelled)),
        (SlotState::Open, until) => Err(Refusal::TooLate(until)),
        (state, _) => Err(Refusal::WrongState(state)),
    }
}

/// Whatever the clock alone makes due.
pub fn step(job: &Conditions, slot: &SlotRecord, now: Timestamp) -> Result<Due, Refusal> {
    let (state, until) = state_at(job, slot, now);
    if now < until {
        return Err(Refusal::NothingDue(state, until));
    }
    match state {
        SlotState::Open => Ok(Due::Expiry(close(slot, Outcome::Expired))),
        SlotState::Running => Ok(Due::Lateness(depart(job, slot, now, WorkEnd::Late, Outcome::Late))),
        SlotState::Submitted => Ok(Due::Payment(close(slot, Outcome::Undisputed))),
        SlotState::Taken | SlotState::Disputed | SlotState::Closed => Err(Refusal::NothingDue(state, until)),
    }
}

/// Opens the slot again while attempts and time are left, and closes it otherwise.
fn depart(job: &Conditions, slot: &SlotRecord, now: Timestamp, end: WorkEnd, outcome: Outcome) -> Departure {
    let next = if slot.attempt < job.attempts && now < job.open_until {
        SlotRecord { attempt: slot.attempt, provider: slot.provider, left: slot.provider, ..SlotRecord::default() }
    } else {
        close(slot, outcome)
    };
    Departure { end, next }
}

/// The slot with nothing to follow. What tells how it ended stays; times have no meaning any more.
fn close(slot: &SlotRecord, outcome: Outcome) -> SlotRecord {
    SlotRecord { state: SlotState::Closed, outcome, until: Timestamp::ZERO, ..*slot }
}
