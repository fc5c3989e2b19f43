//! Random programs on the chain and in a plain evaluator, which have to agree on every figure.
//!
//! A case is a chain with a few random programs that call each other. Their activation has to cost what the evaluator
//! says; then come transactions, and status, gas, output, logs, balances and storage have to be the same after each.
//!
//! `LINQ_SEED` repeats one case, by the seed that a failure names; `LINQ_NIGHTLY=1` runs many more.

#[path = "differential/chain.rs"]
mod chain;
#[path = "differential/evaluate.rs"]
mod evaluate;
#[path = "differential/generate.rs"]
mod generate;
#[path = "differential/prices.rs"]
mod prices;

use std::collections::BTreeMap;

use alloy::primitives::{Address, Bytes, TxKind, U256};
use alloy::rpc::types::{BlockId, TransactionRequest};
use alloy::sol;
use alloy::sol_types::SolCall;
use fastrand::Rng;
use nitro_devnode::chain::accounts::WELL_KNOWN;
use nitro_devnode::chain::block::SEQUENCER;
use nitro_devnode::{ArbosVersion, Clock, Node, NodeConfig};

use chain::{Block, Chain, Program, State};
use evaluate::Module;
use generate::Options;

sol! {
    function setNetworkFeeAccount(address account) external;
}

/// Programs that the tests try, and those that the nightly run tries.
const PROGRAMS: usize = 1_000;
const NIGHTLY_PROGRAMS: usize = 100_000;

/// Transactions of a case.
const TRANSACTIONS: usize = 6;

/// Native stack for the evaluator, which recurses as programs do, in bytes.
const STACK: usize = 1 << 30;

const NOW: u64 = 1_800_000_000;

#[test]
fn programs_cost_and_do_what_a_plain_evaluator_says() {
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(run).expect("a thread can be started");
    worker.join().expect("see above");
}

/// Prices of all kinds: of a block, of instructions, of bytes, of host functions.
#[rustfmt::skip]
const PRICES: [&str; 24] = [
    "block", "byte", "read", "write", "I32Const", "I64Add", "I32Mul", "LocalGet", "LocalTee", "GlobalSet", "BrIf", "BrTable",
    "If", "Else", "End", "Call", "CallIndirect", "I64Load", "I32Store8", "Select", "MemoryGrow", "evm_gas_left", "emit_log",
    "storage_flush_cache",
];

/// Cases within which a wrong price has to be noticed.
const PATIENCE: u64 = 400;

/// A test of the test.
#[test]
fn a_price_that_is_wrong_by_one_ink_is_noticed() {
    let search = || {
        for price in PRICES {
            prices::make_wrong(Some(price));
            let found = (0..PATIENCE).position(|seed| std::panic::catch_unwind(|| case(seed)).is_err());
            prices::make_wrong(None);
            let cases = found.unwrap_or_else(|| panic!("a wrong price of {price} goes unnoticed")) + 1;
            println!("{price}: noticed after {cases} cases");
        }
    };
    let worker = std::thread::Builder::new().stack_size(STACK).spawn(search).expect("a thread can be started");
    worker.join().expect("see above");
}

fn run() {
    if let Some(seed) = std::env::var("LINQ_SEED").ok().and_then(|seed| seed.parse().ok()) {
        case(seed);
        return;
    }
    let nightly = std::env::var("LINQ_NIGHTLY").is_ok_and(|value| value == "1");
    let (wanted, first) = if nightly { (NIGHTLY_PROGRAMS, fastrand::u64(..)) } else { (PROGRAMS, 0) };
    println!("cases from seed {first} on");
    let mut tally = Tally::default();
    for seed in (0..).map(|number: u64| first.wrapping_add(number)) {
        tally.add(case(seed));
        if tally.programs >= wanted {
            break;
        }
    }
    println!("{tally:?}");
    // A generator whose programs all fail at once would find nothing.
    assert!(tally.succeeded * 5 > tally.transactions, "{tally:?}");
    assert!(tally.out_of_gas * 50 > tally.transactions, "{tally:?}");
    assert!(tally.reverted * 50 > tally.transactions, "{tally:?}");
    assert!(tally.logs > 0 && tally.slots > 0, "{tally:?}");
}

