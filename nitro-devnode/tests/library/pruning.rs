//! Chains that forget their oldest blocks.

use alloy::primitives::U256;
use alloy::rpc::types::{BlockId, Filter};
use nitro_devnode::{Node, NodeConfig, NodeError};

use crate::world::{config, store, to, words};

/// A chain that keeps as little as possible, with its first transaction to a program and 300 blocks after it.
fn long() -> (Node, alloy::primitives::B256, alloy::primitives::Address) {
    let mut node = Node::new(NodeConfig { keep_blocks: Some(0), ..config() });
    let store = store(&mut node);
    let first = node.send(to(store, words(1, 2))).unwrap();
    for value in 0..300 {
        node.send(to(store, words(7, value + 1))).unwrap();
    }
    (node, first, store)
}

#[test]
fn old_blocks_and_all_in_them_are_gone() {
    let (node, first, _) = long();
    assert_eq!(node.block_number() - node.earliest_number() + 1, NodeConfig::MIN_KEPT_BLOCKS);
    assert!(node.block(0u64).is_none());
    assert!(node.transaction(first).is_none());
    assert!(node.receipt(first).is_none());
    assert_eq!(node.trace_transaction(first).unwrap_err(), NodeError::TransactionNotFound);
    assert_eq!(node.balance(crate::world::alice(), 0u64).unwrap_err(), NodeError::BlockNotFound);
    assert_eq!(node.block(BlockId::earliest()).unwrap().header.number, node.earliest_number());
}

#[test]
fn the_state_and_the_latest_blocks_are_whole() {
    let (node, _, store) = long();
    let latest = BlockId::latest();
    assert_eq!(node.storage(store, U256::from(1), latest).unwrap(), alloy::primitives::B256::with_last_byte(2));
    let every = node.logs(&Filter::new().from_block(0u64)).unwrap();
    assert_eq!(every.len() as u64, NodeConfig::MIN_KEPT_BLOCKS);
    assert_eq!(every.last().unwrap().block_number, Some(node.block_number()));
    let last = node.latest().transactions[1].hash;
    assert!(node.trace_transaction(last).unwrap().stylus);
    let parent = node.block(node.block_number() - 1).unwrap();
    assert_eq!(node.block(parent.hash).unwrap().header.number, node.block_number() - 1);
}

#[test]
fn a_dump_begins_where_the_chain_does() {
    let (mut node, _, store) = long();
    let dump = node.dump().unwrap();
    let mut other = Node::new(NodeConfig { keep_blocks: Some(0), ..config() });
    other.load(&dump).unwrap();
    assert_eq!(other.earliest_number(), node.earliest_number());
    assert_eq!(other.dump().unwrap(), dump);
    node.send(to(store, words(5, 6))).unwrap();
    other.send(to(store, words(5, 6))).unwrap();
    assert_eq!(node.latest().hash, other.latest().hash);
}

#[test]
fn a_dump_that_begins_absurdly_late_is_refused() {
    let node = Node::new(config());
    let header = "\"number\":\"0x0\"";
    let dump = node.dump().unwrap();
    assert!(dump.contains(header), "{dump:.300}");
    let late = dump.replacen(header, "\"number\":\"0xffffffffffffffff\"", 1);
    assert!(matches!(Node::new(config()).load(&late), Err(NodeError::Dump(_))));
}

#[test]
fn a_snapshot_brings_forgotten_blocks_back() {
    let mut node = Node::new(NodeConfig { keep_blocks: Some(0), ..config() });
    let snapshot = node.snapshot();
    node.mine(400);
    assert!(node.block(0u64).is_none());
    assert!(node.revert(snapshot));
    assert_eq!(node.block(0u64).unwrap().header.number, 0);
}
