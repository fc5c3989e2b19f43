//! Random EVM code for contracts that programs create: straight lines of instructions that the evaluator knows.

use fastrand::Rng;

const ADDRESS: u8 = 0x30;
const ORIGIN: u8 = 0x32;
const CALLER: u8 = 0x33;
const CALLVALUE: u8 = 0x34;
const CALLDATASIZE: u8 = 0x36;
const CODESIZE: u8 = 0x38;
const CODECOPY: u8 = 0x39;
const EXTCODESIZE: u8 = 0x3b;
const EXTCODECOPY: u8 = 0x3c;
const RETURNDATASIZE: u8 = 0x3d;
const SELFBALANCE: u8 = 0x47;
const MSTORE: u8 = 0x52;
const MSTORE8: u8 = 0x53;
const SLOAD: u8 = 0x54;
const SSTORE: u8 = 0x55;
const MSIZE: u8 = 0x59;
const GAS: u8 = 0x5a;
const PUSH0: u8 = 0x5f;
const PUSH1: u8 = 0x60;
const PUSH3: u8 = 0x62;
const PUSH20: u8 = 0x73;
const DUP1: u8 = 0x80;
const LOG0: u8 = 0xa0;
const CALL: u8 = 0xf1;
const RETURN: u8 = 0xf3;
const REVERT: u8 = 0xfd;
const INVALID: u8 = 0xfe;

/// What is known about the account that runs.
const FACTS: [u8; 10] =
    [ADDRESS, ORIGIN, CALLER, CALLVALUE, CALLDATASIZE, CODESIZE, RETURNDATASIZE, SELFBALANCE, MSIZE, GAS];

/// The init code of a contract. It may call the `known` addresses, and take over their code.
pub fn init_code(rng: &mut Rng, known: &[[u8; 20]]) -> Vec<u8> {
    match rng.u8(..40) {
        0 => return Vec::new(),
        // Like a program that is not active.
        1 => return vec![0xef, 0xf0, 0, 0, 3],
        _ => {}
    }
    let mut code = steps(rng, known);
    match rng.u8(..20) {
        0 => {}
        1 => code.push(INVALID),
        2 | 3 => end_with(&mut code, rng.u8(..100), rng.u8(..100), REVERT),
        4 => {
            let size = [24_576u32, 24_577, 2_000][rng.usize(..3)];
            code.push(PUSH3);
            code.extend_from_slice(&size.to_be_bytes()[1..]);
            code.extend([PUSH0, RETURN]);
        }
        5..8 => return_code_of(&mut code, &known[rng.usize(..known.len())]),
        8 => {
            let like_programs = [0xef, 0xf0, 0, 0, 3, 7];
            return_bytes(&mut code, &like_programs[..rng.usize(1..=like_programs.len())]);
        }
        _ => {
            let mut runtime = steps(rng, known);
            if rng.bool() {
                end_with(&mut runtime, rng.u8(..100), rng.u8(..100), if rng.u8(..) < 200 { RETURN } else { REVERT });
            }
            return_bytes(&mut code, &runtime);
        }
    }
    code
}

fn steps(rng: &mut Rng, known: &[[u8; 20]]) -> Vec<u8> {
    let mut code = Vec::new();
    for _ in 0..rng.u8(..5) {
        step(&mut code, rng, known);
    }
    code
}

fn step(code: &mut Vec<u8>, rng: &mut Rng, known: &[[u8; 20]]) {
    match rng.u8(..10) {
        0..3 => code.extend([PUSH1, rng.u8(..3), PUSH1, rng.u8(..3), SSTORE]),
        3 => code.extend([PUSH1, rng.u8(..3), SLOAD, PUSH1, rng.u8(..), MSTORE]),
        4..7 => code.extend([FACTS[rng.usize(..FACTS.len())], PUSH1, rng.u8(..), MSTORE]),
        7 => code.extend([PUSH1, rng.u8(..), PUSH1, rng.u8(..), MSTORE8]),
        8 => {
            let topics = rng.u8(..3);
            (0..topics).for_each(|topic| code.extend([PUSH1, topic]));
            code.extend([PUSH1, rng.u8(..), PUSH1, rng.u8(..), LOG0 + topics]);
        }
        _ => {
            // Where the output goes, the input, and a value that is mostly none.
            code.extend([PUSH1, rng.u8(..40), PUSH1, rng.u8(..), PUSH1, rng.u8(..70), PUSH1, rng.u8(..)]);
            code.extend([PUSH1, if rng.u8(..) < 60 { rng.u8(..4) } else { 0 }, PUSH20]);
            code.extend(known[rng.usize(..known.len())]);
            code.extend([GAS, CALL, PUSH1, rng.u8(..), MSTORE]);
        }
    }
}

fn end_with(code: &mut Vec<u8>, offset: u8, len: u8, ending: u8) {
    code.extend([PUSH1, len, PUSH1, offset, ending]);
}

/// Returns what follows the code itself.
fn return_bytes(code: &mut Vec<u8>, bytes: &[u8]) {
    let [_, len @ ..] = (bytes.len() as u32).to_be_bytes();
    let tail = 14;
    let [_, start @ ..] = (code.len() as u32 + tail).to_be_bytes();
    code.push(PUSH3);
    code.extend(len);
    code.extend([DUP1, PUSH3]);
    code.extend(start);
    code.extend([PUSH0, CODECOPY, PUSH0, RETURN, 0]);
    code.extend(bytes);
}

/// Returns the code of another account.
fn return_code_of(code: &mut Vec<u8>, account: &[u8; 20]) {
    code.push(PUSH20);
    code.extend(account);
    code.extend([EXTCODESIZE, DUP1, PUSH0, PUSH0, PUSH20]);
    code.extend(account);
    code.extend([EXTCODECOPY, PUSH0, RETURN]);
}
