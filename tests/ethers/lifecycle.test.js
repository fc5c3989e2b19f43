// The whole life of a job as a dApp would call it.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { dataSlice, getAddress } from 'ethers';

import { startNode } from './support/node.js';
import { deploySuite, lnq, makeTerms, pass, post, refusal, registerProvider } from './support/suite.js';

const ROOT = `0x${'5e'.repeat(32)}`;

describe('the life of a job', () => {
  let node, suite, provider;

  before(async () => {
    node = await startNode();
    suite = await deploySuite(node);
    provider = await registerProvider(suite);
  });

  after(async () => {
    suite?.provider.destroy();
    await node?.stop();
  });

  it('is deployed and wired', async () => {
    const { token, registry, escrow, jobs, disputes, people } = suite;
    assert.equal(await token.totalSupply(), lnq(1_000_000_000));
    assert.deepEqual((await registry.wiring()).toArray(), [people.deployer.address, token.target, jobs.target]);
    assert.deepEqual((await escrow.wiring()).toArray(), [
      people.deployer.address, token.target, jobs.target, people.treasury.address,
    ]);
    const settings = await jobs.settings(0);
    assert.equal(dataSlice(settings[0], 0, 20), escrow.target.toLowerCase());
    const named = [registry, disputes].map(({ target }) => target);
    assert.deepEqual([settings[1], settings[5]].map((word) => getAddress(dataSlice(word, 12))), named);
  });

  it('reads a provider as it registered', async () => {
    const { registry, lens, people } = suite;
    const read = await lens.provider(provider);
    assert.equal(read.owner, people.owner.address);
    assert.equal(read.operator, people.operator.address);
    assert.equal(read.operatorAccepted, true);
    assert.equal(read.capacity.cpuMillis, 4_000n);
    assert.equal(read.bonded, lnq(10_000));
    assert.equal(await registry.providerOf(people.operator.address), provider);
  });

  it('posts, takes, submits, accepts and pays', async () => {
    const { jobs, escrow, token, lens, people } = suite;
    const terms = await makeTerms(suite);
    const job = await post(suite, terms);
    assert.equal(job, await lens.jobId(terms));
    assert.equal((await lens.job(job)).tasks, 1n);
    assert.equal((await escrow.locked(job)).unsettled, 1n);

    const operated = jobs.connect(people.operator);
    await (await operated.take(terms, 0, provider, lnq(80))).wait();
    assert.equal((await jobs.slot(job, 0)).state, 2n, 'it runs at once, for there is no bidding');
    assert.equal((await lens.provider(provider)).used.cpuMillis, 1_000n);
    assert.equal((await lens.provider(provider)).locked, lnq(20));

    await (await operated.submit(job, 0, ROOT, 20, 'ipfs://result')).wait();
    assert.equal((await jobs.slot(job, 0)).state, 3n);

    const earned = await token.balanceOf(people.payout.address);
    await (await jobs.connect(people.requester).accept(job, 0)).wait();
    const slot = await jobs.slot(job, 0);
    assert.deepEqual([slot.state, slot.outcome], [5n, 1n]);
    assert.equal((await token.balanceOf(people.payout.address)) - earned, lnq(78));
    assert.equal((await lens.provider(provider)).record.completed, 1n);
    assert.deepEqual((await escrow.liabilities()).toArray(), [0n, lnq(2)]);
  });

  it('pays in silence once the window has passed, whoever steps', async () => {
    const { jobs, token, people } = suite;
    const terms = await makeTerms(suite);
    const job = await post(suite, terms);
    await (await jobs.connect(people.operator).take(terms, 0, provider, lnq(100))).wait();
    await (await jobs.connect(people.operator).submit(job, 0, ROOT, 10, 'ipfs://half')).wait();
    const early = await refusal(jobs.connect(people.keeper).step.staticCall(job, 0));
    assert.equal(early.name, 'JobsNothingDue');
    await pass(suite.provider, 61);
    const earned = await token.balanceOf(people.payout.address);
    await (await jobs.connect(people.keeper).step(job, 0)).wait();
    assert.equal((await token.balanceOf(people.payout.address)) - earned, lnq(50) - lnq(50) / 40n);
  });

  it('returns the whole price of a job that is cancelled', async () => {
    const { jobs, token, people } = suite;
    const before = await token.balanceOf(people.requester.address);
    const job = await post(suite, await makeTerms(suite));
    assert.equal(await token.balanceOf(people.requester.address), before - lnq(100));
    await (await jobs.connect(people.requester).cancel(job, 0)).wait();
    assert.equal(await token.balanceOf(people.requester.address), before);
  });

  it('sweeps fees, half of them into the fire', async () => {
    const { escrow, token, people } = suite;
    const { fees } = await escrow.liabilities();
    const [treasury, burned] = [await token.balanceOf(people.treasury.address), await token.totalBurned()];
    await (await escrow.connect(people.keeper).sweep()).wait();
    assert.equal((await token.balanceOf(people.treasury.address)) - treasury, fees / 2n);
    assert.equal((await token.totalBurned()) - burned, fees - fees / 2n);
  });

  it('lets stake go once it has waited', async () => {
    const { registry, token, people } = suite;
    const owned = registry.connect(people.owner);
    const before = await token.balanceOf(people.owner.address);
    await (await owned.unbond(provider, lnq(1_000))).wait();
    assert.equal((await refusal(owned.withdraw.staticCall(provider))).name, 'RegistryNothingToWithdraw');
    await pass(suite.provider, 61);
    await (await owned.withdraw(provider)).wait();
    assert.equal((await token.balanceOf(people.owner.address)) - before, lnq(1_000));
  });
});
