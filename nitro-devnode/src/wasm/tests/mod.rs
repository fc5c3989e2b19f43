//! The front end against a chain that only takes notes.

mod depth;
mod fake;
mod hooks;
mod metering;
mod outcomes;
mod validation;

use alloy::primitives::{Address, Bytes, U256, address};

use super::api::{EvmApi, FrameContext, FrameOutcome};
use super::program::{CompileConfig, Program};
use super::validate::ModuleError;

const CONTRACT: Address = address!("00000000000000000000000000000000000000c0");
const SENDER: Address = address!("00000000000000000000000000000000000000a1");
const ORIGIN: Address = address!("00000000000000000000000000000000000000a2");

const CONFIG: CompileConfig = CompileConfig { debug: false, stylus_version: 2, max_wasm_size: 131_072 };

fn wasm(wat: &str) -> Vec<u8> {
    wat::parse_str(wat).unwrap_or_else(|error| panic!("{error}\n{wat}"))
}

fn build(wat: &str, config: CompileConfig) -> Result<Program, ModuleError> {
    Program::from_wasm(&wasm(wat), &config)
}

fn program(wat: &str) -> Program {
    build(wat, CONFIG).unwrap_or_else(|error| panic!("{error}\n{wat}"))
}

/// A module with `imports` from `vm_hooks` and an entry point with `body`.
fn module(imports: &str, body: &str) -> String {
    format!(
        r#"(module {imports} (memory (export "memory") 1 1)
            (func (export "user_entrypoint") (param $len i32) (result i32) {body}))"#
    )
}

fn context() -> FrameContext {
    FrameContext {
        args: Bytes::new(),
        contract_address: CONTRACT,
        msg_sender: SENDER,
        msg_value: U256::from(5),
        tx_origin: ORIGIN,
        tx_gas_price: U256::from(7),
        block_basefee: U256::from(8),
        block_coinbase: Address::repeat_byte(9),
        block_gas_limit: 1 << 50,
        block_number: 10,
        block_timestamp: 11,
        chain_id: 412_346,
        reentrant: false,
        is_static: false,
        ink_price: 10_000,
        max_stack_depth: 22_000,
        arbos_version: 51,
        max_code_size: 24_576,
        debug: false,
    }
}

fn run(wat: &str, api: &mut dyn EvmApi, gas: u64) -> FrameOutcome {
    program(wat).run(&context(), api, gas)
}
