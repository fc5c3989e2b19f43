//! Which terms may be posted, and what is kept of them.

use linq_abi::{IJobs::*, Terms};
use linq_common::{Amount, DAY_SECS, Timestamp};
use linq_records::{
    job::{Conditions, resources_fit},
    jobs::Setup,
};

use crate::{JobsError, state::MAX_PRICE};

/// The most slots a job has.
const MAX_TASKS: u16 = 256;
/// The longest bidding: 6 hours.
const MAX_BID_SECS: u32 = 21_600;
/// The longest run: 90 days.
const MAX_RUN_SECS: u32 = 90 * DAY_SECS;
/// The longest window: 14 days.
pub const MAX_WINDOW_SECS: u32 = 14 * DAY_SECS;
/// The last second by which a run may have to end (in the year 2096): nine years before times leave their 32 bits, which
/// is room for whatever follows a run.
const LATEST_END: u64 = 4_000_000_000;

/// Checks `terms` posted at `now`, and keeps what later calls need.
pub fn conditions(terms: Terms, setup: &Setup, now: Timestamp) -> Result<Conditions, JobsError> {
    let Terms { parameters: version, tasks, resources, bidSecs: bid_secs, runSecs: run_secs, .. } = terms;
    let Terms { windowSecs: window_secs, attempts, endBy: end_by, openSecs: open_secs, .. } = terms;
    if version != setup.version {
        return Err(JobsUnknownParameters { version, current: setup.version }.into());
    }
    if tasks == 0 || tasks > MAX_TASKS {
        return Err(JobsBadTasks { tasks }.into());
    }
    let price = Amount::from(terms.price);
    if price.is_zero() || price > MAX_PRICE {
        return Err(JobsBadPrice { price: terms.price, limit: MAX_PRICE.into() }.into());
    }
    // A class without GPUs would ask of a provider what the job does not use.
    if !resources_fit(&resources) || (resources.gpus == 0 && resources.gpuClass != 0) {
        return Err(JobsBadResources {}.into());
    }
    let judged = !terms.judge.is_zero();
    let expects = !terms.expected.is_zero();
    if judged && expects {
        return Err(JobsJudgeAndExpected {}.into());
    }
    if bid_secs > MAX_BID_SECS {
        return Err(JobsBadBidding { bidSecs: bid_secs, limit: MAX_BID_SECS }.into());
    }
    if run_secs == 0 || run_secs > MAX_RUN_SECS {
        return Err(JobsBadRun { runSecs: run_secs, limit: MAX_RUN_SECS }.into());
    }
    // A result with the expected hash is paid at once; nobody has a window to use.
    let least = if expects { 0 } else { setup.min_window_secs };
    if window_secs < least || window_secs > MAX_WINDOW_SECS {
        return Err(JobsBadWindow { windowSecs: window_secs, least, most: MAX_WINDOW_SECS }.into());
    }
    // A named provider that left could not come back, so that a second attempt would find nobody.
    let limit = if terms.provider == 0 { setup.parameters.max_attempts } else { 1 };
    if attempts == 0 || attempts > limit {
        return Err(JobsBadAttempts { attempts, limit }.into());
    }
    let longest_attempt = u64::from(bid_secs).saturating_add(run_secs.into());
    let earliest = now.secs().saturating_add(longest_attempt).saturating_add(1);
    if end_by < earliest || end_by > LATEST_END {
        return Err(JobsBadEnd { endBy: end_by, earliest, latest: LATEST_END }.into());
    }
    if open_secs == 0 {
        return Err(JobsBadOpening { openSecs: open_secs }.into());
    }
    // Whoever takes the slot in its last open second still ends before `endBy`.
    let open_until = now.plus(open_secs)?.min(Timestamp::new(end_by.saturating_sub(longest_attempt))?);
    Ok(Conditions {
        resources,
        run_secs,
        judged,
        expects,
        bid_secs,
        window_secs,
        open_until,
        end_by: Timestamp::new(end_by)?,
        attempts,
        version,
        last_index: u8::try_from(tasks.saturating_sub(1)).unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use alloy_primitives::{Address, B256, aliases::U96};
    use linq_abi::Resources;
    use linq_common::Bps;
    use proptest::prelude::*;

    use super::*;
    use linq_records::jobs::Parameters;

    const NOW: u64 = 1_800_000_000;
    const DAY: u32 = DAY_SECS;

    fn setup() -> Setup {
        let parameters =
            Parameters { fee: Bps::new(250).unwrap(), collateral: Bps::new(2_000).unwrap(), max_attempts: 4 };
        Setup {
            escrow: Address::repeat_byte(1),
            min_window_secs: 36 * 3_600,
            version: 3,
            parameters,
            ..Setup::default()
        }
    }

    /// Terms inside every limit.
    fn good() -> Terms {
        Terms {
            requester: Address::repeat_byte(2),
            specHash: B256::repeat_byte(3),
            price: Amount::LNQ.into(),
            tasks: 4,
            resources: Resources { cpuMillis: 2_000, memoryMib: 1_024, ..Resources::default() },
            openSecs: DAY,
            bidSecs: 600,
            runSecs: 3_600,
            windowSecs: 3 * DAY,
            attempts: 3,
            endBy: NOW + u64::from(7 * DAY),
            parameters: 3,
            ..Terms::default()
        }
    }

    fn check(terms: &Terms) -> Result<Conditions, JobsError> {
        conditions(terms.clone(), &setup(), Timestamp::new_clipped(NOW))
    }

    fn refused(change: impl FnOnce(&mut Terms)) -> JobsError {
        let mut terms = good();
        change(&mut terms);
        check(&terms).unwrap_err()
    }

    fn kept(change: impl FnOnce(&mut Terms)) -> Conditions {
        let mut terms = good();
        change(&mut terms);
        check(&terms).unwrap()
    }

    #[test]
    fn when_another_version_is_named_it_refuses() {
        assert_eq!(refused(|t| t.parameters = 2), JobsUnknownParameters { version: 2, current: 3 }.into());
        assert_eq!(refused(|t| t.parameters = 4), JobsUnknownParameters { version: 4, current: 3 }.into());
    }

    #[test]
    fn when_the_tasks_are_none_or_too_many_it_refuses() {
        assert_eq!(refused(|t| t.tasks = 0), JobsBadTasks { tasks: 0 }.into());
        assert_eq!(refused(|t| t.tasks = 257), JobsBadTasks { tasks: 257 }.into());
        assert_eq!(kept(|t| t.tasks = 256).tasks(), 256);
        assert_eq!(kept(|t| t.tasks = 1).tasks(), 1);
    }

    #[test]
    fn when_the_price_is_nothing_or_too_high_it_refuses() {
        let limit = MAX_PRICE.into();
        let above: U96 = MAX_PRICE.plus(Amount::new_clipped(1)).unwrap().into();
        assert_eq!(refused(|t| t.price = U96::ZERO), JobsBadPrice { price: U96::ZERO, limit }.into());
        assert_eq!(refused(|t| t.price = above), JobsBadPrice { price: above, limit }.into());
        kept(|t| t.price = limit);
    }

    #[test]
    fn when_the_resources_do_not_fit_it_refuses() {
        assert_eq!(refused(|t| t.resources.cpuMillis = 1 << 20), JobsBadResources {}.into());
        assert_eq!(refused(|t| t.resources.gpuClass = 7), JobsBadResources {}.into());
        let conditions = kept(|t| (t.resources.gpus, t.resources.gpuClass) = (2, 7));
        assert_eq!((conditions.resources.gpus, conditions.resources.gpuClass), (2, 7));
    }

    #[test]
    fn when_both_judge_and_hash_decide_it_refuses() {
        let both = |t: &mut Terms| (t.judge, t.expected) = (Address::repeat_byte(4), B256::repeat_byte(5));
        assert_eq!(refused(both), JobsJudgeAndExpected {}.into());
        assert!(kept(|t| t.judge = Address::repeat_byte(4)).judged);
        assert!(kept(|t| t.expected = B256::repeat_byte(5)).expects);
    }

    #[test]
    fn when_the_bidding_is_too_long_it_refuses() {
        assert_eq!(refused(|t| t.bidSecs = 21_601), JobsBadBidding { bidSecs: 21_601, limit: 21_600 }.into());
        assert_eq!(kept(|t| t.bidSecs = 21_600).bid_secs, 21_600);
        assert_eq!(kept(|t| t.bidSecs = 0).bid_secs, 0);
    }

    #[test]
    fn when_the_run_is_nothing_or_too_long_it_refuses() {
        let limit = 90 * DAY;
        assert_eq!(refused(|t| t.runSecs = 0), JobsBadRun { runSecs: 0, limit }.into());
        assert_eq!(refused(|t| t.runSecs = limit + 1), JobsBadRun { runSecs: limit + 1, limit }.into());
        kept(|t| (t.runSecs, t.endBy) = (limit, NOW + u64::from(91 * DAY)));
    }

    #[test]
    fn when_the_window_is_too_short_or_too_long_it_refuses() {
        let (least, most) = (36 * 3_600, 14 * DAY);
        let short = least - 1;
        assert_eq!(refused(|t| t.windowSecs = short), JobsBadWindow { windowSecs: short, least, most }.into());
        assert_eq!(refused(|t| t.windowSecs = most + 1), JobsBadWindow { windowSecs: most + 1, least, most }.into());
        kept(|t| t.windowSecs = least);
        kept(|t| t.windowSecs = most);
        kept(|t| (t.windowSecs, t.expected) = (0, B256::repeat_byte(5)));
    }

    #[test]
    fn when_the_attempts_are_none_or_too_many_it_refuses() {
        assert_eq!(refused(|t| t.attempts = 0), JobsBadAttempts { attempts: 0, limit: 4 }.into());
        assert_eq!(refused(|t| t.attempts = 5), JobsBadAttempts { attempts: 5, limit: 4 }.into());
        assert_eq!(refused(|t| (t.attempts, t.provider) = (2, 9)), JobsBadAttempts { attempts: 2, limit: 1 }.into());
        assert_eq!(kept(|t| t.attempts = 4).attempts, 4);
        assert_eq!(kept(|t| (t.attempts, t.provider) = (1, 9)).attempts, 1);
    }

    #[test]
    fn when_the_end_is_too_near_or_too_far_it_refuses() {
        let (earliest, latest) = (NOW + 600 + 3_600 + 1, LATEST_END);
        for end_by in [0, earliest - 1, latest + 1, u64::MAX] {
            assert_eq!(refused(|t| t.endBy = end_by), JobsBadEnd { endBy: end_by, earliest, latest }.into());
        }
        // One second is left to take it.
        assert_eq!(kept(|t| t.endBy = earliest).open_until.secs(), NOW + 1);
        assert_eq!(kept(|t| t.endBy = latest).open_until.secs(), NOW + u64::from(DAY));
    }

    #[test]
    fn when_nobody_could_take_it_it_refuses() {
        assert_eq!(refused(|t| t.openSecs = 0), JobsBadOpening { openSecs: 0 }.into());
        assert_eq!(kept(|t| t.openSecs = 1).open_until.secs(), NOW + 1);
    }

    #[test]
    fn refusals_come_in_the_order_of_the_documentation() {
        let mut terms = Terms {
            tasks: 0,
            endBy: 0,
            judge: Address::repeat_byte(4),
            expected: B256::repeat_byte(5),
            ..Terms::default()
        };
        terms.resources.gpuClass = 1;
        terms.bidSecs = u32::MAX;
        terms.windowSecs = u32::MAX;
        let mut next = |change: fn(&mut Terms)| {
            let error = check(&terms).unwrap_err();
            change(&mut terms);
            error
        };
        let (most, limit) = (MAX_WINDOW_SECS, MAX_PRICE.into());
        assert_eq!(next(|t| t.parameters = 3), JobsUnknownParameters { version: 0, current: 3 }.into());
        assert_eq!(next(|t| t.tasks = 1), JobsBadTasks { tasks: 0 }.into());
        assert_eq!(next(|t| t.price = U96::from(1)), JobsBadPrice { price: U96::ZERO, limit }.into());
        assert_eq!(next(|t| t.resources.gpuClass = 0), JobsBadResources {}.into());
        assert_eq!(next(|t| t.judge = Address::ZERO), JobsJudgeAndExpected {}.into());
        assert_eq!(next(|t| t.bidSecs = 0), JobsBadBidding { bidSecs: u32::MAX, limit: MAX_BID_SECS }.into());
        assert_eq!(next(|t| t.runSecs = 1), JobsBadRun { runSecs: 0, limit: MAX_RUN_SECS }.into());
        assert_eq!(next(|t| t.windowSecs = 0), JobsBadWindow { windowSecs: u32::MAX, least: 0, most }.into());
        assert_eq!(next(|t| t.attempts = 1), JobsBadAttempts { attempts: 0, limit: 4 }.into());
        let latest = LATEST_END;
        assert_eq!(next(|t| t.endBy = NOW + 2), JobsBadEnd { endBy: 0, earliest: NOW + 2, latest }.into());
        assert_eq!(next(|t| t.openSecs = 1), JobsBadOpening { openSecs: 0 }.into());
        assert!(check(&terms).is_ok());
    }

    proptest! {
        #[test]
        fn whoever_takes_in_time_ends_in_time(
            open in 1..=400 * DAY, bid in 0..=MAX_BID_SECS, run in 1..=MAX_RUN_SECS, end in 0..=400 * DAY, wait: u32,
        ) {
            let end_by = NOW + u64::from(end);
            let terms = Terms { openSecs: open, bidSecs: bid, runSecs: run, endBy: end_by, ..good() };
            if let Ok(conditions) = check(&terms) {
                let open_until = conditions.open_until.secs();
                prop_assert!(open_until > NOW);
                let taken_at = NOW + u64::from(wait) % (open_until - NOW);
                prop_assert!(taken_at + u64::from(bid) + u64::from(run) < end_by);
                // What is kept fits its words, and so does every time that can follow.
                prop_assert_eq!(Conditions::unpack(&conditions.pack().unwrap()), conditions);
                prop_assert!(end_by + u64::from(MAX_WINDOW_SECS) < 1 << 32);
            } else {
                prop_assert!(end_by <= NOW + u64::from(bid) + u64::from(run));
            }
        }
    }
}
