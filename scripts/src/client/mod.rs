//! A connection to a chain: typed calls, transactions with a receipt, and reasons when it refuses.

mod court;
mod jurors;
mod permit;
mod revert;
mod suite;

use std::time::Duration;

use alloy::eips::BlockId;
use alloy::network::{EthereumWallet, TransactionBuilder};
use alloy::primitives::{Address, B256, Bytes, Signature, U256, address};
use alloy::providers::{DynProvider, Provider, ProviderBuilder};
use alloy::rpc::types::{Filter, Log, TransactionReceipt, TransactionRequest};
use alloy::signers::SignerSync;
use alloy::signers::local::PrivateKeySigner;
use alloy::sol_types::{Eip712Domain, SolCall, SolEvent, SolStruct};
use alloy::transports::http::reqwest::Url;
use alloy::transports::{RpcError, TransportError};

pub use self::court::{Dispute, Tariff, floor};
pub use self::jurors::Jurors;
pub use self::revert::{Argument, Revert};
pub use self::suite::{Linq, Suite};
use crate::error::{Error, Result};

/// Time a transaction gets to appear in a block unless the caller says otherwise.
pub const DEFAULT_PATIENCE: Duration = Duration::from_secs(120);

/// Time a server gets for one answer.
const ANSWER_TIME: Duration = Duration::from_secs(60);

/// Most pieces into which a range of blocks is cut when a server refuses to search it whole.
const MAX_LOG_PIECES: usize = 512;

/// The precompile by which the chain keeps programs.
pub const ARB_WASM: Address = address!("0000000000000000000000000000000000000071");

/// A connection to a chain, with or without a key.
#[derive(Clone, Debug)]
pub struct Client {
    provider: DynProvider,
    /// What carries the requests of every connection that is made from this one.
    transport: reqwest::Client,
    url: Url,
    chain_id: u64,
    signer: Option<PrivateKeySigner>,
    patience: Duration,
}

/// A transaction that is in a block and succeeded.
#[derive(Clone, Debug)]
pub struct Sent {
    /// Its hash.
    pub hash: B256,
    /// Number of its block.
    pub block: u64,
    /// Gas it used.
    pub gas_used: u64,
    /// What it cost in wei.
    pub cost_wei: U256,
    logs: Vec<Log>,
}

impl Sent {
    /// The first event of this type that `contract` emitted.
    pub fn event<E: SolEvent>(&self, contract: Address) -> Option<E> {
        let own = self.logs.iter().filter(|log| log.address() == contract);
        own.flat_map(|log| E::decode_log(&log.inner)).next().map(|log| log.data)
    }

    /// As [`Sent::event`], where its absence means that the contract is not the one it should be.
    pub fn expect_event<E: SolEvent>(&self, contract: Address) -> Result<E> {
        self.event(contract).ok_or_else(|| {
            Error::failure(format!("transaction {} succeeded without the event {}", self.hash, E::SIGNATURE))
                .hint("the contract is probably not the one this version knows: `linq doctor` compares them")
        })
    }
}

impl Client {
    /// Connects and asks for the chain id.
    pub async fn connect(url: &str) -> Result<Self> {
        let url = parse_url(url)?;
        let transport = reqwest::Client::builder()
            .timeout(ANSWER_TIME)
            .build()
            .map_err(|error| Error::failure(format!("cannot prepare connections: {error}")))?;
        let provider = build(&transport, &url, None);
        let chain_id = provider.get_chain_id().await.map_err(|error| explain(&url, error))?;
        Ok(Self { provider, transport, url, chain_id, signer: None, patience: DEFAULT_PATIENCE })
    }

    /// The same connection, signing with `signer`.
    pub fn with_signer(&self, signer: PrivateKeySigner) -> Result<Self> {
        let provider = build(&self.transport, &self.url, Some((EthereumWallet::from(signer.clone()), self.chain_id)));
        Ok(Self { provider, signer: Some(signer), ..self.clone() })
    }

    /// The same connection, giving transactions this much time to appear in a block.
    #[must_use]
    pub fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// The chain.
    pub const fn chain_id(&self) -> u64 {
        self.chain_id
    }

