//! The frame loop: EVM frames, programs and precompiles, nested in any way.
//!
//! Each frame is a call of [`Machine::run`]; host calls of programs come back to it in the same way as CALL and
//! CREATE do, so that depth, journal, access list, logs and refunds are shared. The native stack grows on demand.

use alloy::primitives::{Address, Bytes};
use revm::context::{ContextTr, JournalTr};
use revm::context_interface::context::ContextError;
use revm::context_interface::local::OutFrame;
use revm::handler::{EthFrame, FrameData, FrameResult, ItemOrResult, PrecompileProvider};
use revm::interpreter::interpreter_action::FrameInit;
use revm::interpreter::interpreter_types::{Jumps, LegacyBytecode};
use revm::interpreter::{
    CallInputs, CallOutcome, CallScheme, CallValue, CreateInputs, CreateOutcome, CreateScheme, FrameInput, Gas,
    InstructionResult, InterpreterAction, InterpreterResult, SharedMemory,
};
use revm::primitives::AddressSet;
use std::convert::Infallible;

use super::arbos::ArbosVersion;
use super::failure;
use super::precompiles;
use super::runtime::{Ctx, Machine, OpenFrame};
use super::trace::{CallTrace, TraceKind};

/// Deepest frame; the outermost one has depth 0.
const DEPTH_LIMIT: usize = 1_024;

/// Native stack that must be left before a frame starts, in bytes: a program's own stack and the host's.
const STACK_RED_ZONE: usize = 2 << 20;

/// Native stack added when there is less.
const STACK_SEGMENT: usize = 16 << 20;

/// How a frame ended.
pub(crate) struct Ended {
    pub result: FrameResult,
    /// In words, when it was neither a return nor a plain revert.
    pub why: Option<String>,
}

/// What a frame without an interpreter hands back.
pub(crate) struct Returned {
    pub result: InterpreterResult,
    pub why: Option<String>,
}

impl Returned {
    pub fn new(result: InstructionResult, output: Bytes, gas: Gas) -> Self {
        let why = failure::describe(result, None);
        Self { result: InterpreterResult::new(result, output, gas), why }
    }

    /// Everything is lost.
    pub fn halt(result: InstructionResult, gas_limit: u64, why: impl Into<String>) -> Self {
        let mut gas = Gas::new(gas_limit);
        gas.spend_all();
        Self { result: InterpreterResult::new(result, Bytes::new(), gas), why: Some(why.into()) }
    }

    pub fn out_of_gas(gas_limit: u64) -> Self {
        Self::halt(InstructionResult::OutOfGas, gas_limit, failure::OUT_OF_GAS)
    }
}

impl<'a> Machine<'a> {
    /// Runs a frame and all it calls.
    pub fn run(&mut self, init: FrameInit) -> Ended {
        stacker::maybe_grow(STACK_RED_ZONE, STACK_SEGMENT, || self.run_traced(init))
    }

    fn run_traced(&mut self, init: FrameInit) -> Ended {
        if self.ctx.chain.tracer.is_none() {
            return self.run_frame(init);
        }
        let trace = self.open_trace(&init.frame_input);
        let gas = trace.gas;
        if let Some(tracer) = &mut self.ctx.chain.tracer {
            tracer.enter(trace);
        }
        let ended = self.run_frame(init);
        let result = ended.result.interpreter_result();
        let gas_used = if result.result.is_ok_or_revert() { gas - result.gas.remaining() } else { gas };
        if let Some(tracer) = &mut self.ctx.chain.tracer {
            if let (FrameResult::Create(outcome), Some(frame)) = (&ended.result, tracer.current()) {
                frame.to = outcome.address;
            }
            let error = match result.result {
                InstructionResult::Revert => Some(failure::REVERTED.to_owned()),
                _ => ended.why.clone(),
            };
            tracer.leave(gas_used, result.output.clone(), error);
        }
        ended
    }

    fn open_trace(&self, input: &FrameInput) -> CallTrace {
        let blank = |kind, from, to, value, gas, input, stylus| CallTrace {
            kind,
            from,
            to,
            value,
            gas,
            gas_used: 0,
            input,
            output: Bytes::new(),
            error: None,
            stylus,
            reason: None,
            steps: Vec::new(),
        };
        match input {
            FrameInput::Create(inputs) => {
                let kind = match inputs.scheme() {
                    CreateScheme::Create2 { .. } => TraceKind::Create2,
                    _ => TraceKind::Create,
                };
                let code = inputs.init_code().clone();
                blank(kind, inputs.caller(), None, inputs.value(), inputs.gas_limit(), code, false)
            }
            FrameInput::Call(inputs) => {
                let (kind, from) = match inputs.scheme {
                    CallScheme::Call => (TraceKind::Call, inputs.caller),
                    CallScheme::CallCode => (TraceKind::CallCode, inputs.caller),
                    CallScheme::DelegateCall => (TraceKind::DelegateCall, inputs.target_address),
                    CallScheme::StaticCall => (TraceKind::StaticCall, inputs.caller),
                };
                let stylus = self.ctx.chain.env.arbos.runs_as_program(inputs.known_bytecode.1.original_byte_slice());
                let data = inputs.input.bytes(&self.ctx);
                blank(kind, from, Some(inputs.bytecode_address), inputs.call_value(), inputs.gas_limit, data, stylus)
            }
            FrameInput::Empty => unreachable!("frames have an input"),
        }
    }

