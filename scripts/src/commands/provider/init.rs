//! `linq provider init`

use std::path::PathBuf;

use alloy::primitives::Address;
use clap::Args;
use linq_manifest::feature;
use serde::Serialize;

use super::super::Context;
use super::machine::Machine;
use crate::error::{Error, Result};
use crate::output::{Page, Report};
use crate::units::parse_address;

/// Look at this machine and write a provider.toml to register from
///
/// Offers all cores and three quarters of memory and free disk; what to ask for them is yours to decide.
#[derive(Args, Debug)]
pub(super) struct Arguments {
    /// The file to write
    #[arg(value_name = "FILE", default_value = "provider.toml")]
    file: PathBuf,
    /// Country by its ISO 3166-1 number, e.g. 276
    #[arg(long, value_name = "N")]
    region: Option<u16>,
    /// The key that takes work and submits results
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    operator: Option<Address>,
    /// Who receives earnings
    #[arg(long, value_name = "ADDRESS", value_parser = parse_address)]
    payout: Option<Address>,
    /// Replace a file that is there
    #[arg(long)]
    force: bool,
}

/// What was found and written.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    file: PathBuf,
    cores: usize,
    memory_bytes: u64,
    disk_bytes: u64,
    architecture: &'static str,
    gpus: Vec<String>,
}

impl Arguments {
    pub(super) async fn run(self, context: &Context) -> Result<()> {
        let file = self.file.clone();
        if file.exists() && !self.force {
            return Err(Error::policy(format!("{} is there already", file.display()))
                .hint("name another file, or replace it with --force"));
        }
        let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let machine = Machine::look(folder.unwrap_or(".".as_ref()))?;
        crate::files::write(&file, self.text(&machine).as_bytes())?;
        context.output.report(&Document {
            file,
            cores: machine.cores,
            memory_bytes: machine.memory_bytes,
            disk_bytes: machine.disk_bytes,
            architecture: machine.architecture,
            gpus: machine.gpus,
        })
    }

    /// The file, with everything that could be said in it.
    fn text(&self, machine: &Machine) -> String {
        let (memory_mib, disk_gib) = (machine.memory_bytes >> 20, machine.disk_bytes >> 30);
        let quoted = |address: Option<Address>| address.map(|address| format!("\"{address}\""));
        let names = feature::names(machine.features());
        let known: Vec<&str> = feature::ALL.iter().map(|(name, _)| *name).collect();
        let region = self.region.map(|region| region.to_string());
        let (cores, gpus) = (machine.cores, machine.gpus.len());

        let mut text = String::from(HEAD);
        field(&mut text, "operator", quoted(self.operator).ok_or("\"0x…\""), "takes work [default: the owner]");
        field(&mut text, "payout", quoted(self.payout).ok_or("\"0x…\""), "receives earnings [default: the owner]");
        text += CAPACITY;
        field(&mut text, "cpu", Ok(format!("\"{cores}\"")), &format!("cores, or 500m; found {cores}"));
        let memory = format!("\"{}Mi\"", memory_mib / 4 * 3);
        field(&mut text, "memory", Ok(memory), &format!("found {memory_mib}Mi"));
        let storage = format!("\"{}Gi\"", disk_gib / 4 * 3);
        field(&mut text, "storage", Ok(storage), &format!("found {disk_gib}Gi free"));
        field(&mut text, "bandwidth", Ok("0".into()), "Mbit/s; 0 takes no work that asks for some");
        field(&mut text, "region", region.ok_or("276"), "country, ISO 3166-1 numeric; has to be said");
        match gpus {
            0 => field(&mut text, "gpus", Ok("0".into()), "none found"),
            _ => {
                field(&mut text, "gpus", Err(&gpus.to_string()), &format!("found {}", machine.gpus.join(", ")));
                field(&mut text, "gpu-class", Err("1"), "the number of their class; has to be said with them");
            }
        }
        text += &format!("# What it runs, of: {}\nfeatures = {names:?}\n", known.join(", "));
        text + TAIL
    }
}

/// A line of the file: a value, or an example of one that is commented out.
fn field(text: &mut String, name: &str, value: std::result::Result<String, &str>, comment: &str) {
    let said = match value {
        Ok(value) => format!("{name} = {value}"),
        Err(example) => format!("# {name} = {example}"),
    };
    *text += &format!("{said:<24} # {comment}\n");
}

const HEAD: &str = "\
# What a provider states when it registers: linq provider register --from FILE
# Every field is a flag of that command, which comes before what is said here.

# Keys, by address; no file needs the keys themselves. The owner is whoever registers.