    /// The host it is connected to; the rest of the address may be a secret.
    pub fn host(&self) -> String {
        host(&self.url)
    }

    /// The provider underneath, for calls that have no method here.
    pub const fn provider(&self) -> &DynProvider {
        &self.provider
    }

    /// The account it signs for.
    pub fn account(&self) -> Result<Address> {
        self.signer().map(PrivateKeySigner::address)
    }

    /// Signs a message that a contract reads.
    pub fn sign(&self, message: &impl SolStruct, domain: &Eip712Domain) -> Result<Signature> {
        let signature = self.signer()?.sign_typed_data_sync(message, domain);
        signature.map_err(|error| Error::signing(format!("cannot sign: {error}")))
    }

    /// Calls a view as of the present second and decodes the answer.
    pub async fn call<C: SolCall>(&self, to: Address, call: &C) -> Result<C::Return> {
        let request = TransactionRequest::default().with_to(to).with_input(call.abi_encode());
        let output =
            self.provider.call(request).block(BlockId::pending()).await.map_err(|error| self.explain(error))?;
        C::abi_decode_returns(&output).map_err(|_| {
            if output.is_empty() {
                Error::not_found(format!("there is no contract at {to} on chain {}", self.chain_id))
                    .hint("the chain may have been reset: `linq doctor` compares it with the deployments file")
            } else {
                Error::failure(format!("{to} answered {} with something else", C::SIGNATURE))
                    .hint("the contract is not the one this version knows: `linq doctor` compares them")
            }
        })
    }

    /// The gas limit a call needs, with a fifth to spare; decodes the reason when it would fail.
    pub async fn estimate<C: SolCall>(&self, to: Address, call: &C, value: U256) -> Result<u64> {
        self.estimate_request(self.request(to, call, value)?).await
    }

    /// Signs and sends a call, and waits until it is in a block.
    ///
    /// It is estimated first: a call that would fail costs nothing and says why.
    pub async fn send<C: SolCall>(&self, to: Address, call: &C, value: U256) -> Result<Sent> {
        let request = self.request(to, call, value)?;
        let gas = self.estimate_request(request.clone()).await?;
        let request = request.with_gas_limit(gas);
        let pending = self.provider.send_transaction(request.clone()).await.map_err(|error| self.explain(error))?;
        let hash = *pending.tx_hash();
        drop(pending);
        let receipt = self.receipt(hash).await?;
        let block = receipt.block_number.unwrap_or_default();
        if !receipt.status() {
            return Err(self.reason(request, hash, block).await);
        }
        Ok(Sent {
            hash,
            block,
            gas_used: receipt.gas_used,
            cost_wei: U256::from(receipt.gas_used) * U256::from(receipt.effective_gas_price),
            logs: receipt.inner.logs().to_vec(),
        })
    }

    /// Waits until a transaction is in a block.
    pub async fn receipt(&self, hash: B256) -> Result<TransactionReceipt> {
        let mut pause = Duration::from_millis(20);
        let poll = async {
            loop {
                if let Some(receipt) =
                    self.provider.get_transaction_receipt(hash).await.map_err(|error| self.explain(error))?
                {
                    return Ok(receipt);
                }
                tokio::time::sleep(pause).await;
                pause = (pause * 2).min(Duration::from_secs(2));
            }
        };
        tokio::time::timeout(self.patience, poll).await.unwrap_or_else(|_| {
            let waited = humantime::format_duration(self.patience);
            Err(Error::pending(format!("transaction {hash} is not in a block after {waited}"))
                .hint("it may still get there: look it up before sending it again, or wait longer with --timeout"))
        })
    }

    /// Balance in wei.
    pub async fn balance_wei(&self, account: Address) -> Result<U256> {
        self.provider.get_balance(account).await.map_err(|error| self.explain(error))
    }

    /// Code, empty where there is none.
    pub async fn code(&self, address: Address) -> Result<Bytes> {
        self.provider.get_code_at(address).await.map_err(|error| self.explain(error))
    }

