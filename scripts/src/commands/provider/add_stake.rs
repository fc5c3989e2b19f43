//! `linq provider add-stake`

use alloy::primitives::U256;
use clap::Args;
use linq_abi::IRegistry;

use super::super::Context;
use super::payment::PaymentFlag;
use super::{ProviderFlag, StakeDocument};
use crate::error::Result;
use crate::units::Lnq;

/// Add stake; anyone may, for any provider
///
/// The amount is signed for inside the one transaction, unless the registry may take it already. Nothing stays allowed.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How much, in LNQ
    amount: Lnq,
    #[command(flatten)]
    provider: ProviderFlag,
    #[command(flatten)]
    payment: PaymentFlag,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.writer().await?;
        let provider = self.provider.id(&linq).await?;
        linq.require_lnq(linq.client.account()?, self.amount).await?;
        let sent = match self.payment.permit(context, &linq, self.amount).await? {
            Some(permit) => {
                let call = IRegistry::addStakeWithPermitCall { provider, amount: self.amount.0, permit };
                linq.client.send(linq.suite.registry, &call, U256::ZERO).await?
            }
            None => {
                let call = IRegistry::addStakeCall { provider, amount: self.amount.0 };
                linq.client.send(linq.suite.registry, &call, U256::ZERO).await?
            }
        };
        context.output.report(&StakeDocument::new(&linq, provider, self.amount, None, sent.hash).await?)
    }
}
