//! What each version of ArbOS switches on.

use alloy::primitives::{Address, Bytes, TxKind, U256};
use alloy::rpc::types::{BlockId, TransactionRequest};
use alloy::sol;
use alloy::sol_types::SolCall;
use nitro_devnode::chain::BLOCK_HASH_HISTORY;
use nitro_devnode::chain::predeploys::CACHE_MANAGER;
use nitro_devnode::wasm::code;
use nitro_devnode::{ArbosVersion, Mining, Node, NodeConfig, NodeError};

use crate::world::{alice, bob, config, deploy, echo, echo_code, program, to};

sol! {
    interface Views {
        function arbOSVersion() external view returns (uint256);
        function stylusVersion() external view returns (uint16);
        function activationGas() external view returns (uint64);
        function getMaxStylusContractFragments() external view returns (uint8);
        function getGasBacklog() external view returns (uint64);
        function maxStackDepth() external view returns (uint32);
    }
    interface CacheManager {
        function placeBid(address program) external payable;
        function getMinBid(address program) external view returns (uint192 min);
        function cacheSize() external view returns (uint64);
        function isPaused() external view returns (bool);
        function getEntries() external view returns (bytes32[] entries);
    }
}

fn at(version: u64) -> Node {
    Node::new(NodeConfig { arbos: ArbosVersion(version), ..config() })
}

fn ask<C: SolCall>(node: &Node, precompile: u8, call: C) -> Result<C::Return, NodeError> {
    let output = node.call(&to(Address::with_last_byte(precompile), call.abi_encode()))?;
    Ok(C::abi_decode_returns(&output).expect("the output fits"))
}

#[test]
fn every_supported_version_runs_programs() {
    for version in ArbosVersion::SUPPORTED {
        let mut node = at(version.0);
        let echo = echo(&mut node);
        assert_eq!(node.transact(to(echo, [1, 2])).unwrap().output.as_ref(), [1, 2]);
        assert_eq!(ask(&node, 0x64, Views::arbOSVersionCall {}).unwrap(), U256::from(version.0 + 55));
        assert_eq!(ask(&node, 0x71, Views::stylusVersionCall {}).unwrap(), if version.0 < 59 { 2 } else { 3 });
        let depth = if version.0 < 50 { 262_144 } else { 22_000 };
        assert_eq!(ask(&node, 0x71, Views::maxStackDepthCall {}).unwrap(), depth);
        assert_eq!(ask(&node, 0x71, Views::activationGasCall {}).is_ok(), version.0 >= 59);
        assert_eq!(ask(&node, 0x6b, Views::getMaxStylusContractFragmentsCall {}).is_ok(), version.0 >= 60);
    }
}

/// A function with two results.
const MULTI_VALUE: &str = r#"(module (memory (export "memory") 1 1)
    (func $two (result i32 i32) (i32.const 0) (i32.const 0))
    (func (export "user_entrypoint") (param i32) (result i32) (drop (call $two))))"#;

#[test]
fn several_results_are_refused_from_stylus_version_3_on() {
    for (version, accepted) in [(32, true), (51, true), (59, false), (60, false)] {
        let mut node = at(version);
        let address = node.deploy_code(&program(MULTI_VALUE)).unwrap();
        assert_eq!(node.activate(address).is_ok(), accepted, "ArbOS {version}");
    }
}

#[test]
fn memory_is_filled_with_the_low_byte() {
    let source = r#"(module
        (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
        (memory (export "memory") 1 1)
        (func (export "user_entrypoint") (param i32) (result i32)
            (memory.fill (i32.const 0) (i32.const 0x1ab) (i32.const 4))
            (call $write_result (i32.const 0) (i32.const 5))
            (i32.const 0)))"#;
    for version in [51, 59] {
        let mut node = at(version);
        let filler = deploy(&mut node, source);
        assert_eq!(node.call(&to(filler, [])).unwrap().as_ref(), [0xab, 0xab, 0xab, 0xab, 0], "ArbOS {version}");
    }
}

#[test]
fn the_page_limit_holds_at_run_time_from_59_on() {
    let source = r#"(module
        (import "vm_hooks" "pay_for_memory_grow" (func $pay (param i32)))
        (memory (export "memory") 1)
        (func (export "user_entrypoint") (param i32) (result i32)
            (i32.eq (memory.grow (i32.const 100)) (i32.const -1))))"#;
    for (version, fits) in [(51, true), (59, false)] {
        let mut node = at(version);
        let grower = deploy(&mut node, source);
        let owner = Address::with_last_byte(0x70);
        let input = alloy::primitives::hex!("6595381a0000000000000000000000000000000000000000000000000000000000000032");
        let from = Some(nitro_devnode::chain::accounts::DEV_ACCOUNT);
        node.transact(TransactionRequest { from, gas: Some(100_000), ..to(owner, input) }).unwrap();
        assert_eq!(node.call(&to(grower, [])).is_ok(), fits, "ArbOS {version}");
    }
}

