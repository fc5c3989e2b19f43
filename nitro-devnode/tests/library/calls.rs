//! Calls, estimates, access lists.

use alloy::eips::BlockNumberOrTag;
use alloy::primitives::{Address, B256, Bytes, U256};
use alloy::rpc::types::state::{AccountOverride, StateOverride};
use alloy::rpc::types::{BlockId, BlockOverrides, TransactionRequest};
use alloy::sol;
use alloy::sol_types::SolCall;
use nitro_devnode::{CallOptions, Node, NodeConfig, NodeError};

use crate::world::{EVM_CELL, START, alice, bob, config, echo, echo_code, node, store, to, words};

sol! {
    interface ArbWasm {
        function activateProgram(address program) external payable returns (uint16 version, uint256 dataFee);
        function programTimeLeft(address program) external view returns (uint64);
    }
    interface NodeInterface {
        function gasEstimateComponents(address to, bool contractCreation, bytes data)
            external payable returns (uint64 gasEstimate, uint64 gasEstimateForL1, uint256 baseFee, uint256 l1);
    }
}

fn arb_wasm() -> Address {
    Address::with_last_byte(0x71)
}

fn overriding(address: Address, account: AccountOverride) -> CallOptions {
    CallOptions { state: Some(StateOverride::from_iter([(address, account)])), ..CallOptions::default() }
}

#[test]
fn a_program_answers() {
    let mut node = node();
    let echo = echo(&mut node);
    assert_eq!(node.call(&to(echo, b"hello")).unwrap().as_ref(), b"hello");
}

#[test]
fn the_past_can_be_asked_as_long_as_it_is_kept() {
    let mut node = Node::new(NodeConfig { history_blocks: 3, ..config() });
    let cell = node.deploy_code(&EVM_CELL).unwrap();
    for value in 1..=4u64 {
        node.send(to(cell, words(value, 0))).unwrap();
    }
    let latest = node.block_number();
    let at = |node: &Node, block: u64| {
        let output = node.call_with(&to(cell, []), &CallOptions::at(block))?.result?;
        Ok::<_, NodeError>(U256::from_be_slice(&output))
    };
    assert_eq!(at(&node, latest).unwrap(), U256::from(4));
    assert_eq!(at(&node, latest - 1).unwrap(), U256::from(3));
    assert_eq!(at(&node, latest - 3).unwrap(), U256::from(1));
    assert_eq!(at(&node, latest - 4).unwrap_err(), NodeError::StateNotAvailable(latest - 4));
    assert_eq!(at(&node, latest + 1).unwrap_err(), NodeError::BlockNotFound);
    assert_eq!(node.storage(cell, U256::ZERO, latest - 2).unwrap(), B256::with_last_byte(2));
    node.set_storage(cell, U256::ZERO, B256::with_last_byte(9));
    assert_eq!(at(&node, latest).unwrap(), U256::from(9));
    assert_eq!(at(&node, latest - 1).unwrap(), U256::from(3));
}

mod when_state_is_overridden {
    use super::*;

    #[test]
    fn code_that_is_not_deployed_can_be_activated_for_the_call() {
        let node = node();
        let program = Address::repeat_byte(0x42);
        let mut options = overriding(program, AccountOverride::default().with_code(echo_code()));
        let sender = Address::repeat_byte(0x43);
        options.state.as_mut().unwrap().insert(sender, AccountOverride::default().with_balance(U256::MAX));
        let input = ArbWasm::activateProgramCall { program }.abi_encode();
        let request = TransactionRequest { from: Some(sender), ..to(arb_wasm(), input) }
            .value(U256::from(10).pow(U256::from(18)));
        let output = node.call_with(&request, &options).unwrap().result.unwrap();
        let output = ArbWasm::activateProgramCall::abi_decode_returns(&output).unwrap();
        assert_eq!(output.version, 2);
        assert!(!output.dataFee.is_zero());
        assert!(node.code(program, BlockId::latest()).unwrap().is_empty(), "nothing stays");
    }

    #[test]
    fn slots_are_replaced_or_changed() {
        let mut node = node();
        let cell = node.deploy_code(&EVM_CELL).unwrap();
        node.send(to(cell, words(5, 0))).unwrap();
        let read = |options| U256::from_be_slice(&node.call_with(&to(cell, []), &options).unwrap().result.unwrap());
        let slots = || [(B256::ZERO, B256::with_last_byte(7))].into_iter().collect();
        let changed = AccountOverride { state_diff: Some(slots()), ..AccountOverride::default() };
        assert_eq!(read(overriding(cell, changed)), U256::from(7));
        let emptied = AccountOverride { state: Some(Default::default()), ..AccountOverride::default() };
        assert_eq!(read(overriding(cell, emptied)), U256::ZERO);
        assert_eq!(read(CallOptions::default()), U256::from(5));
        let both = AccountOverride { state: Some(slots()), state_diff: Some(slots()), ..AccountOverride::default() };
        let error = node.call_with(&to(cell, []), &overriding(cell, both)).unwrap_err();
        assert!(matches!(error, NodeError::InvalidOverride(_)));
    }

