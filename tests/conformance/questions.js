// What both chains are asked. A question has a name, and either `call` (a call of code, nothing else), `send` (a
// transaction, of which the receipt is compared) or `rpc` (any request). They are asked in this order.

import { OPCODES, RETURN_TOP, apply, assemble, deploy } from './assembler.js';

const ALICE = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const BOB = '0x70997970C51812dc3A010C7d01b50e0d17dc79C8';
const CONTRACT = '0x00000000000000000000000000000000000c0de1';
const CALLEE = '0x00000000000000000000000000000000000c0de2';
const NOBODY = '0x00000000000000000000000000000000000f00d5';
const HASH = `0x${'11'.repeat(32)}`;
const ZERO_WORD = `0x${'00'.repeat(32)}`;

const MAX = 2n ** 256n - 1n;
const MIN = 2n ** 255n;
const WORDS = [0n, 1n, 2n, 255n, 256n, 2n ** 128n, MIN, MIN - 1n, MAX, MAX - 1n, 0x0123456789abcdefn];

const code = (address, bytes, more = {}) => ({ [address]: { code: bytes, ...more } });
const call = (name, bytes, transaction = {}, overrides = {}) => ({
  name,
  call: [{ from: ALICE, to: CONTRACT, gas: '0x1000000', ...transaction }, 'latest', { ...code(CONTRACT, bytes), ...overrides }],
});
const rpc = (name, method, ...params) => ({ name, rpc: [method, params] });

/** Every pair of some of the words, so many of them that edges meet edges. */
function* pairs() {
  for (const [index, first] of WORDS.entries()) {
    yield [first, WORDS[(index * 5 + 3) % WORDS.length]];
  }
}

function* arithmetic() {
  const binary = [
    'ADD', 'MUL', 'SUB', 'DIV', 'SDIV', 'MOD', 'SMOD', 'EXP', 'SIGNEXTEND', 'LT', 'GT', 'SLT', 'SGT', 'EQ', 'AND', 'OR',
    'XOR', 'BYTE', 'SHL', 'SHR', 'SAR',
  ];
  for (const instruction of binary) {
    for (const [a, b] of pairs()) {
      yield call(`${instruction} ${a} ${b}`, apply(instruction, [a, b]));
    }
  }
  for (const instruction of ['ISZERO', 'NOT', 'CLZ']) {
    for (const word of WORDS) yield call(`${instruction} ${word}`, apply(instruction, [word]));
  }
  for (const instruction of ['ADDMOD', 'MULMOD']) {
    for (const [a, b] of pairs()) yield call(`${instruction} ${a} ${b}`, apply(instruction, [a, b, 7n]));
    yield call(`${instruction} by zero`, apply(instruction, [5n, 6n, 0n]));
  }
  for (const [index, shift] of [0n, 1n, 8n, 255n, 256n, 2n ** 64n].entries()) {
    for (const instruction of ['SHL', 'SHR', 'SAR']) {
      yield call(`${instruction} by a shift of ${shift}`, apply(instruction, [shift, WORDS[(index + 6) % WORDS.length]]));
    }
  }
}

