//! Call trees as geth's `callTracer` shows them.

use serde::Deserialize;
use serde_json::{Value, json};

use super::super::view::quantity;
use crate::chain::failure::{REVERTED, standard_reason};
use crate::{CallTrace, TraceKind, TraceStep};

/// What clients may say about a call tree.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Config {
    only_top_call: bool,
    with_log: bool,
}

/// A frame as geth's `callTracer` shows it.
pub(super) fn call(trace: &CallTrace, config: Config) -> Value {
    let mut frame = json!({
        "type": trace.kind.name(),
        "from": trace.from,
        "gas": quantity(trace.gas),
        "gasUsed": quantity(trace.gas_used),
        "input": trace.input,
    });
    // Nothing was created by a creation that failed.
    let creates = matches!(trace.kind, TraceKind::Create | TraceKind::Create2);
    if let Some(to) = trace.to.filter(|_| !(creates && trace.error.is_some())) {
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
        if error == REVERTED
            && let Some(reason) = standard_reason(&trace.output)
        {
            frame["revertReason"] = reason.into();
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
                logs.push(json!({ "address": trace.acting(), "topics": topics, "data": data, "position": position }));
            }
            TraceStep::Host(_) => {}
        }
    }
    logs
}

#[cfg(test)]
mod tests {
    use alloy::primitives::Bytes;
    use alloy::sol_types::{Panic, PanicKind, Revert, SolError};

    use super::super::samples::frame;
    use super::*;

    #[test]
    fn a_failed_frame_has_no_logs_and_says_why() {
        let mut failed = frame(vec![TraceStep::Log { topics: Vec::new(), data: Bytes::new() }]);
        let config = Config { only_top_call: false, with_log: true };
        assert_eq!(call(&failed, config)["logs"][0]["position"], "0x0");
        failed.error = Some("execution reverted".to_owned());
        failed.output = Revert::from("not today").abi_encode().into();
        let shown = call(&failed, config);
        assert_eq!((shown.get("logs"), &shown["revertReason"]), (None, &json!("not today")));
    }

    #[test]
    fn a_panic_is_named_and_an_error_of_the_contract_is_not() {
        let mut failed = frame(Vec::new());
        failed.error = Some("execution reverted".to_owned());
        failed.output = Panic::from(PanicKind::UnderOverflow).abi_encode().into();
        let reason = |failed: &CallTrace| call(failed, Config::default()).get("revertReason").cloned();
        assert_eq!(reason(&failed), Some(json!("arithmetic underflow or overflow")));
        failed.output = vec![1, 2, 3, 4].into();
        assert_eq!(reason(&failed), None);
        assert_eq!(call(&failed, Config::default())["output"], "0x01020304");
    }

    #[test]
    fn a_creation_that_failed_has_no_address() {
        let mut creation = frame(Vec::new());
        creation.kind = TraceKind::Create;
        assert!(call(&creation, Config::default()).get("to").is_some());
        creation.error = Some("out of gas".to_owned());
        assert!(call(&creation, Config::default()).get("to").is_none());
    }

    #[test]
    fn a_log_of_a_delegate_frame_is_the_callers() {
        let mut delegate = frame(vec![TraceStep::Log { topics: Vec::new(), data: Bytes::new() }]);
        delegate.kind = TraceKind::DelegateCall;
        let shown = call(&delegate, Config { only_top_call: false, with_log: true });
        assert_eq!(shown["logs"][0]["address"], json!(delegate.from));
    }
}
