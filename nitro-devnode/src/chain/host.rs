//! Host calls: what a running program asks of the chain.

use alloy::primitives::{Address, B256, Bytes, Log, U256};
use revm::context::JournalTr;
use revm::context_interface::CreateScheme;
use revm::handler::FrameResult;
use revm::interpreter::interpreter_action::FrameInit;
use revm::interpreter::{CallInput, CallInputs, CallScheme, CallValue, CreateInputs, FrameInput, SharedMemory};
use revm::state::Bytecode;

use crate::wasm::api::{
    CallKind, CallOutcome, CallRequest, CreateOutcome, CreateRefused, CreateRequest, EvmApi, HostCall, StaticViolation,
    StoreError,
};

use super::arbos_state::StylusParams;
use super::frames::{Ended, created};
use super::program::visible_output;
use super::runtime::Machine;

const WARM_ACCESS: u64 = 100;
const COLD_ACCOUNT: u64 = 2_600;
const COLD_SLOT: u64 = 2_100;
const VALUE_TRANSFER: u64 = 9_000;
const NEW_ACCOUNT: u64 = 25_000;
const STIPEND: u64 = 2_300;
const CREATE: u64 = 32_000;
const CREATE2_PER_WORD: u64 = 6;

/// The chain as one program frame sees it.
pub(crate) struct ProgramHost<'m, 'a> {
    machine: &'m mut Machine<'a>,
    depth: usize,
    memory: SharedMemory,
    acting: Address,
    caller: Address,
    value: U256,
    is_static: bool,
    params: StylusParams,
    refund: i64,
}

impl<'m, 'a> ProgramHost<'m, 'a> {
    pub fn new(
        machine: &'m mut Machine<'a>,
        depth: usize,
        memory: SharedMemory,
        inputs: &CallInputs,
        params: StylusParams,
    ) -> Self {
        Self {
            machine,
            depth,
            memory,
            acting: inputs.target_address,
            caller: inputs.caller,
            value: inputs.call_value(),
            is_static: inputs.is_static,
            params,
            refund: 0,
        }
    }

    /// Refunds of this frame and of the frames it called that succeeded.
    pub fn refund(&self) -> i64 {
        self.refund
    }

    /// Runs a nested frame and takes over its refunds. Returns how it ended and the gas it gives back.
    fn nested(&mut self, frame_input: FrameInput) -> (Ended, u64) {
        let memory = self.memory.new_child_context();
        let ended = self.machine.run(FrameInit { depth: self.depth + 1, memory, frame_input });
        self.memory.free_child_context();
        let result = ended.result.interpreter_result();
        if result.result.is_ok() {
            self.refund += result.gas.refunded();
        }
        let returned = if result.result.is_ok_or_revert() { result.gas.remaining() } else { 0 };
        (ended, returned)
    }

    /// Warms an account and returns the access cost.
    fn access(&mut self, address: Address) -> u64 {
        let Ok(load) = self.machine.ctx.journaled_state.load_account_with_code(address);
        if load.is_cold { COLD_ACCOUNT } else { WARM_ACCESS }
    }

    /// What a call costs before the callee gets gas. The target is warm afterwards.
    fn call_base(&mut self, request: &CallRequest) -> u64 {
        let mut cost = self.access(request.target);
        if !request.value.is_zero() {
            let Ok(target) = self.machine.ctx.journaled_state.load_account(request.target);
            if target.data.is_empty() {
                cost += NEW_ACCOUNT;
            }
            cost += VALUE_TRANSFER;
        }
        cost
    }

    /// The code that runs when `address` is called. A delegate is looked up without becoming warm.
    fn resolved_code(&mut self, address: Address) -> (B256, Bytecode) {
        let Ok(account) = self.machine.ctx.journaled_state.load_account_with_code(address);
        let info = account.data.info.clone();
        let code = info.code.unwrap_or_default();
        let Some(delegate) = code.eip7702_address() else { return (info.code_hash, code) };
        let info = self.machine.info(delegate).unwrap_or_default();
        (info.code_hash, info.code.unwrap_or_default())
    }

    fn call_inputs(&mut self, request: CallRequest, gas_limit: u64) -> CallInputs {
        let (target_address, caller, value, scheme) = match request.kind {
            CallKind::Call => (request.target, self.acting, CallValue::Transfer(request.value), CallScheme::Call),
            CallKind::Static => (request.target, self.acting, CallValue::Transfer(U256::ZERO), CallScheme::StaticCall),
            CallKind::Delegate => (self.acting, self.caller, CallValue::Apparent(self.value), CallScheme::DelegateCall),
        };
        CallInputs {
            input: CallInput::Bytes(request.input),
            return_memory_offset: 0..0,
            gas_limit,
            reservoir: 0,
            bytecode_address: request.target,
            known_bytecode: self.resolved_code(request.target),
            target_address,
            caller,
            value,
            scheme,
            is_static: self.is_static || request.kind == CallKind::Static,
            charged_new_account_state_gas: false,
        }
    }

    fn refuse_if_static(&self) -> Result<(), StaticViolation> {
        if self.is_static { Err(StaticViolation) } else { Ok(()) }
    }
}

