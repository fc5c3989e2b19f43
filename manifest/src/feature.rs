//! What a provider can have and a job can demand, one bit each, as the registry stores it.

use crate::ManifestError;

/// Runs x86-64 machine code.
pub const X86_64: u64 = 1 << 0;
/// Runs arm64 machine code.
pub const ARM64: u64 = 1 << 1;
/// Isolates work in containers.
pub const CONTAINER: u64 = 1 << 2;
/// Isolates work under gVisor.
pub const GVISOR: u64 = 1 << 3;
/// Isolates work in Kata virtual machines.
pub const KATA: u64 = 1 << 4;
/// Offers Intel SGX enclaves.
pub const SGX: u64 = 1 << 5;
/// Offers AMD SEV-SNP machines.
pub const SEV_SNP: u64 = 1 << 6;
/// Offers Intel TDX machines.
pub const TDX: u64 = 1 << 7;
/// Offers confidential GPUs.
pub const GPU_CC: u64 = 1 << 8;
/// Runs whole virtual machines.
pub const VM: u64 = 1 << 9;
/// Keeps storage from one run to the next.
pub const PERSISTENT_STORAGE: u64 = 1 << 10;
/// Gives work a public address.
pub const PUBLIC_IP: u64 = 1 << 11;
/// Runs WASI modules.
pub const WASI: u64 = 1 << 12;

/// Every bit with the name it has in `resource.yaml`.
pub const ALL: &[(&str, u64)] = &[
    ("x86-64", X86_64),
    ("arm64", ARM64),
    ("container", CONTAINER),
    ("gvisor", GVISOR),
    ("kata", KATA),
    ("sgx", SGX),
    ("sev-snp", SEV_SNP),
    ("tdx", TDX),
    ("gpu-cc", GPU_CC),
    ("vm", VM),
    ("persistent-storage", PERSISTENT_STORAGE),
    ("public-ip", PUBLIC_IP),
    ("wasi", WASI),
];

/// The bit called `name`.
pub fn parse(name: &str) -> Result<u64, ManifestError> {
    ALL.iter().find(|(known, _)| *known == name).map(|(_, bit)| *bit).ok_or_else(|| {
        let known: Vec<&str> = ALL.iter().map(|(known, _)| *known).collect();
        ManifestError::value("order.features", format!("`{name}` is none of {}", known.join(", ")))
    })
}

/// The names of the bits set in `features`; bits without a name are left out.
pub fn names(features: u64) -> Vec<&'static str> {
    ALL.iter().filter(|(_, bit)| features & bit != 0).map(|(name, _)| *name).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_is_one_bit_of_its_own() {
        let mut seen = 0;
        for (name, bit) in ALL {
            assert_eq!(parse(name).unwrap(), *bit);
            assert_eq!(names(*bit), [*name]);
            assert!(bit.is_power_of_two() && seen & bit == 0);
            seen |= bit;
        }
        assert!(parse("quantum").is_err());
    }
}
