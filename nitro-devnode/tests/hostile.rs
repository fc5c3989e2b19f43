//! Modules that nobody wrote with good intentions: random, mutated, and as large as the rules admit. None of them may
//! bring the process down, whatever it costs its sender.
//!
//! `LINQ_SEED` repeats one module, by the seed that a failure names; `LINQ_NIGHTLY=1` tries many more.

#[path = "differential/generate.rs"]
mod generate;

use std::panic::{AssertUnwindSafe, catch_unwind};

use alloy::primitives::{Address, Bytes, TxKind, U256, hex};
use alloy::rpc::types::TransactionRequest;
use fastrand::Rng;
use nitro_devnode::chain::accounts::WELL_KNOWN;
use nitro_devnode::wasm::code::{self, PREFIX};
use nitro_devnode::{ArbosVersion, Clock, Node, NodeConfig};

use generate::Options;

/// Modules that the tests try, and those that the nightly run tries.
const MODULES: u64 = 10_000;
const NIGHTLY_MODULES: u64 = 1_000_000;

/// Threads they are tried on.
const WORKERS: u64 = 2;

/// Modules after which a thread says so.
const REPORTED: u64 = 10_000;

/// Modules that share a chain.
const PER_NODE: u64 = 200;

/// Where the module is.
const PROGRAM: Address = Address::repeat_byte(0x77);

const ARB_WASM: Address = Address::with_last_byte(0x71);

fn chain(arbos: u64) -> Node {
    Node::new(NodeConfig {
        arbos: ArbosVersion(arbos),
        clock: Clock::Manual(1_800_000_000),
        predeploys: false,
        debug: arbos != 50,
        history_blocks: 1,
        keep_blocks: Some(0),
        ..NodeConfig::default()
    })
}

/// Puts `code` on the chain, activates it and calls it; tells whether it could be activated.
fn try_out(node: &mut Node, code: Vec<u8>) -> bool {
    node.set_code(PROGRAM, code.into());
    // The data fee of one activation after the other would become unaffordable.
    node.increase_time(3_600);
    let activation = hex!("58c780c20000000000000000000000007777777777777777777777777777777777777777");
    let activated = send(node, ARB_WASM, Bytes::copy_from_slice(&activation), 10u128.pow(18), 32_000_000);
    send(node, PROGRAM, Bytes::from_static(&[1, 2, 3, 4]), 0, 300_000);
    activated
}

fn send(node: &mut Node, to: Address, input: Bytes, value: u128, gas: u64) -> bool {
    let request = TransactionRequest {
        from: Some(WELL_KNOWN[0].0),
        to: Some(TxKind::Call(to)),
        value: Some(U256::from(value)),
        gas: Some(gas),
        input: input.into(),
        ..TransactionRequest::default()
    };
    let hash = node.send(request).expect("the sender has enough");
    node.receipt(hash).expect("it is mined at once").success
}

/// A compressed stream that holds `bytes` as they are, whatever they are.
fn stored(bytes: &[u8]) -> Vec<u8> {
    let mut code = [&PREFIX[..], &[0]].concat();
    let mut is_first = true;
    for block in bytes.chunks(1 << 16) {
        let len = block.len() as u32 - 1;
        // The first block begins with the size of the window: one more bit.
        let header = if is_first { (len << 4) | (1 << 20) } else { (len << 3) | (1 << 19) };
        code.extend_from_slice(&header.to_le_bytes()[..3]);
        code.extend_from_slice(block);
        is_first = false;
    }
    code.push(3);
    code
}

/// Account code made from a seed.
fn hostile_code(seed: u64) -> Vec<u8> {
    let mut rng = Rng::with_seed(seed);
    match rng.u32(..20) {
        0 => {
            let noise: Vec<u8> = (0..rng.usize(..200)).map(|_| rng.u8(..)).collect();
            [&PREFIX[..], &[0], &noise].concat()
        }
        1 => {
            let mut code = code::encode(&module(&mut rng));
            mutate(&mut rng, &mut code);
            code
        }
        2 => stored(&noise_with_sections(&mut rng)),
        3..6 => {
            let (first, second) = (module(&mut rng), module(&mut rng));
            let cut = rng.usize(..first.len().min(second.len()));
            stored(&[&first[..cut], &second[cut..]].concat())
        }
        6..8 => stored(&module(&mut rng)),
        _ => {
            let mut wasm = module(&mut rng);
            mutate(&mut rng, &mut wasm);
            stored(&wasm)
        }
    }
}

