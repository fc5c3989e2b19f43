//! `linq provider capacity`

use std::path::PathBuf;

use alloy::primitives::{B256, U256};
use clap::Args;
use linq_abi::{ILens, IRegistry};
use linq_manifest::feature;
use serde::Serialize;

use super::super::Context;
use super::ProviderFlag;
use super::capacity_flags::CapacityFlags;
use super::file::ProviderFile;
use super::status::ResourcesDocument;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::Lnq;

/// Change what the provider has; work that was taken keeps what it reserved
///
/// What is left out stays as it is. A larger capacity has a larger minimum stake; below it no work is taken.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    provider: ProviderFlag,
    /// File that `linq provider init` wrote, of which only the capacity counts; flags come before what it says
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    capacity: CapacityFlags,
}

/// The capacity as it is now, and the stake it needs.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    capacity: ResourcesDocument,
    features: Vec<&'static str>,
    region: u16,
    bonded: Lnq,
    minimum: Lnq,
    /// What is missing to the minimum.
    missing: Lnq,
    tx_hash: B256,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let file = self.from.as_deref().map(ProviderFile::read).transpose()?.unwrap_or_default();
        let flags = self.capacity.over(file.capacity);
        if flags == CapacityFlags::default() {
            return Err(Error::usage("nothing is to change").hint("give a flag such as --cpu, or --from FILE"));
        }
        let linq = context.writer().await?;
        let provider = self.provider.id(&linq).await?;
        let present = linq.provider(provider).await?;
        let capacity = flags.resources(&present.capacity)?;
        let features = flags.features(present.features)?;
        let region = flags.region.unwrap_or(present.region);
        let asked = ILens::minimumStakeCall { capacity: capacity.clone() };
        let minimum = linq.client.call(linq.suite.lens, &asked).await?;
        let missing = Lnq(minimum.saturating_sub(present.bonded));
        context.output.progress(format!("this capacity needs a stake of {}", Lnq(minimum)));
        if missing > Lnq::default() {
            context.output.caution(format!(
                "{} are bonded, {missing} too few: no work is taken before `linq provider add-stake`",
                Lnq(present.bonded)
            ));
        }

        let shown = ResourcesDocument::from(&capacity);
        let call = IRegistry::setCapacityCall { provider, capacity, features, region };
        let sent = linq.client.send(linq.suite.registry, &call, U256::ZERO).await?;
        context.output.report(&Document {
            provider,
            capacity: shown,
            features: feature::names(features),
            region,
            bonded: Lnq(present.bonded),
            minimum: Lnq(minimum),
            missing,
            tx_hash: sent.hash,
        })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Provider {}", self.provider));
        page.field("capacity", self.capacity.to_string());
        page.field("features", format!("{}; region {}", self.features.join(", "), self.region));
        page.field("stake", format!("{} ({} is the minimum)", self.bonded, self.minimum));
        if self.missing > Lnq::default() {
            page.field("next", format!("linq provider add-stake {}", crate::units::decimal(self.missing.to_token())));
        }
    }
}