function* surroundings() {
  const plain = [
    'ADDRESS', 'ORIGIN', 'CALLER', 'CALLVALUE', 'CALLDATASIZE', 'CODESIZE', 'GASPRICE', 'RETURNDATASIZE', 'COINBASE',
    'NUMBER', 'PREVRANDAO', 'GASLIMIT', 'CHAINID', 'SELFBALANCE', 'BASEFEE', 'BLOBBASEFEE', 'PC', 'MSIZE', 'PUSH0',
  ];
  for (const instruction of plain) yield call(instruction, assemble(instruction, ...RETURN_TOP));
  yield call('GAS', assemble('GAS', ...RETURN_TOP));
  yield call('CALLVALUE of one', assemble('CALLVALUE', ...RETURN_TOP), { value: '0x1' });
  yield call('CALLDATASIZE of three', assemble('CALLDATASIZE', ...RETURN_TOP), { data: '0x010203' });
  for (const at of [0, 1, 2, 40]) {
    yield call(`CALLDATALOAD at ${at}`, apply('CALLDATALOAD', [at]), { data: '0x0102030405' });
  }
  for (const who of [ALICE, CONTRACT, NOBODY, '0x0000000000000000000000000000000000000001']) {
    for (const instruction of ['EXTCODESIZE', 'EXTCODEHASH']) {
      yield call(`${instruction} of ${who}`, apply(instruction, [BigInt(who)]));
    }
  }
  yield call('BALANCE of nobody', apply('BALANCE', [BigInt(NOBODY)]));
  yield call('BALANCE that is overridden', apply('BALANCE', [BigInt(NOBODY)]), {}, { [NOBODY]: { balance: '0x2a' } });
  yield call('BLOBHASH', apply('BLOBHASH', [0]));
  yield call('BLOCKHASH of the future', apply('BLOCKHASH', [1_000_000]));
  yield call('KECCAK256 of nothing', assemble('PUSH0', 'PUSH0', 'KECCAK256', ...RETURN_TOP));
  yield call('KECCAK256 of a word', assemble(1, 'PUSH0', 'MSTORE', 32, 'PUSH0', 'KECCAK256', ...RETURN_TOP));
}

function* memoryAndStorage() {
  yield call('MSTORE8', assemble(0x1234, 31, 'MSTORE8', 'PUSH0', 'MLOAD', ...RETURN_TOP));
  yield call('MLOAD grows', assemble(100, 'MLOAD', 'POP', 'MSIZE', ...RETURN_TOP));
  yield call('MCOPY', assemble(7, 'PUSH0', 'MSTORE', 32, 'PUSH0', 3, 'MCOPY', 3, 'MLOAD', ...RETURN_TOP));
  yield call('TSTORE and TLOAD', assemble(5, 1, 'TSTORE', 1, 'TLOAD', ...RETURN_TOP));
  yield call('TLOAD of nothing', assemble(1, 'TLOAD', ...RETURN_TOP));
  yield call('SSTORE and SLOAD', assemble(5, 1, 'SSTORE', 1, 'SLOAD', ...RETURN_TOP));
  yield call('SLOAD of an override', assemble(1, 'SLOAD', ...RETURN_TOP), {}, {
    [CONTRACT]: { code: assemble(1, 'SLOAD', ...RETURN_TOP), stateDiff: { [`0x${'00'.repeat(31)}01`]: HASH } },
  });
  yield call('CODECOPY', assemble(32, 'PUSH0', 'PUSH0', 'CODECOPY', 32, 'PUSH0', 'RETURN'));
  yield call('CALLDATACOPY beyond the end', assemble(32, 2, 'PUSH0', 'CALLDATACOPY', 32, 'PUSH0', 'RETURN'), { data: '0x010203' });
  yield call('EXTCODECOPY', assemble(32, 'PUSH0', 'PUSH0', BigInt(CONTRACT), 'EXTCODECOPY', 32, 'PUSH0', 'RETURN'));
}

