//! Calls, estimates and traces: runs that change nothing.

use alloy::eips::BlockId;
use alloy::primitives::{Address, Bytes, TxKind, U256};
use alloy::rpc::types::state::{AccountOverride, StateOverride};
use alloy::rpc::types::{BlockOverrides, TransactionRequest};
use revm::state::AccountInfo;

use super::arbos_state::{ARBOS_ACCOUNT, ARBOS_STORAGE};
use super::error::NodeError;
use super::node::Node;
use super::node_interface;
use super::program::RecentPrograms;
use super::runtime::Environment;
use super::state::{View, bytecode};
use super::trace::{CallTrace, Recording};
use super::transaction::{Execution, Message, Mode, execute};

/// What to compute a call on.
#[derive(Clone, Debug)]
pub struct CallOptions {
    /// Block whose state is used (latest by default). With the tag `pending` the call sees the number and time of
    /// the block that would come next.
    pub block: BlockId,
    /// Changes of state that hold for the call alone.
    pub state: Option<StateOverride>,
    /// Changes of the block's fields that hold for the call alone.
    pub block_fields: Option<BlockOverrides>,
    /// Whether to record the call tree.
    pub trace: bool,
}

impl Default for CallOptions {
    fn default() -> Self {
        Self { block: BlockId::latest(), state: None, block_fields: None, trace: false }
    }
}

impl CallOptions {
    /// Calls on the state after a block.
    pub fn at(block: impl Into<BlockId>) -> Self {
        Self { block: block.into(), ..Self::default() }
    }
}

/// A call and how it ended.
#[derive(Clone, Debug)]
pub struct CallResult {
    /// Return data, or why there is none.
    pub result: Result<Bytes, NodeError>,
    /// Gas used, after refunds.
    pub gas_used: u64,
    /// Logs it would emit.
    pub logs: Vec<alloy::primitives::Log>,
    /// The call tree, when it was asked for.
    pub trace: Option<CallTrace>,
}

/// Runs that change nothing.
impl Node {
    /// Calls on the latest block and returns the output.
    pub fn call(&self, request: &TransactionRequest) -> Result<Bytes, NodeError> {
        self.call_with(request, &CallOptions::default())?.result
    }

    /// Calls with options and returns all there is to know. `Err` means that the call could not be made.
    pub fn call_with(&self, request: &TransactionRequest, options: &CallOptions) -> Result<CallResult, NodeError> {
        let message = self.call_message(request)?;
        if message.to == Some(node_interface::ADDRESS) {
            let result = node_interface::answer(self, &message, options);
            return Ok(CallResult { result, gas_used: 0, logs: Vec::new(), trace: None });
        }
        let run = self.run_call(&message, options, Mode::Call)?;
        Ok(CallResult { result: run.result(), gas_used: run.gas_used, logs: run.logs, trace: run.trace })
    }

    /// Runs a transaction of the chain again on the state it ran on and returns its call tree.
    pub fn trace_transaction(&self, hash: alloy::primitives::B256) -> Result<CallTrace, NodeError> {
        Ok(self.replay_transaction(hash, Recording::Frames)?.trace)
    }

    /// The fields of a call, with geth's defaults for those left out.
    pub(super) fn call_message(&self, request: &TransactionRequest) -> Result<Message, NodeError> {
        if request.gas_price.is_some() && request.max_fee_per_gas.is_some() {
            let text = "both gasPrice and (maxFeePerGas or maxPriorityFeePerGas) specified";
            return Err(NodeError::InvalidParams(text.to_owned()));
        }
        let cap = self.config.call_gas_cap;
        Ok(Message {
            from: request.from.unwrap_or_default(),
            to: request.to.and_then(|kind| match kind {
                TxKind::Call(to) => Some(to),
                TxKind::Create => None,
            }),
            nonce: request.nonce.unwrap_or_default(),
            gas_limit: request.gas.unwrap_or(cap).min(cap),
            fee_cap: request.gas_price.or(request.max_fee_per_gas).unwrap_or_default(),
            value: request.value.unwrap_or_default(),
            input: request.input.input().cloned().unwrap_or_default(),
            access_list: request.access_list.clone().unwrap_or_default(),
            authorizations: request.authorization_list.clone(),
            from_contract: true,
            encoded: None,
        })
    }

