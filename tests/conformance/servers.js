// The two chains that are asked, each a process of its own on a free port.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const folder = new URL('./', import.meta.url);

const STARTING_MS = 30_000;

function binary() {
  if (process.env.LINQ_NODE) return process.env.LINQ_NODE;
  const built = fileURLToPath(new URL('../../target/debug/nitro-devnode', folder));
  if (!existsSync(built)) throw new Error('there is no node; run `cargo build -p nitro-devnode` first');
  return built;
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

/** Starts a program and waits for a line that `ready` recognises; returns what `ready` makes of it. */
async function start(program, args, ready) {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  process.once('exit', () => child.kill('SIGKILL'));
  const announced = (async () => {
    for await (const line of createInterface({ input: child.stdout })) {
      const found = ready(line);
      if (found) return found;
    }
    throw new Error(`${program} ended before it was ready`);
  })();
  const url = await Promise.race([
    announced,
    new Promise((_, reject) => setTimeout(() => reject(new Error(`${program} does not start`)), STARTING_MS).unref()),
  ]);
  // A pipe that nobody reads fills up.
  child.stdout.resume();
  return {
    url,
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

export const startNode = (...options) =>
  start(binary(), ['--port', '0', '--json', '--plain-errors', ...options], (line) => JSON.parse(line).url);

export async function startAnvil() {
  const program = fileURLToPath(new URL('node_modules/.bin/anvil', folder));
  const port = await freePort();
  const args = ['--port', String(port), '--chain-id', '412346', '--base-fee', '100000000', '--hardfork', 'osaka'];
  return start(program, args, (line) => line.includes('Listening on') && `http://127.0.0.1:${port}`);
}

let requests = 0;

/** The whole answer to a request: `result` or `error`. */
export async function ask(url, method, params) {
  requests += 1;
  const body = JSON.stringify({ jsonrpc: '2.0', id: requests, method, params });
  const response = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  const answer = await response.json();
  return 'error' in answer ? { error: answer.error } : { result: answer.result };
}