/** Calls of another contract, whose code is the second argument. */
function* calls() {
  const callees = {
    'that returns a word': assemble(42, ...RETURN_TOP),
    'that reverts with a word': assemble(42, 'PUSH0', 'MSTORE', 32, 'PUSH0', 'REVERT'),
    'that is invalid': assemble('INVALID'),
    'that stops': assemble('STOP'),
    'that stores': assemble(1, 1, 'SSTORE'),
    'that says who calls': assemble('CALLER', ...RETURN_TOP),
    'that says who it is': assemble('ADDRESS', ...RETURN_TOP),
    'that logs': assemble('PUSH0', 'PUSH0', 'LOG0'),
    'that is not there': '0x',
  };
  const ways = { CALL: [0], CALLCODE: [0], DELEGATECALL: [], STATICCALL: [] };
  for (const [what, callee] of Object.entries(callees)) {
    for (const [way, value] of Object.entries(ways)) {
      const head = [32, 'PUSH0', 'PUSH0', 'PUSH0', ...value, BigInt(CALLEE), 100_000, way];
      const status = assemble(...head, ...RETURN_TOP);
      const output = assemble(...head, 'POP', 'RETURNDATASIZE', 'PUSH0', 'PUSH0', 'RETURNDATACOPY', 'RETURNDATASIZE', 'PUSH0', 'RETURN');
      yield call(`status of ${way} of code ${what}`, status, {}, code(CALLEE, callee));
      yield call(`output of ${way} of code ${what}`, output, {}, code(CALLEE, callee));
    }
  }
  yield call('CALL with more value than there is', assemble('PUSH0', 'PUSH0', 'PUSH0', 'PUSH0', 5, BigInt(BOB), 'GAS', 'CALL', ...RETURN_TOP));
  for (const [what, init] of Object.entries({
    'of nothing': '0x', 'that reverts': assemble('PUSH0', 'PUSH0', 'REVERT'), 'that fails': assemble('INVALID'),
    'of code that begins with 0xef': assemble(0xef, 'PUSH0', 'MSTORE8', 1, 'PUSH0', 'RETURN'),
  })) {
    const length = (init.length - 2) / 2;
    const store = length === 0 ? [] : [BigInt(init) << BigInt(8 * (32 - length)), 'PUSH0', 'MSTORE'];
    yield call(`CREATE ${what}`, assemble(...store, length, 'PUSH0', 'PUSH0', 'CREATE', ...RETURN_TOP));
    yield call(`CREATE2 ${what}`, assemble(...store, 7, length, 'PUSH0', 'PUSH0', 'CREATE2', ...RETURN_TOP));
  }
}

function* precompiles() {
  const word = (value) => BigInt(value).toString(16).padStart(64, '0');
  const inputs = ['0x', `0x${word(1)}`, `0x${word(1)}${word(28)}${word(3)}${word(4)}`, `0x${'ff'.repeat(128)}`, `0x${'00'.repeat(192)}`, '0x616263'];
  const addresses = [1, 2, 3, 4, 5, 6, 7, 8, 9, 0x0a, 0x0b, 0x0c, 0x0d, 0x0e, 0x0f, 0x10, 0x11, 0x100];
  for (const address of addresses) {
    const to = `0x${address.toString(16).padStart(40, '0')}`;
    for (const [index, data] of inputs.entries()) {
      yield rpc(`precompile ${address} with input ${index}`, 'eth_call', { from: ALICE, to, data, gas: '0x1000000' }, 'latest');
    }
  }
  const modexp = (base, exponent, modulus) => `0x${word(32)}${word(32)}${word(32)}${word(base)}${word(exponent)}${word(modulus)}`;
  for (const [a, b, c] of [[3, 5, 7], [0, 0, 1], [2, 255, 1_000_007], [5, 0, 0]]) {
    const to = `0x${'5'.padStart(40, '0')}`;
    yield rpc(`${a}^${b} mod ${c}`, 'eth_call', { to, data: modexp(a, b, c), gas: '0x1000000' }, 'latest');
  }
}

