//! The life of a program: activation, expiry, keepalive, upgrades of the chain.

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::rpc::types::{BlockId, TransactionRequest};
use alloy::sol;
use alloy::sol_types::{SolCall, SolInterface};
use nitro_devnode::chain::accounts::DEV_ACCOUNT;
use nitro_devnode::{ArbosVersion, Node, NodeConfig, NodeError, Receipt};

use crate::world::{config, echo, echo_code, node, to};

const DAY: u64 = 86_400;

sol! {
    #[derive(Debug, PartialEq, Eq)]
    interface ArbWasm {
        error ProgramNotActivated();
        error ProgramNeedsUpgrade(uint16 version, uint16 stylusVersion);
        error ProgramExpired(uint64 ageInSeconds);
        error ProgramKeepaliveTooSoon(uint64 ageInSeconds);
        error ProgramInsufficientValue(uint256 have, uint256 want);

        function codehashKeepalive(bytes32 codehash) external payable;
        function codehashVersion(bytes32 codehash) external view returns (uint16);
        function codehashAsmSize(bytes32 codehash) external view returns (uint32);
        function programTimeLeft(address program) external view returns (uint64);
    }
    interface ArbWasmCache {
        function codehashIsCached(bytes32 codehash) external view returns (bool);
    }
    interface ArbOwner {
        function scheduleArbOSUpgrade(uint64 version, uint64 timestamp) external;
        function setWasmExpiryDays(uint16 expiryDays) external;
        function setWasmKeepaliveDays(uint16 keepaliveDays) external;
    }
}

use ArbWasm::ArbWasmErrors as Error;

const ARB_WASM: Address = Address::with_last_byte(0x71);
const ARB_WASM_CACHE: Address = Address::with_last_byte(0x72);
const ARB_OWNER: Address = Address::with_last_byte(0x70);

fn starting_with(version: u64) -> Node {
    Node::new(NodeConfig { arbos: ArbosVersion(version), ..config() })
}

fn owner_acts(node: &mut Node, call: impl SolCall) {
    let request = TransactionRequest { from: Some(DEV_ACCOUNT), ..to(ARB_OWNER, call.abi_encode()) };
    node.transact(request.gas_limit(200_000)).expect("owners may");
}

/// Lets an upgrade come after a day.
fn upgrade(node: &mut Node, version: u64) {
    let due = node.now() + DAY;
    owner_acts(node, ArbOwner::scheduleArbOSUpgradeCall { version, timestamp: due });
    node.warp(DAY - 1);
    assert_ne!(node.arbos(), ArbosVersion(version), "not yet");
    node.warp(1);
}

fn view<C: SolCall>(node: &Node, address: Address, call: C) -> C::Return {
    C::abi_decode_returns(&node.call(&to(address, call.abi_encode())).expect("views work")).expect("the output fits")
}

fn code_hash(node: &Node, program: Address) -> B256 {
    keccak256(node.code(program, BlockId::latest()).expect("the state is there"))
}

fn keep_alive(node: &mut Node, program: Address, value: u128) -> Result<Receipt, NodeError> {
    let codehash = code_hash(node, program);
    let request = to(ARB_WASM, ArbWasm::codehashKeepaliveCall { codehash }.abi_encode());
    let request = TransactionRequest { value: Some(U256::from(value)), gas: Some(1_000_000), ..request };
    node.transact(request).cloned()
}

fn error_of<T: std::fmt::Debug>(result: Result<T, NodeError>) -> Error {
    match result {
        Err(NodeError::Reverted { output, .. }) => Error::abi_decode(&output).expect("a known error"),
        other => panic!("it should have reverted: {other:?}"),
    }
}

mod keepalive {
    use super::*;

    #[test]
    fn is_refused_in_the_first_month() {
        let mut node = node();
        let echo = echo(&mut node);
        node.warp(31 * DAY - 3_600);
        let Error::ProgramKeepaliveTooSoon(error) = error_of(keep_alive(&mut node, echo, 10u128.pow(18))) else {
            panic!("another error")
        };
        // Activation is noted by the hour.
        assert!((31 * DAY - 3_600..31 * DAY).contains(&error.ageInSeconds), "{error:?}");
    }

