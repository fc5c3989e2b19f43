//! The rules by which a slot changes, as functions of plain values.
//!
//! Nothing here reads storage, the clock or the caller: a contract function looks those up, asks one of these functions
//! and carries out the answer. So the whole table of slot states can be tried exhaustively without a chain.

use linq_abi::codes::{Outcome, SlotState, WorkEnd};
use linq_common::{Amount, Share, Timestamp};
use linq_records::job::Conditions;

use crate::{math, state::SlotRecord};

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
    let share = at_most(slot.claim, share)?;
    Ok((close(slot, Outcome::Ruled), share))
}

/// The requester disputes the result; without the court it can be settled from `until` on.
pub fn dispute(job: &Conditions, slot: &SlotRecord, now: Timestamp, until: Timestamp) -> Result<SlotRecord, Refusal> {
    in_window(job, slot, now)?;
    Ok(SlotRecord { state: SlotState::Disputed, until, ..*slot })
}

/// The dispute ends as `outcome`: `share` twentieths of the price are due.
pub fn settle(
    job: &Conditions,
    slot: &SlotRecord,
    now: Timestamp,
    share: u8,
    outcome: Outcome,
) -> Result<(SlotRecord, Share), Refusal> {
    let (state, _) = state_at(job, slot, now);
    if state != SlotState::Disputed {
        return Err(Refusal::WrongState(state));
    }
    let share = at_most(slot.claim, share)?;
    Ok((close(slot, outcome), share))
}

