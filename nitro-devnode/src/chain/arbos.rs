//! ArbOS versions and what each of them switches on.

/// A version of ArbOS, the part of the chain that sits beside the EVM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ArbosVersion(pub u64);

impl ArbosVersion {
    /// The version the node starts with, and the one it was measured against.
    pub const DEFAULT: Self = Self(51);

    /// Stylus version: programs must have been activated under the one in force.
    pub const fn stylus_version(self) -> u16 {
        match self.0 {
            0..30 => 0,
            30 => 1,
            31..59 => 2,
            _ => 3,
        }
    }

    /// Calls of programs also pay the cached part of the entry cost when the program is not cached.
    pub const fn charges_cached_cost_always(self) -> bool {
        self.0 >= 31
    }

    /// Return data costs a program at least what EVM memory of its size costs.
    pub const fn charges_return_data(self) -> bool {
        self.0 >= 31
    }

    /// EIP-7702 transactions are accepted.
    pub const fn has_set_code_transactions(self) -> bool {
        self.0 >= 40
    }

    /// Osaka instructions and precompiles (CLZ, MODEXP repricing, BLS12-381, dearer P-256).
    pub const fn is_osaka(self) -> bool {
        self.0 >= 50
    }

    /// Gas above the per-transaction compute cap is held back and returned.
    pub const fn caps_transaction_compute(self) -> bool {
        self.0 >= 50
    }

    /// Flushing the storage cache beyond the gas left is out of gas rather than a plain failure.
    pub const fn flush_overrun_is_out_of_gas(self) -> bool {
        self.0 >= 50
    }

    /// The page limit also holds while programs run, not only at activation.
    pub const fn enforces_page_limit_at_run_time(self) -> bool {
        self.0 >= 59
    }

    /// Programs called earlier in a block are cheap to call again.
    pub const fn has_recent_program_cache(self) -> bool {
        self.0 >= 60
    }

    /// What ArbSys.arbOSVersion answers: versions of the classic chain come first.
    pub const fn reported(self) -> u64 {
        self.0 + 55
    }
}

impl Default for ArbosVersion {
    fn default() -> Self {
        Self::DEFAULT
    }
}
