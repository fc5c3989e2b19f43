//! Runs instrumented modules, on Wasmtime.
//!
//! The engine measures nothing: its fuel is off, and its stack is larger than what the stack budget of a program
//! admits. It checks bounds and division in code and allocates memories on the heap, rather than with signals and
//! reserved address space: frames start faster, a thousand of them may be open at once, and the process that embeds
//! the node keeps its signal handlers (docs/decisions/0001-wasm-engine.md).

use std::sync::LazyLock;

use alloy::primitives::Bytes;
use wasmtime::{
    Caller, Config, Engine, Global, Instance, InstancePre, Linker, Memory, Module, ModuleExport, OptLevel, Store,
    StoreLimits, StoreLimitsBuilder, Trap, TypedFunc, Val,
};

use super::hooks::{CONSOLE, VM_HOOKS};
use super::host::{CallArgs, CreateArgs, Escape, Frame, Hook, HookCall};
use super::instrument::{INK_EXHAUSTED, INK_LEFT, INK_STATUS, STACK_LEFT};
use super::profile;
use super::validate::{ENTRYPOINT, MEMORY};

/// Native stack one program may use. The largest budget a chain sets is 262,144 words, and a word takes less than
/// 64 bytes of machine stack.
const MAX_NATIVE_STACK: usize = 16 << 20;

/// Native stack that host functions and the chain below them need before the next program starts.
const HOST_STACK: usize = 1 << 20;

/// Size of a new stack segment. Nested frames share it until less than one program needs is left.
const STACK_SEGMENT: usize = 4 * (MAX_NATIVE_STACK + HOST_STACK);

/// Most memory a program may have: 128 pages. Growing further costs more than any gas limit, except by a number of
/// pages whose low 16 bits are zero; that fails here, and on the real chain unless the memory was empty.
const MAX_MEMORY: usize = 128 << 16;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| {
    let mut config = Config::new();
    config
        .cranelift_opt_level(OptLevel::Speed)
        .signals_based_traps(false)
        .memory_reservation(0)
        .memory_reservation_for_growth(0)
        .memory_guard_size(0)
        .memory_init_cow(false)
        .max_wasm_stack(MAX_NATIVE_STACK)
        // Not used, but it may not be less than the stack of a program.
        .async_stack_size(MAX_NATIVE_STACK)
        .wasm_backtrace_max_frames(None);
    Engine::new(&config).expect("the configuration is valid on every host that Wasmtime compiles for")
});

static LINKER: LazyLock<Linker<Host>> =
    LazyLock::new(|| link(&ENGINE).expect("every host function is defined once, with a type Wasmtime knows"));

/// A compiled module, linked to the host functions it imports.
pub(super) struct Compiled {
    instance: InstancePre<Host>,
    exports: Exports,
}

/// Where the exports are that a run needs.
struct Exports {
    memory: ModuleExport,
    entrypoint: ModuleExport,
    ink_left: ModuleExport,
    ink_status: ModuleExport,
    stack_left: ModuleExport,
}

/// What a run starts with.
#[derive(Clone, Copy, Debug)]
pub(super) struct Start {
    /// Ink to spend.
    pub ink: u64,
    /// Stack words to use.
    pub stack_words: u32,
    /// Argument of the entry point.
    pub args_len: u32,
}

/// How a run ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The program returned this status, or left early with it.
    Status(u32),
    /// The stack budget was used up.
    StackExhausted,
    /// Ink was used up.
    InkExhausted,
    /// An instruction or a host function failed.
    Failed(&'static str),
}

/// What a run leaves behind.
#[derive(Debug)]
pub(super) struct Ended {
    /// How it ended.
    pub end: End,
    /// Ink left.
    pub ink_left: u64,
    /// What the program wrote as its result.
    pub result: Bytes,
}

/// What the store holds.
struct Host {
    frame: Frame<'static>,
    limits: StoreLimits,
    /// Set once the instance exists; no host function runs before.
    handles: Option<Handles>,
}