fn module(rng: &mut Rng) -> Vec<u8> {
    let options = Options { multi_value: rng.bool(), size: [8, 20, 60][rng.usize(..3)] };
    generate::module(rng, &[[0x77; 20]; 8], options)
}

/// A module's header, and sections of any kind with anything in them.
fn noise_with_sections(rng: &mut Rng) -> Vec<u8> {
    let mut wasm = b"\0asm\x01\0\0\0".to_vec();
    for _ in 0..rng.usize(1..10) {
        let len = rng.u8(..100);
        wasm.push(rng.u8(..14));
        wasm.push(len);
        wasm.extend((0..len).map(|_| if rng.bool() { rng.u8(..8) } else { rng.u8(..) }));
    }
    wasm
}

/// Changes a few bytes, takes some away, repeats some, or puts in numbers that are too large.
fn mutate(rng: &mut Rng, bytes: &mut Vec<u8>) {
    for _ in 0..rng.usize(1..4) {
        let place = rng.usize(..bytes.len());
        let end = (place + rng.usize(1..8)).min(bytes.len());
        match rng.u32(..6) {
            0 => bytes[place] ^= 1 << rng.u32(..8),
            1 => bytes[place] = rng.u8(..),
            2 => drop(bytes.drain(place..end)),
            3 => {
                let repeated = bytes[place..end].to_vec();
                bytes.splice(place..place, repeated);
            }
            4 => {
                let large =
                    [&[0xff, 0xff, 0xff, 0xff, 0x0f][..], &[0x80, 0x80, 0x04], &[0xff, 0xff, 0x03]][rng.usize(..3)];
                bytes.splice(place..place + 1, large.iter().copied());
            }
            _ => {
                let opcode = [0x00, 0x02, 0x03, 0x04, 0x0b, 0x0c, 0x0e, 0x11, 0x1a, 0x40, 0xfc, 0xfd][rng.usize(..12)];
                bytes[place] = opcode;
            }
        }
        if bytes.is_empty() {
            bytes.push(0);
        }
    }
}

#[test]
fn no_module_brings_the_process_down() {
    if let Some(seed) = std::env::var("LINQ_SEED").ok().and_then(|seed| seed.parse().ok()) {
        try_out(&mut chain(51), hostile_code(seed));
        return;
    }
    let nightly = std::env::var("LINQ_NIGHTLY").is_ok_and(|value| value == "1");
    let (wanted, first) = if nightly { (NIGHTLY_MODULES, fastrand::u64(..)) } else { (MODULES, 0) };
    println!("modules from seed {first} on");
    let share = wanted / WORKERS;
    let workers: Vec<_> = (0..WORKERS)
        .map(|worker| std::thread::spawn(move || try_many(first.wrapping_add(worker * share), share)))
        .collect();
    let activated: u64 = workers.into_iter().map(|worker| worker.join().expect("it says which module it was")).sum();
    println!("{activated} of {wanted} were activated");
    // Where nothing passes, or everything, nothing is tried.
    assert!(activated * 20 > wanted && activated * 10 < wanted * 9, "{activated} of {wanted}");
}

/// Tries `count` modules and returns how many of them were activated.
fn try_many(first: u64, count: u64) -> u64 {
    let mut node = chain(51);
    let mut activated = 0;
    for number in 0..count {
        if number % PER_NODE == 0 {
            node = chain([51, 51, 60, 50, 32][(number / PER_NODE) as usize % 5]);
        }
        // A run of hours says how far it is.
        if number > 0 && number % REPORTED == 0 {
            println!("{number} of {count} modules");
        }
        let seed = first.wrapping_add(number);
        let code = hostile_code(seed);
        match catch_unwind(AssertUnwindSafe(|| try_out(&mut node, code.clone()))) {
            Ok(was_activated) => activated += u64::from(was_activated),
            Err(_) => panic!("seed {seed}: {}", hex::encode(&code)),
        }
    }
    activated
}

mod at_the_limits {
    use super::*;

