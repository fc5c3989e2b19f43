//! The server as a server: batches, bounds, browsers, and its end.

use std::time::Duration;

use nitro_devnode::NodeConfig;
use nitro_devnode::rpc::{Bounds, ServerConfig};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use super::harness::{World, head};

fn call(id: u64, method: &str) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": [] })
}

async fn bounded(bounds: Bounds) -> World {
    World::start_with(NodeConfig::default(), ServerConfig { bounds, ..ServerConfig::default() }).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_batch_is_answered_in_order_and_each_request_for_itself() {
    let world = World::start().await;
    let notification = json!({ "jsonrpc": "2.0", "method": "eth_chainId" });
    let batch = json!([
        call(3, "eth_chainId"),
        call(1, "nonsense"),
        notification,
        5,
        call(2, "evm_mine"),
        call(4, "eth_blockNumber")
    ]);
    let answers = world.post(batch.to_string().as_bytes()).await;
    let ids: Vec<&Value> = answers.as_array().unwrap().iter().map(|answer| &answer["id"]).collect();
    assert_eq!(ids, [&json!(3), &json!(1), &json!(null), &json!(2), &json!(4)]);
    assert_eq!(answers[0]["result"], "0x64aba");
    assert_eq!(answers[1]["error"]["code"], -32601);
    assert_eq!(answers[2]["error"]["code"], -32600);
    assert_eq!(answers[4]["result"], "0x1");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_notification_is_carried_out_and_not_answered() {
    let world = World::start().await;
    let body = br#"{"jsonrpc":"2.0","method":"evm_mine"}"#;
    assert_eq!(world.http_exchange(&head("POST", body.len(), ""), body).await, (200, Vec::new()));
    assert_eq!(world.ok("eth_blockNumber", json!([])).await, "0x1");
}

#[tokio::test(flavor = "multi_thread")]
async fn batches_are_bounded_in_number_and_in_size_of_the_answer() {
    let world = bounded(Bounds { batch: 3, batch_response_bytes: 60, ..Bounds::default() }).await;
    let batch = Value::from((0..4).map(|id| call(id, "eth_chainId")).collect::<Vec<_>>());
    assert_eq!(world.post(batch.to_string().as_bytes()).await["error"]["code"], -32600);
    let batch = Value::from((0..3).map(|id| call(id, "eth_chainId")).collect::<Vec<_>>());
    let answers = world.post(batch.to_string().as_bytes()).await;
    assert_eq!(answers[0]["result"], "0x64aba");
    assert_eq!(answers[2]["error"], json!({ "code": -32005, "message": "response too large" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_too_large_is_refused() {
    let world = bounded(Bounds { body_bytes: 100, ..Bounds::default() }).await;
    let body = vec![b' '; 101];
    assert_eq!(world.http_exchange(&head("POST", body.len(), ""), &body).await.0, 413);
    world.ok("eth_chainId", json!([])).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_arrive_is_not_waited_for() {
    let world = bounded(Bounds { transfer: Duration::from_millis(50), ..Bounds::default() }).await;
    assert_eq!(world.http_exchange(&head("POST", 10, ""), b"{").await.0, 408);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_says_nothing_is_closed() {
    let world = bounded(Bounds { idle: Duration::from_millis(100), ..Bounds::default() }).await;
    let mut silent = world.connect().await;
    let mut answer = Vec::new();
    let closed = tokio::time::timeout(Duration::from_secs(10), silent.read_to_end(&mut answer)).await;
    assert!(closed.is_ok());
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_beyond_the_bound_are_turned_away() {
    let world = bounded(Bounds { connections: 1, ..Bounds::default() }).await;
    let mut first = world.connect().await;
    let body = call(1, "eth_chainId").to_string();
    let open = head("POST", body.len(), "").replace("connection: close\r\n", "");
    first.write_all(format!("{open}{body}").as_bytes()).await.unwrap();
    let mut some = [0; 16];
    first.read_exact(&mut some).await.unwrap();
    assert_eq!(world.http_exchange(&head("POST", 0, ""), b"").await.0, 503);
    drop(first);
    for _ in 0..100 {
        if world.http_exchange(&head("POST", body.len(), ""), body.as_bytes()).await.0 == 200 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the place was not given back");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_pages_of_this_machine_may_use_the_node() {
    let world = World::start().await;
    let body = call(1, "eth_chainId").to_string();
    let status = |method: &'static str, origin: &'static str| {
        let head = head(method, body.len(), &format!("origin: {origin}\r\n"));
        let (world, body) = (&world, body.as_bytes());
        async move { world.http_exchange(&head, body).await.0 }
    };
    assert_eq!(status("POST", "http://localhost:5173").await, 200);
    assert_eq!(status("OPTIONS", "http://localhost:5173").await, 204);
    assert_eq!(status("POST", "https://example.org").await, 403);
    assert_eq!(status("OPTIONS", "https://example.org").await, 403);
    let upgrade = "origin: https://example.org\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\nsec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\n";
    assert_eq!(world.http_exchange(&head("GET", 0, upgrade), b"").await.0, 403);
    assert_eq!(world.http_exchange(&head("GET", 0, ""), b"").await.0, 405);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stopped_server_lets_go_of_its_port_and_keeps_its_chain() {
    let world = World::start().await;
    world.ok("evm_mine", json!([])).await;
    let _idle = world.connect().await;
    world.server.stop().await;
    assert!(TcpStream::connect(world.server.address).await.is_err());
    assert_eq!(world.server.with_node(|node| node.block_number()).await, Ok(1));
}
