//! Tracers, and what errors say about programs.

use alloy::primitives::{Address, B256, Bytes, address, bytes};
use nitro_devnode::NodeConfig;
use nitro_devnode::rpc::ServerConfig;
use nitro_devnode::wasm::code;
use serde_json::{Value, json};

use super::harness::{ALICE, BOB, COUNTER, REVERTER, World};

const AT: Address = address!("00000000000000000000000000000000000c0de1");
const OTHER: Address = address!("00000000000000000000000000000000000c0de2");

/// Forwards all calldata to the program at [`AT`].
const FORWARDER: Bytes = bytes!("365f5f375f5f365f5f620c0de15af100");

/// Stores one word under another.
const STORE: &str = r#"(module
    (import "vm_hooks" "read_args" (func $read_args (param i32)))
    (import "vm_hooks" "storage_cache_bytes32" (func $set (param i32 i32)))
    (import "vm_hooks" "storage_flush_cache" (func $flush (param i32)))
    (memory (export "memory") 1 1)
    (func $work (call $set (i32.const 0) (i32.const 32)) (call $flush (i32.const 0)))
    (func (export "user_entrypoint") (param $len i32) (result i32)
        (call $read_args (i32.const 0))
        (call $work)
        (i32.const 0)))"#;

/// The script of cargo-stylus, as far as it can be recognised by.
const SCRIPT: &str = r#"{ "hostio": function(info) { this.open.push(info); },
    "enter": function(frame) { switch (frame.getType()) { case "CALL": name = "evm_call_contract"; } } }"#;

async fn install(world: &World, source: &str) -> Address {
    let program = code::encode(&wat::parse_str(source).expect("the source is valid"));
    let deploy = move |node: &mut nitro_devnode::Node| {
        let address = node.deploy_code(&program).expect("it deploys");
        node.activate(address).expect("it activates");
        address
    };
    world.server.with_node(deploy).await.expect("a running node")
}

/// A program whose entry point has this body.
fn program(body: &str) -> String {
    format!(
        r#"(module (memory (export "memory") 1 1)
        (func $deep (param i64 i64 i64 i64) (call $deep (local.get 0) (local.get 1) (local.get 2) (local.get 3)))
        (func (export "user_entrypoint") (param i32) (result i32) {body}))"#
    )
}

async fn send(world: &World, to: Address, data: &[u8]) -> Value {
    let request = json!({ "from": ALICE, "to": to, "data": Bytes::copy_from_slice(data), "gas": "0x100000" });
    world.ok("eth_sendTransaction", json!([request])).await
}

