//! Nodes that read state from other nodes.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use alloy::primitives::{Address, B256, Bytes, TxKind, U256, address};
use alloy::rpc::types::TransactionRequest;
use nitro_devnode::chain::accounts::DEV_ACCOUNT;
use nitro_devnode::fork::{Fork, ForkError};
use nitro_devnode::wasm::code;
use nitro_devnode::{Node, NodeConfig, NodeError};

use super::harness::{ALICE, BOB, COUNTER, World};

const AT: Address = address!("00000000000000000000000000000000000c0de1");
const OTHER: Address = address!("00000000000000000000000000000000000c0de2");

/// Returns what it is called with.
const ECHO: &str = r#"(module
    (import "vm_hooks" "read_args" (func $read_args (param i32)))
    (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
    (memory (export "memory") 1 1)
    (func (export "user_entrypoint") (param $len i32) (result i32)
        (call $read_args (i32.const 0))
        (call $write_result (i32.const 0) (local.get $len))
        (i32.const 0)))"#;

/// A chain with a counter that stands at seven.
async fn remote() -> World {
    let world = World::start().await;
    world.install(AT, &COUNTER).await;
    let prepare = |node: &mut Node| {
        node.set_storage(AT, U256::ZERO, B256::with_last_byte(7));
        node.set_balance(OTHER, U256::from(5));
        node.mine(1);
    };
    world.server.with_node(prepare).await.expect("a running node");
    world
}

/// Runs what blocks where it may.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    tokio::task::spawn_blocking(work).await.expect("no panic")
}

async fn connect(world: &World, cache: Option<PathBuf>) -> Result<Arc<Fork>, ForkError> {
    let url = world.server.url.clone();
    blocking(move || Fork::connect(&url, None, cache.as_deref())).await
}

fn node(fork: &Arc<Fork>) -> Node {
    Node::new(NodeConfig { fork: Some(fork.clone()), ..NodeConfig::default() })
}

fn to(contract: Address, data: &[u8]) -> TransactionRequest {
    TransactionRequest {
        from: Some(ALICE),
        to: Some(TxKind::Call(contract)),
        input: Bytes::copy_from_slice(data).into(),
        ..TransactionRequest::default()
    }
}

