//! A frame whose code is a Stylus program.

use std::sync::Arc;

use alloy::primitives::{B256, Bytes, U256, keccak256};
use revm::interpreter::{CallInputs, CallScheme, Gas, InstructionResult, InterpreterResult, SharedMemory};

use crate::wasm::activation::return_data_gas;
use crate::wasm::api::{FrameContext, FrameStatus};
use crate::wasm::code::{self, Root};
use crate::wasm::{ActivationError, CompileConfig, Program};

use super::arbos_state::{ArbosStorage, ProgramFault, ProgramRecord, StylusParams};
use super::failure;
use super::frames::Returned;
use super::host::ProgramHost;
use super::precompiles::errors;
use super::reasons;
use super::runtime::{Machine, OpenFrame};

impl Machine<'_> {
    /// Runs a program. The value is transferred already, and the caller undoes everything if this fails.
    pub(crate) fn run_program(&mut self, depth: usize, memory: SharedMemory, inputs: &CallInputs) -> Returned {
        let (code_hash, code) = &inputs.known_bytecode;
        let params = self.arbos().stylus_params();
        let record = self.arbos().record(*code_hash);
        let now = self.ctx.chain.env.timestamp;
        if let Err(fault) = ProgramFault::check(&record, &params, now) {
            return Returned::halt(
                InstructionResult::PrecompileError,
                inputs.gas_limit,
                errors::of_fault(fault).render(),
            );
        }
        let Some(gas) = inputs.gas_limit.checked_sub(self.entry_gas(*code_hash, &record, &params)) else {
            self.explain(Some(reasons::ENTRY.to_owned()));
            return Returned::out_of_gas(inputs.gas_limit);
        };

        let program = match self.load_program(*code_hash, &code.original_bytes(), &params) {
            Ok(program) => program,
            // Code put in place without activation gets here after a parameter made it invalid, and so does a root
            // whose fragments are gone.
            Err(error) => {
                return Returned::halt(InstructionResult::PrecompileError, inputs.gas_limit, error.to_string());
            }
        };

        let open_before = self.ctx.chain.open_pages;
        self.ctx.chain.open_pages = open_before.saturating_add(record.footprint);
        self.ctx.chain.ever_pages = self.ctx.chain.ever_pages.max(self.ctx.chain.open_pages);
        self.ctx.chain.enter(OpenFrame {
            acting: inputs.target_address,
            caller: inputs.caller,
            delegate: matches!(inputs.scheme, CallScheme::DelegateCall | CallScheme::CallCode),
        });
        let context = self.frame_context(inputs, &params);
        let mut host = ProgramHost::new(self, depth, memory, inputs, params);
        let outcome = program.run(&context, &mut host, gas);
        let refund = host.refund();
        self.ctx.chain.leave();
        self.ctx.chain.open_pages = open_before;
        self.explain(reasons::of(&outcome));

        let (result, why) = match outcome.status {
            FrameStatus::Success => (InstructionResult::Return, None),
            FrameStatus::Revert => (InstructionResult::Revert, None),
            FrameStatus::OutOfGas => return Returned::out_of_gas(inputs.gas_limit),
            FrameStatus::StackOverflow => {
                return Returned::halt(InstructionResult::StackOverflow, inputs.gas_limit, failure::DEPTH);
            }
        };
        let mut left = outcome.gas_left;
        if self.ctx.chain.env.arbos.charges_return_data() && !outcome.output.is_empty() {
            match inputs.gas_limit.checked_sub(return_data_gas(outcome.output.len())) {
                Some(most) => left = left.min(most),
                None => return Returned::out_of_gas(inputs.gas_limit),
            }
        }
        let mut gas = Gas::new(inputs.gas_limit);
        gas.set_remaining(left);
        gas.record_refund(refund);
        Returned { result: InterpreterResult::new(result, outcome.output, gas), why }
    }

    /// The compiled program with this code.
    pub(crate) fn load_program(
        &self,
        code_hash: B256,
        code: &[u8],
        params: &StylusParams,
    ) -> Result<Arc<Program>, ActivationError> {
        let config = compile_config(params, self.ctx.chain.env.debug);
        if !code::is_root(code) {
            return self.program(code_hash, code, &config);
        }
        let root = Root::decode(code)?;
        let infos: Vec<_> = root.fragments.iter().map(|at| self.info(*at).unwrap_or_default()).collect();
        let hashes: Vec<u8> = infos.iter().flat_map(|info| info.code_hash).collect();
        let key = keccak256([code_hash.as_slice(), &hashes].concat());
        Program::load_unpacked(key, &config, || {
            let codes: Vec<_> = infos.into_iter().map(|info| info.code.unwrap_or_default().original_bytes()).collect();
            root.unpack(&codes)
        })
    }

    /// Gas for entering a program: its memory, and its initialisation or what is left of it when it is cached.
    fn entry_gas(&mut self, code_hash: B256, record: &ProgramRecord, params: &StylusParams) -> u64 {
        let runtime = &self.ctx.chain;
        let (open, ever) = (runtime.open_pages, runtime.ever_pages);
        let pages = u32::from(open) + u32::from(record.footprint);
        if runtime.env.arbos.enforces_page_limit_at_run_time() && pages > u32::from(params.page_limit) {
            return u64::MAX;
        }
        let cached = record.cached || self.was_called_before(code_hash, params);
        let memory = params.memory_model().gas_cost(record.footprint, open, ever);
        memory.saturating_add(params.entry().entry_gas(record.init_cost, record.cached_cost, cached))
    }

    /// Whether an earlier call in this block makes the program cheap to enter; counts this call as well.
    fn was_called_before(&mut self, code_hash: B256, params: &StylusParams) -> bool {
        let runtime = &mut self.ctx.chain;
        if !runtime.env.arbos.has_recent_program_cache() {
            return false;
        }
        runtime.recent.touch(code_hash, params.block_cache_size.into())
    }

    fn frame_context(&self, inputs: &CallInputs, params: &StylusParams) -> FrameContext {
        let runtime = &self.ctx.chain;
        let block = &self.ctx.block;
        FrameContext {
            args: inputs.input.bytes(&self.ctx),
            contract_address: inputs.target_address,
            msg_sender: inputs.caller,
            msg_value: inputs.call_value(),
            tx_origin: self.ctx.tx.caller,
            tx_gas_price: U256::from(self.ctx.tx.gas_price),
            block_basefee: U256::from(block.basefee),
            block_coinbase: block.beneficiary,
            block_gas_limit: block.gas_limit,
            block_number: block.number.saturating_to(),
            block_timestamp: block.timestamp.saturating_to(),
            chain_id: runtime.env.chain_id,
            reentrant: runtime.is_reentrant(inputs.target_address),
            is_static: inputs.is_static,
            ink_price: params.ink_price,
            max_stack_depth: params.max_stack_depth,
            arbos_version: runtime.env.arbos.0,
            max_code_size: runtime.env.max_code_size,
            debug: runtime.env.debug,
        }
    }
}

/// How programs are compiled. Activation checks the length on its own: a program outlives a lower limit.
pub(crate) fn compile_config(params: &StylusParams, debug: bool) -> CompileConfig {
    CompileConfig { debug, stylus_version: params.version, max_wasm_size: u32::MAX }
}

/// The programs called in a block, most recent last (ArbOS 60 and later).
#[derive(Clone, Debug, Default)]
pub(crate) struct RecentPrograms(Vec<B256>);

impl RecentPrograms {
    /// Counts a call; tells whether the program was among the `capacity` most recent ones.
    fn touch(&mut self, code_hash: B256, capacity: usize) -> bool {
        let place = self.0.iter().position(|known| *known == code_hash);
        if let Some(place) = place {
            self.0.remove(place);
        }
        self.0.push(code_hash);
        if self.0.len() > capacity {
            self.0.remove(0);
        }
        place.is_some()
    }
}

/// The output of a frame as its caller sees it: halts return nothing.
pub(crate) fn visible_output(result: &InterpreterResult) -> Bytes {
    if result.result.is_ok_or_revert() { result.output.clone() } else { Bytes::new() }
}
