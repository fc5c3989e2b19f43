//! How many stack words a function counts for.
//!
//! Every call takes the callee's frame size from the program's stack budget. The size is a static estimate: the
//! greatest height of the operand stack, counted on code that already holds the ink charges, plus locals and a
//! fixed overhead (Nitro v3.9.5, prover/src/programs/depth.rs).

use wasmparser::Operator;

use super::opcodes::{self, Arity};
use super::validate::{Module, ModuleError, limit};

/// Words the ink charge at the start of a basic block puts on the stack.
const BLOCK_CHARGE_WORDS: usize = 2;

/// Words the charge before memory.copy and memory.fill puts on top of their operands.
const BULK_CHARGE_WORDS: usize = 3;

/// Words every frame counts for beside operands and locals.
const FRAME_OVERHEAD: usize = 4;

/// Most operands a function may have on the stack at once.
const MAX_OPERANDS: usize = 4_096;

/// Most words a frame may count for.
const MAX_FRAME_WORDS: usize = 10_240;

/// Follows the operand stack through one function body. Unreachable code counts like any other.
#[derive(Debug)]
pub(super) struct StackHeight {
    height: usize,
    worst: usize,
    /// Height on entry of each open block, results included.
    scopes: Vec<usize>,
}

impl StackHeight {
    /// At the start of a body.
    pub fn new() -> Self {
        Self { height: 0, worst: 0, scopes: vec![0] }
    }

    /// A basic block starts: its ink charge comes first.
    pub fn start_block(&mut self) {
        self.worst = self.worst.max(self.height + BLOCK_CHARGE_WORDS);
    }

    /// Takes the next instruction.
    pub fn step(&mut self, op: &Operator<'_>, module: &Module<'_>) {
        match op {
            Operator::Block { blockty } | Operator::Loop { blockty } => {
                self.open(Arity::of_block(module, *blockty));
            }
            Operator::If { blockty } => {
                self.pop(1);
                self.open(Arity::of_block(module, *blockty));
            }
            Operator::Else => self.height = self.scopes.last().copied().unwrap_or(0),
            Operator::End => self.height = self.scopes.pop().unwrap_or(0),
            Operator::Call { function_index } => {
                self.replace(Arity::of_function(module, *function_index));
            }
            Operator::CallIndirect { type_index, .. } => {
                // The table index goes last, although it is on top.
                self.replace(Arity::of_type(module, *type_index));
                self.pop(1);
            }
            Operator::MemoryCopy { .. } | Operator::MemoryFill { .. } => {
                self.worst = self.worst.max(self.height + BULK_CHARGE_WORDS);
                self.pop(3);
            }
            plain => {
                let (pops, pushes) = opcodes::plain_effect(plain);
                self.pop(pops);
                self.push(pushes);
            }
        }
    }

    /// The frame size of the body, which declares `locals`.
    pub fn frame_words(&self, locals: usize) -> Result<u32, ModuleError> {
        limit("values on the stack at once", self.worst, MAX_OPERANDS)?;
        let words = self.worst + locals + FRAME_OVERHEAD;
        u32::try_from(words)
            .ok()
            .filter(|_| words <= MAX_FRAME_WORDS)
            .ok_or(ModuleError::FrameTooLarge { words, limit: MAX_FRAME_WORDS })
    }

    /// A block's results are set aside when it begins.
    fn open(&mut self, arity: Arity) {
        self.replace(arity);
        self.scopes.push(self.height);
    }

    /// Results are pushed before parameters are popped.
    fn replace(&mut self, arity: Arity) {
        self.push(arity.outputs);
        self.pop(arity.inputs);
    }

    fn push(&mut self, values: usize) {
        self.height += values;
        self.worst = self.worst.max(self.height);
    }

    fn pop(&mut self, values: usize) {
        self.height = self.height.saturating_sub(values);
    }
}
