//! `linq provider self-test`

use std::path::PathBuf;
use std::time::Duration;

use alloy::primitives::{B256, U256};
use clap::Args;
use linq_abi::IProfiles;
use linq_manifest::Digest;
use serde::Serialize;

use super::super::Context;
use super::ProviderFlag;
use super::file::ProviderFile;
use super::machine::Machine;
use super::measure::Figures;
use super::sending::SendFlags;
use crate::cost::GasCost;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{now, parse_secs, show_moment};

/// How long a self-test counts where nothing else is said: 30 days.
const VALID_SECS: u32 = 30 * 86_400;
/// Where the report goes where nothing else is said.
const REPORT: &str = "self-test.json";

/// Measure this machine, keep the report, and publish its hash with the owner's or the operator's key
///
/// Measures the cores, the memory and the disk, each for a few seconds. The report names the latest block, so that it
/// cannot be older than that; its SHA-256 goes to the chain, with the time until which it counts. Publish the file where
/// the metadata lead, and everybody can compare.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    #[command(flatten)]
    provider: ProviderFlag,
    /// File that `linq provider init` wrote, of which only `[self-test]` counts; flags come before what it says
    #[arg(long, value_name = "FILE")]
    from: Option<PathBuf>,
    #[command(flatten)]
    test: SelfTestFlags,
    /// How long each of the five measurements takes, in seconds
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=60))]
    each: u64,
    #[command(flatten)]
    sending: SendFlags,
}

/// What is measured and for how long it counts.
#[derive(Args, Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct SelfTestFlags {
    /// How long it counts, 90 days at most [default: 30days]
    #[arg(long, value_name = "TIME", value_parser = parse_secs)]
    pub(super) valid: Option<u32>,
    /// On whose disk it writes, 256 MiB at most [default: this one]
    #[arg(long, value_name = "DIR")]
    pub(super) folder: Option<PathBuf>,
    /// Where the report is kept [default: self-test.json]
    #[arg(long, value_name = "FILE")]
    pub(super) report: Option<PathBuf>,
}

impl SelfTestFlags {
    /// These, and where one is left out that of `base`.
    fn over(self, base: Self) -> Self {
        Self {
            valid: self.valid.or(base.valid),
            folder: self.folder.or(base.folder),
            report: self.report.or(base.report),
        }
    }
}

/// The report, as it is kept and hashed. Its fields stay as they are while `version` does.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportFile {
    version: u8,
    chain_id: u64,
    provider: u32,
    /// A block that nobody knew before it was made.
    block: u64,
    block_hash: B256,
    measured_at: u64,
    architecture: &'static str,
    cores: usize,
    memory_bytes: u64,
    disk_bytes: u64,
    gpus: Vec<String>,
    each_secs: u64,
    figures: Figures,
}

/// What was measured and published, or would be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    provider: u32,
    file: PathBuf,
    /// Its SHA-256.
    report: B256,
    valid_until: u64,
    figures: Figures,
    #[serde(flatten)]
    gas: GasCost,
    /// Absent before it is confirmed.
    #[serde(skip_serializing_if = "Option::is_none")]
    tx_hash: Option<B256>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let file = self.from.as_deref().map(ProviderFile::read).transpose()?.unwrap_or_default();
        let SelfTestFlags { valid, folder, report } = self.test.over(file.self_test);
        let (folder, path) = (folder.unwrap_or_else(|| ".".into()), report.unwrap_or_else(|| REPORT.into()));
        let linq = context.writer().await?;
        let provider = self.provider.id(&linq).await?;
        let (block, block_hash) = linq.client.latest_block().await?;

        let machine = Machine::look(&folder)?;
        context.output.progress(format!("measuring for about {} seconds", 5 * self.each));
        let (cores, each) = (machine.cores, Duration::from_secs(self.each));
        let figures = measure(cores, folder, each).await?;
        let kept = ReportFile {
            version: 1,
            chain_id: linq.client.chain_id(),
            provider,
            block,
            block_hash,
            measured_at: now(),
            architecture: machine.architecture,
            cores,
            memory_bytes: machine.memory_bytes,
            disk_bytes: machine.disk_bytes,
            gpus: machine.gpus,
            each_secs: self.each,
            figures: figures.clone(),
        };
        let report = keep(&kept, &path)?;

        // By the clock of the chain, wherever that is.
        let valid_until = linq.client.chain_time().await?.saturating_add(valid.unwrap_or(VALID_SECS).into());
        let call = IProfiles::publishSelfTestCall { provider, report, validUntil: valid_until };
        let gas = GasCost::of(&linq.client, linq.suite.profiles, &call).await?;
        let mut document = Document { provider, file: path, report, valid_until, figures, gas, tx_hash: None };
        if !self.sending.go_ahead(context, &document, "Publish the hash of this report?")? {
            return Ok(());
        }
        document.tx_hash = Some(linq.client.send(linq.suite.profiles, &call, U256::ZERO).await?.hash);
        context.output.report(&document)
    }
}

/// Measures beside whatever else waits.
async fn measure(cores: usize, folder: PathBuf, each: Duration) -> Result<Figures> {
    let measuring = tokio::task::spawn_blocking(move || Figures::measure(cores, &folder, each));
    measuring.await.map_err(|error| Error::failure(format!("the measurement did not end: {error}")))?
}

/// Writes the report, and returns the hash of what is in the file.
fn keep(report: &ReportFile, path: &std::path::Path) -> Result<B256> {
    let mut text = serde_json::to_string_pretty(report).map_err(|error| Error::failure(error.to_string()))?;
    text.push('\n');
    crate::files::write(path, text.as_bytes())?;
    Ok(Digest::of(text).bytes())
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Self-test of provider {}", self.provider));
        let Figures { core_hashes_per_sec, all_hashes_per_sec, .. } = &self.figures;
        page.field("cores", format!("{core_hashes_per_sec} hashes a second on one, {all_hashes_per_sec} on all"));
        page.field("memory", format!("{} MiB copied a second", self.figures.memory_copy_bytes_per_sec >> 20));
        let Figures { disk_write_bytes_per_sec, disk_syncs_per_sec, .. } = &self.figures;
        page.field(
            "disk",
            format!("{} MiB written a second, {disk_syncs_per_sec} small writes", disk_write_bytes_per_sec >> 20),
        );
        page.field("report", format!("{}, SHA-256 {}", self.file.display(), self.report));
        page.field("valid", format!("until {}", show_moment(self.valid_until)));
        if self.tx_hash.is_none() {
            self.gas.page(page);
        }
    }
}
