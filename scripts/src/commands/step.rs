//! `linq step`

use clap::Args;
use linq_abi::IJobs;

use super::Context;
use super::slots::SlotFlags;
use crate::error::Result;

/// Do whatever is due: pay, refund or reopen after a deadline; anyone may
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    slots: SlotFlags,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        self.slots.run(context, |job, slot| IJobs::stepCall { job, slot }).await
    }
}
