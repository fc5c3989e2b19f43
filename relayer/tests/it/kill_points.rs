//! The process is ended at each of its points, on real contracts. Whatever the point: one take, one result, one
//! settlement, one transaction for each, and no second run once a result is recorded.

use std::{os::unix::process::ExitStatusExt as _, path::Path};

use linq_abi::{IJobs, codes::SlotState};
use linq_relayer::kill::KILL_POINTS;

use crate::world::World;

/// Seconds after which the window of a job has passed.
const WINDOW_SECS: u64 = 130;
/// What `abort` ends a process with.
const SIGABRT: i32 = 6;

#[tokio::test(flavor = "multi_thread")]
async fn wherever_it_is_killed_there_is_exactly_one_submission() {
    let mut world = World::new().await;
    for point in KILL_POINTS {
        let before = world.sent().await;
        let job = world.post().await;
        let mut armed = world.start(point, Some(point));
        if point.starts_with("step") {
            world.reaches(job, SlotState::Submitted, &mut armed).await;
            world.pass_time(WINDOW_SECS).await;
        }
        let status = armed.ended().await;
        assert_eq!(status.signal(), Some(SIGABRT), "{point}: {}", armed.log());

        // The environment stays as it is: a point fires once.
        let mut again = world.start(point, Some(point));
        if !point.starts_with("step") {
            world.reaches(job, SlotState::Submitted, &mut again).await;
            world.pass_time(WINDOW_SECS).await;
        }
        world.reaches(job, SlotState::Closed, &mut again).await;
        again.is_quiet().await;
        assert!(again.stop().await.success(), "{point}");

        assert_eq!(world.count::<IJobs::SlotTaken>(job).await, 1, "{point}: takes");
        assert_eq!(world.count::<IJobs::ResultSubmitted>(job).await, 1, "{point}: results");
        assert_eq!(world.count::<IJobs::SlotClosed>(job).await, 1, "{point}: settlements");
        assert_eq!(world.sent().await - before, 3, "{point}: a take, a result and a step, and nothing else");
        assert_eq!(starts(&world.data_dir(point)), expected_starts(point), "{point}: runs");
    }
}

/// How often runs were begun, by the journal.
fn starts(data_dir: &Path) -> u32 {
    let journal = rusqlite::Connection::open(data_dir.join("journal.sqlite")).unwrap();
    journal.query_row("SELECT sum(starts) FROM work", [], |row| row.get(0)).unwrap()
}

/// A run that was interrupted before its result was recorded begins again; any other does not.
fn expected_starts(point: &str) -> u32 {
    match point {
        "run-begun" | "run-ended" | "result-written" => 2,
        _ => 1,
    }
}
