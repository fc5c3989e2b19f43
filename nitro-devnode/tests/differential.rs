//! Random programs on the chain and in a plain evaluator, which have to agree on every figure.
//!
//! A case is a chain with a few random programs that call each other and create contracts. Their activation has to cost
//! what the evaluator says; then come transactions, and status, gas, output, logs, balances, storage, nonces and created
//! code have to be the same after each. A case that fails is made smaller as long as it fails, and shown.
//!
//! `LINQ_SEED` repeats one case, by the seed that a failure names; `LINQ_NIGHTLY=1` runs many more.

#[path = "differential/chain.rs"]
mod chain;
#[path = "differential/evaluate.rs"]
mod evaluate;
#[path = "differential/evm.rs"]
mod evm;
#[path = "differential/generate.rs"]
mod generate;
#[path = "differential/prices.rs"]
mod prices;
#[path = "differential/shrink.rs"]
mod shrink;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};

use alloy::primitives::{Address, Bytes, TxKind, U256, hex};
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

/// Threads they are tried on.
const WORKERS: u64 = 2;

/// Programs after which a thread says so.
const REPORTED: usize = 1_000;

/// Transactions of a case.
const TRANSACTIONS: usize = 6;

/// Native stack for the evaluator, which recurses as programs do, in bytes.
const STACK: usize = 1 << 30;

/// Accounts that programs know besides each other: with money, with nothing, and with a program that is not active.
const RICH: Address = Address::repeat_byte(0xe1);
const NOBODY: Address = Address::repeat_byte(0xe2);
const INACTIVE: Address = Address::repeat_byte(0xe3);
const RICHES: u64 = 5;

const NOW: u64 = 1_800_000_000;

/// Runs `work` on a thread that has room for the evaluator.
fn with_stack<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> std::thread::JoinHandle<T> {
    std::thread::Builder::new().stack_size(STACK).spawn(work).expect("a thread can be started")
}

#[test]
fn programs_cost_and_do_what_a_plain_evaluator_says() {
    if let Some(seed) = std::env::var("LINQ_SEED").ok().and_then(|seed| seed.parse().ok()) {
        with_stack(move || checked(seed)).join().expect("see above");
        return;
    }
    let nightly = std::env::var("LINQ_NIGHTLY").is_ok_and(|value| value == "1");
    let (wanted, first) = if nightly { (NIGHTLY_PROGRAMS, fastrand::u64(..)) } else { (PROGRAMS, 0) };
    println!("cases from seed {first} on");
    let share = wanted / WORKERS as usize;
    let workers: Vec<_> =
        (0..WORKERS).map(|worker| with_stack(move || run(first.wrapping_add(worker), share))).collect();
    let mut tally = Tally::default();
    for worker in workers {
        tally.add(worker.join().expect("see above"));
    }
    println!("{tally:?}");
    // A generator whose programs all fail at once would find nothing.
    assert!(tally.succeeded * 5 > tally.transactions, "{tally:?}");
    assert!(tally.out_of_gas * 50 > tally.transactions, "{tally:?}");
    assert!(tally.reverted * 50 > tally.transactions, "{tally:?}");
    assert!(tally.logs > 0 && tally.slots > 0, "{tally:?}");
    assert!(tally.created * 50 > tally.programs, "{tally:?}");
}

/// Every so many seeds from `first` on, until enough programs were tried.
fn run(first: u64, wanted: usize) -> Tally {
    let mut tally = Tally::default();
    let mut seed = first;
    while tally.programs < wanted {
        let before = tally.programs;
        tally.add(checked(seed));
        seed = seed.wrapping_add(WORKERS);
        // A run of hours says how far it is.
        if before / REPORTED != tally.programs / REPORTED {
            println!("{} of {wanted} programs", tally.programs);
        }
    }
    tally
}

