//! Blocks that are tried out on top of the chain (`eth_simulateV1`).

use alloy::consensus::proofs::ordered_trie_root_with_encoder;
use alloy::consensus::{EMPTY_ROOT_HASH, Header, SignableTransaction, TxEip1559, TxEnvelope};
use alloy::eips::BlockId;
use alloy::eips::eip2718::Encodable2718;
use alloy::primitives::{Address, B256, Bytes, Log, LogData, Signature, TxKind, U256, address, logs_bloom};
use alloy::rpc::types::BlockOverrides;
use alloy::rpc::types::simulate::{MAX_SIMULATE_BLOCKS, SimBlock, SimulatePayload};
use alloy::sol;
use alloy::sol_types::SolEvent;

use super::block::{Block, Transaction, TransactionBody};
use super::calls::{override_block, override_state};
use super::error::NodeError;
use super::node::Node;
use super::program::RecentPrograms;
use super::runtime::Environment;
use super::state::View;
use super::trace::{CallTrace, Recording, TraceKind, TraceStep};
use super::transaction::{Execution, Message, Mode, execute};

/// Seconds between two simulated blocks.
const BLOCK_SECONDS: u64 = 1;

/// Calls in one simulation.
const MAX_CALLS: usize = 1_000;

/// The address that stands for the native currency in logs of transfers (ERC-7528).
const NATIVE: Address = address!("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

sol! {
    /// What a log of a transfer looks like.
    event Transfer(address indexed from, address indexed to, uint256 value);
}

/// What to try out.
pub type Simulation = SimulatePayload;

/// A block that was tried out.
#[derive(Clone, Debug)]
pub struct SimulatedBlock {
    /// The block. It has no receipts.
    pub block: Block,
    /// Its calls, in order.
    pub calls: Vec<SimulatedCall>,
}

/// A call that was tried out.
#[derive(Clone, Debug)]
pub struct SimulatedCall {
    /// Return or revert data, and why it failed.
    pub result: Result<Bytes, NodeError>,
    /// Gas used, after refunds.
    pub gas_used: u64,
    /// Gas used before refunds.
    pub max_used_gas: u64,
    /// Its logs, with those of transfers if they were asked for.
    pub logs: Vec<Log>,
}

/// Trying out.
impl Node {
    /// Runs blocks of calls on top of the block `on`, each on what the ones before it left. Nothing of it stays.
    ///
    /// Without `validation` calls are free and need no nonce, as in `eth_call`. A block without calls is put in for
    /// each number that is left out. `Err` means that one of the calls could not be made at all.
    pub fn simulate(&self, simulation: &Simulation, on: impl Into<BlockId>) -> Result<Vec<SimulatedBlock>, NodeError> {
        let number = self.resolve(on.into())?;
        let calls: usize = simulation.block_state_calls.iter().map(|block| block.calls.len()).sum();
        if calls > MAX_CALLS {
            return Err(NodeError::InvalidParams(format!("too many calls: {calls}, at most {MAX_CALLS}")));
        }
        let base = self.chain.blocks.get(number).ok_or(NodeError::BlockNotFound)?;
        let mut run = Trial {
            node: self,
            view: self.view_at(number)?,
            parent: base.header.clone(),
            parent_hash: base.hash,
            first: number + 1,
            gas_left: self.config.call_gas_cap,
            simulation,
        };
        let mut blocks = Vec::new();
        for wanted in &simulation.block_state_calls {
            run.fill_gap(wanted, &mut blocks)?;
            blocks.push(run.block(wanted)?);
        }
        Ok(blocks)
    }
}

/// The blocks so far.
struct Trial<'a> {
    node: &'a Node,
    view: View<'a>,
    parent: Header,
    parent_hash: B256,
    /// Number of the first block.
    first: u64,
    /// Gas all calls that are still to come may use.
    gas_left: u64,
    simulation: &'a Simulation,
}