    /// Number of the latest block.
    pub async fn block_number(&self) -> Result<u64> {
        self.provider.get_block_number().await.map_err(|error| self.explain(error))
    }

    /// Number and hash of the latest block.
    pub async fn latest_block(&self) -> Result<(u64, B256)> {
        let block = self.provider.get_block(BlockId::latest()).await.map_err(|error| self.explain(error))?;
        block
            .map(|block| (block.header.number, block.header.hash))
            .ok_or_else(|| Error::network(format!("{} has no latest block", self.host())))
    }

    /// The chain's present second.
    pub async fn chain_time(&self) -> Result<u64> {
        let block = self.provider.get_block(BlockId::latest()).await.map_err(|error| self.explain(error))?;
        block
            .map(|block| block.header.timestamp)
            .ok_or_else(|| Error::network(format!("{} has no latest block", self.host())))
    }

    /// Price of a unit of gas in wei.
    pub async fn gas_price_wei(&self) -> Result<u128> {
        self.provider.get_gas_price().await.map_err(|error| self.explain(error))
    }

    /// Events of one type that `contract` emitted from block `from` on, oldest first. `topics` narrow its indexed
    /// arguments in order. A range that a server refuses is cut in halves.
    pub async fn events<E: SolEvent>(
        &self,
        contract: Address,
        from: u64,
        topics: [Option<B256>; 3],
    ) -> Result<Vec<(E, Log)>> {
        let mut filter = Filter::new().address(contract).event_signature(E::SIGNATURE_HASH);
        for (position, topic) in topics.into_iter().enumerate() {
            if let Some(topic) = topic {
                filter.topics[position + 1] = topic.into();
            }
        }
        let found = self.logs(&filter, from, self.block_number().await?).await?;
        let decode = |log: Log| E::decode_log(&log.inner).ok().map(|event| (event.data, log));
        Ok(found.into_iter().filter_map(decode).collect())
    }

    /// Logs of any type that `filter` lets through in the blocks `from` to `to`, oldest first. A range that a server refuses
    /// is cut in halves.
    pub async fn logs(&self, filter: &Filter, from: u64, to: u64) -> Result<Vec<Log>> {
        let mut pieces = vec![(from, to)];
        let (mut found, mut asked) = (Vec::new(), 0);
        while let Some((first, last)) = pieces.pop() {
            if first > last {
                continue;
            }
            asked += 1;
            match self.provider.get_logs(&filter.clone().from_block(first).to_block(last)).await {
                Ok(logs) => found.extend(logs),
                Err(RpcError::ErrorResp(_)) if last > first && asked < MAX_LOG_PIECES => {
                    let middle = first + (last - first) / 2;
                    pieces.push((middle + 1, last));
                    pieces.push((first, middle));
                }
                Err(error) => return Err(self.explain(error)),
            }
        }
        Ok(found)
    }

    /// Says what an error of the provider means.
    pub fn explain(&self, error: TransportError) -> Error {
        explain(&self.url, error)
    }

    fn signer(&self) -> Result<&PrivateKeySigner> {
        self.signer.as_ref().ok_or_else(|| {
            Error::signing("this needs a key")
                .hint("give --keystore FILE, set LINQ_PRIVATE_KEY, or use --dev-account N on a local chain")
        })
    }

    fn request<C: SolCall>(&self, to: Address, call: &C, value: U256) -> Result<TransactionRequest> {
        let from = self.account()?;
        Ok(TransactionRequest::default().with_from(from).with_to(to).with_input(call.abi_encode()).with_value(value))
    }

    async fn estimate_request(&self, request: TransactionRequest) -> Result<u64> {
        // On a chain that makes blocks on demand the latest one may be old, and a deadline have passed since.
        let gas =
            self.provider.estimate_gas(request).block(BlockId::pending()).await.map_err(|error| self.explain(error))?;
        // The next block may have a later second or a colder cache than the estimate saw.
        Ok(gas.saturating_add(gas / 5))
    }

