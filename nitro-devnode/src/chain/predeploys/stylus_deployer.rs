//! A contract that deploys, activates and initialises a Stylus program in one transaction, with the interface of the
//! StylusDeployer that public tools call. Written for this chain.

use alloy::primitives::U256;
use alloy::sol;
use alloy::sol_types::{SolCall, SolError, SolEvent};
use revm::bytecode::opcode as op;

use super::super::precompiles::{ARB_WASM, ArbWasm};
use super::assembler::{
    Assembler, Expr, Word, add, balance, call, calldata, code_hash, create, create2, equal, keccak, memory, not,
    nullary, padded, selector, sub,
};

sol! {
    /// The interface of StylusDeployer.
    interface StylusDeployer {
        event ContractDeployed(address deployedContract);

        error ContractDeploymentError(bytes bytecode);
        error ContractInitializationError(address newContract);
        error RefundExcessValueError(uint256 excessValue);
        error EmptyBytecode();
        error InitValueButNotInitData();

        /// Deploys `bytecode`, activates what it deployed, calls it with `initData` and sends back what is left.
        function deploy(bytes bytecode, bytes initData, uint256 initValue, bytes32 salt)
            external payable returns (address);
    }
}

/// Where the initcode is described in calldata.
const CODE: Word = Word(0x80);
/// Its length.
const CODE_LEN: Word = Word(0xa0);
/// Where the constructor's calldata is described.
const INIT: Word = Word(0xc0);
/// Its length.
const INIT_LEN: Word = Word(0xe0);
/// The new contract.
const DEPLOYED: Word = Word(0x100);
/// Stylus version in force.
const VERSION: Word = Word(0x120);
/// Balance to give back.
const REST: Word = Word(0x140);
/// Scratch for calls of ArbWasm.
const SCRATCH: u64 = 0x00;
/// Free from here on.
const HEAP: u64 = 0x160;

/// Arguments of `deploy` that are not dynamic.
const INIT_VALUE: u64 = 0x44;
const SALT: u64 = 0x64;

/// The contract's code.
pub(super) fn code() -> Vec<u8> {
    let mut asm = Assembler::default();
    let of = u64::from(u32::from_be_bytes(StylusDeployer::deployCall::SELECTOR));
    asm.when(equal(selector(), of), deploy);
    asm.act(op::REVERT, [0.into(), 0.into()]);
    asm.finish()
}

fn deploy(asm: &mut Assembler) {
    asm.set(CODE, add(calldata(0x04), 0x04));
    asm.set(CODE_LEN, calldata(CODE));
    asm.set(INIT, add(calldata(0x24), 0x04));
    asm.set(INIT_LEN, calldata(INIT));
    asm.when(not(CODE_LEN), |asm| fail(asm, StylusDeployer::EmptyBytecode::SELECTOR, None));
    asm.when(not(INIT_LEN), |asm| {
        asm.when(calldata(INIT_VALUE), |asm| fail(asm, StylusDeployer::InitValueButNotInitData::SELECTOR, None));
    });

    create_contract(asm);
    activate(asm);
    asm.when(INIT_LEN, |asm| {
        asm.act(op::CALLDATACOPY, [HEAP.into(), add(INIT, 0x20), INIT_LEN.into()]);
        asm.when(not(call(DEPLOYED, calldata(INIT_VALUE), HEAP, INIT_LEN)), |asm| {
            fail(asm, StylusDeployer::ContractInitializationError::SELECTOR, Some(DEPLOYED.into()));
        });
    });

    asm.set(REST, balance(nullary(op::ADDRESS)));
    asm.when(REST, |asm| {
        asm.when(not(call(nullary(op::CALLER), REST, 0, 0)), |asm| {
            fail(asm, StylusDeployer::RefundExcessValueError::SELECTOR, Some(REST.into()));
        });
    });
    asm.store(SCRATCH, DEPLOYED);
    asm.act(op::LOG1, [SCRATCH.into(), 0x20.into(), StylusDeployer::ContractDeployed::SIGNATURE_HASH.into()]);
    asm.give_back_word(DEPLOYED);
}