async fn call_error(world: &World, to: Address, gas: &str) -> String {
    let error = world.err("eth_call", json!([{ "from": ALICE, "to": to, "gas": gas }, "latest"])).await;
    error["message"].as_str().expect("a text").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_tracer_there_are_instructions() {
    let world = World::start().await;
    world.install(AT, &COUNTER).await;
    let hash = send(&world, AT, &[]).await;
    let receipt = world.ok("eth_getTransactionReceipt", json!([hash])).await;
    let trace = world.ok("debug_traceTransaction", json!([hash, { "enableMemory": true }])).await;
    assert_eq!(trace["gas"], json!(u64::from_str_radix(&receipt["gasUsed"].as_str().unwrap()[2..], 16).unwrap()));
    assert_eq!((&trace["failed"], &trace["returnValue"]), (&json!(false), &json!(B256::with_last_byte(1))));
    let steps = trace["structLogs"].as_array().unwrap();
    let names: Vec<&str> = steps.iter().map(|step| step["op"].as_str().unwrap()).collect();
    let expected = "PUSH0 SLOAD PUSH1 ADD DUP1 PUSH0 SSTORE PUSH0 MSTORE PUSH1 PUSH1 PUSH0 LOG1 PUSH1 PUSH0 RETURN";
    assert_eq!(names.join(" "), expected);
    assert_eq!((&steps[1]["gasCost"], &steps[1]["depth"], &steps[1]["pc"]), (&json!(2_100), &json!(1), &json!(1)));
    assert_eq!(steps[3]["stack"], json!(["0x0", "0x1"]));
    assert_eq!(steps[6]["storage"], json!({ "00".repeat(32): format!("{:064x}", 1) }));
    assert_eq!(steps[9]["memory"], json!([format!("{:064x}", 1)]));
    for pair in steps.windows(2) {
        let gas = |step: &Value, field: &str| step[field].as_u64().unwrap();
        assert_eq!(gas(&pair[0], "gas") - gas(&pair[0], "gasCost"), gas(&pair[1], "gas"));
    }

    let limited = world.ok("debug_traceTransaction", json!([hash, { "limit": 2, "disableStack": true }])).await;
    assert_eq!(limited["structLogs"].as_array().unwrap().len(), 2);
    assert!(limited["structLogs"][0].get("stack").is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn instructions_of_nested_frames_are_deeper_and_failures_named() {
    let world = World::start().await;
    world.install(AT, &bytes!("fe")).await;
    world.install(OTHER, &FORWARDER).await;
    let trace = world.ok("debug_traceCall", json!([{ "to": OTHER, "data": "0x01" }, "latest"])).await;
    let steps = trace["structLogs"].as_array().unwrap();
    let failed = steps.iter().find(|step| step.get("error").is_some()).expect("a step that failed");
    assert_eq!((&failed["op"], &failed["depth"]), (&json!("INVALID"), &json!(2)));
    assert_eq!(steps.last().unwrap()["depth"], json!(1));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_state_before_and_the_difference() {
    let world = World::start().await;
    world.install(AT, &COUNTER).await;
    send(&world, AT, &[]).await;
    let hash = send(&world, AT, &[]).await;
    let key = |address: Address| format!("{address:#x}");
    let zero = B256::ZERO.to_string();

    let before = world.ok("debug_traceTransaction", json!([hash, { "tracer": "prestateTracer" }])).await;
    assert_eq!(before[key(AT)]["storage"], json!({ zero.clone(): B256::with_last_byte(1) }));
    assert_eq!(before[key(AT)]["code"], json!(COUNTER));
    assert_eq!(before[key(ALICE)]["nonce"], json!(1));

    let options = json!({ "tracer": "prestateTracer", "tracerConfig": { "diffMode": true } });
    let difference = world.ok("debug_traceTransaction", json!([hash, options])).await;
    assert_eq!(difference["post"][key(AT)], json!({ "storage": { zero: B256::with_last_byte(2) } }));
    assert_eq!(difference["post"][key(ALICE)]["nonce"], json!(2));
    assert!(difference["pre"].get(key(BOB)).is_none());

    let created = json!([{ "from": ALICE, "data": "0x60016000f3" }, "latest", options]);
    let difference = world.ok("debug_traceCall", created).await;
    let address = key(ALICE.create(2));
    assert_eq!(difference["post"][&address]["code"], json!("0x00"));
    assert!(difference["pre"].get(&address).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_script_of_cargo_stylus_gets_the_host_calls() {
    let world = World::start().await;
    let store = install(&world, STORE).await;
    let hash = send(&world, store, &[7; 64]).await;
    let native = world.ok("debug_traceTransaction", json!([hash, { "tracer": "stylusTracer" }])).await;
    let script = world.ok("debug_traceTransaction", json!([hash, { "tracer": SCRIPT }])).await;
    assert_eq!(native, script);
    let names: Vec<&str> = native.as_array().unwrap().iter().map(|step| step["name"].as_str().unwrap()).collect();
    let expected = ["user_entrypoint", "read_args", "storage_cache_bytes32", "storage_flush_cache", "user_returned"];
    assert_eq!(names, expected);
    let other = world.err("debug_traceTransaction", json!([hash, { "tracer": "{ result: function() {} }" }])).await;
    assert!(other["message"].as_str().unwrap().starts_with("tracer not supported"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_whole_block_is_traced_at_once() {
    let world = World::start().await;
    world.ok("evm_setAutomine", json!([false])).await;
    let second = json!({ "from": BOB, "to": ALICE, "value": "0x1", "gas": "0x100000" });
    let hashes = vec![send(&world, BOB, &[]).await, world.ok("eth_sendTransaction", json!([second])).await];
    world.ok("evm_mine", json!([])).await;
    let traces = world.ok("debug_traceBlockByNumber", json!(["latest", { "tracer": "callTracer" }])).await;
    let traced: Vec<Value> = traces.as_array().unwrap().iter().map(|trace| trace["txHash"].clone()).collect();
    assert_eq!(traced, hashes);
    assert_eq!(traces[1]["result"]["type"], "CALL");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_says_what_ended_a_program() {
    let world = World::start().await;
    let cases = [
        ("(unreachable)", "0x100000", "execution reverted: the program trapped: unreachable"),
        (
            "(i32.div_u (local.get 0) (i32.const 0))",
            "0x100000",
            "execution reverted: the program trapped: integer divide by zero",
        ),
        ("(loop (br 0)) (i32.const 0)", "0x100000", "out of gas: the program ran out of ink"),
        ("(i32.const 0)", "0x5400", "out of gas: the gas does not cover entering the program"),
        (
            "(call $deep (i64.const 0) (i64.const 0) (i64.const 0) (i64.const 0)) (i32.const 0)",
            "0x1000000",
            "max call depth exceeded: the program used up its stack",
        ),
    ];
    for (body, gas, expected) in cases {
        let at = install(&world, &program(body)).await;
        assert_eq!(call_error(&world, at, gas).await, format!("{expected} (program {at})"), "{body}");
    }
    let reverts = install(&world, &program("(i32.const 1)")).await;
    assert_eq!(call_error(&world, reverts, "0x100000").await, "execution reverted");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_program_that_failed_is_named_behind_contracts_that_pass_the_failure_on() {
    let world = World::start().await;
    let trap = install(&world, &program("(unreachable)")).await;
    // Calls the trap, then reverts without data.
    let (before, after) = (bytes!("5f5f5f5f5f73"), bytes!("5af1505f5ffd"));
    world.install(AT, &[&before[..], trap.as_slice(), &after].concat().into()).await;
    let message = call_error(&world, AT, "0x100000").await;
    assert_eq!(message, format!("execution reverted: the program trapped: unreachable (program {trap})"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_cannot_run_says_why() {
    let world = World::start().await;
    let idle = code::encode(&wat::parse_str(program("(i32.const 0)")).unwrap());
    world.install(AT, &idle.into()).await;
    assert_eq!(call_error(&world, AT, "0x100000").await, "error ProgramNotActivated()");

    let at = install(&world, &program("(i32.const 0)")).await;
    world.ok("evm_increaseTime", json!([400 * 86_400])).await;
    world.ok("evm_mine", json!([])).await;
    let message = call_error(&world, at, "0x100000").await;
    assert!(message.starts_with("error ProgramExpired("), "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_can_be_just_those_of_nitro() {
    let config = NodeConfig { explain: false, ..NodeConfig::default() };
    let world = World::start_with(config, ServerConfig::default()).await;
    let trap = install(&world, &program("(unreachable)")).await;
    assert_eq!(call_error(&world, trap, "0x100000").await, "execution reverted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revert_with_data_is_left_as_it_is() {
    let world = World::start().await;
    world.install(AT, &REVERTER).await;
    let error = world.err("eth_call", json!([{ "to": AT, "data": "0x1234" }, "latest"])).await;
    assert_eq!(error, json!({ "code": 3, "message": "execution reverted", "data": "0x1234" }));
}
