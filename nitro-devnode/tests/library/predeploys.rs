//! The contracts a chain starts with.

use alloy::primitives::{Address, B256, Bytes, U256, keccak256};
use alloy::rpc::types::BlockId;
use alloy::sol;
use alloy::sol_types::{SolCall, SolError, SolEvent};
use nitro_devnode::chain::predeploys::{CREATE2_FACTORY, MULTICALL3, STYLUS_DEPLOYER};
use nitro_devnode::wasm::code::init_code;
use nitro_devnode::{Node, NodeConfig, NodeError};

use crate::world::{EVM_CELL, EVM_REVERT, alice, bob, config, echo, echo_code, node, program, to, words};

sol! {
    #[derive(Debug, PartialEq, Eq)]
    interface Multicall3 {
        struct Call { address target; bytes callData; }
        struct Call3 { address target; bool allowFailure; bytes callData; }
        struct Call3Value { address target; bool allowFailure; uint256 value; bytes callData; }
        struct Result { bool success; bytes returnData; }

        function aggregate(Call[] calls) external payable returns (uint256 blockNumber, bytes[] returnData);
        function aggregate3(Call3[] calls) external payable returns (Result[] returnData);
        function aggregate3Value(Call3Value[] calls) external payable returns (Result[] returnData);
        function blockAndAggregate(Call[] calls) external payable
            returns (uint256 blockNumber, bytes32 blockHash, Result[] returnData);
        function tryAggregate(bool requireSuccess, Call[] calls) external payable returns (Result[] returnData);
        function getChainId() external view returns (uint256);
        function getEthBalance(address account) external view returns (uint256);
        function getCurrentBlockTimestamp() external view returns (uint256);
    }
    interface StylusDeployer {
        event ContractDeployed(address deployedContract);
        error ContractInitializationError(address newContract);
        error EmptyBytecode();
        function deploy(bytes bytecode, bytes initData, uint256 initValue, bytes32 salt) external payable returns (address);
    }
}

use Multicall3::{Call, Call3, Call3Value, Result as Outcome};

fn multicall<C: SolCall>(node: &Node, call: C) -> Result<C::Return, NodeError> {
    let output = node.call(&to(MULTICALL3, call.abi_encode()))?;
    Ok(C::abi_decode_returns(&output).expect("the output is well-formed"))
}

mod multicall3 {
    use super::*;

    #[test]
    fn it_makes_several_calls() {
        let mut node = node();
        let echo = echo(&mut node);
        let inputs: [&[u8]; 4] = [b"", b"short", &[7; 32], &[9; 77]];
        let calls = inputs.iter().map(|input| Call { target: echo, callData: Bytes::copy_from_slice(input) }).collect();
        let output = multicall(&node, Multicall3::aggregateCall { calls }).unwrap();
        assert_eq!(output.blockNumber, U256::ZERO, "the block number contracts see is that of L1");
        assert_eq!(output.returnData, inputs.map(Bytes::copy_from_slice));
    }

    #[test]
    fn its_output_is_encoded_to_the_last_byte() {
        let mut node = node();
        let echo = echo(&mut node);
        let call = |data: &'static [u8]| Call3 { target: echo, allowFailure: false, callData: data.into() };
        let calls = vec![call(&[0xff; 40]), call(b"a")];
        let output = node.call(&to(MULTICALL3, Multicall3::aggregate3Call { calls }.abi_encode())).unwrap();
        let results = vec![
            Outcome { success: true, returnData: Bytes::from_static(&[0xff; 40]) },
            Outcome { success: true, returnData: Bytes::from_static(b"a") },
        ];
        assert_eq!(output, Multicall3::aggregate3Call::abi_encode_returns(&results));
    }