/// Tries the case of a seed. One that fails is shown as small as it can be made.
fn checked(seed: u64) -> Tally {
    let case = Case::new(seed);
    check(&case).unwrap_or_else(|found| {
        let small = shrink::shrink(case, |case| check(case).is_err());
        let remains = check(&small).err().unwrap_or_default();
        panic!("seed {seed}: {found}\n\nthe smallest case found: {remains}\n{small}");
    })
}

/// Prices of all kinds: of a block, of instructions, of bytes, of host functions, of what they do.
#[rustfmt::skip]
const PRICES: [&str; 27] = [
    "block", "byte", "read", "write", "I32Const", "I64Add", "I32Mul", "LocalGet", "LocalTee", "GlobalSet", "BrIf", "BrTable",
    "If", "Else", "End", "Call", "CallIndirect", "I64Load", "I32Store8", "Select", "MemoryGrow", "evm_gas_left", "emit_log",
    "storage_flush_cache", "create1", "create2", "creation",
];

/// Cases within which a wrong price has to be noticed.
const PATIENCE: u64 = 1_000;

/// The first case in which it matters that a price is wrong.
fn case_that_notices(price: &str) -> Case {
    let found = (0..PATIENCE).map(Case::new).find(|case| check(case).is_err());
    found.unwrap_or_else(|| panic!("a wrong price of {price} goes unnoticed"))
}

/// A test of the test.
#[test]
fn a_price_that_is_wrong_by_one_ink_is_noticed() {
    let search = || {
        for price in PRICES {
            prices::make_wrong(Some(price));
            let case = case_that_notices(price);
            prices::make_wrong(None);
            println!("{price}: noticed after {} cases", case.seed + 1);
        }
    };
    with_stack(search).join().expect("see above");
}

/// Instructions that a case which needs one of them has at most when it has been made smaller.
const FEW: usize = 60;

/// A test of the test.
#[test]
fn what_fails_is_made_small() {
    let search = || {
        for price in ["I32Mul", "create1"] {
            prices::make_wrong(Some(price));
            let large = case_that_notices(price);
            let before = large.instructions();
            let small = shrink::shrink(large, |case| check(case).is_err());
            let fails = check(&small).is_err();
            prices::make_wrong(None);
            println!("{price}: {before} instructions before\n{small}");
            assert!(fails && check(&small).is_ok(), "it has to be the price that is noticed");
            assert!(small.instructions() <= FEW, "{} instructions", small.instructions());
            assert_eq!(small.transactions.len(), 1);
        }
    };
    with_stack(search).join().expect("see above");
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
    created: usize,
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
        self.created += other.created;
    }
}

/// A chain with programs, and what is sent to them.
#[derive(Clone)]
struct Case {
    seed: u64,
    arbos: u64,
    programs: Vec<Deployed>,
    transactions: Vec<Sent>,
}

/// A program in its place.
#[derive(Clone)]
struct Deployed {
    address: Address,
    balance: u64,
    wasm: Vec<u8>,
}

/// A transaction.
#[derive(Clone)]
struct Sent {
    /// Which of the programs, and of the contracts that were created before, it goes to; counted round and round.
    to: usize,
    value: u64,
    gas_limit: u64,
    input: Vec<u8>,
}

impl Case {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::with_seed(seed);
        let arbos = [51, 51, 51, 60, 59, 40, 32][rng.usize(..7)];
        let count = rng.usize(1..=3);
        let addresses: Vec<Address> = (0..count as u8).map(|index| Address::repeat_byte(0x11 * (index + 1))).collect();
        let known: Vec<[u8; 20]> =
            (0..5).map(|index| addresses[index % count]).chain([RICH, NOBODY, INACTIVE]).map(|at| at.0.0).collect();
        let options = Options { multi_value: stylus_version(arbos) < 3, size: 90 };
        let programs = addresses
            .into_iter()
            .map(|address| {
                let (balance, wasm) = (rng.u64(..100_000), generate::module(&mut rng, &known, options));
                Deployed { address, balance, wasm }
            })
            .collect();
        let transactions = (0..TRANSACTIONS).map(|_| Sent::new(&mut rng)).collect();
        Self { seed, arbos, programs, transactions }
    }

    /// How many instructions the programs have.
    fn instructions(&self) -> usize {
        self.programs.iter().map(|program| shrink::Parts::read(&program.wasm).instructions()).sum()
    }
}