/// What the programs did.
#[derive(Debug, Default)]
struct Tally {
    programs: usize,
    transactions: usize,
    succeeded: usize,
    reverted: usize,
    out_of_gas: usize,
    logs: usize,
    slots: usize,
}

impl Tally {
    fn add(&mut self, other: Self) {
        self.programs += other.programs;
        self.transactions += other.transactions;
        self.succeeded += other.succeeded;
        self.reverted += other.reverted;
        self.out_of_gas += other.out_of_gas;
        self.logs += other.logs;
        self.slots += other.slots;
    }
}

fn case(seed: u64) -> Tally {
    let mut rng = Rng::with_seed(seed);
    let arbos = [51, 51, 51, 60, 59, 40, 32][rng.usize(..7)];
    let stylus_version = if arbos < 59 { 2 } else { 3 };
    let mut node = Node::new(NodeConfig {
        arbos: ArbosVersion(arbos),
        clock: Clock::Manual(NOW),
        predeploys: false,
        ..NodeConfig::default()
    });

    let count = rng.usize(1..=3);
    let addresses: Vec<Address> = (0..count as u8).map(|index| Address::repeat_byte(0x11 * (index + 1))).collect();
    let (rich, nobody, inactive) = (Address::repeat_byte(0xe1), Address::repeat_byte(0xe2), Address::repeat_byte(0xe3));
    let known: Vec<[u8; 20]> =
        (0..5).map(|index| addresses[index % count]).chain([rich, nobody, inactive]).map(|at| at.0.0).collect();
    let options = Options { multi_value: stylus_version < 3, size: 90 };
    let modules: Vec<Vec<u8>> = addresses.iter().map(|_| generate::module(&mut rng, &known, options)).collect();

    // Fees would otherwise go to address zero, which programs find in empty memory.
    let owner_acts = TransactionRequest {
        from: Some(node.config().chain_owner),
        to: Some(TxKind::Call(Address::with_last_byte(0x70))),
        input: setNetworkFeeAccountCall { account: Address::repeat_byte(0xfe) }.abi_encode().into(),
        ..TransactionRequest::default()
    };
    node.transact(owner_acts.gas_limit(100_000)).expect("owners may");

    let mut state = State::default();
    for (address, balance) in addresses.iter().map(|at| (*at, rng.u64(..100_000))).chain([(rich, 5)]) {
        node.set_balance(address, U256::from(balance));
        state.balances.insert(address, U256::from(balance));
    }
    let mut programs = BTreeMap::new();
    for (address, wasm) in addresses.iter().zip(&modules) {
        let program = Program { module: Module::read(wasm, stylus_version), code: stored(wasm) };
        node.set_code(*address, program.code.clone().into());
        // Modules are as good as never equal, so that none is active already.
        node.activate(*address).unwrap_or_else(|error| panic!("seed {seed}: {error}"));
        let expected = chain::activation_gas(&program.module, *address, arbos);
        assert_eq!(node.latest().receipts[1].gas_used, expected, "seed {seed}: activation");
        programs.insert(*address, program);
    }
    let dormant = stored(b"\0asm");
    node.set_code(inactive, dormant.clone().into());
    let inactive = BTreeMap::from([(inactive, dormant)]);

    let block = Block {
        arbos,
        timestamp: NOW,
        chain_id: node.config().chain_id,
        base_fee: node.base_fee(),
        coinbase: SEQUENCER,
        origin: WELL_KNOWN[0].0,
        stack_words: if arbos < 50 { 262_144 } else { 22_000 },
    };
    let mut tally = Tally { programs: count, ..Tally::default() };
    for number in 0..TRANSACTIONS {
        let what = format!("seed {seed}, ArbOS {arbos}, transaction {number}");
        let chain = Chain::new(block.clone(), &programs, &inactive, state);
        match transaction(&mut rng, &mut node, chain, &mut tally, &what) {
            Some(after) => state = after,
            None => break,
        }
    }
    tally
}

