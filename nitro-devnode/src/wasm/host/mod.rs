//! What a program can ask for while it runs.
//!
//! Each host function is a method of [`HookCall`]; its order of charges, reads and failures is the one of Nitro
//! v3.9.5 (arbitrator/wasm-libraries/user-host-trait/src/lib.rs), because an unaffordable charge and a bad pointer
//! end a frame differently.

mod accounts;
mod calls;
mod console;
mod environment;
mod functions;
mod io;
mod math;
mod prices;
mod storage;

use alloy::primitives::{Address, B256, Bytes, U256};

use super::api::{EvmApi, FrameContext, HostCall};
use storage::StorageCache;

pub(super) use calls::{CallArgs, CreateArgs};

/// Stylus version from which a program cannot grow by more pages than fit 16 bits.
const STRICT_GROWTH_VERSION: u16 = 3;

/// Why a host function ends the frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(super) enum Escape {
    /// Ink ran out.
    #[error("out of ink")]
    OutOfInk,
    /// The program asked for something it may not do.
    #[error("{0}")]
    Failure(&'static str),
    /// The program ended early with this status.
    #[error("exit with status {0}")]
    Exit(u32),
}

/// Whether a host function goes on.
pub(super) type Hook<T = ()> = Result<T, Escape>;

/// What one frame keeps between host functions.
pub(super) struct Frame<'a> {
    pub context: FrameContext,
    pub api: &'a mut dyn EvmApi,
    /// Stylus version the program was compiled for.
    pub stylus_version: u16,
    /// What the program wrote as its result so far.
    pub result: Bytes,
    /// What the last call or creation returned.
    return_data: Bytes,
    storage: StorageCache,
    /// The last account whose code was asked for, with the code.
    last_code: Option<(Address, Bytes)>,
}

impl<'a> Frame<'a> {
    /// A frame that has not run yet.
    pub fn new(context: FrameContext, api: &'a mut dyn EvmApi, stylus_version: u16) -> Self {
        Self {
            context,
            api,
            stylus_version,
            result: Bytes::new(),
            return_data: Bytes::new(),
            storage: StorageCache::default(),
            last_code: None,
        }
    }

    /// Tells the tracer that the program starts.
    pub fn trace_start(&mut self, ink: u64, args_len: u32) {
        self.trace("user_entrypoint", &args_len.to_be_bytes(), &[], ink);
    }

    /// Tells the tracer that the program ended by itself.
    pub fn trace_end(&mut self, ink: u64, status: u32) {
        self.trace("user_returned", &[], &status.to_be_bytes(), ink);
    }

    fn trace(&mut self, name: &'static str, args: &[u8], outs: &[u8], ink: u64) {
        if self.api.tracing() {
            self.api.trace(HostCall {
                name,
                args: Bytes::copy_from_slice(args),
                outs: Bytes::copy_from_slice(outs),
                start_ink: ink,
                end_ink: ink,
                address: None,
            });
        }
    }

    /// Ink that `gas` buys.
    pub fn ink_of(&self, gas: u64) -> u64 {
        gas.saturating_mul(u64::from(self.context.ink_price))
    }

    /// Whole gas in `ink`.
    pub fn gas_of(&self, ink: u64) -> u64 {
        ink / u64::from(self.context.ink_price.max(1))
    }
}

/// One host function at work: the frame, its memory and its ink.
pub(super) struct HookCall<'f, 'a> {
    frame: &'f mut Frame<'a>,
    memory: &'f mut [u8],
    ink: u64,
    start_ink: u64,
}

impl<'f, 'a> HookCall<'f, 'a> {
    /// Starts a host function with `ink` left.
    pub fn new(frame: &'f mut Frame<'a>, memory: &'f mut [u8], ink: u64) -> Self {
        Self { frame, memory, ink, start_ink: ink }
    }

    /// Ink left.
    pub fn ink(&self) -> u64 {
        self.ink
    }

    fn context(&self) -> &FrameContext {
        &self.frame.context
    }

    fn buy_ink(&mut self, ink: u64) -> Hook {
        self.ink = self.ink.checked_sub(ink).ok_or(Escape::OutOfInk)?;
        Ok(())
    }

    fn buy_gas(&mut self, gas: u64) -> Hook {
        self.buy_ink(self.frame.ink_of(gas))
    }

    /// Fails unless `gas` is left, without taking it.
    fn require_gas(&self, gas: u64) -> Hook {
        if self.ink < self.frame.ink_of(gas) {
            return Err(Escape::OutOfInk);
        }
        Ok(())
    }

    fn gas_left(&self) -> u64 {
        self.frame.gas_of(self.ink)
    }

    /// Pays for `len` bytes the host reads and passes on: once for each copy.
    fn pay_for_read_and_forward(&mut self, len: u32) -> Hook {
        self.buy_ink(prices::read(len))?;
        self.buy_ink(prices::read(len))
    }

    fn slice(&self, pointer: u32, len: u32) -> Hook<&[u8]> {
        let start = pointer as usize;
        start
            .checked_add(len as usize)
            .and_then(|end| self.memory.get(start..end))
            .ok_or(Escape::Failure("out of bounds memory access"))
    }

    fn bytes<const N: usize>(&self, pointer: u32) -> Hook<[u8; N]> {
        let mut bytes = [0; N];
        bytes.copy_from_slice(self.slice(pointer, N as u32)?);
        Ok(bytes)
    }

    fn word(&self, pointer: u32) -> Hook<B256> {
        self.bytes(pointer).map(B256::new)
    }

    fn uint(&self, pointer: u32) -> Hook<U256> {
        self.bytes(pointer).map(U256::from_be_bytes::<32>)
    }

    fn address(&self, pointer: u32) -> Hook<Address> {
        self.bytes(pointer).map(Address::new)
    }

    fn write(&mut self, pointer: u32, bytes: &[u8]) -> Hook {
        let start = pointer as usize;
        let target = start
            .checked_add(bytes.len())
            .and_then(|end| self.memory.get_mut(start..end))
            .ok_or(Escape::Failure("out of bounds memory access"))?;
        target.copy_from_slice(bytes);
        Ok(())
    }

    /// Hands a finished host function to the tracer, if there is one.
    fn record(&mut self, name: &'static str, args: &[&[u8]], outs: &[&[u8]]) {
        self.record_with(name, args, outs, None);
    }

    fn record_with(&mut self, name: &'static str, args: &[&[u8]], outs: &[&[u8]], address: Option<Address>) {
        if self.frame.api.tracing() {
            self.frame.api.trace(HostCall {
                name,
                args: args.concat().into(),
                outs: outs.concat().into(),
                start_ink: self.start_ink,
                end_ink: self.ink,
                address,
            });
        }
    }
}
