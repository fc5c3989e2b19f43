//! What host functions cost and do.

use alloy::primitives::{B256, keccak256};

use super::super::api::{CallKind, CallOutcome, CreateOutcome, FrameStatus, StoreError};
use super::fake::Fake;
use super::*;

const GAS: u64 = 10_000_000;

/// Imports of the named hooks, under their own names.
fn imports(names: &[&str]) -> String {
    let import = |name: &&str| {
        let hook = super::super::hooks::find("vm_hooks", name, false).expect("the hook exists");
        let list = |types: &[wasmparser::ValType]| types.iter().map(|ty| format!("{ty} ")).collect::<String>();
        format!(
            r#"(import "vm_hooks" "{name}" (func ${name} (param {}) (result {})))"#,
            list(hook.params),
            list(hook.results)
        )
    };
    names.iter().map(import).collect()
}

fn call_with(names: &[&str], body: &str, context: &FrameContext, api: &mut Fake) -> FrameOutcome {
    program(&module(&imports(names), &format!("{body} (i32.const 0)"))).run(context, api, GAS)
}

fn call(names: &[&str], body: &str, api: &mut Fake) -> FrameOutcome {
    call_with(names, body, &context(), api)
}

/// Runs `body`, which must succeed, and returns the ink of each call of `name`.
fn ink(name: &str, body: &str, api: &mut Fake) -> Vec<u64> {
    let outcome = call(&[name], body, api);
    assert_eq!(outcome.status, FrameStatus::Success, "{body}: {:?}", outcome.reason);
    api.ink_of(name)
}

/// Like [`ink`], for one call.
fn one(name: &str, body: &str) -> u64 {
    let inks = ink(name, body, &mut Fake::default());
    assert_eq!(inks.len(), 1);
    inks[0]
}

/// A call of `name` with pointer arguments that leave its result, if any, dropped.
fn simple(name: &str) -> String {
    let hook = super::super::hooks::find("vm_hooks", name, false).expect("the hook exists");
    let arguments: String =
        (0..hook.params.len()).map(|index| format!("({}.const {})", hook.params[index], 64 * index)).collect();
    let call = format!("(call ${name} {arguments})");
    if hook.results.is_empty() { call } else { format!("(drop {call})") }
}

