// Writes the creation code of the token that LNQ is compared with, or (with --check) compares what is committed with it.

import { readFileSync, writeFileSync } from 'node:fs';

import { compile } from './solidity.js';

const committed = new URL('../reference-token.hex', import.meta.url);
const made = `${compile('ReferenceToken.sol', ['ReferenceToken']).ReferenceToken.bytecode.slice(2)}\n`;

if (!process.argv.includes('--check')) {
  writeFileSync(committed, made);
} else if (readFileSync(committed, 'utf8') !== made) {
  throw new Error('reference-token.hex is not what its source compiles to; run `npm run reference` in tests/governor');
}
