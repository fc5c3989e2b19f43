//! `linq provider offer`

use alloy::primitives::{B256, U256};
use clap::Args;
use linq_abi::IRegistry;
use serde::Serialize;

use super::super::Context;
use super::ProviderFlag;
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
        let linq = context.writer().await?;
        let provider = self.provider.id(&linq).await?;
        let current = linq.provider(provider).await?;
        let rates = self.offer.rates(&current.rates)?;
        let offer = self.offer.standing(&current.offer);
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
