//! `linq dispute evidence`

use std::path::{Path, PathBuf};

use alloy::primitives::{B256, U256};
use alloy::transports::http::reqwest::Url;
use clap::Args;
use linq_abi::ICourt;
use linq_manifest::Digest;
use serde::Serialize;

use super::super::Context;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::results;

/// Largest document that is fetched to be hashed.
const MAX_BYTES: u64 = 256 << 20;

/// Bring evidence: the SHA-256 of a document and where it is found; anyone may, until commits end
///
/// The court keeps the hash alone. Whoever weighs it has to find the document where you say, so put it there first: a `file:`
/// address is for chains on one machine.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The number of the dispute
    dispute: u64,
    /// The document
    #[arg(long, value_name = "FILE")]
    file: Option<PathBuf>,
    /// Where people find it [default: the file on this machine]; without --file it is fetched from there
    #[arg(long, value_name = "URI", required_unless_present = "file")]
    uri: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    dispute: u64,
    round: u8,
    hash: B256,
    uri: String,
    tx_hash: B256,
    gas_used: u64,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let Self { dispute, file, uri } = self;
        let linq = context.writer().await?;
        let (digest, uri) = match (file, uri) {
            (Some(file), uri) => (digest_of(&file)?, uri.map_or_else(|| uri_of(&file), Ok)?),
            (None, Some(uri)) => (results::digest(&uri, MAX_BYTES).await?, uri),
            (None, None) => return Err(Error::usage("no document is named").hint("name it with --file or --uri")),
        };
        let hash = digest.bytes();
        let call = ICourt::evidenceCall { dispute, hash, uri: uri.clone() };
        let sent = linq.client.send(linq.suite.court, &call, U256::ZERO).await?;
        let round = sent.expect_event::<ICourt::EvidenceGiven>(linq.suite.court)?.round;
        context.output.report(&Document { dispute, round, hash, uri, tx_hash: sent.hash, gas_used: sent.gas_used })
    }
}

fn digest_of(file: &Path) -> Result<Digest> {
    let read = std::fs::File::open(file).and_then(Digest::of_reader);
    read.map(|(digest, _)| digest).map_err(|error| unreadable(file, &error))
}

fn uri_of(file: &Path) -> Result<String> {
    let path = file.canonicalize().map_err(|error| unreadable(file, &error))?;
    let url = Url::from_file_path(&path).map_err(|()| {
        Error::usage(format!("{} has no address", path.display())).hint("say where people find it with --uri")
    })?;
    Ok(url.to_string())
}

fn unreadable(file: &Path, error: &std::io::Error) -> Error {
    Error::usage(format!("cannot read {}: {error}", file.display())).hint("check --file")
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(format!("Evidence in dispute {}, round {}", self.dispute, self.round));
        page.field("SHA-256", self.hash);
        page.field("where", &self.uri);
        page.field("transaction", self.tx_hash);
    }
}
