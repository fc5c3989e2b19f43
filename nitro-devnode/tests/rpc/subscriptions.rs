//! `eth_subscribe` over WebSocket.

use alloy::primitives::{Address, address};
use alloy::providers::Provider;
use alloy::rpc::types::Filter;
use futures_util::{SinkExt, StreamExt};
use nitro_devnode::NodeConfig;
use nitro_devnode::rpc::{Bounds, ServerConfig};
use serde_json::{Value, json};
use std::time::Duration;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::harness::{ALICE, COUNTER, World};

const COUNTER_AT: Address = address!("00000000000000000000000000000000000c0de1");
const PATIENCE: Duration = Duration::from_secs(10);

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

async fn open(world: &World) -> Socket {
    connect_async(&world.server.ws_url).await.expect("a connection").0
}

async fn say(socket: &mut Socket, text: &str) {
    socket.send(Message::text(text)).await.expect("an open connection");
}

async fn hear(socket: &mut Socket) -> Value {
    loop {
        match timeout(PATIENCE, socket.next()).await.expect("a message in time") {
            Some(Ok(Message::Text(text))) => return serde_json::from_str(&text).expect("JSON"),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            other => panic!("the connection ended: {other:?}"),
        }
    }
}

async fn ask(socket: &mut Socket, method: &str, params: Value) -> Value {
    say(socket, &json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params }).to_string()).await;
    hear(socket).await
}

async fn bump(world: &World) -> Value {
    world.ok("eth_sendTransaction", json!([{ "from": ALICE, "to": COUNTER_AT }])).await
}

#[tokio::test(flavor = "multi_thread")]
async fn alloy_hears_of_heads_logs_and_transactions() {
    let world = World::start().await;
    world.install(COUNTER_AT, &COUNTER).await;
    let provider = world.ws().await;
    let mut heads = provider.subscribe_blocks().await.unwrap();
    let mut logs = provider.subscribe_logs(&Filter::new().address(COUNTER_AT)).await.unwrap();
    let mut others = provider.subscribe_logs(&Filter::new().address(ALICE)).await.unwrap();
    let mut hashes = provider.subscribe_pending_transactions().await.unwrap();
    let mut transactions = provider.subscribe_full_pending_transactions().await.unwrap();

    let hash = bump(&world).await;
    let head = timeout(PATIENCE, heads.recv()).await.unwrap().unwrap();
    let log = timeout(PATIENCE, logs.recv()).await.unwrap().unwrap();
    assert_eq!(log.block_hash, Some(head.hash));
    assert_eq!(json!(log.transaction_hash), hash);
    assert_eq!(json!(timeout(PATIENCE, hashes.recv()).await.unwrap().unwrap()), hash);
    let full = timeout(PATIENCE, transactions.recv()).await.unwrap().unwrap();
    assert_eq!(json!(full.inner.tx_hash()), hash);
    assert!(others.try_recv().is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_subscription_ends_when_it_is_told_to() {
    let world = World::start().await;
    let mut socket = open(&world).await;
    let id = ask(&mut socket, "eth_subscribe", json!(["newHeads"])).await["result"].clone();
    world.ok("evm_mine", json!([])).await;
    let item = hear(&mut socket).await;
    assert_eq!((&item["method"], &item["params"]["subscription"]), (&json!("eth_subscription"), &id));
    assert_eq!(item["params"]["result"]["number"], "0x1");

    assert_eq!(ask(&mut socket, "eth_unsubscribe", json!([id])).await["result"], true);
    world.ok("evm_mine", json!([])).await;
    assert_eq!(ask(&mut socket, "eth_blockNumber", json!([])).await["result"], "0x2", "no item comes first");
    let error = ask(&mut socket, "eth_unsubscribe", json!([id])).await["error"].clone();
    assert_eq!(error, json!({ "code": -32000, "message": "subscription not found" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_can_subscribe_and_cause_what_it_subscribed_to() {
    let world = World::start().await;
    let mut socket = open(&world).await;
    let batch = json!([
        { "jsonrpc": "2.0", "id": 1, "method": "eth_subscribe", "params": ["newHeads"] },
        { "jsonrpc": "2.0", "id": 2, "method": "evm_mine", "params": [] },
    ]);
    say(&mut socket, &batch.to_string()).await;
    let answers = hear(&mut socket).await;
    let item = hear(&mut socket).await;
    assert_eq!(item["params"]["subscription"], answers[0]["result"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn unknown_topics_and_too_many_subscriptions_are_refused() {
    let bounds = Bounds { subscriptions: 1, ..Bounds::default() };
    let world = World::start_with(NodeConfig::default(), ServerConfig { bounds, ..ServerConfig::default() }).await;
    let mut socket = open(&world).await;
    assert_eq!(ask(&mut socket, "eth_subscribe", json!(["weather"])).await["error"]["code"], -32601);
    assert_eq!(ask(&mut socket, "eth_subscribe", json!([])).await["error"]["code"], -32602);
    let id = ask(&mut socket, "eth_subscribe", json!(["logs"])).await["result"].clone();
    assert_eq!(ask(&mut socket, "eth_subscribe", json!(["logs"])).await["error"]["code"], -32005);
    ask(&mut socket, "eth_unsubscribe", json!([id])).await;
    assert!(ask(&mut socket, "eth_subscribe", json!(["logs"])).await["result"].is_string());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_does_not_read_is_let_go() {
    let bounds = Bounds { event_backlog: 4, ..Bounds::default() };
    let world = World::start_with(NodeConfig::default(), ServerConfig { bounds, ..ServerConfig::default() }).await;
    let mut slow = open(&world).await;
    ask(&mut slow, "eth_subscribe", json!(["newHeads"])).await;
    // More than the buffers of both sockets hold.
    for _ in 0..4 {
        world.ok("anvil_mine", json!([10_000])).await;
    }
    let ended = timeout(PATIENCE, async {
        loop {
            match slow.next().await {
                Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.reason.to_string()),
                Some(Ok(_)) => {}
                Some(Err(_)) | None => return None,
            }
        }
    });
    assert_eq!(ended.await.expect("the end of the connection").as_deref(), Some("subscription fell behind"));
    world.ok("eth_chainId", json!([])).await;
}
