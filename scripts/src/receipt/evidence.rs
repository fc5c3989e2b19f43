//! What the chain says of a job, as it says it: logs with the place where each stands, and providers' histories.

use std::collections::{BTreeMap, BTreeSet};

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, Bytes, LogData, U256, keccak256};
use alloy::providers::Provider;
use alloy::rpc::types::{EIP1186AccountProofResponse, Filter, Log};
use alloy::sol_types::{SolEvent, SolValue};
use linq_abi::codes::WorkEnd;
use linq_abi::{IJobs, IRegistry};
use serde::{Deserialize, Serialize};

use crate::client::Linq;
use crate::error::{Error, Result};
use crate::units::Lnq;

/// The slot of the registry's storage under which the words of providers lie.
const WORDS_SLOT: u64 = 5;

/// The kind of the word into which closed work is folded.
const HISTORY_KIND: u64 = 9;

/// All that a receipt rests on.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Evidence {
    /// The chain.
    pub chain_id: u64,
    /// Where the contracts are.
    pub contracts: Contracts,
    /// The job.
    pub job: B256,
    /// The last block that was read.
    pub block: Block,
    /// Every log about the job up to that block, in the order of the chain.
    pub logs: Vec<Entry>,
    /// Of every provider that closed work of this job, all that it ever closed.
    pub histories: Vec<History>,
}

/// Contracts whose logs count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contracts {
    /// Jobs.
    pub jobs: Address,
    /// Rewards and fees.
    pub escrow: Address,
    /// Disputed results.
    pub disputes: Address,
    /// Providers.
    pub registry: Address,
}

/// A block.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block {
    /// Its number.
    pub number: u64,
    /// Its hash.
    pub hash: B256,
    /// Its second.
    pub time: u64,
    /// The root of the state behind it.
    pub state_root: B256,
}

/// A log, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Entry {
    /// The contract.
    pub contract: Address,
    /// What it is about.
    pub topics: Vec<B256>,
    /// What it says.
    pub data: Bytes,
    /// Number of the block.
    pub block: u64,
    /// Its hash.
    pub block_hash: B256,
    /// Its second.
    pub time: u64,
    /// The transaction.
    pub tx_hash: B256,
    /// The place in the block.
    pub log_index: u64,
}

/// All work that a provider closed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct History {
    /// The provider.
    pub provider: u32,
    /// The word that the chain kept of it in the block of the receipt.
    pub word: B256,
    /// What folds into it, the oldest first.
    pub work: Vec<Folded>,
    /// The node's proof of the word (`eth_getProof`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<EIP1186AccountProofResponse>,
}

/// One piece of closed work, as it is folded.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Folded {
    /// keccak256(job id, slot).
    pub work: B256,
    /// A `WorkEnd` code.
    pub end: u8,
    /// Seconds from take to close.
    pub took_secs: u32,
    /// What the provider got.
    pub paid: Lnq,
}

/// What names a slot in a provider's history.
pub fn work_of(job: B256, slot: u16) -> B256 {
    keccak256((job, slot).abi_encode())
}

/// The word that closed work folds into.
pub fn fold(work: &[Folded]) -> B256 {
    work.iter().fold(B256::ZERO, |history, one| {
        let Folded { work, end, took_secs, paid } = *one;
        keccak256((history, work, U256::from(end), took_secs, paid.to_token()).abi_encode())
    })
}

/// Where the registry keeps the history of a provider.
pub fn history_place(provider: u32) -> U256 {
    let key = U256::from((HISTORY_KIND << 32) | u64::from(provider));
    keccak256((key, U256::from(WORDS_SLOT)).abi_encode()).into()
}

impl Folded {
    /// What is folded of a closing; displaced work leaves no trace.
    pub fn of(closed: &IRegistry::WorkClosed) -> Option<Self> {
        let IRegistry::WorkClosed { work, end, tookSecs, paid, .. } = *closed;
        (end != WorkEnd::Displaced.number()).then_some(Self { work, end, took_secs: tookSecs, paid: Lnq(paid) })
    }
}

impl Entry {
    /// The event, if the log is one of this type by `contract`.
    pub fn event<E: SolEvent>(&self, contract: Address) -> Option<E> {
        let data = LogData::new(self.topics.clone(), self.data.clone())?;
        (self.contract == contract).then(|| E::decode_log_data(&data).ok()).flatten()
    }
}

