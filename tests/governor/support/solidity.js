// The Solidity compiler from npm, over the sources of this folder and the packages it pins.

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import solc from 'solc';

const folder = new URL('../', import.meta.url);

const read = (path) => readFileSync(new URL(path, folder), 'utf8');

/** What a package's path, or one of this folder, holds. */
function source(path) {
  const place = path.startsWith('@') ? `node_modules/${path}` : path;
  try {
    return { contents: read(place) };
  } catch (error) {
    return { error: error.message };
  }
}

/** Changes with the source, the lock file and this compiler's settings. */
export function fingerprint(file) {
  const parts = [read(`contracts/${file}`), read('package-lock.json'), read('support/solidity.js')];
  return createHash('sha256').update(parts.join('\0')).digest('hex');
}

/** Compiles `contracts/<file>`; returns ABI and creation code of each of the contracts asked for. */
export function compile(file, names) {
  const path = `contracts/${file}`;
  const input = {
    language: 'Solidity',
    sources: { [path]: { content: read(path) } },
    settings: {
      evmVersion: 'cancun',
      optimizer: { enabled: true, runs: 200 },
      metadata: { bytecodeHash: 'none' },
      outputSelection: { '*': { '*': ['abi', 'evm.bytecode.object'] } },
    },
  };
  const output = JSON.parse(solc.compile(JSON.stringify(input), { import: source }));
  const errors = (output.errors ?? []).filter((error) => error.severity === 'error');
  if (errors.length > 0) throw new Error(errors.map((error) => error.formattedMessage).join('\n'));
  const contracts = Object.assign({}, ...Object.values(output.contracts));
  return Object.fromEntries(
    names.map((name) => [name, { abi: contracts[name].abi, bytecode: `0x${contracts[name].evm.bytecode.object}` }]),
  );
}