impl Sent {
    fn new(rng: &mut Rng) -> Self {
        let input = (0..rng.usize(..100)).map(|_| if rng.bool() { 0 } else { rng.u8(..) }).collect();
        let value = if rng.u8(..) < 40 { rng.u64(..1_000) } else { 0 };
        let most = [600_000, 600_000, 1_500_000, 8_000_000][rng.usize(..4)];
        Self { to: rng.usize(..6), value, gas_limit: rng.u64(40_000..most), input }
    }
}

impl std::fmt::Display for Case {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(out, "ArbOS {}", self.arbos)?;
        for Deployed { address, balance, wasm } in &self.programs {
            let text = wasmprinter::print_bytes(wasm).unwrap_or_else(|error| error.to_string());
            writeln!(out, "{address} with {balance} wei:\n{text}")?;
        }
        for Sent { to, value, gas_limit, input } in &self.transactions {
            writeln!(out, "to contract {to} with {value} wei, {gas_limit} gas and 0x{}", hex::encode(input))?;
        }
        Ok(())
    }
}

fn stylus_version(arbos: u64) -> u16 {
    if arbos < 59 { 2 } else { 3 }
}

/// What is equal; or a sentence about what is not.
fn same<T: PartialEq + std::fmt::Debug>(what: &str, chain: T, evaluator: T) -> Result<(), String> {
    if chain == evaluator {
        return Ok(());
    }
    Err(format!("{what}: {chain:?} on the chain, {evaluator:?} by the evaluator"))
}

/// Runs a case on both and compares. A panic of either is a difference, too.
fn check(case: &Case) -> Result<Tally, String> {
    catch_unwind(AssertUnwindSafe(|| compare(case))).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        Err(text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned())
    })
}

fn compare(case: &Case) -> Result<Tally, String> {
    let arbos = case.arbos;
    let mut node = Node::new(NodeConfig {
        arbos: ArbosVersion(arbos),
        clock: Clock::Manual(NOW),
        predeploys: false,
        ..NodeConfig::default()
    });
    // Fees would otherwise go to address zero, which programs find in empty memory.
    let owner_acts = TransactionRequest {
        from: Some(node.config().chain_owner),
        to: Some(TxKind::Call(Address::with_last_byte(0x70))),
        input: setNetworkFeeAccountCall { account: Address::repeat_byte(0xfe) }.abi_encode().into(),
        ..TransactionRequest::default()
    };
    node.transact(owner_acts.gas_limit(100_000)).expect("owners may");

    let mut state = State::default();
    let own = case.programs.iter().map(|program| (program.address, program.balance));
    for (address, balance) in own.chain([(RICH, RICHES)]) {
        node.set_balance(address, U256::from(balance));
        state.balances.insert(address, U256::from(balance));
    }
    let mut programs = BTreeMap::new();
    for Deployed { address, wasm, .. } in &case.programs {
        let program = Program { module: Module::read(wasm, stylus_version(arbos)), code: stored(wasm) };
        node.set_code(*address, program.code.clone().into());
        // Modules are as good as never equal, so that none is active already.
        node.activate(*address).map_err(|error| format!("activation: {error}"))?;
        let expected = chain::activation_gas(&program.module, *address, arbos);
        same("gas of the activation", node.latest().receipts[1].gas_used, expected)?;
        programs.insert(*address, program);
    }
    let dormant = stored(b"\0asm");
    node.set_code(INACTIVE, dormant.clone().into());
    let inactive = BTreeMap::from([(INACTIVE, dormant)]);

    let block = Block {
        arbos,
        timestamp: NOW,
        chain_id: node.config().chain_id,
        base_fee: node.base_fee(),
        coinbase: SEQUENCER,
        origin: WELL_KNOWN[0].0,
        stack_words: if arbos < 50 { 262_144 } else { 22_000 },
    };
    let mut tally = Tally { programs: case.programs.len(), ..Tally::default() };
    for (number, sent) in case.transactions.iter().enumerate() {
        let created = state.codes.len();
        let chain = Chain::new(block.clone(), &programs, &inactive, state);
        let outcome = transaction(sent, &mut node, chain, &mut tally);
        match outcome.map_err(|difference| format!("ArbOS {arbos}, transaction {number}: {difference}"))? {
            Some(after) => {
                tally.created += after.codes.len() - created;
                state = after;
            }
            None => break,
        }
    }
    Ok(tally)
}

