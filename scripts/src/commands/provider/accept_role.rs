//! `linq provider accept-role`

use alloy::primitives::{Address, B256, U256};
use clap::Args;
use linq_abi::IRegistry;
use serde::Serialize;

use super::super::Context;
use crate::error::Result;
use crate::output::{Page, Report};

/// Accept to own or to operate a provider, with the key that was named
///
/// The ownership, if that was offered, else the role of the operator.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The provider that names this key
    #[arg(long, value_name = "ID")]
    provider: u32,
}

/// Who has which role now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    role: &'static str,
    account: Address,
    tx_hash: B256,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let linq = context.writer().await?;
        let provider = self.provider;
        let sent = linq.client.send(linq.suite.registry, &IRegistry::acceptRoleCall { provider }, U256::ZERO).await?;
        let role = match sent.event::<IRegistry::OwnerChanged>(linq.suite.registry) {
            Some(_) => "owner",
            None => "operator",
        };
        context.output.report(&Document { provider, role, account: linq.client.account()?, tx_hash: sent.hash })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.line(format!("{} is the {} of provider {}", self.account, self.role, self.provider));
    }
}