/// `share` twentieths, which are not more than was claimed.
fn at_most(claim: Share, share: u8) -> Result<Share, Refusal> {
    Share::new(share).ok().filter(|found| *found <= claim).ok_or(Refusal::BadShare { share, claim })
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    // Times of the slot that the table is tried with, each the first second of what it names.
    const TAKEN: u64 = 5_000;
    const BID_END: u64 = 5_100;
    const QUARTER: u64 = 5_350;
    const DUE: u64 = 6_100;
    const WINDOW_END: u64 = 7_000;
    const OPEN_END: u64 = 10_000;

    const HOLDER: u32 = 7;
    const LEAVER: u32 = 8;
    const OTHER: u32 = 9;

    fn at(secs: u64) -> Timestamp {
        Timestamp::new_clipped(secs)
    }

    fn lnq(units: u128) -> Amount {
        Amount::new_clipped(units)
    }

    fn share(twentieths: u8) -> Share {
        Share::new(twentieths).unwrap()
    }

    fn job() -> Conditions {
        Conditions {
            run_secs: 1_000,
            bid_secs: 100,
            window_secs: 500,
            open_until: at(OPEN_END),
            end_by: at(OPEN_END + 1_100),
            attempts: 3,
            ..Conditions::default()
        }
    }

    fn untouched() -> SlotRecord {
        SlotRecord::default()
    }

    fn opened_again() -> SlotRecord {
        SlotRecord { attempt: 1, provider: LEAVER, left: LEAVER, ..untouched() }
    }

    fn taken() -> SlotRecord {
        SlotRecord {
            state: SlotState::Taken,
            attempt: 2,
            provider: HOLDER,
            left: LEAVER,
            price: lnq(6_400),
            until: at(BID_END),
            taken_at: at(TAKEN),
            payout_version: 4,
            standing: true,
            ..untouched()
        }
    }

    fn submitted() -> SlotRecord {
        SlotRecord { state: SlotState::Submitted, until: at(WINDOW_END), claim: share(15), ..taken() }
    }

    fn closed() -> SlotRecord {
        close(&submitted(), Outcome::Accepted)
    }

    /// Every call, reduced to whether it is refused and why.
    fn calls(job: &Conditions, slot: &SlotRecord, now: u64) -> Vec<(&'static str, Option<Refusal>)> {
        let now = at(now);
        vec![
            ("take", take(job, slot, now, OTHER, lnq(1), lnq(10_000)).err()),
            ("submit", submit(job, slot, now, 15).err()),
            ("unable", unable(job, slot, now).err()),
            ("accept", accept(job, slot, now).err()),
            ("rule", rule(job, slot, now, 15).err()),
            ("cancel", cancel(job, slot, now).err()),
            ("step", step(job, slot, now).err()),
        ]
    }

    /// What the table of the protocol says of a state: its end, and the calls that it admits before that.
    fn table(slot: &SlotRecord, now: u64) -> (SlotState, u64, &'static [&'static str]) {
        match slot.state {
            SlotState::Open => (SlotState::Open, OPEN_END, &["take", "cancel"]),
            SlotState::Taken if now < BID_END => (SlotState::Taken, BID_END, &["take"]),
            SlotState::Taken => (SlotState::Running, DUE, &["submit", "unable"]),
            SlotState::Submitted => (SlotState::Submitted, WINDOW_END, &["accept", "rule"]),
            _ => (SlotState::Closed, 0, &[]),
        }
    }

    #[test]
    fn the_table_holds_at_every_edge() {
        let edges = [TAKEN, BID_END, QUARTER, DUE, WINDOW_END, OPEN_END];
        let times = edges.into_iter().flat_map(|edge| [edge - 1, edge, edge + 1]);
        for now in times {
            for slot in [untouched(), opened_again(), taken(), submitted(), closed()] {
                let (state, until, admitted) = table(&slot, now);
                let over = now >= until;
                assert_eq!(state_at(&job(), &slot, at(now)), (state, at(until)));
                for (call, refusal) in calls(&job(), &slot, now) {
                    let expected = match call {
                        "step" if over && state != SlotState::Closed => None,
                        "step" => Some(Refusal::NothingDue(state, at(until))),
                        _ if !admitted.contains(&call) => Some(Refusal::WrongState(state)),
                        _ if over => Some(Refusal::TooLate(at(until))),
                        _ => None,
                    };
                    assert_eq!(refusal, expected, "{call} of {slot:?} at {now}");
                }
            }
        }
    }

    mod take {
        use super::*;

        fn by(slot: &SlotRecord, now: u64, provider: u32, price: u128) -> Result<Take, Refusal> {
            take(&job(), slot, at(now), provider, lnq(price), lnq(10_000))
        }

        #[test]
        fn of_an_open_slot_it_begins_an_attempt() {
            let take = by(&untouched(), TAKEN, HOLDER, 10_000).unwrap();
            let next = SlotRecord {
                state: SlotState::Taken,
                attempt: 1,
                provider: HOLDER,
                price: lnq(10_000),
                until: at(BID_END),
                taken_at: at(TAKEN),
                ..untouched()
            };
            assert_eq!(take, Take { displaced: None, next, due: at(DUE) });
        }

        #[test]
        fn of_a_slot_that_opened_again_it_remembers_who_left() {
            let next = by(&opened_again(), TAKEN, HOLDER, 1).unwrap().next;
            assert_eq!((next.attempt, next.left), (2, LEAVER));
            assert_eq!(by(&opened_again(), TAKEN, LEAVER, 1), Err(Refusal::Left(LEAVER)));
        }

        #[test]
        fn above_the_posted_price_it_is_refused() {
            let refusal = Refusal::PriceTooHigh { price: lnq(10_001), limit: lnq(10_000) };
            assert_eq!(by(&untouched(), TAKEN, HOLDER, 10_001), Err(refusal));
        }

        #[test]
        fn of_a_taken_slot_it_displaces_for_a_sixty_fourth_less() {
            let refusal = Refusal::PriceTooHigh { price: lnq(6_301), limit: lnq(6_300) };
            assert_eq!(by(&taken(), BID_END - 1, OTHER, 6_301), Err(refusal));
            let take = by(&taken(), BID_END - 1, OTHER, 6_300).unwrap();
            assert_eq!(take.displaced, Some(taken()));
            // Neither the end of the bidding nor the attempt moves, however often a take is displaced.
            assert_eq!((take.next.until, take.due, take.next.attempt), (at(BID_END), at(DUE), 2));
            assert_eq!((take.next.provider, take.next.taken_at, take.next.left), (OTHER, at(BID_END - 1), LEAVER));
            // Nothing of the take that ends is left in the new one.
            assert_eq!((take.next.payout_version, take.next.standing), (0, false));
        }

        #[test]
        fn by_who_left_or_has_it_it_is_refused() {
            assert_eq!(by(&taken(), TAKEN, LEAVER, 1), Err(Refusal::Left(LEAVER)));
            assert_eq!(by(&taken(), TAKEN, HOLDER, 1), Err(Refusal::AlreadyTheirs(HOLDER)));
        }

        #[test]
        fn without_bidding_it_is_final_at_once() {
            let job = Conditions { bid_secs: 0, ..job() };
            let next = take(&job, &untouched(), at(TAKEN), HOLDER, lnq(5), lnq(5)).unwrap().next;
            assert_eq!(state_at(&job, &next, at(TAKEN)), (SlotState::Running, at(TAKEN + 1_000)));
            let again = take(&job, &next, at(TAKEN), OTHER, lnq(0), lnq(5));
            assert_eq!(again, Err(Refusal::WrongState(SlotState::Running)));
        }
    }

    mod submit {
        use super::*;

        #[test]
        fn it_opens_the_window() {
            let next = submit(&job(), &taken(), at(DUE - 1), 15).unwrap();
            let until = at(DUE - 1 + 500);
            assert_eq!(next, SlotRecord { state: SlotState::Submitted, until, claim: share(15), ..taken() });
        }

        #[test]
        fn any_claim_up_to_the_whole_is_admitted() {
            for claim in 0..=20 {
                assert_eq!(submit(&job(), &taken(), at(BID_END), claim).unwrap().claim, share(claim));
            }
            let refusal = Refusal::BadClaim { claim: 21, least: Share::NONE };
            assert_eq!(submit(&job(), &taken(), at(BID_END), 21), Err(refusal));
        }

        #[test]
        fn given_an_expected_hash_it_is_wholly_right_and_closes() {
            let job = Conditions { expects: true, ..job() };
            for claim in [0, 19, 21] {
                let refusal = Refusal::BadClaim { claim, least: Share::ALL };
                assert_eq!(submit(&job, &taken(), at(BID_END), claim), Err(refusal));
            }
            let next = submit(&job, &taken(), at(BID_END), 20).unwrap();
            let outcome = Outcome::Expected;
            let until = Timestamp::ZERO;
            assert_eq!(next, SlotRecord { state: SlotState::Closed, outcome, until, claim: Share::ALL, ..taken() });
        }
    }

    mod settle {
        use super::*;

        #[test]
        fn each_way_has_its_outcome() {
            let outcome = |slot: SlotRecord| (slot.state, slot.outcome, slot.claim, slot.until);
            let closed_as = |outcome| (SlotState::Closed, outcome, share(15), Timestamp::ZERO);
            let now = at(WINDOW_END - 1);
            assert_eq!(outcome(accept(&job(), &submitted(), now).unwrap()), closed_as(Outcome::Accepted));
            let (next, ruled) = rule(&job(), &submitted(), now, 3).unwrap();
            assert_eq!((outcome(next), ruled), (closed_as(Outcome::Ruled), share(3)));
            let Due::Payment(next) = step(&job(), &submitted(), at(WINDOW_END)).unwrap() else {
                panic!("a result whose window has passed is paid");
            };
            assert_eq!(outcome(next), closed_as(Outcome::Undisputed));
        }

        #[test]
        fn a_ruling_is_at_most_the_claim() {
            for ruling in 0..=15 {
                assert_eq!(rule(&job(), &submitted(), at(DUE), ruling).unwrap().1, share(ruling));
            }
            for ruling in [16, 20, 21, 255] {
                let refusal = Refusal::BadShare { share: ruling, claim: share(15) };
                assert_eq!(rule(&job(), &submitted(), at(DUE), ruling), Err(refusal));
            }
        }

        #[test]
        fn an_open_slot_is_cancelled_or_expires() {
            assert_eq!(cancel(&job(), &untouched(), at(OPEN_END - 1)).unwrap().outcome, Outcome::Cancelled);
            let Due::Expiry(next) = step(&job(), &opened_again(), at(OPEN_END)).unwrap() else {
                panic!("an open slot expires");
            };
            assert_eq!((next.state, next.outcome, next.provider), (SlotState::Closed, Outcome::Expired, LEAVER));
        }
    }

    mod leave {
        use super::*;

        fn late(job: &Conditions, slot: &SlotRecord, now: u64) -> Departure {
            let Due::Lateness(departure) = step(job, slot, at(now)).unwrap() else {
                panic!("a slot without a result is late");
            };
            departure
        }

        #[test]
        fn given_an_attempt_and_time_are_left_it_opens_again() {
            let next = SlotRecord { attempt: 2, provider: HOLDER, left: HOLDER, ..untouched() };
            let departure = late(&job(), &taken(), DUE);
            assert_eq!(departure, Departure { end: WorkEnd::Late, next });
            assert!(departure.reopened());
            assert_eq!(late(&job(), &taken(), OPEN_END - 1).next, next);
            assert_eq!(unable(&job(), &taken(), at(BID_END)).unwrap().next, next);
        }

        #[test]
        fn given_no_attempt_is_left_it_closes() {
            let last = SlotRecord { attempt: 3, ..taken() };
            let departure = late(&job(), &last, DUE);
            assert!(!departure.reopened());
            assert_eq!((departure.next.state, departure.next.outcome), (SlotState::Closed, Outcome::Late));
            let departure = unable(&job(), &last, at(BID_END)).unwrap();
            assert_eq!((departure.next.state, departure.next.outcome), (SlotState::Closed, Outcome::Unable));
        }

        #[test]
        fn given_no_time_is_left_it_closes() {
            let departure = late(&job(), &taken(), OPEN_END);
            assert_eq!((departure.next.state, departure.next.outcome), (SlotState::Closed, Outcome::Late));
        }

        #[test]
        fn only_the_first_quarter_counts_as_unable() {
            let end = |now| unable(&job(), &taken(), at(now)).unwrap().end;
            assert_eq!(end(BID_END), WorkEnd::Unable);
            assert_eq!(end(QUARTER - 1), WorkEnd::Unable);
            assert_eq!(end(QUARTER), WorkEnd::Late);
            assert_eq!(end(DUE - 1), WorkEnd::Late);
        }
    }

    /// Anything somebody may try with a slot, after some seconds.
    #[derive(Clone, Debug)]
    enum Try {
        Take(u32, u128),
        Submit(u8),
        Unable,
        Accept,
        Rule(u8),
        Cancel,
        Step,
    }

    fn tries() -> impl Strategy<Value = (u64, Try)> {
        let attempt = prop_oneof![
            4 => (1u32..5, 0u128..1_200).prop_map(|(provider, price)| Try::Take(provider, price)),
            2 => (0u8..22).prop_map(Try::Submit),
            1 => Just(Try::Unable),
            1 => Just(Try::Accept),
            1 => (0u8..22).prop_map(Try::Rule),
            1 => Just(Try::Cancel),
            2 => Just(Try::Step),
        ];
        (prop_oneof![Just(0u64), 1u64..60, 60u64..1_500], attempt)
    }

    fn carry_out(job: &Conditions, slot: &SlotRecord, now: Timestamp, what: &Try) -> Result<SlotRecord, Refusal> {
        match *what {
            Try::Take(provider, price) => take(job, slot, now, provider, lnq(price), lnq(1_000)).map(|take| take.next),
            Try::Submit(claim) => submit(job, slot, now, claim),
            Try::Unable => unable(job, slot, now).map(|departure| departure.next),
            Try::Accept => accept(job, slot, now),
            Try::Rule(share) => rule(job, slot, now, share).map(|(next, _)| next),
            Try::Cancel => cancel(job, slot, now),
            Try::Step => step(job, slot, now).map(|due| match due {
                Due::Expiry(next) | Due::Payment(next) | Due::Lateness(Departure { next, .. }) => next,
            }),
        }
    }

    proptest! {
        #[test]
        fn whatever_is_tried_the_rules_hold(
            bid in 0u32..120, expects: bool, attempts in 1u8..5, walk in proptest::collection::vec(tries(), 1..60),
        ) {
            let end_by = OPEN_END + u64::from(bid) + 1_000;
            let job = Conditions { bid_secs: bid, expects, attempts, end_by: at(end_by), ..job() };
            let (mut slot, mut now) = (untouched(), TAKEN);
            for (wait, what) in walk {
                now += wait;
                let Ok(next) = carry_out(&job, &slot, at(now), &what) else { continue };
                prop_assert_ne!(slot.state, SlotState::Closed, "nothing follows a closed slot");
                prop_assert!(next.attempt <= attempts);
                prop_assert!(next.attempt >= slot.attempt && next.attempt <= slot.attempt + 1);
                prop_assert!(next.price <= lnq(1_000));
                if let Try::Take(provider, _) = what {
                    prop_assert_ne!(provider, slot.left, "who left is not the next taker");
                    prop_assert!(due_at(&job, &next).secs() <= end_by);
                    prop_assert!(slot.state == SlotState::Taken || now < OPEN_END);
                }
                prop_assert_eq!(SlotRecord::unpack(&next.pack().unwrap()), next);
                slot = next;
            }
            // Whatever happened, anyone can bring the slot to its end by waiting.
            for _ in 0..2 * attempts + 2 {
                if slot.state == SlotState::Closed {
                    break;
                }
                now = now.max(state_at(&job, &slot, at(now)).1.secs());
                now = now.max(state_at(&job, &slot, at(now)).1.secs());
                slot = carry_out(&job, &slot, at(now), &Try::Step).unwrap();
            }
            prop_assert_eq!(slot.state, SlotState::Closed);
        }
    }
}
