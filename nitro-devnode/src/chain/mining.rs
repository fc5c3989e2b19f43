//! Sending transactions and making blocks of them.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use alloy::consensus::proofs::ordered_trie_root_with_encoder;
use alloy::consensus::{
    EMPTY_OMMER_ROOT_HASH, Eip658Value, Header, ReceiptWithBloom, Transaction as _, TxEnvelope, Typed2718,
};
use alloy::eips::eip2718::Encodable2718;
use alloy::primitives::{Address, B64, B256, Bloom, Bytes, U256, keccak256, logs_bloom};
use alloy::rlp::{BufMut, Encodable};
use alloy::rpc::types::Log;
use alloy::sol;
use alloy::sol_types::SolCall;

use super::arbos::ArbosVersion;
use super::arbos_state::{ArbosStorage, Field};
use super::block::{ARBOS, BLOCK_GAS_LIMIT, Block, Receipt, SEQUENCER, Transaction, TransactionBody};
use super::config::Mining;
use super::error::NodeError;
use super::fees;
use super::genesis;
use super::history;
use super::node::Node;
use super::pool::Pending;
use super::program::RecentPrograms;
use super::state::{Changes, View};
use super::transaction::{Execution, Mode, Status, admit, execute};

/// EIP-2718 type of the internal transaction.
const INTERNAL: u8 = 0x6a;

sol! {
    /// What ArbOS does at the start of a block.
    interface ArbosActs {
        function startBlock(uint256 l1BaseFee, uint64 l1BlockNumber, uint64 l2BlockNumber, uint64 timePassed);
    }
}

/// A transaction that ran, before it has a place in a block.
struct Included {
    pending: Pending,
    execution: Execution,
}

impl Node {
    /// Takes a signed transaction in its EIP-2718 encoding and, when mining is automatic, makes a block with it.
    ///
    /// Fails as geth would when the transaction is not acceptable; a transaction that is included and then
    /// fails is no error here (see its receipt).
    pub fn send_raw(&mut self, raw: &[u8]) -> Result<B256, NodeError> {
        let pending = Pending::decode(raw, self.config.chain_id, self.arbos())?;
        self.submit(pending)
    }

    pub(super) fn submit(&mut self, pending: Pending) -> Result<B256, NodeError> {
        let hash = pending.hash;
        // One that is in the chain already has a nonce that is too low, which is what the chain then says.
        if self.chain.pool.iter().any(|known| known.hash == hash) {
            return Err(NodeError::AlreadyKnown);
        }
        match self.mining {
            Mining::Automatic => self.mine_now(pending)?,
            Mining::Manual => {
                let view = self.view();
                let env = self.environment(&view, self.block_number() + 1, self.next_time(), self.base_fee());
                admit(&view, &env, &pending.message())?;
                self.chain.pool.push(pending);
            }
        }
        Ok(hash)
    }

    /// Makes `count` blocks; transactions that wait go into the first one, except those with a nonce that is still
    /// too high: they go on waiting. Those that have become invalid are dropped.
    pub fn mine(&mut self, count: u64) {
        for _ in 0..count {
            let waiting = self.take_ready();
            self.build_block(waiting);
        }
    }

    /// Takes the transactions out of the pool whose turn it is: in the order they came, but those of one sender by
    /// nonce, and without gaps.
    fn take_ready(&mut self) -> Vec<Pending> {
        let mut waiting: Vec<_> = std::mem::take(&mut self.chain.pool).into_iter().map(Some).collect();
        let mut next: HashMap<Address, u64> = HashMap::new();
        let mut passed_over = HashSet::new();
        let mut ready = Vec::with_capacity(waiting.len());
        let mut place = 0;
        while let Some(slot) = waiting.get_mut(place) {
            place += 1;
            let Some(pending) = slot else { continue };
            let (from, own) = (pending.from, pending.envelope.nonce());
            let nonce = next.entry(from).or_insert_with(|| self.view().info(from).unwrap_or_default().nonce);
            if own > *nonce {
                passed_over.insert(from);
                continue;
            }
            *nonce = (*nonce).max(own + 1);
            ready.extend(slot.take());
            // It may be the turn of an earlier one now.
            if passed_over.contains(&from) {
                place = 0;
            }
        }
        self.chain.pool = waiting.into_iter().flatten().collect();
        ready
    }

