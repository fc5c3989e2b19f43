//! `linq manifest init`

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use linq_manifest::{Digest, mistakes};
use serde::Serialize;

use super::super::Context;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::{Lnq, decimal, parse_secs, show_secs};

/// Write a resource.yaml to begin with: every field, with what it means
///
/// What is there already is never overwritten.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The file to write
    #[arg(value_name = "FILE", default_value = "resource.yaml")]
    file: PathBuf,
    /// The WASI module, as it is to stand in the file: a path relative to it, or a URI
    #[arg(long, value_name = "URI", default_value = "module.wasm")]
    module: String,
    /// Digest of the module; needed when it is not a local file
    #[arg(long, value_name = "sha256:HEX")]
    digest: Option<Digest>,
    /// A name for people
    #[arg(long, value_name = "TEXT")]
    name: Option<String>,
    /// An input file, a path relative to the file that is written; can be given again
    #[arg(long, value_name = "PATH")]
    input: Vec<String>,
    /// An argument of the program; can be given again
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    argument: Vec<String>,
    /// What one task pays at most, in LNQ [default: what the cheapest fitting offer asks for]
    #[arg(long, value_name = "LNQ")]
    price: Option<Lnq>,
    /// How many times the work is run, each paid by itself
    #[arg(long, value_name = "N", default_value_t = 1)]
    tasks: u16,
    /// Country where it may run, by its ISO 3166-1 number; can be given again
    #[arg(long, value_name = "N")]
    region: Vec<u16>,
    /// How long a provider has
    #[arg(long, value_name = "TIME", value_parser = parse_secs, default_value = "1h")]
    duration: u32,
}

/// What was written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    file: PathBuf,
    module: String,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<()> {
        let text = self.text();
        // Flags are wrong in the same ways as what is written by hand, and are told so by the same rules.
        if let Some(mistake) = mistakes(&text, None).into_iter().next() {
            return Err(Error::usage(format!("the file would be wrong: {}: {}", mistake.field, mistake.problem)));
        }
        self.write(&text)?;
        context.output.report(&Document { file: self.file, module: self.module })
    }

    fn write(&self, text: &str) -> Result<()> {
        let shown = self.file.display();
        let opened = std::fs::OpenOptions::new().write(true).create_new(true).open(&self.file);
        let mut file = opened.map_err(|error| match error.kind() {
            std::io::ErrorKind::AlreadyExists => {
                Error::policy(format!("{shown} is there already")).hint("name another file; nothing is overwritten")
            }
            _ => Error::failure(format!("cannot write {shown}: {error}")),
        })?;
        file.write_all(text.as_bytes()).map_err(|error| Error::failure(format!("cannot write {shown}: {error}")))
    }

    fn text(&self) -> String {
        let mut text = String::from(HEAD);
        let name = self.name.as_deref().unwrap_or("my-job");
        text += &format!("name: {}\n\n{MODULE}  uri: {}\n", quoted(name), quoted(&self.module));
        text += &match self.digest {
            Some(digest) => format!("  digest: {digest}\n"),
            None => format!("  # digest: {EXAMPLE_DIGEST}\n"),
        };
        text += &format!("\n# Arguments, without the program's own name.\narguments: {}\n", list(&self.argument));
        text += ENVIRONMENT;
        text += &match self.input.as_slice() {
            [] => INPUTS.to_owned(),
            inputs => format!(
                "inputs:\n{}",
                inputs.iter().map(|uri| format!("  - uri: {}\n", quoted(uri))).collect::<String>()
            ),
        };
        text += RESOURCES;
        text += &match self.price {
            Some(price) => format!("  price: \"{}\"", decimal(price.to_token())),
            None => "  price: market".into(),
        };
        text += PRICE;
        let regions: Vec<String> = self.region.iter().map(u16::to_string).collect();
        text +=
            &format!("  tasks: {}              # how many times the work is run, each paid by itself\n", self.tasks);
        text += &format!(
            "  regions: [{}]           # where it may run, by ISO 3166-1 number; empty: anywhere\n",
            regions.join(", ")
        );
        text += &format!(
            "  runFor: {}            # how long a provider has, at most 90d\n",
            show_secs(self.duration.into())
        );
        text + TAIL
    }
}

