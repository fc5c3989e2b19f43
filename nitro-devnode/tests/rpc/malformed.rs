//! Whatever is sent, the node answers with JSON and goes on.

use alloy::primitives::keccak256;
use serde_json::{Value, json};

use super::harness::World;

/// Bodies that are sent; bounded so that the test takes seconds.
const BODIES: u64 = 4_000;

const METHODS: [&str; 34] = [
    "eth_call",
    "eth_estimateGas",
    "eth_createAccessList",
    "eth_sendRawTransaction",
    "eth_sendTransaction",
    "eth_getLogs",
    "eth_newFilter",
    "eth_getFilterChanges",
    "eth_getFilterLogs",
    "eth_uninstallFilter",
    "eth_feeHistory",
    "eth_getBalance",
    "eth_getCode",
    "eth_getStorageAt",
    "eth_getBlockByNumber",
    "eth_getBlockByHash",
    "eth_getBlockReceipts",
    "eth_getTransactionByHash",
    "eth_getTransactionByBlockNumberAndIndex",
    "eth_sign",
    "personal_sign",
    "eth_signTypedData_v4",
    "eth_signTransaction",
    "web3_sha3",
    "evm_revert",
    "evm_increaseTime",
    "evm_setNextBlockTimestamp",
    "evm_mine",
    "anvil_mine",
    "anvil_setBalance",
    "anvil_setCode",
    "anvil_setNonce",
    "anvil_setStorageAt",
    "anvil_loadState",
];

/// Values that are wrong in one place, or right where they should not be.
fn value(random: &mut Random, depth: u32) -> Value {
    let address = "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266";
    match random.below(if depth == 0 { 15 } else { 19 }) {
        0 => Value::Null,
        1 => random.below(2).eq(&0).into(),
        2 => json!(random.next()),
        3 => json!(-1),
        4 => json!(1.5e300),
        5 => "".into(),
        6 => "latest".into(),
        7 => "0x".into(),
        8 => format!("{:#x}", random.next()).into(),
        9 => format!("0x{}", "f".repeat(random.below(140) as usize)).into(),
        10 => address.into(),
        11 => keccak256(random.next().to_be_bytes()).to_string().into(),
        12 => "0x0000000000000000000000000000000000000071".into(),
        13 => "\u{0}é🦀".into(),
        14 => format!("0x{:02x}{}", random.below(256), "ab".repeat(random.below(64) as usize)).into(),
        15 => (0..random.below(4)).map(|_| value(random, depth - 1)).collect(),
        _ => {
            const KEYS: [&str; 26] = [
                "from",
                "to",
                "data",
                "input",
                "value",
                "gas",
                "gasPrice",
                "maxFeePerGas",
                "maxPriorityFeePerGas",
                "nonce",
                "type",
                "accessList",
                "authorizationList",
                "chainId",
                "blockHash",
                "blockNumber",
                "fromBlock",
                "toBlock",
                "address",
                "topics",
                "timestamp",
                "blocks",
                "types",
                "domain",
                "message",
                "primaryType",
            ];
            let mut object = serde_json::Map::new();
            for _ in 0..random.below(6) {
                let key = KEYS[random.below(KEYS.len() as u64) as usize];
                object.insert(key.to_owned(), value(random, depth - 1));
            }
            Value::Object(object)
        }
    }
}

fn body(random: &mut Random) -> Vec<u8> {
    let method = METHODS[random.below(METHODS.len() as u64) as usize];
    let params: Vec<Value> = (0..random.below(5)).map(|_| value(random, 3)).collect();
    let request = json!({ "jsonrpc": "2.0", "id": value(random, 1), "method": method, "params": params });
    let mut bytes = match random.below(8) {
        0 => json!([request, value(random, 2)]).to_string().into_bytes(),
        _ => request.to_string().into_bytes(),
    };
    match random.below(8) {
        0 => bytes.truncate(random.below(bytes.len() as u64 + 1) as usize),
        1 => {
            let at = random.below(bytes.len() as u64) as usize;
            bytes[at] = random.next() as u8;
        }
        2 => bytes = "[".repeat(random.below(5_000) as usize).into_bytes(),
        _ => {}
    }
    bytes
}

#[tokio::test(flavor = "multi_thread")]
async fn a_corpus_of_broken_requests_leaves_the_node_well() {
    let world = World::start().await;
    let mut random = Random(0x5eed);
    for index in 0..BODIES {
        let body = body(&mut random);
        let (status, answer) = world.http_exchange(&super::harness::head("POST", body.len(), ""), &body).await;
        let shown = String::from_utf8_lossy(&body);
        assert_eq!(status, 200, "body {index}: {shown}");
        if answer.is_empty() {
            continue;
        }
        let answer: Value =
            serde_json::from_slice(&answer).unwrap_or_else(|error| panic!("body {index}: {error}: {shown}"));
        for one in answer.as_array().unwrap_or(&vec![answer.clone()]) {
            assert_eq!(one["jsonrpc"], "2.0", "body {index}: {shown}");
            assert_ne!(one["error"]["code"], -32603, "a fault of the node, body {index}: {shown}");
        }
    }
    assert_eq!(world.ok("eth_chainId", json!([])).await, "0x64aba");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_even_http_is_dropped() {
    let world = World::start().await;
    let mut random = Random(0xbad);
    for _ in 0..200 {
        let noise: Vec<u8> = (0..random.below(300)).map(|_| random.next() as u8).chain(*b"\r\n\r\n").collect();
        let head = String::from_utf8_lossy(&noise).into_owned();
        let (status, _) = world.http_exchange(&head, b"").await;
        assert_ne!(status, 200);
    }
    assert_eq!(world.ok("eth_chainId", json!([])).await, "0x64aba");
}

/// Numbers that look random and are the same in every run (splitmix64).
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound
    }
}
