//! Commands that go on until somebody interrupts them.

use std::collections::BTreeSet;
use std::time::Duration;

use serde::Serialize;
use tokio::signal::unix::{SignalKind, signal};

use crate::error::{Error, Kind, Result};
use crate::output::{Output, Page, Report};

/// Does the work until it ends or the process is told to end, which is no failure.
///
/// Whatever is under way when a signal comes is on the chain or not: the next start reads which.
pub(super) async fn until_interrupted(work: impl Future<Output = Result<()>>) -> Result<()> {
    let failed = |error: std::io::Error| Error::failure(format!("cannot wait for signals: {error}"));
    let (mut interrupt, mut terminate) =
        (signal(SignalKind::interrupt()).map_err(failed)?, signal(SignalKind::terminate()).map_err(failed)?);
    tokio::select! {
        ended = work => ended,
        _ = interrupt.recv() => Ok(()),
        _ = terminate.recv() => Ok(()),
    }
}

/// How often a command looks at the chain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rhythm {
    /// Whether it ends after the first look.
    pub once: bool,
    /// Time between two looks.
    pub every: Duration,
}

impl Rhythm {
    /// Looks again and again, and reports every deed. What fails is said and does not end it; a single look fails with the
    /// first thing that did.
    pub(super) async fn look_on<D: Report + Serialize>(
        self,
        output: &Output,
        mut look: impl AsyncFnMut(&mut dyn FnMut(Result<D>)) -> Result<()>,
    ) -> Result<()> {
        let mut failures = Failures::default();
        loop {
            let (mut failed, mut unsaid) = (Vec::new(), None);
            let looked = look(&mut |deed| match deed {
                Ok(deed) => unsaid = unsaid.take().or(output.report(&deed).err()),
                Err(error) => failed.push(error),
            })
            .await;
            unsaid.map_or(Ok(()), Err)?;
            failed.extend(looked.err());
            if self.once {
                return failed.into_iter().next().map_or(Ok(()), Err);
            }
            failures.say(output, &failed)?;
            tokio::time::sleep(self.every).await;
        }
    }
}

/// What failed at the last look. What goes on failing is said once.
#[derive(Debug, Default)]
struct Failures(BTreeSet<String>);

impl Failures {
    /// Says what is new of the failures of a look.
    fn say(&mut self, output: &Output, failed: &[Error]) -> Result<()> {
        for error in failed.iter().filter(|error| !self.0.contains(&error.to_string())) {
            output.report(&Failed::from(error))?;
        }
        self.0 = failed.iter().map(ToString::to_string).collect();
        Ok(())
    }
}

/// Something that did not work out, and is tried again.
#[derive(Serialize)]
struct Failed {
    did: &'static str,
    kind: Kind,
    message: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<String>,
}

impl From<&Error> for Failed {
    fn from(error: &Error) -> Self {
        let hint = error.next_step().map(str::to_owned);
        Self { did: "failed", kind: error.kind(), message: error.to_string(), hint }
    }
}

impl Report for Failed {
    fn page(&self, page: &mut Page) {
        page.line(format!("failed, will be tried again: {}", self.message));
        if let Some(hint) = &self.hint {
            page.line(format!("  next: {hint}"));
        }
    }
}
