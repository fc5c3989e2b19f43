//! How frames end.

use super::super::api::FrameStatus;
use super::fake::Fake;
use super::*;

const WRITE: &str = r#"(import "vm_hooks" "write_result" (func $write_result (param i32 i32)))"#;
const EXIT: &str = r#"(import "vm_hooks" "exit_early" (func $exit_early (param i32)))"#;

const GAS: u64 = 1_000_000;

fn ended(imports: &str, body: &str) -> FrameOutcome {
    run(&module(imports, body), &mut Fake::default(), GAS)
}

#[test]
fn the_status_decides() {
    assert_eq!(ended("", "(i32.const 0)").status, FrameStatus::Success);
    for status in [1, 2, 256, -1] {
        let outcome = ended("", &format!("(i32.const {status})"));
        assert_eq!(outcome.status, FrameStatus::Revert, "{status}");
        assert_eq!(outcome.gas_left, GAS - 1);
        assert_eq!(outcome.reason, None);
    }
}

#[test]
fn results_survive_a_revert_but_not_a_trap() {
    let write = "(call $write_result (i32.const 0) (i32.const 40))";
    assert_eq!(ended(WRITE, &format!("{write} (i32.const 0)")).output.len(), 40);
    assert_eq!(ended(WRITE, &format!("{write} (i32.const 1)")).output.len(), 40);
    let trapped = ended(WRITE, &format!("{write} (unreachable)"));
    assert_eq!(trapped.status, FrameStatus::Revert);
    assert!(trapped.output.is_empty());
    assert!(trapped.gas_left > GAS - 10);
}

#[test]
fn the_last_result_counts() {
    let outcome = ended(
        WRITE,
        "(i32.store8 (i32.const 1) (i32.const 9))
         (call $write_result (i32.const 0) (i32.const 40)) (call $write_result (i32.const 1) (i32.const 1))
         (i32.const 0)",
    );
    assert_eq!(outcome.output.as_ref(), [9]);
}

#[test]
fn leaving_early_is_like_returning() {
    let imports = format!("{WRITE} {EXIT}");
    let leaving = |status: i32| {
        let body = format!(
            "(call $write_result (i32.const 0) (i32.const 3)) (call $exit_early (i32.const {status})) (unreachable)"
        );
        ended(&imports, &body)
    };
    let good = leaving(0);
    assert_eq!((good.status, good.output.len()), (FrameStatus::Success, 3));
    let bad = leaving(7);
    assert_eq!((bad.status, bad.output.len()), (FrameStatus::Revert, 3));
}

#[test]
fn traps_revert_and_keep_gas() {
    for (items, body, reason) in [
        ("", "(unreachable)", "unreachable"),
        ("", "(i32.div_u (i32.const 1) (i32.const 0))", "integer divide by zero"),
        ("", "(i32.div_s (i32.const 0x80000000) (i32.const -1))", "integer overflow"),
        ("", "(i32.wrap_i64 (i64.rem_s (i64.const 1) (i64.const 0)))", "integer divide by zero"),
        ("", "(i32.load (i32.const 65533))", "out of bounds memory access"),
        ("", "(i32.load offset=4294967295 (i32.const 4294967295))", "out of bounds memory access"),
        (
            "",
            "(memory.fill (i32.const 65000) (i32.const 1) (i32.const 537)) (i32.const 0)",
            "out of bounds memory access",
        ),
        (
            "",
            "(memory.fill (i32.const 65537) (i32.const 1) (i32.const 0)) (i32.const 0)",
            "out of bounds memory access",
        ),
        (
            "(type $t (func (result i32))) (table 2 funcref)",
            "(call_indirect (type $t) (i32.const 0))",
            "uninitialized element",
        ),
        (
            "(type $t (func (result i32))) (table 2 funcref)",
            "(call_indirect (type $t) (i32.const 2))",
            "undefined element",
        ),
        (
            "(type $t (func (result i32))) (table 2 funcref) (elem (i32.const 0) $x) (func $x (result i64) (i64.const 1))",
            "(call_indirect (type $t) (i32.const 0))",
            "indirect call type mismatch",
        ),
    ] {
        let outcome = ended(items, body);
        assert_eq!((outcome.status, outcome.reason), (FrameStatus::Revert, Some(reason)), "{body}");
        assert!(outcome.output.is_empty() && outcome.gas_left > GAS - 20, "{body}");
    }
    assert_eq!(ended("", "(i32.rem_s (i32.const 0x80000000) (i32.const -1))").status, FrameStatus::Success);
    assert_eq!(ended("", "(i32.load8_u (i32.const 65535))").status, FrameStatus::Success);
}

#[test]
fn running_out_of_ink_takes_everything() {
    for body in [
        "(loop $l (br $l)) (unreachable)",
        "(memory.fill (i32.const 0) (i32.const 1) (i32.const -1)) (i32.const 0)",
        "(drop (f64.const 1)) (i32.const 0)",
    ] {
        let outcome = ended("", body);
        assert_eq!((outcome.status, outcome.gas_left), (FrameStatus::OutOfGas, 0), "{body}");
    }
}

#[test]
fn floats_cost_only_where_they_are_reached() {
    let wat = module("", "(if (local.get $len) (then (drop (f64.const 1)))) (i32.const 0)");
    assert_eq!(run(&wat, &mut Fake::default(), GAS).status, FrameStatus::Success);
    let reached = FrameContext { args: vec![1].into(), ..context() };
    assert_eq!(program(&wat).run(&reached, &mut Fake::default(), GAS).status, FrameStatus::OutOfGas);
}

#[test]
fn parts_of_a_gas_are_lost() {
    // 2,452 of 10,000 ink are used; the rest is less than one gas.
    assert_eq!(run(&module("", "(i32.const 0)"), &mut Fake::default(), 1).gas_left, 0);
    assert_eq!(run(&module("", "(i32.const 0)"), &mut Fake::default(), 2).gas_left, 1);
    // More gas than ink can express counts as all the ink there can be.
    assert_eq!(run(&module("", "(i32.const 0)"), &mut Fake::default(), u64::MAX).gas_left, u64::MAX / 10_000 - 1);
}

#[test]
fn frames_start_afresh() {
    let wat = module(
        "(global $g (mut i32) (i32.const 0))",
        "(global.set $g (i32.add (global.get $g) (i32.const 1)))
         (i32.store (i32.const 0) (i32.add (i32.load (i32.const 0)) (global.get $g)))
         (i32.sub (i32.load (i32.const 0)) (i32.const 1))",
    );
    let program = program(&wat);
    for _ in 0..2 {
        assert_eq!(program.run(&context(), &mut Fake::default(), GAS).status, FrameStatus::Success);
    }
}
