//! The `debug` namespace: what happened inside transactions and calls.

mod calls;
mod hosts;
mod prestate;
mod steps;

use alloy::eips::BlockId;
use alloy::primitives::B256;
use alloy::rpc::types::BlockOverrides;
use alloy::rpc::types::state::StateOverride;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::backend::Backend;
use super::dispatch::Method::{self, Read};
use super::dispatch::Outcome;
use super::error::RpcError;
use super::params::Params;
use crate::chain::{Recording, Replay};
use crate::trace::{FlatTree, Frame};
use crate::{CallOptions, Node, TransactionBody};

/// The tracer of this node's own commands: the call tree with everything in it.
pub(crate) const FRAMES: &str = "stylusFrames";

/// The method `debug_<name>`.
pub(super) fn lookup(name: &str) -> Option<Method> {
    Some(match name {
        "traceTransaction" => Read(trace_transaction),
        "traceCall" => Read(trace_call),
        "traceBlockByNumber" | "traceBlockByHash" => Read(trace_block),
        _ => return None,
    })
}

/// What clients may say about a trace; unknown fields (`timeout`, `reexec`) are ignored.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Options {
    tracer: Option<String>,
    tracer_config: Value,
    state_overrides: Option<StateOverride>,
    block_overrides: Option<BlockOverrides>,
    #[serde(flatten)]
    steps: steps::Config,
}

fn trace_transaction(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let hash: B256 = params.required()?;
    let tracer = Tracer::of(&params.optional()?.unwrap_or_default())?;
    tracer.show(&node.replay_transaction(hash, tracer.recording())?)
}

fn trace_call(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let request = params.transaction()?;
    let block = params.block()?;
    let options: Options = params.optional()?.unwrap_or_default();
    let tracer = Tracer::of(&options)?;
    let options =
        CallOptions { block, state: options.state_overrides, block_fields: options.block_overrides, trace: true };
    tracer.show(&node.replay_call(&request, &options, tracer.recording())?)
}

/// Every transaction of users in a block, with its hash.
fn trace_block(_: &Backend, node: &Node, params: &mut Params) -> Outcome {
    let id: BlockId = params.required()?;
    let tracer = Tracer::of(&params.optional()?.unwrap_or_default())?;
    let block = node.block(id).ok_or(crate::NodeError::BlockNotFound)?;
    let of_users = block.transactions.iter().filter(|included| matches!(included.body, TransactionBody::User(_)));
    of_users
        .map(|included| {
            let result = tracer.show(&node.replay_transaction(included.hash, tracer.recording())?)?;
            Ok(json!({ "txHash": included.hash, "result": result }))
        })
        .collect()
}

/// The tracers there are.
#[derive(Clone, Copy)]
enum Tracer {
    Calls(calls::Config),
    HostCalls,
    Prestate(prestate::Config),
    Steps(steps::Config),
    Frames(FramesConfig),
    Nothing,
}

/// What this node's own commands say about their tracer.
#[derive(Clone, Copy, Default, Deserialize)]
#[serde(default)]
struct FramesConfig {
    /// Whether to tell which functions programs enter and leave.
    functions: bool,
}

impl Tracer {
    fn of(options: &Options) -> Result<Self, RpcError> {
        Ok(match options.tracer.as_deref().unwrap_or_default() {
            "" => Self::Steps(options.steps),
            "callTracer" => Self::Calls(config(options)?),
            "prestateTracer" => Self::Prestate(config(options)?),
            "stylusTracer" => Self::HostCalls,
            "noopTracer" => Self::Nothing,
            FRAMES => Self::Frames(config(options)?),
            script if hosts::is_script(script) => Self::HostCalls,
            _ => return Err(RpcError::server(UNKNOWN_TRACER)),
        })
    }

    fn recording(self) -> Recording {
        match self {
            Self::Steps(config) => Recording::Instructions { most: config.most() },
            Self::Frames(FramesConfig { functions: true }) => Recording::Functions,
            _ => Recording::Frames,
        }
    }

    fn show(self, replay: &Replay) -> Outcome {
        Ok(match self {
            Self::Calls(config) => calls::call(&replay.trace, config),
            Self::HostCalls => hosts::host_calls(&replay.trace).into(),
            Self::Prestate(config) => prestate::show(replay, config),
            Self::Steps(config) => steps::show(replay, config)?,
            Self::Frames(_) => json!(FlatTree::from(Frame::from(&replay.trace))),
            Self::Nothing => json!({}),
        })
    }
}

const UNKNOWN_TRACER: &str = "tracer not supported: use callTracer, prestateTracer, stylusTracer, the script of \
    cargo stylus, or none for the instructions; other scripts are not run";

fn config<T: DeserializeOwned + Default>(options: &Options) -> Result<T, RpcError> {
    if options.tracer_config.is_null() {
        return Ok(T::default());
    }
    serde_json::from_value(options.tracer_config.clone())
        .map_err(|error| RpcError::invalid_params(format!("invalid tracerConfig: {error}")))
}

#[cfg(test)]
mod samples {
    use alloy::primitives::{Address, Bytes, U256};

    use crate::wasm::api::HostCall;
    use crate::{CallTrace, TraceKind, TraceStep};

    pub(super) fn frame(steps: Vec<TraceStep>) -> CallTrace {
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
            reason: None,
            steps,
        }
    }

    pub(super) fn record(name: &'static str) -> TraceStep {
        let (args, outs) = (Bytes::new(), Bytes::new());
        TraceStep::Host(HostCall { name, args, outs, start_ink: 2, end_ink: 1, address: None })
    }
}