    pub(super) fn run_call(
        &self,
        message: &Message,
        options: &CallOptions,
        mode: Mode,
    ) -> Result<Execution, NodeError> {
        let (view, env) = self.call_context(options)?;
        execute(view, &env, message, mode, options.trace, RecentPrograms::default())
    }

    /// State and block a call sees.
    pub(super) fn call_context(&self, options: &CallOptions) -> Result<(View<'_>, Environment<'_>), NodeError> {
        let number = self.resolve(options.block)?;
        let mut view = self.view_at(number)?;
        if let Some(overrides) = &options.state {
            override_state(&mut view, overrides)?;
        }
        let header = &self.chain.blocks.get(number).ok_or(NodeError::BlockNotFound)?.header;
        let base_fee = header.base_fee_per_gas.unwrap_or_default();
        let mut env = if options.block.is_pending() {
            self.environment(&view, number + 1, self.next_time(), self.base_fee())
        } else {
            self.environment(&view, number, header.timestamp, base_fee)
        };
        if let Some(fields) = &options.block_fields {
            override_block(&mut env, fields);
        }
        Ok((view, env))
    }
}

pub(super) fn override_block(env: &mut Environment<'_>, fields: &BlockOverrides) {
    if let Some(number) = fields.number {
        env.l1_block_number = number.saturating_to();
    }
    if let Some(time) = fields.time {
        env.timestamp = time;
    }
    if let Some(gas_limit) = fields.gas_limit {
        env.gas_limit = gas_limit;
    }
    if let Some(coinbase) = fields.coinbase {
        env.coinbase = coinbase;
    }
    if let Some(random) = fields.random {
        env.prevrandao = random;
    }
    if let Some(base_fee) = fields.base_fee {
        env.base_fee = base_fee.saturating_to();
    }
}

pub(super) fn override_state(view: &mut View<'_>, overrides: &StateOverride) -> Result<(), NodeError> {
    for (address, account) in overrides {
        override_account(view, *address, account)?;
    }
    Ok(())
}

fn override_account(view: &mut View<'_>, address: Address, account: &AccountOverride) -> Result<(), NodeError> {
    if address == ARBOS_ACCOUNT || address == ARBOS_STORAGE {
        return Err(NodeError::InvalidOverride(format!("overriding address {address} not allowed")));
    }
    if account.move_precompile_to.is_some() {
        return Err(NodeError::InvalidOverride("movePrecompileToAddress is not supported".to_owned()));
    }
    if account.state.is_some() && account.state_diff.is_some() {
        return Err(NodeError::InvalidOverride(format!("account {address} has both 'state' and 'stateDiff'")));
    }
    let mut info = view.info(address).unwrap_or_default();
    if let Some(balance) = account.balance {
        info.balance = balance;
    }
    if let Some(nonce) = account.nonce {
        info.nonce = nonce;
    }
    if let Some(code) = &account.code {
        info = with_code(info, code.clone());
    }
    view.set_info(address, info);
    if account.state.is_some() {
        view.clear_storage(address);
    }
    for (slot, value) in account.state.iter().chain(&account.state_diff).flatten() {
        view.set_slot(address, (*slot).into(), (*value).into());
    }
    Ok(())
}

/// The same account with other code.
pub(super) fn with_code(info: AccountInfo, code: Bytes) -> AccountInfo {
    AccountInfo::from_bytecode(bytecode(code)).with_nonce(info.nonce).with_balance(info.balance)
}

/// Whether nothing runs when `address` is called.
pub(super) fn has_no_code(view: &View<'_>, address: Address) -> bool {
    view.info(address).is_none_or(|info| info.code.is_none_or(|code| code.is_empty()))
}

/// Wei that limit the gas of a call: what is left of `balance` after `value`.
pub(super) fn affordable_gas(balance: U256, value: U256, fee_cap: u128) -> Option<u64> {
    if fee_cap == 0 {
        return None;
    }
    Some((balance.saturating_sub(value) / U256::from(fee_cap)).saturating_to())
}
