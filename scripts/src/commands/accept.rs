//! `linq accept`

use clap::Args;
use linq_abi::IJobs;

use super::Context;
use super::slots::SlotFlags;
use crate::error::Result;

/// Accept a result and pay for it before its window ends
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    slots: SlotFlags,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        self.slots.run(context, |job, slot| IJobs::acceptCall { job, slot }).await
    }
}
