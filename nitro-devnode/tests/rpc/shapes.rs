//! Sets of fields and small answers, exactly as Nitro gives them.

use alloy::primitives::{Address, B256, Signature, keccak256};
use nitro_devnode::NodeConfig;
use nitro_devnode::rpc::ServerConfig;
use serde_json::{Value, json};

use super::harness::{ALICE, BOB, World};

const BLOCK: &str = "baseFeePerGas difficulty extraData gasLimit gasUsed hash l1BlockNumber logsBloom miner mixHash nonce number \
    parentHash receiptsRoot sendCount sendRoot sha3Uncles size stateRoot timestamp transactions transactionsRoot uncles";
const START_BLOCK: &str =
    "blockHash blockNumber chainId from gas gasPrice hash input nonce r s to transactionIndex type v value";
const TYPE_0: &str =
    "blockHash blockNumber chainId from gas gasPrice hash input nonce r s to transactionIndex type v value";
const TYPE_2: &str = "accessList blockHash blockNumber chainId from gas gasPrice hash input maxFeePerGas maxPriorityFeePerGas nonce \
    r s to transactionIndex type v value yParity";
const RECEIPT: &str = "blockHash blockNumber contractAddress cumulativeGasUsed effectiveGasPrice from gasUsed gasUsedForL1 \
    l1BlockNumber logs logsBloom status timeboosted to transactionHash transactionIndex type";

fn names(value: &Value) -> Vec<&str> {
    let mut names: Vec<&str> = value.as_object().expect("an object").keys().map(String::as_str).collect();
    names.sort_unstable();
    names
}

