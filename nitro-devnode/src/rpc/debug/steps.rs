//! Instructions one by one, as geth's default tracer shows them ("struct logs").

use std::collections::{BTreeMap, HashMap};

use alloy::primitives::{Address, B256, U256};
use revm::bytecode::OpCode;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::super::error::RpcError;
use crate::chain::{EvmStep, Replay};

/// Instructions in one answer.
const MOST: usize = 100_000;

/// What clients may say about it, in the options themselves rather than in a tracer's.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Config {
    enable_memory: bool,
    disable_stack: bool,
    disable_storage: bool,
    limit: usize,
}

impl Config {
    /// Instructions to record: one more than may be answered, to know that there were too many.
    pub(super) fn most(self) -> usize {
        if self.limit > 0 { self.limit.min(MOST) } else { MOST + 1 }
    }
}

/// All instructions, and how it ended.
pub(super) fn show(replay: &Replay, config: Config) -> Result<Value, RpcError> {
    if replay.steps.len() > MOST {
        return Err(RpcError::limit_exceeded(format!("more than {MOST} instructions: ask for fewer with limit")));
    }
    let mut seen: HashMap<Address, BTreeMap<U256, U256>> = HashMap::new();
    let steps: Vec<Value> = replay.steps.iter().map(|step| instruction(step, config, &mut seen)).collect();
    Ok(json!({
        "gas": replay.gas_used,
        "failed": replay.failed,
        "returnValue": replay.output,
        "structLogs": steps,
    }))
}

fn instruction(step: &EvmStep, config: Config, seen: &mut HashMap<Address, BTreeMap<U256, U256>>) -> Value {
    let mut object = json!({
        "pc": step.pc,
        "op": name(step.opcode),
        "gas": step.gas,
        "gasCost": step.cost,
        "depth": step.depth,
    });
    if let Some(error) = &step.error {
        object["error"] = error.clone().into();
    }
    if !config.disable_stack {
        object["stack"] = json!(step.stack);
    }
    if config.enable_memory && !step.memory.is_empty() {
        object["memory"] = step.memory.chunks(32).map(|word| Value::from(hex::encode(word))).collect();
    }
    if let (false, Some((key, value))) = (config.disable_storage, step.slot) {
        let slots = seen.entry(step.acting).or_default();
        slots.insert(key, value);
        let word = |value: &U256| hex::encode(B256::from(*value));
        let shown: Map<String, Value> = slots.iter().map(|(key, value)| (word(key), word(value).into())).collect();
        object["storage"] = shown.into();
    }
    object
}

fn name(opcode: u8) -> String {
    OpCode::new(opcode).map_or_else(|| format!("opcode {opcode:#x} not defined"), |known| known.as_str().to_owned())
}
