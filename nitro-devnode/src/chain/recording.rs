//! Runs that record more than frames: each instruction of EVM code, each function of a program.

use std::sync::Arc;

use alloy::primitives::{B256, Bytes, U256};
use revm::bytecode::opcode::{SLOAD, SSTORE};
use revm::handler::EthFrame;
use revm::interpreter::interpreter_types::{InputsTr, Jumps, LoopControl};
use revm::interpreter::{InstructionResult, InterpreterAction};

use crate::wasm::{ActivationError, CompileConfig, Program};

use super::failure;
use super::runtime::Machine;
use super::trace::EvmStep;

impl Machine<'_> {
    /// Whether instructions are to be recorded.
    pub(crate) fn records_instructions(&self) -> bool {
        self.ctx.chain.tracer.as_ref().is_some_and(|tracer| tracer.wants_instructions())
    }

    /// Runs a frame until it ends or makes another one, and records each instruction.
    pub(crate) fn run_recorded(&mut self, frame: &mut EthFrame) -> InterpreterAction {
        loop {
            let mut step = self.before_instruction(frame);
            let interpreter = &mut frame.interpreter;
            let outcome =
                interpreter.step(self.instructions.instruction_table(), self.instructions.gas_table(), &mut self.ctx);
            if let Err(result) = outcome
                && interpreter.bytecode.action().is_none()
            {
                interpreter.halt(result);
            }
            complete(&mut step, frame, outcome.err());
            if let Some(tracer) = &mut self.ctx.chain.tracer
                && tracer.wants_instructions()
            {
                tracer.instruction(step);
            }
            if outcome.is_err() {
                return frame.interpreter.take_next_action();
            }
        }
    }

    fn before_instruction(&self, frame: &EthFrame) -> EvmStep {
        let interpreter = &frame.interpreter;
        let opcode = interpreter.bytecode.opcode();
        let stack = interpreter.stack.data().to_vec();
        let slot = match (opcode, stack.as_slice()) {
            (SSTORE, [.., value, key]) => Some((*key, *value)),
            (SLOAD, [.., key]) => Some((*key, U256::ZERO)),
            _ => None,
        };
        EvmStep {
            pc: interpreter.bytecode.pc() as u64,
            opcode,
            gas: interpreter.gas.remaining(),
            cost: 0,
            depth: self.ctx.chain.frames.len() as u64,
            acting: interpreter.input.target_address(),
            stack,
            memory: Bytes::copy_from_slice(&interpreter.memory.context_memory()),
            slot,
            error: None,
        }
    }

    /// The program to run: one that tells of its functions when somebody wants to know.
    pub(crate) fn program(
        &self,
        code_hash: B256,
        code: &[u8],
        config: &CompileConfig,
    ) -> Result<Arc<Program>, ActivationError> {
        if self.ctx.chain.tracer.as_ref().is_some_and(|tracer| tracer.wants_functions()) {
            return Program::profiled(code, config).map(Arc::new);
        }
        Program::load(code_hash, code, config)
    }
}

/// Adds what is known once the instruction has run.
fn complete(step: &mut EvmStep, frame: &EthFrame, ended: Option<InstructionResult>) {
    let interpreter = &frame.interpreter;
    step.cost = step.gas.saturating_sub(interpreter.gas.remaining());
    if step.opcode == SLOAD
        && let (Some((_, value)), Some(top)) = (&mut step.slot, interpreter.stack.data().last())
    {
        *value = *top;
    }
    step.error = ended.and_then(|result| failure::describe(result, Some(step.opcode)));
}
