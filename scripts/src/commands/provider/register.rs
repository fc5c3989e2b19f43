//! `linq provider register`

use alloy::primitives::{Address, B256, U256};
use clap::Args;
use linq_abi::{ILens, IRegistry, Rates, Registration, Resources, StandingOffer};
use linq_manifest::{feature, units};
use serde::Serialize;

use super::super::Context;
use super::offer_flags::OfferFlags;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{Lnq, parse_address};

/// Register as a provider, with a first stake
///
/// The key becomes the owner, which looks after stake and offer. The operator takes work and submits results; another key
/// than the owner has to accept the role itself, with `linq provider accept-role`.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The key that takes work and submits results [default: the owner]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    operator: Option<Address>,
    /// Who receives earnings [default: the owner]
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    payout: Option<Address>,
    /// Cores, e.g. 4 or 500m
    #[arg(long, value_name = "CORES", help_heading = "Capacity")]
    cpu: String,
    /// Memory, e.g. 8Gi
    #[arg(long, value_name = "SIZE", help_heading = "Capacity")]
    memory: String,
    /// Storage, e.g. 100Gi
    #[arg(long, value_name = "SIZE", default_value = "0", help_heading = "Capacity")]
    storage: String,
    /// Number of GPUs
    #[arg(long, value_name = "N", default_value_t = 0, requires = "gpu_class", help_heading = "Capacity")]
    gpus: u16,
    /// Kind of GPU, by its number
    #[arg(long, value_name = "N", help_heading = "Capacity")]
    gpu_class: Option<u16>,
    /// Bandwidth in Mbit/s
    #[arg(long, value_name = "N", default_value_t = 0, help_heading = "Capacity")]
    bandwidth: u32,
    /// What it can run, e.g. wasi,x86-64
    #[arg(long, value_name = "NAMES", value_delimiter = ',', default_value = "wasi", help_heading = "Capacity")]
    features: Vec<String>,
    /// Country by its ISO 3166-1 number, e.g. 276
    #[arg(long, value_name = "N", help_heading = "Capacity")]
    region: u16,
    /// First stake [default: the least allowed for the capacity]
    #[arg(long, value_name = "LNQ")]
    stake: Option<Lnq>,
    #[command(flatten)]
    offer: OfferFlags,
}

/// The new provider.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    owner: Address,
    operator: Address,
    payout: Address,
    stake: Lnq,
    tx_hash: B256,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let capacity = self.capacity()?;
        let features = self.features()?;
        let rates = self.offer.rates(&Rates::default())?;
        let offer = self.offer.standing(&StandingOffer::default());
        let linq = context.writer().await?;
        let owner = linq.client.account()?;
        let operator = self.operator.unwrap_or(owner);
        if let Some(provider) = linq.provider_of(owner).await? {
            // The contract would say so too, but only after the stake has been approved.
            return Err(Error::policy(format!("{owner} is owner or operator of provider {provider} already"))
                .hint("use another key, or change that provider's offer with `linq provider offer`"));
        }
        let least = linq.client.call(linq.suite.lens, &ILens::minimumStakeCall { capacity: capacity.clone() }).await?;
        let stake = self.stake.unwrap_or(Lnq(least));
        if stake < Lnq(least) {
            return Err(Error::policy(format!(
                "a stake of {stake} is less than the {} this capacity needs",
                Lnq(least)
            ))
            .hint("raise --stake, or leave it out"));
        }
        let payout = self.payout.unwrap_or(owner);
        linq.require_lnq(owner, stake).await?;
        if let Some(sent) = linq.approve(linq.suite.registry, stake).await? {
            context.output.progress(format!("the registry may take {stake} ({})", sent.hash));
        }
        let registration =
            Registration { operator, payout, capacity, features, region: self.region, rates, offer, stake: stake.0 };
        let sent = linq.client.send(linq.suite.registry, &IRegistry::registerCall { registration }, U256::ZERO).await?;
        let provider = sent.expect_event::<IRegistry::ProviderRegistered>(linq.suite.registry)?.provider;
        context.output.report(&Document { provider, owner, operator, payout, stake, tx_hash: sent.hash })
    }

    fn capacity(&self) -> Result<Resources> {
        let usage = |error: linq_manifest::ManifestError| Error::usage(error.to_string());
        let whole = |flag, text: &str, unit: u64| {
            // Rounded down: what is offered has to be there.
            let count = units::bytes(flag, text).map_err(usage)? / unit;
            u32::try_from(count).map_err(|_| Error::usage(format!("{flag}: `{text}` is too large")))
        };
        Ok(Resources {
            cpuMillis: units::cpu_millis("--cpu", &self.cpu).map_err(usage)?,
            memoryMib: whole("--memory", &self.memory, 1 << 20)?,
            storageGib: whole("--storage", &self.storage, 1 << 30)?,
            gpus: self.gpus,
            gpuClass: self.gpu_class.unwrap_or(0),
            bandwidthMbps: self.bandwidth,
        })
    }

    fn features(&self) -> Result<u64> {
        self.features.iter().try_fold(0, |bits, name| {
            feature::parse(name.trim()).map(|bit| bits | bit).map_err(|error| Error::usage(error.to_string()))
        })
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Provider {}", self.provider));
        page.field("owner", self.owner);
        page.field("operator", self.operator);
        page.field("payout", self.payout);
        page.field("stake", self.stake);
        page.field("next", format!("linq provider accept-role --provider {}, with the operator's key", self.provider));
    }
}
