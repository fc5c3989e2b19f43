//! Which modules are admitted.

use super::*;

const ENTRY: &str = r#"(func (export "user_entrypoint") (param i32) (result i32) (i32.const 0))"#;
const ONE_PAGE: &str = r#"(memory (export "memory") 1 1)"#;

/// A module with a memory, an entry point and `items`.
fn with(items: &str) -> String {
    format!("(module {items} {ONE_PAGE} {ENTRY})")
}

/// A module with a memory and an entry point that runs `body` first.
fn doing(body: &str) -> String {
    module("", &format!("{body} (i32.const 0)"))
}

const DEBUG: CompileConfig = CompileConfig { debug: true, ..CONFIG };

fn refusal(wat: &str) -> ModuleError {
    match build(wat, DEBUG) {
        Ok(_) => panic!("admitted: {}", &wat[..wat.len().min(500)]),
        Err(error) => error,
    }
}

fn too_many(what: &'static str, count: usize, limit: usize) -> ModuleError {
    ModuleError::TooMany { what, count, limit }
}

mod memory_and_entrypoint {
    use super::*;

    #[test]
    fn both_are_required() {
        assert_eq!(refusal("(module)"), ModuleError::NoMemory);
        assert_eq!(refusal(&format!("(module {ENTRY})")), ModuleError::NoMemory);
        assert_eq!(refusal(&format!("(module (memory 1 1) {ENTRY})")), ModuleError::NoMemory);
        assert_eq!(refusal(&format!("(module {ONE_PAGE})")), ModuleError::NoEntrypoint);
    }