function* failures() {
  const reason = assemble('0x7f', `0x08c379a0${'00'.repeat(28)}`, 'PUSH0', 'MSTORE', 32, 4, 'MSTORE', 2, 36, 'MSTORE', '0x7f', `0x6e6f${'00'.repeat(30)}`, 68, 'MSTORE', 100, 'PUSH0', 'REVERT');
  const panic = (kind) => assemble('0x7f', `0x4e487b71${'00'.repeat(28)}`, 'PUSH0', 'MSTORE', kind, 4, 'MSTORE', 36, 'PUSH0', 'REVERT');
  const cases = {
    'a revert without data': assemble('PUSH0', 'PUSH0', 'REVERT'),
    'a revert with a reason': reason,
    'a revert with a word': assemble(7, 'PUSH0', 'MSTORE', 32, 'PUSH0', 'REVERT'),
    'an overflow': panic(0x11),
    'a division by zero': panic(0x12),
    'an assertion': panic(0x01),
    'an index out of bounds': panic(0x32),
    'INVALID': assemble('INVALID'),
    'an instruction that does not exist': '0x0c',
    'a stack that is too small': assemble('ADD'),
    'a jump to nowhere': assemble(3, 'JUMP'),
    'return data that is not there': assemble(1, 'PUSH0', 'PUSH0', 'RETURNDATACOPY'),
    'more memory than can be paid': assemble(2n ** 60n, 'MLOAD'),
    'an endless loop': assemble('JUMPDEST', 'PUSH0', 'JUMP'),
  };
  for (const [what, bytes] of Object.entries(cases)) {
    yield call(what, bytes);
    yield { name: `an estimate of ${what}`, rpc: ['eth_estimateGas', [{ from: ALICE, to: CONTRACT, gas: '0x100000' }, 'latest', code(CONTRACT, bytes)]] };
  }
  yield call('a stack that is too high', assemble('JUMPDEST', 'PUSH0', 'PUSH0', 'JUMP'));
  yield rpc('a call with too little gas to begin', 'eth_call', { from: ALICE, to: BOB, gas: '0x5000' }, 'latest');
  yield rpc('a call with more value than there is', 'eth_call', { from: NOBODY, to: BOB, value: '0x1' }, 'latest');
  yield rpc('an estimate with more value than there is', 'eth_estimateGas', { from: NOBODY, to: BOB, value: '0x1' });
  yield rpc('an estimate of a transfer', 'eth_estimateGas', { from: ALICE, to: BOB, value: '0x1' });
  yield rpc('an estimate of a creation', 'eth_estimateGas', { from: ALICE, data: deploy(assemble('STOP')) });
}

const STORE = assemble('PUSH0', 'CALLDATALOAD', 1, 'SSTORE');

/** Transactions; their receipts hold gas, logs and addresses. */
function* transactions() {
  const install = (address, bytes) => rpc(`code of ${address}`, 'anvil_setCode', address, bytes);
  const send = (name, transaction) => ({ name, send: { from: ALICE, gas: '0x100000', ...transaction } });
  const argument = (value) => `0x${value.toString(16).padStart(64, '0')}`;
  yield send('a transfer', { to: BOB, value: '0x5' });
  yield send('a transfer with data', { to: BOB, value: '0x5', data: '0x00ff00ff' });
  yield send('a transfer with an access list', { to: BOB, accessList: [{ address: CONTRACT, storageKeys: [ZERO_WORD] }] });
  yield send('a creation', { data: deploy(assemble(42, ...RETURN_TOP)) });
  yield send('a creation that reverts', { data: assemble('PUSH0', 'PUSH0', 'REVERT') });
  yield send('a creation of code that is too long', { data: assemble(0x6001, 'PUSH0', 'RETURN'), gas: '0x1000000' });
  yield send('a creation of code that begins with 0xef', { data: assemble(0xef, 'PUSH0', 'MSTORE8', 1, 'PUSH0', 'RETURN') });
  yield install(CONTRACT, STORE);
  for (const [what, value] of [['from nothing', 1], ['to another', 2], ['to the same', 2], ['to nothing', 0], ['nothing over nothing', 0]]) {
    yield send(`a slot set ${what}`, { to: CONTRACT, data: argument(value) });
  }
  for (let topics = 0; topics <= 4; topics += 1) {
    yield install(CONTRACT, assemble(...Array.from({ length: topics }, (_, index) => index + 1), 3, 'PUSH0', `LOG${topics}`));
    yield send(`a log of ${topics} topics`, { to: CONTRACT });
  }
  const programs = {
    'a hash of a kilobyte': assemble(1024, 'PUSH0', 'KECCAK256'),
    'a large memory': assemble(100_000, 'MLOAD'),
    'a power': assemble(MAX, 3, 'EXP'),
    'a cold balance': assemble(BigInt(NOBODY), 'BALANCE'),
    'two balances of one account': assemble(BigInt(NOBODY), 'BALANCE', BigInt(NOBODY), 'BALANCE'),
    'a cold slot': assemble(77, 'SLOAD'),
    'a call of nobody': assemble('PUSH0', 'PUSH0', 'PUSH0', 'PUSH0', 'PUSH0', BigInt(NOBODY), 'GAS', 'CALL'),
    'a call of itself until nothing is left': assemble('PUSH0', 'PUSH0', 'PUSH0', 'PUSH0', 'PUSH0', 'ADDRESS', 'GAS', 'CALL'),
    'a transient slot': assemble(1, 1, 'TSTORE', 1, 'TLOAD'),
    'a copy in memory': assemble(1000, 'PUSH0', 2000, 'MCOPY'),
    'a failure': assemble('INVALID'),
    'a revert': assemble('PUSH0', 'PUSH0', 'REVERT'),
    'a creation within': assemble('PUSH0', 'PUSH0', 'PUSH0', 'CREATE'),
    'a creation by salt within': assemble(9, 'PUSH0', 'PUSH0', 'PUSH0', 'CREATE2'),
    'a self-destruction': assemble(BigInt(BOB), 'SELFDESTRUCT'),
    'leading zeros': assemble(1, 'CLZ'),
    'a modular power': assemble(96, 'PUSH0', 192, 'PUSH0', 5, 'GAS', 'STATICCALL'),
  };
  for (const [what, bytes] of Object.entries(programs)) {
    yield install(CONTRACT, bytes);
    yield send(`transaction: ${what}`, { to: CONTRACT });
  }
}

