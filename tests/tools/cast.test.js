// cast, as a shell script would use it.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

import { createPublicClient, createWalletClient, http } from 'viem';
import { privateKeyToAccount } from 'viem/accounts';

import { startNode } from '../ethers/support/node.js';
import { deployToken } from './support/token.js';

const program = fileURLToPath(new URL('node_modules/.bin/cast', import.meta.url));
const BOB = '0x00000000000000000000000000000000000c0de1';

let node;
let token;
let key;

/** What cast prints; its package does not pass on whether it failed. */
const run = (...args) => promisify(execFile)(program, [...args, '--rpc-url', node.url], { timeout: 60_000 });

const cast = async (...args) => (await run(...args)).stdout.trim();

before(async () => {
  node = await startNode();
  key = node.accounts[1].privateKey;
  const account = privateKeyToAccount(key);
  const options = { transport: http(node.url), pollingInterval: 20 };
  const chain = { id: node.chainId, name: 'development', nativeCurrency: { name: 'Ether', symbol: 'ETH', decimals: 18 }, rpcUrls: {} };
  const wallet = createWalletClient({ ...options, chain, account });
  token = await deployToken(wallet, createPublicClient(options), account.address);
});

after(() => node.stop());

test('a transfer is estimated, sent and called for', async () => {
  const call = [token, 'transfer(address,uint256)', BOB, '5'];
  const from = node.accounts[1].address;
  assert.ok(Number(await cast('estimate', '--from', from, ...call)) > 21_000);
  const receipt = JSON.parse(await cast('send', '--private-key', key, '--json', ...call));
  assert.equal(receipt.status, '0x1');
  assert.equal(await cast('call', token, 'balanceOf(address)(uint256)', BOB), '5');
  assert.equal(JSON.parse(await cast('receipt', '--json', receipt.transactionHash)).gasUsed, receipt.gasUsed);
  assert.equal(JSON.parse(await cast('tx', '--json', receipt.transactionHash)).hash, receipt.transactionHash);
  const logs = JSON.parse(await cast('logs', '--json', '--address', token, 'Transfer(address,address,uint256)'));
  assert.equal(logs.at(-1).transactionHash, receipt.transactionHash);
});

test('a refusal shows the data of the error', async () => {
  const zero = '0x0000000000000000000000000000000000000000';
  const { stderr } = await run('call', '--from', node.accounts[1].address, token, 'transfer(address,uint256)', zero, '1');
  assert.match(stderr, /execution reverted/);
  assert.match(stderr, /ec442f05/);
});

test('chain, accounts, storage and proofs are read', async () => {
  assert.equal(await cast('chain-id'), String(node.chainId));
  assert.equal(await cast('client').then((name) => name.startsWith('nitro-devnode/')), true);
  assert.ok(Number(await cast('block-number')) > 0);
  assert.ok(BigInt(await cast('balance', node.accounts[1].address)) > 0n);
  assert.match(await cast('code', token), /^0xeff000/);
  assert.equal((await cast('storage', token, '0')).length, 66);
  assert.equal(JSON.parse(await cast('proof', token, '0')).storageProof.length, 1);
  assert.equal(JSON.parse(await cast('block', 'latest', '--json')).transactions.length, 2);
  assert.match(await cast('access-list', token, 'totalSupply()'), /gas used/);
});

test('a raw call of any method is answered', async () => {
  assert.equal(await cast('rpc', 'eth_chainId'), `"0x${node.chainId.toString(16)}"`);
});
