//! Host calls of programs as Nitro's `stylusTracer` shows them.

use serde_json::{Map, Value, json};

use crate::wasm::api::HostCall;
use crate::{CallTrace, TraceKind, TraceStep};

/// Host calls whose record takes the place of the frame they made. Those that create contracts stand beside it.
const NESTING: [&str; 3] = ["call_contract", "delegate_call_contract", "static_call_contract"];

/// What only the script of cargo-stylus has: it asks for host calls and names frames of EVM code like this.
const SCRIPT_MARKS: [&str; 3] = ["\"hostio\"", "evm_call_contract", "this.open"];

/// Whether a tracer written in JavaScript is the one cargo-stylus sends. Its answer is that of `stylusTracer`.
pub(super) fn is_script(tracer: &str) -> bool {
    SCRIPT_MARKS.iter().all(|mark| tracer.contains(mark))
}

/// The host calls of a frame, with those of nested frames inside.
pub(super) fn host_calls(trace: &CallTrace) -> Vec<Value> {
    let mut shown: Vec<Value> = Vec::new();
    // The frame that the next record may have made.
    let mut made: Option<Value> = None;
    for step in &trace.steps {
        match step {
            TraceStep::Call(nested) => shown.extend(made.replace(nested_frame(nested))),
            TraceStep::Host(record) => {
                let mut entry = host_call(record);
                match made.take() {
                    Some(frame) if NESTING.contains(&record.name) => {
                        entry.insert("address".into(), frame["address"].clone());
                        entry.insert("steps".into(), frame["steps"].clone());
                    }
                    other => shown.extend(other),
                }
                shown.push(entry.into());
            }
            TraceStep::Log { .. } => {}
        }
    }
    shown.extend(made);
    shown
}

/// A frame that no record stands for yet; EVM code made it unless one follows.
fn nested_frame(trace: &CallTrace) -> Value {
    json!({
        "name": evm_name(trace.kind), "args": "0x", "outs": "0x", "startInk": 0, "endInk": 0,
        "address": trace.to.unwrap_or_default(), "steps": host_calls(trace),
    })
}

fn evm_name(kind: TraceKind) -> &'static str {
    match kind {
        TraceKind::Call => "evm_call_contract",
        TraceKind::DelegateCall => "evm_delegate_call_contract",
        TraceKind::StaticCall => "evm_static_call_contract",
        TraceKind::Create => "evm_create1",
        TraceKind::Create2 => "evm_create2",
        TraceKind::SelfDestruct => "evm_self_destruct",
        TraceKind::CallCode => "",
    }
}

fn host_call(record: &HostCall) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("name".into(), record.name.into());
    entry.insert("args".into(), json!(record.args));
    entry.insert("outs".into(), json!(record.outs));
    entry.insert("startInk".into(), record.start_ink.into());
    entry.insert("endInk".into(), record.end_ink.into());
    if NESTING.contains(&record.name)
        && let Some(address) = record.address
    {
        entry.insert("address".into(), json!(address));
        // A call that was refused before it made a frame.
        entry.insert("steps".into(), json!([]));
    }
    entry
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Address;

    use super::super::samples::{frame, record};
    use super::*;

    #[test]
    fn a_call_holds_the_steps_of_the_frame_it_made() {
        let inner = frame(vec![record("msg_sender")]);
        let outer = frame(vec![record("read_args"), TraceStep::Call(inner.into()), record("call_contract")]);
        let shown = host_calls(&outer);
        assert_eq!(shown.len(), 2);
        assert_eq!(shown[1]["name"], "call_contract");
        assert_eq!(shown[1]["steps"][0]["name"], "msg_sender");
        assert_eq!(shown[1]["address"], json!(Address::with_last_byte(1)));
    }

    #[test]
    fn a_frame_of_evm_code_is_named_after_its_instruction() {
        let outer = frame(vec![TraceStep::Call(frame(vec![record("msg_value")]).into())]);
        let shown = host_calls(&outer);
        assert_eq!(
            (&shown[0]["name"], &shown[0]["steps"][0]["name"]),
            (&json!("evm_call_contract"), &json!("msg_value"))
        );
    }

    #[test]
    fn a_creation_stands_beside_the_frame_it_made() {
        let mut inner = frame(Vec::new());
        inner.kind = TraceKind::Create;
        let outer = frame(vec![TraceStep::Call(inner.into()), record("create1")]);
        let shown = host_calls(&outer);
        assert_eq!((&shown[0]["name"], &shown[1]["name"]), (&json!("evm_create1"), &json!("create1")));
        assert!(shown[1].get("steps").is_none());
    }

    #[test]
    fn another_script_is_not_taken_for_the_one_of_cargo_stylus() {
        assert!(!is_script(
            "{data: [], step: function(log) {}, fault: function() {}, result: function() { return 1 }}"
        ));
    }
}
