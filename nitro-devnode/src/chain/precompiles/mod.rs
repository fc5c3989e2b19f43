//! Precompiles: those of Ethereum by revm, those of Arbitrum here.

mod call;
pub(crate) mod errors;

mod arb_debug;
mod arb_gas_info;
mod arb_info;
mod arb_owner;
mod arb_owner_public;
mod arb_sys;
mod arb_wasm;
mod arb_wasm_cache;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use alloy::primitives::{Address, Bytes};
use revm::handler::precompile_output_to_interpreter_result;
use revm::interpreter::{CallInputs, Gas, InstructionResult, InterpreterResult};
use revm::precompile::{Precompile, PrecompileSpecId, Precompiles, secp256r1};
use revm::primitives::AddressSet;

use super::arbos::ArbosVersion;
use super::failure;
use super::frames::Returned;
use super::runtime::{Machine, spec};

use arb_debug::ARB_DEBUG;
pub(crate) use arb_sys::{ARB_SYS, ArbSys};
pub(crate) use arb_wasm::{ARB_WASM, ArbWasm};
pub(crate) use arb_wasm_cache::{ARB_WASM_CACHE, ArbWasmCache};
use call::{Call, Fault};

const fn low(byte: u8) -> Address {
    Address::with_last_byte(byte)
}

/// Addresses of the first and last precompile of EIP-2537.
const BLS12_381: std::ops::RangeInclusive<u8> = 0x0b..=0x11;

/// Address of the P-256 precompile.
const P256: Address = Address::new([0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0]);

/// Precompiles of Arbitrum by last byte of their address. Some have no functions here: whoever calls them loses
/// the gas, as when calling an unknown function.
const ARBITRUM: [u8; 16] =
    [0x64, 0x65, 0x66, 0x67, 0x68, 0x69, 0x6b, 0x6c, 0x6d, 0x6e, 0x6f, 0x70, 0x71, 0x72, 0x73, 0x74];

/// Precompiles that came later than the oldest version, with the version they came with: that of native tokens, and
/// that of filtered transactions.
const LATER: [(u8, u64); 2] = [(0x73, 41), (0x74, 60)];

/// Code of an account that is a precompile of Arbitrum.
pub(crate) const ARBITRUM_CODE: [u8; 1] = [0xfe];

/// Precompiles of Arbitrum that have an account with code.
pub(crate) fn arbitrum(arbos: ArbosVersion) -> impl Iterator<Item = Address> {
    ARBITRUM.into_iter().filter(move |byte| is_known(arbos, *byte)).map(low).chain([ARB_DEBUG])
}

fn is_known(arbos: ArbosVersion, byte: u8) -> bool {
    LATER.iter().all(|(later, version)| *later != byte || arbos.0 >= *version)
}

fn is_arbitrum(arbos: ArbosVersion, address: Address) -> bool {
    let [rest @ .., byte] = address.as_slice() else { return false };
    rest.iter().all(|byte| *byte == 0) && ((ARBITRUM.contains(byte) && is_known(arbos, *byte)) || address == ARB_DEBUG)
}

/// Whether a call of `address` runs a precompile.
pub(crate) fn exists(arbos: ArbosVersion, address: Address) -> bool {
    is_arbitrum(arbos, address) || ethereum(arbos, address).is_some()
}

/// All precompiles; they are warm when a transaction starts. Put together once for each version.
pub(crate) fn addresses(arbos: ArbosVersion) -> Arc<AddressSet> {
    static KNOWN: Mutex<BTreeMap<u64, Arc<AddressSet>>> = Mutex::new(BTreeMap::new());
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.entry(arbos.0).or_insert_with(|| Arc::new(all(arbos))).clone()
}

fn all(arbos: ArbosVersion) -> AddressSet {
    let ethereum = ethereum_set(arbos).addresses().copied().chain([P256]);
    arbitrum(arbos).chain(ethereum.filter(|address| self::ethereum(arbos, *address).is_some())).collect()
}

fn ethereum_set(arbos: ArbosVersion) -> &'static Precompiles {
    Precompiles::new(PrecompileSpecId::from_spec_id(spec(arbos)))
}