/// Runs a random transaction on both, compares, and returns the state after it; nothing if the evaluator knows too little.
fn transaction(
    rng: &mut Rng,
    node: &mut Node,
    mut chain: Chain<'_, '_>,
    tally: &mut Tally,
    what: &str,
) -> Option<State> {
    let targets: Vec<Address> = chain.programs.keys().copied().collect();
    let to = targets[rng.usize(..targets.len())];
    let input: Vec<u8> = (0..rng.usize(..100)).map(|_| if rng.bool() { 0 } else { rng.u8(..) }).collect();
    let value = U256::from(if rng.u8(..) < 40 { rng.u64(..1_000) } else { 0 });
    let gas_limit = rng.u64(40_000..600_000);
    let before = chain.state.clone();

    let hash = node
        .send(TransactionRequest {
            from: Some(chain.block.origin),
            to: Some(TxKind::Call(to)),
            value: Some(value),
            gas: Some(gas_limit),
            input: Bytes::from(input.clone()).into(),
            ..TransactionRequest::default()
        })
        .unwrap_or_else(|error| panic!("{what}: {error}"));
    let receipt = node.receipt(hash).expect("it is mined at once");
    let (outcome, gas_used) = chain.transact(to, value, input, gas_limit);
    if chain.beyond {
        return None;
    }

    let what = format!("{what} with {gas_limit} gas ({:?})", receipt.failure);
    assert_eq!((receipt.success, receipt.gas_used), (outcome.success, gas_used), "{what}: status and gas");
    assert_eq!(receipt.output, outcome.output, "{what}: output");
    let logs: Vec<_> = receipt.logs.iter().map(|log| &log.inner).collect();
    assert_eq!(logs.len(), chain.state.logs.len(), "{what}: number of logs");
    for (log, (address, topics, data)) in logs.iter().zip(&chain.state.logs) {
        assert_eq!((log.address, log.topics(), &log.data.data[..]), (*address, &topics[..], &data[..]), "{what}: log");
    }
    let latest = BlockId::latest();
    for ((address, key), value) in before.storage.iter().chain(&chain.state.storage) {
        let expected = chain.state.storage.get(&(*address, *key)).unwrap_or(value);
        assert_eq!(node.storage(*address, (*key).into(), latest).as_ref(), Ok(expected), "{what}: slot {key}");
    }
    for (address, balance) in &chain.state.balances {
        assert_eq!(node.balance(*address, latest).as_ref(), Ok(balance), "{what}: balance of {address}");
    }
    tally.transactions += 1;
    tally.succeeded += usize::from(outcome.success);
    tally.out_of_gas += usize::from(gas_used == gas_limit);
    tally.reverted += usize::from(!outcome.success && gas_used < gas_limit);
    tally.logs += chain.state.logs.len();
    tally.slots += chain.state.storage.len();
    Some(chain.state)
}

/// Account code that holds a module uncompressed: one stored block of a brotli stream, and an empty last one.
fn stored(wasm: &[u8]) -> Vec<u8> {
    let len = u32::try_from(wasm.len() - 1).expect("modules are short");
    assert!(len < 1 << 16, "a block with a length of four nibbles");
    // A window of 16 bits, not the last block, four nibbles of length, not compressed.
    let header = (len << 4) | (1 << 20);
    let mut code = nitro_devnode::wasm::code::PREFIX.to_vec();
    code.push(0);
    code.extend_from_slice(&header.to_le_bytes()[..3]);
    code.extend_from_slice(wasm);
    code.push(3);
    code
}

#[test]
fn stored_modules_unpack_to_themselves() {
    let wasm: Vec<u8> = (0..3_000u32).map(|byte| byte as u8).collect();
    assert_eq!(nitro_devnode::wasm::code::decode(&stored(&wasm), 1 << 20), Ok(wasm));
}
