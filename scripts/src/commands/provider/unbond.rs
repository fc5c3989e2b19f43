//! `linq provider unbond`

use alloy::primitives::U256;
use clap::Args;
use linq_abi::{ILens, IRegistry};

use super::super::Context;
use super::sending::SendFlags;
use super::{ProviderFlag, StakeDocument};
use crate::cost::GasCost;
use crate::error::Result;
use crate::units::Lnq;

/// Begin to take free stake out; it can be withdrawn after the unbonding time
///
/// Shows the cost and asks before anything is sent. What is unbonded covers no work meanwhile.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How much, in LNQ
    amount: Lnq,
    #[command(flatten)]
    provider: ProviderFlag,
    #[command(flatten)]
    sending: SendFlags,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.writer().await?;
        let provider = self.provider.id(&linq).await?;
        let call = IRegistry::unbondCall { provider, amount: self.amount.0 };
        let gas = GasCost::of(&linq.client, linq.suite.registry, &call).await?;
        let rules = linq.client.call(linq.suite.lens, &ILens::parametersCall {}).await?;
        let end = linq.client.chain_time().await?.saturating_add(rules.unbondingSecs.into());
        let before = StakeDocument::before(&linq, provider, self.amount, Some(end), gas).await?;
        if !self.sending.go_ahead(context, &before, "Unbond this amount?")? {
            return Ok(());
        }
        let sent = linq.client.send(linq.suite.registry, &call, U256::ZERO).await?;
        let end = sent.expect_event::<IRegistry::UnbondingStarted>(linq.suite.registry)?.end;
        context.output.report(&StakeDocument::after(&linq, provider, self.amount, Some(end), sent.hash).await?)
    }
}