#[test]
fn every_importable_function_is_linked_with_its_type() {
    let list = |types: &[wasmparser::ValType]| types.iter().map(|ty| format!("{ty} ")).collect::<String>();
    let imports: String = super::super::hooks::HOOKS
        .iter()
        .map(|hook| {
            let (params, results) = (list(hook.params), list(hook.results));
            format!(r#"(import "{}" "{}" (func (param {params}) (result {results})))"#, hook.module, hook.name)
        })
        .collect();
    let debug = CompileConfig { debug: true, ..CONFIG };
    assert!(build(&module(&imports, "(i32.const 0)"), debug).is_ok());
}

#[test]
fn context_hooks_have_fixed_prices() {
    for name in [
        "block_gas_limit",
        "block_number",
        "block_timestamp",
        "chainid",
        "evm_gas_left",
        "evm_ink_left",
        "msg_reentrant",
        "tx_ink_price",
        "return_data_size",
    ] {
        assert_eq!(one(name, &simple(name)), 8_400, "{name}");
    }
    for name in
        ["block_basefee", "block_coinbase", "contract_address", "msg_sender", "msg_value", "tx_gas_price", "tx_origin"]
    {
        assert_eq!(one(name, &simple(name)), 13_440, "{name}");
    }
}

#[test]
fn context_hooks_tell_the_context() {
    let names =
        ["msg_sender", "tx_origin", "contract_address", "block_coinbase", "msg_value", "chainid", "msg_reentrant"];
    let body: String = names.iter().map(|name| simple(name)).collect();
    let mut api = Fake::default();
    let reentrant = FrameContext { reentrant: true, ..context() };
    call_with(&names, &body, &reentrant, &mut api);
    let outs = |name: &str| {
        api.trace.iter().find(|record| record.name == name).map(|record| record.outs.clone()).unwrap_or_default()
    };
    assert_eq!(outs("msg_sender").as_ref(), SENDER.as_slice());
    assert_eq!(outs("tx_origin").as_ref(), ORIGIN.as_slice());
    assert_eq!(outs("contract_address").as_ref(), CONTRACT.as_slice());
    assert_eq!(outs("block_coinbase").as_ref(), Address::repeat_byte(9).as_slice());
    assert_eq!(outs("msg_value").as_ref(), B256::with_last_byte(5).as_slice());
    assert_eq!(outs("chainid").as_ref(), 412_346u64.to_be_bytes().as_slice());
    assert_eq!(outs("msg_reentrant").as_ref(), 1u32.to_be_bytes().as_slice());
}

#[test]
fn the_whole_run_is_traced() {
    let mut api = Fake::default();
    let with_args = FrameContext { args: vec![1, 2, 3].into(), ..context() };
    call_with(&["chainid"], &simple("chainid"), &with_args, &mut api);
    let names: Vec<_> = api.trace.iter().map(|record| record.name).collect();
    assert_eq!(names, ["user_entrypoint", "chainid", "user_returned"]);
    assert_eq!(api.trace[0].args.as_ref(), 3u32.to_be_bytes().as_slice());
    assert_eq!(api.trace[2].outs.as_ref(), 0u32.to_be_bytes().as_slice());
}

mod memory_transfers {
    use super::*;

    #[test]
    fn arguments_cost_by_their_length() {
        for (len, price) in [(0, 8_400 + 5_040), (32, 8_400 + 5_040), (100, 8_400 + 5_040 + 68 * 30)] {
            let mut api = Fake::default();
            let with_args = FrameContext { args: vec![7; len].into(), ..context() };
            call_with(&["read_args"], &simple("read_args"), &with_args, &mut api);
            assert_eq!(api.ink_of("read_args"), [price], "{len}");
        }
    }

    #[test]
    fn results_are_paid_for_twice() {
        let write = |len: u32| one("write_result", &format!("(call $write_result (i32.const 0) (i32.const {len}))"));
        assert_eq!(write(0), 8_400 + 2 * 16_381);
        assert_eq!(write(40), 8_400 + 2 * (16_381 + 8 * 55));
    }

    #[test]
    fn pointers_may_touch_the_end_of_memory() {
        let write = |pointer: u32, len: u32| {
            let body = format!("(call $write_result (i32.const {pointer}) (i32.const {len}))");
            call(&["write_result"], &body, &mut Fake::default()).status
        };
        assert_eq!(write(65_535, 1), FrameStatus::Success);
        assert_eq!(write(65_536, 0), FrameStatus::Success);
        assert_eq!(write(65_536, 1), FrameStatus::Revert);
        assert_eq!(write(65_537, 0), FrameStatus::Revert);
        assert_eq!(write(u32::MAX, 2), FrameStatus::Revert);
    }

    #[test]
    fn the_charge_comes_before_the_pointer() {
        let program = program(&module(
            &imports(&["write_result"]),
            "(call $write_result (i32.const 70000) (i32.const 0)) (i32.const 0)",
        ));
        let status = |gas| program.run(&context(), &mut Fake::default(), gas).status;
        assert_eq!(status(4), FrameStatus::OutOfGas);
        assert_eq!(status(10), FrameStatus::Revert);
    }

    #[test]
    fn hashing_pays_for_words_only() {
        let hash = |len: u32| {
            let body = format!("(call $native_keccak256 (i32.const 0) (i32.const {len}) (i32.const 0))");
            one("native_keccak256", &body)
        };
        assert_eq!([0, 64, 65, 96].map(hash), [121_800, 121_800, 142_800, 142_800]);
        let mut api = Fake::default();
        call(&["native_keccak256"], "(call $native_keccak256 (i32.const 0) (i32.const 3) (i32.const 0))", &mut api);
        assert_eq!(api.trace[1].outs.as_ref(), keccak256([0; 3]).as_slice());
    }
}

mod storage {
    use super::*;

    const LOAD: &str = "(call $storage_load_bytes32 (i32.const 0) (i32.const 32))";
    const CACHE: &str = "(call $storage_cache_bytes32 (i32.const 0) (i32.const 32))";
    const FLUSH: &str = "(call $storage_flush_cache (i32.const 0))";
    const NAMES: [&str; 3] = ["storage_load_bytes32", "storage_cache_bytes32", "storage_flush_cache"];

    #[test]
    fn a_miss_pays_the_chain_and_a_hit_does_not() {
        let mut api = Fake { load_gas: 2_100, ..Fake::default() };
        assert_eq!(ink("storage_load_bytes32", &LOAD.repeat(2), &mut api), [21_068_480, 18_480]);
    }

    #[test]
    fn many_accesses_get_dearer() {
        let mut api = Fake::default();
        let loads = ink("storage_load_bytes32", &LOAD.repeat(129), &mut api);
        assert_eq!([loads[31], loads[32], loads[127], loads[128]], [18_480, 38_480, 38_480, 118_480]);
        let writes = ink("storage_cache_bytes32", &CACHE.repeat(65), &mut Fake::default());
        assert_eq!([writes[7], writes[8], writes[63], writes[64]], [18_480, 88_480, 88_480, 118_480]);
    }

    #[test]
    fn a_load_needs_gas_for_a_miss_even_on_a_hit() {
        let program = program(&module(&imports(&NAMES), &format!("{} (i32.const 0)", LOAD.repeat(2))));
        let mut api = Fake { load_gas: 100, ..Fake::default() };
        // Blocks and the first load take a little over 107 gas, the second load 1.85 before it asks for 2,115.
        assert_eq!(program.run(&context(), &mut api, 2_220).status, FrameStatus::OutOfGas);
        assert_eq!(program.run(&context(), &mut api, 2_230).status, FrameStatus::Success);
    }

    #[test]
    fn only_dirty_slots_are_flushed() {
        let mut api = Fake { store_result: Some(Ok(2_900)), ..Fake::default() };
        api.storage.insert(B256::ZERO, B256::with_last_byte(1));
        let body = format!(
            "{FLUSH} {LOAD} {CACHE} {FLUSH}
             (i32.store8 (i32.const 63) (i32.const 5)) {CACHE} {FLUSH} {FLUSH}"
        );
        let outcome = call(&NAMES, &body, &mut api);
        assert_eq!(outcome.status, FrameStatus::Success);
        assert_eq!(api.stored, [[(B256::ZERO, B256::with_last_byte(5))]]);
        assert_eq!(api.ink_of("storage_flush_cache"), [68_073, 68_073, 29_068_073, 68_073]);
    }

    #[test]
    fn a_slot_never_loaded_is_dirty() {
        let mut api = Fake::default();
        call(&NAMES, &format!("{CACHE} {FLUSH}"), &mut api);
        assert_eq!(api.stored, [[(B256::ZERO, B256::ZERO)]]);
    }

    #[test]
    fn clearing_forgets_slots_but_not_counts() {
        let clear = "(call $storage_flush_cache (i32.const 1))";
        let mut api = Fake { load_gas: 100, ..Fake::default() };
        call(&NAMES, &format!("{LOAD} {clear} {} {LOAD}", LOAD.repeat(31)), &mut api);
        let loads = api.ink_of("storage_load_bytes32");
        assert_eq!((loads[0], loads[1], loads[2], loads[32]), (1_068_480, 1_068_480, 18_480, 38_480));
    }

    #[test]
    fn nothing_is_flushed_unasked() {
        let mut api = Fake::default();
        call(&NAMES, CACHE, &mut api);
        assert!(api.stored.is_empty());
    }

    #[test]
    fn a_flush_that_fails_ends_the_frame() {
        let status = |error, arbos_version| {
            let mut api = Fake { store_result: Some(Err(error)), ..Fake::default() };
            let context = FrameContext { arbos_version, ..context() };
            call_with(&NAMES, &format!("{CACHE} {FLUSH}"), &context, &mut api).status
        };
        assert_eq!(status(StoreError::OutOfGas, 51), FrameStatus::OutOfGas);
        assert_eq!(status(StoreError::OutOfGas, 40), FrameStatus::Revert);
        assert_eq!(status(StoreError::Static, 51), FrameStatus::Revert);
    }

    #[test]
    fn the_first_versions_charged_differently() {
        let first = FrameContext { arbos_version: 31, ..context() };
        let mut api = Fake { load_gas: 100, store_result: Some(Ok(20_000)), ..Fake::default() };
        call_with(
            &NAMES,
            &format!("{LOAD} (i32.store8 (i32.const 63) (i32.const 5)) {CACHE} {FLUSH}"),
            &first,
            &mut api,
        );
        assert_eq!(api.ink_of("storage_load_bytes32"), [18_480 + 10_000 * (100 + 59_673)]);
        assert_eq!(api.ink_of("storage_flush_cache"), [68_073]);
    }

    #[test]
    fn transient_slots_are_not_cached() {
        let names = ["transient_load_bytes32", "transient_store_bytes32"];
        let body = "(i32.store8 (i32.const 63) (i32.const 5))
            (call $transient_store_bytes32 (i32.const 0) (i32.const 32))
            (call $transient_load_bytes32 (i32.const 0) (i32.const 64))";
        let mut api = Fake::default();
        assert_eq!(call(&names, body, &mut api).status, FrameStatus::Success);
        assert_eq!(api.transient.get(&B256::ZERO), Some(&B256::with_last_byte(5)));
        assert_eq!(api.ink_of("transient_load_bytes32"), [1_078_153]);
        assert_eq!(api.ink_of("transient_store_bytes32"), [1_078_153]);

        let mut frozen = Fake { is_static: true, ..Fake::default() };
        assert_eq!(call(&names, body, &mut frozen).status, FrameStatus::Revert);
    }
}

mod logs {
    use super::*;

    fn log(len: u32, topics: u32, api: &mut Fake) -> FrameOutcome {
        call(&["emit_log"], &format!("(call $emit_log (i32.const 0) (i32.const {len}) (i32.const {topics}))"), api)
    }

    #[test]
    fn topics_stand_before_data() {
        let mut api = Fake::default();
        assert_eq!(log(128, 3, &mut api).status, FrameStatus::Success);
        assert_eq!(api.logs[0].0.len(), 3);
        assert_eq!(api.logs[0].1.len(), 32);
        assert_eq!(api.ink_of("emit_log"), [68_073 + 16_381 + 96 * 55 + 17_560_000]);
    }

    #[test]
    fn more_topics_than_there_are_fail() {
        for (len, topics) in [(160, 5), (31, 1), (0, u32::MAX)] {
            let outcome = log(len, topics, &mut Fake::default());
            assert_eq!((outcome.status, outcome.reason), (FrameStatus::Revert, Some("bad topic data")));
        }
    }

    #[test]
    fn a_static_frame_fails_after_it_paid() {
        let outcome = log(0, 0, &mut Fake { is_static: true, ..Fake::default() });
        assert_eq!(outcome.status, FrameStatus::Revert);
        assert_eq!(outcome.gas_left, GAS - 375 - 10);
    }
}

mod calls {
    use super::*;

    const CALL: &str = "(i32.store8 (i32.const 19) (i32.const 3)) (i32.store8 (i32.const 63) (i32.const 9))
        (drop (call $call_contract (i32.const 0) (i32.const 64) (i32.const 36) (i32.const 32) (i64.const 5000)
            (i32.const 100)))";

    #[test]
    fn a_call_hands_over_what_it_is_given() {
        let mut api = Fake {
            call_outcome: Some(CallOutcome { success: true, output: vec![1, 2, 3].into(), cost: 700 }),
            ..Fake::default()
        };
        let inks = ink("call_contract", CALL, &mut api);
        assert_eq!(inks, [83_193 + 2 * (16_381 + 4 * 55) + 7_000_000]);
        let request = &api.calls[0];
        assert_eq!((request.kind, request.target), (CallKind::Call, Address::with_last_byte(3)));
        assert_eq!((request.value, request.input.len(), request.gas_requested), (U256::from(9), 36, 5_000));
        let record = &api.trace[1];
        assert_eq!(record.address, Some(Address::with_last_byte(3)));
        assert_eq!(record.outs.as_ref(), [0, 0, 0, 3, 0]);
    }

    #[test]
    fn all_gas_is_what_is_left() {
        let body = CALL.replace("(i64.const 5000)", "(i64.const -1)");
        let mut api = Fake::default();
        ink("call_contract", &body, &mut api);
        let request = &api.calls[0];
        assert_eq!(request.gas_requested, request.gas_left);
        assert_eq!(request.gas_left, GAS - 13);
    }

    #[test]
    fn failures_are_told_by_status_2() {
        for (success, status) in [(true, 0), (false, 2)] {
            let body = format!(
                "{} (if (i32.ne (i32.load (i32.const 200)) (i32.const {status})) (then (unreachable)))",
                CALL.replace("(drop (call", "(i32.store (i32.const 200) (call")
            );
            let mut api =
                Fake { call_outcome: Some(CallOutcome { success, output: Bytes::new(), cost: 0 }), ..Fake::default() };
            assert_eq!(call(&["call_contract"], &body, &mut api).status, FrameStatus::Success);
        }
    }

    #[test]
    fn a_call_dearer_than_what_is_left_takes_everything() {
        let mut api = Fake {
            call_outcome: Some(CallOutcome { success: false, output: Bytes::new(), cost: GAS }),
            ..Fake::default()
        };
        assert_eq!(call(&["call_contract"], CALL, &mut api).status, FrameStatus::OutOfGas);
    }

    #[test]
    fn other_kinds_send_no_value() {
        for (name, kind) in [("delegate_call_contract", CallKind::Delegate), ("static_call_contract", CallKind::Static)]
        {
            let body = format!(
                "(drop (call ${name} (i32.const 0) (i32.const 64) (i32.const 0) (i64.const -1) (i32.const 100)))"
            );
            let mut api = Fake::default();
            assert_eq!(ink(name, &body, &mut api), [83_193 + 2 * 16_381]);
            assert_eq!((api.calls[0].kind, api.calls[0].value), (kind, U256::ZERO));
        }
    }

    #[test]
    fn return_data_is_read_in_parts() {
        let names = ["call_contract", "read_return_data", "return_data_size", "write_result"];
        let read = |offset: u32, size: i32| {
            let mut api = Fake {
                call_outcome: Some(CallOutcome { success: false, output: (0..40).collect(), cost: 0 }),
                ..Fake::default()
            };
            let body = format!(
                "{CALL} (call $write_result (i32.const 300)
                    (call $read_return_data (i32.const 300) (i32.const {offset}) (i32.const {size})))"
            );
            let outcome = call(&names, &body, &mut api);
            (outcome.output.to_vec(), api.ink_of("read_return_data")[0])
        };
        assert_eq!(read(0, 40), ((0..40).collect(), 68_073 + 5_040 + 8 * 30));
        assert_eq!(read(38, -1), (vec![38, 39], 68_073 + 5_040));
        assert_eq!(read(40, 10), (vec![], 68_073 + 5_040));
        assert_eq!(read(u32::MAX >> 1, 10), (vec![], 68_073 + 5_040));
    }

    #[test]
    fn reading_nothing_touches_no_memory() {
        let body = "(drop (call $read_return_data (i32.const -1) (i32.const 0) (i32.const 10)))";
        assert_eq!(one("read_return_data", body), 68_073 + 5_040);
    }
}

