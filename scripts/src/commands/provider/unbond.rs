//! `linq provider unbond`

use alloy::primitives::U256;
use clap::Args;
use linq_abi::IRegistry;

use super::super::Context;
use super::{ProviderFlag, StakeDocument};
use crate::error::Result;
use crate::units::Lnq;

/// Begin to take free stake out; it can be withdrawn after the unbonding time
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
        let call = IRegistry::unbondCall { provider, amount: self.amount.0 };
        let sent = linq.client.send(linq.suite.registry, &call, U256::ZERO).await?;
        let end = sent.expect_event::<IRegistry::UnbondingStarted>(linq.suite.registry)?.end;
        context.output.report(&StakeDocument::new(&linq, provider, self.amount, Some(end), sent.hash).await?)
    }
}
