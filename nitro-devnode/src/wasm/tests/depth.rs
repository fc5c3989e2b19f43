//! The stack budget, and the native stack beneath it.

use alloy::primitives::{Address, B256, Bytes, U256};

use super::super::api::{
    CallKind, CallOutcome, CallRequest, CreateOutcome, CreateRefused, CreateRequest, EvmApi, FrameStatus,
    StaticViolation, StoreError,
};
use super::fake::Fake;
use super::*;

/// A program that recurses `$len` deep through `$f`, a function with `body`.
fn recursing(locals: &str, body: &str) -> String {
    format!(
        r#"(module (type $t (func (param i32)))
            (import "vm_hooks" "read_args" (func $read_args (param i32)))
            (memory (export "memory") 1 1) (table 1 funcref) (elem (i32.const 0) $f)
            (func (export "user_entrypoint") (param $n i32) (result i32)
                (call $read_args (i32.const 0)) (call $f (local.get $n)) (i32.const 0))
            (func $f (type $t) (param $n i32) {locals} {body})
            (func $g)
            (func $h (param $n i32) (result i64) (call $f (local.get $n)) (i64.const 1)))"#
    )
}

fn status_at(program: &Program, depth: u32, words: u32) -> FrameStatus {
    let deep = FrameContext { args: vec![0; depth as usize].into(), max_stack_depth: words, ..context() };
    program.run(&deep, &mut Fake::default(), 1 << 40).status
}

const AGAIN: &str = "(call $f (i32.sub (local.get $n) (i32.const 1)))";

/// The greatest depth of recursion that a fresh budget admits, as measured for these bodies.
#[test]
fn frames_count_as_measured() {
    let ones = |n: usize| "(i32.const 1)".repeat(n);
    let cases = [
        ("", format!("(if (local.get $n) (then {AGAIN}))"), 3_664),
        ("(local i64)", format!("(if (local.get $n) (then {AGAIN}))"), 3_140),
        ("", format!("(if (local.get $n) (then {} {AGAIN} {}))", ones(7), "drop ".repeat(7)), 1_690),
        ("", format!("(block (result i32) (if (local.get $n) (then {AGAIN})) (i32.const 5)) drop"), 3_140),
        (
            "",
            format!("(memory.fill (i32.const 9) (i32.const 1) (i32.const 0)) (if (local.get $n) (then {AGAIN}))"),
            2_198,
        ),
        (
            "",
            "(if (local.get $n)
                (then (call_indirect (type $t) (i32.sub (local.get $n) (i32.const 1)) (i32.const 0))))"
                .to_owned(),
            3_664,
        ),
        ("", format!("(if (local.get $n) (then {} (call $g) drop drop drop {AGAIN}))", ones(3)), 2_442),
        ("", "(if (local.get $n) (then (drop (call $h (i32.sub (local.get $n) (i32.const 1))))))".to_owned(), 1_691),
        ("", format!("(if (local.get $n) (then {AGAIN})) (return) {} {}", ones(9), "drop ".repeat(9)), 1_690),
    ];
    for (locals, body, deepest) in cases {
        let program = program(&recursing(locals, &body));
        assert_eq!(status_at(&program, deepest, 22_000), FrameStatus::Success, "{body}");
        assert_eq!(status_at(&program, deepest + 1, 22_000), FrameStatus::StackOverflow, "{body}");
    }
}

#[test]
fn the_stack_comes_before_ink() {
    // The entry point does not fit, and could not pay for its first block either.
    let wat = module("", "(i32.const 0)");
    let tight = FrameContext { max_stack_depth: 6, ..context() };
    let outcome = program(&wat).run(&tight, &mut Fake::default(), 0);
    assert_eq!((outcome.status, outcome.gas_left), (FrameStatus::StackOverflow, 0));
    let roomy = FrameContext { max_stack_depth: 7, ..context() };
    assert_eq!(program(&wat).run(&roomy, &mut Fake::default(), 0).status, FrameStatus::OutOfGas);
}

/// The largest budget a chain has had.
const LARGEST_BUDGET: u32 = 262_144;

