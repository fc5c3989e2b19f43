//! A chain in a few vectors.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use alloy::signers::local::PrivateKeySigner;
use alloy_primitives::{Address, B256, Bytes, U256, keccak256};
use async_trait::async_trait;
use linq_abi::{Provider, Slot, Terms};
use tempfile::TempDir;

use crate::{
    backend::wasi::WasiBackend,
    chain::{Chain, ChainError, Fees, Head, Hint, Receipt, Refusal, Signer, SlotId},
    fetch::{FetchLimits, Fetcher},
    kill::KillSwitch,
    pipeline::{Shared, Timing},
    policy::tests::{policy, provider},
    results::Results,
    store::{Identity, Store},
};

pub const JOBS: Address = Address::repeat_byte(0xaa);
pub const CHAIN_ID: u64 = 7;

/// What the chain holds, and how it behaves.
#[derive(Default)]
pub struct State {
    /// The hash of each block, by number.
    pub blocks: Vec<B256>,
    /// The hints of each block.
    pub hints: HashMap<u64, Vec<Hint>>,
    /// More blocks than this in one query are too many.
    pub max_range: Option<u64>,
    /// The queries made.
    pub queries: Vec<(u64, u64)>,
    /// Everything that was sent, in order.
    pub sent: Vec<Bytes>,
    /// What is in a block, by hash.
    pub receipts: HashMap<B256, Receipt>,
    /// The account's nonce.
    pub nonce: u64,
    /// The newest final block.
    pub finalized: u64,
    /// What contracts say to every call.
    pub refusal: Option<Refusal>,
    /// Whether nothing that is sent arrives.
    pub deaf: bool,
}

/// A chain in a few vectors. Clones share it.
#[derive(Clone, Default)]
pub struct FakeChain(Arc<Mutex<State>>);

impl FakeChain {
    /// A chain of so many blocks.
    pub fn of(blocks: u64) -> Self {
        let chain = Self::default();
        chain.state().blocks = (0..blocks).map(|number| keccak256(U256::from(number).to_be_bytes::<32>())).collect();
        chain
    }

    pub fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap()
    }

    pub fn head(&self) -> Head {
        let state = self.state();
        let number = state.blocks.len() as u64 - 1;
        Head { number, hash: state.blocks[number as usize], time: 1_000 + number }
    }

    /// Replaces every block from `number` on by another.
    pub fn reorganise(&self, number: u64) {
        for block in &mut self.state().blocks[number as usize..] {
            *block = keccak256(*block);
        }
    }

    /// Puts what was sent last into the newest block.
    pub fn mine(&self, succeeded: bool) {
        let head = self.head();
        let mut state = self.state();
        let hash = keccak256(state.sent.last().unwrap());
        state.receipts.insert(hash, Receipt { block: head.number, block_hash: head.hash, succeeded });
        state.nonce += 1;
    }
}

#[async_trait]
impl Chain for FakeChain {
    async fn head(&self) -> Result<Head, ChainError> {
        Ok(Self::head(self))
    }

    async fn block_hash(&self, number: u64) -> Result<Option<B256>, ChainError> {
        Ok(self.state().blocks.get(number as usize).copied())
    }

    async fn finalized(&self) -> Result<u64, ChainError> {
        Ok(self.state().finalized)
    }

    async fn hints(&self, from: u64, to: u64) -> Result<Vec<Hint>, ChainError> {
        let mut state = self.state();
        state.queries.push((from, to));
        if state.max_range.is_some_and(|most| to - from + 1 > most) {
            return Err(ChainError::TooManyLogs);
        }
        Ok((from..=to).filter_map(|block| state.hints.get(&block)).flatten().cloned().collect())
    }

    async fn slot(&self, _: SlotId, _: B256) -> Result<Slot, ChainError> {
        Err(ChainError::NoBlock)
    }

    async fn provider(&self, _: u32, _: B256) -> Result<Provider, ChainError> {
        Ok(provider())
    }

    async fn quote(&self, _: u32, _: &Terms, _: B256) -> Result<u128, ChainError> {
        Ok(1)
    }

    async fn nonce(&self, _: Address) -> Result<u64, ChainError> {
        Ok(self.state().nonce)
    }

    async fn balance(&self, _: Address) -> Result<u128, ChainError> {
        Ok(1)
    }

    async fn estimate(&self, _: Address, _: &Bytes) -> Result<u64, ChainError> {
        self.state().refusal.clone().map_or(Ok(100), |refusal| Err(ChainError::Refused(refusal)))
    }

    async fn fees(&self) -> Result<Fees, ChainError> {
        Ok(Fees { max: 80, tip: 0 })
    }

    async fn send(&self, raw: &Bytes) -> Result<(), ChainError> {
        let mut state = self.state();
        if state.deaf {
            return Err(ChainError::Transport("deaf".into()));
        }
        state.sent.push(raw.clone());
        Ok(())
    }

    async fn receipt(&self, transaction: B256) -> Result<Option<Receipt>, ChainError> {
        Ok(self.state().receipts.get(&transaction).copied())
    }
}

/// A journal in `dir`, as after a restart when there is one already.
pub fn store(dir: &TempDir) -> Arc<Store> {
    let identity = Identity { parts: vec![("chain", CHAIN_ID.to_string())] };
    Arc::new(Store::open(dir.path(), &identity).unwrap())
}

/// What the pipeline shares, on `chain` and the journal in `dir`.
pub fn shared(chain: &FakeChain, dir: &TempDir, resend: Duration, bump: Duration) -> Arc<Shared> {
    let limits = FetchLimits {
        manifest_bytes: 0,
        module_bytes: 0,
        input_bytes: 0,
        timeout: Duration::from_secs(1),
        allow_private_hosts: false,
        file_roots: Vec::new(),
    };
    let key = PrivateKeySigner::from_bytes(&B256::repeat_byte(1)).unwrap();
    Arc::new(Shared {
        chain: Arc::new(chain.clone()),
        store: store(dir),
        backend: Arc::new(WasiBackend::new().unwrap()),
        fetcher: Fetcher::new(dir.path().join("cache"), limits).unwrap(),
        results: Results::new(dir.path().join("results"), None).unwrap(),
        signer: Signer::new(key, CHAIN_ID, JOBS),
        policy: policy(),
        step: true,
        runs: dir.path().join("runs"),
        timing: Timing { resync: Duration::ZERO, resend, bump, max_fee_wei: 100 },
        kill: KillSwitch::disarmed(),
    })
}