function* state() {
  const key = '0x0000000000000000000000000000000000000000000000000000000000000005';
  yield rpc('a slot set by hand', 'anvil_setStorageAt', CALLEE, key, HASH);
  yield rpc('a balance set by hand', 'anvil_setBalance', CALLEE, '0x1234');
  yield rpc('a nonce set by hand', 'anvil_setNonce', CALLEE, '0x7');
  yield rpc('code set by hand', 'anvil_setCode', CALLEE, '0x60016002');
  yield rpc('that slot', 'eth_getStorageAt', CALLEE, '0x5', 'latest');
  yield rpc('that balance', 'eth_getBalance', CALLEE, 'latest');
  yield rpc('that nonce', 'eth_getTransactionCount', CALLEE, 'latest');
  yield rpc('that code', 'eth_getCode', CALLEE, 'latest');
  for (const who of [ALICE, BOB, NOBODY]) {
    yield rpc(`nonce of ${who}`, 'eth_getTransactionCount', who, 'latest');
    yield rpc(`pending nonce of ${who}`, 'eth_getTransactionCount', who, 'pending');
    yield rpc(`code of ${who}, read`, 'eth_getCode', who, 'latest');
  }
  yield rpc('balance of nobody', 'eth_getBalance', NOBODY, 'latest');
  yield rpc('a slot of nobody', 'eth_getStorageAt', NOBODY, '0x0', 'latest');
  yield { ...rpc('a proof of slots', 'eth_getProof', CALLEE, [key, ZERO_WORD], 'latest'), only: ['storageHash', 'storageProof', 'balance', 'nonce', 'codeHash'] };
  yield { ...rpc('a proof of nobody', 'eth_getProof', NOBODY, [ZERO_WORD], 'latest'), only: ['storageProof', 'balance', 'nonce'] };
  yield rpc('code that loads a slot', 'anvil_setCode', CONTRACT, assemble(3, 'SLOAD'));
  yield rpc('an access list', 'eth_createAccessList', { from: ALICE, to: CONTRACT, gas: '0x100000' }, 'latest');
  yield rpc('the chain', 'eth_chainId');
  yield rpc('the network', 'net_version');
  yield rpc('listening', 'net_listening');
  yield rpc('syncing', 'eth_syncing');
  yield rpc('a hash', 'web3_sha3', '0x68656c6c6f');
  yield rpc('accounts of the pool', 'txpool_status');
  yield rpc('no uncles', 'eth_getUncleCountByBlockNumber', 'latest');
  yield rpc('a transaction that is not there', 'eth_getTransactionByHash', HASH);
  yield rpc('a receipt that is not there', 'eth_getTransactionReceipt', HASH);
  yield rpc('a block that is not there', 'eth_getBlockByHash', HASH, false);
  yield rpc('a block of the future', 'eth_getBlockByNumber', '0xffffff', false);
  yield { ...rpc('the fields of a block', 'eth_getBlockByNumber', 'latest', false), keys: true };
  yield { ...rpc('the fields of the first block', 'eth_getBlockByNumber', '0x0', false), keys: true };
  yield rpc('logs of a block that is not there', 'eth_getLogs', { blockHash: HASH });
  yield rpc('logs of nobody', 'eth_getLogs', { fromBlock: '0x0', address: NOBODY });
  yield rpc('changes of a filter that is not there', 'eth_getFilterChanges', '0x99999');
  yield rpc('the end of a filter that is not there', 'eth_uninstallFilter', '0x99999');
}

