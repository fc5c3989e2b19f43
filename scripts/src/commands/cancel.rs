//! `linq cancel`

use clap::Args;
use linq_abi::IJobs;

use super::Context;
use super::slots::SlotFlags;
use crate::error::Result;

/// Take an open job back and get its price refunded
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    slots: SlotFlags,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        self.slots.run(context, |job, slot| IJobs::cancelCall { job, slot }).await
    }
}