/// Runs a transaction on both, compares, and returns the state after it; nothing if the evaluator knows too little.
fn transaction(
    sent: &Sent,
    node: &mut Node,
    mut chain: Chain<'_, '_>,
    tally: &mut Tally,
) -> Result<Option<State>, String> {
    let targets: Vec<Address> = chain.programs.keys().chain(chain.state.codes.keys()).copied().collect();
    let to = targets[sent.to % targets.len()];
    let before = chain.state.clone();

    let request = TransactionRequest {
        from: Some(chain.block.origin),
        to: Some(TxKind::Call(to)),
        value: Some(U256::from(sent.value)),
        gas: Some(sent.gas_limit),
        input: Bytes::from(sent.input.clone()).into(),
        ..TransactionRequest::default()
    };
    let hash = node.send(request).map_err(|error| error.to_string())?;
    let receipt = node.receipt(hash).expect("it is mined at once");
    let (outcome, gas_used) = chain.transact(to, U256::from(sent.value), sent.input.clone(), sent.gas_limit);
    if chain.beyond {
        return Ok(None);
    }

    let what = format!("with {} gas ({:?}): status and gas", sent.gas_limit, receipt.failure);
    same(&what, (receipt.success, receipt.gas_used), (outcome.success, gas_used))?;
    same("output", &receipt.output[..], &outcome.output)?;
    let logs = receipt.logs.iter().map(|log| {
        let log = &log.inner;
        (log.address, log.topics().to_vec(), log.data.data.to_vec())
    });
    same("logs", logs.collect(), chain.state.logs.clone())?;
    compare_state(node, &before, &chain.state)?;
    tally.transactions += 1;
    tally.succeeded += usize::from(outcome.success);
    tally.out_of_gas += usize::from(gas_used == sent.gas_limit);
    tally.reverted += usize::from(!outcome.success && gas_used < sent.gas_limit);
    tally.logs += chain.state.logs.len();
    tally.slots += chain.state.storage.len();
    Ok(Some(chain.state))
}

/// Compares all that the evaluator knows of, before a transaction or after it.
fn compare_state(node: &Node, before: &State, after: &State) -> Result<(), String> {
    let latest = BlockId::latest();
    let asked = |what: &str, error: nitro_devnode::NodeError| format!("{what}: {error}");
    for ((address, key), value) in before.storage.iter().chain(&after.storage) {
        let what = format!("slot {key} of {address}");
        let stored = node.storage(*address, (*key).into(), latest).map_err(|error| asked(&what, error))?;
        same(&what, stored, *after.storage.get(&(*address, *key)).unwrap_or(value))?;
    }
    for (address, balance) in &after.balances {
        let what = format!("balance of {address}");
        same(&what, node.balance(*address, latest).map_err(|error| asked(&what, error))?, *balance)?;
    }
    for (address, nonce) in &after.nonces {
        let what = format!("nonce of {address}");
        same(&what, node.nonce(*address, latest).map_err(|error| asked(&what, error))?, *nonce)?;
    }
    for (address, code) in &after.codes {
        let what = format!("code of {address}");
        let stored = node.code(*address, latest).map_err(|error| asked(&what, error))?;
        same(&what, &stored[..], &code[..])?;
    }
    Ok(())
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