impl Trial<'_> {
    /// Puts in a block for each number between the last block and the one wanted.
    fn fill_gap(&mut self, wanted: &SimBlock, blocks: &mut Vec<SimulatedBlock>) -> Result<(), NodeError> {
        let next = self.parent.number + 1;
        let number = wanted.block_number_override().map_or(next, |number| number.saturating_to());
        if number < next {
            let last = self.parent.number;
            return Err(NodeError::InvalidParams(format!("block numbers must be in order: {number} <= {last}")));
        }
        if number - self.first >= MAX_SIMULATE_BLOCKS {
            return Err(NodeError::InvalidParams("too many blocks".to_owned()));
        }
        while self.parent.number + 1 < number {
            blocks.push(self.block(&SimBlock::default())?);
        }
        Ok(())
    }

    fn block(&mut self, wanted: &SimBlock) -> Result<SimulatedBlock, NodeError> {
        let overrides = wanted.block_overrides.clone().unwrap_or_default();
        if let Some(state) = &wanted.state_overrides {
            override_state(&mut self.view, state)?;
        }
        let mut header = self.header(&overrides)?;
        let mut env = self.node.environment(&self.view, header.number, header.timestamp, self.base_fee(&overrides));
        override_block(&mut env, &overrides);
        header.beneficiary = env.coinbase;
        header.gas_limit = env.gas_limit;
        header.mix_hash = overrides.random.unwrap_or(header.mix_hash);

        let mut calls = Vec::new();
        let mut envelopes = Vec::new();
        let mut recent = RecentPrograms::default();
        for request in &wanted.calls {
            let message = self.message(request)?;
            let mode = if self.simulation.validation { Mode::Transaction } else { Mode::Call };
            let mut run = execute(self.view.clone(), &env, &message, mode, Recording::Frames, recent)?;
            recent = std::mem::take(&mut run.recent);
            self.gas_left -= run.gas_used.min(self.gas_left);
            self.view.commit(std::mem::take(&mut run.changes));
            header.gas_used += run.gas_used;
            envelopes.push(envelope(&message, env.chain_id));
            calls.push(self.call(run));
        }
        Ok(self.seal(header, &env, envelopes, calls))
    }

    fn header(&self, overrides: &BlockOverrides) -> Result<Header, NodeError> {
        let last = self.parent.timestamp;
        let timestamp = overrides.time.unwrap_or(last.saturating_add(BLOCK_SECONDS));
        if timestamp < last {
            return Err(NodeError::InvalidParams(format!("block timestamps must be in order: {timestamp} < {last}")));
        }
        Ok(Header {
            parent_hash: self.parent_hash,
            number: self.parent.number.saturating_add(1),
            timestamp,
            gas_used: 0,
            base_fee_per_gas: Some(self.base_fee(overrides)),
            ..self.parent.clone()
        })
    }

    /// Nothing is paid for gas unless calls are checked like transactions.
    fn base_fee(&self, overrides: &BlockOverrides) -> u64 {
        match overrides.base_fee {
            Some(fee) => fee.saturating_to(),
            None if self.simulation.validation => self.node.base_fee(),
            None => 0,
        }
    }

    fn message(&self, request: &alloy::rpc::types::TransactionRequest) -> Result<Message, NodeError> {
        let mut message = self.node.call_message(request)?;
        if request.nonce.is_none() {
            message.nonce = self.view.info(message.from).unwrap_or_default().nonce;
        }
        if request.gas.is_none() {
            message.gas_limit = self.gas_left;
        }
        message.gas_limit = message.gas_limit.min(self.gas_left);
        Ok(message)
    }

    fn call(&self, run: Execution) -> SimulatedCall {
        let logs = match (&run.trace, self.simulation.trace_transfers) {
            (Some(trace), true) => logs_with_transfers(trace),
            _ => run.logs.clone(),
        };
        SimulatedCall { result: run.result(), gas_used: run.gas_used, max_used_gas: run.gas_before_refund, logs }
    }

    fn seal(
        &mut self,
        mut header: Header,
        env: &Environment<'_>,
        envelopes: Vec<(Address, TxEnvelope)>,
        calls: Vec<SimulatedCall>,
    ) -> SimulatedBlock {
        header.logs_bloom = logs_bloom(calls.iter().flat_map(|call| &call.logs));
        header.receipts_root = EMPTY_ROOT_HASH;
        header.transactions_root =
            ordered_trie_root_with_encoder(&envelopes, |(_, envelope), out| envelope.encode_2718(out));
        let hash = header.hash_slow();
        let place = |(index, (from, envelope)): (usize, (Address, TxEnvelope))| Transaction {
            hash: *envelope.tx_hash(),
            body: TransactionBody::User(envelope),
            from,
            block_hash: hash,
            block_number: header.number,
            block_timestamp: header.timestamp,
            index: index as u64,
            effective_gas_price: env.base_fee.into(),
        };
        let transactions: Vec<_> = envelopes.into_iter().enumerate().map(place).collect();
        self.parent = header.clone();
        self.parent_hash = hash;
        let block = Block {
            size: alloy::rlp::encode(&header).len() as u64,
            header,
            hash,
            transactions,
            receipts: Vec::new(),
            l1_block_number: env.l1_block_number,
            send_count: 0,
            send_root: B256::ZERO,
        };
        SimulatedBlock { block, calls }
    }
}

/// The call as a transaction that nobody has signed, as which it gets a hash.
fn envelope(message: &Message, chain_id: u64) -> (Address, TxEnvelope) {
    let unsigned = TxEip1559 {
        chain_id,
        nonce: message.nonce,
        gas_limit: message.gas_limit,
        max_fee_per_gas: message.fee_cap,
        max_priority_fee_per_gas: 0,
        to: message.to.map_or(TxKind::Create, TxKind::Call),
        value: message.value,
        access_list: message.access_list.clone(),
        input: message.input.clone(),
    };
    let signature = Signature::new(U256::ZERO, U256::ZERO, false);
    (message.from, unsigned.into_signed(signature).into())
}

/// The logs of a frame and of those in it, with one for each transfer of value; a frame that failed has none.
fn logs_with_transfers(frame: &CallTrace) -> Vec<Log> {
    if frame.error.is_some() {
        return Vec::new();
    }
    let mut logs = Vec::new();
    let moves_value = !matches!(frame.kind, TraceKind::DelegateCall | TraceKind::CallCode | TraceKind::StaticCall);
    let to = frame.to.unwrap_or_default();
    if moves_value && !frame.value.is_zero() {
        let transfer = Transfer { from: frame.from, to, value: frame.value };
        logs.push(Log { address: NATIVE, data: transfer.encode_log_data() });
    }
    for step in &frame.steps {
        match step {
            TraceStep::Call(nested) => logs.extend(logs_with_transfers(nested)),
            TraceStep::Log { topics, data } => {
                logs.push(Log { address: frame.acting(), data: LogData::new_unchecked(topics.clone(), data.clone()) });
            }
            TraceStep::Host(_) => {}
        }
    }
    logs
}