    /// Why a transaction failed although its estimate did not: the state of its block is asked again.
    async fn reason(&self, request: TransactionRequest, hash: B256, block: u64) -> Error {
        let replay = self.provider.call(request).block(BlockId::number(block)).await;
        match replay {
            Err(error) => self.explain(error).context(format!("transaction {hash} failed")),
            Ok(_) => Error::reverted(Revert::decode(Bytes::new(), Some("another transaction changed the state first")))
                .context(format!("transaction {hash} failed"))
                .hint("run the command again"),
        }
    }
}

/// A provider on a transport, which signs for a wallet on its chain if there is one.
fn build(transport: &reqwest::Client, url: &Url, wallet: Option<(EthereumWallet, u64)>) -> DynProvider {
    // The nonce is asked for each transaction: a kept one would leave a gap after a transaction that was not sent.
    let builder =
        ProviderBuilder::new().disable_recommended_fillers().with_gas_estimation().with_simple_nonce_management();
    let (transport, url) = (transport.clone(), url.clone());
    match wallet {
        Some((wallet, chain_id)) => {
            builder.with_chain_id(chain_id).wallet(wallet).connect_reqwest(transport, url).erased()
        }
        None => builder.connect_reqwest(transport, url).erased(),
    }
}

fn parse_url(text: &str) -> Result<Url> {
    let wrong = |why: &str| Error::usage(format!("the RPC address {why}")).hint("write it like http://127.0.0.1:8547");
    let url: Url = text.parse().map_err(|error| wrong(&format!("is no URL: {error}")))?;
    match url.scheme() {
        "http" | "https" if url.has_host() => Ok(url),
        scheme => Err(wrong(&format!("uses `{scheme}`, and only http and https are supported"))),
    }
}

/// Scheme, host and port; user, path and query of an RPC address often hold a key.
fn host(url: &Url) -> String {
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default())
}

fn explain(url: &Url, error: TransportError) -> Error {
    match error {
        RpcError::ErrorResp(payload) => {
            if let Some(data) = payload.as_revert_data() {
                return Error::reverted(Revert::decode(data, Some(&payload.message)));
            }
            let message = payload.message.to_string();
            if message.contains("insufficient funds") {
                return Error::policy(message)
                    .hint("send ether to the account for gas: `linq doctor` shows its balance");
            }
            if message.contains("revert") {
                return Error::reverted(Revert::decode(Bytes::new(), Some(&message)));
            }
            Error::network(format!("{} refused the request: {message}", host(url)))
        }
        RpcError::DeserError { .. } | RpcError::SerError(_) => {
            Error::network(format!("{} answers, but not as an Ethereum node does", host(url)))
                .hint("check the address: --rpc, LINQ_RPC_URL, or the network's `rpc` in the configuration")
        }
        RpcError::Transport(kind) => Error::network(format!("cannot reach {}: {}", host(url), innermost(&kind)))
            .hint("start a node (`linq dev up`), or name another one with --rpc or --network"),
        other => Error::network(format!("{}: {other}", host(url))),
    }
}

/// The cause at the bottom. What lies above it repeats the address, which may hold a key.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut cause = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_host_of_an_address_is_shown() {
        let url = parse_url("https://user:secret@rpc.example.org:8443/v2/key?token=1").unwrap();
        assert_eq!(host(&url), "https://rpc.example.org:8443");
    }

    #[test]
    fn addresses_that_are_no_web_address_are_refused() {
        for text in ["", "localhost:8547", "ws://127.0.0.1:8547", "file:///tmp/node.ipc"] {
            assert_eq!(parse_url(text).unwrap_err().kind(), crate::error::Kind::Usage, "{text}");
        }
    }

    #[tokio::test]
    async fn a_node_that_is_not_there_is_a_network_error_without_the_path() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        drop(listener);
        let error = Client::connect(&format!("http://{address}/secret-key")).await.unwrap_err();
        assert_eq!(error.kind(), crate::error::Kind::Network);
        assert!(error.to_string().contains(&address.to_string()), "{error}");
        assert!(!error.to_string().contains("secret-key"), "{error}");
    }
}
