//! Filters that clients poll, and the bounds on logs.

use alloy::primitives::{Address, address};
use nitro_devnode::NodeConfig;
use nitro_devnode::rpc::{Bounds, ServerConfig};
use serde_json::{Value, json};

use super::harness::{ALICE, BOB, COUNTER, World};

const COUNTER_AT: Address = address!("00000000000000000000000000000000000c0de1");

async fn world_with_counter(bounds: Bounds) -> World {
    let world = World::start_with(NodeConfig::default(), ServerConfig { bounds, ..ServerConfig::default() }).await;
    world.install(COUNTER_AT, &COUNTER).await;
    world
}

async fn bump(world: &World) -> Value {
    world.ok("eth_sendTransaction", json!([{ "from": ALICE, "to": COUNTER_AT }])).await
}

async fn changes(world: &World, id: &Value) -> Vec<Value> {
    world.ok("eth_getFilterChanges", json!([id])).await.as_array().expect("a list").clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_filter_tells_each_log_once() {
    let world = world_with_counter(Bounds::default()).await;
    bump(&world).await;
    let id = world.ok("eth_newFilter", json!([{ "address": COUNTER_AT, "fromBlock": "0x0" }])).await;
    assert!(changes(&world, &id).await.is_empty(), "what was before is no change");

    let hash = bump(&world).await;
    let news = changes(&world, &id).await;
    assert_eq!(news.len(), 1);
    assert_eq!(news[0]["transactionHash"], hash);
    assert!(changes(&world, &id).await.is_empty());

    let all = world.ok("eth_getFilterLogs", json!([id])).await;
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(world.ok("eth_uninstallFilter", json!([id])).await, true);
    assert_eq!(world.ok("eth_uninstallFilter", json!([id])).await, false);
    assert_eq!(world.err("eth_getFilterChanges", json!([id])).await["message"], "filter not found");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_filter_looks_at_address_and_topics() {
    let world = world_with_counter(Bounds::default()).await;
    let topic = "0x000000000000000000000000000000000000000000000000000000000000002a";
    let other = "0x000000000000000000000000000000000000000000000000000000000000002b";
    let cases = [
        (json!({}), 1),
        (json!({ "address": COUNTER_AT }), 1),
        (json!({ "address": [COUNTER_AT, BOB] }), 1),
        (json!({ "address": BOB }), 0),
        (json!({ "topics": [topic] }), 1),
        (json!({ "topics": [[other, topic]] }), 1),
        (json!({ "topics": [null] }), 1),
        (json!({ "topics": [other] }), 0),
        (json!({ "topics": [topic, other] }), 0),
    ];
    let mut ids = Vec::new();
    for (filter, _) in &cases {
        ids.push(world.ok("eth_newFilter", json!([filter])).await);
    }
    bump(&world).await;
    for ((filter, count), id) in cases.iter().zip(&ids) {
        assert_eq!(changes(&world, id).await.len(), *count, "{filter}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn block_and_transaction_filters_tell_hashes() {
    let world = world_with_counter(Bounds::default()).await;
    let blocks = world.ok("eth_newBlockFilter", json!([])).await;
    let transactions = world.ok("eth_newPendingTransactionFilter", json!([])).await;
    let hash = bump(&world).await;
    let latest = world.ok("eth_getBlockByNumber", json!(["latest", false])).await;
    assert_eq!(changes(&world, &blocks).await, [latest["hash"].clone()]);
    assert_eq!(changes(&world, &transactions).await, [hash]);
    assert!(changes(&world, &blocks).await.is_empty());
    assert!(changes(&world, &transactions).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_made_again_after_a_revert_are_told() {
    let world = world_with_counter(Bounds::default()).await;
    let snapshot = world.ok("evm_snapshot", json!([])).await;
    bump(&world).await;
    let id = world.ok("eth_newFilter", json!([{}])).await;
    assert_eq!(world.ok("evm_revert", json!([snapshot])).await, true);
    bump(&world).await;
    assert_eq!(changes(&world, &id).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn too_many_logs_are_refused_in_the_words_indexers_know() {
    let world = world_with_counter(Bounds { logs: 2, ..Bounds::default() }).await;
    let id = world.ok("eth_newFilter", json!([{}])).await;
    for _ in 0..3 {
        bump(&world).await;
    }
    let error = world.err("eth_getLogs", json!([{ "fromBlock": "0x0" }])).await;
    assert_eq!(error, json!({ "code": -32005, "message": "query returned more than 2 results" }));
    assert_eq!(changes(&world, &id).await.len(), 2, "a backlog comes in parts");
    assert_eq!(changes(&world, &id).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_filters_is_bounded() {
    let world = world_with_counter(Bounds { filters: 2, ..Bounds::default() }).await;
    for _ in 0..2 {
        world.ok("eth_newBlockFilter", json!([])).await;
    }
    assert_eq!(world.err("eth_newBlockFilter", json!([])).await["code"], -32005);
}
