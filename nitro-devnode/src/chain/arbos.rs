//! ArbOS versions and what each of them switches on.

use crate::wasm::code;

/// A version of ArbOS, the part of the chain that sits beside the EVM.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ArbosVersion(pub u64);

impl ArbosVersion {
    /// The version the node starts with, and the one it was measured against.
    pub const DEFAULT: Self = Self(51);

    /// The versions a node can start with.
    pub const SUPPORTED: [Self; 6] = [Self(32), Self(40), Self(50), Self(51), Self(59), Self(60)];

    /// The latest version the node knows; a scheduled upgrade beyond it never takes effect.
    pub const LATEST: Self = Self(60);

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

    /// Hashes of L2 blocks are kept in a contract (EIP-2935).
    pub const fn has_block_hash_history(self) -> bool {
        self.0 >= 40
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

    /// A program may be spread over several contracts.
    pub const fn has_fragments(self) -> bool {
        self.0 >= 60
    }

    /// Whether account code runs as a program.
    pub fn runs_as_program(self, code: &[u8]) -> bool {
        code::is_program(code) || (self.has_fragments() && code::is_root(code))
    }

    /// Whether account code that begins with 0xEF may be deployed all the same.
    pub fn admits_code(self, code: &[u8]) -> bool {
        self.runs_as_program(code) || (self.has_fragments() && code::is_fragment(code))
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