#[derive(Clone, Copy)]
struct Handles {
    memory: Memory,
    ink_left: Global,
    ink_status: Global,
    stack_left: Global,
}

impl Compiled {
    /// Compiles an instrumented module.
    pub fn new(wasm: &[u8]) -> wasmtime::Result<Self> {
        let module = Module::new(&ENGINE, wasm)?;
        let export = |name| {
            module
                .get_export_index(name)
                .ok_or_else(|| wasmtime::Error::msg(format!("the instrumented module lacks {name}")))
        };
        let exports = Exports {
            memory: export(MEMORY)?,
            entrypoint: export(ENTRYPOINT)?,
            ink_left: export(INK_LEFT)?,
            ink_status: export(INK_STATUS)?,
            stack_left: export(STACK_LEFT)?,
        };
        Ok(Self { instance: LINKER.instantiate_pre(&module)?, exports })
    }

    /// Runs a fresh instance.
    pub fn run(&self, frame: Frame<'_>, start: Start) -> Ended {
        stacker::maybe_grow(MAX_NATIVE_STACK + HOST_STACK, STACK_SEGMENT, || self.run_here(frame, start))
    }

    fn run_here(&self, frame: Frame<'_>, start: Start) -> Ended {
        // SAFETY: the store alone holds the longer lifetime. It is dropped, or its data taken and dropped, before
        // this function returns or unwinds, and no host function keeps anything of the frame beyond its own run.
        #[expect(unsafe_code, reason = "a store's data cannot borrow")]
        let frame = unsafe { std::mem::transmute::<Frame<'_>, Frame<'static>>(frame) };
        let limits = StoreLimitsBuilder::new().memory_size(MAX_MEMORY).build();
        let mut store = Store::new(&ENGINE, Host { frame, limits, handles: None });
        store.limiter(|host| &mut host.limits);
        store.data_mut().frame.trace_start(start.ink, start.args_len);
        let (end, ink_left) = self
            .execute(&mut store, start)
            .unwrap_or((End::Failed("the engine could not start the program"), start.ink));
        let mut frame = store.into_data().frame;
        if let End::Status(status) = end {
            frame.trace_end(ink_left, status);
        }
        Ended { end, ink_left, result: frame.result }
    }

    fn execute(&self, store: &mut Store<Host>, start: Start) -> wasmtime::Result<(End, u64)> {
        let instance = self.instance.instantiate(&mut *store)?;
        let (handles, entrypoint) = self.resolve(store, &instance)?;
        handles.ink_left.set(&mut *store, Val::I64(start.ink as i64))?;
        handles.stack_left.set(&mut *store, Val::I32(start.stack_words as i32))?;
        store.data_mut().handles = Some(handles);

        let returned = entrypoint.call(&mut *store, start.args_len);
        let ink_left = handles.ink_left.get(&mut *store).i64().unwrap_or(0) as u64;
        let end = match returned {
            Ok(status) => End::Status(status),
            Err(error) => classify(&error, store, handles),
        };
        Ok((end, ink_left))
    }

    fn resolve(
        &self,
        store: &mut Store<Host>,
        instance: &Instance,
    ) -> wasmtime::Result<(Handles, TypedFunc<u32, u32>)> {
        let mut export = |export| {
            instance.get_module_export(&mut *store, export).ok_or_else(|| wasmtime::Error::msg("an export is missing"))
        };
        let missing = || wasmtime::Error::msg("an export is of another kind");
        let handles = Handles {
            memory: export(&self.exports.memory)?.into_memory().ok_or_else(missing)?,
            ink_left: export(&self.exports.ink_left)?.into_global().ok_or_else(missing)?,
            ink_status: export(&self.exports.ink_status)?.into_global().ok_or_else(missing)?,
            stack_left: export(&self.exports.stack_left)?.into_global().ok_or_else(missing)?,
        };
        let entrypoint = export(&self.exports.entrypoint)?.into_func().ok_or_else(missing)?;
        Ok((handles, entrypoint.typed(&*store)?))
    }
}

