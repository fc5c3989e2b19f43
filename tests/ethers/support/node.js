// A development node for one test file: on a free port, gone when the file is through.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const repository = new URL('../../../', import.meta.url);

/** The binary named by LINQ_NODE, or the one that cargo built last. */
function binary() {
  if (process.env.LINQ_NODE) return process.env.LINQ_NODE;
  const built = ['debug', 'release'].map((profile) =>
    fileURLToPath(new URL(`target/${profile}/nitro-devnode`, repository)),
  );
  const found = built.find(existsSync);
  if (!found) throw new Error('there is no node; run `cargo build -p nitro-devnode` first');
  return found;
}

/**
 * Starts a node, with further `options`, and waits until it says where it listens.
 * @returns what it announced (`url`, `wsUrl`, `chainId`, `accounts`) and `stop()`.
 */
export async function startNode(...options) {
  const child = spawn(binary(), ['--port', '0', '--json', ...options], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  // A test that dies before it can stop its node must not leave it behind.
  process.once('exit', () => child.kill('SIGKILL'));
  const lines = createInterface({ input: child.stdout });
  const first = await Promise.race([once(lines, 'line'), ended.then(() => undefined)]);
  if (!first) throw new Error(`the node ended with ${child.exitCode} before it was ready`);
  return {
    ...JSON.parse(first[0]),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}
