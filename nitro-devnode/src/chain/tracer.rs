//! Builds the call tree while frames run.

use alloy::primitives::{Address, Bytes, Log, U256};

use crate::wasm::api::HostCall;

use super::trace::{CallTrace, EvmStep, Recording, TraceKind, TraceStep};

/// The frames that are open, outermost first, and the finished root.
#[derive(Debug, Default)]
pub(crate) struct Tracer {
    recording: Recording,
    open: Vec<CallTrace>,
    root: Option<CallTrace>,
    steps: Vec<EvmStep>,
}

impl Tracer {
    /// A tracer for what `recording` asks for; none when that is nothing.
    pub fn of(recording: Recording) -> Option<Self> {
        (recording != Recording::Nothing).then(|| Self { recording, ..Self::default() })
    }

    /// Whether the instructions of EVM frames are wanted, and there is room for more.
    pub fn wants_instructions(&self) -> bool {
        matches!(self.recording, Recording::Instructions { most } if self.steps.len() < most)
    }

    /// Whether the functions of programs are wanted.
    pub fn wants_functions(&self) -> bool {
        self.recording == Recording::Functions
    }

    pub fn instruction(&mut self, step: EvmStep) {
        self.steps.push(step);
    }

    /// Says what ended the innermost frame, when its output does not.
    pub fn explain(&mut self, reason: Option<String>) {
        if let Some(frame) = self.open.last_mut() {
            frame.reason = reason;
        }
    }

    pub fn enter(&mut self, frame: CallTrace) {
        self.open.push(frame);
    }

    pub fn leave(&mut self, gas_used: u64, output: Bytes, error: Option<String>) {
        let Some(mut frame) = self.open.pop() else { return };
        frame.gas_used = gas_used;
        frame.output = output;
        frame.error = error;
        match self.open.last_mut() {
            Some(parent) => parent.steps.push(TraceStep::Call(Box::new(frame))),
            None => self.root = Some(frame),
        }
    }

    pub fn self_destruct(&mut self, from: Address, beneficiary: Address, value: U256) {
        self.enter(CallTrace {
            kind: TraceKind::SelfDestruct,
            from,
            to: Some(beneficiary),
            value,
            gas: 0,
            gas_used: 0,
            input: Bytes::new(),
            output: Bytes::new(),
            error: None,
            stylus: false,
            reason: None,
            steps: Vec::new(),
        });
        self.leave(0, Bytes::new(), None);
    }

    /// Changes the innermost open frame.
    pub fn current(&mut self) -> Option<&mut CallTrace> {
        self.open.last_mut()
    }

    pub fn host_call(&mut self, record: HostCall) {
        if let Some(frame) = self.open.last_mut() {
            frame.steps.push(TraceStep::Host(record));
        }
    }

    pub fn log(&mut self, log: &Log) {
        if let Some(frame) = self.open.last_mut() {
            frame.steps.push(TraceStep::Log { topics: log.topics().to_vec(), data: log.data.data.clone() });
        }
    }

    pub fn finish(self) -> (Option<CallTrace>, Vec<EvmStep>) {
        (self.root, self.steps)
    }
}
