//! One transaction or call, from its checks to its fees.

use alloy::eips::eip2930::AccessList;
use alloy::eips::eip7702::SignedAuthorization;
use alloy::primitives::{Address, Bytes, Log, TxKind, U256};
use revm::context::either::Either;
use revm::context::result::{EVMError, InvalidTransaction};
use revm::context::{JournalTr, TxEnv};
use revm::context_interface::CreateScheme;
use revm::context_interface::journaled_state::account::JournaledAccountTr;
use revm::handler::FrameResult;
use revm::handler::pre_execution::apply_auth_list;
use revm::interpreter::interpreter_action::FrameInit;
use revm::interpreter::{
    CallInput, CallInputs, CallScheme, CallValue, CreateInputs, FrameInput, InstructionResult, SharedMemory,
};
use revm::primitives::{AddressMap, HashSet};
use revm::state::EvmState;
use std::convert::Infallible;

use crate::fork::Fork;

use super::arbos_state::{ArbosStorage, Field};
use super::error::NodeError;
use super::failure;
use super::frames::Ended;
use super::l1;
use super::precompiles;
use super::program::RecentPrograms;
use super::runtime::{Environment, Machine};
use super::state::View;
use super::trace::{CallTrace, EvmStep, Recording};

const TX_GAS: u64 = 21_000;
const TX_CREATE_GAS: u64 = 53_000;
const ZERO_BYTE_GAS: u64 = 4;
const BYTE_GAS: u64 = 16;
const INITCODE_WORD_GAS: u64 = 2;
const ACCESS_LIST_ADDRESS_GAS: u64 = 2_400;
const ACCESS_LIST_KEY_GAS: u64 = 1_900;
const AUTHORIZATION_GAS: u64 = 25_000;
const AUTHORIZATION_REFUND: u64 = 12_500;

/// The share of the gas used that refunds may reach.
const REFUND_QUOTIENT: u64 = 5;

/// What to run.
#[derive(Clone, Debug)]
pub(crate) struct Message {
    pub from: Address,
    pub to: Option<Address>,
    pub nonce: u64,
    pub gas_limit: u64,
    /// Most wei per gas the sender pays.
    pub fee_cap: u128,
    pub value: U256,
    pub input: Bytes,
    pub access_list: AccessList,
    /// `Some` for a set-code transaction.
    pub authorizations: Option<Vec<SignedAuthorization>>,
    /// Whether the sender may be a contract, as in calls and for impersonated senders.
    pub from_contract: bool,
    /// Its encoding, whose length on L1 it pays for; calls have none.
    pub encoded: Option<Bytes>,
}

/// What kind of run it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    /// A transaction that goes into a block.
    Transaction,
    /// `eth_call`: no nonce, no compute cap; without a fee cap the base fee is zero.
    Call,
    /// A run of `eth_estimateGas`: as a call, but with the compute cap.
    Estimate,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    Success,
    Revert,
    /// The text says why.
    Halt(String),
}

/// What a run did.
#[derive(Debug)]
pub(crate) struct Execution {
    pub status: Status,
    pub gas_used: u64,
    /// Part of it that paid for L1 data.
    pub l1_gas: u64,
    /// Gas used before refunds.
    pub gas_before_refund: u64,
    pub output: Bytes,
    pub logs: Vec<Log>,
    /// The account a creation would make or made.
    pub created: Option<Address>,
    pub changes: EvmState,
    pub trace: Option<CallTrace>,
    /// Instructions of EVM code, when they were asked for.
    pub steps: Vec<EvmStep>,
    pub recent: RecentPrograms,
}

impl Execution {
    /// The output, or the failure as an error for the client.
    pub fn result(&self) -> Result<Bytes, NodeError> {
        match &self.status {
            Status::Success => Ok(self.output.clone()),
            Status::Revert => {
                Err(NodeError::Reverted { output: self.output.clone(), message: failure::revert_message(&self.output) })
            }
            Status::Halt(message) => Err(NodeError::Halted { message: message.clone() }),
        }
    }
}

