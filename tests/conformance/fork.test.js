// A node that goes on from the state of anvil.

import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { ask, startAnvil, startNode } from './servers.js';

const COUNTER = '0x5f54600101805f555f52602a60205fa160205ff3';
const AT = '0x00000000000000000000000000000000000c0de1';
const RICH = '0x00000000000000000000000000000000000c0de2';
const ALICE = '0xf39Fd6e51aad88F6F4ce6aB8827279cffFb92266';
const LATER = '0x00000000000000000000000000000000000c0de3';
const SLOT = `0x${'00'.repeat(32)}`;
const word = (value) => `0x${value.toString(16).padStart(64, '0')}`;

let anvil;
let node;
let cache;

async function result(server, method, ...params) {
  const { result: answered, error } = await ask(server.url, method, params);
  assert.equal(error, undefined, `${method}: ${error?.message}`);
  return answered;
}

before(async () => {
  cache = await mkdtemp(join(tmpdir(), 'fork-'));
  anvil = await startAnvil();
  await result(anvil, 'anvil_setCode', AT, COUNTER);
  await result(anvil, 'anvil_setStorageAt', AT, SLOT, word(7));
  await result(anvil, 'anvil_setBalance', RICH, '0x1234');
  await result(anvil, 'evm_mine');
  node = await startNode('--fork-url', anvil.url, '--fork-cache', cache);
});

after(async () => {
  await Promise.all([node?.stop(), anvil.stop()]);
  await rm(cache, { recursive: true });
});

test('accounts, code and slots are those of anvil', async () => {
  assert.equal(await result(node, 'eth_getBalance', RICH, 'latest'), '0x1234');
  assert.equal(await result(node, 'eth_getCode', AT, 'latest'), COUNTER);
  assert.equal(await result(node, 'eth_getStorageAt', AT, '0x0', 'latest'), word(7));
  assert.equal(await result(node, 'eth_call', { from: ALICE, to: AT }, 'latest'), word(8));
  assert.equal((await readdir(cache)).length, 1);
});

test('what is as in anvil is proven by anvil', async () => {
  const proof = await result(node, 'eth_getProof', AT, [SLOT], 'latest');
  assert.deepEqual(proof, await result(anvil, 'eth_getProof', AT, [SLOT], 'latest'));
  assert.equal(proof.storageProof[0].value, '0x7');
});

test('what changes here does not change there', async () => {
  const hash = await result(node, 'eth_sendTransaction', { from: ALICE, to: AT });
  assert.equal((await result(node, 'eth_getTransactionReceipt', hash)).status, '0x1');
  assert.equal(await result(node, 'eth_getStorageAt', AT, '0x0', 'latest'), word(8));
  const { error } = await ask(node.url, 'eth_getProof', [AT, [SLOT], 'latest']);
  assert.match(error.message, /has changed since block/);
  assert.equal(await result(anvil, 'eth_getStorageAt', AT, '0x0', 'latest'), word(7));
});

test('what changes there does not change here', async () => {
  await result(anvil, 'eth_sendTransaction', { from: ALICE, to: LATER, value: '0x5' });
  // The block of the transaction may be on its way; this one comes after it.
  await result(anvil, 'evm_mine');
  assert.equal(await result(anvil, 'eth_getBalance', LATER, 'latest'), '0x5');
  assert.equal(await result(node, 'eth_getBalance', LATER, 'latest'), '0x0');
});
