//! What a transaction costs, shown and asked about before it is signed.

use clap::Args;

use super::Context;
use crate::error::Result;
use crate::output::Report;

/// How a command that signs goes about it.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct SendFlags {
    /// Show the cost and stop
    #[arg(long)]
    estimate: bool,
    /// Do not ask before signing
    #[arg(long, short)]
    yes: bool,
}

impl SendFlags {
    /// Shows what is about to be sent and asks; whether it is to be sent. An estimate is the whole result.
    pub(super) fn go_ahead(self, context: &Context, document: &impl Report, question: &str) -> Result<bool> {
        if self.estimate {
            context.output.report(document)?;
            return Ok(false);
        }
        context.output.preview(document);
        context.output.confirm(question, self.yes)?;
        Ok(true)
    }
}
