// Approving by signature, as wallets sign typed data.

import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';

import { Signature, TypedDataEncoder } from 'ethers';

import { startNode } from './support/node.js';
import { deploySuite, lnq, refusal } from './support/suite.js';

const TYPES = {
  Permit: [
    { name: 'owner', type: 'address' },
    { name: 'spender', type: 'address' },
    { name: 'value', type: 'uint256' },
    { name: 'nonce', type: 'uint256' },
    { name: 'deadline', type: 'uint256' },
  ],
};

describe('permit', () => {
  let node, suite, domain;

  before(async () => {
    node = await startNode();
    suite = await deploySuite(node);
    const read = await suite.token.eip712Domain();
    const { name, version, chainId, verifyingContract } = read;
    domain = { name, version, chainId, verifyingContract };
  });

  after(async () => {
    suite?.provider.destroy();
    await node?.stop();
  });

  async function signed(signer, changes = {}) {
    const { token, escrow, people } = suite;
    const owner = people.requester.address;
    const { timestamp } = await suite.provider.getBlock('latest');
    const message = {
      owner,
      spender: escrow.target,
      value: lnq(5),
      nonce: await token.nonces(owner),
      deadline: timestamp + 3_600,
      ...changes,
    };
    const { v, r, s } = Signature.from(await signer.signTypedData(domain, TYPES, message));
    return [message.owner, message.spender, message.value, message.deadline, v, r, s];
  }

  it('has the domain that it says it has', async () => {
    assert.equal(await suite.token.DOMAIN_SEPARATOR(), TypedDataEncoder.hashDomain(domain));
    assert.equal(domain.name, 'LNQ');
    assert.equal(domain.chainId, BigInt(node.chainId));
    assert.equal(domain.verifyingContract, suite.token.target);
  });

  it('approves for whoever brings it', async () => {
    const { token, escrow, people } = suite;
    const permit = await signed(people.requester);
    await (await token.connect(people.keeper).permit(...permit)).wait();
    assert.equal(await token.allowance(people.requester.address, escrow.target), lnq(5));
    assert.equal(await token.nonces(people.requester.address), 1n);
  });

  it('does not approve twice', async () => {
    const { token, people } = suite;
    const permit = await signed(people.requester);
    await (await token.connect(people.keeper).permit(...permit)).wait();
    const again = await refusal(token.connect(people.keeper).permit.staticCall(...permit));
    assert.equal(again.name, 'ERC2612InvalidSigner');
  });

  it('does not approve for somebody else', async () => {
    const { token, people } = suite;
    const forged = await refusal(token.connect(people.eve).permit.staticCall(...(await signed(people.eve))));
    assert.deepEqual(forged, { name: 'ERC2612InvalidSigner', args: [people.eve.address, people.requester.address] });
  });

  it('does not approve after its deadline', async () => {
    const { token, people } = suite;
    const late = await refusal(
      token.connect(people.keeper).permit.staticCall(...(await signed(people.requester, { deadline: 1 }))),
    );
    assert.deepEqual(late, { name: 'ERC2612ExpiredSignature', args: [1n] });
  });
});
