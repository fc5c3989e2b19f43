//! What this machine has, as far as anybody may see it.

use std::path::Path;

use linq_manifest::feature;
use sysinfo::{Disks, System};

use crate::error::{Error, Result};

/// Where the driver of NVIDIA's GPUs lists them for everybody.
const NVIDIA: &str = "/proc/driver/nvidia/gpus";

/// What a machine has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Machine {
    pub(super) cores: usize,
    pub(super) memory_bytes: u64,
    /// Free on the disk of the folder that was asked about.
    pub(super) disk_bytes: u64,
    pub(super) architecture: &'static str,
    /// The models of the GPUs that were found.
    pub(super) gpus: Vec<String>,
}

impl Machine {
    /// Looks at this machine, and at the disk of `folder`. Cores and memory are what this process may use.
    pub(super) fn look(folder: &Path) -> Result<Self> {
        let mut system = System::new().map_err(unseen)?;
        system.refresh_memory();
        let limit = system.cgroup_limits().map_or(u64::MAX, |limits| limits.total_memory);
        Ok(Self {
            cores: std::thread::available_parallelism().map_or(1, usize::from),
            memory_bytes: system.total_memory().min(limit),
            disk_bytes: free_disk(folder)?,
            architecture: std::env::consts::ARCH,
            gpus: gpus(Path::new(NVIDIA)),
        })
    }

    /// The features that this machine has by itself.
    pub(super) fn features(&self) -> u64 {
        let native = match self.architecture {
            "x86_64" => feature::X86_64,
            "aarch64" => feature::ARM64,
            _ => 0,
        };
        feature::WASI | native
    }
}

fn free_disk(folder: &Path) -> Result<u64> {
    let folder = std::fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    let disks = Disks::new_with_refreshed_list().map_err(unseen)?;
    let holding = disks.iter().filter(|disk| folder.starts_with(disk.mount_point()));
    let nearest = holding.max_by_key(|disk| disk.mount_point().components().count());
    Ok(nearest.map_or(0, sysinfo::Disk::available_space))
}

fn unseen(error: sysinfo::Error) -> Error {
    Error::failure(format!("cannot look at this machine: {error}"))
        .hint("give the capacity to `linq provider register` by its flags")
}

/// The models that the driver's folder names, one folder for each GPU. Without the driver there are none to offer.
fn gpus(folder: &Path) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let model = |information: String| {
        let line = information.lines().find_map(|line| line.strip_prefix("Model:"))?;
        Some(line.trim().to_owned())
    };
    let mut found: Vec<String> = entries
        .flatten()
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("information")).ok())
        .filter_map(model)
        .collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_machine_that_runs_this_has_something() {
        let machine = Machine::look(Path::new(".")).unwrap();
        assert!(machine.cores > 0 && machine.memory_bytes > 0, "{machine:?}");
        assert_ne!(machine.features() & feature::WASI, 0);
    }

    #[test]
    fn gpus_are_what_the_driver_lists() {
        let folder = tempfile::tempdir().unwrap();
        assert!(gpus(&folder.path().join("none")).is_empty());
        for (slot, model) in [("0000:01:00.0", "NVIDIA B"), ("0000:02:00.0", "NVIDIA A")] {
            std::fs::create_dir(folder.path().join(slot)).unwrap();
            let information = format!("Model: \t\t {model}\nIRQ:   \t\t 34\n");
            std::fs::write(folder.path().join(slot).join("information"), information).unwrap();
        }
        assert_eq!(gpus(folder.path()), ["NVIDIA A", "NVIDIA B"]);
    }
}
