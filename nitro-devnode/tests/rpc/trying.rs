//! Proofs, simulated blocks, and transactions that wait.

use alloy::consensus::EMPTY_ROOT_HASH;
use alloy::primitives::{Address, B256, Bytes, U256, address, keccak256};
use alloy::providers::Provider;
use alloy::rlp;
use alloy_trie::proof::verify_proof;
use alloy_trie::{Nibbles, TrieAccount};
use serde_json::{Value, json};

use super::harness::{ALICE, BOB, COUNTER, REVERTER, World};

const AT: Address = address!("00000000000000000000000000000000000c0de1");
const OTHER: Address = address!("00000000000000000000000000000000000c0de2");

/// The address that stands for the native currency in logs of transfers.
const NATIVE: Address = address!("eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee");

/// Reads a whole proof and checks it from the root of the state down to a slot.
async fn check_proof(world: &World, account: Address, slots: &[B256]) -> B256 {
    let proof = world.http().get_proof(account, slots.to_vec()).await.expect("a proof");
    let root = proof.account_proof.first().map_or(EMPTY_ROOT_HASH, keccak256);
    let leaf = (proof.storage_hash != B256::ZERO).then(|| {
        rlp::encode(TrieAccount {
            nonce: proof.nonce,
            balance: proof.balance,
            storage_root: proof.storage_hash,
            code_hash: proof.code_hash,
        })
    });
    verify_proof(root, Nibbles::unpack(keccak256(account)), leaf, &proof.account_proof)
        .expect("a proof of the account");
    for (slot, proven) in slots.iter().zip(&proof.storage_proof) {
        let leaf = (!proven.value.is_zero()).then(|| rlp::encode(proven.value));
        verify_proof(proof.storage_hash, Nibbles::unpack(keccak256(slot)), leaf, &proven.proof)
            .expect("a proof of a slot");
    }
    root
}

#[tokio::test(flavor = "multi_thread")]
async fn proofs_lead_from_the_root_of_the_state_to_accounts_and_slots() {
    let world = World::start().await;
    world.install(AT, &COUNTER).await;
    let request = json!({ "from": ALICE, "to": AT });
    world.ok("eth_sendTransaction", json!([request])).await;
    world.server.with_node(|node| node.set_storage(AT, U256::from(5), B256::repeat_byte(9))).await.unwrap();
    let slots = [B256::ZERO, B256::with_last_byte(5), B256::with_last_byte(6)];
    let root = check_proof(&world, AT, &slots).await;
    assert_eq!(check_proof(&world, ALICE, &[]).await, root);
    assert_eq!(check_proof(&world, Address::repeat_byte(0xab), &[]).await, root);
    assert_eq!(world.server.with_node(|node| node.state_root(node.block_number())).await.unwrap(), Ok(root));

    let proof = world.ok("eth_getProof", json!([AT, ["0x5"], "latest"])).await;
    assert_eq!(proof["storageProof"][0]["key"], "0x5");
    let missing = world.ok("eth_getProof", json!([Address::repeat_byte(0xab), ["0x0"], "latest"])).await;
    assert_eq!((&missing["balance"], &missing["storageProof"][0]["proof"]), (&json!("0x0"), &json!([])));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_of_an_earlier_block_shows_what_was() {
    let world = World::start().await;
    world.install(AT, &COUNTER).await;
    world.ok("eth_sendTransaction", json!([{ "from": ALICE, "to": AT }])).await;
    world.ok("eth_sendTransaction", json!([{ "from": ALICE, "to": AT }])).await;
    let value = |block: &'static str| {
        let world = &world;
        async move { world.ok("eth_getProof", json!([AT, ["0x0"], block])).await["storageProof"][0]["value"].clone() }
    };
    assert_eq!((value("0x1").await, value("0x2").await), (json!("0x1"), json!("0x2")));
}

