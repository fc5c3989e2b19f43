//! The call tree of a traced transaction.

use alloy::primitives::{Address, B256, Bytes, U256};

use crate::wasm::api::HostCall;

/// Which kind of frame.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceKind {
    /// CALL, or the transaction itself.
    Call,
    /// CALLCODE.
    CallCode,
    /// DELEGATECALL.
    DelegateCall,
    /// STATICCALL.
    StaticCall,
    /// CREATE, or a transaction without recipient.
    Create,
    /// CREATE2.
    Create2,
    /// SELFDESTRUCT.
    SelfDestruct,
}

impl TraceKind {
    /// The name geth's call tracer gives it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Call => "CALL",
            Self::CallCode => "CALLCODE",
            Self::DelegateCall => "DELEGATECALL",
            Self::StaticCall => "STATICCALL",
            Self::Create => "CREATE",
            Self::Create2 => "CREATE2",
            Self::SelfDestruct => "SELFDESTRUCT",
        }
    }
}

/// What to record while a transaction or call runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Recording {
    /// Nothing, which is fastest.
    #[default]
    Nothing,
    /// The call tree with host calls and logs.
    Frames,
    /// The call tree, and each instruction of EVM code up to `most` of them.
    Instructions {
        /// Instructions after which no more are recorded.
        most: usize,
    },
    /// The call tree, and between the host calls of a program the functions it enters and leaves
    /// ([`FUNCTION_ENTERED`](crate::wasm::profile::FUNCTION_ENTERED),
    /// [`FUNCTION_LEFT`](crate::wasm::profile::FUNCTION_LEFT)).
    Functions,
}

impl From<bool> for Recording {
    fn from(frames: bool) -> Self {
        if frames { Self::Frames } else { Self::Nothing }
    }
}

/// One instruction of EVM code.
#[derive(Clone, Debug)]
pub struct EvmStep {
    /// Program counter.
    pub pc: u64,
    /// The instruction.
    pub opcode: u8,
    /// Gas before.
    pub gas: u64,
    /// Gas it took, with the gas given to a frame it made.
    pub cost: u64,
    /// Depth of the frame; the outermost one has 1.
    pub depth: u64,
    /// Account whose storage the frame uses.
    pub acting: Address,
    /// The stack before, its top last.
    pub stack: Vec<U256>,
    /// The memory before.
    pub memory: Bytes,
    /// Slot and value that SLOAD read or SSTORE wrote.
    pub slot: Option<(U256, U256)>,
    /// Why it failed.
    pub error: Option<String>,
}

/// One frame of the call tree.
#[derive(Clone, Debug)]
pub struct CallTrace {
    /// Kind of frame.
    pub kind: TraceKind,
    /// The caller.
    pub from: Address,
    /// Whose code ran, or the created contract; `None` when a creation failed before it had an address.
    pub to: Option<Address>,
    /// Wei sent (that of the caller's frame in a delegate call).
    pub value: U256,
    /// Gas given. For the outermost frame this is the gas limit of the transaction.
    pub gas: u64,
    /// Gas used. For the outermost frame this is that of the receipt.
    pub gas_used: u64,
    /// Calldata or initcode.
    pub input: Bytes,
    /// Return data, revert data or deployed code.
    pub output: Bytes,
    /// Why the frame failed, in geth's words; `None` when it succeeded.
    pub error: Option<String>,
    /// Whether a Stylus program ran.
    pub stylus: bool,
    /// What ended a program that neither returned nor reverted by itself, e.g. a trap; chains do not tell.
    pub reason: Option<String>,
    /// What happened inside, in order.
    pub steps: Vec<TraceStep>,
}

/// Something that happened inside a frame.
#[derive(Clone, Debug)]
pub enum TraceStep {
    /// A nested frame. In a Stylus frame the record of the host call that made it comes right after it.
    Call(Box<CallTrace>),
    /// A host call of a Stylus program.
    Host(HostCall),
    /// An emitted log.
    Log {
        /// Topics.
        topics: Vec<B256>,
        /// Data.
        data: Bytes,
    },
}

impl CallTrace {
    /// The account whose storage the frame uses and in whose name it emits logs.
    pub fn acting(&self) -> Address {
        match self.kind {
            TraceKind::DelegateCall | TraceKind::CallCode => self.from,
            _ => self.to.unwrap_or_default(),
        }
    }

    /// The nested frames, in order.
    pub fn calls(&self) -> impl Iterator<Item = &CallTrace> {
        self.steps.iter().filter_map(|step| match step {
            TraceStep::Call(call) => Some(&**call),
            _ => None,
        })
    }

    /// The host calls of this frame alone, in order.
    pub fn host_calls(&self) -> impl Iterator<Item = &HostCall> {
        self.steps.iter().filter_map(|step| match step {
            TraceStep::Host(record) => Some(record),
            _ => None,
        })
    }
}