mod creates {
    use super::*;

    const CREATE1: &str = "(call $create1 (i32.const 0) (i32.const 10) (i32.const 32) (i32.const 100) (i32.const 200))";
    const CREATE2: &str =
        "(call $create2 (i32.const 0) (i32.const 10) (i32.const 32) (i32.const 64) (i32.const 100) (i32.const 200))";

    fn created() -> Fake {
        let address = Some(Address::repeat_byte(6));
        Fake { create_outcome: Some(CreateOutcome { address, output: Bytes::new(), cost: 32_000 }), ..Fake::default() }
    }

    #[test]
    fn prices() {
        assert_eq!(ink("create1", CREATE1, &mut created()), [83_193 + 2 * 16_381 + 320_000_000]);
        assert_eq!(ink("create2", CREATE2, &mut created()), [88_233 + 2 * 16_381 + 320_000_000]);
    }

    #[test]
    fn requests() {
        let mut api = created();
        call(&["create1", "create2"], &format!("{CREATE1} {CREATE2}"), &mut api);
        assert_eq!((api.creates[0].salt, api.creates[0].init_code.len()), (None, 10));
        assert_eq!(api.creates[1].salt, Some(B256::ZERO));
    }

    #[test]
    fn a_refusal_fails_the_program() {
        let outcome = call(&["create1"], CREATE1, &mut Fake::default());
        assert_eq!((outcome.status, outcome.reason), (FrameStatus::Revert, Some("creation refused")));
    }
}

