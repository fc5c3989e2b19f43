//! A small assembler for EVM code: expressions, named memory words, labels.

use alloy::primitives::{Address, B256, U256};
use revm::bytecode::opcode as op;

/// A value the code computes.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    /// A number.
    Number(U256),
    /// An instruction and its arguments, the one on top of the stack first.
    Op(u8, Vec<Expr>),
}

/// A named word of memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Word(pub u64);

/// A place to jump to.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label(usize);

/// Code under construction.
#[derive(Debug, Default)]
pub(super) struct Assembler {
    code: Vec<u8>,
    /// Where each label is, once it is placed.
    labels: Vec<Option<usize>>,
    /// Where the code refers to which label.
    references: Vec<(usize, Label)>,
}

impl From<u64> for Expr {
    fn from(number: u64) -> Self {
        Self::Number(U256::from(number))
    }
}

impl From<Address> for Expr {
    fn from(address: Address) -> Self {
        Self::Number(U256::from_be_slice(address.as_slice()))
    }
}

impl From<B256> for Expr {
    fn from(word: B256) -> Self {
        Self::Number(word.into())
    }
}

impl From<Word> for Expr {
    fn from(word: Word) -> Self {
        Self::Op(op::MLOAD, vec![word.0.into()])
    }
}

/// An instruction without arguments.
pub(super) fn nullary(instruction: u8) -> Expr {
    Expr::Op(instruction, Vec::new())
}

pub(super) fn add(a: impl Into<Expr>, b: impl Into<Expr>) -> Expr {
    Expr::Op(op::ADD, vec![a.into(), b.into()])
}

pub(super) fn sub(a: impl Into<Expr>, b: impl Into<Expr>) -> Expr {
    Expr::Op(op::SUB, vec![a.into(), b.into()])
}

pub(super) fn or(a: impl Into<Expr>, b: impl Into<Expr>) -> Expr {
    Expr::Op(op::OR, vec![a.into(), b.into()])
}

pub(super) fn equal(a: impl Into<Expr>, b: impl Into<Expr>) -> Expr {
    Expr::Op(op::EQ, vec![a.into(), b.into()])
}

pub(super) fn less(a: impl Into<Expr>, b: impl Into<Expr>) -> Expr {
    Expr::Op(op::LT, vec![a.into(), b.into()])
}

pub(super) fn not(a: impl Into<Expr>) -> Expr {
    Expr::Op(op::ISZERO, vec![a.into()])
}

/// `a` times 32.
pub(super) fn words(a: impl Into<Expr>) -> Expr {
    Expr::Op(op::SHL, vec![5.into(), a.into()])
}

/// `a` rounded up to whole words.
pub(super) fn padded(a: impl Into<Expr>) -> Expr {
    let mask = Expr::Number(!U256::from(31));
    Expr::Op(op::AND, vec![add(a, 31), mask])
}

/// The word of calldata at `place`.
pub(super) fn calldata(place: impl Into<Expr>) -> Expr {
    Expr::Op(op::CALLDATALOAD, vec![place.into()])
}

/// The word of memory at `place`.
pub(super) fn memory(place: impl Into<Expr>) -> Expr {
    Expr::Op(op::MLOAD, vec![place.into()])
}

pub(super) fn balance(of: impl Into<Expr>) -> Expr {
    Expr::Op(op::BALANCE, vec![of.into()])
}

pub(super) fn block_hash(number: impl Into<Expr>) -> Expr {
    Expr::Op(op::BLOCKHASH, vec![number.into()])
}

pub(super) fn code_hash(of: impl Into<Expr>) -> Expr {
    Expr::Op(op::EXTCODEHASH, vec![of.into()])
}

pub(super) fn keccak(start: impl Into<Expr>, len: impl Into<Expr>) -> Expr {
    Expr::Op(op::KECCAK256, vec![start.into(), len.into()])
}

/// A call with all the gas. The output is left in the return data.
pub(super) fn call(to: impl Into<Expr>, value: impl Into<Expr>, input: impl Into<Expr>, len: impl Into<Expr>) -> Expr {
    let arguments = vec![nullary(op::GAS), to.into(), value.into(), input.into(), len.into(), 0.into(), 0.into()];
    Expr::Op(op::CALL, arguments)
}

