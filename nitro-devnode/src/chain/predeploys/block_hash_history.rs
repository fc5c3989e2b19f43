//! The contract that tells hashes of L2 blocks. Written for this chain.

use alloy::sol_types::SolCall;
use revm::bytecode::opcode as op;

use super::super::precompiles::{ARB_SYS, ArbSys};
use super::assembler::{Assembler, Expr, Word, add, calldata, equal, less, memory, not, nullary};

/// Number of the block the contract is called in.
const CURRENT: Word = Word(0x00);

/// Answers calldata of one word, the number of one of the last `window` blocks, by its hash; fails at all else.
pub(super) fn code(window: u64) -> Vec<u8> {
    let mut asm = Assembler::default();
    let refused = asm.label();
    asm.jump_if(refused, not(equal(nullary(op::CALLDATASIZE), 0x20)));

    let selector = u64::from(u32::from_be_bytes(ArbSys::arbBlockNumberCall::SELECTOR));
    asm.store(0, selector);
    let gas = nullary(op::GAS);
    let asked = Expr::Op(op::STATICCALL, vec![gas, ARB_SYS.into(), 0x1c.into(), 0x04.into(), 0x00.into(), 0x20.into()]);
    asm.jump_if(refused, not(asked));
    asm.jump_if(refused, not(less(calldata(0), memory(CURRENT.0))));
    asm.jump_if(refused, less(add(calldata(0), window), CURRENT));

    let slot = Expr::Op(op::MOD, vec![calldata(0), window.into()]);
    asm.give_back_word(Expr::Op(op::SLOAD, vec![slot]));
    asm.place(refused);
    asm.act(op::REVERT, [0.into(), 0.into()]);
    asm.finish()
}
