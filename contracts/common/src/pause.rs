//! How long the guardian can keep newcomers out.
//!
//! A contract keeps the UTC day of the last pause, 0 for none: two bytes that fit where there is room.

use crate::Timestamp;

/// Days that a pause lasts, the one on which it begins counted whole.
const DAYS: u16 = 7;
/// Days from one pause to the next.
const DAYS_BETWEEN: u16 = 30;

/// The first second after the pause of `day`; long ago without one.
pub fn pause_end(day: u16) -> Timestamp {
    after(day, DAYS)
}

/// The first second at which another pause may follow that of `day`; long ago without one.
pub fn next_pause(day: u16) -> Timestamp {
    after(day, DAYS_BETWEEN)
}

fn after(day: u16, days: u16) -> Timestamp {
    if day == 0 { Timestamp::ZERO } else { Timestamp::of_day(day.saturating_add(days)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_ends_within_a_week_and_rests_for_a_month() {
        let begun = Timestamp::new_clipped(20_000 * 86_400 + 5);
        assert_eq!(pause_end(begun.day()).secs_since(begun), 7 * 86_400 - 5);
        assert_eq!(next_pause(begun.day()).secs_since(begun), 30 * 86_400 - 5);
        assert_eq!((pause_end(0), next_pause(0)), (Timestamp::ZERO, Timestamp::ZERO));
    }
}
