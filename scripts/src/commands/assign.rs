//! `linq assign`

use clap::Args;
use linq_abi::IJobs;

use super::Context;
use super::slots::SlotFlags;
use crate::error::Result;

/// Give a posted job to a provider's standing offer, at its quote
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    slots: SlotFlags,
    /// The provider
    #[arg(long, value_name = "ID")]
    provider: u32,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.writer().await?;
        let terms = linq.posted(self.slots.job).await?.terms;
        let price = linq.quote(self.provider, terms.resources.clone(), terms.runSecs).await?.0;
        let provider = self.provider;
        self.slots
            .run_with(context, &linq, |_, slot| IJobs::takeCall { terms: terms.clone(), slot, provider, price })
            .await
    }
}
