// OpenZeppelin's Governor, with its settings, counting, quorum and timelock, over LNQ as WASM: nothing of it knows that the
// token is no Solidity.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Interface, TypedDataEncoder, id } from 'ethers';

import { startNode } from '../ethers/support/node.js';
import {
  ABSTAIN,
  AGAINST,
  FOR,
  QUORUM_PERCENT,
  STATE,
  THRESHOLD,
  TIMELOCK_DELAY,
  VOTING_DELAY,
  VOTING_PERIOD,
  deployGovernance,
  lnq,
  pass,
} from './support/governance.js';

describe('an OpenZeppelin Governor over LNQ', () => {
  let node, all;

  before(async () => {
    node = await startNode();
    all = await deployGovernance(node);
  });

  after(async () => {
    all?.provider.destroy();
    await node?.stop();
  });

  /** A proposal of one call, as every function of the governor wants it. */
  function proposal(target, fragment, args, description) {
    const calldata = new Interface([fragment]).encodeFunctionData(fragment, args);
    const parts = [[target], [0], [calldata]];
    return { propose: [...parts, description], act: [...parts, id(description)] };
  }

  /** Proposes in the name of `proposer` and returns the number. */
  async function propose({ propose, act }, proposer) {
    const { governor, people } = all;
    await (await governor.connect(people[proposer]).propose(...propose)).wait();
    return governor.hashProposal(...act);
  }

  const delegate = async (from, to) =>
    (await all.token.connect(all.people[from]).delegate(all.address[to] ?? to)).wait();

  const vote = async (voter, number, support) =>
    (await all.governor.connect(all.people[voter]).castVote(number, support)).wait();

  const state = (number) => all.governor.state(number);

  /** Name of the custom error of `contract` that `call` is refused with. */
  async function refusal(contract, call) {
    try {
      await call;
    } catch (error) {
      const data = error.data ?? error.info?.error?.data;
      if (!data) throw error;
      return contract.interface.parseError(data).name;
    }
    throw new Error('it was not refused');
  }

  it('reads the clock of the token', async () => {
    const { governor, token, provider } = all;
    assert.equal(await governor.CLOCK_MODE(), 'mode=timestamp');
    const { timestamp } = await provider.getBlock('latest');
    const [clock, own] = [await governor.clock(), await token.clock()];
    assert.equal(clock, own);
    assert.ok(clock >= BigInt(timestamp));
  });

  it('refuses a proposal of somebody without enough votes', async () => {
    const { governor, people, token, address } = all;
    const wish = proposal(governor.target, 'function setVotingDelay(uint48)', [1], 'without votes');
    assert.equal(await token.balanceOf(address.whale), lnq(60_000_000));
    assert.equal(
      await refusal(governor, governor.connect(people.whale).propose.staticCall(...wish.propose)),
      'GovernorInsufficientProposerVotes',
    );
  });

  it('changes a parameter: propose, vote, queue, execute', async () => {
    const { governor, people, address, provider, token } = all;
    await delegate('whale', 'whale');
    await delegate('fish', 'fish');
    await pass(provider, 1);
    const wish = proposal(governor.target, 'function setVotingPeriod(uint32)', [2 * VOTING_PERIOD], 'longer votes');
    const number = await propose(wish, 'whale');
    assert.equal(await state(number), STATE.Pending);

    await pass(provider, VOTING_DELAY + 1);
    assert.equal(await state(number), STATE.Active);
    await vote('whale', number, FOR);
    await vote('fish', number, AGAINST);
    const again = governor.connect(people.whale).castVote.staticCall(number, FOR);
    assert.equal(await refusal(governor, again), 'GovernorAlreadyCastVote');
    const snapshot = await governor.proposalSnapshot(number);
    assert.equal(await token.getPastVotes(address.whale, snapshot), lnq(60_000_000));
    assert.equal(await governor.quorum(snapshot), (lnq(1_000_000_000) * BigInt(QUORUM_PERCENT)) / 100n);
    assert.deepEqual((await governor.proposalVotes(number)).toArray(), [lnq(30_000_000), lnq(60_000_000), 0n]);

    await pass(provider, VOTING_PERIOD + 1);
    assert.equal(await state(number), STATE.Succeeded);
    await (await governor.queue(...wish.act)).wait();
    assert.equal(await state(number), STATE.Queued);
    const early = governor.execute.staticCall(...wish.act);
    assert.equal(await refusal(all.timelock, early), 'TimelockUnexpectedOperationState');

    await pass(provider, TIMELOCK_DELAY + 1);
    await (await governor.connect(people.stranger).execute(...wish.act)).wait();
    assert.equal(await state(number), STATE.Executed);
    assert.equal(await governor.votingPeriod(), BigInt(2 * VOTING_PERIOD));
  });

  it('is defeated without a quorum', async () => {
    const { governor, provider } = all;
    const wish = proposal(governor.target, 'function setProposalThreshold(uint256)', [0], 'no threshold');
    const number = await propose(wish, 'fish');
    await pass(provider, VOTING_DELAY + 1);
    await vote('fish', number, FOR);
    await pass(provider, 2 * VOTING_PERIOD + 1);
    assert.equal(await state(number), STATE.Defeated);
    assert.equal(await refusal(governor, governor.queue.staticCall(...wish.act)), 'GovernorUnexpectedProposalState');
    assert.equal(await governor.proposalThreshold(), THRESHOLD);
  });

  it('counts votes as they were delegated at the snapshot, whatever happens later', async () => {
    const { governor, token, people, address, provider } = all;
    // The whale lets the shrimp vote, then the snapshot is taken, then it takes the votes back and gives everything away.
    await delegate('whale', 'shrimp');
    await pass(provider, 1);
    const wish = proposal(token.target, 'function transfer(address, uint256) returns (bool)', [address.stranger, lnq(7)], 'a grant');
    const number = await propose(wish, 'shrimp');
    await pass(provider, VOTING_DELAY + 1);
    await delegate('whale', 'fish');
    await (await token.connect(people.whale).transfer(address.stranger, lnq(60_000_000))).wait();
    assert.equal(await token.getVotes(address.shrimp), 0n);
    assert.equal(await token.getVotes(address.fish), lnq(30_000_000));

    await vote('shrimp', number, FOR);
    await vote('fish', number, ABSTAIN);
    await vote('whale', number, AGAINST);
    // The shrimp never delegated its own million.
    assert.deepEqual((await governor.proposalVotes(number)).toArray(), [0n, lnq(60_000_000), lnq(30_000_000)]);

    await pass(provider, 2 * VOTING_PERIOD + 1);
    await (await governor.queue(...wish.act)).wait();
    await pass(provider, TIMELOCK_DELAY + 1);
    await (await governor.execute(...wish.act)).wait();
    assert.equal(await token.balanceOf(address.stranger), lnq(60_000_007));
  });

  it('lets a delegation by signature vote', async () => {
    const { token, people, address } = all;
    const { name, version, chainId, verifyingContract } = await token.eip712Domain();
    const domain = { name, version, chainId, verifyingContract };
    const types = { Delegation: ['address delegatee', 'uint256 nonce', 'uint256 expiry'].map(field) };
    const message = { delegatee: address.shrimp, nonce: await token.nonces(address.stranger), expiry: 2n ** 40n };
    const signature = await people.stranger.signTypedData(domain, types, message);
    assert.equal(TypedDataEncoder.hashDomain(domain), await token.DOMAIN_SEPARATOR());
    const bySig = token.connect(people.fish)['delegateBySig(address,address,uint256,uint256,bytes)'];
    await (await bySig(address.stranger, message.delegatee, message.nonce, message.expiry, signature)).wait();
    assert.equal(await token.delegates(address.stranger), address.shrimp);
    assert.equal(await token.getVotes(address.shrimp), lnq(60_000_007));
  });
});

/** `type name` as typed data has it. */
function field(text) {
  const [type, name] = text.split(' ');
  return { type, name };
}
