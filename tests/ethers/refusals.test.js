// Custom errors, decoded from what the node answers to calls, estimates and transactions.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { isError } from 'ethers';

import { startNode } from './support/node.js';
import { deploySuite, lnq, makeTerms, post, refusal, registerProvider } from './support/suite.js';

const ROOT = `0x${'5e'.repeat(32)}`;

describe('refusals', () => {
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

  it('are decoded by the contract that gave them', async () => {
    const { token, people } = suite;
    const call = token.connect(people.eve).transfer.staticCall(people.keeper.address, 1);
    await assert.rejects(call, (error) => {
      assert.ok(isError(error, 'CALL_EXCEPTION'));
      assert.equal(error.revert.name, 'ERC20InsufficientBalance');
      assert.deepEqual(error.revert.args.toArray(), [people.eve.address, 0n, 1n]);
      return true;
    });
  });

  it('come with an estimate too', async () => {
    const { token, people } = suite;
    const estimate = await refusal(token.connect(people.eve).transfer.estimateGas(people.keeper.address, 1));
    assert.deepEqual(estimate, { name: 'ERC20InsufficientBalance', args: [people.eve.address, 0n, 1n] });
  });

  it('are in the receipt of a transaction that was sent all the same', async () => {
    const { token, people } = suite;
    const sent = await token.connect(people.eve).transfer(people.keeper.address, 1, { gasLimit: 1_000_000 });
    await assert.rejects(sent.wait(), (error) => {
      assert.ok(isError(error, 'CALL_EXCEPTION'));
      assert.equal(error.receipt.status, 0);
      return true;
    });
  });

  it('pass through a contract from the sibling that gave them', async () => {
    const { jobs, people, escrow } = suite;
    const terms = await makeTerms(suite, { price: lnq(10) });
    const given = await refusal(jobs.connect(people.requester).post.staticCall(terms, ''));
    assert.deepEqual(given, { name: 'ERC20InsufficientAllowance', args: [escrow.target, 0n, lnq(10)] });
  });

  it('name what a caller needs to know', async () => {
    const { jobs, registry, people } = suite;
    const terms = await makeTerms(suite);
    const job = await post(suite, terms);
    const foreign = await refusal(jobs.connect(people.eve).cancel.staticCall(job, 0));
    assert.deepEqual(foreign, { name: 'JobsNotRequester', args: [job, people.eve.address] });
    const missing = await refusal(jobs.connect(people.eve).step.staticCall(job, 1));
    assert.deepEqual(missing, { name: 'JobsUnknownSlot', args: [job, 1n] });
    const unknown = await refusal(jobs.connect(people.eve).step.staticCall(ROOT, 0));
    assert.deepEqual(unknown, { name: 'JobsUnknownJob', args: [ROOT] });
    const owner = await refusal(registry.connect(people.eve).unbond.staticCall(provider, 1));
    assert.deepEqual(owner, { name: 'RegistryNotOwner', args: [provider, people.eve.address] });
  });
});
