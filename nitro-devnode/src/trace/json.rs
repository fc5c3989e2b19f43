//! A call tree as JSON, with everything that the text has.

use serde_json::{Value, json};

use super::{Frame, HostRecord, Interfaces, Step, fields};

/// A frame with all that is in it. To the fields of [`Frame`] come `call`, `returned`, `decodedError`, and `event` of
/// logs, where `interfaces` name them, `inkBefore` and `inkAfter` of programs, and the `arguments` and `results` of host
/// calls.
pub fn describe(frame: &Frame, interfaces: &Interfaces) -> Result<Value, serde_json::Error> {
    let steps = frame.steps.iter().map(|step| describe_step(step, interfaces)).collect::<Result<_, _>>()?;
    // Its steps are described one by one.
    let mut shown = serde_json::to_value(frame.without_steps())?;
    shown["steps"] = Value::Array(steps);
    let is_call = !frame.kind.starts_with("CREATE");
    if is_call && let Some(call) = interfaces.call(&frame.input) {
        shown["call"] = json!(call);
    }
    if frame.error.is_some() {
        if let Some(error) = interfaces.error(&frame.output) {
            shown["decodedError"] = json!(error);
        }
    } else if is_call && let Some(returned) = interfaces.returned(&frame.input, &frame.output) {
        shown["returned"] = returned.into();
    }
    if let Some((before, after)) = frame.ink() {
        shown["inkBefore"] = before.into();
        shown["inkAfter"] = after.into();
    }
    Ok(shown)
}

fn describe_step(step: &Step, interfaces: &Interfaces) -> Result<Value, serde_json::Error> {
    let tag = |mut value: Value, name: &str| {
        value["step"] = name.into();
        value
    };
    Ok(match step {
        Step::Frame(nested) => tag(describe(nested, interfaces)?, "frame"),
        Step::Host(record) => tag(describe_host_call(record)?, "host"),
        Step::Log { topics, data } => {
            let mut shown = serde_json::to_value(step)?;
            if let Some(event) = interfaces.event(topics, data) {
                shown["event"] = json!(event);
            }
            shown
        }
    })
}

fn describe_host_call(record: &HostRecord) -> Result<Value, serde_json::Error> {
    let (arguments, results) = fields(record);
    let mut shown = serde_json::to_value(record)?;
    shown["arguments"] = json!(arguments);
    shown["results"] = json!(results);
    Ok(shown)
}
