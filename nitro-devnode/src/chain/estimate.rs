//! Gas estimates and access lists.

use alloy::eips::eip2930::{AccessList, AccessListItem};
use alloy::primitives::{Address, B256};
use alloy::rpc::types::TransactionRequest;
use revm::state::EvmState;

use super::arbos_state::ARBOS_STORAGE;
use super::block::SEQUENCER;
use super::calls::{CallOptions, affordable_gas, has_no_code};
use super::error::NodeError;
use super::failure;
use super::node::Node;
use super::precompiles;
use super::transaction::{Execution, Message, Mode, Status};

const TRANSFER_GAS: u64 = 21_000;

/// Gas a callee may get on top of what it uses.
const STIPEND: u64 = 2_300;

/// Relative error at which the search stops.
const ERROR_RATIO: f64 = 0.015;

/// Runs after which an access list is taken as it is, should it not settle.
const MAX_ACCESS_LIST_RUNS: usize = 8;

/// An access list and the gas a call uses with it.
#[derive(Clone, Debug)]
pub struct AccessListResult {
    /// Addresses and slots the call touched.
    pub access_list: AccessList,
    /// Gas used with the list in place.
    pub gas_used: u64,
    /// Why the call failed, if it did.
    pub error: Option<String>,
}

/// Gas estimates and access lists.
impl Node {
    /// The least gas limit with which the transaction succeeds, within 1.5 %, found as geth finds it.
    pub fn estimate(&self, request: &TransactionRequest, options: &CallOptions) -> Result<u64, NodeError> {
        let mut message = self.call_message(request)?;
        let (view, _) = self.call_context(options)?;
        let mut high = match request.gas {
            Some(gas) if gas >= TRANSFER_GAS => gas.min(self.config.call_gas_cap),
            _ => self.config.call_gas_cap,
        };
        let balance = view.info(message.from).unwrap_or_default().balance;
        if let Some(affordable) = affordable_gas(balance, message.value, message.fee_cap) {
            high = high.min(affordable);
        }
        let is_transfer = message.input.is_empty() && message.to.is_some_and(|to| has_no_code(&view, to));
        let not_precompile = message.to.is_some_and(|to| !precompiles::exists(self.arbos(), to));
        if is_transfer && not_precompile && self.succeeds(&mut message, options, TRANSFER_GAS)?.is_some() {
            return Ok(TRANSFER_GAS);
        }

        message.gas_limit = high;
        let first = self.run_call(&message, options, Mode::Estimate)?;
        match &first.status {
            Status::Success => {}
            Status::Halt(why) if why == failure::OUT_OF_GAS => return Err(NodeError::GasAboveAllowance(high)),
            _ => return Err(first.result().err().unwrap_or(NodeError::GasAboveAllowance(high))),
        }
        let mut low = first.gas_used - 1;
        let optimistic = (first.gas_before_refund + STIPEND) * 64 / 63;
        if optimistic < high {
            match self.succeeds(&mut message, options, optimistic)? {
                Some(_) => high = optimistic,
                None => low = optimistic,
            }
        }
        while low + 1 < high && (high - low) as f64 / high as f64 >= ERROR_RATIO {
            let middle = ((high + low) / 2).min(low.saturating_mul(2));
            match self.succeeds(&mut message, options, middle)? {
                Some(_) => high = middle,
                None => low = middle,
            }
        }
        Ok(high)
    }

    fn succeeds(
        &self,
        message: &mut Message,
        options: &CallOptions,
        gas_limit: u64,
    ) -> Result<Option<Execution>, NodeError> {
        message.gas_limit = gas_limit;
        match self.run_call(message, options, Mode::Estimate) {
            Ok(run) if run.status == Status::Success => Ok(Some(run)),
            Ok(_) | Err(NodeError::CallIntrinsicGasTooLow { .. } | NodeError::IntrinsicGasTooLow) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The addresses and slots a call touches beyond those that are warm anyway.
    pub fn create_access_list(
        &self,
        request: &TransactionRequest,
        options: &CallOptions,
    ) -> Result<AccessListResult, NodeError> {
        let mut message = self.call_message(request)?;
        let mut runs = 0;
        loop {
            let run = self.run_call(&message, options, Mode::Call)?;
            let error = run.result().err().map(|error| error.to_string());
            let list = self.touched(&message, run.created, &run.changes);
            runs += 1;
            if list == message.access_list || runs == MAX_ACCESS_LIST_RUNS {
                return Ok(AccessListResult { access_list: list, gas_used: run.gas_used, error });
            }
            message.access_list = list;
        }
    }

    fn touched(&self, message: &Message, created: Option<Address>, changes: &EvmState) -> AccessList {
        let arbos = self.arbos();
        let warm_anyway = |address: &Address| {
            *address == message.from
                || Some(*address) == message.to
                || Some(*address) == created
                || *address == SEQUENCER
                || precompiles::exists(arbos, *address)
        };
        let mut items: Vec<_> = changes
            .iter()
            .filter(|(address, _)| **address != ARBOS_STORAGE)
            .map(|(address, account)| {
                let mut storage_keys: Vec<B256> = account.storage.keys().map(|key| (*key).into()).collect();
                storage_keys.sort();
                AccessListItem { address: *address, storage_keys }
            })
            .filter(|item| !item.storage_keys.is_empty() || !warm_anyway(&item.address))
            .collect();
        items.sort_by_key(|item| item.address);
        AccessList(items)
    }
}