mod accounts {
    use super::*;

    #[test]
    fn prices() {
        for (name, price) in [
            ("account_balance", 78_153 + 1_000_000),
            ("account_codehash", 78_153 + 1_000_000),
            ("account_code_size", 68_073 + 8_000_000),
            ("account_code", 68_073 + 8_000_000 + 5_040 + 8 * 30),
        ] {
            let mut api = Fake { account_gas: 100, code: vec![1; 40].into(), ..Fake::default() };
            let body = simple(name).replace("(i32.const 128) (i32.const 192)", "(i32.const 0) (i32.const 192)");
            assert_eq!(ink(name, &body, &mut api), [price], "{name}");
        }
    }

    #[test]
    fn the_last_code_is_remembered() {
        let names = ["account_code", "account_code_size"];
        let size = "(drop (call $account_code_size (i32.const 0)))";
        let other = "(drop (call $account_code_size (i32.const 1000)))";
        let body = format!("(i32.store8 (i32.const 1000) (i32.const 1)) {size} {size} {other} {size}");
        let mut api = Fake { account_gas: 100, code: vec![1].into(), ..Fake::default() };
        call(&names, &body, &mut api);
        let paid = 68_073 + 8_000_000;
        assert_eq!(api.ink_of("account_code_size"), [paid, 68_073, paid, paid]);
        assert_eq!(api.code_questions, 3);
    }

