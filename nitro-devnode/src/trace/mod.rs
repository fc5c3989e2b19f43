//! Traces as people read them: call trees with host calls decoded, and where the ink of a program went.
//!
//! A node answers the tracer `stylusFrames` with a [`FlatTree`] of [`Frame`]s; [`Tree`] shows them as text, [`Profile`]
//! sums them up.

mod abi;
mod client;
mod hosts;
mod json;
mod profile;
mod symbols;
mod text;
mod wire;

use alloy::primitives::{Address, B256, Bytes, U256};
use serde::{Deserialize, Serialize};

pub use abi::{AbiError, Argument, Interfaces, Named};
pub use client::{Client, ClientError};
pub use hosts::{Field, fields};
pub use json::describe;
pub use profile::{Line, Profile};
pub use symbols::{SymbolError, Symbols};
pub use text::Tree;
pub use wire::FlatTree;

use crate::wasm::api::HostCall;
use crate::wasm::profile::{FUNCTION_ENTERED, FUNCTION_LEFT};
use crate::{CallTrace, TraceStep};

/// One frame of a call tree.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Frame {
    /// `CALL`, `CREATE2` and so on.
    #[serde(rename = "type")]
    pub kind: String,
    /// The caller.
    pub from: Address,
    /// Whose code ran, or the created contract.
    pub to: Option<Address>,
    /// Whose storage it used.
    pub acting: Address,
    /// Wei sent.
    pub value: U256,
    /// Gas given.
    pub gas: u64,
    /// Gas used.
    pub gas_used: u64,
    /// Whether a program ran.
    pub stylus: bool,
    /// Calldata or initcode.
    pub input: Bytes,
    /// Return data, revert data or deployed code.
    pub output: Bytes,
    /// Why it failed, in the words of the chain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<String>,
    /// What ended a program that did not end by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// What happened inside, in order.
    #[serde(default)]
    pub steps: Vec<Step>,
}

/// Something that happened inside a frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "step", rename_all = "camelCase")]
pub enum Step {
    /// A nested frame. In a program the record of the host call that made it comes right after it.
    Frame(Box<Frame>),
    /// A host call.
    Host(HostRecord),
    /// A log.
    Log {
        /// Topics.
        topics: Vec<B256>,
        /// Data.
        data: Bytes,
    },
}

/// A host call of a program.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HostRecord {
    /// Its name.
    pub name: String,
    /// Arguments, big-endian, concatenated.
    pub args: Bytes,
    /// Results, likewise.
    pub outs: Bytes,
    /// Ink before.
    pub start_ink: u64,
    /// Ink after.
    pub end_ink: u64,
}

impl Frame {
    /// Ink the program had when it started and when it ended, as far as its records tell.
    pub fn ink(&self) -> Option<(u64, u64)> {
        let mut records = self.records();
        let start = records.next()?.start_ink;
        Some((start, records.last().map_or(start, |record| record.end_ink)))
    }

    /// The frame and all frames in it, outermost first.
    pub fn all(&self) -> Vec<&Self> {
        let mut all = vec![self];
        for step in &self.steps {
            if let Step::Frame(nested) = step {
                all.extend(nested.all());
            }
        }
        all
    }

    fn without_steps(&self) -> Self {
        Self {
            kind: self.kind.clone(),
            input: self.input.clone(),
            output: self.output.clone(),
            error: self.error.clone(),
            reason: self.reason.clone(),
            steps: Vec::new(),
            ..*self
        }
    }

    fn records(&self) -> impl Iterator<Item = &HostRecord> {
        self.steps.iter().filter_map(|step| match step {
            Step::Host(record) => Some(record),
            _ => None,
        })
    }
}

impl HostRecord {
    /// The function that starts here, by its index.
    fn entered(&self) -> Option<u32> {
        (self.name == FUNCTION_ENTERED).then(|| self.index())
    }

    fn has_left_function(&self) -> bool {
        self.name == FUNCTION_LEFT
    }

    fn index(&self) -> u32 {
        self.args.as_ref().try_into().map(u32::from_be_bytes).unwrap_or_default()
    }
}

impl From<&CallTrace> for Frame {
    fn from(trace: &CallTrace) -> Self {
        Self {
            kind: trace.kind.name().to_owned(),
            from: trace.from,
            to: trace.to,
            acting: trace.acting(),
            value: trace.value,
            gas: trace.gas,
            gas_used: trace.gas_used,
            stylus: trace.stylus,
            input: trace.input.clone(),
            output: trace.output.clone(),
            error: trace.error.clone(),
            reason: trace.reason.clone(),
            steps: trace.steps.iter().map(Step::from).collect(),
        }
    }
}

impl From<&TraceStep> for Step {
    fn from(step: &TraceStep) -> Self {
        match step {
            TraceStep::Call(nested) => Self::Frame(Box::new(nested.as_ref().into())),
            TraceStep::Host(record) => Self::Host(record.into()),
            TraceStep::Log { topics, data } => Self::Log { topics: topics.clone(), data: data.clone() },
        }
    }
}

impl From<&HostCall> for HostRecord {
    fn from(record: &HostCall) -> Self {
        Self {
            name: record.name.to_owned(),
            args: record.args.clone(),
            outs: record.outs.clone(),
            start_ink: record.start_ink,
            end_ink: record.end_ink,
        }
    }
}
