// The token of the suite, deployed through the StylusDeployer, for clients that only call it.

import { readFileSync } from 'node:fs';

import { concatHex, encodeAbiParameters, encodeFunctionData, parseAbi, parseEther, parseEventLogs, toHex } from 'viem';

const repository = new URL('../../../', import.meta.url);
const STYLUS_DEPLOYER = '0xcEcba2F1DC234f70Dd89F2041029807F8D03A990';
const CONSTRUCTOR = '0x5585258d';
const SUPPLY = 10n ** 27n;

const deployerAbi = parseAbi([
  'function deploy(bytes bytecode, bytes initData, uint256 initValue, bytes32 salt) payable returns (address)',
  'event ContractDeployed(address deployedContract)',
]);

export const tokenAbi = JSON.parse(readFileSync(new URL('abi/json/lnq-token.json', repository)));

/** Init code that returns what was built for the token. */
export function tokenInitCode() {
  const program = readFileSync(new URL('target/contracts/lnq-token.code', repository));
  return concatHex(['0x7f', toHex(program.length, { size: 32 }), '0x80602b6000396000f3', '0x00', toHex(program)]);
}

/** Deploys, activates and constructs the token; its whole supply is `holder`'s. */
export async function deployToken(wallet, reader, holder) {
  const args = encodeAbiParameters([{ type: 'address[]' }, { type: 'uint256[]' }], [[holder], [SUPPLY]]);
  const data = encodeFunctionData({
    abi: deployerAbi,
    functionName: 'deploy',
    args: [tokenInitCode(), concatHex([CONSTRUCTOR, args]), 0n, toHex(1, { size: 32 })],
  });
  const hash = await wallet.sendTransaction({ to: STYLUS_DEPLOYER, data, value: parseEther('0.1') });
  const receipt = await reader.waitForTransactionReceipt({ hash });
  const [{ args: deployed }] = parseEventLogs({ abi: deployerAbi, logs: receipt.logs });
  return deployed.deployedContract;
}