impl Evidence {
    /// Reads it from a node, up to its latest block or the one that is given.
    pub async fn gather(linq: &Linq, job: B256, last: Option<u64>, proof: bool) -> Result<Self> {
        let suite = &linq.suite;
        let contracts =
            Contracts { jobs: suite.jobs, escrow: suite.escrow, disputes: suite.disputes, registry: suite.registry };
        let block = block(linq, last.map_or(BlockNumberOrTag::Latest, BlockNumberOrTag::Number)).await?;
        let about = Filter::new().address(vec![suite.jobs, suite.escrow, suite.disputes]).topic1(job);
        let mut logs = linq.client.logs(&about, suite.from_block, block.number).await?;
        let takes: Vec<_> = logs.iter().filter_map(|log| IJobs::SlotTaken::decode_log(&log.inner).ok()).collect();
        let works: BTreeSet<B256> = takes.iter().map(|take| work_of(job, take.slot)).collect();
        let providers: BTreeSet<u32> = takes.iter().map(|take| take.provider).collect();
        let mut histories = Vec::new();
        for provider in providers {
            let about = Filter::new()
                .address(suite.registry)
                .event_signature(IRegistry::WorkClosed::SIGNATURE_HASH)
                .topic1(B256::from(U256::from(provider)));
            let closed = linq.client.logs(&about, suite.from_block, block.number).await?;
            let events: Vec<_> = closed
                .into_iter()
                .filter_map(|log| Some((IRegistry::WorkClosed::decode_log(&log.inner).ok()?, log)))
                .collect();
            let work = events.iter().filter_map(|(event, _)| Folded::of(event)).collect();
            logs.extend(events.into_iter().filter(|(event, _)| works.contains(&event.work)).map(|(_, log)| log));
            histories.push(history(linq, provider, block.number, work, proof).await?);
        }
        let logs = entries(linq, logs).await?;
        if !logs.iter().any(|log| log.event::<IJobs::JobPosted>(contracts.jobs).is_some()) {
            return Err(Error::not_found(format!("there is no job {job} on chain {}", linq.client.chain_id()))
                .hint("check the id and the network: `linq status` lists your jobs"));
        }
        Ok(Self { chain_id: linq.client.chain_id(), contracts, job, block, logs, histories })
    }
}

async fn history(linq: &Linq, provider: u32, block: u64, work: Vec<Folded>, proof: bool) -> Result<History> {
    let (node, registry, place) = (linq.client.provider(), linq.suite.registry, history_place(provider));
    let word = node.get_storage_at(registry, place).block_id(BlockId::number(block)).await;
    let word = word.map_err(|error| linq.client.explain(error))?.into();
    let proof = if proof {
        let proof = node.get_proof(registry, vec![place.into()]).block_id(BlockId::number(block)).await;
        Some(proof.map_err(|error| linq.client.explain(error))?)
    } else {
        None
    };
    Ok(History { provider, word, work, proof })
}

async fn block(linq: &Linq, number: BlockNumberOrTag) -> Result<Block> {
    let found = linq.client.provider().get_block_by_number(number).await;
    let header = found.map_err(|error| linq.client.explain(error))?.map(|block| block.header);
    let header = header.ok_or_else(|| Error::network(format!("{} has no block {number}", linq.client.host())))?;
    Ok(Block { number: header.number, hash: header.hash, time: header.timestamp, state_root: header.state_root })
}

/// The logs in the order of the chain, each with the second of its block.
async fn entries(linq: &Linq, mut logs: Vec<Log>) -> Result<Vec<Entry>> {
    logs.sort_by_key(|log| (log.block_number, log.log_index));
    let mut times = BTreeMap::new();
    let mut entries = Vec::new();
    for log in logs {
        let unplaced = || Error::network(format!("{} has a log that is in no block", linq.client.host()));
        let number = log.block_number.ok_or_else(unplaced)?;
        let time = match times.get(&number) {
            Some(time) => *time,
            None => *times.entry(number).or_insert(block(linq, BlockNumberOrTag::Number(number)).await?.time),
        };
        entries.push(Entry {
            contract: log.address(),
            topics: log.topics().to_vec(),
            data: log.inner.data.data.clone(),
            block: number,
            block_hash: log.block_hash.ok_or_else(unplaced)?,
            time,
            tx_hash: log.transaction_hash.ok_or_else(unplaced)?,
            log_index: log.log_index.ok_or_else(unplaced)?,
        });
    }
    Ok(entries)
}