/// CREATE without a salt; else CREATE2 under a salt that covers the constructor's calldata, so that nobody can take
/// the address with another constructor call.
fn create_contract(asm: &mut Assembler) {
    asm.when(calldata(SALT), |asm| {
        asm.store(HEAP, calldata(SALT));
        asm.act(op::CALLDATACOPY, [(HEAP + 0x20).into(), add(INIT, 0x20), INIT_LEN.into()]);
        asm.set(REST, keccak(HEAP, add(INIT_LEN, 0x20)));
    });
    asm.act(op::CALLDATACOPY, [HEAP.into(), add(CODE, 0x20), CODE_LEN.into()]);
    asm.when(calldata(SALT), |asm| asm.set(DEPLOYED, create2(0, HEAP, CODE_LEN, REST)));
    asm.when(not(calldata(SALT)), |asm| asm.set(DEPLOYED, create(0, HEAP, CODE_LEN)));
    asm.when(not(DEPLOYED), |asm| {
        asm.store(HEAP, first_bytes(StylusDeployer::ContractDeploymentError::SELECTOR));
        asm.store(HEAP + 0x04, 0x20);
        asm.store(HEAP + 0x24, CODE_LEN);
        asm.act(op::CALLDATACOPY, [(HEAP + 0x44).into(), add(CODE, 0x20), CODE_LEN.into()]);
        asm.act(op::REVERT, [HEAP.into(), add(padded(CODE_LEN), 0x44)]);
    });
}

/// Activates the new contract unless its code is active already.
fn activate(asm: &mut Assembler) {
    asm.store(SCRATCH, first_bytes(ArbWasm::stylusVersionCall::SELECTOR));
    asm.when(not(call(ARB_WASM, 0, SCRATCH, 0x04)), bubble);
    read_word(asm);
    asm.set(VERSION, memory(SCRATCH));

    with_selector(asm, ArbWasm::codehashVersionCall::SELECTOR, code_hash(DEPLOYED));
    let (inactive, done) = (asm.label(), asm.label());
    asm.jump_if(inactive, not(call(ARB_WASM, 0, SCRATCH, 0x24)));
    read_word(asm);
    asm.jump_if(done, equal(memory(SCRATCH), VERSION));
    asm.place(inactive);
    with_selector(asm, ArbWasm::activateProgramCall::SELECTOR, DEPLOYED.into());
    let value = sub(nullary(op::CALLVALUE), calldata(INIT_VALUE));
    asm.when(not(call(ARB_WASM, value, SCRATCH, 0x24)), bubble);
    asm.place(done);
}

/// Puts calldata with one argument into the scratch.
fn with_selector(asm: &mut Assembler, selector: [u8; 4], argument: Expr) {
    asm.store(SCRATCH, first_bytes(selector));
    asm.store(SCRATCH + 0x04, argument);
}

/// Copies a word of return data into the scratch.
fn read_word(asm: &mut Assembler) {
    asm.act(op::RETURNDATACOPY, [SCRATCH.into(), 0.into(), 0x20.into()]);
}

/// Fails as the last call did.
fn bubble(asm: &mut Assembler) {
    asm.act(op::RETURNDATACOPY, [0.into(), 0.into(), nullary(op::RETURNDATASIZE)]);
    asm.act(op::REVERT, [0.into(), nullary(op::RETURNDATASIZE)]);
}

fn fail(asm: &mut Assembler, selector: [u8; 4], argument: Option<Expr>) {
    let len = if argument.is_some() { 0x24 } else { 0x04 };
    asm.store(SCRATCH, first_bytes(selector));
    if let Some(argument) = argument {
        asm.store(SCRATCH + 0x04, argument);
    }
    asm.act(op::REVERT, [SCRATCH.into(), len.into()]);
}

/// A word that begins with a selector.
fn first_bytes(selector: [u8; 4]) -> Expr {
    Expr::Number(U256::from(u32::from_be_bytes(selector)) << 224)
}
