// Logs: filters over the past, and subscriptions over WebSocket.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { WebSocketProvider } from 'ethers';

import { startNode } from './support/node.js';
import { deploySuite, lnq, makeTerms, post, registerProvider } from './support/suite.js';

const ROOT = `0x${'5e'.repeat(32)}`;

/** Waits until `found()` says so, for at most five seconds. */
async function until(found) {
  for (let tries = 0; tries < 250; tries += 1) {
    if (found()) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error('it did not come');
}

describe('events', () => {
  let node, suite, provider, socket;

  before(async () => {
    node = await startNode();
    suite = await deploySuite(node);
    provider = await registerProvider(suite);
    socket = new WebSocketProvider(node.wsUrl, node.chainId);
  });

  after(async () => {
    await socket?.destroy();
    suite?.provider.destroy();
    await node?.stop();
  });

  it('are found by what is indexed', async () => {
    const { jobs, people } = suite;
    const [first, second] = [await makeTerms(suite), await makeTerms(suite)];
    const ids = [await post(suite, first), await post(suite, second)];
    await (await jobs.connect(people.operator).take(second, 0, provider, lnq(90))).wait();

    const posted = await jobs.queryFilter(jobs.filters.JobPosted(null, people.requester.address));
    assert.deepEqual(posted.map((log) => log.args.job), ids);
    assert.equal(posted[0].args.terms.price, lnq(100));
    assert.equal(posted[0].args.uri, 'ipfs://manifest');
    assert.deepEqual(await jobs.queryFilter(jobs.filters.JobPosted(null, people.eve.address)), []);
    assert.equal((await jobs.queryFilter(jobs.filters.JobPosted(ids[0]))).length, 1);

    const taken = await jobs.queryFilter(jobs.filters.SlotTaken(ids[1], 0, provider));
    assert.equal(taken.length, 1);
    assert.equal(taken[0].args.price, lnq(90));
    assert.equal(taken[0].args.lock, lnq(20));
    assert.deepEqual(await jobs.queryFilter(jobs.filters.SlotTaken(ids[0])), []);
  });

  it('come over a WebSocket as they happen', async () => {
    const { jobs, people } = suite;
    const watched = jobs.connect(socket);
    const seen = [];
    await watched.on('SlotTaken', (job) => seen.push(['taken', job]));
    await watched.on('ResultSubmitted', (job) => seen.push(['submitted', job]));
    await watched.on('SlotClosed', (job) => seen.push(['closed', job]));
    // By what is indexed: the node filters, not the client.
    const own = [];
    await watched.on(watched.filters.SlotClosed(null, 0, provider), (event) => own.push(event.args.paid));
    await watched.on(watched.filters.SlotClosed(null, 0, 77), (event) => own.push(event.args.paid));

    const terms = await makeTerms(suite);
    const job = await post(suite, terms);
    await (await jobs.connect(people.operator).take(terms, 0, provider, lnq(50))).wait();
    await (await jobs.connect(people.operator).submit(job, 0, ROOT, 20, '')).wait();
    await (await jobs.connect(people.requester).accept(job, 0)).wait();

    await until(() => seen.length >= 3 && own.length >= 1);
    assert.deepEqual(seen, [['taken', job], ['submitted', job], ['closed', job]]);
    assert.deepEqual(own, [lnq(50) - lnq(50) / 40n]);
    await watched.removeAllListeners();
  });

  it('come with blocks over a WebSocket', async () => {
    const { token, people } = suite;
    const blocks = [];
    await socket.on('block', (number) => blocks.push(number));
    const receipt = await (await token.connect(people.requester).transfer(people.eve.address, 1)).wait();
    await until(() => blocks.includes(receipt.blockNumber));
    await socket.removeAllListeners();
  });

  it('tell the whole story of a slot again from the first block', async () => {
    const { jobs, provider: chain } = suite;
    const logs = await chain.getLogs({ address: jobs.target, fromBlock: 0, toBlock: 'latest' });
    const names = logs.map((log) => jobs.interface.parseLog(log).name);
    assert.deepEqual(names.slice(0, 2), ['ParametersSet', 'Wired']);
    assert.deepEqual(names.slice(-4), ['JobPosted', 'SlotTaken', 'ResultSubmitted', 'SlotClosed']);
  });
});
