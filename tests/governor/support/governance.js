// LNQ as WASM, with a timelock and an unmodified Governor over it.

import { readFileSync } from 'node:fs';
import * as ethers from 'ethers';
import { ContractFactory, JsonRpcProvider, NonceManager, Wallet, ZeroAddress, parseUnits } from 'ethers';

import { deploy } from '../../ethers/support/program.js';

const repository = new URL('../../../', import.meta.url);

export const VOTING_DELAY = 3_600;
export const VOTING_PERIOD = 86_400;
export const TIMELOCK_DELAY = 172_800;
export const QUORUM_PERCENT = 4;

/** The states of a proposal, by their number. */
export const STATE = { Pending: 0n, Active: 1n, Canceled: 2n, Defeated: 3n, Succeeded: 4n, Queued: 5n, Executed: 7n };

/** How one votes, by its number. */
export const AGAINST = 0;
export const FOR = 1;
export const ABSTAIN = 2;

/** Whole LNQ in base units. */
export const lnq = (amount) => parseUnits(String(amount), 18);

/** What a proposal needs before it can be made. */
export const THRESHOLD = lnq(1_000_000);

async function deploySolidity(signer, name, args) {
  const { contracts } = JSON.parse(readFileSync(new URL('target/governor/contracts.json', repository)));
  const { abi, bytecode } = contracts[name];
  const contract = await new ContractFactory(abi, bytecode, signer).deploy(...args);
  return contract.waitForDeployment();
}

/**
 * LNQ in the hands of whale (60 M), fish (30 M), shrimp (1 M) and the timelock, which owns the rest as a treasury; nobody
 * has delegated yet. The governor alone proposes to the timelock, and nobody is its admin any more.
 */
export async function deployGovernance(node) {
  const provider = new JsonRpcProvider(node.url, node.chainId, { staticNetwork: true, pollingInterval: 20, cacheTimeout: -1 });
  const names = ['deployer', 'whale', 'fish', 'shrimp', 'stranger'];
  // The first account is the chain's owner; people are the ones after it.
  const people = Object.fromEntries(
    names.map((name, index) => [name, new Wallet(node.accounts[index + 1].privateKey, provider)]),
  );
  const address = Object.fromEntries(names.map((name) => [name, people[name].address]));
  const deployer = new NonceManager(people.deployer);

  const timelock = await deploySolidity(deployer, 'TimelockController', [TIMELOCK_DELAY, [], [ZeroAddress], address.deployer]);
  const holders = [address.whale, address.fish, address.shrimp, timelock.target];
  const amounts = [lnq(60_000_000), lnq(30_000_000), lnq(1_000_000), lnq(909_000_000)];
  const token = await deploy(ethers, deployer, 'lnq-token', [holders, amounts]);
  const governor = await deploySolidity(deployer, 'LinqGovernor', [
    token.target, timelock.target, VOTING_DELAY, VOTING_PERIOD, THRESHOLD, QUORUM_PERCENT,
  ]);
  for (const role of [await timelock.PROPOSER_ROLE(), await timelock.CANCELLER_ROLE()]) {
    await (await timelock.grantRole(role, governor.target)).wait();
  }
  await (await timelock.renounceRole(await timelock.DEFAULT_ADMIN_ROLE(), address.deployer)).wait();
  return { provider, people, address, token, timelock, governor };
}

/** Moves the clock of the chain on. */
export async function pass(provider, seconds) {
  await provider.send('evm_increaseTime', [seconds]);
  await provider.send('evm_mine', []);
}