    fn run_frame(&mut self, init: FrameInit) -> Ended {
        match init.frame_input {
            FrameInput::Call(inputs) => self.run_call(init.depth, init.memory, inputs),
            FrameInput::Create(inputs) => self.run_create(init.depth, init.memory, inputs),
            FrameInput::Empty => unreachable!("frames have an input"),
        }
    }

    fn run_call(&mut self, depth: usize, memory: SharedMemory, mut inputs: Box<CallInputs>) -> Ended {
        if depth > DEPTH_LIMIT {
            let gas = Gas::new(inputs.gas_limit);
            return call_ended(&inputs, Returned::new(InstructionResult::CallTooDeep, Bytes::new(), gas));
        }
        let arbos = self.ctx.chain.env.arbos;
        if precompiles::exists(arbos, inputs.bytecode_address) {
            return self.run_in_checkpoint(inputs, |machine, inputs| machine.run_precompile(inputs));
        }
        if self.delegates_to_precompile(&inputs) {
            inputs.known_bytecode = Default::default();
        }
        if arbos.runs_as_program(inputs.known_bytecode.1.original_byte_slice()) {
            return self.run_in_checkpoint(inputs, |machine, inputs| machine.run_program(depth, memory, inputs));
        }
        let frame = OpenFrame {
            acting: inputs.target_address,
            caller: inputs.caller,
            delegate: matches!(inputs.scheme, CallScheme::DelegateCall | CallScheme::CallCode),
        };
        self.run_evm(FrameInit { depth, memory, frame_input: FrameInput::Call(inputs) }, frame)
    }

    /// An account that delegates to a precompile behaves as if it had no code.
    fn delegates_to_precompile(&mut self, inputs: &CallInputs) -> bool {
        let arbos = self.ctx.chain.env.arbos;
        let account = self.ctx.journaled_state.inner.state.get(&inputs.bytecode_address);
        let code = account.and_then(|account| account.info.code.as_ref());
        let delegate = code.and_then(|code| code.eip7702_address());
        delegate.is_some_and(|delegate| precompiles::exists(arbos, delegate))
    }

    /// Transfers the value and runs something that is not EVM code, undoing both when it fails.
    fn run_in_checkpoint(
        &mut self,
        inputs: Box<CallInputs>,
        run: impl FnOnce(&mut Self, &CallInputs) -> Returned,
    ) -> Ended {
        let checkpoint = self.ctx.journaled_state.checkpoint();
        if let CallValue::Transfer(value) = inputs.value
            && let Some(error) = self.ctx.journaled_state.transfer_loaded(inputs.caller, inputs.target_address, value)
        {
            self.ctx.journaled_state.checkpoint_revert(checkpoint);
            let gas = Gas::new(inputs.gas_limit);
            return call_ended(&inputs, Returned::new(error.into(), Bytes::new(), gas));
        }
        let returned = run(self, &inputs);
        if returned.result.result.is_ok() {
            self.ctx.journaled_state.checkpoint_commit();
        } else {
            self.ctx.journaled_state.checkpoint_revert(checkpoint);
        }
        call_ended(&inputs, returned)
    }

    fn run_create(&mut self, depth: usize, memory: SharedMemory, inputs: Box<CreateInputs>) -> Ended {
        // Initcode that is itself a program has no record under any hash, so nothing can run it.
        let is_program = self.ctx.chain.env.arbos.runs_as_program(inputs.init_code());
        let frame = OpenFrame { acting: inputs.caller(), caller: inputs.caller(), delegate: false };
        let init = FrameInit { depth, memory, frame_input: FrameInput::Create(inputs) };
        self.run_evm_or(init, frame, is_program.then_some(failure::PROGRAM_NOT_ACTIVATED))
    }

    fn run_evm(&mut self, init: FrameInit, frame: OpenFrame) -> Ended {
        self.run_evm_or(init, frame, None)
    }