#[test]
fn set_code_transactions_come_with_40() {
    let node = at(32);
    // Type 4, as far as a decoder has to read to know.
    let refused = Node::new(NodeConfig { arbos: ArbosVersion(32), ..config() }).send_raw(&[0x04, 0xc0]);
    assert!(refused.is_err());
    assert!(node.code(BLOCK_HASH_HISTORY, BlockId::latest()).unwrap().is_empty());
    assert!(!at(40).code(BLOCK_HASH_HISTORY, BlockId::latest()).unwrap().is_empty());
}

mod block_hashes {
    use super::*;

    fn ask(node: &Node, number: u64) -> Result<Bytes, NodeError> {
        node.call(&to(BLOCK_HASH_HISTORY, U256::from(number).to_be_bytes::<32>()))
    }

    #[test]
    fn are_told_by_the_number_of_the_l2_block() {
        let mut node = at(51);
        node.mine(3);
        for number in 0..3 {
            assert_eq!(ask(&node, number).unwrap().as_ref(), node.block(number).unwrap().hash.0, "block {number}");
        }
    }

    #[test]
    fn are_refused_for_the_present_block_and_later_ones() {
        let mut node = at(51);
        node.mine(3);
        assert!(ask(&node, 3).is_err());
        assert!(ask(&node, 4).is_err());
        assert!(node.call(&to(BLOCK_HASH_HISTORY, U256::MAX.to_be_bytes::<32>())).is_err());
        assert!(node.call(&to(BLOCK_HASH_HISTORY, [1])).is_err());
    }

    #[test]
    fn are_kept_from_the_upgrade_on() {
        let mut node = at(32);
        node.mine(2);
        let owner = nitro_devnode::chain::accounts::DEV_ACCOUNT;
        let input = alloy::primitives::hex!(
            "e388b381" "0000000000000000000000000000000000000000000000000000000000000028"
            "0000000000000000000000000000000000000000000000000000000000000000"
        );
        let request = TransactionRequest { from: Some(owner), ..to(Address::with_last_byte(0x70), input) };
        node.transact(request.gas_limit(100_000)).unwrap();
        node.mine(2);
        assert_eq!(node.arbos(), ArbosVersion(40));
        assert_eq!(ask(&node, 3).unwrap().as_ref(), node.block(3u64).unwrap().hash.0);
        assert_eq!(ask(&node, 1).unwrap().as_ref(), [0; 32], "nobody wrote it down");
    }
}

mod recent_programs {
    use super::*;

    /// Gas of transactions to a program that share a block.
    fn gas_in_one_block(version: u64, requests: impl FnOnce(Address) -> Vec<TransactionRequest>) -> Vec<u64> {
        let mut node = at(version);
        let echo = echo(&mut node);
        node.set_mining(Mining::Manual);
        let hashes: Vec<_> = requests(echo).into_iter().map(|request| node.send(request).unwrap()).collect();
        node.mine(1);
        hashes.iter().filter_map(|hash| node.receipt(*hash)).map(|receipt| receipt.gas_used).collect()
    }

    fn call_of(from: Address, echo: Address) -> TransactionRequest {
        TransactionRequest { from: Some(from), gas: Some(100_000), ..to(echo, [1]) }
    }

    #[test]
    fn are_dear_every_time_before_60() {
        let gas = gas_in_one_block(59, |echo| vec![call_of(alice(), echo), call_of(bob(), echo)]);
        assert_eq!(gas[0], gas[1]);
    }

    #[test]
    fn are_cheap_the_second_time_in_a_block_from_60_on() {
        let gas = gas_in_one_block(60, |echo| vec![call_of(alice(), echo), call_of(bob(), echo)]);
        assert!(gas[0] - gas[1] > 8_000, "{gas:?}");
    }

    #[test]
    fn are_dear_again_in_the_next_block() {
        let mut node = at(60);
        let echo = echo(&mut node);
        let first = node.transact(call_of(alice(), echo)).unwrap().gas_used;
        assert_eq!(node.transact(call_of(alice(), echo)).unwrap().gas_used, first);
    }