/// What the counter would stand at after one more call.
fn count(node: &Node) -> u64 {
    U256::from_be_slice(&node.call(&to(AT, &[])).unwrap()).to()
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("fork-{name}-{}", std::process::id()));
    // A folder of an earlier process with this number.
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_goes_on_from_the_state_of_the_other_chain_and_leaves_it_alone() {
    let world = remote().await;
    let fork = connect(&world, None).await.unwrap();
    blocking(move || {
        let mut node = node(&fork);
        assert_eq!(node.code(AT, node.block_number()).unwrap(), COUNTER);
        assert_eq!(node.balance(OTHER, node.block_number()).unwrap(), U256::from(5));
        assert_eq!(count(&node), 8);
        let hash = node.send(to(AT, &[])).unwrap();
        assert!(node.receipt(hash).unwrap().success);
        assert_eq!(node.storage(AT, U256::ZERO, node.block_number()).unwrap(), B256::with_last_byte(8));
        assert_eq!(node.storage(AT, U256::ZERO, node.block_number() - 1).unwrap(), B256::with_last_byte(7));
        // What is set to nothing here stays nothing.
        node.set_storage(AT, U256::ZERO, B256::ZERO);
        node.set_balance(OTHER, U256::ZERO);
        assert_eq!(count(&node), 1);
        assert_eq!(node.balance(OTHER, node.block_number()).unwrap(), U256::ZERO);
    })
    .await;
    let stored = world.server.with_node(|node| node.storage(AT, U256::ZERO, node.block_number())).await.unwrap();
    assert_eq!(stored, Ok(B256::with_last_byte(7)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_of_a_fork_brings_the_other_chains_values_back() {
    let world = remote().await;
    let fork = connect(&world, None).await.unwrap();
    blocking(move || {
        let mut node = node(&fork);
        let before = node.snapshot();
        node.send(to(AT, &[])).unwrap();
        assert!(node.revert(before));
        assert_eq!(count(&node), 8);
        let nonce = node.nonce(ALICE, node.block_number()).unwrap();
        assert_eq!(nonce, 0);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_changed_here_is_at_earlier_blocks_what_it_was_there() {
    let world = remote().await;
    let fork = connect(&world, None).await.unwrap();
    blocking(move || {
        let mut node = node(&fork);
        let before = node.block_number();
        node.set_storage(AT, U256::from(3), B256::with_last_byte(1));
        node.mine(1);
        node.set_balance(OTHER, U256::from(6));
        node.mine(1);
        assert_eq!(node.code(AT, before).unwrap(), COUNTER);
        assert_eq!(node.storage(AT, U256::ZERO, before).unwrap(), B256::with_last_byte(7));
        assert_eq!(node.balance(OTHER, before).unwrap(), U256::from(5));
        assert_eq!(node.balance(OTHER, node.block_number()).unwrap(), U256::from(6));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_as_there_is_proven_there_and_what_is_not_is_not_proven() {
    let world = remote().await;
    let slots = [B256::ZERO, B256::with_last_byte(9)];
    let there = world.server.with_node(move |node| node.proof(AT, &slots, node.block_number())).await.unwrap().unwrap();
    assert_eq!((there.slots[0].value, there.slots[0].nodes.is_empty()), (U256::from(7), false));
    let fork = connect(&world, None).await.unwrap();
    // The other chain goes on.
    world.server.with_node(|node| node.send(to(AT, &[])).map(|_| ())).await.unwrap().unwrap();
    blocking(move || {
        let mut node = node(&fork);
        let before = node.block_number();
        assert_eq!(node.proof(AT, &slots, before).unwrap(), there);
        // A call that changes nothing of the account.
        node.send(to(OTHER, &[])).unwrap();
        assert_eq!(node.proof(OTHER, &[], node.block_number()).unwrap().balance, U256::from(5));
        node.send(to(AT, &[])).unwrap();
        let error = node.proof(AT, &slots, node.block_number()).unwrap_err();
        assert!(error.to_string().starts_with(&format!("fork: {AT} has changed since block")), "{error}");
        assert_eq!(node.proof(AT, &slots, before).unwrap(), there);
        assert!(matches!(node.state_root(before), Err(NodeError::Fork(_))));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fork_stays_at_its_block() {
    let world = remote().await;
    let fork = connect(&world, None).await.unwrap();
    world.server.with_node(|node| node.send(to(AT, &[])).map(|_| ())).await.unwrap().unwrap();
    blocking(move || {
        let node = node(&fork);
        assert_eq!(count(&node), 8);
    })
    .await;
    let url = world.server.url.clone();
    let missing = blocking(move || Fork::connect(&url, Some(1_000), None)).await;
    assert!(matches!(missing, Err(ForkError::NoBlock(1_000))));
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_of_another_node_of_this_kind_are_active_in_its_fork() {
    let world = remote().await;
    let program = code::encode(&wat::parse_str(ECHO).unwrap());
    let deploy = move |node: &mut Node| {
        node.increase_time(3_600);
        let address = node.deploy_code(&program).expect("it deploys");
        node.activate(address).expect("it activates");
        address
    };
    let echo = world.server.with_node(deploy).await.unwrap();
    let fork = connect(&world, None).await.unwrap();
    blocking(move || {
        let mut node = node(&fork);
        assert!(node.latest().header.timestamp >= fork.timestamp);
        assert_eq!(node.call(&to(echo, &[1, 2, 3])).unwrap().as_ref(), [1, 2, 3]);
        let hash = node.send(to(echo, &[1])).unwrap();
        assert!(node.receipt(hash).unwrap().success);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_asked_once_is_kept_and_what_cannot_be_asked_is_an_error() {
    let world = remote().await;
    let cache = folder("cache");
    let fork = connect(&world, Some(cache.clone())).await.unwrap();
    blocking(move || {
        let mut node = node(&fork);
        node.send(to(AT, &[])).unwrap();
    })
    .await;

    let again = connect(&world, Some(cache.clone())).await.unwrap();
    world.server.stop().await;
    drop(world);
    blocking(move || {
        let mut node = node(&again);
        assert_eq!(count(&node), 8);
        let blocks = node.block_number();
        let unknown = Address::repeat_byte(0x99);
        assert!(matches!(node.balance(unknown, blocks), Err(NodeError::Fork(_))));
        assert!(matches!(node.call(&to(unknown, &[])), Err(NodeError::Fork(_))));
        assert!(matches!(node.send(to(unknown, &[])), Err(NodeError::Fork(_))));
        assert_eq!((node.block_number(), node.nonce(DEV_ACCOUNT, blocks)), (blocks, Ok(0)));
        assert_eq!(node.balance(BOB, blocks).map(|balance| balance.is_zero()), Ok(false));
        node.send(to(AT, &[])).expect("all it needs is known");
    })
    .await;
    std::fs::remove_dir_all(cache).expect("a folder");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_was_written_in_part_is_passed_over() {
    let world = remote().await;
    let cache = folder("torn");
    let fork = connect(&world, Some(cache.clone())).await.unwrap();
    blocking(move || fork.slot(AT, U256::ZERO)).await;
    let file = std::fs::read_dir(&cache).unwrap().next().unwrap().unwrap().path();
    let mut text = std::fs::read_to_string(&file).unwrap();
    text.push_str("{\"slot\":[\"0x00");
    std::fs::write(&file, text).unwrap();
    let again = connect(&world, Some(cache.clone())).await.unwrap();
    let slots = blocking(move || [again.slot(AT, U256::ZERO), again.slot(AT, U256::from(1))]).await;
    assert_eq!(slots, [U256::from(7), U256::ZERO]);
    let text = std::fs::read_to_string(&file).unwrap();
    assert_eq!(text.lines().filter(|line| line.ends_with("]}")).count(), 2, "{text}");
    std::fs::remove_dir_all(cache).expect("a folder");
}
