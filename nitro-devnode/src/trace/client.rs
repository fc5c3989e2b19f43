//! Traces from a node that runs.

use alloy::network::TransactionBuilder;
use alloy::primitives::{Address, B256, Bytes, address};
use alloy::providers::{DynProvider, Provider, ProviderBuilder};
use alloy::rpc::types::TransactionRequest;
use alloy::sol;
use alloy::sol_types::SolCall;
use alloy::transports::{RpcError, TransportErrorKind};
use serde_json::json;

use super::{FlatTree, Frame, SymbolError, Symbols};
use crate::rpc::FRAMES;
use crate::wasm::code;

/// Where programs are administered.
const ARB_WASM: Address = address!("0000000000000000000000000000000000000071");

/// Largest module that is unpacked to look for names.
const MAX_MODULE: u32 = 1 << 20;

sol! {
    /// What is asked of ArbWasm.
    interface ArbWasmPrices {
        function inkPrice() external view returns (uint32 price);
    }
}

/// Why a node gave no answer.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// The address of the node makes no sense.
    #[error("not an address of a node: {0}")]
    Url(String),
    /// The node refused, or could not be reached.
    #[error("the node: {0}")]
    Rpc(#[from] RpcError<TransportErrorKind>),
    /// The ink price is not a number.
    #[error("the ink price: {0}")]
    Price(#[from] alloy::sol_types::Error),
    /// Frames are missing.
    #[error("the node: a trace without all its frames")]
    Tree,
    /// A program's names cannot be read.
    #[error(transparent)]
    Symbols(#[from] SymbolError),
}

/// Asks a node of this kind.
pub struct Client {
    provider: DynProvider,
}

impl Client {
    /// A client of the node at an HTTP address.
    pub fn new(url: &str) -> Result<Self, ClientError> {
        let url = url.parse().map_err(|_| ClientError::Url(url.to_owned()))?;
        Ok(Self { provider: ProviderBuilder::new().connect_http(url).erased() })
    }

    /// The call tree of a transaction, with the functions programs enter if they are wanted.
    pub async fn frame(&self, transaction: B256, functions: bool) -> Result<Frame, ClientError> {
        let options = json!({ "tracer": FRAMES, "tracerConfig": { "functions": functions } });
        let tree: FlatTree = self.provider.raw_request("debug_traceTransaction".into(), (transaction, options)).await?;
        tree.into_frame().ok_or(ClientError::Tree)
    }

    /// Ink for one unit of gas.
    pub async fn ink_price(&self) -> Result<u64, ClientError> {
        let input = ArbWasmPrices::inkPriceCall {}.abi_encode();
        let request = TransactionRequest::default().with_to(ARB_WASM).with_input(input);
        let output = self.provider.call(request).await?;
        Ok(ArbWasmPrices::inkPriceCall::abi_decode_returns(&output)?.into())
    }

    /// Names of a program's functions, as far as its deployed code has them.
    pub async fn symbols(&self, program: Address) -> Result<Symbols, ClientError> {
        let deployed: Bytes = self.provider.get_code_at(program).await?;
        match code::decode(&deployed, MAX_MODULE) {
            Ok(wasm) => Ok(Symbols::of_module(&wasm)?),
            // Its code may have changed since the transaction.
            Err(_) => Ok(Symbols::default()),
        }
    }
}
