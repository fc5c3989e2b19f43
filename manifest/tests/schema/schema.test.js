// The JSON Schema of resource.yaml, with Ajv, against every example in the tree and every file that is wrong.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import Ajv2020 from "ajv/dist/2020.js";
import { parse } from "yaml";

const root = new URL("../../../", import.meta.url);
const text = (path) => readFileSync(new URL(path, root), "utf8");
const folder = (path) => readdirSync(new URL(path, root)).filter((name) => name.endsWith(".yaml")).map((name) => path + name);

// Types are lists on purpose: YAML reads `cpu: 1` as a number.
const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, strictTypes: false, strictRequired: false });
const validate = ajv.compile(JSON.parse(text("manifest/resource.schema.json")));
const check = (yaml) => ({ valid: validate(parse(yaml)), errors: validate.errors ?? [] });

const examples = [...folder("manifest/examples/"), "workloads/resource.yaml"];
for (const path of examples) {
  test(`${path} fits`, () => {
    const { valid, errors } = check(text(path));
    assert.ok(valid, JSON.stringify(errors));
  });
}

for (const path of folder("manifest/examples/invalid/")) {
  const yaml = text(path);
  if (yaml.includes("No schema sees it")) {
    test(`${path} is wrong in ways that no schema sees`, () => assert.ok(check(yaml).valid));
  } else {
    test(`${path} does not fit`, () => {
      let result;
      try {
        result = check(yaml);
      } catch (error) {
        assert.equal(error.name, "YAMLParseError");
        return;
      }
      assert.equal(result.valid, false);
    });
  }
}

test("each wrong value of values.yaml is seen", () => {
  const { errors } = check(text("manifest/examples/invalid/values.yaml"));
  const places = new Set(errors.map((error) => error.instancePath));
  for (const place of ["/module/digest", "/version", "/name", "/arguments/1", "/limits/fuel", "/limits/time", "/order/price", "/order/tasks", "/order/regions/1", "/order/features/0", "/order/matching"]) {
    assert.ok(places.has(place), `${place} is not among ${[...places].join(" ")}`);
  }
});