    #[test]
    fn it_fails_with_a_call_that_may_not_fail() {
        let mut node = node();
        let reverting = node.deploy_code(&EVM_REVERT).unwrap();
        let call = |allow| Call3 { target: reverting, allowFailure: allow, callData: Bytes::from_static(&[1, 2, 3]) };
        let allowed = multicall(&node, Multicall3::aggregate3Call { calls: vec![call(true)] }).unwrap();
        assert_eq!(allowed, [Outcome { success: false, returnData: Bytes::from_static(&[1, 2, 3]) }]);
        let error = multicall(&node, Multicall3::aggregate3Call { calls: vec![call(true), call(false)] }).unwrap_err();
        assert_eq!(error.to_string(), "execution reverted: Multicall3: call failed");
        let plain = || vec![Call { target: reverting, callData: Bytes::new() }];
        assert!(multicall(&node, Multicall3::tryAggregateCall { requireSuccess: true, calls: plain() }).is_err());
        let tried = multicall(&node, Multicall3::tryAggregateCall { requireSuccess: false, calls: plain() }).unwrap();
        assert!(!tried[0].success);
        assert!(multicall(&node, Multicall3::blockAndAggregateCall { calls: plain() }).is_err());
    }

    #[test]
    fn it_passes_value_on_and_accounts_for_it() {
        let mut node = node();
        let pay = |value: u64| Call3Value {
            target: bob(),
            allowFailure: false,
            value: U256::from(value),
            callData: Bytes::new(),
        };
        let input = Multicall3::aggregate3ValueCall { calls: vec![pay(3), pay(4)] }.abi_encode();
        let before = node.balance(bob(), BlockId::latest()).unwrap();
        node.transact(to(MULTICALL3, &input).value(U256::from(7))).unwrap();
        assert_eq!(node.balance(bob(), BlockId::latest()).unwrap() - before, U256::from(7));
        let error = node.call(&to(MULTICALL3, &input).value(U256::from(8))).unwrap_err();
        assert_eq!(error.to_string(), "execution reverted: Multicall3: value mismatch");
    }

    #[test]
    fn it_tells_about_the_chain() {
        let node = node();
        assert_eq!(multicall(&node, Multicall3::getChainIdCall {}).unwrap(), U256::from(412_346));
        let balance = multicall(&node, Multicall3::getEthBalanceCall { account: alice() }).unwrap();
        assert_eq!(balance, node.balance(alice(), BlockId::latest()).unwrap());
        let time = multicall(&node, Multicall3::getCurrentBlockTimestampCall {}).unwrap();
        assert_eq!(time, U256::from(node.latest().header.timestamp));
        assert_eq!(node.call(&to(MULTICALL3, [1, 2, 3, 4])).unwrap_err().code(), 3);
    }

    #[test]
    fn it_makes_no_calls_when_asked_for_none() {
        let output = multicall(&node(), Multicall3::aggregate3Call { calls: vec![] }).unwrap();
        assert!(output.is_empty());
        let block = multicall(&node(), Multicall3::blockAndAggregateCall { calls: vec![] }).unwrap();
        assert_eq!((block.blockNumber, block.blockHash, block.returnData), (U256::ZERO, B256::ZERO, vec![]));
    }
}

mod stylus_deployer {
    use super::*;

