// viem 2, with its chain of the development node of Nitro and its own helpers.

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import {
  BaseError, ContractFunctionRevertedError, createPublicClient, createTestClient, createWalletClient, http, numberToHex,
  publicActions, webSocket, zeroAddress,
} from 'viem';
import { privateKeyToAccount } from 'viem/accounts';
import { arbitrumSepolia } from 'viem/chains';

import { startNode } from '../ethers/support/node.js';
import { deployToken, tokenAbi } from './support/token.js';

let node;
let reader;
let wallet;
let account;
let token;

before(async () => {
  node = await startNode();
  const chain = { ...arbitrumSepolia, id: node.chainId, contracts: { multicall3: { address: '0xcA11bde05977b3631167028862bE2a173976CA11' } } };
  const options = { chain, transport: http(node.url), pollingInterval: 20 };
  account = privateKeyToAccount(node.accounts[1].privateKey);
  reader = createPublicClient(options);
  wallet = createWalletClient({ ...options, account });
  token = { abi: tokenAbi, address: await deployToken(wallet, reader, account.address) };
});

after(() => node.stop());

test('a transfer is simulated, sent and found in a log', async () => {
  const to = '0x00000000000000000000000000000000000c0de1';
  const { request } = await reader.simulateContract({ ...token, account, functionName: 'transfer', args: [to, 5n] });
  const receipt = await reader.waitForTransactionReceipt({ hash: await wallet.writeContract(request) });
  assert.equal(receipt.status, 'success');
  assert.equal(await reader.readContract({ ...token, functionName: 'balanceOf', args: [to] }), 5n);
  const logs = await reader.getContractEvents({ ...token, eventName: 'Transfer', fromBlock: receipt.blockNumber });
  const [{ args }] = logs;
  assert.deepEqual({ ...args, to: args.to.toLowerCase() }, { from: account.address, to, value: 5n });
  assert.equal(logs.length, 1);
});

test('a refusal is the error of the contract', async () => {
  const call = reader.simulateContract({ ...token, account, functionName: 'transfer', args: [zeroAddress, 1n] });
  const error = await call.then(() => undefined, (refused) => refused);
  assert.ok(error instanceof BaseError);
  const reverted = error.walk((cause) => cause instanceof ContractFunctionRevertedError);
  assert.deepEqual([reverted.data.errorName, reverted.data.args], ['ERC20InvalidReceiver', [zeroAddress]]);
});

test('calls are made together through Multicall3', async () => {
  const contracts = ['totalSupply', 'decimals'].map((functionName) => ({ ...token, functionName }));
  assert.deepEqual(await reader.multicall({ contracts, allowFailure: false }), [10n ** 27n, 18]);
});

test('state is overridden for a call', async () => {
  const code = '0x602a5f5260205ff3';
  const at = '0x00000000000000000000000000000000000c0de2';
  const { data } = await reader.call({ to: at, stateOverride: [{ address: at, code }] });
  assert.equal(BigInt(data), 42n);
});

test('blocks are simulated', async () => {
  const balances = { abi: tokenAbi, to: token.address, functionName: 'balanceOf', args: [zeroAddress] };
  const [{ calls }] = await reader.simulateBlocks({ blocks: [{ calls: [{ account, to: zeroAddress, value: 7n }, balances] }] });
  assert.deepEqual(calls.map(({ status }) => status), ['success', 'success']);
  assert.equal(calls[1].result, 0n);
  const { results, assetChanges } = await reader.simulateCalls({ account, calls: [{ to: zeroAddress, value: 7n }] });
  assert.deepEqual([results[0].status, assetChanges.length], ['success', 0]);
});

test('slots are proven', async () => {
  const proof = await reader.getProof({ address: token.address, storageKeys: [numberToHex(0, { size: 32 })] });
  assert.equal(proof.storageProof.length, 1);
  assert.ok(proof.accountProof.length > 0);
});

test('an access list, fees and a block are read', async () => {
  const { accessList, gasUsed } = await reader.createAccessList({ account: account.address, to: token.address, data: '0x18160ddd' });
  assert.ok(accessList.some(({ address }) => address === token.address.toLowerCase()) && gasUsed > 21_000n);
  const fees = await reader.estimateFeesPerGas();
  assert.ok(fees.maxFeePerGas >= 100_000_000n);
  const block = await reader.getBlock();
  assert.ok(block.number > 0n && block.transactions.length === 2);
});

test('the chain is driven as a development chain', async () => {
  const address = '0x00000000000000000000000000000000000c0de3';
  const driver = createTestClient({ mode: 'anvil', transport: http(node.url) }).extend(publicActions);
  const snapshot = await driver.snapshot();
  await driver.setBalance({ address, value: 99n });
  assert.equal(await driver.getBalance({ address }), 99n);
  const before = await driver.getBlock();
  await driver.increaseTime({ seconds: 3_600 });
  await driver.mine({ blocks: 1 });
  assert.ok((await driver.getBlock()).timestamp >= before.timestamp + 3_600n);
  await driver.revert({ id: snapshot });
  assert.equal(await driver.getBalance({ address }), 0n);
});

test('heads are heard of over a web socket', async () => {
  const listener = createPublicClient({ transport: webSocket(node.wsUrl) });
  let unwatch;
  const heard = new Promise((resolve, reject) => {
    unwatch = listener.watchBlocks({ onBlock: resolve, onError: reject });
  });
  // The subscription has to be there before the block is.
  await listener.getBlockNumber();
  await wallet.sendTransaction({ to: zeroAddress, value: 1n });
  assert.ok((await heard).number > 0n);
  unwatch();
  (await listener.transport.getRpcClient()).close();
});
