//! The prices of instructions and memory, written down once more.
//!
//! One of them can be made wrong by a single ink, to see whether that is noticed.

use std::cell::Cell;

use wasmparser::Operator;

thread_local! {
    static WRONG: Cell<Option<&'static str>> = const { Cell::new(None) };
}

/// Makes the price with this name wrong, in this thread.
pub fn make_wrong(name: Option<&'static str>) {
    WRONG.set(name);
}

/// What is wrong with the price of this name: nothing, or one ink.
pub fn error(name: &str) -> u64 {
    u64::from(WRONG.get() == Some(name))
}

/// Ink of a basic block before its instructions.
pub fn block() -> u64 {
    2_450 + error("block")
}

/// Ink of `len` bytes that are filled or copied.
pub fn bulk(len: u32) -> u64 {
    (100 + error("byte")) * u64::from(len)
}

/// Whether a basic block ends with this instruction.
pub fn ends_block(operator: &Operator<'_>) -> bool {
    let names = ["End", "Else", "Return", "Loop", "Br", "BrTable", "BrIf", "If", "Call", "CallIndirect"];
    let text = format!("{operator:?}");
    names.contains(&text.split([' ', '{']).next().unwrap_or_default())
}

/// Ink of an instruction; `inputs` counts for indirect calls.
pub fn instruction(operator: &Operator<'_>, inputs: u64) -> u64 {
    let text = format!("{operator:?}");
    let name = text.split([' ', '{']).next().unwrap_or_default();
    let price: u64 = match name {
        "Unreachable" | "Return" | "Nop" | "I32Const" | "I64Const" | "Block" | "Loop" | "Else" | "End" => 1,
        "Drop" => 9,
        "Br" | "BrIf" | "If" => 765,
        "BrTable" => match operator {
            Operator::BrTable { targets } => 2_400 + 325 * u64::from(targets.len()),
            _ => unreachable!("it is named so"),
        },
        "Select" => 1_250,
        "Call" => 3_800,
        "CallIndirect" => 13_610 + 650 * inputs,
        "LocalGet" | "LocalTee" => 75,
        "LocalSet" => 210,
        "GlobalGet" => 225,
        "GlobalSet" => 575,
        "MemorySize" => 3_000,
        "MemoryGrow" => 8_050,
        "MemoryCopy" | "MemoryFill" => 950,
        "I32Popcnt" => 2_650,
        "I64Popcnt" => 6_000,
        "I32Mul" | "I64Mul" => 160,
        "I32Add" | "I32Sub" | "I32And" | "I32Or" | "I32Xor" | "I32Shl" | "I32ShrS" | "I32ShrU" | "I32Rotl"
        | "I32Rotr" => 70,
        "I64Add" | "I64Sub" | "I64And" | "I64Or" | "I64Xor" | "I64Shl" | "I64ShrS" | "I64ShrU" | "I64Rotl"
        | "I64Rotr" => 100,
        "I32WrapI64" => 100,
        _ if name.starts_with('F') => u64::MAX,
        _ if name.contains("Extend") => 100,
        _ if name.starts_with("I32Load") => 670,
        _ if name.starts_with("I64Load") => 680,
        _ if name.starts_with("I32Store") => 825,
        _ if name.starts_with("I64Store") => 950,
        _ if name.contains("Clz") || name.contains("Ctz") => 210,
        _ if name.contains("Div") || name.contains("Rem") => {
            if name.starts_with("I32") {
                1_120
            } else {
                1_270
            }
        }
        _ if name.starts_with("I32") => 170,
        _ if name.starts_with("I64") => 225,
        _ => panic!("{name} is not generated"),
    };
    price.saturating_add(error(name))
}

/// Ink of reading `len` bytes of a program's memory.
pub fn read(len: u64) -> u64 {
    16_381 + error("read") + 55 * len.saturating_sub(32)
}

/// Ink of writing `len` bytes to a program's memory.
pub fn write(len: u64) -> u64 {
    5_040 + error("write") + 30 * len.saturating_sub(32)
}

/// The exponential part of what `pages` open at once cost.
pub fn pages(pages: u64) -> u64 {
    match pages {
        0..128 => 31_874_000f64.powf(pages as f64 / 128.0).floor() as u64,
        128 => 31_873_999,
        _ => u64::MAX,
    }
}