    /// A program whose every call stores its value under slot 0, and that refuses calldata of one byte.
    const PAYABLE: &str = r#"(module
        (import "vm_hooks" "msg_value" (func $value (param i32)))
        (import "vm_hooks" "storage_cache_bytes32" (func $set (param i32 i32)))
        (import "vm_hooks" "storage_flush_cache" (func $flush (param i32)))
        (memory (export "memory") 1 1)
        (func (export "user_entrypoint") (param $len i32) (result i32)
            (call $value (i32.const 32))
            (call $set (i32.const 0) (i32.const 32))
            (call $flush (i32.const 0))
            (i32.eq (local.get $len) (i32.const 1))))"#;

    fn deployment(code: &[u8], init: &[u8], value: u64, salt: B256) -> Vec<u8> {
        StylusDeployer::deployCall {
            bytecode: init_code(code).into(),
            initData: Bytes::copy_from_slice(init),
            initValue: U256::from(value),
            salt,
        }
        .abi_encode()
    }

    fn deploy(node: &mut Node, data: Vec<u8>) -> Result<Address, NodeError> {
        let request = to(STYLUS_DEPLOYER, data).value(U256::from(10).pow(U256::from(16))).gas_limit(10_000_000);
        let receipt = node.transact(request)?;
        let log = receipt.logs.iter().find(|log| log.address() == STYLUS_DEPLOYER).expect("it emits");
        let event = StylusDeployer::ContractDeployed::decode_log(&log.inner).expect("the event is well-formed");
        let returned = StylusDeployer::deployCall::abi_decode_returns(&receipt.output).expect("an address");
        assert_eq!(event.deployedContract, returned);
        Ok(returned)
    }

    #[test]
    fn it_deploys_activates_initialises_and_returns_the_rest() {
        let mut node = node();
        let before = node.balance(alice(), BlockId::latest()).unwrap();
        let contract = deploy(&mut node, deployment(&program(PAYABLE), b"init", 5, B256::ZERO)).unwrap();
        assert_eq!(node.storage(contract, U256::ZERO, BlockId::latest()).unwrap(), B256::with_last_byte(5));
        assert_eq!(node.balance(contract, BlockId::latest()).unwrap(), U256::from(5));
        assert_eq!(node.balance(STYLUS_DEPLOYER, BlockId::latest()).unwrap(), U256::ZERO);
        let fee = node.latest().receipts[1].fee_wei();
        let spent = before - node.balance(alice(), BlockId::latest()).unwrap() - fee;
        assert!(
            spent > U256::from(5) && spent < U256::from(10).pow(U256::from(15)),
            "the data fee and the value: {spent}"
        );
    }

    #[test]
    fn it_does_not_activate_twice() {
        let mut node = node();
        let first = deploy(&mut node, deployment(&echo_code(), b"", 0, B256::ZERO)).unwrap();
        let gas = node.latest().header.gas_used;
        let second = deploy(&mut node, deployment(&echo_code(), b"", 0, B256::ZERO)).unwrap();
        assert_ne!(first, second);
        assert!(node.latest().header.gas_used + 1_000_000 < gas);
        assert_eq!(node.call(&to(second, [5])).unwrap().as_ref(), [5]);
    }

    #[test]
    fn a_salt_fixes_the_address_together_with_the_constructor_call() {
        let mut node = node();
        let salt = B256::with_last_byte(1);
        let contract = deploy(&mut node, deployment(&program(PAYABLE), b"init", 0, salt)).unwrap();
        let full = keccak256([salt.as_slice(), b"init"].concat());
        let expected = STYLUS_DEPLOYER.create2_from_code(full, init_code(&program(PAYABLE)));
        assert_eq!(contract, expected);
        assert!(deploy(&mut node, deployment(&program(PAYABLE), b"init", 0, salt)).is_err());
    }

    #[test]
    fn it_passes_on_what_goes_wrong() {
        let mut node = node();
        let Err(NodeError::Reverted { output, .. }) =
            deploy(&mut node, deployment(&program(PAYABLE), &[1], 0, B256::ZERO))
        else {
            panic!("the constructor refuses");
        };
        assert!(StylusDeployer::ContractInitializationError::abi_decode(&output).is_ok());
        let empty = StylusDeployer::deployCall {
            bytecode: Bytes::new(),
            initData: Bytes::new(),
            initValue: U256::ZERO,
            salt: B256::ZERO,
        };
        let Err(NodeError::Reverted { output, .. }) = deploy(&mut node, empty.abi_encode()) else {
            panic!("there is nothing to deploy");
        };
        assert_eq!(output.as_ref(), StylusDeployer::EmptyBytecode::SELECTOR);
    }
}

#[test]
fn the_create2_factory_deploys() {
    let mut node = node();
    let salt = B256::with_last_byte(3);
    let init = init_code(&EVM_CELL);
    let address = CREATE2_FACTORY.create2_from_code(salt, &init);
    let receipt = node.transact(to(CREATE2_FACTORY, [salt.as_slice(), &init].concat())).unwrap();
    assert_eq!(receipt.output.as_ref(), address.as_slice());
    assert_eq!(node.code(address, BlockId::latest()).unwrap().as_ref(), EVM_CELL);
    node.transact(to(address, words(6, 0))).unwrap();
}

#[test]
fn a_chain_can_do_without() {
    let node = Node::new(NodeConfig { predeploys: false, ..config() });
    for address in [CREATE2_FACTORY, MULTICALL3, STYLUS_DEPLOYER] {
        assert!(node.code(address, BlockId::latest()).unwrap().is_empty());
    }
}
