//! Reading the loosely typed values of a vector file.

use alloy::primitives::{Address, B256, U256};
use serde_json::Value;

/// A JSON integer, a hexadecimal or a decimal string.
pub fn number(value: &Value) -> U256 {
    match value {
        Value::Number(number) => match number.as_u64() {
            Some(number) => U256::from(number),
            // Amounts of wei beyond 64 bits arrive as floating point; none of them has to be exact.
            None => U256::from(number.as_f64().expect("a number is finite")),
        },
        Value::String(text) => text.parse().expect("a number is hexadecimal or decimal"),
        other => panic!("not a number: {other}"),
    }
}

/// A field that holds a number, or `default`.
pub fn number_or(step: &Value, field: &str, default: u64) -> U256 {
    step.get(field).map_or(U256::from(default), number)
}

/// A field that holds text, or nothing.
pub fn text<'a>(step: &'a Value, field: &str) -> Option<&'a str> {
    step.get(field).and_then(Value::as_str)
}

/// Hexadecimal with or without `0x`.
pub fn unhex(text: &str) -> Vec<u8> {
    alloy::primitives::hex::decode(text).expect("data is hexadecimal")
}

/// `0x` and digits.
pub fn hex(bytes: impl AsRef<[u8]>) -> Value {
    Value::String(alloy::primitives::hex::encode_prefixed(bytes))
}

/// An RPC quantity.
pub fn quantity(value: u64) -> Value {
    Value::String(format!("{value:#x}"))
}

/// An address as a word.
pub fn word(address: Address) -> B256 {
    address.into_word()
}

/// Gas of calldata, byte by byte.
pub fn calldata_gas(data: &[u8]) -> u64 {
    data.iter().map(|byte| if *byte == 0 { 4 } else { 16 }).sum()
}
