//! The chain behind a JSON-RPC endpoint.

use std::{sync::Arc, time::Duration};

use alloy::{
    eips::{BlockId, BlockNumberOrTag},
    network::{Ethereum, TransactionBuilder as _},
    providers::{Provider as _, ProviderBuilder, RootProvider, WsConnect},
    rpc::types::{Filter, TransactionRequest},
    sol_types::SolCall,
    transports::{RpcError, TransportErrorKind},
};
use alloy_primitives::{Address, B256, Bytes};
use async_trait::async_trait;
use futures_util::StreamExt as _;
use linq_abi::{IJobs, ILens, Provider, Slot, Terms};
use thiserror::Error;
use tokio::{sync::Notify, time};
use tokio_util::sync::CancellationToken;
use url::Url;

use super::{Chain, ChainError, Fees, Head, Hint, Receipt, Refusal, SlotId, decode};
use crate::config::ChainConfig;

/// Time for one question.
const TIMEOUT: Duration = Duration::from_secs(20);
/// Time between two tries of a subscription.
const RESUBSCRIBE: Duration = Duration::from_secs(5);

/// Why the endpoint, or what it serves, is not what the configuration says.
#[derive(Debug, Error)]
pub enum SetupError {
    /// The node does not answer.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// The endpoint is of another chain.
    #[error("the endpoint is of chain {found}, the configuration says {expected}")]
    OtherChain {
        /// The chain that it is of.
        found: u64,
        /// The chain configured.
        expected: u64,
    },
    /// There is no contract.
    #[error("there is no contract at {0}, which should be jobs")]
    NoContract(Address),
    /// The contract is another one, or not wired yet.
    #[error("the contract at {0} names no registry, as a wired jobs contract does")]
    NotJobs(Address),
    /// The lens is another contract, or looks at another suite.
    #[error("the contract at {0} is no lens over these jobs and their registry")]
    NotLens(Address),
}

/// The chain behind a JSON-RPC endpoint.
#[derive(Clone, Debug)]
pub struct RpcChain {
    rpc: RootProvider<Ethereum>,
    chain_id: u64,
    jobs: Address,
    lens: Address,
    finality_blocks: Option<u64>,
}

impl RpcChain {
    /// Connects, and makes sure that the endpoint is of the chain configured and jobs is where it should be.
    ///
    /// Fails: every [`SetupError`].
    pub async fn connect(config: &ChainConfig) -> Result<Self, SetupError> {
        let rpc = ProviderBuilder::new().disable_recommended_fillers().connect_http(config.rpc_url.clone());
        let jobs = config.jobs;
        let found = ask(rpc.get_chain_id()).await?;
        if let Some(expected) = config.chain_id.filter(|expected| *expected != found) {
            return Err(SetupError::OtherChain { found, expected });
        }
        if ask(rpc.get_code_at(jobs).into_future()).await?.is_empty() {
            return Err(SetupError::NoContract(jobs));
        }
        let (lens, finality_blocks) = (config.lens, config.finality_blocks);
        let chain = Self { rpc, chain_id: found, jobs, lens, finality_blocks };
        let settings = chain.answer(jobs, &IJobs::settingsCall { version: 0 }).await?.unwrap_or_default();
        // The registry is the second word, zero until jobs is wired.
        let registry = settings.get(1).copied().map(Address::from_word).filter(|registry| !registry.is_zero());
        let Some(registry) = registry else {
            return Err(SetupError::NotJobs(jobs));
        };
        let looks = chain.answer(lens, &ILens::wiringCall {}).await?;
        if looks.is_none_or(|looks| (looks.registry, looks.jobs) != (registry, jobs)) {
            return Err(SetupError::NotLens(lens));
        }
        Ok(chain)
    }

