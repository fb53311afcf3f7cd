/** Validates JSON against the schemas in docs/schemas/. */

import assert from "node:assert/strict";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import { repository } from "./paths.ts";

export const schemaNames = ["check", "config", "health", "plan", "status", "version"] as const;
export type SchemaName = typeof schemaNames[number];

/** By default ajv refuses schemas with unknown keywords: a misspelled one would check nothing. */
const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true, strictTypes: true });
const validators = new Map<SchemaName, ValidateFunction>();

export function assertMatchesSchema(value: unknown, name: SchemaName): void {
  const validate = validators.get(name) ?? compile(name);
  validators.set(name, validate);
  const isValid = validate(value);
  const errors = (validate.errors ?? []).map(({ instancePath, message, params }) =>
    `${instancePath || "/"} ${message} ${JSON.stringify(params)}`
  );
  assert.ok(isValid, `${name}.schema.json:\n${errors.join("\n")}\n${JSON.stringify(value)}`);
}

function compile(name: SchemaName): ValidateFunction {
  const path = `${repository}/docs/schemas/${name}.schema.json`;
  return ajv.compile(JSON.parse(Deno.readTextFileSync(path)));
}
