//! A node with a few contracts, and shorthands.

use alloy::primitives::{Address, Bytes, TxKind, U256, hex};
use alloy::rpc::types::TransactionRequest;
use nitro_devnode::chain::accounts::WELL_KNOWN;
use nitro_devnode::wasm::code;
use nitro_devnode::{Clock, Node, NodeConfig};

/// Time of the first block.
pub const START: u64 = 1_800_000_000;

/// A program that returns its calldata.
const ECHO: &str = include_str!("../programs/echo.wat");

/// A program that stores the second word of its calldata under the first and emits it.
const STORE: &str = include_str!("../programs/store.wat");

/// A program that calls the address in the first 20 bytes of its calldata with the rest and returns what that returns.
const FORWARD: &str = r#"(module
    (import "vm_hooks" "read_args" (func $read_args (param i32)))
    (import "vm_hooks" "call_contract" (func $call (param i32 i32 i32 i32 i64 i32) (result i32)))
    (import "vm_hooks" "read_return_data" (func $read (param i32 i32 i32) (result i32)))
    (import "vm_hooks" "write_result" (func $write_result (param i32 i32)))
    (memory (export "memory") 1 1)
    (func (export "user_entrypoint") (param $len i32) (result i32)
        (local $status i32)
        (call $read_args (i32.const 1024))
        (local.set $status (call $call
            (i32.const 1024) (i32.const 1044) (i32.sub (local.get $len) (i32.const 20))
            (i32.const 0) (i64.const -1) (i32.const 64)))
        (drop (call $read (i32.const 8192) (i32.const 0) (i32.load (i32.const 64))))
        (call $write_result (i32.const 8192) (i32.load (i32.const 64)))
        (local.get $status)))"#;

/// EVM code that calls the address in the first word of its calldata with the rest and returns what that returns.
pub const EVM_FORWARD: [u8; 32] = hex!("602036038060205f375f5f915f5f5f355af13d5f5f3e601c573d5ffd5b3d5ff3");

/// EVM code that returns the first word of storage, or stores the first word of calldata there if there is one.
pub const EVM_CELL: [u8; 17] = hex!("36600c575f545f5260205ff35b5f355f55");

/// EVM code that calls itself with all its gas and returns one more than that call does.
pub const EVM_SELF_COUNT: [u8; 21] = hex!("60205f5f5f5f305af15f51026001015f5260205ff3");

/// EVM code that reverts with its calldata.
pub const EVM_REVERT: [u8; 7] = hex!("365f5f37365ffd");

/// A node whose time stands still, with the default configuration otherwise.
pub fn node() -> Node {
    Node::new(config())
}

pub fn config() -> NodeConfig {
    NodeConfig { clock: Clock::Manual(START), ..NodeConfig::default() }
}

/// The first development account.
pub fn alice() -> Address {
    WELL_KNOWN[0].0
}

/// The second development account.
pub fn bob() -> Address {
    WELL_KNOWN[1].0
}

/// Prefixed code of a program.
pub fn program(source: &str) -> Vec<u8> {
    code::encode(&wat::parse_str(source).expect("the source is valid"))
}

pub fn echo_code() -> Vec<u8> {
    program(ECHO)
}

/// Deploys and activates a program.
pub fn deploy(node: &mut Node, source: &str) -> Address {
    let address = node.deploy_code(&program(source)).expect("it deploys");
    node.activate(address).expect("it activates");
    address
}

pub fn echo(node: &mut Node) -> Address {
    deploy(node, ECHO)
}

pub fn store(node: &mut Node) -> Address {
    deploy(node, STORE)
}

pub fn forward(node: &mut Node) -> Address {
    deploy(node, FORWARD)
}

/// A transaction or call of the first development account.
pub fn to(address: Address, data: impl AsRef<[u8]>) -> TransactionRequest {
    TransactionRequest {
        from: Some(alice()),
        to: Some(TxKind::Call(address)),
        input: Bytes::copy_from_slice(data.as_ref()).into(),
        ..TransactionRequest::default()
    }
}

/// Two words.
pub fn words(first: u64, second: u64) -> Vec<u8> {
    [U256::from(first).to_be_bytes::<32>(), U256::from(second).to_be_bytes::<32>()].concat()
}