fn listed(names: &str) -> Vec<&str> {
    names.split_whitespace().collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn blocks_transactions_and_receipts_have_the_fields_of_nitro() {
    let world = World::start().await;
    for (fields, expected) in [(json!({}), TYPE_2), (json!({ "gasPrice": "0x5f5e100" }), TYPE_0)] {
        let mut request = json!({ "from": ALICE, "to": BOB, "value": "0x1" });
        request.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
        let hash = world.ok("eth_sendTransaction", json!([request])).await;
        let block = world.ok("eth_getBlockByNumber", json!(["latest", true])).await;
        assert_eq!(names(&block), listed(BLOCK));
        assert_eq!(names(&block["transactions"][0]), listed(START_BLOCK));
        assert_eq!(names(&block["transactions"][1]), listed(expected));
        assert_eq!(block["transactions"][1], world.ok("eth_getTransactionByHash", json!([hash])).await);
        let receipt = world.ok("eth_getTransactionReceipt", json!([hash])).await;
        assert_eq!(names(&receipt), listed(RECEIPT));
        assert_eq!(world.ok("eth_getBlockReceipts", json!(["latest"])).await[1], receipt);
    }
    let by_index = world.ok("eth_getTransactionByBlockNumberAndIndex", json!(["latest", "0x0"])).await;
    assert_eq!(
        (&by_index["type"], &by_index["gas"], &by_index["chainId"]),
        (&json!("0x6a"), &json!("0x0"), &json!("0x64aba"))
    );
    assert_eq!(world.ok("eth_getBlockTransactionCountByNumber", json!(["latest"])).await, "0x2");
}

#[tokio::test(flavor = "multi_thread")]
async fn small_answers_are_those_of_nitro() {
    let world = World::start().await;
    let cases = [
        ("eth_chainId", json!([]), json!("0x64aba")),
        ("net_version", json!([]), json!("412346")),
        ("net_listening", json!([]), json!(true)),
        ("eth_syncing", json!([]), json!(false)),
        ("eth_blobBaseFee", json!([]), json!(null)),
        ("eth_maxPriorityFeePerGas", json!([]), json!("0x0")),
        ("eth_getTransactionReceipt", json!([B256::repeat_byte(0x11)]), json!(null)),
        ("eth_getTransactionByHash", json!([B256::repeat_byte(0x11)]), json!(null)),
        ("eth_getBlockByNumber", json!(["0xffffffff", false]), json!(null)),
        ("eth_getBlockByHash", json!([B256::repeat_byte(0x11), false]), json!(null)),
        ("eth_getBlockReceipts", json!(["0xffffffff"]), json!(null)),
        ("eth_getCode", json!(["0x0000000000000000000000000000000000000071", "latest"]), json!("0xfe")),
        ("eth_getCode", json!(["0x0000000000000000000000000000000000000001", "latest"]), json!("0x")),
        ("eth_getStorageAt", json!([BOB, "0x0", "latest"]), json!(B256::ZERO)),
        ("eth_getStorageAt", json!([BOB, B256::ZERO]), json!(B256::ZERO)),
        ("eth_feeHistory", json!(["0x0", "latest", [20]]), json!({ "oldestBlock": "0x0", "gasUsedRatio": null })),
        ("eth_call", json!([{ "to": BOB, "data": "0x1234" }]), json!("0x")),
        ("web3_sha3", json!(["0x68656c6c6f"]), json!(keccak256("hello"))),
    ];
    for (method, params, expected) in cases {
        assert_eq!(world.ok(method, params).await, expected, "{method}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_without_signers_has_no_accounts() {
    let world =
        World::start_with(NodeConfig { dev_signers: false, ..NodeConfig::default() }, ServerConfig::default()).await;
    assert_eq!(world.ok("eth_accounts", json!([])).await, json!([]));
    assert_eq!(world.err("eth_sign", json!([ALICE, "0x"])).await["message"], "unknown account");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_lists_the_accounts_that_have_money() {
    let funded = vec![(BOB, alloy::primitives::U256::from(1))];
    let world = World::start_with(NodeConfig { funded, ..NodeConfig::default() }, ServerConfig::default()).await;
    assert_eq!(world.ok("eth_accounts", json!([])).await, json!([BOB]));
}

fn signer_of(signature: &Value, hash: B256) -> Address {
    let bytes = alloy::hex::decode(signature.as_str().unwrap()).unwrap();
    Signature::from_raw(&bytes).unwrap().recover_address_from_prehash(&hash).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn development_accounts_sign_messages_and_typed_data() {
    let world = World::start().await;
    let hash = alloy::primitives::eip191_hash_message([1, 2]);
    assert_eq!(signer_of(&world.ok("eth_sign", json!([ALICE, "0x0102"])).await, hash), ALICE);
    assert_eq!(signer_of(&world.ok("personal_sign", json!(["0x0102", ALICE])).await, hash), ALICE);

    let typed = json!({
        "types": {
            "EIP712Domain": [{ "name": "name", "type": "string" }],
            "Order": [{ "name": "amount", "type": "uint256" }],
        },
        "primaryType": "Order",
        "domain": { "name": "Market" },
        "message": { "amount": "7" },
    });
    let hash =
        serde_json::from_value::<alloy::dyn_abi::TypedData>(typed.clone()).unwrap().eip712_signing_hash().unwrap();
    for form in [typed.clone(), typed.to_string().into()] {
        let signature = world.ok("eth_signTypedData_v4", json!([ALICE, form])).await;
        assert_eq!(signer_of(&signature, hash), ALICE);
    }
    assert_eq!(world.err("eth_signTypedData_v4", json!([ALICE, {}])).await["code"], -32602);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signed_transaction_can_be_sent_later() {
    let world = World::start().await;
    let raw = world.ok("eth_signTransaction", json!([{ "from": ALICE, "to": BOB, "value": "0x1" }])).await;
    assert_eq!(world.ok("eth_getTransactionCount", json!([ALICE, "latest"])).await, "0x0");
    let hash = world.ok("eth_sendRawTransaction", json!([raw])).await;
    assert_eq!(world.ok("eth_getRawTransactionByHash", json!([hash])).await, raw);
    let raw = world.ok("eth_signTransaction", json!([{ "from": ALICE, "to": BOB, "gasPrice": "0x5f5e100" }])).await;
    assert_eq!(world.ok("eth_sendRawTransactionSync", json!([raw])).await["status"], "0x1");
}