    /// Changes when transactions get into blocks. Transactions that wait are mined when it becomes automatic.
    pub fn set_mining(&mut self, mining: Mining) {
        self.mining = mining;
        if mining == Mining::Automatic && !self.chain.pool.is_empty() {
            self.mine(1);
        }
    }

    /// When transactions get into blocks.
    pub fn mining(&self) -> Mining {
        self.mining
    }

    fn mine_now(&mut self, pending: Pending) -> Result<(), NodeError> {
        match self.build_block(vec![pending]).pop() {
            Some(error) => Err(error),
            None => Ok(()),
        }
    }

    /// Makes a block of the transactions that are valid and returns why the others are not. When mining is automatic
    /// and there are only invalid ones no block is made.
    fn build_block(&mut self, transactions: Vec<Pending>) -> Vec<NodeError> {
        let timestamp = self.next_time();
        let number = self.block_number() + 1;
        let base_fee = self.base_fee();
        let started = self.start_block(self.view(), number, timestamp);
        let wanted = transactions.len();

        let mut undo = Changes::default();
        self.chain.state.apply(started, &mut undo);
        let mut included = Vec::new();
        let mut errors = Vec::new();
        let mut recent = RecentPrograms::default();
        for pending in transactions {
            match self.run_next(&pending, number, timestamp, base_fee, recent.clone()) {
                Ok(mut execution) => {
                    recent = std::mem::take(&mut execution.recent);
                    self.chain.state.commit(std::mem::take(&mut execution.changes), &mut undo);
                    included.push(Included { pending, execution });
                }
                Err(error) => errors.push(error),
            }
        }
        let refused = self.mining == Mining::Automatic && wanted > 0 && included.is_empty();
        if refused {
            self.chain.state.apply(undo, &mut Changes::default());
            return errors;
        }
        self.chain.next_timestamp = None;
        self.note_gas(&included, &mut undo);
        self.seal(number, timestamp, base_fee, included, undo);
        errors
    }

    fn run_next(
        &self,
        pending: &Pending,
        number: u64,
        timestamp: u64,
        base_fee: u64,
        recent: RecentPrograms,
    ) -> Result<Execution, NodeError> {
        let view = self.view();
        let env = self.environment(&view, number, timestamp, base_fee);
        execute(view, &env, &pending.message(), Mode::Transaction, false, recent)
    }

    /// Adds the gas that was computed with to the backlog that moves the base fee.
    fn note_gas(&mut self, included: &[Included], undo: &mut Changes) {
        if !self.config.dynamic_base_fee {
            return;
        }
        let used: u64 = included.iter().map(|one| one.execution.gas_used - one.execution.l1_gas).sum();
        let mut view = self.view();
        let backlog = view.number(Field::GasBacklog).saturating_add(used);
        view.set_field(Field::GasBacklog, U256::from(backlog));
        let changes = view.into_changes();
        self.chain.state.apply(changes, undo);
    }

    /// What ArbOS changes at the start of block `number`: an upgrade, when one is due; the base fee of the next block;
    /// the hash of the block before.
    pub(super) fn start_block(&self, mut view: View<'_>, number: u64, timestamp: u64) -> Changes {
        let parent = self.chain.blocks.get(number - 1);
        if let (true, Some(parent)) = (self.config.dynamic_base_fee, parent) {
            fees::update(&mut view, timestamp.saturating_sub(parent.header.timestamp));
        }
        upgrade(&mut view, timestamp);
        if let (true, Some(parent)) = (ArbosVersion(view.number(Field::Version)).has_block_hash_history(), parent) {
            history::record(&mut view, parent.header.number, parent.hash);
        }
        view.into_changes()
    }

    pub(super) fn seal_genesis(&mut self) {
        let timestamp = self.now();
        let header = self.header(0, timestamp, self.base_fee(), B256::ZERO, B256::ZERO);
        self.append(header, Vec::new(), Vec::new(), Changes::default());
    }