    #[test]
    fn are_not_forgotten_because_of_a_transaction_that_does_not_fit() {
        let mut node = at(60);
        let echo = echo(&mut node);
        node.set_mining(Mining::Manual);
        let poor = nitro_devnode::chain::accounts::WELL_KNOWN[2].0;
        let all = U256::from(10_000) * U256::from(10).pow(U256::from(18)) - U256::from(10u128.pow(15));
        let spend = TransactionRequest { value: Some(all), gas: Some(21_000), from: Some(poor), ..to(bob(), []) };
        let broke = TransactionRequest { nonce: Some(1), value: Some(all), ..call_of(poor, echo) };
        let sent =
            [call_of(alice(), echo), spend, broke, call_of(bob(), echo)].map(|request| node.send(request).unwrap());
        node.mine(1);
        assert!(node.receipt(sent[2]).is_none(), "it could not pay");
        let gas = |hash| node.receipt(hash).unwrap().gas_used;
        assert!(gas(sent[0]) - gas(sent[3]) > 8_000);
    }
}

mod fragments {
    use super::*;

    /// A program with so much data that compression does not help enough.
    fn large() -> Vec<u8> {
        let mut state = 1u64;
        let noise: String = (0..40_000)
            .map(|_| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                format!("\\{:02x}", state >> 56)
            })
            .collect();
        let source = format!(
            r#"(module
                (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
                (memory (export "memory") 1 1)
                (data (i32.const 0) "{noise}")
                (func (export "user_entrypoint") (param i32) (result i32)
                    (call $write_result (i32.const 39996) (i32.const 4))
                    (i32.const 0)))"#
        );
        wat::parse_str(source).expect("the source is valid")
    }

    #[test]
    fn make_one_program_from_60_on() {
        let wasm = large();
        let mut node = at(60);
        let address = node.deploy_program(&wasm).unwrap();
        let code = node.code(address, BlockId::latest()).unwrap();
        let root = code::Root::decode(&code).unwrap();
        assert_eq!((root.fragments.len(), root.wasm_len as usize), (2, wasm.len()));
        assert_eq!(node.call(&to(address, [])).unwrap().len(), 4);
        assert!(matches!(at(59).deploy_program(&wasm), Err(NodeError::Halted { .. })));
    }

    #[test]
    fn cost_their_reading_at_activation_and_nothing_later() {
        let wasm = wat::parse_str(include_str!("../programs/echo.wat")).unwrap();
        let whole = code::encode(&wasm);
        let mut node = at(60);
        let pieces = code::split(&whole, whole.len() / 2);
        let fragments: Vec<_> = pieces.iter().map(|piece| node.deploy_code(piece).unwrap()).collect();
        let root = node.deploy_code(&code::Root::new(wasm.len() as u32, fragments.clone()).encode()).unwrap();
        let classic = node.deploy_code(&whole).unwrap();
        let activation = |node: &mut Node, program: Address| {
            node.activate(program).unwrap();
            node.latest().receipts[1].gas_used
        };
        let (in_pieces, in_one) = (activation(&mut node, root), activation(&mut node, classic));
        let reading: u64 = pieces.iter().map(|piece| 2_600 + 3 * piece.len().div_ceil(32) as u64).sum();
        let calldata = |address: Address| address.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum::<u64>();
        assert_eq!(in_pieces - calldata(root), in_one - calldata(classic) + reading);
        let gas = |node: &mut Node, program| node.transact(to(program, [1])).unwrap().gas_used;
        assert_eq!(gas(&mut node, root), gas(&mut node, classic));
    }

    #[test]
    fn are_neither_callable_nor_activatable_themselves() {
        let mut node = at(60);
        let fragment = node.deploy_code(&code::split(&echo_code(), 100)[0]).unwrap();
        assert!(matches!(node.activate(fragment), Err(NodeError::Reverted { output, .. }) if output.is_empty()));
        assert!(matches!(node.call(&to(fragment, [])), Err(NodeError::Halted { .. })));
    }

    #[test]
    fn must_be_what_the_root_says() {
        let wasm = wat::parse_str(include_str!("../programs/echo.wat")).unwrap();
        let mut node = at(60);
        let piece = node.deploy_code(&code::split(&code::encode(&wasm), 24_576)[0]).unwrap();
        let len = wasm.len() as u32;
        for (root, why) in [
            (code::Root::new(len + 1, vec![piece]), "too long"),
            (code::Root::new(len - 1, vec![piece]), "too short"),
            (code::Root::new(300_000, vec![piece]), "longer than the chain admits"),
            (code::Root::new(len, vec![]), "none"),
            (code::Root::new(len, vec![piece; 5]), "too many"),
            (code::Root::new(len, vec![bob()]), "not a fragment"),
        ] {
            let address = node.deploy_code(&root.encode()).unwrap();
            assert!(
                matches!(node.activate(address), Err(NodeError::Reverted { output, .. }) if output.is_empty()),
                "{why}"
            );
        }
        let good = node.deploy_code(&code::Root::new(len, vec![piece]).encode()).unwrap();
        node.activate(good).unwrap();
    }

    #[test]
    fn cannot_be_deployed_before() {
        let mut node = at(59);
        assert!(node.deploy_code(&code::split(&echo_code(), 100)[0]).is_err());
        assert!(node.deploy_code(&code::Root::new(1, vec![bob()]).encode()).is_err());
    }
}

