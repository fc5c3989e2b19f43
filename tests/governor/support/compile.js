// Compiles the governor, unless these very sources have been compiled before: it takes half a minute.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';

import { compile, fingerprint } from './solidity.js';

const folder = new URL('../../../target/governor/', import.meta.url);
const output = new URL('contracts.json', folder);
const file = 'LinqGovernor.sol';

const stamp = fingerprint(file);
if (!existsSync(output) || JSON.parse(readFileSync(output, 'utf8')).stamp !== stamp) {
  mkdirSync(folder, { recursive: true });
  const contracts = compile(file, ['LinqGovernor', 'TimelockController']);
  writeFileSync(output, JSON.stringify({ stamp, contracts }));
}
