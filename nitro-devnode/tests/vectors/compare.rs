//! Compares what a step expects with what was observed.

use serde_json::Value;

/// Placeholder for 32 bytes that nobody knows in advance.
const ANY: &str = "{{any}}";

/// Hexadecimal digits of such a value.
const ANY_DIGITS: usize = 64;

/// Differences, one line each. Fields that are not expected are not compared.
pub fn differences(want: &Value, got: &Value, place: &str) -> Vec<String> {
    match (want, got) {
        (Value::Object(wanted), Value::Object(gotten)) => {
            let mut out = Vec::new();
            for (key, value) in wanted {
                let place = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
                match key.as_str() {
                    "calldataGas" => {}
                    "messageStarts" => {
                        let message = gotten.get("message").and_then(Value::as_str).unwrap_or_default();
                        if !message.starts_with(value.as_str().unwrap_or_default()) {
                            out.push(format!("{place}: expected {value} got {message:?}"));
                        }
                    }
                    "gasUsed" => {
                        let value = corrected_gas(value, wanted.get("calldataGas"), gotten.get("calldataGas"));
                        out.extend(differences(&value, gotten.get(key).unwrap_or(&Value::Null), &place));
                    }
                    _ => out.extend(differences(value, gotten.get(key).unwrap_or(&Value::Null), &place)),
                }
            }
            out
        }
        (Value::Array(wanted), Value::Array(gotten)) if wanted.len() == gotten.len() => {
            let pairs = wanted.iter().zip(gotten).enumerate();
            pairs.flat_map(|(index, (want, got))| differences(want, got, &format!("{place}[{index}]"))).collect()
        }
        _ if same(want, got) => Vec::new(),
        _ => vec![format!("{place}: expected {want} got {got}")],
    }
}

/// Addresses inside calldata can have other numbers of zero bytes than they had when the gas was measured.
fn corrected_gas(gas: &Value, measured: Option<&Value>, present: Option<&Value>) -> Value {
    match (gas.as_u64(), measured.and_then(Value::as_u64), present.and_then(Value::as_u64)) {
        (Some(gas), Some(measured), Some(present)) => Value::from(gas - measured + present),
        _ => gas.clone(),
    }
}

fn same(want: &Value, got: &Value) -> bool {
    let (Value::String(want), Value::String(got)) = (want, got) else { return want == got };
    let (want, got) = (want.to_lowercase(), got.to_lowercase());
    let mut rest = got.as_str();
    for (index, fixed) in want.split(ANY).enumerate() {
        if index > 0 {
            let Some(after) = rest.get(ANY_DIGITS..) else { return false };
            rest = after;
        }
        let Some(after) = rest.strip_prefix(fixed) else { return false };
        rest = after;
    }
    rest.is_empty()
}
