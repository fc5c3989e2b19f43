// Deploying the suite as any deployment script does: through the StylusDeployer, constructor and all in one transaction.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

import * as ethers from 'ethers';
import { Interface, JsonRpcProvider, NonceManager, Wallet, getBytes, hexlify, id, parseUnits, toBeHex } from 'ethers';

import { abi, deploy as deployProgram } from './program.js';

export const DAY = 86_400;
export const MIN_WINDOW = 60;
export const FEE_BPS = 250n;
export const COLLATERAL_BPS = 2_000n;

/** The phases of a dispute in seconds, and the least fee of a seat in thousandths of one LNQ. */
export const COURT = {
  evidence: 300, appealEvidence: 200, commit: 100, reveal: 90, appeal: 80, draw: 70, floor: 10_000,
};

/** A round of the local beacon, signed with the PUBLIC development key: `key`, `x`, `y`. */
export function round(number) {
  const linq = fileURLToPath(new URL('../../../target/debug/linq', import.meta.url));
  return JSON.parse(execFileSync(linq, ['beacon', 'local', '--round', String(number), '--json'], { encoding: 'utf8' }));
}

/** Whole LNQ in base units. */
export const lnq = (amount) => parseUnits(String(amount), 18);

const deploy = (signer, name, args) => deployProgram(ethers, signer, name, args);

/**
 * A wallet for each person of the story, and the wired suite.
 * @param node what `startNode` returned.
 */
export async function deploySuite(node) {
  const provider = new JsonRpcProvider(node.url, node.chainId, { staticNetwork: true, pollingInterval: 20, cacheTimeout: -1 });
  const names = ['deployer', 'treasury', 'requester', 'owner', 'operator', 'payout', 'keeper', 'eve'];
  // The first account is the chain's owner; people are the ones after it.
  const people = Object.fromEntries(
    names.map((name, index) => [name, new Wallet(node.accounts[index + 1].privateKey, provider)]),
  );
  const deployer = new NonceManager(people.deployer);

  const share = lnq(1_000_000);
  const holders = [people.requester.address, people.owner.address];
  const amounts = [share, share];
  holders.push(people.deployer.address);
  amounts.push(lnq(1_000_000_000) - 2n * share);

  const token = await deploy(deployer, 'lnq-token', [holders, amounts]);
  const tier = (stakeMultiple, ageDays, reputationBps, priceCapLnq) => [stakeMultiple, ageDays, reputationBps, priceCapLnq];
  const parameters = [
    1_000, 100, 1_000, 60, 500, tier(4, 7, 5_000, 5_000), tier(16, 30, 8_000, 50_000), tier(64, 90, 9_500, 0xffffffff),
  ];
  const registry = await deploy(deployer, 'registry', [
    people.deployer.address, token.target, people.treasury.address, people.treasury.address, parameters,
  ]);
  const escrow = await deploy(deployer, 'escrow', [people.deployer.address, token.target, people.treasury.address]);
  const jobs = await deploy(deployer, 'jobs', [
    people.deployer.address, people.treasury.address, people.treasury.address, MIN_WINDOW, [FEE_BPS, COLLATERAL_BPS, 4],
  ]);
  await (await registry.wire(jobs.target)).wait();
  await (await escrow.wire(jobs.target)).wait();
  const beacon = await deploy(deployer, 'beacon', [...round(1).key, 1, 1]);
  const jurors = await deploy(deployer, 'jurors', [people.deployer.address, token.target, people.treasury.address, 60]);
  const court = await deploy(deployer, 'court', [
    people.deployer.address, token.target, people.treasury.address, MIN_WINDOW, Object.values(COURT),
  ]);
  const disputes = await deploy(deployer, 'disputes', [people.deployer.address]);
  await (await jurors.wire(court.target)).wait();
  await (await court.wire(jurors.target, beacon.target, disputes.target)).wait();
  await (await disputes.wire(jobs.target, registry.target, escrow.target, court.target)).wait();
  await (await jobs.wire(registry.target, escrow.target, disputes.target)).wait();
  const lens = await deploy(deployer, 'lens', [registry.target, jobs.target]);
  const profiles = await deploy(deployer, 'profiles', [registry.target]);
  return { provider, people, token, registry, escrow, jobs, disputes, court, jurors, beacon, lens, profiles };
}

