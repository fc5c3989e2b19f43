//! `linq provider withdraw`

use alloy::primitives::U256;
use clap::Args;
use linq_abi::IRegistry;

use super::super::Context;
use super::{ProviderFlag, StakeDocument};
use crate::error::Result;
use crate::units::Lnq;

/// Send all stake that has finished unbonding to the owner
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    provider: ProviderFlag,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.writer().await?;
        let provider = self.provider.id(&linq).await?;
        let sent = linq.client.send(linq.suite.registry, &IRegistry::withdrawCall { provider }, U256::ZERO).await?;
        let amount = Lnq(sent.expect_event::<IRegistry::StakeWithdrawn>(linq.suite.registry)?.amount);
        context.output.report(&StakeDocument::after(&linq, provider, amount, None, sent.hash).await?)
    }
}
