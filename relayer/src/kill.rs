//! A test facility: end the process at a named point, as `kill -9` would, to show that a restart makes no difference.
//!
//! With `LINQ_RELAYER_KILL_AT=<point>` the process aborts the first time it comes to that point; a marker in the data
//! directory makes it once per directory, so that the same environment can restart it. Without the variable a point
//! costs one comparison.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

/// The variable that names the point.
pub const KILL_AT: &str = "LINQ_RELAYER_KILL_AT";

/// Every point, in the order in which one piece of work comes by.
pub const KILL_POINTS: &[&str] = &[
    "job-recorded",
    "take-planned",
    "take-signed",
    "take-broadcast",
    "take-sent",
    "take-mined",
    "run-begun",
    "run-ended",
    "result-written",
    "result-recorded",
    "submit-planned",
    "submit-signed",
    "submit-broadcast",
    "submit-sent",
    "submit-mined",
    "step-planned",
    "step-signed",
    "step-broadcast",
    "step-sent",
    "step-mined",
];

/// Ends the process at one of [`KILL_POINTS`], or never.
#[derive(Clone, Debug, Default)]
pub struct KillSwitch {
    armed: Option<(String, PathBuf)>,
}

impl KillSwitch {
    /// Never fires.
    pub const fn disarmed() -> Self {
        Self { armed: None }
    }

    /// Fires at `point`, unless it has done so for `data_dir` before.
    pub fn new(point: Option<String>, data_dir: &Path) -> Self {
        let armed = point.map(|point| {
            let marker = data_dir.join(format!("killed-at-{point}"));
            (point, marker)
        });
        Self { armed: armed.filter(|(_, marker)| !marker.exists()) }
    }

    /// Says that `point` was reached. The marker is on disk before the process ends.
    pub fn point(&self, point: &str) {
        debug_assert!(KILL_POINTS.contains(&point), "{point} is not listed");
        if let Some((_, marker)) = self.armed.as_ref().filter(|(armed, _)| armed == point) {
            let marked = File::create(marker).and_then(|file| file.sync_all());
            tracing::error!(point, marked = marked.is_ok(), "ending the process here, as asked");
            std::process::abort();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_point_fires_once_per_data_directory() {
        let dir = tempfile::tempdir().unwrap();
        assert!(KillSwitch::new(Some("run-begun".into()), dir.path()).armed.is_some());
        File::create(dir.path().join("killed-at-run-begun")).unwrap();
        assert!(KillSwitch::new(Some("run-begun".into()), dir.path()).armed.is_none());
        assert!(KillSwitch::new(Some("run-ended".into()), dir.path()).armed.is_some());
        KillSwitch::disarmed().point("run-begun");
    }
}