/** What a dApp needs to read any revert of the suite: every error of every contract. */
export const errors = () =>
  new Interface(
    ['lnq-token', 'registry', 'escrow', 'jobs', 'disputes', 'court', 'jurors', 'beacon', 'lens', 'profiles']
      .flatMap((name) => abi(name))
      .filter((entry) => entry.type === 'error')
      .filter((entry, index, all) => all.findIndex((other) => other.name === entry.name) === index),
  );

/** Name and arguments of the custom error that `call` is refused with. */
export async function refusal(call) {
  try {
    const sent = await call;
    if (sent?.wait) await sent.wait();
  } catch (error) {
    const data = error.data ?? error.info?.error?.data;
    if (!data) throw error;
    const parsed = errors().parseError(data);
    return { name: parsed.name, args: parsed.args.toArray() };
  }
  throw new Error('it was not refused');
}

/** Moves the clock of the chain on. */
export async function pass(provider, seconds) {
  await provider.send('evm_increaseTime', [seconds]);
  await provider.send('evm_mine', []);
}

/** Approves the registry, registers `owner` as a provider and lets `operator` accept. */
export async function registerProvider({ people, token, registry }) {
  const { owner, operator, payout } = people;
  await (await token.connect(owner).approve(registry.target, lnq(10_000))).wait();
  const registration = {
    operator: operator.address,
    payout: payout.address,
    capacity: { cpuMillis: 4_000, memoryMib: 8_192, storageGib: 100, gpus: 0, gpuClass: 0, bandwidthMbps: 1_000 },
    features: 1,
    region: 276,
    rates: { cpuMilli: 10n ** 12n, memoryMib: 10n ** 11n, storageGib: 10n ** 11n, gpu: 0 },
    offer: {
      open: true,
      minPrice: lnq(1),
      minRunSecs: 60,
      maxRunSecs: DAY,
      maxWindowSecs: 14 * DAY,
      maxHoldBackSecs: 7 * DAY,
      maxNoticeSecs: 7 * DAY,
      maxLock: lnq(1_000),
    },
    stake: lnq(10_000),
  };
  const receipt = await (await registry.connect(owner).register(registration)).wait();
  const registered = receipt.logs.map((log) => registry.interface.parseLog(log)).find((log) => log?.name === 'ProviderRegistered');
  const { provider } = registered.args;
  await (await registry.connect(operator).acceptRole(provider)).wait();
  return provider;
}

/** Terms that satisfy every rule, for one slot of at most 100 LNQ. */
export async function makeTerms({ provider, people }, changes = {}) {
  const { timestamp } = await provider.getBlock('latest');
  return {
    requester: people.requester.address,
    specHash: id('a manifest'),
    price: lnq(100),
    tasks: 1,
    resources: { cpuMillis: 1_000, memoryMib: 512, storageGib: 1, gpus: 0, gpuClass: 0, bandwidthMbps: 0 },
    features: 1,
    regions: 0,
    tier: 0,
    provider: 0,
    judge: '0x0000000000000000000000000000000000000000',
    expected: toBeHex(0, 32),
    openSecs: 3_600,
    bidSecs: 0,
    runSecs: 600,
    windowSecs: MIN_WINDOW,
    attempts: 4,
    endBy: timestamp + 30 * DAY,
    anyoneMatches: false,
    parameters: 1,
    salt: hexlify(getBytes(id(Math.random().toString()))),
    ...changes,
  };
}

/** Approves the escrow and posts; returns the id. */
export async function post({ people, token, escrow, jobs }, terms) {
  await (await token.connect(people.requester).approve(escrow.target, terms.price * BigInt(terms.tasks))).wait();
  const receipt = await (await jobs.connect(people.requester).post(terms, 'ipfs://manifest')).wait();
  return receipt.logs.map((log) => jobs.interface.parseLog(log)).find((log) => log?.name === 'JobPosted').args.job;
}
