//! How the registry comes to the stake, as `register` and `add-stake` take it.

use clap::Args;
use linq_abi::Permit;

use super::super::Context;
use crate::client::Linq;
use crate::error::Result;
use crate::units::Lnq;

/// How the registry comes to the stake.
#[derive(Args, Clone, Copy, Debug)]
pub(super) struct PaymentFlag {
    /// Allow the registry to take the stake in a transaction before, instead of signing a permit for it
    #[arg(long)]
    approve: bool,
}

impl PaymentFlag {
    /// Whether the amount is allowed in a transaction before.
    pub(super) const fn approves(self) -> bool {
        self.approve
    }

    /// The permit to send along; none where the registry may take the amount without.
    pub(super) async fn permit(self, context: &Context, linq: &Linq, amount: Lnq) -> Result<Option<Permit>> {
        if !self.approve {
            return linq.permit(amount).await;
        }
        if let Some(sent) = linq.approve(linq.suite.registry, amount).await? {
            context.output.progress(format!("the registry may take {amount} ({})", sent.hash));
        }
        Ok(None)
    }
}
