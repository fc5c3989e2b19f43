//! The `debug` namespace: call trees and host calls of transactions and calls.

use alloy::primitives::B256;
use alloy::rpc::types::BlockOverrides;
use alloy::rpc::types::state::StateOverride;
use alloy::sol_types::{Revert, SolError};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::backend::Backend;
use super::dispatch::Method::{self, Read};
use super::dispatch::Outcome;
use super::error::RpcError;
use super::params::Params;
use super::view::quantity;
use crate::wasm::api::HostCall;
use crate::{CallOptions, CallTrace, Node, TraceKind, TraceStep};

/// Host calls that make a frame; their records take the place of the frame in a list of host calls.
const NESTING: [&str; 5] = ["call_contract", "delegate_call_contract", "static_call_contract", "create1", "create2"];

/// The method `debug_<name>`.
pub(super) fn lookup(name: &str) -> Option<Method> {
    Some(match name {
        "traceTransaction" => Read(trace_transaction),
        "traceCall" => Read(trace_call),
        _ => return None,
    })
}

/// What clients may say about a trace; unknown fields (`timeout`, `reexec`) are ignored.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    tracer: Option<String>,
    tracer_config: Option<TracerConfig>,
    state_overrides: Option<StateOverride>,
    block_overrides: Option<BlockOverrides>,
}

#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct TracerConfig {
    only_top_call: bool,
    with_log: bool,
}

fn trace_transaction(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let hash: B256 = params.required()?;
    let tracer = Tracer::of(&params.optional()?.unwrap_or_default())?;
    Ok(tracer.show(&node.trace_transaction(hash)?))
}

fn trace_call(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let request = params.transaction()?;
    let block = params.block()?;
    let options: Options = params.optional()?.unwrap_or_default();
    let tracer = Tracer::of(&options)?;
    let options =
        CallOptions { block, state: options.state_overrides, block_fields: options.block_overrides, trace: true };
    let trace = node.call_with(&request, &options)?.trace;
    Ok(trace.map_or(Value::Null, |trace| tracer.show(&trace)))
}

/// The tracers there are.
#[derive(Clone, Copy)]
enum Tracer {
    Calls(TracerConfig),
    HostCalls,
}

impl Tracer {
    fn of(options: &Options) -> Result<Self, RpcError> {
        match options.tracer.as_deref() {
            Some("callTracer") => Ok(Self::Calls(options.tracer_config.unwrap_or_default())),
            Some("stylusTracer") => Ok(Self::HostCalls),
            _ => Err(RpcError::server("tracer not supported: use callTracer or stylusTracer")),
        }
    }

    fn show(self, trace: &CallTrace) -> Value {
        match self {
            Self::Calls(config) => call(trace, config),
            Self::HostCalls => host_calls(trace).into(),
        }
    }
}

/// A frame as geth's `callTracer` shows it.
fn call(trace: &CallTrace, config: TracerConfig) -> Value {
    let mut frame = json!({
        "type": trace.kind.name(),
        "from": trace.from,
        "gas": quantity(trace.gas),
        "gasUsed": quantity(trace.gas_used),
        "input": trace.input,
    });
    if let Some(to) = trace.to {
        frame["to"] = json!(to);
    }
    if trace.kind != TraceKind::StaticCall {
        frame["value"] = json!(trace.value);
    }
    if !trace.output.is_empty() {
        frame["output"] = json!(trace.output);
    }
    if let Some(error) = &trace.error {
        frame["error"] = error.clone().into();
        if let Ok(revert) = Revert::abi_decode(&trace.output) {
            frame["revertReason"] = revert.reason.into();
        }
    }
    if !config.only_top_call {
        let calls: Vec<Value> = trace.calls().map(|nested| call(nested, config)).collect();
        if !calls.is_empty() {
            frame["calls"] = calls.into();
        }
    }
    // A frame that failed has emitted nothing.
    if config.with_log && trace.error.is_none() {
        let logs = logs(trace);
        if !logs.is_empty() {
            frame["logs"] = logs.into();
        }
    }
    frame
}