";

const CAPACITY: &str = "
# Capacity. Work reserves its part; what the machine needs for itself stays out.

";

const TAIL: &str = "
# Prices in LNQ for an hour. These are examples: what to ask is yours to decide.

cpu-price = \"0.36\"       # a core
memory-price = \"0.036\"   # a GiB of memory
storage-price = \"0.0036\" # a GiB of storage
gpu-price = \"0\"          # a GPU
min-price = \"0\"          # one task, whatever the prices say

# The standing offer: work that is taken without asking, at these prices and inside these limits.

open = false             # true takes it
min-run = \"1m\"           # shortest run
max-run = \"1day\"         # longest run
max-window = \"3days\"     # longest time in which a result may be disputed
max-lock = \"100\"         # most stake, in LNQ, that one task may lock

# The stake in LNQ. It can be lost: a late result costs a quarter of what its task locked.

# stake = \"1400\"         # [default: the least for the capacity]

# What the provider says of itself, once it is registered: linq provider profile --from FILE
# It binds nobody. Files named here and below lie beside this one.

[profile]
sealing-key-file = \"sealing-key\" # opens what is sealed to the provider; made where there is none
metadata = \"\"            # where people read who this is: a URI of at most 256 characters

# The self-test of this machine, by owner or operator: linq provider self-test --from FILE

[self-test]
valid = \"30days\"         # how long it counts; 90 days at most
folder = \".\"             # on whose disk it writes
report = \"self-test.json\"
";

impl Report for Document {
    fn page(&self, page: &mut Page) {
        page.heading(self.file.display());
        page.field("cores", format!("{} ({})", self.cores, self.architecture));
        page.field("memory", format!("{} MiB", self.memory_bytes >> 20));
        page.field("free disk", format!("{} GiB", self.disk_bytes >> 30));
        page.field("GPUs", if self.gpus.is_empty() { "none found".into() } else { self.gpus.join(", ") });
        page.field("next", format!("read it, then linq provider register --from {}", self.file.display()));
    }
}

#[cfg(test)]
mod tests {
    use super::super::file::ProviderFile;
    use super::*;

    fn arguments() -> Arguments {
        Arguments { file: "provider.toml".into(), region: None, operator: None, payout: None, force: false }
    }

    fn machine(gpus: &[&str]) -> Machine {
        Machine {
            cores: 6,
            memory_bytes: 8 << 30,
            disk_bytes: 101 << 30,
            architecture: "aarch64",
            gpus: gpus.iter().map(|model| (*model).to_owned()).collect(),
        }
    }

    #[test]
    fn what_is_written_can_be_read() {
        let file = ProviderFile::parse(&arguments().text(&machine(&[]))).unwrap();
        assert_eq!((file.capacity.cpu.as_deref(), file.capacity.memory.as_deref()), (Some("6"), Some("6144Mi")));
        assert_eq!((file.capacity.storage.as_deref(), file.capacity.region), (Some("75Gi"), None));
        assert_eq!(file.capacity.features(0).unwrap(), feature::WASI | feature::ARM64);
        assert_eq!((file.operator, file.offer.open), (None, false));
        assert_eq!(file.profile.sealing_key_file, Some("sealing-key".into()));
        assert_eq!((file.profile.metadata.as_deref(), file.self_test.valid), (Some(""), Some(30 * 86_400)));

        let (operator, region) = (Some(Address::repeat_byte(2)), Some(276));
        let said = Arguments { operator, payout: operator, region, ..arguments() };
        let file = ProviderFile::parse(&said.text(&machine(&[]))).unwrap();
        assert_eq!((file.operator, file.payout, file.capacity.region), (operator, operator, region));
    }

    #[test]
    fn a_gpu_is_offered_by_its_owner_alone() {
        let text = arguments().text(&machine(&["NVIDIA A", "NVIDIA B"]));
        assert!(text.contains("found NVIDIA A, NVIDIA B") && text.contains("# gpus = 2"), "{text}");
        assert_eq!(ProviderFile::parse(&text).unwrap().capacity.gpus, None);
    }

    #[test]
    fn every_field_that_is_commented_out_exists() {
        let text = arguments().text(&machine(&["NVIDIA A"]));
        let told = text.lines().filter_map(|line| line.strip_prefix("# ")).filter(|line| line.contains(" = "));
        let said: Vec<String> = told.map(|line| line.replace("0x…", &format!("{:#x}", Address::ZERO))).collect();
        assert_eq!(said.len(), 6, "{said:?}");
        for line in said {
            ProviderFile::parse(&line).unwrap();
        }
    }
}
