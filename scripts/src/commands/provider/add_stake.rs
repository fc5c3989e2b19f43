//! `linq provider add-stake`

use alloy::primitives::U256;
use clap::Args;
use linq_abi::IRegistry;

use super::super::Context;
use super::{ProviderFlag, StakeDocument};
use crate::error::Result;
use crate::units::Lnq;

/// Add stake; anyone may, for any provider
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How much, in LNQ
    amount: Lnq,
    #[command(flatten)]
    provider: ProviderFlag,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.writer().await?;
        let provider = self.provider.id(&linq).await?;
        linq.require_lnq(linq.client.account()?, self.amount).await?;
        linq.approve(linq.suite.registry, self.amount).await?;
        let call = IRegistry::addStakeCall { provider, amount: self.amount.0 };
        let sent = linq.client.send(linq.suite.registry, &call, U256::ZERO).await?;
        context.output.report(&StakeDocument::new(&linq, provider, self.amount, None, sent.hash).await?)
    }
}