    /// A module with this body of its entry point, and other items.
    fn with(items: &str, body: &str) -> String {
        format!(
            r#"(module {items} (memory (export "memory") 1 1)
                (func (export "user_entrypoint") (param i32) (result i32) {body} (i32.const 0)))"#
        )
    }

    fn runs(source: &str) {
        let wasm = wat::parse_str(source).expect("the source is valid");
        for arbos in [32, 51] {
            try_out(&mut chain(arbos), stored(&wasm));
        }
    }

    #[test]
    fn blocks_nest_as_deeply_as_they_fit() {
        for count in [1_000, 4_500, 30_000] {
            runs(&with("", &format!("{}{}", "block ".repeat(count), "end ".repeat(count))));
            runs(&with("", &format!("{}{}", "loop ".repeat(count), "end ".repeat(count))));
            runs(&with("", &format!("{}{}", "i32.const 1 if ".repeat(count), "end ".repeat(count))));
        }
    }

    #[test]
    fn operands_pile_up() {
        for count in [1_000, 4_090, 20_000] {
            runs(&with("", &format!("{}{}", "i32.const 1 ".repeat(count), "drop ".repeat(count))));
        }
    }

    #[test]
    fn tables_of_branches_are_long() {
        runs(&with("", &format!("block i32.const 7 br_table {} end", "0 ".repeat(40_000))));
        let nested =
            format!("{}i32.const 3 br_table {} {}", "block ".repeat(500), "499 0 ".repeat(4_000), "end ".repeat(500));
        runs(&with("", &nested));
    }

    #[test]
    fn functions_are_many_and_have_many_locals() {
        let many: String = (0..4_095).map(|_| "(func (local i64 i64) nop)").collect();
        runs(&with(&many, "call 0"));
        let locals = "i64 ".repeat(348);
        runs(&with(&format!("(func $f (local {locals}) call $f)"), "call $f"));
        runs(&with(&format!("(func $f (param {locals}))"), &format!("{} call $f", "i64.const 1 ".repeat(348))));
    }

    #[test]
    fn recursion_goes_as_deep_as_the_budget() {
        runs(&with("(func $f call $f)", "call $f"));
        runs(&with(
            "(func $f (param i64) (result i64) (call $f (i64.add (local.get 0) (i64.const 1))))",
            "(drop (call $f (i64.const 0)))",
        ));
        runs(&with(
            "(type $t (func)) (table 1 funcref) (elem (i32.const 0) $f) (func $f (call_indirect (type $t) (i32.const 0)))",
            "call $f",
        ));
    }

    #[test]
    fn multiple_results_are_many() {
        let results = "i64 ".repeat(1_000);
        let values = "i64.const 1 ".repeat(1_000);
        runs(&with(&format!("(func $f (result {results}) {values})"), &format!("call $f {}", "drop ".repeat(1_000))));
    }

    #[test]
    fn memory_is_as_large_as_it_can_be() {
        for pages in [0, 1, 127, 128, 129, 65_535, 65_536] {
            runs(&format!(
                r#"(module (import "vm_hooks" "pay_for_memory_grow" (func (param i32))) (memory (export "memory") {pages})
                    (func (export "user_entrypoint") (param i32) (result i32)
                        (drop (memory.grow (i32.const 65536))) (drop (memory.grow (i32.const -1))) (i32.const 0)))"#
            ));
        }
    }

    #[test]
    fn host_functions_get_the_worst_arguments() {
        for (name, params, result) in generate::HOOKS {
            let types: String = params.iter().map(|ty| format!("{ty:?} ").to_lowercase()).collect();
            let returns = result.map(|ty| format!("(result {})", format!("{ty:?}").to_lowercase())).unwrap_or_default();
            let import = format!(r#"(import "vm_hooks" "{name}" (func $hook (param {types}) {returns}))"#);
            for value in ["0", "-1", "65535", "2147483647", "-2147483648"] {
                let arguments: String =
                    params.iter().map(|ty| format!("({}.const {value})", format!("{ty:?}").to_lowercase())).collect();
                let drop = if result.is_some() { "drop" } else { "" };
                runs(&with(&import, &format!("{arguments} call $hook {drop}")));
            }
        }
    }
}
