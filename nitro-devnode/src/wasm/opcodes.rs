//! What each instruction costs and does to the operand stack.
//!
//! Prices are those of Nitro v3.9.5 (prover/src/programs/meter.rs), in ink.

use wasmparser::{BlockType, Operator};

use super::validate::{Module, ModuleError};

/// Reaching a floating point instruction is unaffordable; having one in a block never reached is fine.
const NEVER: u64 = u64::MAX;

/// Ink per byte of memory.copy and memory.fill, on top of their base price.
pub(super) const BULK_BYTE_INK: i64 = 100;

/// Parameters and results of a function or block type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Arity {
    pub inputs: usize,
    pub outputs: usize,
}

impl Arity {
    /// Of the function type with this index.
    pub fn of_type(module: &Module<'_>, type_index: u32) -> Self {
        module
            .types
            .get(type_index as usize)
            .map_or(Self::new(0, 0), |ty| Self::new(ty.params().len(), ty.results().len()))
    }

    /// Of the function with this index.
    pub fn of_function(module: &Module<'_>, function: u32) -> Self {
        module.functions.get(function as usize).map_or(Self::new(0, 0), |index| Self::of_type(module, *index))
    }

    /// Of a block.
    pub fn of_block(module: &Module<'_>, block: BlockType) -> Self {
        match block {
            BlockType::Empty => Self::new(0, 0),
            BlockType::Type(_) => Self::new(0, 1),
            BlockType::FuncType(index) => Self::of_type(module, index),
        }
    }

    const fn new(inputs: usize, outputs: usize) -> Self {
        Self { inputs, outputs }
    }
}

/// Whether a basic block ends with this instruction.
pub(super) fn ends_block(op: &Operator<'_>) -> bool {
    use Operator::*;
    matches!(
        op,
        End | Else
            | Return
            | Loop { .. }
            | Br { .. }
            | BrTable { .. }
            | BrIf { .. }
            | If { .. }
            | Call { .. }
            | CallIndirect { .. }
    )
}

/// The price of an instruction; an error if programs may not contain it.
#[rustfmt::skip]
pub(super) fn ink(op: &Operator<'_>, module: &Module<'_>) -> Result<u64, ModuleError> {
    use Operator::*;
    Ok(match op {
        Unreachable | Return | Nop | I32Const { .. } | I64Const { .. } => 1,
        Block { .. } | Loop { .. } | Else | End => 1,
        Drop => 9,
        Br { .. } | BrIf { .. } | If { .. } => 765,
        BrTable { targets } => 2_400 + 325 * u64::from(targets.len()),
        Select => 1_250,
        Call { .. } => 3_800,
        CallIndirect { type_index, .. } => {
            13_610 + 650 * Arity::of_type(module, *type_index).inputs as u64
        }
        LocalGet { .. } | LocalTee { .. } => 75,
        LocalSet { .. } => 210,
        GlobalGet { .. } => 225,
        GlobalSet { .. } => 575,

        I32Load { .. } | I32Load8S { .. } | I32Load8U { .. } | I32Load16S { .. } | I32Load16U { .. } => 670,
        I64Load { .. } | I64Load8S { .. } | I64Load8U { .. } | I64Load16S { .. } | I64Load16U { .. }
        | I64Load32S { .. } | I64Load32U { .. } => 680,
        I32Store { .. } | I32Store8 { .. } | I32Store16 { .. } => 825,
        I64Store { .. } | I64Store8 { .. } | I64Store16 { .. } | I64Store32 { .. } => 950,
        MemorySize { .. } => 3_000,
        MemoryGrow { .. } => 8_050,
        MemoryCopy { .. } | MemoryFill { .. } => 950,

        I32Eqz | I32Eq | I32Ne | I32LtS | I32LtU | I32GtS | I32GtU | I32LeS | I32LeU | I32GeS | I32GeU => 170,
        I64Eqz | I64Eq | I64Ne | I64LtS | I64LtU | I64GtS | I64GtU | I64LeS | I64LeU | I64GeS | I64GeU => 225,
        I32Clz | I32Ctz | I64Clz | I64Ctz => 210,
        I32Add | I32Sub => 70,
        I64Add | I64Sub => 100,
        I32Mul | I64Mul => 160,
        I32DivS | I32DivU | I32RemS | I32RemU => 1_120,
        I64DivS | I64DivU | I64RemS | I64RemU => 1_270,
        I32And | I32Or | I32Xor | I32Shl | I32ShrS | I32ShrU | I32Rotl | I32Rotr => 70,
        I64And | I64Or | I64Xor | I64Shl | I64ShrS | I64ShrU | I64Rotl | I64Rotr => 100,
        I32Popcnt => 2_650,
        I64Popcnt => 6_000,
        I32WrapI64 | I64ExtendI32S | I64ExtendI32U => 100,
        I32Extend8S | I32Extend16S | I64Extend8S | I64Extend16S | I64Extend32S => 100,

        F32Const { .. } | F64Const { .. } | F32Load { .. } | F64Load { .. } | F32Store { .. } | F64Store { .. }
        | I32ReinterpretF32 | I64ReinterpretF64 | F32ReinterpretI32 | F64ReinterpretI64 => NEVER,

        other => return Err(ModuleError::Opcode(format!("{other:?}"))),
    })
}

/// What an instruction without control flow or calls does to the height of the operand stack: pops, then pushes.
#[rustfmt::skip]
pub(super) fn plain_effect(op: &Operator<'_>) -> (usize, usize) {
    use Operator::*;
    match op {
        I32Const { .. } | I64Const { .. } | F32Const { .. } | F64Const { .. }
        | LocalGet { .. } | GlobalGet { .. } | MemorySize { .. } => (0, 1),

        Drop | LocalSet { .. } | GlobalSet { .. } | BrIf { .. } | BrTable { .. } => (1, 0),

        I32Eq | I32Ne | I32LtS | I32LtU | I32GtS | I32GtU | I32LeS | I32LeU | I32GeS | I32GeU
        | I64Eq | I64Ne | I64LtS | I64LtU | I64GtS | I64GtU | I64LeS | I64LeU | I64GeS | I64GeU
        | I32Add | I32Sub | I32Mul | I32DivS | I32DivU | I32RemS | I32RemU
        | I64Add | I64Sub | I64Mul | I64DivS | I64DivU | I64RemS | I64RemU
        | I32And | I32Or | I32Xor | I32Shl | I32ShrS | I32ShrU | I32Rotl | I32Rotr
        | I64And | I64Or | I64Xor | I64Shl | I64ShrS | I64ShrU | I64Rotl | I64Rotr => (1, 0),

        Select | I32Store { .. } | I32Store8 { .. } | I32Store16 { .. }
        | I64Store { .. } | I64Store8 { .. } | I64Store16 { .. } | I64Store32 { .. }
        | F32Store { .. } | F64Store { .. } => (2, 0),

        MemoryCopy { .. } | MemoryFill { .. } => (3, 0),

        // Loads, conversions and the like take one value and give one.
        _ => (0, 0),
    }
}