/// Programs that use much machine stack for each word of their budget reach the end of the budget, not of the stack.
#[test]
fn the_native_stack_outlasts_the_largest_budget() {
    let sum = |from: usize, n: usize| -> String {
        (from..from + n)
            .map(|local| format!("(local.set {local} (i32.add (local.get {local}) (local.get $n)))"))
            .collect()
    };
    let many_parameters = format!(
        r#"(module (memory (export "memory") 1 1)
            (func (export "user_entrypoint") (param $n i32) (result i32)
                (call $f (local.get $n) {zeros}) (i32.const 0))
            (func $f (param $n i32) (param {i64s})
                (if (local.get $n) (then (call $f (i32.sub (local.get $n) (i32.const 1)) {gets})))))"#,
        zeros = "(i64.const 0)".repeat(999),
        i64s = "i64 ".repeat(999),
        gets = (1..1_000).map(|local| format!("(local.get {local})")).collect::<String>(),
    );
    let operands: String = (0..2_000).map(|_| "(i32.load (local.get $n))").collect();
    let sums = "i32.add ".repeat(1_999);
    let cases = [
        recursing("", &format!("(if (local.get $n) (then {AGAIN}))")),
        recursing("(local i32 i32 i32)", &format!("(if (local.get $n) (then {} {AGAIN} {}))", sum(1, 3), sum(1, 3))),
        recursing(
            &format!("(local {})", "i32 ".repeat(348)),
            &format!("(if (local.get $n) (then {} {AGAIN} {}))", sum(1, 348), sum(1, 348)),
        ),
        recursing("", &format!("(if (local.get $n) (then {operands} {AGAIN} {sums} drop))")),
        many_parameters,
    ];
    for wat in cases {
        let program = program(&wat);
        let small = deepest(&program, LARGEST_BUDGET / 8);
        let large = deepest(&program, LARGEST_BUDGET);
        assert!(large >= 8 * small, "{small} frames in an eighth of the budget, but {large} in all of it");
    }
}

/// The greatest depth that `words` admit.
fn deepest(program: &Program, words: u32) -> u32 {
    let (mut good, mut bad) = (0, words);
    while bad - good > 1 {
        let middle = good + (bad - good) / 2;
        if status_at(program, middle, words) == FrameStatus::Success { good = middle } else { bad = middle }
    }
    good
}

/// A chain on which every call runs the same program one frame further in.
struct Nested<'a> {
    program: &'a Program,
    depth: usize,
    deepest: usize,
}

/// Frames a transaction may nest.
const CALL_DEPTH: usize = 1_024;

impl EvmApi for Nested<'_> {
    fn call(&mut self, request: CallRequest) -> CallOutcome {
        assert_eq!(request.kind, CallKind::Call);
        self.depth += 1;
        self.deepest = self.deepest.max(self.depth);
        let success = self.depth < CALL_DEPTH && {
            let outcome = self.program.run(&context(), &mut *self, request.gas_requested);
            outcome.status == FrameStatus::Success
        };
        self.depth -= 1;
        CallOutcome { success, output: Bytes::new(), cost: 0 }
    }

    fn storage_load(&mut self, _: B256) -> (B256, u64) {
        unreachable!("the program only calls")
    }

    fn storage_store(&mut self, _: &[(B256, B256)], _: u64) -> Result<u64, StoreError> {
        unreachable!("the program only calls")
    }

    fn transient_load(&mut self, _: B256) -> B256 {
        unreachable!("the program only calls")
    }

    fn transient_store(&mut self, _: B256, _: B256) -> Result<(), StaticViolation> {
        unreachable!("the program only calls")
    }

    fn create(&mut self, _: CreateRequest) -> Result<CreateOutcome, CreateRefused> {
        unreachable!("the program only calls")
    }

    fn emit_log(&mut self, _: Vec<B256>, _: Bytes) -> Result<(), StaticViolation> {
        unreachable!("the program only calls")
    }

    fn account_balance(&mut self, _: Address) -> (U256, u64) {
        unreachable!("the program only calls")
    }

    fn account_code(&mut self, _: Address) -> (Bytes, u64) {
        unreachable!("the program only calls")
    }

    fn account_code_hash(&mut self, _: Address) -> (B256, u64) {
        unreachable!("the program only calls")
    }

    fn add_pages(&mut self, _: u16) -> u64 {
        unreachable!("the program only calls")
    }
}

/// Each frame first uses up most of its own budget, then calls: all of it from a thread with a small stack.
#[test]
fn programs_nest_to_the_call_depth_of_the_chain() {
    let wat = r#"(module
        (import "vm_hooks" "call_contract" (func $call (param i32 i32 i32 i32 i64 i32) (result i32)))
        (memory (export "memory") 1 1)
        (func (export "user_entrypoint") (param $n i32) (result i32) (call $f (i32.const 1000)))
        (func $f (param $n i32) (result i32)
            (if (result i32) (local.get $n)
                (then (call $f (i32.sub (local.get $n) (i32.const 1))))
                (else
                    (drop (call $call (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1)
                        (i32.const 64)))
                    (i32.const 0)))))"#;
    let small = std::thread::Builder::new().stack_size(512 * 1024);
    let thread = small.spawn(|| {
        let program = program(wat);
        let mut api = Nested { program: &program, depth: 0, deepest: 0 };
        let outcome = program.run(&context(), &mut api, 1 << 40);
        (outcome.status, api.deepest)
    });
    let (status, deepest) = thread.expect("the thread starts").join().expect("no frame crashes");
    assert_eq!((status, deepest), (FrameStatus::Success, CALL_DEPTH));
}
