/** Reads the manifests in deploy/. */

import { parseAllDocuments } from "yaml";
import { repository } from "../paths.ts";

// deno-lint-ignore no-explicit-any -- validated against its schema by the tests, not by a type
export type Manifest = any;

/** CloudFormation's short forms, as the long ones: `!Ref A` is `{ Ref: "A" }`. */
const customTags = ["Ref", "GetAtt", "Sub"].map((name) => ({
  tag: `!${name}`,
  resolve: (text: string) => ({ [name === "Ref" ? name : `Fn::${name}`]: text }),
}));

/** @param path below deploy/. @throws {Error} if it is not YAML, or has a key twice */
export function readManifests(path: string): Manifest[] {
  const text = Deno.readTextFileSync(`${repository}/deploy/${path}`);
  return [...parseAllDocuments(text, { customTags })].map((document) => {
    const [problem] = [...document.errors, ...document.warnings];
    if (problem) throw new Error(`${path}: ${problem.message}`);
    return document.toJS();
  });
}

/** @throws {Error} if the file has not exactly one document */
export function readManifest(path: string): Manifest {
  const [manifest, ...more] = readManifests(path);
  if (manifest === undefined || more.length > 0) throw new Error(`${path}: not one document`);
  return manifest;
}
