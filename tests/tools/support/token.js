// The token of the suite, deployed through the StylusDeployer, for clients that only call it.

import { encodeAbiParameters, encodeFunctionData, parseAbi, parseEventLogs, toHex } from 'viem';

import { DEPLOYER_ABI, DEPOSIT, STYLUS_DEPLOYER, abi, construction, initCode } from '../../ethers/support/program.js';

const SUPPLY = 10n ** 27n;

const deployerAbi = parseAbi(DEPLOYER_ABI);

export const tokenAbi = abi('lnq-token');

/** Deploys, activates and constructs the token; its whole supply is `holder`'s. */
export async function deployToken(wallet, reader, holder) {
  const args = encodeAbiParameters([{ type: 'address[]' }, { type: 'uint256[]' }], [[holder], [SUPPLY]]);
  const data = encodeFunctionData({
    abi: deployerAbi,
    functionName: 'deploy',
    args: [initCode('lnq-token'), construction(args), 0n, toHex(1, { size: 32 })],
  });
  const hash = await wallet.sendTransaction({ to: STYLUS_DEPLOYER, data, value: DEPOSIT });
  const receipt = await reader.waitForTransactionReceipt({ hash });
  const [{ args: deployed }] = parseEventLogs({ abi: deployerAbi, logs: receipt.logs });
  return deployed.deployedContract;
}
