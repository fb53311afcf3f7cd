/** A software bill of materials for one executable, in the format of CycloneDX 1.6. */

import { sha256 } from "../build/denort.ts";
import { isoTime } from "../git.ts";
import type { Component, Tool } from "./components.ts";
import type { Program, Release } from "./release.ts";

export async function sbomOf(
  { edition, arch, name, data }: Pick<Program, "edition" | "arch" | "name" | "data">,
  components: readonly Component[],
  tools: readonly Tool[],
  { version, commit, time }: Pick<Release, "version" | "commit" | "time">,
): Promise<string> {
  const digest = await sha256(data);
  const reference = `pkg:generic/tandem@${version}?arch=${arch}&edition=${edition}`;
  const bom = {
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json",
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    serialNumber: `urn:uuid:${uuidFrom(digest)}`,
    version: 1,
    metadata: {
      timestamp: isoTime(time),
      lifecycles: [{ phase: "build" }],
      tools: { components: tools.map((tool) => ({ type: "application", ...tool })) },
      component: {
        type: "application",
        "bom-ref": reference,
        name: "tandem",
        version,
        purl: reference,
        licenses: [{ license: { id: "MIT" } }],
        hashes: [{ alg: "SHA-256", content: digest }],
        properties: [
          { name: "tandem:file", value: name },
          { name: "tandem:commit", value: commit.hash },
        ],
      },
    },
    components: components.map(entryOf),
    dependencies: [
      { ref: reference, dependsOn: components.map(({ purl }) => purl) },
      ...components.map(({ purl }) => ({ ref: purl })),
    ],
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

function entryOf({ name, version, purl, license, hash }: Component) {
  const [, group, base = name] = /^(@[^/]+)\/(.+)$/.exec(name) ?? [];
  return {
    type: "library",
    "bom-ref": purl,
    ...group && { group },
    name: base,
    version,
    purl,
    licenses: [/ /.test(license) ? { expression: license } : { license: { id: license } }],
    ...hash && { hashes: [{ alg: hash.algorithm, content: hash.digest }] },
  };
}

/** The same for the same executable, in the form of a random UUID (version 4), which validators expect. */
function uuidFrom(digest: string): string {
  const hex = `${digest.slice(0, 12)}4${digest.slice(13, 16)}8${digest.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