/// P-256 at the price it had before Osaka.
static P256_BEFORE_OSAKA: Precompile = secp256r1::P256VERIFY;

fn ethereum(arbos: ArbosVersion, address: Address) -> Option<&'static Precompile> {
    if !arbos.is_osaka() {
        if address == P256 {
            return Some(&P256_BEFORE_OSAKA);
        }
        if address == low(address[19]) && BLS12_381.contains(&address[19]) {
            return None;
        }
    }
    ethereum_set(arbos).get(&address)
}

impl Machine<'_> {
    /// Runs a precompile. The value is transferred already, and the caller undoes everything if this fails.
    pub(crate) fn run_precompile(&mut self, inputs: &CallInputs) -> Returned {
        let data = inputs.input.bytes(&self.ctx);
        match ethereum(self.ctx.chain.env.arbos, inputs.bytecode_address) {
            Some(precompile) => run_ethereum(precompile, &data, inputs.gas_limit),
            None => self.run_arbitrum(inputs, &data),
        }
    }

    fn run_arbitrum(&mut self, inputs: &CallInputs, data: &Bytes) -> Returned {
        let gas_limit = inputs.gas_limit;
        let mut call = Call::new(self, inputs);
        let address = inputs.bytecode_address;
        let outcome = match address[19] {
            0x64 => arb_sys::run(&mut call, data),
            0x65 => arb_info::run(&mut call, data),
            0x6b => arb_owner_public::run(&mut call, data),
            0x6c => arb_gas_info::run(&mut call, data),
            0x70 => arb_owner::run(&mut call, data),
            0x71 => arb_wasm::run(&mut call, data),
            0x72 => arb_wasm_cache::run(&mut call, data),
            0xff => arb_debug::run(&mut call, data),
            _ => Err(Fault::Burned),
        };
        let left = call.gas_left();
        let mut gas = Gas::new(gas_limit);
        gas.set_remaining(left);
        match outcome {
            Ok(output) => Returned::new(InstructionResult::Return, output.into(), gas),
            Err(Fault::Error(data)) => Returned::new(InstructionResult::Revert, data, gas),
            Err(Fault::Plain) => Returned::new(InstructionResult::Revert, Bytes::new(), gas),
            Err(Fault::Burned) => {
                gas.spend_all();
                Returned::new(InstructionResult::Revert, Bytes::new(), gas)
            }
            Err(Fault::OutOfGas) => Returned::out_of_gas(gas_limit),
            Err(Fault::Halted(why)) => Returned::halt(InstructionResult::PrecompileError, gas_limit, why),
        }
    }
}

fn run_ethereum(precompile: &Precompile, data: &[u8], gas_limit: u64) -> Returned {
    match precompile.execute(data, gas_limit, 0) {
        Ok(output) => {
            let why = output.halt_reason().map(|reason| match reason.is_oog() {
                true => failure::OUT_OF_GAS.to_owned(),
                false => reason.to_string(),
            });
            let result: InterpreterResult = precompile_output_to_interpreter_result(output, gas_limit);
            Returned { result, why }
        }
        Err(error) => Returned::halt(InstructionResult::PrecompileError, gas_limit, error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn osaka_precompiles_come_with_arbos_50() {
        let bls = low(0x0b);
        assert!(exists(ArbosVersion(51), bls));
        assert!(!exists(ArbosVersion(40), bls));
        assert!(exists(ArbosVersion(40), P256));
        assert!(addresses(ArbosVersion(51)).contains(&P256));
        assert!(!addresses(ArbosVersion(40)).contains(&bls));
        assert!(!exists(ArbosVersion(51), low(0x12)));
        assert!(exists(ArbosVersion(51), ARB_WASM));
        assert!(!exists(ArbosVersion(51), Address::repeat_byte(0x64)));
        assert!(exists(ArbosVersion(51), low(0x73)) && !exists(ArbosVersion(40), low(0x73)));
        assert!(exists(ArbosVersion(60), low(0x74)) && !exists(ArbosVersion(59), low(0x74)));
    }
}
