//! A program ready to run.

use std::sync::Arc;

use alloy::primitives::{B256, Bytes};

use super::activation::{ModuleInfo, Shape};
use super::api::{EvmApi, FrameContext, FrameOutcome, FrameStatus};
use super::cache;
use super::code::{self, CodeError};
use super::engine::{Compiled, End, Ended, Start};
use super::host::Frame;
use super::instrument::{Instrumented, instrument};
use super::validate::{ADDED_GLOBALS, Module, ModuleError, Rules, validate};

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
    #[error(transparent)]
    Module(#[from] ModuleError),
}

impl ActivationError {
    /// Whether `activateProgram` keeps its remaining gas when it fails like this.
    pub fn keeps_gas(&self) -> bool {
        matches!(self, Self::Code(_))
    }
}

/// A validated, instrumented and compiled module. Cheap to share: every frame instantiates it afresh.
pub struct Program {
    info: ModuleInfo,
    stylus_version: u16,
    compiled: Compiled,
}

impl Program {
    /// Checks, instruments and compiles `code` (prefix included).
    pub fn compile(code: &[u8], config: &CompileConfig) -> Result<Arc<Self>, ActivationError> {
        let wasm = code::decode(code, config.max_wasm_size)?;
        Ok(Arc::new(Self::from_wasm(&wasm, config)?))
    }

    /// Like [`Program::load`] for a program in fragments: `key` names their contents, and `unpack` gives the module if
    /// it has to be compiled.
    pub fn load_unpacked(
        key: B256,
        config: &CompileConfig,
        unpack: impl FnOnce() -> Result<Vec<u8>, CodeError>,
    ) -> Result<Arc<Self>, ActivationError> {
        cache::load(key, config, || Ok(Arc::new(Self::from_wasm(&unpack()?, config)?)))
    }

    /// Like [`Program::compile`], but compiles the code with this hash only once in the process, as long as the
    /// cache has room for it.
    pub fn load(code_hash: B256, code: &[u8], config: &CompileConfig) -> Result<Arc<Self>, ActivationError> {
        cache::load(code_hash, config, || Self::compile(code, config))
    }

    /// Checks, instruments and compiles an unpacked module.
    pub(super) fn from_wasm(wasm: &[u8], config: &CompileConfig) -> Result<Self, ModuleError> {
        let rules = Rules { debug: config.debug, stylus_version: config.stylus_version };
        let module = validate(wasm, rules)?;
        let instrumented = instrument(&module)?;
        let info = ModuleInfo::of(shape(wasm, &module, &instrumented), config.stylus_version)?;
        let compiled = Compiled::new(&instrumented.wasm).map_err(|error| ModuleError::Compile(format!("{error:#}")))?;
        Ok(Self::new(info, config.stylus_version, compiled))
    }

    pub(super) fn new(info: ModuleInfo, stylus_version: u16, compiled: Compiled) -> Self {
        Self { info, stylus_version, compiled }
    }

    /// What activation records and charges.
    pub fn info(&self) -> &ModuleInfo {
        &self.info
    }

    /// Runs one frame with `gas`, which is what is left after the entry charge. The least charge for returned data
    /// ([`return_data_gas`](super::activation::return_data_gas)) is up to the caller, who knows what the frame had.
    ///
    /// The native stack grows as needed, so frames may nest as deeply as the chain admits.
    pub fn run(&self, context: &FrameContext, api: &mut dyn EvmApi, gas: u64) -> FrameOutcome {
        let args_len = context.args.len() as u32;
        let stack_words = context.max_stack_depth;
        let frame = Frame::new(context.clone(), api, self.stylus_version);
        let ink = frame.ink_of(gas);
        let ended = self.compiled.run(frame, Start { ink, stack_words, args_len });
        outcome(ended, context.ink_price)
    }
}

impl std::fmt::Debug for Program {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Program").field("info", &self.info).finish_non_exhaustive()
    }
}

/// Only a program that ends by itself has output; only a frame that exhausts nothing keeps gas.
fn outcome(ended: Ended, ink_price: u32) -> FrameOutcome {
    let gas_left = ended.ink_left / u64::from(ink_price.max(1));
    let (status, output, gas_left, reason) = match ended.end {
        End::Status(0) => (FrameStatus::Success, ended.result, gas_left, None),
        End::Status(_) => (FrameStatus::Revert, ended.result, gas_left, None),
        End::Failed(reason) => (FrameStatus::Revert, Bytes::new(), gas_left, Some(reason)),
        End::InkExhausted => (FrameStatus::OutOfGas, Bytes::new(), 0, None),
        End::StackExhausted => (FrameStatus::StackOverflow, Bytes::new(), 0, None),
    };
    FrameOutcome { status, output, gas_left, reason }
}

pub(super) fn shape(wasm: &[u8], module: &Module<'_>, instrumented: &Instrumented) -> Shape {
    let types = module.functions[module.imports..].iter().filter_map(|index| module.types.get(*index as usize));
    Shape {
        wasm_len: wasm.len() as u64,
        functions: module.bodies.len() as u64,
        type_words: types.map(|ty| (ty.params().len() + ty.results().len()) as u64).sum(),
        globals: (module.globals + ADDED_GLOBALS) as u64,
        segment_bytes: (module.data_entry_bytes + module.element_entry_bytes) as u64,
        data_bytes: module.data_bytes as u64,
        element_bytes: module.element_entry_bytes as u64,
        pages: module.pages,
        operators: instrumented.operators,
    }
}
