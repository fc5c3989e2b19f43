//! A node that runs for long: what it holds does not grow with the transactions it has seen.

use alloy::primitives::{Address, Bytes, TxKind, U256};
use alloy::rpc::types::TransactionRequest;
use nitro_devnode::chain::accounts::WELL_KNOWN;
use nitro_devnode::wasm::code;
use nitro_devnode::{Clock, Node, NodeConfig};

/// Transactions that the tests send, and those that the nightly run sends.
const TRANSACTIONS: u64 = 20_000;
const NIGHTLY_TRANSACTIONS: u64 = 1_000_000;

/// Transactions after which everything that is bounded has reached its size, but for the hashes of the last 393,168 blocks
/// that the chain itself keeps in the history contract (EIP-2935): those fill up in the nightly run alone.
const WARM_UP: u64 = 2_000;
const NIGHTLY_WARM_UP: u64 = 400_000;

/// What the process may hold more in the end than after the warm-up, in bytes: less than the blocks of the small size.
const GROWTH: u64 = 16 << 20;

/// Slots that are written, again and again.
const SLOTS: u64 = 100;

/// A program that stores the second word of its calldata under the first and emits it.
const STORE: &str = include_str!("programs/store.wat");

/// Memory of this process, in bytes.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("the kernel tells");
    let line = status.lines().find(|line| line.starts_with("VmRSS:")).expect("it tells how much it is");
    let kib: u64 = line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number of KiB");
    kib << 10
}

/// A transfer, or a write of the program: one after the other.
fn send(node: &mut Node, store: Address, number: u64) {
    let words = [U256::from(number % SLOTS), U256::from(number)].map(|word| word.to_be_bytes::<32>()).concat();
    let (to, input, value) = match number % 2 {
        0 => (Address::with_last_byte(0xaa), Bytes::new(), U256::from(1)),
        _ => (store, words.into(), U256::ZERO),
    };
    let request = TransactionRequest {
        from: Some(WELL_KNOWN[0].0),
        to: Some(TxKind::Call(to)),
        input: input.into(),
        value: Some(value),
        gas: Some(200_000),
        ..TransactionRequest::default()
    };
    let hash = node.send(request).expect("the sender has enough");
    assert!(node.receipt(hash).expect("it is mined at once").success, "transaction {number}");
}

#[test]
#[cfg(target_os = "linux")]
fn memory_is_bounded_where_old_blocks_are_forgotten() {
    let nightly = std::env::var("LINQ_NIGHTLY").is_ok_and(|value| value == "1");
    let (count, warm_up) = if nightly { (NIGHTLY_TRANSACTIONS, NIGHTLY_WARM_UP) } else { (TRANSACTIONS, WARM_UP) };
    let config = NodeConfig { clock: Clock::Manual(1_800_000_000), keep_blocks: Some(300), ..NodeConfig::default() };
    // Nobody signs for an impersonated sender, which is most of the work otherwise.
    let mut node = Node::new(NodeConfig { dev_signers: false, ..config });
    node.set_auto_impersonate(true);
    let wasm = code::encode(&wat::parse_str(STORE).expect("the source is valid"));
    let store = node.deploy_code(&wasm).expect("it deploys");
    node.activate(store).expect("it activates");

    (0..warm_up).for_each(|number| send(&mut node, store, number));
    let before = resident();
    (warm_up..count).for_each(|number| send(&mut node, store, number));
    let after = resident();
    println!("{count} transactions: {} MiB after {warm_up}, {} MiB in the end", before >> 20, after >> 20);
    assert!(after < before + GROWTH, "{before} bytes after {warm_up} transactions, {after} after {count}");
    assert!(node.block_number() > count);
    assert_eq!(node.block_number() - node.earliest_number() + 1, 300);
}
