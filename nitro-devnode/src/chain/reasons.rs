//! What ended a program, in words that its caller on a chain does not get.

use crate::wasm::api::{FrameOutcome, FrameStatus};

use super::runtime::Machine;

/// The gas given does not cover what comes before the first instruction.
pub(crate) const ENTRY: &str = "the gas does not cover entering the program";

/// Why a program ended, unless it ended by itself.
pub(crate) fn of(outcome: &FrameOutcome) -> Option<String> {
    match (outcome.status, outcome.reason) {
        (FrameStatus::Revert, Some(reason)) => Some(format!("the program trapped: {reason}")),
        (FrameStatus::OutOfGas, _) => Some("the program ran out of ink".to_owned()),
        (FrameStatus::StackOverflow, _) => Some("the program used up its stack".to_owned()),
        _ => None,
    }
}

impl Machine<'_> {
    /// Notes why the frame that runs has failed, for whoever records it.
    pub(crate) fn explain(&mut self, reason: Option<String>) {
        if let Some(tracer) = &mut self.ctx.chain.tracer {
            tracer.explain(reason);
        }
    }
}