    #[test]
    fn empty_code_is_remembered_below_arbos_40_only() {
        let size = "(drop (call $account_code_size (i32.const 0)))";
        for (arbos_version, questions) in [(39, 1), (40, 2)] {
            let mut api = Fake::default();
            let context = FrameContext { arbos_version, ..context() };
            call_with(&["account_code_size"], &size.repeat(2), &context, &mut api);
            assert_eq!(api.code_questions, questions);
        }
    }

    #[test]
    fn code_is_copied_without_padding() {
        let names = ["account_code", "write_result"];
        let mut api = Fake { code: (0..10).collect(), ..Fake::default() };
        let body = "(call $write_result (i32.const 100)
            (call $account_code (i32.const 0) (i32.const 7) (i32.const 50) (i32.const 100)))";
        assert_eq!(call(&names, body, &mut api).output.as_ref(), [7, 8, 9]);
    }
}

mod math {
    use super::*;

    /// Ink and result of a hook on words with these last bytes.
    fn apply(name: &str, operands: [u8; 3]) -> (u64, U256) {
        let stores: String = (0..3)
            .map(|index| format!("(i32.store8 (i32.const {}) (i32.const {}))", 64 * index + 31, operands[index]))
            .collect();
        let mut api = Fake::default();
        let inks = ink(name, &format!("{stores} {}", simple(name)), &mut api);
        (inks[0], U256::from_be_slice(&api.trace[1].outs))
    }

