//! The functions a program may import, with their types.

use wasmparser::ValType;
use wasmparser::ValType::{F32, F64, I32, I64};

/// Import module of the host functions every chain has.
pub(super) const VM_HOOKS: &str = "vm_hooks";

/// Import module of the printing functions debug chains have.
pub(super) const CONSOLE: &str = "console";

/// The hook that charges for memory growth; instrumentation calls it too.
pub(super) const PAY_FOR_MEMORY_GROW: &str = "pay_for_memory_grow";

/// An importable function.
#[derive(Clone, Copy, Debug)]
pub(super) struct Hook {
    /// Import module.
    pub module: &'static str,
    /// Import name.
    pub name: &'static str,
    /// Parameter types.
    pub params: &'static [ValType],
    /// Result types.
    pub results: &'static [ValType],
}

/// Looks a function up; `console` functions exist on debug chains alone.
pub(super) fn find(module: &str, name: &str, debug: bool) -> Option<&'static Hook> {
    HOOKS.iter().find(|hook| hook.module == module && hook.name == name).filter(|hook| debug || hook.module != CONSOLE)
}

const fn vm(name: &'static str, params: &'static [ValType], results: &'static [ValType]) -> Hook {
    Hook { module: VM_HOOKS, name, params, results }
}

const fn console(name: &'static str, params: &'static [ValType], results: &'static [ValType]) -> Hook {
    Hook { module: CONSOLE, name, params, results }
}

/// All of them.
pub(super) const HOOKS: &[Hook] = &[
    vm("read_args", &[I32], &[]),
    vm("write_result", &[I32, I32], &[]),
    vm("exit_early", &[I32], &[]),
    vm("storage_load_bytes32", &[I32, I32], &[]),
    vm("storage_cache_bytes32", &[I32, I32], &[]),
    vm("storage_flush_cache", &[I32], &[]),
    vm("transient_load_bytes32", &[I32, I32], &[]),
    vm("transient_store_bytes32", &[I32, I32], &[]),
    vm("call_contract", &[I32, I32, I32, I32, I64, I32], &[I32]),
    vm("delegate_call_contract", &[I32, I32, I32, I64, I32], &[I32]),
    vm("static_call_contract", &[I32, I32, I32, I64, I32], &[I32]),
    vm("create1", &[I32, I32, I32, I32, I32], &[]),
    vm("create2", &[I32, I32, I32, I32, I32, I32], &[]),
    vm("read_return_data", &[I32, I32, I32], &[I32]),
    vm("return_data_size", &[], &[I32]),
    vm("emit_log", &[I32, I32, I32], &[]),
    vm("account_balance", &[I32, I32], &[]),
    vm("account_code", &[I32, I32, I32, I32], &[I32]),
    vm("account_code_size", &[I32], &[I32]),
    vm("account_codehash", &[I32, I32], &[]),
    vm("evm_gas_left", &[], &[I64]),
    vm("evm_ink_left", &[], &[I64]),
    vm("block_basefee", &[I32], &[]),
    vm("chainid", &[], &[I64]),
    vm("block_coinbase", &[I32], &[]),
    vm("block_gas_limit", &[], &[I64]),
    vm("block_number", &[], &[I64]),
    vm("block_timestamp", &[], &[I64]),
    vm("contract_address", &[I32], &[]),
    vm("math_div", &[I32, I32], &[]),
    vm("math_mod", &[I32, I32], &[]),
    vm("math_pow", &[I32, I32], &[]),
    vm("math_add_mod", &[I32, I32, I32], &[]),
    vm("math_mul_mod", &[I32, I32, I32], &[]),
    vm("msg_reentrant", &[], &[I32]),
    vm("msg_sender", &[I32], &[]),
    vm("msg_value", &[I32], &[]),
    vm("native_keccak256", &[I32, I32, I32], &[]),
    vm("tx_gas_price", &[I32], &[]),
    vm("tx_ink_price", &[], &[I32]),
    vm("tx_origin", &[I32], &[]),
    vm(PAY_FOR_MEMORY_GROW, &[I32], &[]),
    console("log_txt", &[I32, I32], &[]),
    console("log_i32", &[I32], &[]),
    console("log_i64", &[I64], &[]),
    console("log_f32", &[F32], &[]),
    console("log_f64", &[F64], &[]),
    console("tee_i32", &[I32], &[I32]),
    console("tee_i64", &[I64], &[I64]),
    console("tee_f32", &[F32], &[F32]),
    console("tee_f64", &[F64], &[F64]),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_42_hooks_and_9_console_functions() {
        let of = |module| HOOKS.iter().filter(|hook| hook.module == module).count();
        assert_eq!(of(VM_HOOKS), 42);
        assert_eq!(of(CONSOLE), 9);
    }

    #[test]
    fn console_is_for_debug_chains() {
        assert!(find(CONSOLE, "log_txt", true).is_some());
        assert!(find(CONSOLE, "log_txt", false).is_none());
        assert!(find(VM_HOOKS, "read_args", false).is_some());
        assert!(find("debug", "null_host", true).is_none());
    }
}