    #[test]
    fn lets_a_program_live_for_another_year() {
        let mut node = node();
        let echo = echo(&mut node);
        node.warp(364 * DAY);
        keep_alive(&mut node, echo, 10u128.pow(18)).unwrap();
        let left = view(&node, ARB_WASM, ArbWasm::programTimeLeftCall { program: echo });
        assert!((365 * DAY - 3_600..=365 * DAY).contains(&left), "{left}");
        node.warp(364 * DAY);
        assert!(node.call(&to(echo, [])).is_ok());
        node.warp(2 * DAY);
        assert!(node.call(&to(echo, [])).is_err());
    }

    #[test]
    fn costs_the_data_fee_and_what_was_measured_of_gas() {
        let mut node = node();
        let echo = echo(&mut node);
        node.warp(32 * DAY);
        let Error::ProgramInsufficientValue(error) = error_of(keep_alive(&mut node, echo, 1)) else {
            panic!("another error")
        };
        assert_eq!(error.have, U256::from(1));
        let before = node.balance(crate::world::alice(), BlockId::latest()).unwrap();
        let receipt = keep_alive(&mut node, echo, 10u128.pow(18)).unwrap();
        let after = node.balance(crate::world::alice(), BlockId::latest()).unwrap();
        assert_eq!(before - after, error.want + receipt.fee_wei(), "the rest came back");
        let input = ArbWasm::codehashKeepaliveCall { codehash: code_hash(&node, echo) }.abi_encode();
        let zeros = input.iter().filter(|byte| **byte == 0).count() as u64;
        let intrinsic = 21_000 + 4 * zeros + 16 * (input.len() as u64 - zeros);
        assert_eq!(receipt.gas_used - intrinsic, 67_884);
    }

    #[test]
    fn comes_too_late_after_expiry() {
        let mut node = node();
        let echo = echo(&mut node);
        node.warp(366 * DAY);
        assert!(matches!(error_of(keep_alive(&mut node, echo, 10u128.pow(18))), Error::ProgramExpired(_)));
    }

    #[test]
    fn is_no_use_to_a_program_of_an_older_version() {
        let mut node = starting_with(51);
        let echo = echo(&mut node);
        node.warp(40 * DAY);
        upgrade(&mut node, 59);
        let expected = ArbWasm::ProgramNeedsUpgrade { version: 2, stylusVersion: 3 };
        let error = error_of(keep_alive(&mut node, echo, 10u128.pow(18)));
        assert_eq!(error, Error::ProgramNeedsUpgrade(expected));
    }

    #[test]
    fn follows_the_days_that_the_owner_sets() {
        let mut node = node();
        let echo = echo(&mut node);
        owner_acts(&mut node, ArbOwner::setWasmKeepaliveDaysCall { keepaliveDays: 1 });
        owner_acts(&mut node, ArbOwner::setWasmExpiryDaysCall { expiryDays: 3 });
        node.warp(2 * DAY);
        keep_alive(&mut node, echo, 10u128.pow(18)).unwrap();
        node.warp(2 * DAY);
        assert!(node.call(&to(echo, [])).is_ok());
        node.warp(2 * DAY);
        assert!(node.call(&to(echo, [])).unwrap_err().to_string().starts_with("error ProgramExpired("));
    }
}

mod after_an_upgrade {
    use super::*;

    #[test]
    fn a_transaction_to_a_program_burns_all_its_gas_until_the_program_is_activated_again() {
        let mut node = starting_with(51);
        let echo = echo(&mut node);
        upgrade(&mut node, 59);
        let request = TransactionRequest { gas: Some(1_000_000), ..to(echo, [1]) };
        let hash = node.send(request.clone()).unwrap();
        let receipt = node.receipt(hash).unwrap();
        assert_eq!((receipt.success, receipt.gas_used), (false, 1_000_000));
        assert_eq!(receipt.error().unwrap().to_string(), "error ProgramNeedsUpgrade(2, 3)");
        node.activate(echo).unwrap();
        assert_eq!(view(&node, ARB_WASM, ArbWasm::codehashVersionCall { codehash: code_hash(&node, echo) }), 3);
        assert!(node.transact(request).unwrap().gas_used < 40_000);
    }

