//! What a running program asks of the chain, and what the chain tells it.
//!
//! The WASM front end (this module's parent) meters code, prices host functions and keeps the
//! per-frame storage cache; the chain (the `chain` module) owns state, the journal, access lists and the EVM.
//! This file is the only thing the two share.

use alloy::primitives::{Address, B256, Bytes, U256};

/// The chain as one running program sees it. Every figure is EVM gas, never ink.
pub trait EvmApi {
    /// Reads `key` of the acting account; returns the value and the access cost (2,100 cold, 100 warm).
    fn storage_load(&mut self, key: B256) -> (B256, u64);

    /// Writes `slots` in order, charging net-metered SSTORE costs against `gas_left`; returns the total cost.
    ///
    /// Fails with [`StoreError::OutOfGas`] as soon as the running total exceeds `gas_left` and with
    /// [`StoreError::Static`] in a static frame when there is at least one slot.
    fn storage_store(&mut self, slots: &[(B256, B256)], gas_left: u64) -> Result<u64, StoreError>;

    /// Reads transient storage of the acting account (the front end charges for it).
    fn transient_load(&mut self, key: B256) -> B256;

    /// Writes transient storage of the acting account; fails in a static frame.
    fn transient_store(&mut self, key: B256, value: B256) -> Result<(), StaticViolation>;

    /// Makes a call and returns what it cost the caller in all (base, callee, stipend).
    fn call(&mut self, request: CallRequest) -> CallOutcome;

    /// Creates a contract. `Err` is a failure of the calling program itself (static frame, base cost not covered).
    fn create(&mut self, request: CreateRequest) -> Result<CreateOutcome, CreateRefused>;

    /// Emits a log of the acting account; fails in a static frame.
    fn emit_log(&mut self, topics: Vec<B256>, data: Bytes) -> Result<(), StaticViolation>;

    /// Balance and EIP-2929 access cost (100 or 2,600).
    fn account_balance(&mut self, address: Address) -> (U256, u64);

    /// Code as EXTCODECOPY shows it, and its access cost (100 or 2,600, without the extra 700).
    fn account_code(&mut self, address: Address) -> (Bytes, u64);

    /// Code hash as EXTCODEHASH shows it, and EIP-2929 access cost (100 or 2,600).
    fn account_code_hash(&mut self, address: Address) -> (B256, u64);

    /// Opens `pages` more 64 KiB pages in this transaction and returns their gas by the memory model.
    fn add_pages(&mut self, pages: u16) -> u64;

    /// Whether [`EvmApi::trace`] wants records; the front end builds none otherwise.
    fn tracing(&self) -> bool {
        false
    }

    /// Receives one host-call record while tracing.
    fn trace(&mut self, _record: HostCall) {}
}

/// Values that do not change while one frame runs.
#[derive(Clone, Debug)]
pub struct FrameContext {
    /// Calldata.
    pub args: Bytes,
    /// The acting account, whose storage and balance the program uses.
    pub contract_address: Address,
    /// The immediate caller (the caller's caller in a delegate call).
    pub msg_sender: Address,
    /// Wei sent (that of the caller's frame in a delegate call).
    pub msg_value: U256,
    /// The signer of the transaction.
    pub tx_origin: Address,
    /// Effective gas price in wei.
    pub tx_gas_price: U256,
    /// Base fee in wei; zero in an `eth_call` without a gas price.
    pub block_basefee: U256,
    /// Fee recipient of the block.
    pub block_coinbase: Address,
    /// Gas limit of the block (2^50).
    pub block_gas_limit: u64,
    /// The L1 block estimate, as NUMBER shows it.
    pub block_number: u64,
    /// L2 time in unix seconds.
    pub block_timestamp: u64,
    /// Low 64 bits of the chain id.
    pub chain_id: u64,
    /// Whether the acting account has more than one open non-delegate frame.
    pub reentrant: bool,
    /// Whether state must not change.
    pub is_static: bool,
    /// Ink per gas.
    pub ink_price: u32,
    /// Stack words one frame may use.
    pub max_stack_depth: u32,
    /// ArbOS version in force, e.g. 51.
    pub arbos_version: u64,
    /// Largest deployed code of the chain, in bytes.
    pub max_code_size: usize,
    /// Whether `console` output is printed (debug chains).
    pub debug: bool,
}

/// The three ways to call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallKind {
    /// An ordinary call, with value.
    Call,
    /// The target's code in the caller's context.
    Delegate,
    /// A call that must not change state.
    Static,
}

/// A call a program makes.
#[derive(Clone, Debug)]
pub struct CallRequest {
    /// Which call.
    pub kind: CallKind,
    /// Whose code runs.
    pub target: Address,
    /// Wei sent; zero unless `kind` is [`CallKind::Call`].
    pub value: U256,
    /// Calldata.
    pub input: Bytes,
    /// Gas the program has left when the call is made.
    pub gas_left: u64,
    /// Gas the program wants to give; `u64::MAX` for as much as possible.
    pub gas_requested: u64,
}

/// How a call ended, as the caller sees it.
#[derive(Clone, Debug)]
pub struct CallOutcome {
    /// Whether the callee succeeded.
    pub success: bool,
    /// Return data: the callee's output or revert data; empty after a halt.
    pub output: Bytes,
    /// Gas charged to the caller.
    pub cost: u64,
}

/// A contract creation a program makes.
#[derive(Clone, Debug)]
pub struct CreateRequest {
    /// Initialisation code.
    pub init_code: Bytes,
    /// Wei endowed.
    pub endowment: U256,
    /// `Some` for CREATE2.
    pub salt: Option<B256>,
    /// Gas the program has left.
    pub gas_left: u64,
}

/// How a creation ended.
#[derive(Clone, Debug)]
pub struct CreateOutcome {
    /// The new contract; `None` when it failed.
    pub address: Option<Address>,
    /// Revert data; empty on success and on halts.
    pub output: Bytes,
    /// Gas charged to the caller.
    pub cost: u64,
}

/// The calling program itself fails: static frame or base cost not covered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CreateRefused;

/// A change was attempted in a static frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StaticViolation;

/// Why a flush of the storage cache failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreError {
    /// The slots cost more than the gas given.
    OutOfGas,
    /// The frame is static.
    Static,
}

/// One traced host call.
#[derive(Clone, Debug)]
pub struct HostCall {
    /// Import name, or `user_entrypoint` / `user_returned`.
    pub name: &'static str,
    /// Arguments, big-endian, concatenated.
    pub args: Bytes,
    /// Results, big-endian, concatenated.
    pub outs: Bytes,
    /// Ink before.
    pub start_ink: u64,
    /// Ink after.
    pub end_ink: u64,
    /// The other account of a call or create.
    pub address: Option<Address>,
}

/// How a frame ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FrameStatus {
    /// The entry point returned 0.
    Success,
    /// It returned non-zero, trapped, or a host call failed; gas left is kept.
    Revert,
    /// Ink ran out; nothing is left.
    OutOfGas,
    /// The stack budget ran out; nothing is left.
    StackOverflow,
}

/// What the WASM front end hands back to the chain after one frame.
#[derive(Clone, Debug)]
pub struct FrameOutcome {
    /// How it ended.
    pub status: FrameStatus,
    /// Output or revert data.
    pub output: Bytes,
    /// Gas left: floor(ink / ink price), 0 for the two "nothing is left" endings.
    pub gas_left: u64,
    /// What happened, in words, when the ending alone does not say (a trap, a failed host call).
    pub reason: Option<&'static str>,
}