    fn seal(&mut self, number: u64, timestamp: u64, base_fee: u64, included: Vec<Included>, undo: Changes) {
        let parent = self.latest();
        let passed = timestamp - parent.header.timestamp;
        let state_root = chained_root(parent.header.state_root, &included);
        let header = self.header(number, timestamp, base_fee, parent.hash, state_root);
        let l1_block_number = self.view().number(Field::L1BlockNumber);
        let input = ArbosActs::startBlockCall {
            l1BaseFee: U256::ZERO,
            l1BlockNumber: l1_block_number,
            l2BlockNumber: number,
            timePassed: passed,
        };
        let started = start_transaction(self.config.chain_id, input.abi_encode().into());
        let mut transactions = vec![started];
        let mut receipts = vec![receipt_of_start(&transactions[0], l1_block_number)];
        let mut cumulative_gas_used = 0;
        for Included { pending, execution } in included {
            cumulative_gas_used += execution.gas_used;
            receipts.push(receipt(&pending, execution, cumulative_gas_used, base_fee, l1_block_number));
            transactions.push(unplaced(TransactionBody::User(pending.envelope), pending.hash, pending.from, base_fee));
        }
        self.append(header, transactions, receipts, undo);
    }

    fn header(&self, number: u64, timestamp: u64, base_fee: u64, parent_hash: B256, state_root: B256) -> Header {
        let mut view = self.view();
        let sent = view.number(Field::SendCount);
        let mut mix_hash = B256::ZERO;
        mix_hash[..8].copy_from_slice(&sent.to_be_bytes());
        mix_hash[8..16].copy_from_slice(&view.number(Field::L1BlockNumber).to_be_bytes());
        mix_hash[16..24].copy_from_slice(&view.number(Field::Version).to_be_bytes());
        Header {
            parent_hash,
            ommers_hash: EMPTY_OMMER_ROOT_HASH,
            beneficiary: SEQUENCER,
            state_root,
            difficulty: U256::from(1),
            number,
            gas_limit: BLOCK_GAS_LIMIT,
            timestamp,
            extra_data: Bytes::copy_from_slice(B256::ZERO.as_slice()),
            mix_hash,
            // Messages read from L1: the one that initialised the chain.
            nonce: B64::with_last_byte(1),
            base_fee_per_gas: Some(base_fee),
            ..Header::default()
        }
    }

    /// Completes a block and makes it the latest one.
    fn append(
        &mut self,
        mut header: Header,
        mut transactions: Vec<Transaction>,
        mut receipts: Vec<Receipt>,
        undo: Changes,
    ) {
        header.gas_used = receipts.last().map_or(0, |receipt| receipt.cumulative_gas_used);
        header.logs_bloom = receipts.iter().fold(Bloom::ZERO, |bloom, receipt| bloom | receipt.logs_bloom);
        header.transactions_root = ordered_trie_root_with_encoder(&transactions, |transaction, out| {
            encode_transaction(self.config.chain_id, transaction, out);
        });
        header.receipts_root = ordered_trie_root_with_encoder(&receipts, encode_receipt);
        let hash = header.hash_slow();
        let mut log_index = 0;
        for (index, (transaction, receipt)) in transactions.iter_mut().zip(&mut receipts).enumerate() {
            transaction.block_hash = hash;
            transaction.block_number = header.number;
            transaction.block_timestamp = header.timestamp;
            transaction.index = index as u64;
            receipt.block_hash = hash;
            receipt.block_number = header.number;
            receipt.index = index as u64;
            for log in &mut receipt.logs {
                log.block_hash = Some(hash);
                log.block_number = Some(header.number);
                log.block_timestamp = Some(header.timestamp);
                log.transaction_hash = Some(receipt.transaction_hash);
                log.transaction_index = Some(index as u64);
                log.log_index = Some(log_index);
                log_index += 1;
            }
        }
        let l1_block_number = self.view().number(Field::L1BlockNumber);
        let send_count = self.view().number(Field::SendCount);
        let size = header.length() + transactions.iter().map(|t| encoded_len(self.config.chain_id, t)).sum::<usize>();
        self.chain.blocks.push(Block {
            header,
            hash,
            transactions,
            receipts,
            l1_block_number,
            send_count,
            send_root: B256::ZERO,
            size: size as u64,
        });
        self.chain.undos.push_back(Arc::new(undo));
        let states = self.config.history_blocks.min(self.config.kept_blocks()).max(1);
        while self.chain.undos.len() as u64 > states {
            self.chain.undos.pop_front();
        }
        self.chain.blocks.keep(self.config.kept_blocks());
        let kept = self.chain.undos.len() as u64;
        self.chain.oldest_state = self.chain.oldest_state.max(self.block_number().saturating_sub(kept));
    }
}

