//! `linq provider accept-operator`

use alloy::primitives::{Address, B256, U256};
use clap::Args;
use linq_abi::IRegistry;
use serde::Serialize;

use super::super::Context;
use crate::error::Result;
use crate::output::{Page, Report};

/// Accept the role of operator, with the operator's own key
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The provider that names this key as its operator
    #[arg(long, value_name = "ID")]
    provider: u32,
}

/// Whose operator has accepted.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    operator: Address,
    tx_hash: B256,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.writer().await?;
        let provider = self.provider;
        let sent = linq.client.send(linq.suite.registry, &IRegistry::acceptRoleCall { provider }, U256::ZERO).await?;
        context.output.report(&Document { provider, operator: linq.client.account()?, tx_hash: sent.hash })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.line(format!("{} is the operator of provider {}", self.operator, self.provider));
    }
}
