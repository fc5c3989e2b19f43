//! State read from another node.
//!
//! A [`Fork`] is the state of another chain after one of its blocks. A node that is made with one
//! ([`NodeConfig::fork`](crate::NodeConfig)) asks for each account and slot that it needs and does not have, once:
//! answers are kept in memory and, if there is a folder for it, in a file. Blocks are numbered from zero, and earlier
//! blocks and transactions of the other chain are not there.

use std::cell::RefCell;
use std::collections::HashMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, Sender};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use alloy::eips::{BlockId, BlockNumberOrTag};
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::providers::{DynProvider, Provider, ProviderBuilder};
use alloy::rpc::types::EIP1186AccountProofResponse;
use serde::{Deserialize, Serialize};

/// How often a question is asked before the fork gives up, and how long it waits after the first time.
const ATTEMPTS: u32 = 4;
const FIRST_WAIT: Duration = Duration::from_millis(100);

thread_local! {
    /// Why the last question of this thread had no answer. The virtual machine cannot be told, only who started it.
    static FAILURE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Why there is no fork.
#[derive(Debug, thiserror::Error)]
pub enum ForkError {
    /// The address of the node makes no sense.
    #[error("not an address of a node: {0}")]
    Url(String),
    /// The node cannot be asked.
    #[error("{0}")]
    Remote(String),
    /// The node does not know the block.
    #[error("the node has no block {0}")]
    NoBlock(u64),
    /// Nothing can be kept in the folder.
    #[error("cannot keep state in {0}: {1}")]
    Cache(PathBuf, #[source] io::Error),
    /// The thread that asks cannot start.
    #[error("cannot start: {0}")]
    Thread(#[source] io::Error),
}

/// An account of the other chain.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteAccount {
    /// Balance in wei.
    pub balance: U256,
    /// Next nonce.
    pub nonce: u64,
    /// Code.
    pub code: Bytes,
}

/// The state of another chain after one of its blocks.
#[derive(Debug)]
pub struct Fork {
    /// Chain id of the other chain.
    pub chain_id: u64,
    /// Number of the block.
    pub block: u64,
    /// Its time in unix seconds.
    pub timestamp: u64,
    questions: Sender<Question>,
    known: Mutex<Known>,
}

/// Something to ask, and where the answer goes.
enum Question {
    Account(Address, Sender<Result<RemoteAccount, String>>),
    Slot(Address, U256, Sender<Result<U256, String>>),
    Proof(Address, Vec<B256>, Sender<Result<EIP1186AccountProofResponse, String>>),
}

/// What was answered so far.
#[derive(Debug, Default)]
struct Known {
    accounts: HashMap<Address, RemoteAccount>,
    slots: HashMap<(Address, U256), U256>,
    file: Option<File>,
}

/// One line of the file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Entry {
    Account(Address, RemoteAccount),
    Slot(Address, U256, U256),
}

impl Fork {
    /// The state of the node at `url` after block `block`, or after its latest one. What it answers is kept in `cache`.
    pub fn connect(url: &str, block: Option<u64>, cache: Option<&Path>) -> Result<Arc<Self>, ForkError> {
        let url = url.parse().map_err(|_| ForkError::Url(url.to_owned()))?;
        let (questions, asked) = mpsc::channel();
        let (found, base) = mpsc::channel();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(ForkError::Thread)?;
        std::thread::Builder::new()
            .name("fork".to_owned())
            .spawn(move || {
                runtime.block_on(async {
                    let provider = ProviderBuilder::new().connect_http(url).erased();
                    let base = find_block(&provider, block).await;
                    let at = base.as_ref().map_or(0, |base| base.number);
                    // Who asked is gone if nobody takes the answer; then nobody asks further either.
                    let _ = found.send(base);
                    for question in asked {
                        answer(&provider, at, question).await;
                    }
                });
            })
            .map_err(ForkError::Thread)?;
        let base = base.recv().map_err(|error| ForkError::Remote(error.to_string()))??;
        let known = match cache {
            Some(folder) => Known::open(&base.cache_file(folder))?,
            None => Known::default(),
        };
        Ok(Arc::new(Self {
            chain_id: base.chain_id,
            block: base.number,
            timestamp: base.timestamp,
            questions,
            known: Mutex::new(known),
        }))
    }

    /// An account; one that does not exist is empty. See [`Fork::take_failure`].
    pub fn account(&self, address: Address) -> RemoteAccount {
        if let Some(account) = self.known().accounts.get(&address) {
            return account.clone();
        }
        let Some(account) = self.ask(|reply| Question::Account(address, reply)) else {
            return RemoteAccount::default();
        };
        let mut known = self.known();
        known.keep(&Entry::Account(address, account.clone()));
        known.accounts.insert(address, account.clone());
        account
    }

    /// A slot. See [`Fork::take_failure`].
    pub fn slot(&self, address: Address, key: U256) -> U256 {
        if let Some(value) = self.known().slots.get(&(address, key)) {
            return *value;
        }
        let Some(value) = self.ask(|reply| Question::Slot(address, key, reply)) else { return U256::ZERO };
        let mut known = self.known();
        known.keep(&Entry::Slot(address, key, value));
        known.slots.insert((address, key), value);
        value
    }

    /// What the other node proves of an account and some of its slots. It is asked each time.
    pub fn proof(&self, address: Address, slots: &[B256]) -> Result<EIP1186AccountProofResponse, String> {
        self.try_ask(|reply| Question::Proof(address, slots.to_vec(), reply))
    }

    /// Why an account or slot that this thread asked for since the last time is not what was answered.
    pub fn take_failure() -> Option<String> {
        FAILURE.with_borrow_mut(Option::take)
    }

    fn ask<T>(&self, question: impl FnOnce(Sender<Result<T, String>>) -> Question) -> Option<T> {
        self.try_ask(question).map_err(|error| FAILURE.set(Some(error))).ok()
    }

    fn try_ask<T>(&self, question: impl FnOnce(Sender<Result<T, String>>) -> Question) -> Result<T, String> {
        let (reply, answer) = mpsc::channel();
        self.questions.send(question(reply)).map_err(|error| error.to_string())?;
        answer.recv().map_err(|error| error.to_string())?
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Known {
    /// Reads what was kept. A line that was written in part, when a process was ended, is passed over.
    fn open(path: &Path) -> Result<Self, ForkError> {
        let failed = |error| ForkError::Cache(path.to_owned(), error);
        if let Some(folder) = path.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let file = OpenOptions::new().create(true).read(true).append(true).open(path).map_err(failed)?;
        let mut known = Self::default();
        for line in BufReader::new(&file).lines() {
            match serde_json::from_str(&line.map_err(failed)?) {
                Ok(Entry::Account(address, account)) => drop(known.accounts.insert(address, account)),
                Ok(Entry::Slot(address, key, value)) => drop(known.slots.insert((address, key), value)),
                Err(error) => tracing::debug!(%error, "a line of kept state cannot be read"),
            }
        }
        // Separates what comes from a line without an end.
        known.file = Some(file);
        known.write("\n");
        Ok(known)
    }

    fn keep(&mut self, entry: &Entry) {
        match serde_json::to_string(entry) {
            Ok(line) => self.write(&format!("{line}\n")),
            Err(error) => tracing::warn!(%error, "state cannot be kept"),
        }
    }

    /// Goes on without the file when it cannot be written: what it would save is time alone.
    fn write(&mut self, text: &str) {
        if let Some(file) = &mut self.file
            && let Err(error) = file.write_all(text.as_bytes())
        {
            tracing::warn!(%error, "state of the other chain is not kept any more");
            self.file = None;
        }
    }
}

/// The block a fork begins with.
struct Base {
    chain_id: u64,
    number: u64,
    timestamp: u64,
    hash: B256,
}

impl Base {
    /// Two chains with one id have other block hashes.
    fn cache_file(&self, folder: &Path) -> PathBuf {
        folder.join(format!("{}-{}-{}.jsonl", self.chain_id, self.number, self.hash))
    }
}

async fn find_block(provider: &DynProvider, block: Option<u64>) -> Result<Base, ForkError> {
    let remote = |error: alloy::transports::TransportError| ForkError::Remote(error.to_string());
    let chain_id = provider.get_chain_id().await.map_err(remote)?;
    let number = match block {
        Some(number) => number,
        None => provider.get_block_number().await.map_err(remote)?,
    };
    // Only the fields that every kind of chain has.
    let tag = BlockNumberOrTag::Number(number);
    let header: Option<Header> =
        provider.raw_request("eth_getBlockByNumber".into(), (tag, false)).await.map_err(remote)?;
    let Header { hash, timestamp } = header.ok_or(ForkError::NoBlock(number))?;
    Ok(Base { chain_id, number, timestamp: timestamp.saturating_to(), hash })
}

#[derive(Debug, Deserialize)]
struct Header {
    hash: B256,
    timestamp: U256,
}

async fn answer(provider: &DynProvider, block: u64, question: Question) {
    // Who asked may be gone.
    match question {
        Question::Account(address, reply) => {
            let _ = reply.send(patiently(|| account(provider, block, address)).await);
        }
        Question::Slot(address, key, reply) => {
            let slot = || async { provider.get_storage_at(address, key).block_id(BlockId::number(block)).await };
            let _ = reply.send(patiently(slot).await);
        }
        Question::Proof(address, slots, reply) => {
            let proof = || async { provider.get_proof(address, slots.clone()).block_id(BlockId::number(block)).await };
            let _ = reply.send(patiently(proof).await);
        }
    }
}

async fn account(
    provider: &DynProvider,
    block: u64,
    address: Address,
) -> Result<RemoteAccount, alloy::transports::TransportError> {
    let block = BlockId::number(block);
    let (balance, nonce, code) = tokio::try_join!(
        async { provider.get_balance(address).block_id(block).await },
        async { provider.get_transaction_count(address).block_id(block).await },
        async { provider.get_code_at(address).block_id(block).await },
    )?;
    Ok(RemoteAccount { balance, nonce, code })
}

/// Asks again, after a while that doubles.
async fn patiently<T, A: Future<Output = Result<T, alloy::transports::TransportError>>>(
    ask: impl Fn() -> A,
) -> Result<T, String> {
    let mut wait = FIRST_WAIT;
    for _ in 1..ATTEMPTS {
        if let Ok(value) = ask().await {
            return Ok(value);
        }
        tokio::time::sleep(wait).await;
        wait *= 2;
    }
    ask().await.map_err(|error| error.to_string())
}
