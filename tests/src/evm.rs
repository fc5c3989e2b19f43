//! Small EVM contracts that behave as a sibling or a token should not.

use alloy::primitives::{Address, B256};

/// What a stub does whenever it is called, whatever the calldata.
#[derive(Clone, Debug)]
pub enum Stub {
    /// Returns these bytes.
    Returns(Vec<u8>),
    /// Reverts with these bytes.
    Reverts(Vec<u8>),
    /// Runs into an invalid instruction and burns its gas.
    Halts,
    /// Calls `target` with `input`, logs what came back without topics, and returns the word 1 or nothing.
    CallsBack {
        /// Whom it calls.
        target: Address,
        /// With what.
        input: Vec<u8>,
        /// Whether it returns the word.
        agrees: bool,
    },
}

impl Stub {
    /// Returns the word `number`.
    pub fn word(number: u8) -> Self {
        Self::Returns(B256::with_last_byte(number).to_vec())
    }

    /// Runtime code.
    pub fn code(&self) -> Vec<u8> {
        match self {
            Self::Returns(data) => with_data(data, |code| code.extend([PUSH0, RETURN])),
            Self::Reverts(data) => with_data(data, |code| code.extend([PUSH0, REVERT])),
            Self::Halts => vec![INVALID],
            Self::CallsBack { target, input, agrees } => calls_back(*target, input, *agrees),
        }
    }
}

const INVALID: u8 = 0xfe;
const CODECOPY: u8 = 0x39;
const GAS: u8 = 0x5a;
const CALL: u8 = 0xf1;
const POP: u8 = 0x50;
const MSTORE: u8 = 0x52;
const RETURNDATASIZE: u8 = 0x3d;
const RETURNDATACOPY: u8 = 0x3e;
const LOG0: u8 = 0xa0;
const RETURN: u8 = 0xf3;
const REVERT: u8 = 0xfd;
const PUSH0: u8 = 0x5f;
const PUSH1: u8 = 0x60;
const PUSH2: u8 = 0x61;
const PUSH20: u8 = 0x73;

/// Code that copies `data` to memory 0, pushes its length, and goes on with `rest`, which finds the length on the stack.
fn with_data(data: &[u8], rest: impl Fn(&mut Vec<u8>)) -> Vec<u8> {
    let length = u16::try_from(data.len()).expect("stubs are small").to_be_bytes();
    let assemble = |offset: u16| {
        let offset = offset.to_be_bytes();
        let mut code = vec![PUSH2, length[0], length[1], PUSH2, offset[0], offset[1], PUSH0, CODECOPY];
        code.extend([PUSH2, length[0], length[1]]);
        rest(&mut code);
        code
    };
    // The data lies behind the code, whose length does not depend on the offset that is written into it.
    let offset = u16::try_from(assemble(0).len()).expect("stubs are small");
    let mut code = assemble(offset);
    code.extend(data);
    code
}

fn calls_back(target: Address, input: &[u8], agrees: bool) -> Vec<u8> {
    with_data(input, |code| {
        // The length is on the stack: drop it and lay out gas, target, value, input, no output.
        let length = u16::try_from(input.len()).expect("stubs are small").to_be_bytes();
        code.extend([POP, PUSH0, PUSH0, PUSH2, length[0], length[1], PUSH0, PUSH0, PUSH20]);
        code.extend(target);
        code.extend([GAS, CALL, POP]);
        code.extend([RETURNDATASIZE, PUSH0, PUSH0, RETURNDATACOPY, RETURNDATASIZE, PUSH0, LOG0]);
        code.extend([PUSH1, 1, PUSH0, MSTORE, PUSH1, if agrees { 32 } else { 0 }, PUSH0, RETURN]);
    })
}
