// cargo stylus, over the program crate of the token. Its trace is also all that `cargo stylus replay` asks of a node.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { createPublicClient, createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

import { startNode } from '../ethers/support/node.js';
import { initCode } from '../ethers/support/program.js';
import { tokenAbi } from './support/token.js';

const repository = fileURLToPath(new URL('../../', import.meta.url));
const project = join(repository, 'contracts/lnq-token/wasm');
const CONTRACT = ['--contract', 'lnq_token_program'];
const MINUTES = 60_000;
const SUPPLY = 10n ** 27n;

// The tool itself, and the optimiser that the contract's Stylus.toml names.
const tools = [join(repository, 'target/tools/bin'), join(repository, 'xtask/npm/node_modules/.bin')];
const env = { ...process.env, PATH: [...tools, process.env.PATH].join(delimiter), NO_COLOR: '1' };

let node;
let key;
let account;
let reader;
let wallet;
let token;

/** What the tool prints. */
async function stylus(...args) {
  const options = { cwd: project, env, timeout: 15 * MINUTES, maxBuffer: 1 << 26 };
  const { stdout, stderr } = await promisify(execFile)('cargo', ['stylus', ...args], options);
  // Colours, which it prints whatever it is told.
  return (stdout + stderr).replace(/\u001b\[[0-9;]*m/g, '');
}

/** Sends some of the token, and returns the receipt. */
async function transfer(amount) {
  const to = '0x00000000000000000000000000000000000c0de1';
  const hash = await wallet.writeContract({ abi: tokenAbi, address: token, functionName: 'transfer', args: [to, amount] });
  return reader.waitForTransactionReceipt({ hash });
}

before(async () => {
  node = await startNode('--cache-manager');
  key = node.accounts[1].privateKey;
  account = privateKeyToAccount(key);
  const chain = { id: node.chainId, name: 'development', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 }, rpcUrls: {} };
  const options = { chain, transport: http(node.url), pollingInterval: 20 };
  reader = createPublicClient(options);
  wallet = createWalletClient({ ...options, account });
});

after(() => node.stop());

test('check finds that the program can be activated', async () => {
  assert.match(await stylus('check', ...CONTRACT, '--endpoint', node.url), /wasm data fee/);
});

test('the interface, the constructor and the init code are printed', async () => {
  assert.match(await stylus('export-abi', ...CONTRACT), /interface/);
  assert.match(await stylus('constructor', ...CONTRACT), /constructor\(address\[\].*uint256\[\]/);
  const folder = await mkdtemp(join(tmpdir(), 'initcode-'));
  await stylus('get-initcode', ...CONTRACT, '--output', join(folder, 'code'));
  assert.match((await readFile(join(folder, 'code'), 'utf8')).trim(), /^(0x)?7f[0-9a-f]{64}80602b6000396000f300eff00000/);
  await rm(folder, { recursive: true });
});

test('deploy activates and constructs through the StylusDeployer', async () => {
  const args = ['--constructor-args', `[${account.address}]`, `[${SUPPLY}]`];
  const said = await stylus('deploy', ...CONTRACT, '--no-verify', '--endpoint', node.url, '--private-key', key, ...args);
  [, token] = /deployed code at address: (0x[0-9a-fA-F]{40})/.exec(said);
  const balance = { abi: tokenAbi, address: token, functionName: 'balanceOf', args: [account.address] };
  assert.equal(await reader.readContract(balance), SUPPLY);
});

test('activate activates what was deployed without it', async () => {
  const hash = await wallet.sendTransaction({ data: initCode('escrow') });
  const { contractAddress } = await reader.waitForTransactionReceipt({ hash });
  await assert.rejects(reader.call({ to: contractAddress }));
  await stylus('activate', '--address', contractAddress, '--endpoint', node.url, '--private-key', key);
  const version = await reader.readContract({
    abi: [{ type: 'function', name: 'programVersion', stateMutability: 'view', inputs: [{ type: 'address' }], outputs: [{ type: 'uint16' }] }],
    address: '0x0000000000000000000000000000000000000071',
    functionName: 'programVersion',
    args: [contractAddress],
  });
  assert.ok(version > 0);
});

test('cache suggests a bid, places it, and says what is cached', async () => {
  const endpoint = ['--endpoint', node.url];
  const before = await stylus('cache', 'status', '--address', token, ...endpoint);
  assert.match(before, /Cache manager address: 0x2f8bd4eab69764c105add7de7cb0402557a44e6f/i);
  assert.match(before, /Cache manager status: "active"/);
  assert.match(before, /is not yet cached/);
  assert.match(await stylus('cache', 'suggest-bid', token, ...endpoint), /Minimum bid for contract 0x[0-9a-fA-F]{40}: 0 wei/);
  await transfer(1n);
  const { gasUsed: uncached } = await transfer(1n);
  assert.match(await stylus('cache', 'bid', token, '0', ...endpoint, '--private-key', key), /Successfully cached contract/);
  assert.match(await stylus('cache', 'status', '--address', token, ...endpoint), /is cached/);
  const { gasUsed: cached } = await transfer(1n);
  assert.ok(cached < uncached, `${cached} < ${uncached}`);
});

test('trace shows the host calls, by its script and by the tracer of the node', async () => {
  const { transactionHash: hash } = await transfer(5n);
  const trace = async (...more) => {
    const printed = await stylus('trace', '--tx', hash, '--endpoint', node.url, ...more);
    return JSON.parse(printed.slice(printed.indexOf('[')));
  };
  const scripted = await trace();
  const names = scripted.map(({ name }) => name);
  assert.deepEqual([names[0], names.at(-1)], ['user_entrypoint', 'user_returned']);
  for (const name of ['read_args', 'msg_sender', 'storage_load_bytes32', 'emit_log', 'write_result']) assert.ok(names.includes(name), name);
  assert.deepEqual(await trace('--use-native-tracer'), scripted);
});
