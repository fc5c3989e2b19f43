// What `nitro-devnode trace` and `nitro-devnode profile` show of a transaction of the token.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { createPublicClient, createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

import { startNode } from '../ethers/support/node.js';
import { deployToken, tokenAbi } from './support/token.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const program = process.env.LINQ_NODE ?? join(repository, 'target/debug/nitro-devnode');
const BOB = '0x00000000000000000000000000000000000c0de1';
const ZERO = '0x0000000000000000000000000000000000000000';

let node;
let account;
let reader;
let wallet;
let token;

/** Sends a call of the token and returns the receipt. */
async function send(functionName, args) {
  const hash = await wallet.writeContract({ abi: tokenAbi, address: token, functionName, args, gas: 1_000_000n });
  return reader.waitForTransactionReceipt({ hash });
}

async function command(verb, hash, ...options) {
  const { stdout } = await promisify(execFile)(program, [verb, hash, '--rpc', node.url, ...options], { maxBuffer: 1 << 26 });
  return stdout;
}

before(async () => {
  node = await startNode();
  account = privateKeyToAccount(node.accounts[1].privateKey);
  const chain = { id: node.chainId, name: 'development', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 }, rpcUrls: {} };
  const options = { chain, transport: http(node.url), pollingInterval: 20 };
  reader = createPublicClient(options);
  wallet = createWalletClient({ ...options, account });
  token = await deployToken(wallet, reader, account.address);
});

after(() => node.stop());

const abi = ['--abi', join(repository, 'abi/json')];

test('a trace names calls, host calls and events', async () => {
  const receipt = await send('transfer', [BOB, 5n]);
  const shown = await command('trace', receipt.transactionHash, ...abi);
  assert.match(shown, /^CALL 0x[0-9a-fA-F]{40} transfer\(to: 0x[0-9a-fA-F]{40}, value: 5\) {2}gas \d+ of 1000000 {2}ink \d+ of \d+/);
  assert.match(shown, new RegExp(`gas ${receipt.gasUsed} of`));
  assert.match(shown, /msg_sender\(\) -> 0x[0-9a-fA-F]{40}/);
  assert.match(shown, /storage_load_bytes32\(key: 0x[0-9a-f]{64}\) -> 0x[0-9a-f]{64}/);
  assert.match(shown, /log Transfer\(from: 0x[0-9a-fA-F]{40}, to: 0x[0-9a-fA-F]{40}, value: 5\)/);
  assert.match(shown, /= returned true/);
  assert.doesNotMatch(shown, /ink \d+ -> \d+/);
});

test('the ink of each step goes on where the one before it ended', async () => {
  const receipt = await send('transfer', [BOB, 5n]);
  const shown = await command('trace', receipt.transactionHash, '--steps');
  const steps = [...shown.matchAll(/ink (\d+) -> (\d+) \((\d+)\)/g)].map((step) => step.slice(1).map(Number));
  assert.ok(steps.length > 10);
  for (const [start, end, cost] of steps) assert.equal(start - end, cost);
  for (const [index, [start]] of steps.entries()) assert.ok(index === 0 || start <= steps[index - 1][1]);
});

test('a refusal is named', async () => {
  const receipt = await send('transfer', [ZERO, 5n]);
  assert.equal(receipt.status, 'reverted');
  const shown = await command('trace', receipt.transactionHash, ...abi);
  assert.match(shown, /= execution reverted: ERC20InvalidReceiver\(receiver: 0x0{40}\)/);
});

test('a trace as JSON has every frame of a deployment', async () => {
  const { transactions } = await reader.getBlock({ blockNumber: 1n });
  const tree = JSON.parse(await command('trace', transactions[1], '--json'));
  const frames = (frame) => [frame, ...frame.steps.filter(({ step }) => step === 'frame').flatMap(frames)];
  const kinds = frames(tree).map(({ type, stylus }) => `${type} ${stylus}`);
  assert.ok(kinds.includes('CREATE2 false') || kinds.includes('CREATE false'), kinds.join());
  assert.ok(kinds.includes('CALL true'), kinds.join());
});

test('a trace as JSON has what the text has: names, arguments and ink', async () => {
  const receipt = await send('transfer', [BOB, 5n]);
  const tree = JSON.parse(await command('trace', receipt.transactionHash, '--json', '--steps', ...abi));
  const to = { name: 'to', value: BOB };
  const argument = ({ name, value }) => ({ name, value: value.toLowerCase() });
  assert.equal(tree.call.name, 'transfer');
  assert.deepEqual(tree.call.arguments.map(argument), [to, { name: 'value', value: '5' }]);
  assert.equal(tree.returned, 'true');
  assert.ok(tree.inkBefore > tree.inkAfter);
  const { event } = tree.steps.find(({ step }) => step === 'log');
  assert.equal(event.name, 'Transfer');
  assert.deepEqual(argument(event.arguments[1]), to);
  const load = tree.steps.find(({ name }) => name === 'storage_load_bytes32');
  assert.ok(load.startInk > load.endInk);
  assert.match(load.arguments[0].value, /^0x[0-9a-f]{64}$/);
  assert.equal(load.results.length, 1);

  const refused = await send('transfer', [ZERO, 5n]);
  const { error, decodedError } = JSON.parse(await command('trace', refused.transactionHash, '--json', ...abi));
  assert.deepEqual([error, decodedError], ['execution reverted', { name: 'ERC20InvalidReceiver', arguments: [{ name: 'receiver', value: ZERO }] }]);
});

test('a profile accounts for all the ink of the transaction', async () => {
  const receipt = await send('transfer', [BOB, 5n]);
  const folder = await mkdtemp(join(tmpdir(), 'profile-'));
  const symbols = join(folder, 'symbols');
  const folded = join(folder, 'folded');
  await writeFile(symbols, Array.from({ length: 400 }, (_, index) => `${index}:routine_${index}\n`).join(''));
  const shown = await command('profile', receipt.transactionHash, '--symbols', symbols, '--folded', folded);
  assert.match(shown, new RegExp(`^${receipt.gasUsed * 10_000n} ink`));
  assert.match(shown, /routine_\d+/);
  assert.match(shown, /storage_flush_cache/);
  const stacks = (await readFile(folded, 'utf8')).trim().split('\n');
  const total = stacks.reduce((sum, line) => sum + BigInt(/ (\d+)$/.exec(line)[1]), 0n);
  assert.equal(total, receipt.gasUsed * 10_000n);
  assert.ok(stacks.some((line) => /^program 0x\w+;routine_\d+;.*storage_load_bytes32 \d+$/.test(line)), stacks.slice(0, 3).join('\n'));
  await rm(folder, { recursive: true });
});
