//! Errors: code, text and data, as clients match on them.

use alloy::primitives::{Address, address};
use serde_json::{Value, json};

use super::harness::{ALICE, BOB, INVALID, LOOP, REVERTER, World};

const TARGET: Address = address!("00000000000000000000000000000000000c0de2");
const NOT_TODAY: &str = "0x08c379a0000000000000000000000000000000000000000000000000000000000000002000000000000000000000000000000000000000000000000000000000000000096e6f7420746f6461790000000000000000000000000000000000000000000000";
const OVERFLOW: &str = "0x4e487b710000000000000000000000000000000000000000000000000000000000000011";

#[tokio::test(flavor = "multi_thread")]
async fn an_envelope_that_is_none_is_refused_by_the_specification() {
    let world = World::start().await;
    let cases: [(&str, i64, Value); 12] = [
        ("", -32700, json!(null)),
        ("{", -32700, json!(null)),
        ("[1,", -32700, json!(null)),
        ("[]", -32600, json!(null)),
        ("1", -32600, json!(null)),
        ("null", -32600, json!(null)),
        ("{}", -32600, json!(null)),
        (r#"{"jsonrpc":"1.0","id":7,"method":"eth_chainId"}"#, -32600, json!(7)),
        (r#"{"jsonrpc":"2.0","id":"a","method":5}"#, -32600, json!("a")),
        (r#"{"jsonrpc":"2.0","id":{},"method":"eth_chainId"}"#, -32600, json!(null)),
        (r#"{"jsonrpc":"2.0","id":8,"method":"eth_chainId","params":{}}"#, -32602, json!(8)),
        (r#"{"jsonrpc":"2.0","id":9,"method":"nonsense"}"#, -32601, json!(9)),
    ];
    for (body, code, id) in cases {
        let answer = world.post(body.as_bytes()).await;
        assert_eq!((&answer["error"]["code"], &answer["id"]), (&json!(code), &id), "{body}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unknown_method_is_named() {
    let world = World::start().await;
    for method in ["no_such_method", "eth_nothing", "anvil_nothing", "nothing", "", "eth_", "_"] {
        let expected =
            json!({ "code": -32601, "message": format!("the method {method} does not exist/is not available") });
        assert_eq!(world.err(method, json!([])).await, expected);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_that_make_no_sense_are_refused() {
    let world = World::start().await;
    let cases = [
        ("eth_getBalance", json!([])),
        ("eth_getBalance", json!(["0x12", "latest"])),
        ("eth_getBalance", json!([ALICE, "newest"])),
        ("eth_getBalance", json!([ALICE, { "blockHash": 5 }])),
        ("eth_getBlockByNumber", json!(["-1", false])),
        ("eth_getBlockByHash", json!(["0x1234x", false])),
        ("eth_getTransactionByHash", json!(["0x12"])),
        ("eth_getStorageAt", json!([ALICE, "0xzz", "latest"])),
        ("eth_call", json!([{ "to": "nobody" }])),
        ("eth_call", json!([{ "to": BOB, "data": "0x01", "input": "0x02" }])),
        ("eth_call", json!([{ "to": BOB }, "latest", { "0x12": {} }])),
        ("eth_sendRawTransaction", json!([5])),
        ("eth_feeHistory", json!(["0x1"])),
        ("eth_getFilterChanges", json!([true])),
        ("evm_increaseTime", json!(["soon"])),
        ("evm_increaseTime", json!(["0xffffffffffffffff"])),
        ("anvil_setBalance", json!([ALICE])),
    ];
    for (method, params) in cases {
        let error = world.err(method, params.clone()).await;
        assert_eq!(error["code"], -32602, "{method} {params}: {error}");
    }
    assert_eq!(world.err("eth_getBalance", json!([])).await["message"], "missing value for required argument 0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revert_carries_its_data_and_its_reason() {
    let world = World::start().await;
    world.install(TARGET, &REVERTER).await;
    let cases = [
        (NOT_TODAY, "execution reverted: not today"),
        (OVERFLOW, "execution reverted: arithmetic underflow or overflow"),
        ("0xdeadbeef", "execution reverted"),
        ("0x", "execution reverted"),
    ];
    for (data, message) in cases {
        let expected = json!({ "code": 3, "message": message, "data": data });
        for method in ["eth_call", "eth_estimateGas"] {
            assert_eq!(world.err(method, json!([{ "from": ALICE, "to": TARGET, "data": data }])).await, expected);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn other_failures_of_a_call_say_what_the_machine_says() {
    let world = World::start().await;
    world.install(TARGET, &INVALID).await;
    let error = world.err("eth_call", json!([{ "to": TARGET, "gas": "0x186a0" }])).await;
    assert_eq!(error, json!({ "code": -32000, "message": "invalid opcode: INVALID" }));

    // An instruction of a later fork is no instruction yet; one of blobs will never be.
    for (code, message) in [
        ("0x4b", "invalid opcode: opcode 0x4b not defined"),
        ("0xe6", "invalid opcode: opcode 0xe6 not defined"),
        ("0x4a", "BLOBBASEFEE is not supported on Arbitrum"),
    ] {
        world.install(TARGET, &code.parse().unwrap()).await;
        let error = world.err("eth_call", json!([{ "to": TARGET, "gas": "0x186a0" }])).await;
        assert_eq!(error, json!({ "code": -32000, "message": message }));
    }

    world.install(TARGET, &LOOP).await;
    let error = world.err("eth_call", json!([{ "to": TARGET, "gas": "0x186a0" }])).await;
    assert_eq!(error, json!({ "code": -32000, "message": "out of gas" }));

    let error = world.err("eth_call", json!([{ "to": TARGET, "gas": "0x4e20" }])).await;
    let message = "err: intrinsic gas too low: have 20000, want 21000 (supplied gas 20000)";
    assert_eq!(error, json!({ "code": -32000, "message": message }));

    let error = world.err("eth_call", json!([{ "to": BOB }, "0xffffff"])).await;
    assert_eq!(error, json!({ "code": -32000, "message": "header not found" }));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_transaction_says_why_in_the_words_of_geth() {
    let world = World::start().await;
    let cases = [
        (json!({ "from": ALICE, "to": BOB, "gas": "0x5207" }), "intrinsic gas too low"),
        (
            json!({ "from": ALICE, "to": BOB, "value": "0xffffffffffffffffffffffff" }),
            "insufficient funds for gas * price + value",
        ),
        (
            json!({ "from": ALICE, "to": BOB, "gas": "0x5208", "gasPrice": "0x1" }),
            "max fee per gas less than block base fee",
        ),
        (json!({ "from": TARGET, "to": BOB }), "unknown account"),
    ];
    for (request, start) in cases {
        let error = world.err("eth_sendTransaction", json!([request])).await;
        let message = error["message"].as_str().unwrap_or_default();
        assert!(
            error["code"] == -32000 && message.trim_start_matches("err: ").starts_with(start),
            "{request}: {error}"
        );
    }
    world.ok("eth_sendTransaction", json!([{ "from": ALICE, "to": BOB }])).await;
    let error =
        world.err("eth_sendTransaction", json!([{ "from": ALICE, "to": BOB, "value": "0x1", "nonce": "0x0" }])).await;
    assert!(error["message"].as_str().unwrap().starts_with("nonce too low"), "{error}");
}

#[tokio::test(flavor = "multi_thread")]
async fn subscriptions_need_a_connection_that_lasts() {
    let world = World::start().await;
    let error = world.err("eth_subscribe", json!(["newHeads"])).await;
    assert_eq!(error, json!({ "code": -32000, "message": "notifications not supported" }));
}