/// A YAML string: JSON strings are.
fn quoted(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

fn list(texts: &[String]) -> String {
    let quoted: Vec<String> = texts.iter().map(|text| quoted(text)).collect();
    format!("[{}]", quoted.join(", "))
}

const HEAD: &str = "\
# What a job runs, and what is offered for it.
#   linq manifest validate    everything that is wrong with this file
#   linq manifest price       what providers ask for it
#   linq submit --resource    posts it
# What is commented out shows how a field is written; without it, its default counts.

# For people; at most 64 bytes.
";

const MODULE: &str = "\
# The WebAssembly module that runs, with the imports of WASI preview 1. A path is relative to this file; a module
# elsewhere (https: or http:) needs its digest.
module:
";

const EXAMPLE_DIGEST: &str = "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

const ENVIRONMENT: &str = "
# The whole environment: nothing is inherited.
# environment: { LANG: C }

# Files that the program finds under /input. What it writes to /output is its result, with what it prints.
";

const INPUTS: &str = "# inputs: [{ path: corpus.txt, uri: corpus.txt }]\n";

const RESOURCES: &str = "
# What a provider must have free for one task. A module cannot use more memory than this.
resources:
  cpu: \"1\"              # cores: 2, 0.5, 500m
  memory: 256Mi         # Mi, Gi (1024) or M, G (1000)
  storage: 1Gi

# Where a run is stopped. A run that meets a limit has a result, which says so.
limits:
  fuel: 20G             # about one for each instruction
  time: 10m             # by the clock; not longer than runFor below
  output: 16Mi          # all output files together
  files: 64             # number of output files
  log: 1Mi              # standard output, and standard error

# What is offered. It is no part of the manifest: the same work at another price has the same hash.
order:
";

const PRICE: &str =
    "         # LNQ for one task at most, such as \"12.5\"; market: what the cheapest fitting offer asks for\n";

const TAIL: &str = "  window: 72h           # how long a result can be accepted or disputed before it is paid
  openFor: 1h           # how long takes are accepted
  bidFor: \"0\"           # how long a cheaper take displaces another, at most 6h; 0 makes the first final
  attempts: 4           # how many providers may try, one after another
  matching: requester   # who may assign it to a standing offer: requester or anyone
  tier: 0               # least tier of a provider, 0 to 3
  # features: [x86-64]  # what a provider must have beyond what the program demands
  # provider: 7         # the only one that may take it
  # judge: \"0x00000000000000000000000000000000000000aa\" # rules on results instead of a jury
";

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(self.file.display());
        page.field("module", &self.module);
        page.field("next", format!("read it, then linq manifest validate {}", self.file.display()));
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        arguments: Arguments,
    }

    fn text(line: &str) -> String {
        Line::parse_from(format!("init {line}").split_whitespace()).arguments.text()
    }

    #[test]
    fn what_is_written_is_valid() {
        assert_eq!(mistakes(&text(""), None), []);
        let said = text(
            "--name words --input corpus.txt --input more/a.txt --argument --top --argument 20 --price 12.5 --tasks 3 \
             --region 276 --region 756 --duration 90m",
        );
        assert_eq!(mistakes(&said, None), []);
        let resource = linq_manifest::Resource::parse(&said).unwrap();
        assert_eq!((resource.order.tasks, resource.order.run_secs), (3, 5_400));
        assert_eq!(resource.order.regions, [276, 756]);
        assert_eq!(resource.order.price, linq_manifest::Price::Fixed(12_500_000_000_000_000_000));
    }

    #[test]
    fn every_field_that_is_commented_out_exists() {
        let text = text("");
        let field = |line: &&str| {
            let said = line.trim_start().strip_prefix("# ").and_then(|line| line.split_once(": "));
            said.is_some_and(|(name, _)| {
                ["digest", "environment", "inputs", "features", "provider", "judge"].contains(&name)
            })
        };
        assert_eq!(text.lines().filter(field).count(), 6);
        let whole: String = text
            .lines()
            .map(|line| if field(&line) { line.replacen("# ", "", 1) } else { line.into() } + "\n")
            .collect();
        assert_eq!(mistakes(&whole, None), []);
    }
}