/// Why a run did not return. The budgets come first: the trap that ends an exhausted run is an ordinary one.
fn classify(error: &wasmtime::Error, store: &mut Store<Host>, handles: Handles) -> End {
    if handles.stack_left.get(&mut *store).i32() == Some(0) {
        return End::StackExhausted;
    }
    if handles.ink_status.get(&mut *store).i32() == Some(INK_EXHAUSTED) {
        return End::InkExhausted;
    }
    match (error.downcast_ref::<Escape>(), error.downcast_ref::<Trap>()) {
        (Some(Escape::OutOfInk), _) => End::InkExhausted,
        (Some(Escape::Exit(status)), _) => End::Status(*status),
        (Some(Escape::Failure(reason)), _) => End::Failed(reason),
        (None, Some(Trap::StackOverflow)) => End::StackExhausted,
        (None, Some(trap)) => End::Failed(describe(*trap)),
        (None, None) => End::Failed("the engine failed"),
    }
}

fn describe(trap: Trap) -> &'static str {
    match trap {
        Trap::UnreachableCodeReached => "unreachable",
        Trap::MemoryOutOfBounds => "out of bounds memory access",
        Trap::TableOutOfBounds => "undefined element",
        Trap::IndirectCallToNull => "uninitialized element",
        Trap::BadSignature => "indirect call type mismatch",
        Trap::IntegerOverflow => "integer overflow",
        Trap::IntegerDivisionByZero => "integer divide by zero",
        _ => "trap",
    }
}

/// Lends a host function the frame, the memory and the ink, and takes the ink back.
fn host_call<T>(
    mut caller: Caller<'_, Host>,
    body: impl FnOnce(&mut HookCall<'_, 'static>) -> Hook<T>,
) -> wasmtime::Result<T> {
    let handles = caller.data().handles.ok_or(Escape::Failure("the program has not started"))?;
    let ink = handles.ink_left.get(&mut caller).i64().unwrap_or(0) as u64;
    let (memory, host) = handles.memory.data_and_store_mut(&mut caller);
    let mut call = HookCall::new(&mut host.frame, memory, ink);
    let result = body(&mut call);
    let ink = call.ink();
    handles.ink_left.set(&mut caller, Val::I64(ink as i64))?;
    Ok(result?)
}

/// Defines host functions: `name(arguments) => expression` for each.
macro_rules! define {
    ($linker:ident, $module:expr, $($name:literal ($($arg:ident: $ty:ty),*) => |$call:ident| $body:expr;)*) => {
        $($linker.func_wrap($module, $name, |caller: Caller<'_, Host>, $($arg: $ty),*| {
            host_call(caller, |$call| $body)
        })?;)*
    };
}

