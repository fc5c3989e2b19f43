//! Programs and EVM contracts together.

use alloy::primitives::{Address, U256};
use alloy::rpc::types::TransactionRequest;
use alloy::sol;
use alloy::sol_types::SolCall;
use nitro_devnode::chain::accounts::DEV_ACCOUNT;
use nitro_devnode::{ArbosVersion, Node, NodeConfig, NodeError};

use crate::world::{EVM_FORWARD, EVM_SELF_COUNT, config, echo, echo_code, forward, node, to, words};

sol! {
    interface ArbOwner {
        function scheduleArbOSUpgrade(uint64 version, uint64 timestamp) external;
    }
}

fn evm_hop(target: Address, data: &[u8]) -> Vec<u8> {
    [target.into_word().as_slice(), data].concat()
}

fn wasm_hop(target: Address, data: &[u8]) -> Vec<u8> {
    [target.as_slice(), data].concat()
}

#[test]
fn calls_nest_in_any_way() {
    let mut node = node();
    let (echo, forward) = (echo(&mut node), forward(&mut node));
    let evm = node.deploy_code(&EVM_FORWARD).unwrap();
    let inner = wasm_hop(evm, &evm_hop(echo, b"deep"));
    let outer = evm_hop(forward, &inner);
    assert_eq!(node.call(&to(evm, outer)).unwrap().as_ref(), b"deep");
}

#[test]
fn frames_nest_down_to_the_limit_of_the_chain() {
    let mut node = node();
    let (echo, forward) = (echo(&mut node), forward(&mut node));
    let deep = |hops: usize| (0..hops).fold(wasm_hop(echo, b"bottom"), |data, _| wasm_hop(forward, &data));
    // Each hop keeps a 64th of the gas and pays for entering a program, so that few levels use up a call.
    let output = node.call(&to(forward, deep(40))).unwrap();
    assert_eq!(output.as_ref(), b"bottom");
}

#[test]
fn evm_frames_nest_1024_deep() {
    let mut node = Node::new(NodeConfig { call_gas_cap: 1 << 48, ..config() });
    let counter = node.deploy_code(&EVM_SELF_COUNT).unwrap();
    let request = TransactionRequest { gas: Some(1 << 48), ..to(counter, []) };
    assert_eq!(U256::from_be_slice(&node.call(&request).unwrap()), U256::from(1_025));
}

#[test]
fn a_program_has_to_be_activated() {
    let mut node = node();
    let program = node.deploy_code(&echo_code()).unwrap();
    let error = node.call(&to(program, [])).unwrap_err();
    assert_eq!(error, NodeError::Halted { message: "error ProgramNotActivated()".to_owned() });
    node.activate(program).unwrap();
    node.call(&to(program, [])).unwrap();
    let again = node.activate(program).unwrap_err();
    assert_eq!(again.to_string(), "execution reverted: error ProgramUpToDate()");
}

#[test]
fn a_cached_program_is_cheaper_to_enter() {
    let mut node = node();
    let echo = echo(&mut node);
    let gas = |node: &mut Node| node.transact(to(echo, [1])).unwrap().gas_used;
    let before = gas(&mut node);
    node.cache(echo).unwrap();
    let after = gas(&mut node);
    assert!(before - after > 8_000, "{before} {after}");
}

#[test]
fn code_of_any_kind_can_be_deployed_but_not_code_of_the_reserved_kind() {
    let mut node = node();
    assert!(matches!(node.deploy_code(&[0xef, 0xf0, 0x05, 0x00]), Err(NodeError::Halted { .. })));
    assert!(matches!(node.deploy_code(&[0xef, 0x00]), Err(NodeError::Halted { .. })));
    let error = node.deploy_code(&vec![0; 24_577]).unwrap_err();
    assert_eq!(error.to_string(), "max code size exceeded");
    let mut roomy = Node::new(NodeConfig { max_code_size: 100_000, ..config() });
    roomy.deploy_code(&vec![0; 24_577]).unwrap();
}

#[test]
fn a_scheduled_upgrade_makes_programs_wait_for_activation() {
    let mut node = Node::new(NodeConfig { arbos: ArbosVersion(51), ..config() });
    let echo = echo(&mut node);
    let due = node.now() + 100;
    let input = ArbOwner::scheduleArbOSUpgradeCall { version: 59, timestamp: due }.abi_encode();
    let request = TransactionRequest { from: Some(DEV_ACCOUNT), ..to(Address::with_last_byte(0x70), input) };
    node.transact(request.gas_limit(100_000)).unwrap();
    assert_eq!(node.arbos(), ArbosVersion(51));
    node.warp(100);
    assert_eq!(node.arbos(), ArbosVersion(59));
    assert_eq!(node.call(&to(echo, [])).unwrap_err().to_string(), "error ProgramNeedsUpgrade(2, 3)");
    node.activate(echo).unwrap();
    assert_eq!(node.call(&to(echo, [7])).unwrap().as_ref(), [7]);
}

#[test]
fn a_failed_frame_leaves_no_trace_in_the_state() {
    let mut node = node();
    let store = crate::world::store(&mut node);
    let evm = node.deploy_code(&EVM_FORWARD).unwrap();
    // Enough to write, not enough to get to the end.
    let request = TransactionRequest { gas: Some(52_000), ..to(evm, evm_hop(store, &words(1, 2))) };
    let hash = node.send(request).unwrap();
    assert!(!node.receipt(hash).unwrap().success);
    assert!(node.receipt(hash).unwrap().logs.is_empty());
    let slot = node.storage(store, U256::from(1), alloy::rpc::types::BlockId::latest()).unwrap();
    assert!(slot.is_zero());
}
