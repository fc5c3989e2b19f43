// Just enough of an assembler for questions about single instructions.

export const OPCODES = {
  STOP: 0x00, ADD: 0x01, MUL: 0x02, SUB: 0x03, DIV: 0x04, SDIV: 0x05, MOD: 0x06, SMOD: 0x07, ADDMOD: 0x08,
  MULMOD: 0x09, EXP: 0x0a, SIGNEXTEND: 0x0b, LT: 0x10, GT: 0x11, SLT: 0x12, SGT: 0x13, EQ: 0x14, ISZERO: 0x15,
  AND: 0x16, OR: 0x17, XOR: 0x18, NOT: 0x19, BYTE: 0x1a, SHL: 0x1b, SHR: 0x1c, SAR: 0x1d, CLZ: 0x1e, KECCAK256: 0x20,
  ADDRESS: 0x30, BALANCE: 0x31, ORIGIN: 0x32, CALLER: 0x33, CALLVALUE: 0x34, CALLDATALOAD: 0x35, CALLDATASIZE: 0x36,
  CALLDATACOPY: 0x37, CODESIZE: 0x38, CODECOPY: 0x39, GASPRICE: 0x3a, EXTCODESIZE: 0x3b, EXTCODECOPY: 0x3c,
  RETURNDATASIZE: 0x3d, RETURNDATACOPY: 0x3e, EXTCODEHASH: 0x3f, BLOCKHASH: 0x40, COINBASE: 0x41, TIMESTAMP: 0x42,
  NUMBER: 0x43, PREVRANDAO: 0x44, GASLIMIT: 0x45, CHAINID: 0x46, SELFBALANCE: 0x47, BASEFEE: 0x48, BLOBHASH: 0x49,
  BLOBBASEFEE: 0x4a, POP: 0x50, MLOAD: 0x51, MSTORE: 0x52, MSTORE8: 0x53, SLOAD: 0x54, SSTORE: 0x55, JUMP: 0x56,
  JUMPI: 0x57, PC: 0x58, MSIZE: 0x59, GAS: 0x5a, JUMPDEST: 0x5b, TLOAD: 0x5c, TSTORE: 0x5d, MCOPY: 0x5e, PUSH0: 0x5f,
  DUP1: 0x80, DUP2: 0x81, SWAP1: 0x90, SWAP2: 0x91, LOG0: 0xa0, LOG1: 0xa1, LOG2: 0xa2, LOG3: 0xa3, LOG4: 0xa4,
  CREATE: 0xf0, CALL: 0xf1, CALLCODE: 0xf2, RETURN: 0xf3, DELEGATECALL: 0xf4, CREATE2: 0xf5, STATICCALL: 0xfa,
  REVERT: 0xfd, INVALID: 0xfe, SELFDESTRUCT: 0xff,
};

const byte = (value) => value.toString(16).padStart(2, '0');

function push(value) {
  if (value === 0n) return '5f';
  const digits = value.toString(16);
  const padded = digits.padStart(digits.length + (digits.length % 2), '0');
  return byte(0x5f + padded.length / 2) + padded;
}

/** Code for a list of instruction names and of numbers to push; a text that begins with `0x` stands for itself. */
export function assemble(...parts) {
  const code = parts.flat().map((part) => {
    if (typeof part === 'number' || typeof part === 'bigint') return push(BigInt(part));
    if (part.startsWith('0x')) return part.slice(2);
    if (!(part in OPCODES)) throw new Error(`there is no instruction ${part}`);
    return byte(OPCODES[part]);
  });
  return `0x${code.join('')}`;
}

/** Returns the word on top of the stack. */
export const RETURN_TOP = ['PUSH0', 'MSTORE', 32, 'PUSH0', 'RETURN'];

/** Code that applies an instruction to operands, the first of them on top, and returns the result. */
export const apply = (instruction, operands) => assemble(...operands.toReversed(), instruction, ...RETURN_TOP);

/** Init code that deploys `runtime`. */
export function deploy(runtime) {
  const length = (runtime.length - 2) / 2;
  const head = (at) => assemble(length, 'DUP1', at, 'PUSH0', 'CODECOPY', 'PUSH0', 'RETURN');
  const at = (head(10).length - 2) / 2;
  return head(at) + runtime.slice(2);
}
