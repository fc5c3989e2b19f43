//! `linq provider add-stake`

use alloy::primitives::U256;
use clap::Args;
use linq_abi::{IRegistry, Permit};

use super::super::Context;
use super::payment::PaymentFlag;
use super::sending::SendFlags;
use super::{ProviderFlag, StakeDocument};
use crate::client::{Linq, Sent};
use crate::cost::GasCost;
use crate::error::Result;
use crate::units::Lnq;

/// Add stake; anyone may, for any provider
///
/// Shows the cost and asks before anything is sent. The amount is signed for inside the one transaction, unless the
/// registry may take it already. Nothing stays allowed.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// How much, in LNQ
    amount: Lnq,
    #[command(flatten)]
    provider: ProviderFlag,
    #[command(flatten)]
    payment: PaymentFlag,
    #[command(flatten)]
    sending: SendFlags,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let Self { amount, payment, sending, .. } = self;
        let linq = context.writer().await?;
        let provider = self.provider.id(&linq).await?;
        linq.require_lnq(linq.client.account()?, amount).await?;
        // Signed before the question, since the gas cannot be told without; by itself it moves nothing.
        let mut permit = if payment.approves() { None } else { linq.permit(amount).await? };
        let gas = gas(&linq, provider, amount, permit.as_ref()).await?;
        let before = StakeDocument::before(&linq, provider, amount, None, gas).await?;
        if !sending.go_ahead(context, &before, "Add this stake?")? {
            return Ok(());
        }
        if payment.approves() {
            permit = payment.permit(context, &linq, amount).await?;
        }
        let sent = send(&linq, provider, amount, permit).await?;
        context.output.report(&StakeDocument::after(&linq, provider, amount, None, sent.hash).await?)
    }
}

async fn send(linq: &Linq, provider: u32, amount: Lnq, permit: Option<Permit>) -> Result<Sent> {
    let registry = linq.suite.registry;
    match permit {
        Some(permit) => {
            let call = IRegistry::addStakeWithPermitCall { provider, amount: amount.0, permit };
            linq.client.send(registry, &call, U256::ZERO).await
        }
        None => linq.client.send(registry, &IRegistry::addStakeCall { provider, amount: amount.0 }, U256::ZERO).await,
    }
}

/// The gas of adding it; not known while the registry may not take the amount.
async fn gas(linq: &Linq, provider: u32, amount: Lnq, permit: Option<&Permit>) -> Result<GasCost> {
    let registry = linq.suite.registry;
    if let Some(permit) = permit.cloned() {
        let call = IRegistry::addStakeWithPermitCall { provider, amount: amount.0, permit };
        return GasCost::of(&linq.client, registry, &call).await;
    }
    if linq.allowance(linq.client.account()?, registry).await? < amount.to_token() {
        return GasCost::unknown(&linq.client).await;
    }
    GasCost::of(&linq.client, registry, &IRegistry::addStakeCall { provider, amount: amount.0 }).await
}
