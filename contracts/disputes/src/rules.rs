//! The sums of a dispute, as functions of plain values.

use core::num::NonZeroU32;

use linq_abi::codes::Trial;
use linq_common::{Amount, DAY_SECS, OutOfRange, Share};
use linq_records::court::Parameters;

use crate::state::Case;

/// How long after the longest dispute the court is not waited for any more.
const GRACE_SECS: u32 = 30 * DAY_SECS;
/// The most appeals: juries of 1, 3, 7, 15 and 31.
const APPEALS: u32 = 4;
/// What a slot is worth that the court says nothing about.
const HALF: u8 = 10;

/// What is in dispute, rounded up: all that the jury's verdict can move, of the price and of the lock.
pub fn value(price: Amount, lock: Amount, claims: &Case) -> Result<Amount, OutOfRange> {
    Ok(price.plus(lock)?.share_up(Share::new(distance(claims))?))
}

/// What of the first jury's cost the provider owes at `share`, rounded down: against the requester.
pub fn owed(used: Amount, case: &Case, share: Share) -> Result<Amount, OutOfRange> {
    let missed = case.provider_opened.twentieths().saturating_sub(share.twentieths());
    let distance = NonZeroU32::new(distance(case).into()).ok_or(OutOfRange)?;
    used.mul_div_down(missed.into(), distance)
}

/// How far the claims were apart as the dispute opened.
fn distance(case: &Case) -> u8 {
    case.provider_opened.twentieths().saturating_sub(case.requester_opened.twentieths())
}

/// `share` inside the claims as they are now: nobody gets more than it asks for, nor less than is admitted.
pub fn clipped(case: &Case, share: Share) -> Share {
    share.clamp(case.requester_claim, case.provider_claim)
}

/// What a slot is worth without the court: half, inside the claims.
pub fn neutral(case: &Case) -> Share {
    clipped(case, Share::new(HALF).unwrap_or_default())
}

/// Whether the provider's claim, as the dispute opened, was nearer to `share` than the requester's.
pub fn trial(case: &Case, share: Share) -> Trial {
    let above = case.provider_opened.twentieths().abs_diff(share.twentieths());
    let below = case.requester_opened.twentieths().abs_diff(share.twentieths());
    if above < below { Trial::Won } else { Trial::Lost }
}

/// From the opening of a dispute until it can be settled without the court: the longest that one takes, and a month.
pub fn neutral_after(parameters: &Parameters) -> u32 {
    let round = parameters.draw_secs.saturating_add(parameters.commit_secs).saturating_add(parameters.reveal_secs);
    let appealed = round.saturating_add(parameters.appeal_secs);
    let appeals = parameters.appeal_evidence_secs.saturating_add(appealed).saturating_mul(APPEALS);
    parameters.evidence_secs.saturating_add(round).saturating_add(appeals).saturating_add(GRACE_SECS)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn share(twentieths: u8) -> Share {
        Share::new(twentieths).unwrap()
    }

    fn case(opened: (u8, u8), now: (u8, u8)) -> Case {
        Case {
            requester_opened: share(opened.0),
            provider_opened: share(opened.1),
            requester_claim: share(now.0),
            provider_claim: share(now.1),
            ..Case::default()
        }
    }

    prop_compose! {
        /// Claims as they opened, and as they were conceded since.
        fn cases()(low in 0u8..20)(low in Just(low), high in low + 1..=20, a in 0..=255u8, b in 0..=255u8) -> Case {
            let (a, b) = (low + a % (high - low + 1), low + b % (high - low + 1));
            case((low, high), (a.min(b), a.max(b)))
        }
    }

    fn amounts() -> impl Strategy<Value = Amount> {
        (0..=u128::MAX >> 40).prop_map(Amount::new_clipped)
    }

    proptest! {
        #[test]
        fn what_is_owed_is_a_part_of_what_was_used(case in cases(), used in amounts(), verdict in 0u8..=20) {
            let share = clipped(&case, share(verdict));
            let owed = owed(used, &case, share).unwrap();
            prop_assert!(owed <= used);
            // Wholly right owes nothing, wholly wrong everything.
            prop_assert!(share != case.provider_opened || owed.is_zero());
            prop_assert!(share != case.requester_opened || owed == used);
        }

        #[test]
        fn a_share_lies_between_the_claims(case in cases(), verdict in 0u8..=20) {
            for found in [clipped(&case, share(verdict)), neutral(&case)] {
                prop_assert!(case.requester_claim <= found && found <= case.provider_claim);
            }
        }

        #[test]
        fn the_value_covers_what_a_verdict_moves(case in cases(), price in amounts(), lock in amounts()) {
            let value = value(price, lock, &case).unwrap();
            let moved = |whole: Amount| {
                whole.share_down(case.provider_opened).minus_clipped(whole.share_down(case.requester_opened))
            };
            prop_assert!(value.plus(Amount::new_clipped(2)).unwrap() >= moved(price).plus(moved(lock)).unwrap());
        }
    }

    #[test]
    fn the_nearer_claim_wins_and_a_tie_is_lost() {
        let case = case((4, 14), (4, 14));
        assert_eq!([4, 8, 9, 10, 14].map(|found| trial(&case, share(found))), {
            use Trial::{Lost, Won};
            [Lost, Lost, Lost, Won, Won]
        });
    }

    #[test]
    fn at_the_defaults_the_longest_dispute_takes_less_than_49_days() {
        let hours = |hours: u32| hours * 3_600;
        let parameters = Parameters {
            evidence_secs: hours(36),
            appeal_evidence_secs: hours(25),
            commit_secs: hours(48),
            reveal_secs: hours(48),
            appeal_secs: hours(48),
            draw_secs: hours(72),
            floor_milli_lnq: 10_000,
            from_day: 0,
        };
        assert_eq!(neutral_after(&parameters), hours(36 + 5 * 168 + 4 * 73) + GRACE_SECS);
        assert!(neutral_after(&parameters) < 79 * DAY_SECS);
    }
}