impl EvmApi for ProgramHost<'_, '_> {
    fn storage_load(&mut self, key: B256) -> (B256, u64) {
        let Ok(load) = self.machine.ctx.journaled_state.sload(self.acting, key.into());
        (load.data.into(), if load.is_cold { COLD_SLOT } else { WARM_ACCESS })
    }

    fn storage_store(&mut self, slots: &[(B256, B256)], gas_left: u64) -> Result<u64, StoreError> {
        if self.is_static && !slots.is_empty() {
            return Err(StoreError::Static);
        }
        let mut total = 0u64;
        for (key, value) in slots {
            let ctx = &mut self.machine.ctx;
            let Ok(store) = ctx.journaled_state.sstore(self.acting, (*key).into(), (*value).into());
            let gas = &ctx.cfg.gas_params;
            total += gas.sstore_static_gas() + gas.sstore_dynamic_gas(true, &store.data, store.is_cold);
            if total > gas_left {
                return Err(StoreError::OutOfGas);
            }
            self.refund += gas.sstore_refund(true, &store.data);
        }
        Ok(total)
    }

    fn transient_load(&mut self, key: B256) -> B256 {
        self.machine.ctx.journaled_state.tload(self.acting, key.into()).into()
    }

    fn transient_store(&mut self, key: B256, value: B256) -> Result<(), StaticViolation> {
        self.refuse_if_static()?;
        self.machine.ctx.journaled_state.tstore(self.acting, key.into(), value.into());
        Ok(())
    }

    fn call(&mut self, request: CallRequest) -> CallOutcome {
        let has_value = !request.value.is_zero();
        let failed = |cost| CallOutcome { success: false, output: Bytes::new(), cost };
        if self.is_static && has_value {
            return failed(0);
        }
        let base = self.call_base(&request);
        let Some(rest) = request.gas_left.checked_sub(base) else { return failed(request.gas_left) };

        // Not the EVM's x - x/64, and the stipend comes out of the caller's gas: Stylus differs in both.
        let callable = (u128::from(rest) * 63 / 64) as u64;
        let mut given = callable.min(request.gas_requested);
        if has_value {
            given += STIPEND;
        }
        let inputs = self.call_inputs(request, given);
        let (ended, returned) = self.nested(FrameInput::Call(Box::new(inputs)));
        let result = ended.result.interpreter_result();
        CallOutcome { success: result.result.is_ok(), output: visible_output(result), cost: base + (given - returned) }
    }

    fn create(&mut self, request: CreateRequest) -> Result<CreateOutcome, CreateRefused> {
        self.refuse_if_static().map_err(|_| CreateRefused)?;
        let (scheme, hashing) = match request.salt {
            Some(salt) => {
                let words = request.init_code.len().div_ceil(32) as u64;
                (CreateScheme::Create2 { salt: salt.into() }, CREATE2_PER_WORD * words)
            }
            None => (CreateScheme::Create, 0),
        };
        let rest = request.gas_left.checked_sub(CREATE + hashing).ok_or(CreateRefused)?;
        let kept = rest / 64;
        let inputs = CreateInputs::new(self.acting, scheme, request.endowment, request.init_code, rest - kept, 0);
        let (ended, returned) = self.nested(FrameInput::Create(Box::new(inputs)));
        let FrameResult::Create(outcome) = ended.result else { unreachable!("creations end as such") };
        Ok(CreateOutcome {
            address: created(&outcome),
            output: if outcome.result.is_revert() { outcome.result.output.clone() } else { Bytes::new() },
            cost: request.gas_left - returned - kept,
        })
    }

    fn emit_log(&mut self, topics: Vec<B256>, data: Bytes) -> Result<(), StaticViolation> {
        self.refuse_if_static()?;
        let log = Log::new_unchecked(self.acting, topics, data);
        if let Some(tracer) = &mut self.machine.ctx.chain.tracer {
            tracer.log(&log);
        }
        self.machine.ctx.journaled_state.log(log);
        Ok(())
    }

    fn account_balance(&mut self, address: Address) -> (U256, u64) {
        let cost = self.access(address);
        let Ok(account) = self.machine.ctx.journaled_state.load_account(address);
        (account.data.info.balance, cost)
    }

    fn account_code(&mut self, address: Address) -> (Bytes, u64) {
        let cost = self.access(address);
        let Ok(code) = self.machine.ctx.journaled_state.code(address);
        (code.data, cost)
    }

    fn account_code_hash(&mut self, address: Address) -> (B256, u64) {
        let cost = self.access(address);
        let Ok(hash) = self.machine.ctx.journaled_state.code_hash(address);
        (hash.data, cost)
    }

    fn add_pages(&mut self, pages: u16) -> u64 {
        let runtime = &mut self.machine.ctx.chain;
        let now_open = runtime.open_pages.saturating_add(pages);
        if runtime.env.arbos.enforces_page_limit_at_run_time() && now_open > self.params.page_limit {
            return u64::MAX;
        }
        let cost = self.params.memory_model().gas_cost(pages, runtime.open_pages, runtime.ever_pages);
        runtime.open_pages = now_open;
        runtime.ever_pages = runtime.ever_pages.max(now_open);
        cost
    }

    fn tracing(&self) -> bool {
        self.machine.ctx.chain.tracer.is_some()
    }

    fn trace(&mut self, record: HostCall) {
        if let Some(tracer) = &mut self.machine.ctx.chain.tracer {
            tracer.host_call(record);
        }
    }
}