    #[test]
    fn the_entrypoint_takes_and_returns_one_i32() {
        for ty in ["(param i64) (result i32)", "(result i32)", "(param i32 i32) (result i32)"] {
            let wat = format!(r#"(module {ONE_PAGE} (func (export "user_entrypoint") {ty} (i32.const 0)))"#);
            assert_eq!(refusal(&wat), ModuleError::EntrypointType, "{ty}");
        }
        let global = format!(r#"(module {ONE_PAGE} (global (export "user_entrypoint") i32 (i32.const 0)))"#);
        assert_eq!(refusal(&global), ModuleError::EntrypointType);
    }

    #[test]
    fn growth_must_be_chargeable() {
        let growing = |maximum: &str, import: &str| {
            format!(r#"(module {import} (memory (export "memory") 1 {maximum}) {ENTRY})"#)
        };
        let pay = r#"(import "vm_hooks" "pay_for_memory_grow" (func (param i32)))"#;
        assert_eq!(refusal(&growing("2", "")), ModuleError::NoMemoryCharge);
        assert_eq!(refusal(&growing("", "")), ModuleError::NoMemoryCharge);
        assert!(build(&growing("2", pay), CONFIG).is_ok());
        assert!(build(&growing("1", ""), CONFIG).is_ok());
        assert!(build(&growing("65536", pay), CONFIG).is_ok());
    }

    #[test]
    fn initial_memory_is_at_most_128_pages() {
        let pages = |n: u32| format!(r#"(module (memory (export "memory") {n} {n}) {ENTRY})"#);
        assert!(build(&pages(128), CONFIG).is_ok());
        assert!(build(&pages(0), CONFIG).is_ok());
        assert_eq!(refusal(&pages(129)), ModuleError::MemoryBound(129));
    }
}

mod imports {
    use super::*;

    fn unknown(module: &str, name: &str) -> ModuleError {
        ModuleError::UnknownImport { module: module.into(), name: name.into() }
    }

    #[test]
    fn only_known_functions_with_their_types() {
        assert_eq!(refusal(&with(r#"(import "vm_hooks" "nope" (func))"#)), unknown("vm_hooks", "nope"));
        assert_eq!(refusal(&with(r#"(import "debug" "null_host" (func))"#)), unknown("debug", "null_host"));
        for ty in ["(param i64)", "(param i32) (result i32)", ""] {
            let wat = with(&format!(r#"(import "vm_hooks" "read_args" (func {ty}))"#));
            assert_eq!(refusal(&wat), ModuleError::ImportType("read_args".into()), "{ty}");
        }
    }

    #[test]
    fn console_is_for_debug_chains() {
        let wat = with(r#"(import "console" "log_i32" (func (param i32)))"#);
        assert!(build(&wat, DEBUG).is_ok());
        assert_eq!(build(&wat, CONFIG).unwrap_err(), unknown("console", "log_i32"));
    }

    #[test]
    fn nothing_but_functions() {
        let error = refusal(&with(r#"(import "vm_hooks" "t" (table 1 funcref))"#));
        assert_eq!(error, ModuleError::ImportKind { module: "vm_hooks".into(), name: "t".into() });
    }

    #[test]
    fn twice_is_fine_with_the_same_type_index() {
        let import = r#"(import "vm_hooks" "read_args" (func (param i32)))"#;
        assert!(build(&with(&format!("{import} {import}")), CONFIG).is_ok());
        let second_type = r#"(type $a (func (param i32))) (type $b (func (param i32)))
            (import "vm_hooks" "read_args" (func (type $a))) (import "vm_hooks" "read_args" (func (type $b)))"#;
        assert!(matches!(refusal(&with(second_type)), ModuleError::InconsistentImports { .. }));
    }

    #[test]
    fn at_most_513() {
        let imports = |n: usize| {
            with(&format!(
                "(type $t (func (param i32))) {}",
                r#"(import "vm_hooks" "read_args" (func (type $t)))"#.repeat(n)
            ))
        };
        assert!(build(&imports(513), CONFIG).is_ok());
        assert_eq!(refusal(&imports(514)), too_many("imports", 514, 513));
    }
}

mod names {
    use super::*;

    #[test]
    fn stylus_is_reserved() {
        assert_eq!(
            refusal(&with(r#"(import "vm_hooks" "stylus_x" (func))"#)),
            ModuleError::Reserved("stylus_x".into())
        );
        assert_eq!(refusal(&with(r#"(func (export "a__stylus_x"))"#)), ModuleError::Reserved("stylus_x".into()));
        assert!(build(&with(r#"(func (export "stylus__x"))"#), CONFIG).is_ok());
    }

    #[test]
    fn exports_may_not_shadow_imports() {
        let shadowing =
            r#"(import "vm_hooks" "read_args" (func (param i32))) (func (export "x__read_args") (param i32))"#;
        assert_eq!(refusal(&with(shadowing)), ModuleError::ShadowedImport("read_args".into()));
        assert!(build(&with(r#"(func (export "read_args") (param i32))"#), CONFIG).is_ok());
    }

    #[test]
    fn exports_count_on_debug_chains_only() {
        let exports: String = (0..1_019).map(|i| format!(r#"(export "x{i}" (func 0))"#)).collect();
        let wat = with(&exports);
        assert_eq!(refusal(&wat), too_many("exports", 1_025, 1_024));
        assert!(build(&wat, CONFIG).is_ok());

        let long = with(&format!(r#"(func (export "{}"))"#, "e".repeat(513)));
        assert_eq!(refusal(&long), too_many("bytes in an export name", 513, 512));
        assert!(build(&long, CONFIG).is_ok());
    }

    #[test]
    fn the_module_name_is_at_most_512_bytes() {
        let named = |n: usize| format!("(module ${} {ONE_PAGE} {ENTRY})", "m".repeat(n));
        assert!(build(&named(512), CONFIG).is_ok());
        assert_eq!(refusal(&named(513)), too_many("bytes in the module name", 513, 512));
    }
}

mod instructions {
    use super::*;

    #[test]
    fn float_arithmetic_is_refused() {
        for body in [
            "(drop (f32.add (f32.const 1) (f32.const 2)))",
            "(drop (f64.convert_i32_s (i32.const 1)))",
            "(drop (i32.trunc_f32_s (f32.const 1)))",
            "(drop (i32.trunc_sat_f32_s (f32.const 1)))",
            "(drop (f32.neg (f32.const 1)))",
            "(drop (f64.promote_f32 (f32.const 1)))",
            "(drop (f32.eq (f32.const 1) (f32.const 1)))",
        ] {
            assert!(matches!(refusal(&doing(body)), ModuleError::Opcode(_)), "{body}");
        }
    }

    #[test]
    fn moving_floats_is_admitted() {
        assert!(
            build(
                &doing(
                    "(drop (f32.const 1)) (drop (f32.load (i32.const 0))) (f64.store (i32.const 0) (f64.const 1))
                     (drop (i32.reinterpret_f32 (f32.const 1)))"
                ),
                CONFIG
            )
            .is_ok()
        );
    }

    #[test]
    fn later_proposals_are_invalid() {
        for body in [
            "(drop (v128.const i32x4 0 0 0 0))",
            "(drop (i32.atomic.load (i32.const 0)))",
            "(drop (select (result i32) (i32.const 1) (i32.const 2) (i32.const 0)))",
            "(drop (ref.null func))",
        ] {
            assert!(matches!(refusal(&doing(body)), ModuleError::Invalid(_)), "{body}");
        }
        assert!(matches!(refusal(&with("(table 1 externref)")), ModuleError::Invalid(_)));
        let constant = with("(global i32 (i32.add (i32.const 1) (i32.const 2)))");
        assert!(matches!(refusal(&constant), ModuleError::Invalid(_)));
    }

    #[test]
    fn bulk_table_instructions_are_refused() {
        let copy = "(table 2 funcref) (func (table.copy (i32.const 0) (i32.const 0) (i32.const 0)))";
        assert!(matches!(refusal(&with(copy)), ModuleError::Opcode(_)));
        let dropped = "(func $f) (elem $e func $f) (func (elem.drop $e))";
        assert!(matches!(refusal(&with(dropped)), ModuleError::Opcode(_)));
    }

    #[test]
    fn multi_value_ends_with_version_3() {
        let wat = with("(func (result i32 i32) (i32.const 1) (i32.const 2))");
        assert!(build(&wat, CONFIG).is_ok());
        let third = CompileConfig { stylus_version: 3, ..CONFIG };
        assert!(matches!(build(&wat, third), Err(ModuleError::Invalid(_))));
    }

    #[test]
    fn over_long_table_indices_are_invalid() {
        let wat = with("(type $t (func)) (table 1 funcref) (func (call_indirect (type $t) (i32.const 0)))");
        let mut binary = wasm(&wat);
        let call = [0x11, 0x00, 0x00, 0x0b];
        let at = binary.windows(4).position(|window| window == call).expect("the call is encoded like this");
        // The body grows by one byte, so do the sizes of the body and of the code section before it.
        binary.splice(at + 2..at + 3, [0x80, 0x00]);
        let body_size = at - 4;
        assert_eq!(binary[body_size], 7);
        binary[body_size] += 1;
        let code_size = body_size - 2;
        binary[code_size] += 1;
        let error = Program::from_wasm(&binary, &CONFIG).unwrap_err();
        assert!(matches!(error, ModuleError::Invalid(_)), "{error}");
    }
}

mod sections {
    use super::*;

    #[test]
    fn a_data_count_is_refused() {
        let wat = r#"(module (data $d "abc") (memory (export "memory") 1 1)
            (func (export "user_entrypoint") (param i32) (result i32)
                (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)) (i32.const 0)))"#;
        assert_eq!(refusal(wat), ModuleError::Section("data count"));
    }

    #[test]
    fn start_functions_are_for_debug_chains_and_never_run() {
        let wat = format!(
            r#"(module (start $s) {ONE_PAGE} (func $s (i32.store (i32.const 0) (i32.const 77)))
                (func (export "user_entrypoint") (param i32) (result i32) (i32.load (i32.const 0))))"#
        );
        assert_eq!(build(&wat, CONFIG).unwrap_err(), ModuleError::StartFunction);
        let started = build(&wat, DEBUG).expect("debug chains accept start functions");
        let outcome = started.run(&context(), &mut fake::Fake::default(), 1_000_000);
        assert_eq!(outcome.status, super::super::super::api::FrameStatus::Success);
    }

    #[test]
    fn active_data_must_fit_initial_memory() {
        assert!(build(&with(r#"(data (i32.const 65533) "abc")"#), CONFIG).is_ok());
        assert!(build(&with(r#"(data (i32.const 65536) "")"#), CONFIG).is_ok());
        assert!(build(&with(r#"(data "abc")"#), CONFIG).is_ok());
        for data in
            [r#"(data (i32.const 65534) "abc")"#, r#"(data (i32.const -1) "")"#, r#"(data (i32.const 65537) "")"#]
        {
            assert_eq!(refusal(&with(data)), ModuleError::SegmentBounds("data"), "{data}");
        }
    }

    #[test]
    fn active_elements_must_fit_the_table() {
        assert!(build(&with("(table 1 funcref) (func $f) (elem (i32.const 0) $f)"), CONFIG).is_ok());
        assert!(build(&with("(func $f) (elem func $f)"), CONFIG).is_ok());
        let beyond = with("(table 1 funcref) (func $f) (elem (i32.const 1) $f)");
        assert_eq!(refusal(&beyond), ModuleError::SegmentBounds("element"));
    }
}

mod limits {
    use super::*;

    #[test]
    fn functions() {
        assert!(build(&with(&"(func)".repeat(4_095)), CONFIG).is_ok());
        assert_eq!(refusal(&with(&"(func)".repeat(4_096))), too_many("functions", 4_097, 4_096));
    }

    #[test]
    fn globals() {
        let globals = with(&"(global i32 (i32.const 0))".repeat(32_765));
        assert_eq!(refusal(&globals), too_many("globals", 32_769, 32_768));
    }

    #[test]
    fn locals() {
        let locals = |n: usize| with(&format!("(func (local {}))", "i32 ".repeat(n)));
        assert!(build(&locals(348), CONFIG).is_ok());
        assert_eq!(refusal(&locals(349)), too_many("locals", 349, 348));
    }

    #[test]
    fn segments_and_tables() {
        let data = r#"(data (i32.const 0) "a")"#;
        assert!(build(&with(&data.repeat(128)), CONFIG).is_ok());
        assert_eq!(refusal(&with(&data.repeat(129))), too_many("datas", 129, 128));

        let elements = |n: usize| with(&format!("(table 1 funcref) (func $f) {}", "(elem (i32.const 0) $f)".repeat(n)));
        assert_eq!(refusal(&elements(129)), too_many("elements", 129, 128));
        let long = |n: usize| with(&format!("(table 4096 funcref) (func $f) (elem (i32.const 0) {})", "$f ".repeat(n)));
        assert!(build(&long(4_090), CONFIG).is_ok());
        assert_eq!(refusal(&long(4_091)), too_many("element bytes", 4_097, 4_096));
        assert_eq!(refusal(&with("(table 4097 funcref)")), too_many("table entries", 4_097, 4_096));
    }

    #[test]
    fn operators_of_a_body_after_instrumentation() {
        // A body without branches grows by 12 for its block, 13 for its frame and 4 for its return.
        let nops = |n: usize| with(&format!("(func {})", "nop ".repeat(n)));
        assert!(build(&nops(65_536 - 29 - 1), CONFIG).is_ok());
        assert_eq!(refusal(&nops(65_536 - 29)), too_many("opcodes in func body", 65_537, 65_536));
    }

    #[test]
    fn values_on_the_stack() {
        let values = |n: usize| with(&format!("(func {} {})", "(i32.const 1)".repeat(n), "drop ".repeat(n)));
        assert!(build(&values(4_096), CONFIG).is_ok());
        assert_eq!(refusal(&values(4_097)), too_many("values on the stack at once", 4_097, 4_096));
    }

    #[test]
    fn recorded_costs_fit_16_bits() {
        let wat = with(&format!(
            r#"{} (data (i32.const 0) "{}")"#,
            "(global i32 (i32.const 0))".repeat(13_000),
            "a".repeat(60_000)
        ));
        assert_eq!(refusal(&wat).to_string(), "cached cost too high");
    }
}

mod prices {
    use super::*;

    #[test]
    fn of_a_minimal_module_as_measured() {
        let wat = with("");
        let info = *build(&wat, CONFIG).expect("the module is valid").info();
        assert_eq!(info.shape.wasm_len, 64);
        assert_eq!(info.shape.operators, 31);
        assert_eq!((info.init_cost, info.cached_cost, info.footprint), (18, 11, 1));
        assert_eq!(info.asm_estimate, 513_418);
        assert_eq!(info.activation_gas, 63_084);
    }

    #[test]
    fn operators_as_measured() {
        let operators = |body: &str| {
            let wat = module("", body);
            build(&wat, CONFIG).expect("the module is valid").info().shape.operators
        };
        assert_eq!(operators("(i32.const 0)"), 31);
        assert_eq!(operators("(loop $l (br $l)) (unreachable)"), 70);
        assert_eq!(operators("(memory.fill (i32.const 0) (i32.const 1) (i32.const 2)) (i32.const 0)"), 52);
        assert_eq!(operators("(if (local.get $len) (then (drop (f64.const 1)))) (i32.const 0)"), 60);
    }
}
