//! Whatever is sent, the node answers with JSON and goes on.

use alloy::primitives::{Address, B256, U256, keccak256};
use alloy::rpc::types::TransactionRequest;
use nitro_devnode::chain::accounts::DEV_ACCOUNT;
use nitro_devnode::{Block, Mining, Node};
use serde_json::{Value, json};

use super::harness::World;

/// Bodies that are sent in seconds, and at night.
const BODIES: u64 = 10_000;
const NIGHTLY_BODIES: u64 = 100_000;

const METHODS: [&str; 42] = [
    "eth_call",
    "eth_estimateGas",
    "eth_createAccessList",
    "eth_simulateV1",
    "eth_simulateV1",
    "eth_getProof",
    "debug_traceCall",
    "debug_traceCall",
    "debug_traceTransaction",
    "debug_traceBlockByNumber",
    "txpool_contentFrom",
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
            const KEYS: [&str; 45] = [
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
                "blockStateCalls",
                "calls",
                "stateOverrides",
                "blockOverrides",
                "validation",
                "traceTransfers",
                "number",
                "time",
                "baseFeePerGas",
                "tracer",
                "tracerConfig",
                "diffMode",
                "withLog",
                "limit",
                "code",
                "state",
                "stateDiff",
                "balance",
                "0xf39fd6e51aad88f6f4ce6ab8827279cfffb92266",
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
    let nightly = std::env::var("LINQ_NIGHTLY").is_ok_and(|value| value == "1");
    let given = std::env::var("LINQ_SEED").ok().and_then(|seed| seed.parse().ok());
    let seed = given.unwrap_or_else(|| if nightly { fastrand::u64(..) } else { 0x5eed });
    println!("requests from seed {seed}");
    let mut random = Random(seed);
    for index in 0..if nightly { NIGHTLY_BODIES } else { BODIES } {
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
    check_chain(&world).await;
}

/// Blocks follow each other, each transaction has a receipt, and a transfer still moves just its value.
async fn check_chain(world: &World) {
    let blocks = |node: &mut Node| (0..=node.block_number()).filter_map(|number| node.block(number).cloned()).collect();
    let blocks: Vec<Block> = world.server.with_node(blocks).await.expect("a running node");
    for pair in blocks.windows(2) {
        assert_eq!((pair[1].header.number, pair[1].header.parent_hash), (pair[0].header.number + 1, pair[0].hash));
        assert!(pair[1].header.timestamp >= pair[0].header.timestamp);
    }
    for block in &blocks {
        let hashes: Vec<B256> = block.transactions.iter().map(|transaction| transaction.hash).collect();
        assert_eq!(hashes, block.receipts.iter().map(|receipt| receipt.transaction_hash).collect::<Vec<_>>());
    }
    let moved = |node: &mut Node| {
        node.set_mining(Mining::Automatic);
        let (from, to) = (DEV_ACCOUNT, Address::repeat_byte(0x77));
        node.set_balance(from, U256::from(10).pow(U256::from(18)));
        let before = node.balance(to, node.block_number()).expect("a state");
        let request = TransactionRequest::default().from(from).to(to).value(U256::from(7));
        node.send(request).expect("a transfer");
        node.balance(to, node.block_number()).expect("a state") - before
    };
    assert_eq!(world.server.with_node(moved).await, Ok(U256::from(7)));
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
