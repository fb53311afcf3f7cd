import assert from "node:assert/strict";
import { repository } from "../../support/paths.ts";
import { assertMatchesSchema, type SchemaName, schemaNames } from "../../support/json_schemas.ts";

const page = Deno.readTextFileSync(`${repository}/docs/json.md`);
const examples = [...page.matchAll(/^```json (\w+)\n([^`]*)^```$/gm)]
  .map(([, name, text]) => ({ name: name as SchemaName, value: JSON.parse(text!) }));

Deno.test("docs: docs/json.md has a valid example for every schema", () => {
  for (const { name, value } of examples) assertMatchesSchema(value, name);
  assert.deepEqual([...new Set(examples.map(({ name }) => name))].sort(), [...schemaNames]);
});

Deno.test("docs: every schema is in docs/json.md", () => {
  const files = [...Deno.readDirSync(`${repository}/docs/schemas`)].map(({ name }) => name).sort();
  assert.deepEqual(files, schemaNames.map((name) => `${name}.schema.json`));
  for (const file of files) assert.ok(page.includes(`(schemas/${file})`), file);
});

Deno.test("docs: the schemas refuse unknown and missing keys at every level", () => {
  for (const { name, value } of examples) {
    for (const changed of [...withExtraKey(value), ...withoutKey(value, "result", "name", "at")]) {
      assert.throws(() => assertMatchesSchema(changed, name), /schema\.json:\n/);
    }
  }
});

/** Copies of the value, each with one more key in one of its objects. */
function withExtraKey(value: unknown): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, child]) =>
    withExtraKey(child).map((changed) => replaced(value, key, changed))
  );
  return Array.isArray(value) ? inside : [{ ...value, unknownKey: 1 }, ...inside];
}

/** Copies of the value, each without one of these keys in one of its objects. */
function withoutKey(value: unknown, ...keys: string[]): unknown[] {
  if (typeof value !== "object" || value === null) return [];
  const inside = Object.entries(value).flatMap(([key, child]) =>
    withoutKey(child, ...keys).map((changed) => replaced(value, key, changed))
  );
  const own = Array.isArray(value) ? [] : keys.filter((key) => key in value);
  return [
    ...own.map((name) => Object.fromEntries(Object.entries(value).filter(([key]) => key !== name))),
    ...inside,
  ];
}

function replaced(value: object, key: string, child: unknown): unknown {
  return Array.isArray(value)
    ? value.map((item, index) => `${index}` === key ? child : item)
    : { ...value, [key]: child };
}
