//! A node with sockets, and a client that sends exactly what it is told.

use alloy::network::EthereumWallet;
use alloy::primitives::{Address, Bytes, address, bytes};
use alloy::providers::{DynProvider, Provider, ProviderBuilder, WsConnect};
use nitro_devnode::chain::accounts::{self, DEV_ACCOUNT};
use nitro_devnode::rpc::{self, ServerConfig, ServerHandle};
use nitro_devnode::{Node, NodeConfig};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A funded account of the node.
pub const ALICE: Address = address!("f39Fd6e51aad88F6F4ce6aB8827279cffFb92266");

/// Another one.
pub const BOB: Address = address!("70997970C51812dc3A010C7d01b50e0d17dc79C8");

/// Adds one to slot 0, logs the sum under topic 0x2a and returns it.
pub const COUNTER: Bytes = bytes!("5f54600101805f555f52602a60205fa160205ff3");

/// Reverts with its calldata.
pub const REVERTER: Bytes = bytes!("365f5f37365ffd");

/// INVALID.
pub const INVALID: Bytes = bytes!("fe");

/// Jumps to itself.
pub const LOOP: Bytes = bytes!("5b5f56");

/// Initcode that deploys `runtime` (shorter than 256 bytes).
pub fn initcode(runtime: &Bytes) -> Bytes {
    let length = u8::try_from(runtime.len()).expect("a short contract");
    let mut code = vec![0x60, length, 0x80, 0x60, 9, 0x5f, 0x39, 0x5f, 0xf3];
    code.extend_from_slice(runtime);
    code.into()
}

/// A node with sockets on a free port.
pub struct World {
    pub server: ServerHandle,
}

impl World {
    pub async fn start() -> Self {
        Self::start_with(NodeConfig::default(), ServerConfig::default()).await
    }

    pub async fn start_with(node: NodeConfig, server: ServerConfig) -> Self {
        Self { server: rpc::serve(Node::new(node), server).await.expect("a free port") }
    }

    /// A client with the keys of [`ALICE`], [`BOB`] and the chain owner.
    pub fn http(&self) -> DynProvider {
        let url = self.server.url.parse().expect("a URL");
        ProviderBuilder::new().wallet(wallet()).connect_http(url).erased()
    }

    /// The same over WebSocket.
    pub async fn ws(&self) -> DynProvider {
        let connect = WsConnect::new(self.server.ws_url.clone());
        ProviderBuilder::new().wallet(wallet()).connect_ws(connect).await.expect("a connection").erased()
    }

    /// Puts `runtime` at an address of its own.
    pub async fn install(&self, at: Address, runtime: &Bytes) {
        let runtime = runtime.clone();
        self.server.with_node(move |node| node.set_code(at, runtime)).await.expect("a running node");
    }

    /// The result of a request.
    pub async fn ok(&self, method: &str, params: Value) -> Value {
        let answer = self.request(method, params).await;
        assert!(answer.get("error").is_none(), "{method}: {answer}");
        answer["result"].clone()
    }

    /// The error of a request.
    pub async fn err(&self, method: &str, params: Value) -> Value {
        let answer = self.request(method, params).await;
        assert!(answer.get("result").is_none(), "{method}: {answer}");
        answer["error"].clone()
    }

    /// The whole answer to a request.
    pub async fn request(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.post(body.to_string().as_bytes()).await
    }

    /// The JSON that answers a body.
    pub async fn post(&self, body: &[u8]) -> Value {
        let (status, answer) = self.http_exchange(&head("POST", body.len(), ""), body).await;
        assert_eq!(status, 200, "{}", String::from_utf8_lossy(&answer));
        serde_json::from_slice(&answer).unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&answer)))
    }

    /// Status and body that answer a head and a body.
    pub async fn http_exchange(&self, head: &str, body: &[u8]) -> (u16, Vec<u8>) {
        let mut stream = self.connect().await;
        stream.write_all(head.as_bytes()).await.expect("a reader");
        // The server may answer and close before it has read everything.
        let _ = stream.write_all(body).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        let text = String::from_utf8_lossy(&answer);
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
        let start = answer.windows(4).position(|window| window == b"\r\n\r\n").map_or(answer.len(), |at| at + 4);
        (status, answer[start..].to_vec())
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.server.address).await.expect("a listening server")
    }
}

/// The head of a request that closes its connection.
pub fn head(method: &str, length: usize, more: &str) -> String {
    format!(
        "{method} / HTTP/1.1\r\nhost: node\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n{more}\r\n"
    )
}

fn wallet() -> EthereumWallet {
    let signer = |address| accounts::signer(address).expect("a development account");
    let mut wallet = EthereumWallet::from(signer(ALICE));
    wallet.register_signer(signer(BOB));
    wallet.register_signer(signer(DEV_ACCOUNT));
    wallet
}