/// Gas a transaction uses before its code runs.
pub(crate) fn intrinsic_gas(message: &Message) -> u64 {
    let zeros = message.input.iter().filter(|byte| **byte == 0).count() as u64;
    let others = message.input.len() as u64 - zeros;
    let mut gas = ZERO_BYTE_GAS * zeros + BYTE_GAS * others;
    gas += match message.to {
        Some(_) => TX_GAS,
        None => TX_CREATE_GAS + INITCODE_WORD_GAS * message.input.len().div_ceil(32) as u64,
    };
    let keys: usize = message.access_list.iter().map(|item| item.storage_keys.len()).sum();
    gas += ACCESS_LIST_ADDRESS_GAS * message.access_list.len() as u64 + ACCESS_LIST_KEY_GAS * keys as u64;
    gas + AUTHORIZATION_GAS * message.authorizations.as_ref().map_or(0, Vec::len) as u64
}

/// Runs `message` on `view` without changing what is below it.
pub(crate) fn execute<'a>(
    view: View<'a>,
    env: &Environment<'a>,
    message: &Message,
    mode: Mode,
    recording: impl Into<Recording>,
    recent: RecentPrograms,
) -> Result<Execution, NodeError> {
    // What an earlier question of this thread left.
    Fork::take_failure();
    let run = Run::prepare(view, env, message, mode, recording.into(), recent).and_then(Run::finish);
    match Fork::take_failure() {
        Some(failure) => Err(NodeError::Fork(failure)),
        None => run,
    }
}

/// Checks whether a transaction could get into a block now or, if nonces before its own are missing, later.
pub(crate) fn admit(view: &View<'_>, env: &Environment<'_>, message: &Message) -> Result<(), NodeError> {
    let state = view.info(message.from).unwrap_or_default().nonce;
    if message.nonce > state {
        let next = Message { nonce: state, ..message.clone() };
        check_sender(view, env, &next, Mode::Transaction, false)?;
    } else {
        check_sender(view, env, message, Mode::Transaction, false)?;
    }
    if message.gas_limit < intrinsic_gas(message) {
        return Err(NodeError::IntrinsicGasTooLow);
    }
    Ok(())
}

struct Run<'a, 'm> {
    machine: Machine<'a>,
    message: &'m Message,
    mode: Mode,
    /// Wei per gas.
    price: u128,
    l1_gas: u64,
    intrinsic: u64,
}

impl<'a, 'm> Run<'a, 'm> {
    fn prepare(
        view: View<'a>,
        env: &Environment<'a>,
        message: &'m Message,
        mode: Mode,
        recording: Recording,
        recent: RecentPrograms,
    ) -> Result<Self, NodeError> {
        let free = mode != Mode::Transaction && message.fee_cap == 0;
        let base_fee = if free { 0 } else { env.base_fee };
        check_sender(&view, env, message, mode, free)?;
        let intrinsic = intrinsic_gas(message);
        if message.gas_limit < intrinsic {
            return Err(match mode {
                Mode::Transaction => NodeError::IntrinsicGasTooLow,
                _ => NodeError::CallIntrinsicGasTooLow { have: message.gas_limit, want: intrinsic },
            });
        }
        let limit = 2 * env.max_code_size;
        if message.to.is_none() && message.input.len() > limit {
            return Err(NodeError::InitcodeTooLong { size: message.input.len(), limit });
        }

        let price = u128::from(base_fee);
        let mut machine = Machine::new(view, env.clone(), tx_env(message, price), base_fee, recording);
        machine.ctx.chain.recent = recent;
        let l1_gas = l1_gas(machine.arbos().field(Field::L1PricePerUnit), env.base_fee, message);
        if message.gas_limit - intrinsic < l1_gas {
            return Err(NodeError::IntrinsicGasTooLow);
        }
        machine.ctx.chain.poster_fee_wei = U256::from(l1_gas) * U256::from(env.base_fee);
        Ok(Self { machine, message, mode, price, l1_gas, intrinsic })
    }

    fn finish(mut self) -> Result<Execution, NodeError> {
        let message = self.message;
        self.warm_up();
        let nonce = self.charge_sender();
        let mut refund = self.apply_authorizations();
        let mut gas = message.gas_limit - self.intrinsic - self.l1_gas;
        let held_back = self.gas_held_back(gas);
        gas -= held_back;

        let input = self.first_frame(gas);
        let memory = SharedMemory::new_with_buffer(self.machine.ctx.local.shared_memory_buffer.clone());
        let ended = self.machine.run(FrameInit { depth: 0, memory, frame_input: input });

        let result = ended.result.interpreter_result();
        let left = if result.result.is_ok_or_revert() { result.gas.remaining() } else { 0 };
        if result.result.is_ok() {
            refund += result.gas.refunded().max(0) as u64;
        }
        let left = left + held_back;
        let gas_before_refund = message.gas_limit - left;
        let cap = (gas_before_refund - self.l1_gas) / REFUND_QUOTIENT;
        let gas_used = gas_before_refund - refund.min(cap);
        self.settle(gas_used);
        let created = message.to.is_none().then(|| message.from.create(nonce));
        Ok(self.conclude(ended, gas_used, gas_before_refund, created))
    }

