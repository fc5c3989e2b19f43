// Disputed results and the court as a dApp would call them.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { AbiCoder, Wallet, id, keccak256 } from 'ethers';

import { startNode } from './support/node.js';
import { COURT, DAY, deploySuite, lnq, makeTerms, pass, post, refusal, registerProvider, round } from './support/suite.js';

const ROOT = `0x${'5e'.repeat(32)}`;
const [EVIDENCE, DRAWING, COMMIT, REVEAL, APPEAL, FINAL, CANCELLED] = [1n, 2n, 3n, 4n, 5n, 6n, 7n];
const PROVIDERS_SIDE = 2;

describe('disputes', () => {
  let node, suite, provider, benches;

  /** A result worth 400 LNQ, claimed whole. */
  async function submitted() {
    const terms = await makeTerms(suite, { price: lnq(400) });
    const job = await post(suite, terms);
    const operated = suite.jobs.connect(suite.people.operator);
    await (await operated.take(terms, 0, provider, lnq(400))).wait();
    await (await operated.submit(job, 0, ROOT, 20, 'ipfs://result')).wait();
    return job;
  }

  /** The requester says that `claim` twentieths are due; the number of the dispute. */
  async function dispute(job, claim) {
    const { token, court, disputes, people } = suite;
    await (await token.connect(people.requester).approve(court.target, lnq(30))).wait();
    const receipt = await (await disputes.connect(people.requester).dispute(job, 0, claim)).wait();
    const parsed = receipt.logs.map((log) => disputes.interface.parseLog(log)).find((log) => log?.name === 'ResultDisputed');
    return parsed.args.dispute;
  }

  /** The round, the phase and its end. */
  const phase = async (number) => (await suite.court.phase(number)).toArray();

  /** Goes on to the end of the present phase. */
  async function wait(number) {
    const [, , until] = await phase(number);
    const { timestamp } = await suite.provider.getBlock('latest');
    if (until > timestamp) await pass(suite.provider, Number(until) - timestamp);
  }

  /** Brings the round that the last jury is drawn by, and draws it; the wallets in their seats. */
  async function draw(number) {
    const { beacon, court, people } = suite;
    await wait(number);
    const [last] = await phase(number);
    const [, stage] = await court.records(number, last);
    const wanted = BigInt(`0x${stage.slice(34, 50)}`);
    await pass(suite.provider, 2);
    const { x, y } = round(wanted);
    assert.equal(await beacon.randomness(wanted), `0x${'00'.repeat(32)}`);
    await (await beacon.connect(people.keeper).submit(wanted, x, y)).wait();
    assert.notEqual(await beacon.randomness(wanted), `0x${'00'.repeat(32)}`);
    const receipt = await (await court.connect(people.keeper).draw(number)).wait();
    const drawn = receipt.logs.map((log) => court.interface.parseLog(log)).find((log) => log?.name === 'SeatsDrawn');
    // A juror is four bytes, in the order of the seats.
    const numbers = drawn.args.jurors.slice(2).match(/.{8}/g).map((juror) => BigInt(`0x${juror}`));
    return numbers.filter((juror) => juror > 0n).map((juror) => ({ juror, wallet: benches[Number(juror) - 1] }));
  }

  const salt = (seat) => id(`seat ${seat}`);

  function commitment(number, last, seat, juror, vote) {
    const types = ['uint256', 'address', 'uint64', 'uint64', 'uint64', 'uint32', 'uint64', 'bytes32'];
    const values = [node.chainId, suite.court.target, number, last, seat, juror, vote, salt(seat)];
    return keccak256(AbiCoder.defaultAbiCoder().encode(types, values));
  }

  async function commit(number, seats, vote) {
    const [last] = await phase(number);
    for (const [seat, { juror, wallet }] of seats.entries()) {
      const sealed = commitment(number, last, seat, juror, vote);
      await (await suite.court.connect(wallet).commit(number, last, seat, sealed)).wait();
    }
  }

  before(async () => {
    node = await startNode();
    suite = await deploySuite(node);
    provider = await registerProvider(suite);
    const { token, jurors, people } = suite;
    // One who stakes by allowance, and two who need none.
    benches = Array.from({ length: 3 }, (_, place) => new Wallet(id(`juror ${place}`), suite.provider));
    for (const wallet of benches) {
      await (await people.deployer.sendTransaction({ to: wallet.address, value: lnq(1) })).wait();
      await (await token.connect(people.deployer).transfer(wallet.address, lnq(10_000))).wait();
      await (await token.connect(wallet).approve(jurors.target, lnq(10_000))).wait();
      await (await jurors.connect(wallet).stake(lnq(10_000))).wait();
    }
    await pass(suite.provider, DAY);
  });

  after(async () => {
    suite?.provider.destroy();
    await node?.stop();
  });

  it('knows its jurors', async () => {
    const { jurors } = suite;
    assert.equal(await jurors.count(), 3n);
    assert.equal(await jurors.jurorOf(benches[1].address), 2n);
    const juror = await jurors.juror(2);
    assert.deepEqual([juror.account, juror.active], [benches[1].address, lnq(10_000)]);
  });

  it('meets halfway before the jury is drawn, and the cost of the jury returns', async () => {
    const { disputes, token, people, jobs, court } = suite;
    const job = await submitted();
    const stranger = disputes.connect(people.eve);
    assert.equal((await refusal(stranger.dispute.staticCall(job, 0, 0))).name, 'DisputesNotRequester');
    const number = await dispute(job, 0);
    assert.equal((await jobs.slot(job, 0)).state, 4n);
    const open = await disputes.disputed(job, 0);
    assert.deepEqual([open.dispute, open.requesterClaim, open.providerClaim], [number, 0n, 20n]);
    assert.equal((await refusal(stranger.concede.staticCall(job, 0, 10))).name, 'DisputesNotParty');

    const [paid, back] = [await token.balanceOf(people.payout.address), await token.balanceOf(people.requester.address)];
    await (await disputes.connect(people.requester).concede(job, 0, 8)).wait();
    await (await disputes.connect(people.owner).concede(job, 0, 8)).wait();
    assert.deepEqual((await jobs.slot(job, 0)).outcome, 9n);
    assert.equal((await token.balanceOf(people.payout.address)) - paid, lnq(156));
    // The rest of the price, half of what the overclaim cost, and the jury's 30 LNQ.
    assert.equal((await token.balanceOf(people.requester.address)) - back, lnq(240) + lnq(10) + lnq(30));
    assert.equal((await phase(number))[1], CANCELLED);
  });

  it('is decided by a jury, appealed in vain, and settled to the last wei', async () => {
    const { disputes, court, token, jobs, people } = suite;
    const job = await submitted();
    const number = await dispute(job, 0);
    assert.equal((await phase(number))[1], EVIDENCE);
    await (await court.connect(people.eve).evidence(number, id('a log'), 'ipfs://log')).wait();
    const brought = await court.queryFilter(court.filters.EvidenceGiven(number));
    assert.equal(brought[0].args.uri, 'ipfs://log');
    assert.equal((await refusal(disputes.settle.staticCall(job, 0))).name, 'DisputesUndecided');

    const seats = await draw(number);
    assert.deepEqual([seats.length, (await phase(number))[1]], [3, COMMIT]);
    await commit(number, seats, 0);
    assert.equal((await phase(number))[1], REVEAL, 'all have sealed');
    for (const seat of seats.keys()) {
      await (await court.connect(people.keeper).reveal(number, 0, seat, 0, salt(seat))).wait();
    }
    assert.equal((await phase(number))[1], APPEAL, 'all have shown');

    // The provider's side orders seven more, who say the same.
    await (await token.connect(people.owner).approve(court.target, lnq(70))).wait();
    await (await court.connect(people.owner).appeal(number, 0, PROVIDERS_SIDE)).wait();
    const more = await draw(number);
    await commit(number, more, 0);
    for (const seat of more.keys()) {
      await (await court.connect(people.keeper).reveal(number, 1, seat, 0, salt(seat))).wait();
    }
    await wait(number);
    assert.deepEqual((await court.verdict(number)).toArray(), [FINAL, 0n, true, lnq(30)]);

    const back = await token.balanceOf(people.requester.address);
    await (await disputes.connect(people.keeper).settle(job, 0)).wait();
    // The price, the jury's cost out of the lock, and half of what is left of the lock.
    assert.equal((await token.balanceOf(people.requester.address)) - back, lnq(400) + lnq(30) + lnq(25));
    assert.equal((await jobs.slot(job, 0)).outcome, 10n);
    for (const last of [0, 1]) {
      await (await court.connect(people.keeper).settle(number, last)).wait();
      const seated = new Set((last === 0 ? seats : more).map(({ juror }) => juror));
      for (const juror of seated) await (await court.connect(people.keeper).claim(number, last, juror)).wait();
    }
    assert.equal(await token.balanceOf(court.target), 0n);
  });

  it('voids a vote that is shown too early', async () => {
    const { court, token, people } = suite;
    const number = await dispute(await submitted(), 0);
    const seats = await draw(number);
    await commit(number, seats.slice(0, 1), 20);
    const before = await token.balanceOf(people.eve.address);
    await (await court.connect(people.eve).expose(number, 0, 0, 20, salt(0))).wait();
    assert.equal((await token.balanceOf(people.eve.address)) - before, lnq(80), 'a quarter of the stake of a seat');
  });

  it('lapses when nobody draws, and ends at half', async () => {
    const { court, disputes, jobs, people } = suite;
    const job = await submitted();
    const number = await dispute(job, 0);
    assert.equal((await refusal(court.lapse.staticCall(number))).name, 'CourtWrongPhase');
    await pass(suite.provider, COURT.evidence);
    assert.equal((await phase(number))[1], DRAWING);
    await pass(suite.provider, COURT.draw);
    await (await court.connect(people.keeper).lapse(number)).wait();
    await (await disputes.connect(people.keeper).settle(job, 0)).wait();
    assert.equal((await jobs.slot(job, 0)).outcome, 11n);
  });

  it('ends without the court when that takes too long', async () => {
    const { disputes, jobs, people } = suite;
    const job = await submitted();
    await dispute(job, 0);
    const { neutralFrom } = await disputes.disputed(job, 0);
    assert.equal((await refusal(disputes.settleNeutral.staticCall(job, 0))).name, 'DisputesTooEarly');
    const { timestamp } = await suite.provider.getBlock('latest');
    await pass(suite.provider, Number(neutralFrom) - timestamp);
    await (await disputes.connect(people.keeper).settleNeutral(job, 0)).wait();
    assert.equal((await jobs.slot(job, 0)).outcome, 11n);
  });

  it('lets jurors leave with what is theirs', async () => {
    const { jurors, token } = suite;
    const [wallet] = benches;
    const { active } = await jurors.juror(1);
    const bench = jurors.connect(wallet);
    await (await bench.leave(active)).wait();
    assert.equal((await refusal(bench.unstake.staticCall())).name, 'JurorsNothingToWithdraw');
    await pass(suite.provider, 61);
    const before = await token.balanceOf(wallet.address);
    await (await bench.unstake()).wait();
    assert.equal((await token.balanceOf(wallet.address)) - before, active);
  });
});
