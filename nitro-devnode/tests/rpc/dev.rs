//! Time, snapshots, state, impersonation and mining, under the names of the usual development nodes.

use alloy::primitives::{Address, U256, address};
use alloy::providers::Provider;
use alloy::providers::ext::AnvilApi;
use nitro_devnode::NodeConfig;
use nitro_devnode::rpc::ServerConfig;
use serde_json::{Value, json};
use std::time::Duration;

use super::harness::{ALICE, BOB, COUNTER, World};

const SOMEBODY: Address = address!("00000000000000000000000000000000000050b0");

async fn latest(world: &World) -> Value {
    world.ok("eth_getBlockByNumber", json!(["latest", false])).await
}

fn number(value: &Value) -> u64 {
    let text = value.as_str().expect("a quantity");
    u64::from_str_radix(text.trim_start_matches("0x"), 16).expect("hex")
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_brings_balances_and_blocks_back() {
    let world = World::start().await;
    let provider = world.http();
    let before = (provider.get_balance(BOB).await.unwrap(), provider.get_block_number().await.unwrap());
    let id = provider.anvil_snapshot().await.unwrap();
    world.ok("eth_sendTransaction", json!([{ "from": ALICE, "to": BOB, "value": "0x1" }])).await;
    assert_eq!(provider.get_balance(BOB).await.unwrap(), before.0 + U256::ONE);
    assert!(provider.anvil_revert(id).await.unwrap());
    assert_eq!((provider.get_balance(BOB).await.unwrap(), provider.get_block_number().await.unwrap()), before);
    assert!(!provider.anvil_revert(id).await.unwrap(), "a snapshot is used once");
}

#[tokio::test(flavor = "multi_thread")]
async fn time_moves_on_request() {
    let world = World::start().await;
    let provider = world.http();
    let start = number(&latest(&world).await["timestamp"]);
    provider.anvil_increase_time(1_000).await.unwrap();
    provider.anvil_mine(None, None).await.unwrap();
    assert!(number(&latest(&world).await["timestamp"]) >= start + 1_000);

    let next = start + 5_000;
    provider.anvil_set_next_block_timestamp(next).await.unwrap();
    world.ok("evm_mine", json!([])).await;
    assert_eq!(number(&latest(&world).await["timestamp"]), next);

    world.ok("evm_mine", json!([next + 10])).await;
    assert_eq!(number(&latest(&world).await["timestamp"]), next + 10);

    world.ok("hardhat_mine", json!(["0x3", "0x3c"])).await;
    assert_eq!(number(&latest(&world).await["timestamp"]), next + 130);

    let error = world.err("evm_setNextBlockTimestamp", json!([1])).await;
    assert!(error["code"].is_i64(), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn state_is_set_under_every_prefix() {
    let world = World::start().await;
    let provider = world.http();
    for prefix in ["anvil", "hardhat", "evm"] {
        world.ok(&format!("{prefix}_setBalance"), json!([SOMEBODY, "0x7b"])).await;
        world.ok(&format!("{prefix}_setCode"), json!([SOMEBODY, COUNTER])).await;
        world.ok(&format!("{prefix}_setNonce"), json!([SOMEBODY, "0x5"])).await;
        world.ok(&format!("{prefix}_setStorageAt"), json!([SOMEBODY, "0x1", format!("{:#066x}", 9)])).await;
        assert_eq!(provider.get_balance(SOMEBODY).await.unwrap(), U256::from(123));
        assert_eq!(provider.get_code_at(SOMEBODY).await.unwrap(), COUNTER);
        assert_eq!(provider.get_transaction_count(SOMEBODY).await.unwrap(), 5);
        assert_eq!(provider.get_storage_at(SOMEBODY, U256::ONE).await.unwrap(), U256::from(9));
        world.ok("anvil_reset", json!([])).await;
        assert_eq!(provider.get_balance(SOMEBODY).await.unwrap(), U256::ZERO);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_impersonated_account_sends_without_a_key() {
    let world = World::start().await;
    world.ok("anvil_setBalance", json!([SOMEBODY, "0xde0b6b3a7640000"])).await;
    let request = json!([{ "from": SOMEBODY, "to": BOB, "value": "0x1" }]);
    assert_eq!(world.err("eth_sendTransaction", request.clone()).await["message"], "unknown account");

    world.ok("hardhat_impersonateAccount", json!([SOMEBODY])).await;
    let hash = world.ok("eth_sendTransaction", request.clone()).await;
    let receipt = world.ok("eth_getTransactionReceipt", json!([hash])).await;
    assert_eq!((&receipt["status"], &receipt["from"]), (&json!("0x1"), &json!(SOMEBODY)));

    world.ok("hardhat_stopImpersonatingAccount", json!([SOMEBODY])).await;
    world.err("eth_sendTransaction", request.clone()).await;
    world.ok("anvil_autoImpersonateAccount", json!([true])).await;
    world.ok("eth_sendTransaction", request).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_wait_when_mining_is_not_automatic() {
    let world = World::start().await;
    world.ok("evm_setAutomine", json!([false])).await;
    assert_eq!(world.ok("anvil_getAutomine", json!([])).await, false);
    let hash = world.ok("eth_sendTransaction", json!([{ "from": ALICE, "to": BOB }])).await;
    assert_eq!(world.ok("eth_getTransactionReceipt", json!([hash])).await, Value::Null);
    let waiting = world.ok("eth_getTransactionByHash", json!([hash])).await;
    assert_eq!((&waiting["blockNumber"], &waiting["from"]), (&Value::Null, &json!(ALICE)));
    assert_eq!(world.ok("txpool_status", json!([])).await, json!({ "pending": "0x1", "queued": "0x0" }));
    assert_eq!(world.ok("eth_getTransactionCount", json!([ALICE, "pending"])).await, "0x1");
    assert_eq!(world.ok("eth_getTransactionCount", json!([ALICE, "latest"])).await, "0x0");

    world.ok("evm_mine", json!([])).await;
    assert_eq!(world.ok("eth_getTransactionReceipt", json!([hash])).await["status"], "0x1");
    assert_eq!(world.ok("txpool_content", json!([])).await, json!({ "pending": {}, "queued": {} }));
}

#[tokio::test(flavor = "multi_thread")]
async fn switching_automatic_mining_on_includes_what_waits() {
    let world = World::start().await;
    world.ok("evm_setAutomine", json!([false])).await;
    let hash = world.ok("eth_sendTransaction", json!([{ "from": ALICE, "to": BOB }])).await;
    world.ok("evm_setAutomine", json!([true])).await;
    assert_eq!(world.ok("eth_getTransactionReceipt", json!([hash])).await["status"], "0x1");
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_come_at_an_interval() {
    let server = ServerConfig { block_time: Some(Duration::from_millis(20)), ..ServerConfig::default() };
    let world = World::start_with(NodeConfig::default(), server).await;
    let hash = world.ok("eth_sendTransaction", json!([{ "from": ALICE, "to": BOB }])).await;
    for _ in 0..100 {
        tokio::time::sleep(Duration::from_millis(20)).await;
        if world.ok("eth_getTransactionReceipt", json!([hash])).await != Value::Null {
            world.ok("evm_setIntervalMining", json!([0])).await;
            // A block may be on its way while the interval is taken back.
            tokio::time::sleep(Duration::from_millis(100)).await;
            let stopped = world.ok("eth_blockNumber", json!([])).await;
            tokio::time::sleep(Duration::from_millis(100)).await;
            assert_eq!(world.ok("eth_blockNumber", json!([])).await, stopped);
            return;
        }
    }
    panic!("no block was made");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_blocks_of_one_request_is_bounded() {
    let world = World::start().await;
    assert_eq!(world.err("anvil_mine", json!(["0xffffffffffff"])).await["code"], -32005);
    assert_eq!(world.err("evm_mine", json!([{ "blocks": 1_000_000 }])).await["code"], -32005);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dump_is_loaded_into_another_node() {
    let (one, other) = (World::start().await, World::start().await);
    one.install(SOMEBODY, &COUNTER).await;
    one.ok("eth_sendTransaction", json!([{ "from": ALICE, "to": SOMEBODY }])).await;
    let dump = one.ok("anvil_dumpState", json!([])).await;
    assert_eq!(other.ok("anvil_loadState", json!([dump])).await, true);
    assert_eq!(latest(&other).await, latest(&one).await);
    let slot = other.ok("eth_getStorageAt", json!([SOMEBODY, "0x0", "latest"])).await;
    assert_eq!(number(&slot), 1);
    assert!(other.err("anvil_loadState", json!(["0x1234"])).await["code"].is_i64());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_node_describes_itself_to_alloy() {
    let world = World::start().await;
    let info = world.http().anvil_node_info().await.unwrap();
    assert_eq!((info.environment.chain_id, info.current_block_number), (412_346, 0));
    let metadata = world.http().anvil_metadata().await.unwrap();
    assert!(metadata.client_version.starts_with("nitro-devnode/v"));
}