#[tokio::test(flavor = "multi_thread")]
async fn simulated_calls_see_what_the_ones_before_them_did() {
    let world = World::start().await;
    world.install(AT, &COUNTER).await;
    let call = json!({ "from": BOB, "to": AT });
    let payload = json!({ "blockStateCalls": [{ "calls": [call, call] }, { "calls": [call] }] });
    let blocks = world.ok("eth_simulateV1", json!([payload, "latest"])).await;
    let results: Vec<&Value> =
        blocks.as_array().unwrap().iter().flat_map(|block| block["calls"].as_array().unwrap()).collect();
    let returned: Vec<&Value> = results.iter().map(|call| &call["returnData"]).collect();
    let expected: Vec<Value> = (1..=3).map(|count| json!(B256::with_last_byte(count))).collect();
    assert_eq!(returned, expected.iter().collect::<Vec<_>>());
    assert!(results.iter().all(|call| call["status"] == "0x1" && call["logs"].as_array().unwrap().len() == 1));
    assert_eq!((&blocks[0]["number"], &blocks[1]["number"]), (&json!("0x1"), &json!("0x2")));
    assert_eq!(blocks[1]["parentHash"], blocks[0]["hash"]);
    assert_eq!(blocks[0]["transactions"].as_array().unwrap().len(), 2);
    assert_eq!(results[1]["logs"][0]["logIndex"], "0x1");
    // Nothing of it stays.
    assert_eq!(world.ok("eth_getStorageAt", json!([AT, "0x0", "latest"])).await, json!(B256::ZERO));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_can_change_state_and_block_and_fills_gaps() {
    let world = World::start().await;
    // Returns the time of the block.
    let clock: Bytes = "0x425f5260205ff3".parse().unwrap();
    let payload = json!({ "blockStateCalls": [
        { "stateOverrides": { OTHER.to_string(): { "code": clock } }, "blockOverrides": { "number": "0x4", "time": "0xffffffff" },
          "calls": [{ "to": OTHER }] } ] });
    let blocks = world.ok("eth_simulateV1", json!([payload, "latest"])).await;
    let numbers: Vec<&Value> = blocks.as_array().unwrap().iter().map(|block| &block["number"]).collect();
    assert_eq!(numbers, [&json!("0x1"), &json!("0x2"), &json!("0x3"), &json!("0x4")]);
    assert_eq!(blocks[3]["calls"][0]["returnData"], json!(B256::from(U256::from(0xffff_ffff_u64))));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_simulation_shows_transfers_as_logs_when_asked() {
    let world = World::start().await;
    let payload = json!({ "traceTransfers": true, "blockStateCalls": [
        { "calls": [{ "from": ALICE, "to": BOB, "value": "0x5" }] } ] });
    let blocks = world.ok("eth_simulateV1", json!([payload, "latest"])).await;
    let log = &blocks[0]["calls"][0]["logs"][0];
    assert_eq!((&log["address"], &log["topics"][1]), (&json!(NATIVE), &json!(ALICE.into_word())));
    assert_eq!(log["data"], json!(B256::with_last_byte(5)));
}

#[tokio::test(flavor = "multi_thread")]
async fn failed_and_impossible_calls_of_a_simulation_have_their_codes() {
    let world = World::start().await;
    world.install(AT, &REVERTER).await;
    world.install(OTHER, &"0xfe".parse().unwrap()).await;
    let calls = json!([{ "to": AT, "data": "0x12" }, { "to": OTHER, "gas": "0x10000" }]);
    let blocks = world.ok("eth_simulateV1", json!([{ "blockStateCalls": [{ "calls": calls }] }, "latest"])).await;
    let calls = &blocks[0]["calls"];
    assert_eq!((&calls[0]["error"]["code"], &calls[0]["returnData"]), (&json!(3), &json!("0x12")));
    assert_eq!((&calls[1]["error"]["code"], &calls[1]["status"]), (&json!(-32_015), &json!("0x0")));

    let cases = [
        (json!({ "from": ALICE, "to": BOB, "nonce": "0x7" }), -38_011),
        (json!({ "from": ALICE, "to": BOB, "maxFeePerGas": "0x1" }), -38_012),
        (json!({ "from": ALICE, "to": BOB, "maxFeePerGas": "0x5f5e100", "gas": "0x5000" }), -38_013),
        (json!({ "from": Address::repeat_byte(1), "to": BOB, "maxFeePerGas": "0x5f5e100", "value": "0x1" }), -38_014),
    ];
    for (call, code) in cases {
        let payload = json!({ "validation": true, "blockStateCalls": [{ "calls": [call] }] });
        assert_eq!(world.err("eth_simulateV1", json!([payload, "latest"])).await["code"], code);
    }
    let numbers = |first: &str, second: &str| {
        json!([{ "blockStateCalls": [
            { "blockOverrides": { "number": first } }, { "blockOverrides": { "number": second } } ] }, "latest"])
    };
    assert_eq!(world.err("eth_simulateV1", numbers("0x5", "0x5")).await["code"], -38_020);
    assert_eq!(world.err("eth_simulateV1", numbers("0x1", "0xffffffffffffffff")).await["code"], -38_026);
}

#[tokio::test(flavor = "multi_thread")]
async fn transactions_that_wait_are_listed_by_sender_and_nonce() {
    let world = World::start().await;
    world.ok("evm_setAutomine", json!([false])).await;
    let request = json!({ "from": ALICE, "to": BOB, "value": "0x7", "gas": "0x5208" });
    let hash = world.ok("eth_sendTransaction", json!([request])).await;
    let content = world.ok("txpool_content", json!([])).await;
    assert_eq!(content["pending"][ALICE.to_checksum(None)]["0"]["hash"], hash);
    let own = world.ok("txpool_contentFrom", json!([ALICE])).await;
    assert_eq!(own["pending"]["0"]["hash"], hash);
    assert_eq!(world.ok("txpool_contentFrom", json!([BOB])).await["pending"], json!({}));
    let inspected = world.ok("txpool_inspect", json!([])).await;
    let line = inspected["pending"][ALICE.to_checksum(None)]["0"].as_str().unwrap();
    assert!(line.starts_with(&format!("{BOB}: 7 wei + 21000 gas")), "{line}");
}