pub(super) fn create(value: impl Into<Expr>, init: impl Into<Expr>, len: impl Into<Expr>) -> Expr {
    Expr::Op(op::CREATE, vec![value.into(), init.into(), len.into()])
}

pub(super) fn create2(
    value: impl Into<Expr>,
    init: impl Into<Expr>,
    len: impl Into<Expr>,
    salt: impl Into<Expr>,
) -> Expr {
    Expr::Op(op::CREATE2, vec![value.into(), init.into(), len.into(), salt.into()])
}

/// The first four bytes of calldata.
pub(super) fn selector() -> Expr {
    Expr::Op(op::SHR, vec![224.into(), calldata(0)])
}

impl Assembler {
    /// Computes a value and leaves it on the stack.
    pub fn push(&mut self, expr: impl Into<Expr>) {
        match expr.into() {
            Expr::Number(number) => {
                let bytes = number.to_be_bytes_trimmed_vec();
                self.code.push(op::PUSH0 + bytes.len() as u8);
                self.code.extend(bytes);
            }
            Expr::Op(instruction, arguments) => {
                arguments.into_iter().rev().for_each(|argument| self.push(argument));
                self.code.push(instruction);
            }
        }
    }

    /// An instruction that takes arguments and gives no value.
    pub fn act<const N: usize>(&mut self, instruction: u8, arguments: [Expr; N]) {
        self.push(Expr::Op(instruction, arguments.into()));
    }

    /// Stores a value in memory.
    pub fn store(&mut self, place: impl Into<Expr>, value: impl Into<Expr>) {
        self.act(op::MSTORE, [place.into(), value.into()]);
    }

    /// Gives a named word a value.
    pub fn set(&mut self, word: Word, value: impl Into<Expr>) {
        self.store(word.0, value);
    }

    /// Ends with the bytes of memory from `start` to `end`.
    pub fn give_back(&mut self, start: impl Into<Expr> + Clone, end: impl Into<Expr>) {
        self.act(op::RETURN, [start.clone().into(), sub(end, start)]);
    }

    /// Ends with one word.
    pub fn give_back_word(&mut self, value: impl Into<Expr>) {
        self.store(0, value);
        self.act(op::RETURN, [0.into(), 32.into()]);
    }

    /// Fails with an encoded error, of which each 32 bytes are given as a word.
    pub fn fail(&mut self, data: Vec<Expr>, len: u64) {
        // Memory is free to use: nothing runs after this. The arguments are read before they can be overwritten.
        let count = data.len() as u64;
        data.into_iter().rev().for_each(|word| self.push(word));
        for index in 0..count {
            self.push(32 * index);
            self.code.push(op::MSTORE);
        }
        self.act(op::REVERT, [0.into(), len.into()]);
    }

    pub fn label(&mut self) -> Label {
        self.labels.push(None);
        Label(self.labels.len() - 1)
    }

    /// Puts a label here.
    pub fn place(&mut self, label: Label) {
        self.labels[label.0] = Some(self.code.len());
        self.code.push(op::JUMPDEST);
    }

    pub fn jump(&mut self, label: Label) {
        self.refer(label);
        self.code.push(op::JUMP);
    }

    pub fn jump_if(&mut self, label: Label, condition: impl Into<Expr>) {
        self.push(condition);
        self.refer(label);
        self.code.push(op::JUMPI);
    }

    /// Does something only if `condition` holds.
    pub fn when(&mut self, condition: impl Into<Expr>, body: impl FnOnce(&mut Self)) {
        let end = self.label();
        self.jump_if(end, not(condition));
        body(self);
        self.place(end);
    }

    fn refer(&mut self, label: Label) {
        self.code.push(op::PUSH2);
        self.references.push((self.code.len(), label));
        self.code.extend([0, 0]);
    }

    /// The finished code.
    pub fn finish(mut self) -> Vec<u8> {
        for (place, label) in self.references {
            let target = self.labels[label.0].expect("every label is placed") as u16;
            self.code[place..place + 2].copy_from_slice(&target.to_be_bytes());
        }
        self.code
    }
}
