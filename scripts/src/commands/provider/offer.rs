//! `linq provider offer`

use std::path::PathBuf;

use alloy::primitives::{B256, U256};
use clap::Args;
use linq_abi::IRegistry;
use serde::Serialize;

use super::super::Context;
use super::ProviderFlag;
use super::file::ProviderFile;
use super::offer_flags::OfferFlags;
use super::status::OfferDocument;
use crate::error::Result;
use crate::output::{Page, Report};

/// Change prices and the standing offer; work that was taken keeps its terms
///
/// What is left out stays as it is, except that the chain forgets the limits of an offer that is closed.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    provider: ProviderFlag,
    /// File that `linq provider init` wrote, of which only prices and offer count; flags come before what it says
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    offer: OfferFlags,
}

/// The offer as it is now.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    offer: OfferDocument,
    tx_hash: B256,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let file = self.from.as_deref().map(ProviderFile::read).transpose()?.unwrap_or_default();
        let flags = self.offer.over(file.offer);
        let linq = context.writer().await?;
        let provider = self.provider.id(&linq).await?;
        let current = linq.provider(provider).await?;
        let rates = flags.rates(&current.rates)?;
        let offer = flags.standing(&current.offer);
        let document = OfferDocument::new(&rates, &offer);
        let sent = linq
            .client
            .send(linq.suite.registry, &IRegistry::setOfferCall { provider, rates, offer }, U256::ZERO)
            .await?;
        context.output.report(&Document { provider, offer: document, tx_hash: sent.hash })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Provider {}", self.provider));
        self.offer.page(page);
    }
}
