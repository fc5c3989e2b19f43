// Computes every vector as README.md beside it says, without packages and without any code of this repository.

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

const ENDINGS = ["exited", "trapped", "out-of-fuel", "out-of-memory", "out-of-time", "out-of-output", "invalid"];

const sha256 = (...parts) => parts.reduce((hash, part) => hash.update(part), createHash("sha256")).digest();
const read = (name) => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")).vectors;

/** RFC 8785 of texts, integers, lists and objects; JSON.stringify escapes texts as it demands. */
function canonical(value) {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (typeof value === "object" && value !== null) {
    const members = Object.keys(value).sort().map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`);
    return `{${members.join(",")}}`;
  }
  if (typeof value === "string") return JSON.stringify(value);
  if (Number.isSafeInteger(value) && value >= 0) return String(value);
  throw new Error(`${value} has no place in a manifest`);
}

/** The same document with its members the other way round, as another program might hold it. */
function reversed(value) {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).reverse().map(([name, inner]) => [name, reversed(inner)]));
}

function number(value, bytes) {
  const buffer = Buffer.alloc(8);
  buffer.writeBigUInt64BE(BigInt(value));
  return buffer.subarray(8 - bytes);
}

function content({ digest, length }) {
  return Buffer.concat([number(length, 8), Buffer.from(digest.replace(/^sha256:/, ""), "hex")]);
}

function tree(hashes) {
  if (hashes.length === 1) return hashes[0];
  let half = 1;
  while (half * 2 < hashes.length) half *= 2;
  return sha256(Buffer.from([1]), tree(hashes.slice(0, half)), tree(hashes.slice(half)));
}

function root(result) {
  const file = ({ path, ...rest }) => {
    const name = Buffer.from(path, "utf8");
    return Buffer.concat([Buffer.from([3]), number(name.length, 4), name, content(rest)]);
  };
  const leaves = [
    Buffer.concat([Buffer.from([0, ENDINGS.indexOf(result.ending)]), number(result.exitCode, 4)]),
    Buffer.concat([Buffer.from([1]), content(result.stdout)]),
    Buffer.concat([Buffer.from([2]), content(result.stderr)]),
    ...result.files.map(file),
  ];
  const hashed = leaves.map((leaf) => sha256(Buffer.from([0]), leaf));
  return sha256("linq.output.v1", Buffer.from([0]), number(leaves.length, 8), tree(hashed));
}

let wrong = 0;
function same(vector, what, found, expected) {
  if (found !== expected) {
    console.error(`${vector}: ${what} is ${found}, expected ${expected}`);
    wrong += 1;
  }
}

const manifests = read("manifest.json");
for (const vector of manifests) {
  const text = canonical(reversed(JSON.parse(vector.canonical)));
  same(vector.name, "the canonical form", text, vector.canonical);
  same(vector.name, "specHash", `sha256:${sha256(text).toString("hex")}`, vector.specHash);
}
const outputs = read("output.json");
for (const vector of outputs) {
  const result = reversed(JSON.parse(vector.result));
  same(vector.name, "result.json", canonical(result), vector.result);
  same(vector.name, "the root", `0x${root(result).toString("hex")}`, vector.root);
}
console.log(`${manifests.length} manifests, ${outputs.length} outputs, ${wrong} wrong`);
process.exitCode = wrong === 0 ? 0 : 1;
