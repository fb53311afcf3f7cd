/** What describes the files: SHA256SUMS, the bills of materials, the provenance, the notices. */

import assert from "node:assert/strict";
import { Ajv } from "ajv";
import { bareProgram, releaseFolder, succeed, version } from "./release_folder.ts";
import { repository } from "../support/paths.ts";

const names = [...Deno.readDirSync(releaseFolder)].map(({ name }) => name).sort();
const DESCRIBING = ["SHA256SUMS", `tandem-${version}.intoto.json`];

function readJson(name: string) {
  return JSON.parse(Deno.readTextFileSync(`${releaseFolder}/${name}`));
}

Deno.test("checksums: sha256sum -c accepts every file, and every file is listed", async () => {
  const said = await succeed(["sha256sum", "-c", "SHA256SUMS"], { cwd: releaseFolder });
  const listed = said.trimEnd().split("\n").map((line) => line.replace(/: OK$/, ""));
  assert.deepEqual(listed.sort(), names.filter((name) => name !== "SHA256SUMS"));
});

Deno.test("provenance: a statement about every other file", () => {
  const { _type, subject, predicateType, predicate } = readJson(`tandem-${version}.intoto.json`);
  assert.equal(_type, "https://in-toto.io/Statement/v1");
  assert.equal(predicateType, "https://slsa.dev/provenance/v1");
  const lines = subject.map(({ name, digest }: { name: string; digest: { sha256: string } }) =>
    `${digest.sha256}  ${name}`
  );
  const sums = Deno.readTextFileSync(`${releaseFolder}/SHA256SUMS`).trimEnd().split("\n");
  assert.deepEqual(lines.sort(), sums.filter((line) => !line.endsWith(DESCRIBING[1]!)).sort());
  const { buildDefinition, runDetails } = predicate;
  assert.ok(new URL(buildDefinition.buildType) && new URL(runDetails.builder.id));
  const [source, ...dependencies] = buildDefinition.resolvedDependencies;
  assert.match(source.digest.gitCommit, /^[0-9a-f]{40}$/);
  const uris = dependencies.map(({ uri }: { uri: string }) => uri).join(" ");
  assert.match(uris, /pkg:generic\/quickjs@.*pkg:deb\/debian\/musl-dev@/);
});

/** @returns a function from a bill to its errors by the schemas that CycloneDX's library carries */
function cycloneDx() {
  const ajv = new Ajv({ strict: false, allErrors: true });
  for (const format of ["iri-reference", "idn-email", "email"]) ajv.addFormat(format, true);
  ajv.addFormat("date-time", (text) => !Number.isNaN(Date.parse(text)));
  const folder = new URL(
    "./res/schema/",
    import.meta.resolve("@cyclonedx/cyclonedx-library/package.json"),
  );
  const schema = (name: string) =>
    JSON.parse(Deno.readTextFileSync(new URL(`${name}.SNAPSHOT.schema.json`, folder)));
  for (const name of ["spdx", "jsf-0.82", "cryptography-defs"]) {
    // By the name under which bom-1.6 refers to it, which is not its $id.
    ajv.addSchema(schema(name), `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`);
  }
  const validate = ajv.compile(schema("bom-1.6"));
  return (bom: unknown) => validate(bom) ? [] : validate.errors!;
}

const boms = names.filter((name) => name.endsWith(".cdx.json"));

Deno.test("SBOM: each executable has one, by the schema of CycloneDX 1.6", async () => {
  const errorsOf = cycloneDx();
  assert.ok(boms.length >= 2);
  for (const name of boms) {
    const bom = readJson(name);
    assert.deepEqual(errorsOf(bom), [], name);
    assert.notDeepEqual(errorsOf({ ...bom, components: [{ type: "library" }] }), []);
    const slim = !name.includes("-deno.");
    const parts = bom.components.map(({ name }: { name: string }) => name);
    for (const part of slim ? ["quickjs", "musl", "libgcc", "parseargs"] : ["denort"]) {
      assert.ok(parts.includes(part), `${part} in ${name}`);
    }
    for (const part of ["loglevel", "valibot"]) assert.ok(parts.includes(part), part);
    const tools = bom.metadata.tools.components.map(({ name }: { name: string }) => name);
    assert.deepEqual(tools, slim ? ["esbuild", "deno", "gcc", "binutils"] : ["esbuild", "deno"]);
    if (slim) {
      const file = name.replace(".cdx.json", "");
      const [digest] = (await succeed(["sha256sum", `${releaseFolder}/${file}`])).split(" ");
      assert.equal(bom.metadata.component.hashes[0].content, digest);
    }
  }
});

Deno.test("archives: executable, man page, completions, licences, notices of all that the SBOM lists", async () => {
  for (const bom of boms) {
    const stem = bom.replace(".cdx.json", "");
    const tar = (...args: string[]) =>
      succeed(["tar", "-xzOf", `${releaseFolder}/${stem}.tar.gz`, ...args]);
    const listed = await succeed(["tar", "-tzf", `${releaseFolder}/${stem}.tar.gz`]);
    for (
      const path of ["tandem", "README.md", "LICENSE", "share/man/man1/tandem.1"].concat([
        "share/bash-completion/completions/tandem",
        "share/zsh/vendor-completions/_tandem",
        "share/fish/vendor_completions.d/tandem.fish",
      ])
    ) assert.ok(listed.includes(`${stem}/${path}\n`), `${path} in ${stem}`);
    const notices = await tar(`${stem}/THIRD-PARTY-NOTICES.txt`);
    for (const { name, group, version } of readJson(bom).components) {
      assert.ok(notices.includes(`${group ? `${group}/` : ""}${name} ${version} (`), name);
    }
    assert.equal(
      await tar(`${stem}/sbom.cdx.json`),
      Deno.readTextFileSync(`${releaseFolder}/${bom}`),
    );
  }
});

Deno.test("executables: no path of the machine that built them is inside", async () => {
  for (const arch of ["x86_64", "aarch64"] as const) {
    const lines = (await succeed(["strings", bareProgram(arch)])).split("\n");
    assert.ok(lines.includes("quickjs.c"), "assert() names its file");
    assert.deepEqual(lines.filter((line) => line.includes(repository)), []);
  }
});