    #[test]
    fn the_storage_of_arbos_is_out_of_reach() {
        let arbos = "0xa4b05fffffffffffffffffffffffffffffffffff".parse().unwrap();
        let options = overriding(arbos, AccountOverride::default().with_balance(U256::from(1)));
        assert!(matches!(node().call_with(&to(bob(), []), &options).unwrap_err(), NodeError::InvalidOverride(_)));
    }

    #[test]
    fn the_block_can_be_another_one() {
        let mut node = node();
        // TIMESTAMP, returned.
        let clock = node.deploy_code(&[0x42, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]).unwrap();
        let time = |options: &CallOptions| {
            U256::from_be_slice(&node.call_with(&to(clock, []), options).unwrap().result.unwrap()).to::<u64>()
        };
        assert_eq!(time(&CallOptions::default()), START);
        let fields = BlockOverrides { time: Some(77), ..BlockOverrides::default() };
        assert_eq!(time(&CallOptions { block_fields: Some(fields), ..CallOptions::default() }), 77);
    }
}

#[test]
fn pending_calls_see_the_time_of_the_next_block() {
    let mut node = node();
    let echo = echo(&mut node);
    let left = |node: &Node, block: BlockNumberOrTag| {
        let input = ArbWasm::programTimeLeftCall { program: echo }.abi_encode();
        let output = node.call_with(&to(arb_wasm(), input), &CallOptions::at(block)).unwrap().result.unwrap();
        ArbWasm::programTimeLeftCall::abi_decode_returns(&output).unwrap()
    };
    let before = left(&node, BlockNumberOrTag::Latest);
    node.increase_time(1_000);
    assert_eq!(left(&node, BlockNumberOrTag::Latest), before);
    assert_eq!(left(&node, BlockNumberOrTag::Pending), before - 1_000);
}

#[test]
fn an_estimate_is_enough_and_not_much_more() {
    let mut node = node();
    let store = store(&mut node);
    let request = to(store, words(1, 2));
    let estimate = node.estimate(&request, &CallOptions::default()).unwrap();
    let receipt = node.transact(TransactionRequest { gas: Some(estimate), ..request }).unwrap();
    assert!(receipt.gas_used <= estimate && estimate < receipt.gas_used * 11 / 10);
}

#[test]
fn an_access_list_names_what_a_call_touches() {
    let mut node = node();
    let store = store(&mut node);
    let result = node.create_access_list(&to(store, words(3, 4)), &CallOptions::default()).unwrap();
    assert_eq!(result.error, None);
    assert_eq!(result.access_list.0.len(), 1);
    assert_eq!(result.access_list.0[0].address, store);
    assert_eq!(result.access_list.0[0].storage_keys, [B256::with_last_byte(3)]);
    let request = TransactionRequest { access_list: Some(result.access_list), ..to(store, words(3, 4)) };
    assert_eq!(node.transact(request).unwrap().gas_used, result.gas_used);
}

#[test]
fn node_interface_answers_calls() {
    let node = node();
    let input = NodeInterface::gasEstimateComponentsCall { to: bob(), contractCreation: false, data: Bytes::new() };
    let output = node.call(&to(Address::with_last_byte(0xc8), input.abi_encode())).unwrap();
    let output = NodeInterface::gasEstimateComponentsCall::abi_decode_returns(&output).unwrap();
    assert_eq!((output.gasEstimate, output.gasEstimateForL1), (21_000, 0));
    assert_eq!(output.baseFee, U256::from(100_000_000));
    let unknown = node.call(&to(Address::with_last_byte(0xc8), [1, 2, 3, 4])).unwrap_err();
    assert_eq!(unknown.code(), 3);
}

#[test]
fn contradictory_prices_are_refused() {
    let request = TransactionRequest { gas_price: Some(1), max_fee_per_gas: Some(1), ..to(bob(), []) };
    let error = node().call(&request).unwrap_err();
    assert_eq!(error.code(), -32_602);
}

#[test]
fn a_call_with_a_price_needs_the_funds() {
    let node = node();
    let request =
        TransactionRequest { from: Some(Address::repeat_byte(9)), gas_price: Some(200_000_000), ..to(bob(), []) };
    let error = node.call(&request).unwrap_err().to_string();
    assert!(error.starts_with("err: insufficient funds for gas * price + value: address 0x0909"), "{error}");
    assert!(error.ends_with("(supplied gas 50000000)"), "{error}");
    assert!(node.call(&TransactionRequest { from: Some(alice()), ..request }).is_ok());
}