fn link(engine: &Engine) -> wasmtime::Result<Linker<Host>> {
    let mut linker = Linker::new(engine);
    define! { linker, VM_HOOKS,
        "read_args"(dest: u32) => |call| call.read_args(dest);
        "write_result"(source: u32, len: u32) => |call| call.write_result(source, len);
        "exit_early"(status: u32) => |call| call.exit_early(status);
        "storage_load_bytes32"(key: u32, dest: u32) => |call| call.storage_load_bytes32(key, dest);
        "storage_cache_bytes32"(key: u32, value: u32) => |call| call.storage_cache_bytes32(key, value);
        "storage_flush_cache"(clear: u32) => |call| call.storage_flush_cache(clear);
        "transient_load_bytes32"(key: u32, dest: u32) => |call| call.transient_load_bytes32(key, dest);
        "transient_store_bytes32"(key: u32, value: u32) => |call| call.transient_store_bytes32(key, value);
        "call_contract"(address: u32, data: u32, len: u32, value: u32, gas: u64, return_len: u32) => |call| {
            call.call_contract(CallArgs { address, data, len, gas, return_len }, value)
        };
        "delegate_call_contract"(address: u32, data: u32, len: u32, gas: u64, return_len: u32) => |call| {
            call.delegate_call_contract(CallArgs { address, data, len, gas, return_len })
        };
        "static_call_contract"(address: u32, data: u32, len: u32, gas: u64, return_len: u32) => |call| {
            call.static_call_contract(CallArgs { address, data, len, gas, return_len })
        };
        "create1"(code: u32, len: u32, endowment: u32, address: u32, return_len: u32) => |call| {
            call.create1(CreateArgs { code, len, endowment, address, return_len })
        };
        "create2"(code: u32, len: u32, endowment: u32, salt: u32, address: u32, return_len: u32) => |call| {
            call.create2(CreateArgs { code, len, endowment, address, return_len }, salt)
        };
        "read_return_data"(dest: u32, offset: u32, size: u32) => |call| call.read_return_data(dest, offset, size);
        "return_data_size"() => |call| call.return_data_size();
        "emit_log"(source: u32, len: u32, topics: u32) => |call| call.emit_log(source, len, topics);
        "account_balance"(address: u32, dest: u32) => |call| call.account_balance(address, dest);
        "account_code"(address: u32, offset: u32, size: u32, dest: u32) => |call| {
            call.account_code(address, offset, size, dest)
        };
        "account_code_size"(address: u32) => |call| call.account_code_size(address);
        "account_codehash"(address: u32, dest: u32) => |call| call.account_codehash(address, dest);
        "evm_gas_left"() => |call| call.evm_gas_left();
        "evm_ink_left"() => |call| call.evm_ink_left();
        "block_basefee"(dest: u32) => |call| call.block_basefee(dest);
        "chainid"() => |call| call.chainid();
        "block_coinbase"(dest: u32) => |call| call.block_coinbase(dest);
        "block_gas_limit"() => |call| call.block_gas_limit();
        "block_number"() => |call| call.block_number();
        "block_timestamp"() => |call| call.block_timestamp();
        "contract_address"(dest: u32) => |call| call.contract_address(dest);
        "math_div"(value: u32, divisor: u32) => |call| call.math_div(value, divisor);
        "math_mod"(value: u32, modulus: u32) => |call| call.math_mod(value, modulus);
        "math_pow"(value: u32, exponent: u32) => |call| call.math_pow(value, exponent);
        "math_add_mod"(value: u32, addend: u32, modulus: u32) => |call| call.math_add_mod(value, addend, modulus);
        "math_mul_mod"(value: u32, multiplier: u32, modulus: u32) => |call| {
            call.math_mul_mod(value, multiplier, modulus)
        };
        "msg_reentrant"() => |call| call.msg_reentrant();
        "msg_sender"(dest: u32) => |call| call.msg_sender(dest);
        "msg_value"(dest: u32) => |call| call.msg_value(dest);
        "native_keccak256"(source: u32, len: u32, dest: u32) => |call| call.native_keccak256(source, len, dest);
        "tx_gas_price"(dest: u32) => |call| call.tx_gas_price(dest);
        "tx_ink_price"() => |call| call.tx_ink_price();
        "tx_origin"(dest: u32) => |call| call.tx_origin(dest);
        "pay_for_memory_grow"(pages: u32) => |call| call.pay_for_memory_grow(pages);
    }
    define! { linker, CONSOLE,
        "log_txt"(pointer: u32, len: u32) => |call| call.console_log_text(pointer, len);
        "log_i32"(value: i32) => |call| call.console_log(value);
        "log_i64"(value: i64) => |call| call.console_log(value);
        "log_f32"(value: f32) => |call| call.console_log(value);
        "log_f64"(value: f64) => |call| call.console_log(value);
        "tee_i32"(value: i32) => |call| call.console_log(value).map(|()| value);
        "tee_i64"(value: i64) => |call| call.console_log(value).map(|()| value);
        "tee_f32"(value: f32) => |call| call.console_log(value).map(|()| value);
        "tee_f64"(value: f64) => |call| call.console_log(value).map(|()| value);
    }
    define! { linker, profile::MODULE,
        "enter"(function: u32) => |call| call.enter_function(function);
        "leave"(function: u32) => |call| call.leave_function(function);
    }
    Ok(linker)
}
