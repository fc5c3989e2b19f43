// How a program of the suite is deployed, whatever client sends it: activated and constructed in one transaction, through
// the StylusDeployer. Needs no package of its own, so that the tests of every client can use it.

import { readFileSync } from 'node:fs';

const repository = new URL('../../../', import.meta.url);
const CONSTRUCTOR = '0x5585258d';

export const STYLUS_DEPLOYER = '0xcEcba2F1DC234f70Dd89F2041029807F8D03A990';

export const DEPLOYER_ABI = [
  'function deploy(bytes bytecode, bytes initData, uint256 initValue, bytes32 salt) payable returns (address)',
  'event ContractDeployed(address deployedContract)',
];

/** What the deployer pays for the activation with; it gives back what is left. */
export const DEPOSIT = 10n ** 17n;

export function abi(name) {
  return JSON.parse(readFileSync(new URL(`abi/json/${name}.json`, repository)));
}

/** Init code that returns what was built of `name`: copy everything behind these 43 bytes and return it. */
export function initCode(name) {
  const program = readFileSync(new URL(`target/contracts/${name}.code`, repository));
  return `0x7f${program.length.toString(16).padStart(64, '0')}80602b6000396000f300${program.toString('hex')}`;
}

/** The call of a constructor with encoded arguments. */
export const construction = (args) => CONSTRUCTOR + args.slice(2);

/** Deploys `name` with the ethers.js that the caller has. */
export async function deploy({ Contract, Interface, id }, signer, name, args) {
  const deployer = new Contract(STYLUS_DEPLOYER, DEPLOYER_ABI, signer);
  const init = construction(new Interface(abi(name)).encodeDeploy(args));
  const sent = await deployer.deploy(initCode(name), init, 0, id(name), { value: DEPOSIT });
  const receipt = await sent.wait();
  const deployed = receipt.logs.map((log) => deployer.interface.parseLog(log)).find((log) => log);
  return new Contract(deployed.args[0], abi(name), signer);
}
