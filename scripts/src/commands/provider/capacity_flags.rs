//! Capacity, as `register` and `capacity` take it.

use clap::Args;
use linq_abi::Resources;
use linq_manifest::{ManifestError, feature, units};

use crate::error::{Error, Result};

/// What a provider has. Everything that is left out stays as it is.
#[derive(Args, Debug, Default, PartialEq, Eq)]
pub(super) struct CapacityFlags {
    /// Cores, e.g. 4 or 500m
    #[arg(long, value_name = "CORES", help_heading = "Capacity")]
    pub(super) cpu: Option<String>,
    /// Memory, e.g. 8Gi
    #[arg(long, value_name = "SIZE", help_heading = "Capacity")]
    pub(super) memory: Option<String>,
    /// Storage, e.g. 100Gi
    #[arg(long, value_name = "SIZE", help_heading = "Capacity")]
    pub(super) storage: Option<String>,
    /// Number of GPUs
    #[arg(long, value_name = "N", help_heading = "Capacity")]
    pub(super) gpus: Option<u16>,
    /// Kind of GPU, by its number
    #[arg(long, value_name = "N", help_heading = "Capacity")]
    pub(super) gpu_class: Option<u16>,
    /// Bandwidth in Mbit/s
    #[arg(long, value_name = "N", help_heading = "Capacity")]
    pub(super) bandwidth: Option<u32>,
    /// What it can run, e.g. wasi,x86-64
    #[arg(long, value_name = "NAMES", value_delimiter = ',', help_heading = "Capacity")]
    pub(super) features: Option<Vec<String>>,
    /// Country by its ISO 3166-1 number, e.g. 276
    #[arg(long, value_name = "N", help_heading = "Capacity")]
    pub(super) region: Option<u16>,
}

impl CapacityFlags {
    /// These, and where one is left out that of `base`.
    pub(super) fn over(self, base: Self) -> Self {
        Self {
            cpu: self.cpu.or(base.cpu),
            memory: self.memory.or(base.memory),
            storage: self.storage.or(base.storage),
            gpus: self.gpus.or(base.gpus),
            gpu_class: self.gpu_class.or(base.gpu_class),
            bandwidth: self.bandwidth.or(base.bandwidth),
            features: self.features.or(base.features),
            region: self.region.or(base.region),
        }
    }

    /// The resources with what was given put in.
    pub(super) fn resources(&self, current: &Resources) -> Result<Resources> {
        let gpus = self.gpus.unwrap_or(current.gpus);
        let class = if gpus == 0 { 0 } else { current.gpuClass };
        Ok(Resources {
            cpuMillis: match &self.cpu {
                Some(text) => units::cpu_millis("--cpu", text).map_err(usage)?,
                None => current.cpuMillis,
            },
            memoryMib: whole("--memory", self.memory.as_deref(), 1 << 20, current.memoryMib)?,
            storageGib: whole("--storage", self.storage.as_deref(), 1 << 30, current.storageGib)?,
            gpus,
            gpuClass: self.gpu_class.unwrap_or(class),
            bandwidthMbps: self.bandwidth.unwrap_or(current.bandwidthMbps),
        })
    }

    /// The feature bits that were given, or else the `current` ones.
    pub(super) fn features(&self, current: u64) -> Result<u64> {
        let Some(names) = &self.features else { return Ok(current) };
        names.iter().try_fold(0, |bits, name| feature::parse(name.trim()).map(|bit| bits | bit).map_err(usage))
    }
}

/// Rounded down: what is offered has to be there.
fn whole(flag: &'static str, text: Option<&str>, unit: u64, current: u32) -> Result<u32> {
    let Some(text) = text else { return Ok(current) };
    let count = units::bytes(flag, text).map_err(usage)? / unit;
    u32::try_from(count).map_err(|_| Error::usage(format!("{flag}: `{text}` is too large")))
}

fn usage(error: ManifestError) -> Error {
    Error::usage(error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_stays() {
        let current = Resources { cpuMillis: 4_000, memoryMib: 512, gpus: 2, gpuClass: 7, ..Resources::default() };
        let flags = CapacityFlags { memory: Some("1Gi".into()), ..CapacityFlags::default() };
        assert_eq!(flags.resources(&current).unwrap(), Resources { memoryMib: 1_024, ..current.clone() });
        assert_eq!(flags.features(5).unwrap(), 5);
    }

    #[test]
    fn a_class_goes_with_the_last_gpu() {
        let current = Resources { gpus: 2, gpuClass: 7, ..Resources::default() };
        let none = CapacityFlags { gpus: Some(0), ..CapacityFlags::default() };
        assert_eq!(none.resources(&current).unwrap(), Resources::default());
        let fewer = CapacityFlags { gpus: Some(1), ..CapacityFlags::default() };
        assert_eq!(fewer.resources(&current).unwrap().gpuClass, 7);
    }

    #[test]
    fn sizes_round_down() {
        let flags = CapacityFlags { storage: Some("2147483647".into()), ..CapacityFlags::default() };
        assert_eq!(flags.resources(&Resources::default()).unwrap().storageGib, 1);
    }
}
