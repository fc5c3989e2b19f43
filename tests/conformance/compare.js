// Asks this node and anvil the same questions and compares what they say. A difference must be listed in
// differences.json with its reason; one that is listed and does not show any more fails as well.

import { readFileSync, writeFileSync } from 'node:fs';

import { questions } from './questions.js';
import { ask, startAnvil, startNode } from './servers.js';

const listed = JSON.parse(readFileSync(new URL('differences.json', import.meta.url)));

/** How often and after how long a receipt is asked for again. */
const ATTEMPTS = 200;
const WAIT_MS = 20;

/** Fields of a receipt that do not depend on blocks. */
const RECEIPT = ['status', 'gasUsed', 'contractAddress', 'from', 'to', 'type'];

/**
 * Ways in which a virtual machine ends without a revert, by the words either side has for them. Here, as in geth, they
 * have the code -32000; anvil has other codes and the names of its library, so that the kind is what can be compared.
 */
const HALTS = {
  'invalid opcode': ['invalid opcode', 'InvalidFEOpcode', 'OpcodeNotFound', 'EVM error NotActivated'],
  'stack underflow': ['stack underflow', 'StackUnderflow'],
  'stack overflow': ['stack limit reached', 'StackOverflow'],
  'invalid jump': ['invalid jump', 'InvalidJump'],
  'return data': ['return data out of bounds', 'OutOfOffset'],
  'out of gas': ['out of gas', 'OutOfGas', 'LimitOOG', 'gas required exceeds allowance'],
  precompile: ['PrecompileError', 'bn254', 'blake2', 'blob input', 'blob version', 'bls12-381', 'Modexp'],
};

/** Words of a refusal that both sides are expected to use. */
const REFUSALS = ['execution reverted', 'insufficient funds', 'intrinsic gas too'];

/** What of an answer is compared. */
async function answer(url, question) {
  if (question.call) return shape(await ask(url, 'eth_call', question.call), question);
  if (question.rpc) return shape(await ask(url, ...question.rpc), question);
  const sent = await ask(url, 'eth_sendTransaction', [question.send]);
  if (sent.error) return shape(sent, question);
  const result = await receipt(url, sent.result);
  const fields = Object.fromEntries(RECEIPT.map((field) => [field, result[field]]));
  const logs = result.logs.map(({ address, topics, data }) => ({ address: address.toLowerCase(), topics, data }));
  return { ...fields, logs };
}

/** The receipt, once the block is there: anvil makes it after it has answered. */
async function receipt(url, hash) {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const { result } = await ask(url, 'eth_getTransactionReceipt', [hash]);
    if (result) return result;
    await new Promise((resolve) => setTimeout(resolve, WAIT_MS));
  }
  throw new Error(`no receipt of ${hash}`);
}

function shape({ result, error }, question) {
  if (error && question.codeOnly) return { code: error.code };
  if (error) return refusal(error);
  if (question.codeOnly) return { result: true };
  if (question.keys) return { keys: Object.keys(result).sort() };
  if (question.only) return Object.fromEntries(question.only.map((field) => [field, result[field]]));
  return { result };
}

function refusal({ code, message, data }) {
  const halt = Object.entries(HALTS).find(([, words]) => words.some((word) => message.includes(word)));
  if (halt) return { halt: halt[0] };
  const reason = /^execution reverted: (.*)$/.exec(message)?.[1];
  return { code, words: REFUSALS.find((words) => message.toLowerCase().includes(words)) ?? message, reason, data };
}

/** JSON with sorted keys and lower-case hexadecimal, so that only what differs differs. */
function normal(value) {
  if (Array.isArray(value)) return value.map(normal);
  if (value && typeof value === 'object') {
    const entries = Object.entries(value).filter(([, inner]) => inner !== undefined && inner !== null);
    return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, inner]) => [key, normal(inner)]));
  }
  return typeof value === 'string' && value.startsWith('0x') ? value.toLowerCase() : value;
}

function reasonFor(name) {
  return listed.find(({ questions: names }) => names.some((pattern) => new RegExp(`^(?:${pattern})$`).test(name)));
}

async function main() {
  const [node, anvil] = await Promise.all([startNode(), startAnvil()]);
  const used = new Set();
  const found = [];
  let count = 0;
  try {
    for (const question of questions()) {
      count += 1;
      const [own, other] = await Promise.all([answer(node.url, question), answer(anvil.url, question)]);
      const [ours, theirs] = [JSON.stringify(normal(own)), JSON.stringify(normal(other))];
      if (ours === theirs) continue;
      const reason = reasonFor(question.name);
      if (reason) used.add(reason);
      found.push({ name: question.name, reason: reason?.why, ours, theirs });
    }
  } finally {
    await Promise.all([node.stop(), anvil.stop()]);
  }
  const unexplained = found.filter(({ reason }) => !reason);
  const stale = listed.filter((reason) => !used.has(reason));
  for (const { name, ours, theirs } of unexplained) console.error(`${name}\n  this node: ${ours}\n  anvil:     ${theirs}`);
  for (const { why } of stale) console.error(`listed and not seen: ${why}`);
  if (process.env.LINQ_CONFORMANCE_REPORT) {
    writeFileSync(process.env.LINQ_CONFORMANCE_REPORT, JSON.stringify({ count, found }, null, 2));
  }
  console.log(`${count} questions, ${found.length - unexplained.length} explained differences, ${unexplained.length} others`);
  return unexplained.length + stale.length === 0;
}

process.exit((await main()) ? 0 : 1);