/** Requests that make no sense; only the code of the error is compared. */
function* nonsense() {
  const bad = (name, method, ...params) => ({ ...rpc(name, method, ...params), codeOnly: true });
  yield bad('a method that does not exist', 'eth_nothing');
  yield bad('a namespace that does not exist', 'nothing_nothing');
  yield bad('no address', 'eth_getBalance');
  yield bad('an address that is too short', 'eth_getBalance', '0x12', 'latest');
  yield bad('an address that is no text', 'eth_getBalance', 5, 'latest');
  yield bad('an address without digits', 'eth_getCode', '0xzz', 'latest');
  yield bad('a tag that does not exist', 'eth_getBalance', ALICE, 'newest');
  yield bad('a hash that is too short', 'eth_getTransactionByHash', '0x1234');
  yield bad('a call that is a text', 'eth_call', 'me', 'latest');
  yield bad('a call with data that is odd', 'eth_call', { to: BOB, data: '0x123' }, 'latest');
  yield bad('a value that is negative', 'eth_call', { to: BOB, value: '-0x1' }, 'latest');
  yield bad('a raw transaction of nothing', 'eth_sendRawTransaction', '0x');
  yield bad('a raw transaction that is none', 'eth_sendRawTransaction', '0x1234');
  yield bad('a filter that is a number', 'eth_getLogs', 5);
  yield bad('a block range that is reversed', 'eth_getLogs', { fromBlock: '0x2', toBlock: '0x1' });
  yield bad('a transaction of an account without a key', 'eth_sendTransaction', { from: NOBODY, to: BOB });
  yield bad('a nonce that was used', 'eth_sendTransaction', { from: ALICE, to: BOB, nonce: '0x0' });
  yield bad('more than there is', 'eth_sendTransaction', { from: ALICE, to: BOB, value: `0x${'f'.repeat(60)}` });
  yield bad('too little gas', 'eth_sendTransaction', { from: ALICE, to: BOB, gas: '0x5207' });
  yield bad('a trace of what is not there', 'debug_traceTransaction', HASH);
  yield bad('a hash of no bytes', 'web3_sha3', 'hello');
}

export function* questions() {
  yield* arithmetic();
  yield* surroundings();
  yield* memoryAndStorage();
  yield* calls();
  yield* precompiles();
  yield* failures();
  yield* transactions();
  yield* state();
  yield* nonsense();
  const known = new Set(Object.values(OPCODES));
  for (let opcode = 0; opcode < 256; opcode += 1) {
    const isKnown = known.has(opcode) || (opcode >= 0x60 && opcode < 0xa0);
    if (!isKnown) yield call(`the byte ${opcode}`, `0x${opcode.toString(16).padStart(2, '0')}`);
  }
}
