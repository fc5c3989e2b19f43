//! What geth and Nitro say about frames that fail.

use alloy::primitives::{Bytes, U256};
use alloy::sol_types::{Revert, SolError, SolInterface};
use revm::bytecode::opcode::BLOBBASEFEE;
use revm::interpreter::InstructionResult;

use super::precompiles::errors::ArbErrors;

pub(crate) const REVERTED: &str = "execution reverted";
pub(crate) const OUT_OF_GAS: &str = "out of gas";
pub(crate) const DEPTH: &str = "max call depth exceeded";
pub(crate) const CODE_STORAGE_OUT_OF_GAS: &str = "contract creation code storage out of gas";
pub(crate) const PROGRAM_NOT_ACTIVATED: &str = "error ProgramNotActivated()";

/// The text for an ending that is neither a return nor a plain revert. `opcode` is the instruction that failed.
pub(crate) fn describe(result: InstructionResult, opcode: Option<u8>) -> Option<String> {
    use InstructionResult as R;
    let text = match result {
        R::Stop | R::Return | R::SelfDestruct | R::Suspend | R::Revert => return None,
        R::OutOfGas | R::MemoryOOG | R::MemoryLimitOOG | R::PrecompileOOG | R::ReentrancySentryOOG => OUT_OF_GAS,
        R::InvalidOperandOOG => "gas uint64 overflow",
        R::CallTooDeep => DEPTH,
        R::OutOfFunds => "insufficient balance for transfer",
        R::NotActivated if opcode == Some(BLOBBASEFEE) => "BLOBBASEFEE is not supported on Arbitrum",
        // Instructions of forks that are still to come are not activated either.
        R::OpcodeNotFound | R::NotActivated => {
            return Some(match opcode {
                Some(opcode) => format!("invalid opcode: opcode {opcode:#x} not defined"),
                None => "invalid opcode".to_owned(),
            });
        }
        R::InvalidFEOpcode => "invalid opcode: INVALID",
        R::CallNotAllowedInsideStatic | R::StateChangeDuringStaticCall => "write protection",
        R::InvalidJump => "invalid jump destination",
        R::StackUnderflow => "stack underflow",
        R::StackOverflow => "stack limit reached 1024 (1023)",
        R::OutOfOffset => "return data out of bounds",
        R::CreateCollision => "contract address collision",
        R::NonceOverflow => "nonce uint64 overflow",
        R::CreateContractSizeLimit => "max code size exceeded",
        R::CreateContractStartingWithEF => "invalid code: must not begin with 0xef",
        R::CreateInitCodeSizeLimit => "max initcode size exceeded",
        _ => "execution failed",
    };
    Some(text.to_owned())
}

/// "execution reverted", with the reason when the data holds one.
pub(crate) fn revert_message(output: &Bytes) -> String {
    match revert_reason(output) {
        Some(reason) => format!("{REVERTED}: {reason}"),
        None => REVERTED.to_owned(),
    }
}

fn revert_reason(output: &Bytes) -> Option<String> {
    standard_reason(output).or_else(|| ArbErrors::abi_decode(output).ok().map(|error| error.render()))
}

/// What `Error(string)` or `Panic(uint256)` say.
pub(crate) fn standard_reason(output: &Bytes) -> Option<String> {
    if let Ok(revert) = Revert::abi_decode(output) {
        return Some(revert.reason);
    }
    alloy::sol_types::Panic::abi_decode(output).ok().map(|panic| panic_reason(panic.code))
}

fn panic_reason(code: U256) -> String {
    let known = match code.try_into().unwrap_or(u64::MAX) {
        0x00 => "generic panic",
        0x01 => "assert(false)",
        0x11 => "arithmetic underflow or overflow",
        0x12 => "division or modulo by zero",
        0x21 => "enum overflow",
        0x22 => "invalid encoded storage byte array accessed",
        0x31 => "out-of-bounds array access; popping on an empty array",
        0x32 => "out-of-bounds access of an array or bytesN",
        0x41 => "out of memory",
        0x51 => "uninitialized function",
        _ => return format!("unknown panic code: {code:#x}"),
    };
    known.to_owned()
}