    #[test]
    fn results_and_prices() {
        assert_eq!(apply("math_div", [17, 5, 0]), (43_520, U256::from(3)));
        assert_eq!(apply("math_mod", [17, 5, 0]), (43_520, U256::from(2)));
        assert_eq!(apply("math_pow", [3, 4, 0]), (23_520 + 38_000, U256::from(81)));
        assert_eq!(apply("math_add_mod", [17, 5, 7]), (49_560, U256::from(1)));
        assert_eq!(apply("math_mul_mod", [17, 5, 7]), (52_660, U256::from(1)));
    }

    #[test]
    fn zero_is_no_error() {
        for name in ["math_div", "math_mod", "math_add_mod", "math_mul_mod"] {
            assert_eq!(apply(name, [17, 0, 0]).1, U256::ZERO, "{name}");
        }
        assert_eq!(apply("math_pow", [0, 0, 0]), (23_520 + 20_500, U256::from(1)));
    }
}

mod memory_growth {
    use super::*;

    fn grow(pages: u32, stylus_version: u16) -> (FrameOutcome, Fake) {
        let wat = module(
            &imports(&["pay_for_memory_grow"]),
            &format!("(call $pay_for_memory_grow (i32.const {pages})) (i32.const 0)"),
        );
        let program = build(&wat, CompileConfig { stylus_version, ..CONFIG }).expect("the module is valid");
        let mut api = Fake { page_gas: 1_000, ..Fake::default() };
        (program.run(&context(), &mut api, GAS), api)
    }

