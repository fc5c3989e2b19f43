//! A contract with the interface of Multicall3, written for this chain.

use alloy::primitives::U256;
use alloy::sol;
use alloy::sol_types::{Revert, SolCall, SolError};
use revm::bytecode::opcode as op;

use super::assembler::{
    Assembler, Expr, Label, Word, add, balance, block_hash, call, calldata, equal, less, not, nullary, or, padded,
    selector, sub, words,
};

sol! {
    /// The interface of Multicall3.
    interface Multicall3 {
        struct Call { address target; bytes callData; }
        struct Call3 { address target; bool allowFailure; bytes callData; }
        struct Call3Value { address target; bool allowFailure; uint256 value; bytes callData; }
        struct Result { bool success; bytes returnData; }

        function aggregate(Call[] calls) external payable returns (uint256 blockNumber, bytes[] returnData);
        function aggregate3(Call3[] calls) external payable returns (Result[] returnData);
        function aggregate3Value(Call3Value[] calls) external payable returns (Result[] returnData);
        function blockAndAggregate(Call[] calls) external payable
            returns (uint256 blockNumber, bytes32 blockHash, Result[] returnData);
        function tryAggregate(bool requireSuccess, Call[] calls) external payable returns (Result[] returnData);
        function tryBlockAndAggregate(bool requireSuccess, Call[] calls) external payable
            returns (uint256 blockNumber, bytes32 blockHash, Result[] returnData);
        function getBasefee() external view returns (uint256);
        function getBlockHash(uint256 blockNumber) external view returns (bytes32);
        function getBlockNumber() external view returns (uint256);
        function getChainId() external view returns (uint256);
        function getCurrentBlockCoinbase() external view returns (address);
        function getCurrentBlockDifficulty() external view returns (uint256);
        function getCurrentBlockGasLimit() external view returns (uint256);
        function getCurrentBlockTimestamp() external view returns (uint256);
        function getEthBalance(address account) external view returns (uint256);
        function getLastBlockHash() external view returns (bytes32);
    }
}

/// Calls to make.
const COUNT: Word = Word(0x00);
/// Where their offsets are, which count from here.
const CALLS: Word = Word(0x20);
/// Number of the present call.
const INDEX: Word = Word(0x40);
/// Where the present call is described.
const ITEM: Word = Word(0x60);
/// Where its calldata is described.
const DATA: Word = Word(0x80);
/// Whether it succeeded.
const SUCCESS: Word = Word(0xa0);
/// Whether it may fail, in functions that decide that once for all.
const TOLERANT: Word = Word(0xc0);
/// Value given away so far.
const SPENT: Word = Word(0xe0);
/// Where the results' offsets are, which count from here.
const RESULTS: Word = Word(0x100);
/// Where the next result goes.
const NEXT: Word = Word(0x120);
/// Where the output starts.
const OUTPUT: u64 = 0x140;

/// How a call is described.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Item {
    /// Target and calldata.
    Plain,
    /// Target, permission to fail, calldata.
    Tolerant,
    /// Target, permission to fail, value, calldata.
    Paying,
}

/// What comes before the results.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Head {
    Nothing,
    Number,
    NumberAndHash,
}

struct Function {
    selector: [u8; 4],
    item: Item,
    head: Head,
    /// Whether a result says whether the call succeeded.
    tells_success: bool,
    /// Whether the first argument decides if calls may fail.
    has_flag: bool,
}

const FUNCTIONS: [Function; 6] = [
    Function {
        selector: Multicall3::aggregateCall::SELECTOR,
        item: Item::Plain,
        head: Head::Number,
        tells_success: false,
        has_flag: false,
    },
    Function {
        selector: Multicall3::aggregate3Call::SELECTOR,
        item: Item::Tolerant,
        head: Head::Nothing,
        tells_success: true,
        has_flag: false,
    },
    Function {
        selector: Multicall3::aggregate3ValueCall::SELECTOR,
        item: Item::Paying,
        head: Head::Nothing,
        tells_success: true,
        has_flag: false,
    },
    Function {
        selector: Multicall3::blockAndAggregateCall::SELECTOR,
        item: Item::Plain,
        head: Head::NumberAndHash,
        tells_success: true,
        has_flag: false,
    },
    Function {
        selector: Multicall3::tryAggregateCall::SELECTOR,
        item: Item::Plain,
        head: Head::Nothing,
        tells_success: true,
        has_flag: true,
    },
    Function {
        selector: Multicall3::tryBlockAndAggregateCall::SELECTOR,
        item: Item::Plain,
        head: Head::NumberAndHash,
        tells_success: true,
        has_flag: true,
    },
];

/// The contract's code.
pub(super) fn code() -> Vec<u8> {
    let mut asm = Assembler::default();
    let call_failed = asm.label();
    let value_mismatch = asm.label();
    for (selector, value) in views() {
        on(&mut asm, selector, |asm| asm.give_back_word(value));
    }
    for function in FUNCTIONS {
        on(&mut asm, function.selector, |asm| aggregate(asm, &function, call_failed, value_mismatch));
    }
    asm.act(op::REVERT, [0.into(), 0.into()]);
    for (label, reason) in [(call_failed, "Multicall3: call failed"), (value_mismatch, "Multicall3: value mismatch")] {
        asm.place(label);
        fail_with(&mut asm, reason);
    }
    asm.finish()
}

