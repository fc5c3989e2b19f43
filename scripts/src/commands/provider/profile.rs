//! `linq provider profile`

use std::path::PathBuf;

use alloy::primitives::{B256, U256};
use clap::Args;
use linq_abi::IProfiles;
use serde::Serialize;

use super::super::Context;
use super::file::ProviderFile;
use super::profile_flags::ProfileFlags;
use super::sending::SendFlags;
use super::{ProviderFlag, named_or_own};
use crate::client::Linq;
use crate::cost::GasCost;
use crate::error::Result;
use crate::output::{Page, Report};
use crate::units::{show_moment, show_time};

/// Show what a provider says of itself, or say something else with its owner's key
///
/// Secrets are sealed to the sealing key: its secret half stays in a file that only its owner can read, and is never sent
/// anywhere. The operator's key, which is hot, cannot change what is said here.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The provider [default: the one the key is owner or operator of]
    #[arg(value_name = "ID")]
    provider: Option<u32>,
    /// File that `linq provider init` wrote, of which only `[profile]` counts; flags come before what it says
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    profile: ProfileFlags,
    #[command(flatten)]
    sending: SendFlags,
}

/// What a provider says of itself, or would say.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    #[serde(flatten)]
    profile: ProfileDocument,
    /// Absent where nothing is to change.
    #[serde(flatten)]
    gas: Option<GasCost>,
    /// Absent before it is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

/// What a provider says of itself; nothing is absent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ProfileDocument {
    #[serde(skip_serializing_if = "Option::is_none")]
    sealing_key: Option<B256>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<String>,
    /// When both were stated.
    #[serde(skip_serializing_if = "Option::is_none")]
    stated_at: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    self_test: Option<SelfTestDocument>,
}

/// A self-test that was published.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SelfTestDocument {
    /// SHA-256 of the report.
    report: B256,
    valid_until: u64,
    /// Whether it counts at the present second of the chain.
    valid: bool,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let file = self.from.as_deref().map(ProviderFile::read).transpose()?.unwrap_or_default();
        let flags = self.profile.over(file.profile);
        if flags == ProfileFlags::default() {
            let linq = context.reader().await?;
            let provider = named_or_own(self.provider, context, &linq).await?;
            let profile = ProfileDocument::of(&linq, provider).await?;
            return context.output.report(&Document { provider, profile, gas: None, tx_hash: None });
        }

        let linq = context.writer().await?;
        let provider = ProviderFlag { provider: self.provider }.id(&linq).await?;
        let present = linq.profile(provider).await?;
        let call = flags.call(provider, &present)?;
        let gas = GasCost::of(&linq.client, linq.suite.profiles, &call).await?;
        let next = IProfiles::profileReturn { sealingKey: call.sealingKey, metadata: call.metadata.clone(), ..present };
        let shown = ProfileDocument::new(&next, linq.client.chain_time().await?);
        let mut document = Document { provider, profile: shown, gas: Some(gas), tx_hash: None };
        if !self.sending.go_ahead(context, &document, "State this?")? {
            return Ok(());
        }
        document.tx_hash = Some(linq.client.send(linq.suite.profiles, &call, U256::ZERO).await?.hash);
        document.profile = ProfileDocument::of(&linq, provider).await?;
        context.output.report(&document)
    }
}

impl ProfileDocument {
    /// What the chain knows of a provider.
    pub(super) async fn of(linq: &Linq, provider: u32) -> Result<Self> {
        let profile = linq.profile(provider).await?;
        Ok(Self::new(&profile, linq.client.chain_time().await?))
    }

    fn new(profile: &IProfiles::profileReturn, now: u64) -> Self {
        let IProfiles::profileReturn { sealingKey, metadata, statedAt, report, validUntil } = profile;
        let tested = SelfTestDocument { report: *report, valid_until: *validUntil, valid: now < *validUntil };
        Self {
            sealing_key: (!sealingKey.is_zero()).then_some(*sealingKey),
            metadata: (!metadata.is_empty()).then(|| metadata.clone()),
            stated_at: (*statedAt != 0).then_some(*statedAt),
            self_test: (!report.is_zero()).then_some(tested),
        }
    }
}

impl Report for ProfileDocument {
    fn page(&self, page: &mut Page) {
        page.field("sealing key", self.sealing_key.map_or("none".into(), |key| key.to_string()));
        page.field("metadata", self.metadata.as_deref().unwrap_or("none"));
        if let Some(stated_at) = self.stated_at {
            page.field("", format!("stated {}", show_time(stated_at)));
        }
        page.field("self-test", self.self_test.as_ref().map_or("none".into(), SelfTestDocument::words));
    }
}

impl SelfTestDocument {
    fn words(&self) -> String {
        let until = show_moment(self.valid_until);
        match self.valid {
            true => format!("{}, valid until {until}", self.report),
            false => format!("{}, OVER since {until}", self.report),
        }
    }
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Provider {}", self.provider));
        self.profile.page(page);
        if let (Some(gas), None) = (&self.gas, self.tx_hash) {
            gas.page(page);
        }
    }
}