    #[test]
    fn the_chain_prices_pages() {
        let (_, api) = grow(3, 2);
        assert_eq!(api.pages, [3]);
        assert_eq!(api.ink_of("pay_for_memory_grow"), [10_000_000]);
        let (_, api) = grow(0, 2);
        assert!(api.pages.is_empty());
        assert_eq!(api.ink_of("pay_for_memory_grow"), [8_400]);
    }

    #[test]
    fn sixteen_bits_count() {
        assert_eq!(grow(65_537, 2).1.pages, [1]);
        assert_eq!(grow(65_536, 2).1.ink_of("pay_for_memory_grow"), [8_400]);
        assert_eq!(grow(65_536, 3).0.status, FrameStatus::OutOfGas);
    }

    #[test]
    fn growing_pays_before_it_grows() {
        let wat = format!(
            r#"(module {} (memory (export "memory") 1)
                (func (export "user_entrypoint") (param i32) (result i32)
                    (i32.ne (memory.grow (i32.const 2)) (i32.const 1))))"#,
            imports(&["pay_for_memory_grow"])
        );
        let mut api = Fake { page_gas: 1_000, ..Fake::default() };
        assert_eq!(run(&wat, &mut api, GAS).status, FrameStatus::Success);
        assert_eq!(api.pages, [2]);
        assert_eq!(run(&wat, &mut Fake { page_gas: u64::MAX, ..Fake::default() }, GAS).status, FrameStatus::OutOfGas);
    }

    #[test]
    fn a_memory_of_fixed_size_does_not_pay() {
        let wat = module(&imports(&["pay_for_memory_grow"]), "(i32.ne (memory.grow (i32.const 3)) (i32.const -1))");
        let mut api = Fake::default();
        assert_eq!(run(&wat, &mut api, GAS).status, FrameStatus::Success);
        assert!(api.pages.is_empty());
    }
}

#[test]
fn console_functions_cost_nothing() {
    let wat = r#"(module (import "console" "log_txt" (func $txt (param i32 i32)))
        (import "console" "tee_i64" (func $tee (param i64) (result i64)))
        (import "console" "log_f32" (func $float (param f32)))
        (memory (export "memory") 1 1)
        (func (export "user_entrypoint") (param i32) (result i32)
            (call $txt (i32.const 0) (i32.const 4))
            (i64.ne (call $tee (i64.const 6)) (i64.const 6))))"#;
    let program = build(wat, CompileConfig { debug: true, ..CONFIG }).expect("the module is valid");
    let mut api = Fake::default();
    let printing = FrameContext { debug: true, ..context() };
    assert_eq!(program.run(&printing, &mut api, GAS).status, FrameStatus::Success);
    assert_eq!(api.ink_of("console_log_text"), [0]);
    assert_eq!(api.ink_of("console_log"), [0]);
}