#[test]
fn reading_code_costs_more_where_code_may_be_larger() {
    let source = r#"(module
        (import "vm_hooks" "account_code_size" (func $size (param i32) (result i32)))
        (memory (export "memory") 1 1)
        (func (export "user_entrypoint") (param i32) (result i32) (drop (call $size (i32.const 0))) (i32.const 0)))"#;
    let gas = |max_code_size| {
        let mut node = Node::new(NodeConfig { max_code_size, ..config() });
        let reader = deploy(&mut node, source);
        node.transact(to(reader, [])).unwrap().gas_used
    };
    assert_eq!(gas(2 * 24_576) - gas(24_576), 700);
    assert_eq!(gas(24_577), gas(24_576));
}

#[test]
fn the_base_fee_follows_demand_where_it_may() {
    let burn = [0x5b, 0x5f, 0x56]; // JUMPDEST, PUSH0, JUMP: until the gas is gone.
    let busy = |dynamic_base_fee| {
        let mut node = Node::new(NodeConfig { dynamic_base_fee, ..config() });
        let burner = node.deploy_code(&burn).unwrap();
        for _ in 0..5 {
            let price = Some(u128::from(node.base_fee()) * 2);
            let request = TransactionRequest { gas: Some(30_000_000), gas_price: price, ..to(burner, []) };
            node.send(request).unwrap();
        }
        node.mine(1);
        node
    };
    assert_eq!(busy(false).base_fee(), 100_000_000);
    let mut node = busy(true);
    // 150 million and what deployment took, of which 70 million are tolerated; 714 million multiply by e.
    let backlog = ask(&node, 0x6c, Views::getGasBacklogCall {}).unwrap();
    assert!((150_000_000..151_000_000).contains(&backlog), "{backlog}");
    let excess_bips = (backlog - 70_000_000) * 10_000 / 714_000_000;
    assert!((100_000_000 + excess_bips * 10_000..100_000_000 + excess_bips * 11_000).contains(&node.base_fee()));
    node.increase_time(60);
    node.mine(1);
    assert_eq!(node.base_fee(), 100_000_000);
    assert_eq!(ask(&node, 0x6c, Views::getGasBacklogCall {}).unwrap(), 0);
}

mod cache_manager {
    use super::*;

    #[test]
    fn caches_programs_where_the_chain_lets_it() {
        let mut node = Node::new(NodeConfig { cache_manager: true, ..config() });
        let echo = echo(&mut node);
        let dear = node.transact(to(echo, [1])).unwrap().gas_used;
        let balance = node.balance(alice(), BlockId::latest()).unwrap();
        let bid = to(CACHE_MANAGER, CacheManager::placeBidCall { program: echo }.abi_encode());
        let fee = node.transact(TransactionRequest { value: Some(U256::from(77)), ..bid }).unwrap().fee_wei();
        assert_eq!(balance - node.balance(alice(), BlockId::latest()).unwrap(), fee, "the bid came back");
        assert!(dear - node.transact(to(echo, [1])).unwrap().gas_used > 8_000);
    }

    #[test]
    fn may_not_where_it_is_not_one() {
        let mut node = at(51);
        let echo = echo(&mut node);
        let input = CacheManager::placeBidCall { program: echo }.abi_encode();
        let request = TransactionRequest { gas: Some(1_000_000), ..to(CACHE_MANAGER, input) };
        assert!(matches!(node.call(&request), Err(NodeError::Reverted { .. })));
    }

    #[test]
    fn answers_what_tools_ask() {
        let node = at(51);
        let view = |input: Vec<u8>| node.call(&to(CACHE_MANAGER, input)).unwrap();
        assert_eq!(view(CacheManager::getMinBidCall { program: alice() }.abi_encode()).as_ref(), [0; 32]);
        assert_eq!(U256::from_be_slice(&view(CacheManager::cacheSizeCall {}.abi_encode())), U256::from(536_870_912));
        assert_eq!(view(CacheManager::isPausedCall {}.abi_encode()).as_ref(), [0; 32]);
        let entries = view(CacheManager::getEntriesCall {}.abi_encode());
        assert!(CacheManager::getEntriesCall::abi_decode_returns(&entries).unwrap().is_empty());
        let unknown = TransactionRequest { to: Some(TxKind::Call(CACHE_MANAGER)), ..to(CACHE_MANAGER, [1, 2, 3, 4]) };
        assert!(node.call(&unknown).is_err());
    }
}