    /// Runs EVM code; with `refused` its first instruction fails.
    fn run_evm_or(&mut self, init: FrameInit, mut open: OpenFrame, refused: Option<&'static str>) -> Ended {
        let mut frame = Box::new(EthFrame::invalid());
        let slot = OutFrame::new_init(&mut *frame);
        match EthFrame::init_with_context(slot, &mut self.ctx, &mut NoPrecompiles, init) {
            Ok(ItemOrResult::Item(token)) => token.assert(),
            Ok(ItemOrResult::Result(result)) => {
                let why = failure::describe(result.interpreter_result().result, None);
                return Ended { result, why };
            }
            Err(error) => never(error),
        }
        if let FrameData::Create(data) = &frame.data {
            open.acting = data.created_address;
        }
        self.ctx.chain.enter(open);
        let ended = self.step_evm(&mut frame, refused);
        self.ctx.chain.leave();
        ended
    }

    fn step_evm(&mut self, frame: &mut EthFrame, refused: Option<&'static str>) -> Ended {
        loop {
            let logs_before = self.ctx.journaled_state.logs().len();
            let mut action = match refused {
                Some(_) => InterpreterAction::new_halt(InstructionResult::InvalidFEOpcode, frame.interpreter.gas),
                None if self.records_instructions() => self.run_recorded(frame),
                None => frame.interpreter.run_plain(
                    self.instructions.instruction_table(),
                    self.instructions.gas_table(),
                    &mut self.ctx,
                ),
            };
            self.trace_logs(logs_before);
            let before = action.instruction_result();
            if let (FrameData::Create(_), InterpreterAction::Return(result)) = (&frame.data, &mut action) {
                check_first_byte(result, self.ctx.chain.env.arbos, self.ctx.cfg.limit_contract_code_size);
            }
            let next: Result<_, ContextError<Infallible>> = frame.process_next_action(&mut self.ctx, action);
            match next {
                Ok(ItemOrResult::Item(child)) => {
                    let ended = self.run(child);
                    let merged: Result<_, ContextError<Infallible>> = frame.return_result(&mut self.ctx, ended.result);
                    if let Err(error) = merged {
                        never(error);
                    }
                }
                Ok(ItemOrResult::Result(result)) => {
                    let why = match refused {
                        Some(why) => Some(why.to_owned()),
                        None => self.why_ended(frame, before, &result),
                    };
                    return Ended { result, why };
                }
                Err(error) => never(error),
            }
        }
    }

    fn why_ended(&self, frame: &EthFrame, before: Option<InstructionResult>, result: &FrameResult) -> Option<String> {
        let code = result.interpreter_result().result;
        if code == InstructionResult::OutOfGas && before.is_some_and(|before| before.is_ok()) {
            return Some(failure::CODE_STORAGE_OUT_OF_GAS.to_owned());
        }
        // The program counter is past the instruction that failed.
        let bytecode = &frame.interpreter.bytecode;
        let at = bytecode.pc().saturating_sub(1);
        failure::describe(code, bytecode.bytecode_slice().get(at).copied())
    }

    fn trace_logs(&mut self, from: usize) {
        if let Some(tracer) = &mut self.ctx.chain.tracer {
            let logs = self.ctx.journaled_state.inner.logs.get(from..).unwrap_or_default();
            logs.iter().for_each(|log| tracer.log(log));
        }
    }
}

/// EIP-3541, except for programs and their fragments. Too long code is left to the check of its length, which comes first.
fn check_first_byte(result: &mut InterpreterResult, arbos: ArbosVersion, max_code_size: Option<usize>) {
    let starts_with_ef = result.output.first() == Some(&0xef);
    let too_long = max_code_size.is_some_and(|max| result.output.len() > max);
    if result.result.is_ok() && starts_with_ef && !too_long && !arbos.admits_code(&result.output) {
        result.result = InstructionResult::CreateContractStartingWithEF;
    }
}

fn call_ended(inputs: &CallInputs, returned: Returned) -> Ended {
    let outcome = CallOutcome::new(returned.result, inputs.return_memory_offset.clone());
    Ended { result: FrameResult::Call(outcome), why: returned.why }
}

/// The state cannot fail, so neither can the frames above it.
fn never(error: ContextError<Infallible>) -> ! {
    unreachable!("the state cannot fail: {error:?}")
}

/// Precompiles are dealt with before a frame reaches revm.
struct NoPrecompiles;

impl<'a> PrecompileProvider<Ctx<'a>> for NoPrecompiles {
    type Output = InterpreterResult;

    fn set_spec(&mut self, _spec: <<Ctx<'a> as ContextTr>::Cfg as revm::context::Cfg>::Spec) -> bool {
        false
    }

    fn run(&mut self, _: &mut Ctx<'a>, _: &CallInputs) -> Result<Option<InterpreterResult>, String> {
        Ok(None)
    }

    fn warm_addresses(&self) -> &AddressSet {
        static NONE: std::sync::LazyLock<AddressSet> = std::sync::LazyLock::new(AddressSet::default);
        &NONE
    }
}

/// The outcome of a creation, for callers that are not EVM code.
pub(crate) fn created(outcome: &CreateOutcome) -> Option<Address> {
    outcome.address.filter(|_| outcome.result.result.is_ok())
}