    /// Everything the protocol makes warm before code runs.
    fn warm_up(&mut self) {
        let arbos = self.machine.ctx.chain.env.arbos;
        let coinbase = self.machine.ctx.block.beneficiary;
        let journal = &mut self.machine.ctx.journaled_state;
        journal.warm_precompiles(&precompiles::addresses(arbos));
        journal.warm_coinbase_account(coinbase);
        let mut list: AddressMap<HashSet<U256>> = AddressMap::default();
        for item in self.message.access_list.iter() {
            let keys = item.storage_keys.iter().map(|key| U256::from_be_bytes(key.0));
            list.entry(item.address).or_default().extend(keys);
        }
        journal.warm_access_list(list);
    }

    /// Takes the price of all the gas and counts the nonce up. Returns the nonce used.
    fn charge_sender(&mut self) -> u64 {
        let cost = U256::from(self.message.gas_limit) * U256::from(self.price);
        let Ok(load) = self.machine.ctx.journaled_state.load_account_with_code_mut(self.message.from);
        let mut sender = load.data;
        let balance = *sender.balance();
        sender.set_balance(balance.saturating_sub(cost));
        let nonce = sender.nonce();
        // A creation counts the nonce up itself.
        if self.message.to.is_some() {
            sender.bump_nonce();
        }
        nonce
    }

    /// Applies the authorisations that are valid and returns what is refunded for accounts that existed.
    fn apply_authorizations(&mut self) -> u64 {
        let Some(list) = &self.message.authorizations else { return 0 };
        let list = list.iter().map(|item| Either::<_, SignedAuthorization>::Left(item.clone()));
        let chain_id = self.machine.ctx.chain.env.chain_id;
        let applied: Result<u64, EVMError<Infallible, InvalidTransaction>> =
            apply_auth_list(chain_id, list, &mut self.machine.ctx.journaled_state);
        applied.unwrap_or_default() * AUTHORIZATION_REFUND
    }

    /// Gas above the compute cap. It is returned in the end, whatever happens.
    fn gas_held_back(&mut self, gas: u64) -> u64 {
        if self.mode == Mode::Call {
            return 0;
        }
        let capped = self.machine.ctx.chain.env.arbos.caps_transaction_compute();
        let field = if capped { Field::MaxTxGas } else { Field::MaxBlockGas };
        let most = self.machine.arbos().number(field).saturating_sub(self.intrinsic);
        gas.saturating_sub(most)
    }

    fn first_frame(&mut self, gas_limit: u64) -> FrameInput {
        let message = self.message;
        let Some(to) = message.to else {
            return FrameInput::Create(Box::new(CreateInputs::new(
                message.from,
                CreateScheme::Create,
                message.value,
                message.input.clone(),
                gas_limit,
                0,
            )));
        };
        let journal = &mut self.machine.ctx.journaled_state;
        let Ok(target) = journal.load_account_with_code(to);
        let mut info = target.data.info.clone();
        // The delegate of the recipient is warm, like the recipient.
        if let Some(delegate) = info.code.as_ref().and_then(|code| code.eip7702_address()) {
            let Ok(delegate) = journal.load_account_with_code(delegate);
            info = delegate.data.info.clone();
        }
        FrameInput::Call(Box::new(CallInputs {
            input: CallInput::Bytes(message.input.clone()),
            return_memory_offset: 0..0,
            gas_limit,
            reservoir: 0,
            bytecode_address: to,
            known_bytecode: (info.code_hash, info.code.unwrap_or_default()),
            target_address: to,
            caller: message.from,
            value: CallValue::Transfer(message.value),
            scheme: CallScheme::Call,
            is_static: false,
            charged_new_account_state_gas: false,
        }))
    }