fn logs(trace: &CallTrace) -> Vec<Value> {
    let mut calls_before = 0;
    let mut logs = Vec::new();
    for step in &trace.steps {
        match step {
            TraceStep::Call(_) => calls_before += 1,
            TraceStep::Log { topics, data } => {
                let position = quantity(calls_before);
                logs.push(json!({ "address": trace.to, "topics": topics, "data": data, "position": position }));
            }
            TraceStep::Host(_) => {}
        }
    }
    logs
}

/// The host calls of a frame as Nitro's `stylusTracer` shows them, with those of nested frames inside.
fn host_calls(trace: &CallTrace) -> Vec<Value> {
    let mut shown: Vec<Value> = Vec::new();
    // The frame that the next record may have made.
    let mut made: Option<Value> = None;
    for step in &trace.steps {
        match step {
            TraceStep::Call(nested) => {
                shown.extend(made.replace(nested_frame(nested)));
            }
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

/// A frame that no host call made, as those of EVM contracts: a record without a name.
fn nested_frame(trace: &CallTrace) -> Value {
    json!({
        "name": "", "args": "0x", "outs": "0x", "startInk": 0, "endInk": 0,
        "address": trace.to, "steps": host_calls(trace),
    })
}

fn host_call(record: &HostCall) -> Map<String, Value> {
    let mut entry = Map::new();
    entry.insert("name".into(), record.name.into());
    entry.insert("args".into(), json!(record.args));
    entry.insert("outs".into(), json!(record.outs));
    entry.insert("startInk".into(), record.start_ink.into());
    entry.insert("endInk".into(), record.end_ink.into());
    if let Some(address) = record.address {
        entry.insert("address".into(), json!(address));
    }
    entry
}

#[cfg(test)]
mod tests {
    use alloy::primitives::{Address, Bytes, U256};

    use super::*;

    fn frame(steps: Vec<TraceStep>) -> CallTrace {
        CallTrace {
            kind: TraceKind::Call,
            from: Address::ZERO,
            to: Some(Address::with_last_byte(1)),
            value: U256::ZERO,
            gas: 100,
            gas_used: 10,
            input: Bytes::new(),
            output: Bytes::new(),
            error: None,
            stylus: true,
            steps,
        }
    }

    fn record(name: &'static str) -> TraceStep {
        let (args, outs) = (Bytes::new(), Bytes::new());
        TraceStep::Host(HostCall { name, args, outs, start_ink: 2, end_ink: 1, address: None })
    }

    #[test]
    fn a_call_hook_holds_the_steps_of_the_frame_it_made() {
        let inner = frame(vec![record("msg_sender")]);
        let outer = frame(vec![record("read_args"), TraceStep::Call(inner.into()), record("call_contract")]);
        let shown = host_calls(&outer);
        assert_eq!(shown.len(), 2);
        assert_eq!(shown[1]["name"], "call_contract");
        assert_eq!(shown[1]["steps"][0]["name"], "msg_sender");
        assert_eq!(shown[1]["address"], json!(Address::with_last_byte(1)));
    }

    #[test]
    fn a_frame_of_an_evm_contract_has_no_name() {
        let outer = frame(vec![TraceStep::Call(frame(vec![record("msg_value")]).into())]);
        let shown = host_calls(&outer);
        assert_eq!((&shown[0]["name"], &shown[0]["steps"][0]["name"]), (&json!(""), &json!("msg_value")));
    }

    #[test]
    fn a_failed_frame_has_no_logs_and_says_why() {
        let mut failed = frame(vec![TraceStep::Log { topics: Vec::new(), data: Bytes::new() }]);
        let config = TracerConfig { only_top_call: false, with_log: true };
        assert_eq!(call(&failed, config)["logs"][0]["position"], "0x0");
        failed.error = Some("execution reverted".to_owned());
        failed.output = Revert::from("not today").abi_encode().into();
        let shown = call(&failed, config);
        assert_eq!((shown.get("logs"), &shown["revertReason"]), (None, &json!("not today")));
    }
}