/// Upgrades ArbOS if that is due. A version the node does not know stays scheduled and never comes.
fn upgrade(view: &mut View<'_>, timestamp: u64) {
    let current = ArbosVersion(view.number(Field::Version));
    let next = ArbosVersion(view.number(Field::UpgradeVersion));
    let due = next > current && view.number(Field::UpgradeTime) <= timestamp;
    if !due || next > ArbosVersion::LATEST {
        return;
    }
    view.set_field(Field::Version, U256::from(next.0));
    let params = view.stylus_params().upgraded(current, next);
    view.set_stylus_params(&params);
    genesis::install_system_contracts(view, next);
}

/// A commitment to everything that happened. It takes the place of the root of a Merkle trie of the state, which
/// nothing here asks for and which would cost more than all the rest of a block.
fn chained_root(parent: B256, included: &[Included]) -> B256 {
    let mut data = parent.to_vec();
    for Included { pending, execution } in included {
        data.extend_from_slice(pending.hash.as_slice());
        data.extend_from_slice(&execution.gas_used.to_be_bytes());
        data.extend_from_slice(keccak256(&execution.output).as_slice());
    }
    keccak256(data)
}

fn unplaced(body: TransactionBody, hash: B256, from: Address, base_fee: u64) -> Transaction {
    Transaction {
        body,
        hash,
        from,
        block_hash: B256::ZERO,
        block_number: 0,
        block_timestamp: 0,
        index: 0,
        effective_gas_price: base_fee.into(),
    }
}

fn start_transaction(chain_id: u64, input: Bytes) -> Transaction {
    let mut encoded = Vec::new();
    encode_start(chain_id, &input, &mut encoded);
    unplaced(TransactionBody::StartBlock { input }, keccak256(encoded), ARBOS, 0)
}

fn encode_start(chain_id: u64, input: &Bytes, out: &mut dyn BufMut) {
    out.put_u8(INTERNAL);
    alloy::rlp::encode_list::<&dyn Encodable, dyn Encodable>(&[&chain_id, input], out);
}

fn encode_transaction(chain_id: u64, transaction: &Transaction, out: &mut Vec<u8>) {
    match &transaction.body {
        TransactionBody::User(envelope) => TxEnvelope::encode_2718(envelope, out),
        TransactionBody::StartBlock { input } => encode_start(chain_id, input, out),
    }
}

fn encoded_len(chain_id: u64, transaction: &Transaction) -> usize {
    let mut out = Vec::new();
    encode_transaction(chain_id, transaction, &mut out);
    out.len()
}

fn encode_receipt(receipt: &Receipt, out: &mut Vec<u8>) {
    if receipt.kind != 0 {
        out.push(receipt.kind);
    }
    let logs = receipt.logs.iter().map(|log| log.inner.clone()).collect();
    let body = alloy::consensus::Receipt::<alloy::primitives::Log> {
        status: Eip658Value::Eip658(receipt.success),
        cumulative_gas_used: receipt.cumulative_gas_used,
        logs,
    };
    ReceiptWithBloom { logs_bloom: receipt.logs_bloom, receipt: body }.encode(out);
}

fn receipt_of_start(transaction: &Transaction, l1_block_number: u64) -> Receipt {
    Receipt {
        transaction_hash: transaction.hash,
        kind: INTERNAL,
        from: ARBOS,
        to: Some(ARBOS),
        success: true,
        cumulative_gas_used: 0,
        gas_used: 0,
        gas_used_for_l1: 0,
        effective_gas_price: 0,
        contract_address: None,
        logs: Vec::new(),
        logs_bloom: Bloom::ZERO,
        block_hash: B256::ZERO,
        block_number: 0,
        index: 0,
        l1_block_number,
        output: Bytes::new(),
        failure: None,
    }
}

fn receipt(
    pending: &Pending,
    run: Execution,
    cumulative_gas_used: u64,
    base_fee: u64,
    l1_block_number: u64,
) -> Receipt {
    let logs_bloom = logs_bloom(&run.logs);
    let failure = run.result().err().map(|error| error.to_string());
    Receipt {
        transaction_hash: pending.hash,
        kind: pending.envelope.ty(),
        from: pending.from,
        to: pending.envelope.to(),
        success: run.status == Status::Success,
        cumulative_gas_used,
        gas_used: run.gas_used,
        gas_used_for_l1: run.l1_gas,
        effective_gas_price: base_fee.into(),
        contract_address: run.created,
        logs: run.logs.into_iter().map(|inner| Log { inner, ..Log::default() }).collect(),
        logs_bloom,
        block_hash: B256::ZERO,
        block_number: 0,
        index: 0,
        l1_block_number,
        output: run.output,
        failure,
    }
}