fn on(asm: &mut Assembler, of: [u8; 4], body: impl FnOnce(&mut Assembler)) {
    asm.when(equal(selector(), u64::from(u32::from_be_bytes(of))), body);
}

fn views() -> [([u8; 4], Expr); 10] {
    let number = || nullary(op::NUMBER);
    [
        (Multicall3::getBasefeeCall::SELECTOR, nullary(op::BASEFEE)),
        (Multicall3::getBlockHashCall::SELECTOR, block_hash(calldata(4))),
        (Multicall3::getBlockNumberCall::SELECTOR, number()),
        (Multicall3::getChainIdCall::SELECTOR, nullary(op::CHAINID)),
        (Multicall3::getCurrentBlockCoinbaseCall::SELECTOR, nullary(op::COINBASE)),
        (Multicall3::getCurrentBlockDifficultyCall::SELECTOR, nullary(op::DIFFICULTY)),
        (Multicall3::getCurrentBlockGasLimitCall::SELECTOR, nullary(op::GASLIMIT)),
        (Multicall3::getCurrentBlockTimestampCall::SELECTOR, nullary(op::TIMESTAMP)),
        (Multicall3::getEthBalanceCall::SELECTOR, balance(calldata(4))),
        (Multicall3::getLastBlockHashCall::SELECTOR, block_hash(sub(number(), 1))),
    ]
}

fn aggregate(asm: &mut Assembler, function: &Function, call_failed: Label, value_mismatch: Label) {
    // The argument with the calls is an offset from the first argument to their number.
    let argument = if function.has_flag { 0x24 } else { 0x04 };
    asm.set(TOLERANT, if function.has_flag { not(calldata(4)) } else { 0.into() });
    asm.set(CALLS, add(calldata(argument), 0x24));
    asm.set(COUNT, calldata(sub(CALLS, 0x20)));
    let head: Vec<Expr> = match function.head {
        Head::Nothing => vec![],
        Head::Number => vec![nullary(op::NUMBER)],
        Head::NumberAndHash => vec![nullary(op::NUMBER), block_hash(nullary(op::NUMBER))],
    };
    let head_len = 0x20 * (head.len() as u64 + 1);
    for (index, word) in head.into_iter().enumerate() {
        asm.store(OUTPUT + 0x20 * index as u64, word);
    }
    asm.store(OUTPUT + head_len - 0x20, head_len);
    asm.store(OUTPUT + head_len, COUNT);
    asm.set(RESULTS, OUTPUT + head_len + 0x20);
    asm.set(NEXT, add(RESULTS, words(COUNT)));
    asm.set(INDEX, 0);
    asm.set(SPENT, 0);

    let (next, done) = (asm.label(), asm.label());
    asm.place(next);
    asm.jump_if(done, not(less(INDEX, COUNT)));
    one_call(asm, function, call_failed);
    asm.set(INDEX, add(INDEX, 1));
    asm.jump(next);
    asm.place(done);
    if function.item == Item::Paying {
        asm.jump_if(value_mismatch, not(equal(SPENT, nullary(op::CALLVALUE))));
    }
    asm.give_back(OUTPUT, NEXT);
}

fn one_call(asm: &mut Assembler, function: &Function, call_failed: Label) {
    asm.store(add(RESULTS, words(INDEX)), sub(NEXT, RESULTS));
    asm.set(ITEM, add(CALLS, calldata(add(CALLS, words(INDEX)))));
    let data_field = match function.item {
        Item::Plain => 0x20,
        Item::Tolerant => 0x40,
        Item::Paying => 0x60,
    };
    asm.set(DATA, add(ITEM, calldata(add(ITEM, data_field))));
    let (value, may_fail): (Expr, Expr) = match function.item {
        Item::Plain => (0.into(), TOLERANT.into()),
        Item::Tolerant => (0.into(), calldata(add(ITEM, 0x20))),
        Item::Paying => (calldata(add(ITEM, 0x40)), calldata(add(ITEM, 0x20))),
    };
    if function.item == Item::Paying {
        asm.set(SPENT, add(SPENT, value.clone()));
    }
    // The room for the result holds the calldata first.
    let len = calldata(DATA);
    asm.act(op::CALLDATACOPY, [NEXT.into(), add(DATA, 0x20), len.clone()]);
    asm.set(SUCCESS, call(calldata(ITEM), value, NEXT, len));
    asm.jump_if(call_failed, not(or(SUCCESS, may_fail)));
    if function.tells_success {
        asm.store(NEXT, SUCCESS);
        asm.store(add(NEXT, 0x20), 0x40);
        asm.set(NEXT, add(NEXT, 0x40));
    }
    let returned = || nullary(op::RETURNDATASIZE);
    asm.store(NEXT, returned());
    asm.act(op::RETURNDATACOPY, [add(NEXT, 0x20), 0.into(), returned()]);
    // What the calldata left behind must not show in the padding.
    asm.store(add(add(NEXT, 0x20), returned()), 0);
    asm.set(NEXT, add(add(NEXT, 0x20), padded(returned())));
}

fn fail_with(asm: &mut Assembler, reason: &str) {
    let data = Revert::from(reason).abi_encode();
    let words = data.chunks(32).map(|chunk| {
        let mut word = [0; 32];
        word[..chunk.len()].copy_from_slice(chunk);
        Expr::Number(U256::from_be_bytes(word))
    });
    asm.fail(words.collect(), data.len() as u64);
}
