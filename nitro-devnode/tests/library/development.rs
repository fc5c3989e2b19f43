//! Time, state by hand, snapshots, dumps.

use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::rpc::types::BlockId;
use nitro_devnode::chain::FEE_RECEIVER;
use nitro_devnode::{Clock, Mining, Node, NodeConfig, NodeError};

use crate::world::{EVM_CELL, START, alice, bob, config, echo, node, store, to, words};

const LATEST: BlockId = BlockId::latest();

mod when_a_snapshot_is_reverted {
    use super::*;

    #[test]
    fn blocks_state_and_time_are_back() {
        let mut node = node();
        let store = store(&mut node);
        let (number, hash) = (node.block_number(), node.latest().hash);
        let snapshot = node.snapshot();
        node.warp(1_000);
        let sent = node.send(to(store, words(1, 2))).unwrap();
        node.set_balance(bob(), U256::from(7));
        assert!(node.revert(snapshot));
        assert_eq!((node.block_number(), node.latest().hash), (number, hash));
        assert_eq!(node.now(), START);
        assert!(node.receipt(sent).is_none());
        assert_eq!(node.storage(store, U256::from(1), LATEST).unwrap(), B256::ZERO);
        assert_ne!(node.balance(bob(), LATEST).unwrap(), U256::from(7));
        node.send(to(store, words(1, 2))).unwrap();
        assert_eq!(node.block_number(), number + 1);
    }

    #[test]
    fn it_and_later_ones_are_gone() {
        let mut node = node();
        let first = node.snapshot();
        let second = node.snapshot();
        assert!(node.revert(first));
        assert!(!node.revert(first));
        assert!(!node.revert(second));
        assert_ne!(node.snapshot(), first, "names are not used twice");
    }

    #[test]
    fn earlier_ones_stay() {
        let mut node = node();
        let first = node.snapshot();
        node.mine(1);
        let second = node.snapshot();
        node.mine(1);
        assert!(node.revert(second));
        assert_eq!(node.block_number(), 1);
        assert!(node.revert(first));
        assert_eq!(node.block_number(), 0);
    }
}

mod time {
    use super::*;

    #[test]
    fn stands_still_until_it_is_moved() {
        let mut node = node();
        node.mine(2);
        assert_eq!(node.latest().header.timestamp, START);
        assert_eq!(node.increase_time(10), 10);
        assert_eq!(node.increase_time(5), 15);
        node.mine(1);
        assert_eq!(node.latest().header.timestamp, START + 15);
    }

    #[test]
    fn of_the_next_block_can_be_set() {
        let mut node = node();
        node.set_next_timestamp(START + 500).unwrap();
        node.mine(1);
        assert_eq!(node.latest().header.timestamp, START + 500);
        node.increase_time(1);
        node.mine(1);
        assert_eq!(node.latest().header.timestamp, START + 501, "the clock goes on from there");
        assert!(matches!(node.set_next_timestamp(START), Err(NodeError::InvalidParams(_))));
    }

    #[test]
    fn of_a_block_is_never_before_its_parent() {
        let mut node = node();
        node.set_time(START - 1_000);
        node.mine(1);
        assert_eq!(node.latest().header.timestamp, START);
    }

    #[test]
    fn follows_the_machine_by_default_in_the_binary() {
        let node = Node::new(NodeConfig { clock: Clock::Wall, ..NodeConfig::default() });
        assert!(node.latest().header.timestamp > 1_700_000_000);
    }
}

#[test]
fn state_can_be_set_by_hand() {
    let mut node = node();
    let address = Address::repeat_byte(0x33);
    node.set_balance(address, U256::from(5));
    node.set_nonce(address, 6);
    node.set_code(address, Bytes::from_static(&EVM_CELL));
    node.set_storage(address, U256::ZERO, B256::with_last_byte(8));
    assert_eq!(node.balance(address, LATEST).unwrap(), U256::from(5));
    assert_eq!(node.nonce(address, LATEST).unwrap(), 6);
    assert_eq!(node.code(address, LATEST).unwrap().as_ref(), EVM_CELL);
    assert_eq!(U256::from_be_slice(&node.call(&to(address, [])).unwrap()), U256::from(8));
    node.set_storage(address, U256::ZERO, B256::ZERO);
    node.set_code(address, Bytes::new());
    assert!(node.code(address, LATEST).unwrap().is_empty());
}

#[test]
fn fees_go_to_nobody() {
    let mut node = node();
    let before = node.balance(alice(), LATEST).unwrap();
    let fee = node.transact(to(bob(), [])).unwrap().fee_wei();
    assert_eq!(before - node.balance(alice(), LATEST).unwrap(), fee);
    assert!(node.balance(FEE_RECEIVER, LATEST).unwrap() >= fee);
}

mod when_a_chain_is_dumped {
    use super::*;

    fn busy() -> (Node, Address) {
        let mut node = node();
        let store = store(&mut node);
        node.send(to(store, words(1, 2))).unwrap();
        node.increase_time(9);
        node.set_mining(Mining::Manual);
        node.send(to(store, words(3, 4))).unwrap();
        (node, store)
    }

    #[test]
    fn another_node_goes_on_as_the_first_would_have() {
        let (mut first, store) = busy();
        let dump = first.dump().unwrap();
        let mut second = Node::new(config());
        second.load(&dump).unwrap();
        assert_eq!(second.dump().unwrap(), dump);
        first.mine(1);
        second.mine(1);
        assert_eq!(first.latest().hash, second.latest().hash);
        assert_eq!(second.storage(store, U256::from(3), LATEST).unwrap(), B256::with_last_byte(4));
        assert_eq!(second.latest().header.timestamp, START + 9);
        let transaction = first.block(3u64).unwrap().transactions[1].hash;
        assert_eq!(format!("{:?}", second.receipt(transaction)), format!("{:?}", first.receipt(transaction)));
        assert_eq!(format!("{:?}", second.block(2u64)), format!("{:?}", first.block(2u64)));
    }

    #[test]
    fn equal_chains_give_equal_text() {
        assert_eq!(busy().0.dump().unwrap(), busy().0.dump().unwrap());
    }

    #[test]
    fn only_the_latest_state_comes_along() {
        let (first, store) = busy();
        let mut second = Node::new(config());
        second.load(&first.dump().unwrap()).unwrap();
        let before = second.block_number() - 1;
        assert_eq!(second.storage(store, U256::from(1), before), Err(NodeError::StateNotAvailable(before)));
        second.set_balance(bob(), U256::from(1));
        second.mine(1);
        assert!(second.storage(store, U256::from(1), before + 1).is_ok());
    }

    #[test]
    fn files_that_do_not_fit_are_refused() {
        let (first, _) = busy();
        let dump = first.dump().unwrap();
        let mut other = Node::new(NodeConfig { chain_id: 1, ..config() });
        assert!(matches!(other.load(&dump), Err(NodeError::Dump(_))));
        assert!(matches!(node().load("{}"), Err(NodeError::Dump(_))));
        assert!(matches!(node().load(&dump.replacen("\"format\":1", "\"format\":9", 1)), Err(NodeError::Dump(_))));
    }
}

#[test]
fn programs_expire_after_a_year() {
    let mut node = node();
    let echo = echo(&mut node);
    node.warp(364 * 86_400);
    assert!(node.call(&to(echo, [])).is_ok());
    node.warp(2 * 86_400);
    let error = node.call(&to(echo, [])).unwrap_err();
    assert!(error.to_string().starts_with("error ProgramExpired("), "{error}");
    node.activate(echo).unwrap();
    assert!(node.call(&to(echo, [])).is_ok());
}