    #[test]
    fn a_program_stays_cached() {
        let mut node = starting_with(51);
        let echo = echo(&mut node);
        node.cache(echo).unwrap();
        upgrade(&mut node, 60);
        node.activate(echo).unwrap();
        let codehash = code_hash(&node, echo);
        assert!(view(&node, ARB_WASM_CACHE, ArbWasmCache::codehashIsCachedCall { codehash }));
    }

    #[test]
    fn within_one_stylus_version_programs_go_on_working() {
        for (from, to_version) in [(32, 40), (40, 50), (50, 51), (32, 51), (59, 60)] {
            let mut node = starting_with(from);
            let echo = echo(&mut node);
            upgrade(&mut node, to_version);
            assert_eq!(node.arbos(), ArbosVersion(to_version));
            assert_eq!(node.call(&to(echo, [7])).unwrap().as_ref(), [7], "{from} to {to_version}");
        }
    }

    #[test]
    fn the_chain_has_what_the_version_brings() {
        let mut node = starting_with(40);
        let counts_leading_zeros = node.deploy_code(&[0x60, 0x01, 0x1e, 0x5f, 0x52, 0x60, 0x20, 0x5f, 0xf3]).unwrap();
        assert!(node.call(&to(counts_leading_zeros, [])).is_err(), "CLZ came with ArbOS 50");
        upgrade(&mut node, 50);
        let output = node.call(&to(counts_leading_zeros, [])).unwrap();
        assert_eq!(U256::from_be_slice(&output), U256::from(255));
    }

    #[test]
    fn traces_of_the_block_that_brought_it_see_the_new_version() {
        let mut node = starting_with(51);
        let echo = echo(&mut node);
        let due = node.now() + DAY;
        owner_acts(&mut node, ArbOwner::scheduleArbOSUpgradeCall { version: 60, timestamp: due });
        node.increase_time(DAY);
        let hash = node.send(TransactionRequest { gas: Some(100_000), ..to(echo, [1]) }).unwrap();
        let trace = node.trace_transaction(hash).unwrap();
        assert_eq!(trace.error.as_deref(), Some("error ProgramNeedsUpgrade(2, 3)"));
    }
}

#[test]
fn an_upgrade_to_a_version_nobody_knows_never_comes() {
    let mut node = starting_with(51);
    let due = node.now() + 10;
    owner_acts(&mut node, ArbOwner::scheduleArbOSUpgradeCall { version: 61, timestamp: due });
    node.warp(100);
    assert_eq!(node.arbos(), ArbosVersion(51));
}

#[test]
fn an_upgrade_to_an_older_version_never_comes() {
    let mut node = starting_with(51);
    let due = node.now();
    owner_acts(&mut node, ArbOwner::scheduleArbOSUpgradeCall { version: 40, timestamp: due });
    node.warp(100);
    assert_eq!(node.arbos(), ArbosVersion(51));
}

#[test]
fn expiry_can_be_undone_by_a_snapshot() {
    let mut node = node();
    let echo = echo(&mut node);
    let snapshot = node.snapshot();
    node.warp(400 * DAY);
    assert!(node.call(&to(echo, [])).is_err());
    assert!(node.revert(snapshot));
    assert!(node.call(&to(echo, [])).is_ok());
}

#[test]
fn one_activation_is_for_every_contract_with_the_code() {
    let mut node = node();
    let first = echo(&mut node);
    let second = node.deploy_code(&echo_code()).unwrap();
    assert_ne!(first, second);
    assert!(node.call(&to(second, [])).is_ok());
    node.warp(366 * DAY);
    node.activate(second).unwrap();
    assert!(node.call(&to(first, [])).is_ok());
}

#[test]
fn the_data_fee_rises_with_activations_and_falls_with_time() {
    let mut node = node();
    let first = node.deploy_code(&echo_code()).unwrap();
    let fee = node.activate(first).unwrap();
    let other = node.deploy_code(&crate::world::program("(module (memory (export \"memory\") 1 1) (func (export \"user_entrypoint\") (param i32) (result i32) i32.const 0))")).unwrap();
    let snapshot = node.snapshot();
    let at_once = node.activate(other).unwrap();
    assert!(node.revert(snapshot));
    node.warp(3_600);
    let later = node.activate(other).unwrap();
    assert!(at_once > later, "{fee} {at_once} {later}");
}
