//! What the bytes of a host call's record mean.

use alloy::primitives::{Address, U256, hex};

use serde::Serialize;

use super::HostRecord;

/// A value of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// What it is.
    pub name: &'static str,
    /// Its value: numbers in decimal, everything else in hexadecimal.
    pub value: String,
}

/// How a value is encoded.
#[derive(Clone, Copy)]
enum Kind {
    /// An integer of so many bytes.
    Number(usize),
    /// 32 bytes that are no number.
    Word,
    /// 20 bytes.
    Account,
    /// All the rest.
    Data,
}

use Kind::{Account, Data, Number, Word};

type Layout = &'static [(&'static str, Kind)];

const U256_BYTES: usize = 32;
const NONE: Layout = &[];
const CALL_OUTS: Layout = &[("returned", Number(4)), ("status", Number(1))];
const TWO_NUMBERS: Layout = &[("a", Number(U256_BYTES)), ("b", Number(U256_BYTES))];
const THREE_NUMBERS: Layout = &[("a", Number(U256_BYTES)), ("b", Number(U256_BYTES)), ("modulus", Number(U256_BYTES))];
const RESULT: Layout = &[("", Number(U256_BYTES))];
const SMALL: Layout = &[("", Number(4))];
const LARGE: Layout = &[("", Number(8))];
const ADDRESS: Layout = &[("", Account)];
const OF_ADDRESS: Layout = &[("account", Account)];
const CREATED: Layout = &[("address", Account), ("returned", Number(4))];

/// Arguments and results of a host call. One of an unknown name has its bytes as they are.
pub fn fields(record: &HostRecord) -> (Vec<Field>, Vec<Field>) {
    let (args, outs) = layout(&record.name);
    (read(args, &record.args), read(outs, &record.outs))
}

fn layout(name: &str) -> (Layout, Layout) {
    match name {
        "user_entrypoint" => (&[("calldata", Number(4))], NONE),
        "user_returned" => (NONE, &[("status", Number(4))]),
        "exit_early" => (&[("status", Number(4))], NONE),
        "storage_load_bytes32" | "transient_load_bytes32" => (&[("key", Word)], &[("", Word)]),
        "storage_cache_bytes32" | "transient_store_bytes32" => (&[("key", Word), ("value", Word)], NONE),
        "storage_flush_cache" => (&[("clear", Number(1))], NONE),
        "call_contract" => {
            (&[("to", Account), ("gas", Number(8)), ("value", Number(U256_BYTES)), ("data", Data)], CALL_OUTS)
        }
        "delegate_call_contract" | "static_call_contract" => {
            (&[("to", Account), ("gas", Number(8)), ("data", Data)], CALL_OUTS)
        }
        "create1" => (&[("value", Number(U256_BYTES)), ("initcode", Data)], CREATED),
        "create2" => (&[("value", Number(U256_BYTES)), ("salt", Word), ("initcode", Data)], CREATED),
        "read_return_data" => (&[("offset", Number(4)), ("size", Number(4))], &[("", Data)]),
        "emit_log" => (&[("topics", Number(4)), ("data", Data)], NONE),
        "account_balance" => (OF_ADDRESS, RESULT),
        "account_code" => (&[("account", Account), ("offset", Number(4)), ("size", Number(4))], &[("", Data)]),
        "account_code_size" => (OF_ADDRESS, SMALL),
        "account_codehash" => (OF_ADDRESS, &[("", Word)]),
        "native_keccak256" => (&[("data", Data)], &[("", Word)]),
        "math_div" | "math_mod" | "math_pow" => (TWO_NUMBERS, RESULT),
        "math_add_mod" | "math_mul_mod" => (THREE_NUMBERS, RESULT),
        "pay_for_memory_grow" => (&[("pages", Number(2))], NONE),
        "block_basefee" | "msg_value" | "tx_gas_price" => (NONE, RESULT),
        "block_coinbase" | "contract_address" | "msg_sender" | "tx_origin" => (NONE, ADDRESS),
        "block_gas_limit" | "block_number" | "block_timestamp" | "chainid" | "evm_gas_left" | "evm_ink_left" => {
            (NONE, LARGE)
        }
        "msg_reentrant" | "return_data_size" | "tx_ink_price" => (NONE, SMALL),
        _ => (&[("", Data)], &[("", Data)]),
    }
}

/// Reads values one after the other; bytes that are missing or left over are shown as they are.
fn read(layout: Layout, mut bytes: &[u8]) -> Vec<Field> {
    let mut fields = Vec::new();
    for (name, kind) in layout {
        let length = match kind {
            Number(length) => *length,
            Word => 32,
            Account => 20,
            Data => bytes.len(),
        };
        let Some((head, rest)) = bytes.split_at_checked(length) else { break };
        bytes = rest;
        if !(name.is_empty() && head.is_empty()) {
            fields.push(Field { name, value: show(*kind, head) });
        }
    }
    if !bytes.is_empty() {
        fields.push(Field { name: "", value: hex::encode_prefixed(bytes) });
    }
    fields
}

fn show(kind: Kind, bytes: &[u8]) -> String {
    match kind {
        Number(_) => U256::from_be_slice(bytes).to_string(),
        Account => Address::from_slice(bytes).to_string(),
        Word | Data => hex::encode_prefixed(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(name: &str, args: &[u8], outs: &[u8]) -> HostRecord {
        HostRecord {
            name: name.to_owned(),
            args: args.to_vec().into(),
            outs: outs.to_vec().into(),
            start_ink: 0,
            end_ink: 0,
        }
    }

    fn shown(fields: &[Field]) -> Vec<(&str, &str)> {
        fields.iter().map(|field| (field.name, field.value.as_str())).collect()
    }

    #[test]
    fn a_call_is_read_field_by_field() {
        let to = Address::with_last_byte(7);
        let args = [to.as_slice(), &5u64.to_be_bytes(), &U256::from(9).to_be_bytes::<32>(), &[0xab]].concat();
        let (args, outs) = fields(&record("call_contract", &args, &[0, 0, 0, 2, 1]));
        let expected = to.to_string();
        assert_eq!(shown(&args), [("to", expected.as_str()), ("gas", "5"), ("value", "9"), ("data", "0xab")]);
        assert_eq!(shown(&outs), [("returned", "2"), ("status", "1")]);
    }

    #[test]
    fn bytes_that_fit_no_layout_are_shown_as_they_are() {
        assert_eq!(shown(&fields(&record("msg_value", &[], &[1, 2])).1), [("", "0x0102")]);
        assert_eq!(shown(&fields(&record("unheard_of", &[3], &[])).0), [("", "0x03")]);
    }
}