    /// Returns the price of gas not used and pays for the rest.
    fn settle(&mut self, gas_used: u64) {
        let price = U256::from(self.price);
        let unused = U256::from(self.message.gas_limit - gas_used) * price;
        let receiver = self.machine.arbos().address(Field::NetworkFeeAccount);
        let journal = &mut self.machine.ctx.journaled_state;
        if !price.is_zero() {
            let Ok(()) = journal.balance_incr(self.message.from, unused);
            let Ok(()) = journal.balance_incr(receiver, U256::from(gas_used) * price);
        }
    }

    fn conclude(mut self, ended: Ended, gas_used: u64, gas_before_refund: u64, created: Option<Address>) -> Execution {
        let result = ended.result.interpreter_result();
        let status = match result.result {
            InstructionResult::Revert => Status::Revert,
            code if code.is_ok() => Status::Success,
            _ => Status::Halt(ended.why.unwrap_or_else(|| "execution failed".to_owned())),
        };
        let output = match (&status, &ended.result) {
            (Status::Halt(_), _) => Bytes::new(),
            (_, FrameResult::Call(outcome)) => outcome.result.output.clone(),
            (_, FrameResult::Create(outcome)) => outcome.result.output.clone(),
        };
        let journal = &mut self.machine.ctx.journaled_state;
        let logs = journal.take_logs();
        let changes = journal.finalize();
        let runtime = self.machine.ctx.chain;
        let (mut trace, steps) = runtime.tracer.map(|tracer| tracer.finish()).unwrap_or_default();
        if let Some(root) = &mut trace {
            root.gas = self.message.gas_limit;
            root.gas_used = gas_used;
        }
        Execution {
            status,
            gas_used,
            l1_gas: self.l1_gas,
            gas_before_refund,
            output,
            logs,
            created,
            changes,
            trace,
            steps,
            recent: runtime.recent,
        }
    }
}

fn check_sender(
    view: &View<'_>,
    env: &Environment<'_>,
    message: &Message,
    mode: Mode,
    free: bool,
) -> Result<(), NodeError> {
    let address = message.from;
    let info = view.info(address).unwrap_or_default();
    if mode == Mode::Transaction {
        let (tx, state) = (message.nonce, info.nonce);
        if tx < state {
            return Err(NodeError::NonceTooLow { address, tx, state });
        }
        if tx > state {
            return Err(NodeError::NonceTooHigh { address, tx, state });
        }
        let code = info.code.unwrap_or_default();
        if !message.from_contract && !code.is_empty() && !code.is_eip7702() {
            return Err(NodeError::SenderNotEoa(address, code.len()));
        }
    }
    if !free && message.fee_cap < u128::from(env.base_fee) {
        let (max_fee, base_fee) = (message.fee_cap, env.base_fee);
        return Err(match mode {
            Mode::Transaction => NodeError::FeeCapTooLow { address, max_fee, base_fee },
            _ => NodeError::CallFeeCapTooLow { address, max_fee, base_fee, supplied: message.gas_limit },
        });
    }
    if message.authorizations.as_ref().is_some_and(Vec::is_empty) {
        return Err(NodeError::EmptyAuthorizationList(address));
    }
    if message.authorizations.is_some() && message.to.is_none() {
        return Err(NodeError::SetCodeCreate);
    }
    let fee = U256::from(message.gas_limit).saturating_mul(U256::from(message.fee_cap));
    let (have, want) = (info.balance, fee.saturating_add(message.value));
    if have < want {
        return Err(match mode {
            Mode::Transaction => NodeError::InsufficientFunds { address, have, want },
            _ => NodeError::CallInsufficientFunds { address, have, want, supplied: message.gas_limit },
        });
    }
    Ok(())
}

/// Gas that pays for the L1 data of a transaction.
fn l1_gas(price_per_unit: U256, base_fee: u64, message: &Message) -> u64 {
    if price_per_unit.is_zero() {
        return 0;
    }
    let units = match &message.encoded {
        Some(encoded) => l1::units(encoded),
        None => l1::estimated_units(&message.input),
    };
    (price_per_unit * U256::from(units) / U256::from(base_fee.max(1))).saturating_to()
}

/// What GASPRICE, ORIGIN and the like read. The type does not matter: nothing asks revm to check the transaction.
fn tx_env(message: &Message, price: u128) -> TxEnv {
    TxEnv {
        caller: message.from,
        gas_limit: message.gas_limit,
        gas_price: price,
        kind: message.to.map_or(TxKind::Create, TxKind::Call),
        value: message.value,
        data: message.input.clone(),
        nonce: message.nonce,
        ..TxEnv::default()
    }
}