    /// The chain that the endpoint is of.
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// What a contract answers that may be another one than is thought.
    async fn answer<C: SolCall>(&self, to: Address, call: &C) -> Result<Option<C::Return>, ChainError> {
        match self.view(to, call, BlockId::latest()).await {
            Ok(answer) => Ok(Some(answer)),
            Err(ChainError::Refused(_) | ChainError::Unexpected(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    async fn view<C: SolCall>(&self, to: Address, call: &C, at: BlockId) -> Result<C::Return, ChainError> {
        let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
        let returned = ask(self.rpc.call(request).block(at).into_future()).await?;
        C::abi_decode_returns(&returned).map_err(|_| ChainError::Unexpected(C::SIGNATURE))
    }
}

#[async_trait]
impl Chain for RpcChain {
    async fn head(&self) -> Result<Head, ChainError> {
        let block = ask(self.rpc.get_block(BlockId::latest()).into_future()).await?.ok_or(ChainError::NoBlock)?;
        Ok(Head { number: block.header.number, hash: block.header.hash, time: block.header.timestamp })
    }

    async fn block_hash(&self, number: u64) -> Result<Option<B256>, ChainError> {
        let block = ask(self.rpc.get_block(BlockId::number(number)).into_future()).await?;
        Ok(block.map(|block| block.header.hash))
    }

    async fn finalized(&self) -> Result<u64, ChainError> {
        if let Some(depth) = self.finality_blocks {
            return Ok(self.head().await?.number.saturating_sub(depth));
        }
        let block = ask(self.rpc.get_block_by_number(BlockNumberOrTag::Finalized).into_future()).await?;
        // A chain that has finalized nothing yet has only its first block.
        Ok(block.map_or(0, |block| block.header.number))
    }

    async fn hints(&self, from: u64, to: u64) -> Result<Vec<Hint>, ChainError> {
        let filter = Filter::new().address(self.jobs).from_block(from).to_block(to);
        let logs = ask(self.rpc.get_logs(&filter)).await?;
        Ok(logs.iter().filter_map(decode::hint).collect())
    }

    async fn slot(&self, id: SlotId, at: B256) -> Result<Slot, ChainError> {
        self.view(self.jobs, &IJobs::slotCall { id: id.job, index: id.slot }, BlockId::hash(at)).await
    }

    async fn provider(&self, id: u32, at: B256) -> Result<Provider, ChainError> {
        self.view(self.lens, &ILens::providerCall { id }, BlockId::hash(at)).await
    }

    async fn quote(&self, provider: u32, terms: &Terms, at: B256) -> Result<u128, ChainError> {
        let call = ILens::quoteCall { id: provider, resources: terms.resources.clone(), runSecs: terms.runSecs };
        Ok(self.view(self.lens, &call, BlockId::hash(at)).await?.to::<u128>())
    }

    async fn nonce(&self, account: Address) -> Result<u64, ChainError> {
        ask(self.rpc.get_transaction_count(account).into_future()).await
    }

    async fn balance(&self, account: Address) -> Result<u128, ChainError> {
        Ok(ask(self.rpc.get_balance(account).into_future()).await?.saturating_to())
    }

    async fn estimate(&self, from: Address, data: &Bytes) -> Result<u64, ChainError> {
        let request = TransactionRequest::default().with_from(from).with_to(self.jobs).with_input(data.clone());
        ask(self.rpc.estimate_gas(request).into_future()).await
    }

    async fn fees(&self) -> Result<Fees, ChainError> {
        // Blocks are not auctioned on this chain, so a tip buys nothing; twice the base fee outlasts its rises.
        Ok(Fees { max: 2 * ask(self.rpc.get_gas_price()).await?, tip: 0 })
    }

    async fn send(&self, raw: &Bytes) -> Result<(), ChainError> {
        match ask(self.rpc.send_raw_transaction(raw)).await {
            Err(ChainError::Node(message)) if message.to_lowercase().contains("already known") => Ok(()),
            sent => sent.map(drop),
        }
    }

    async fn receipt(&self, transaction: B256) -> Result<Option<Receipt>, ChainError> {
        let receipt = ask(self.rpc.get_transaction_receipt(transaction)).await?;
        Ok(receipt.and_then(|receipt| {
            let (block, block_hash) = receipt.block_number.zip(receipt.block_hash)?;
            Some(Receipt { block, block_hash, succeeded: receipt.status() })
        }))
    }
}

/// Waits for an answer, for a while, and puts what went wrong in our terms.
async fn ask<T>(question: impl Future<Output = Result<T, RpcError<TransportErrorKind>>>) -> Result<T, ChainError> {
    match time::timeout(TIMEOUT, question).await {
        Ok(answer) => answer.map_err(|error| explain(&error)),
        Err(_) => Err(ChainError::Transport(format!("no answer within {} s", TIMEOUT.as_secs()))),
    }
}

fn explain(error: &RpcError<TransportErrorKind>) -> ChainError {
    let Some(answer) = error.as_error_resp() else {
        return match error {
            RpcError::NullResp => ChainError::NoBlock,
            // The endpoint may hold a key, so the error is named without it.
            RpcError::Transport(TransportErrorKind::HttpError(http)) => {
                ChainError::Transport(format!("HTTP status {}", http.status))
            }
            RpcError::Transport(_) => ChainError::Transport("the connection failed".into()),
            other => ChainError::Transport(other.to_string()),
        };
    };
    if let Some(data) = answer.as_revert_data() {
        return ChainError::Refused(Refusal::decode(&data));
    }
    let message = answer.message.to_lowercase();
    // There is no agreed code for this; these are the words of the nodes in use.
    let too_many = ["too many", "more than", "block range", "limit exceeded", "response size"];
    let no_block = ["header not found", "unknown block", "block not found", "hash is not currently canonical"];
    if answer.code == -32005 || too_many.iter().any(|words| message.contains(words)) {
        ChainError::TooManyLogs
    } else if no_block.iter().any(|words| message.contains(words)) {
        ChainError::NoBlock
    } else if message.contains("execution reverted") {
        ChainError::Refused(Refusal::decode(&[]))
    } else {
        ChainError::Node(answer.message.to_string())
    }
}

/// Notifies `wake` of each new head until `stop`. A lost subscription costs nothing but the wait for the next poll.
pub async fn wake_on_heads(url: Url, wake: Arc<Notify>, stop: CancellationToken) {
    let subscribed = async {
        loop {
            match ProviderBuilder::new().disable_recommended_fillers().connect_ws(WsConnect::new(url.as_str())).await {
                Ok(provider) => match provider.subscribe_blocks().await {
                    Ok(heads) => {
                        tracing::info!("following new heads");
                        let mut heads = heads.into_stream();
                        while heads.next().await.is_some() {
                            wake.notify_one();
                        }
                        tracing::warn!("the subscription to new heads ended");
                    }
                    Err(_) => tracing::warn!("the node offers no subscription to new heads"),
                },
                Err(_) => tracing::warn!("the WebSocket endpoint does not answer"),
            }
            time::sleep(RESUBSCRIBE).await;
        }
    };
    tokio::select! {
        () = stop.cancelled() => (),
        () = subscribed => (),
    }
}
