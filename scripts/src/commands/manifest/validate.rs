//! `linq manifest validate`

use std::path::{Path, PathBuf};

use alloy::primitives::B256;
use clap::Args;
use linq_manifest::{Mistake, Resource, mistakes};
use serde::Serialize;

use super::super::Context;
use crate::error::{Error, Result};
use crate::output::{Page, Report};

/// Say everything that is wrong with a resource.yaml, and what to write instead
///
/// Needs no chain. Ends with exit code 2 unless the file can be submitted.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The file
    #[arg(value_name = "FILE", default_value = "resource.yaml")]
    file: PathBuf,
    /// Do not look at the local files it names
    #[arg(long)]
    without_files: bool,
}

/// What was found.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    file: PathBuf,
    valid: bool,
    /// Absent where there are mistakes, and where local files were not looked at.
    #[serde(skip_serializing_if = "Option::is_none")]
    spec_hash: Option<B256>,
    mistakes: Vec<Mistake>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<()> {
        let shown = self.file.display().to_string();
        let yaml = std::fs::read_to_string(&self.file).map_err(|error| {
            Error::usage(format!("cannot read {shown}: {error}"))
                .hint("`linq manifest init` writes a file to begin with")
        })?;
        let folder = self.file.parent().unwrap_or(Path::new(""));
        let mistakes = mistakes(&yaml, Some(folder).filter(|_| !self.without_files));
        let spec_hash = match mistakes.is_empty() && !self.without_files {
            true => Some(spec_hash(&yaml, folder)?),
            false => None,
        };
        let count = mistakes.len();
        context.output.report(&Document { file: self.file, valid: count == 0, spec_hash, mistakes })?;
        match count {
            0 => Ok(()),
            1 => Err(Error::usage(format!("{shown} has a mistake"))),
            _ => Err(Error::usage(format!("{shown} has {count} mistakes"))),
        }
    }
}

fn spec_hash(yaml: &str, folder: &Path) -> Result<B256> {
    let manifest = Resource::parse(yaml).and_then(|resource| resource.resolve(folder));
    Ok(manifest.map_err(|error| Error::usage(error.to_string()))?.spec_hash().bytes())
}

impl Report for Document {
    fn page(&self, page: &mut Page) {
        for mistake in &self.mistakes {
            let Mistake { line, column, field, problem, instead } = mistake;
            let field = if field.is_empty() { String::new() } else { format!("{field}: ") };
            page.line(format!("{}:{line}:{column}: {field}{problem}", self.file.display()));
            if let Some(instead) = instead {
                page.line(format!("    write {instead}"));
            }
        }
        if self.valid {
            page.line(format!("{} can be submitted", self.file.display()));
        }
        if let Some(hash) = self.spec_hash {
            page.field("specHash", hash);
        }
    }
}
