/** SHA256SUMS, and where the artefacts come from: an in-toto statement with SLSA's provenance, ready to be signed. */

import { sha256 } from "../build/denort.ts";
import { bytesOf } from "./entries.ts";
import type { Artefact, Release } from "./release.ts";

/** RELEASING.md describes it. */
const BUILD_TYPE = "urn:tandem-serve:release:v1";

export async function checksums(
  _release: Release,
  artefacts: readonly Artefact[],
): Promise<Artefact[]> {
  const lines = await Promise.all(
    artefacts.map(async ({ name, data }) => `${await sha256(data)}  ${name}\n`),
  );
  return [{ name: "SHA256SUMS", data: bytesOf(lines.sort(byName).join("")) }];
}

function byName(a: string, b: string): number {
  return a.slice(66) < b.slice(66) ? -1 : 1;
}

export async function provenance(
  release: Release,
  artefacts: readonly Artefact[],
): Promise<Artefact[]> {
  const { version, commit, time } = release;
  const { repository, builder, invocation } = findBuilder();
  const source = { uri: `git+${repository}`, digest: { gitCommit: commit.hash } };
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: await Promise.all(
      artefacts.map(async ({ name, data }) => ({ name, digest: { sha256: await sha256(data) } })),
    ),
    predicateType: "https://slsa.dev/provenance/v1",
    predicate: {
      buildDefinition: {
        buildType: BUILD_TYPE,
        externalParameters: { source: source.uri, version },
        internalParameters: { SOURCE_DATE_EPOCH: `${time}` },
        resolvedDependencies: [source, ...dependencies(release)],
      },
      runDetails: {
        builder: { id: builder },
        ...invocation && { metadata: { invocationId: invocation } },
      },
    },
  };
  const text = `${JSON.stringify(statement, undefined, 2)}\n`;
  return [{ name: `tandem-${version}.intoto.json`, data: bytesOf(text) }];
}

/** What the executables are made of, each once. */
function dependencies({ programs }: Release) {
  const components = programs.flatMap(({ components }) => components);
  const byPurl = new Map(components.map((component) => [component.purl, component]));
  return [...byPurl.values()].map(({ purl, hash }) => ({
    uri: purl,
    ...hash && { digest: { [hash.algorithm.replace("-", "").toLowerCase()]: hash.digest } },
  }));
}

/** GitHub's runner says where it runs; elsewhere the statement names no repository that anybody could check. */
function findBuilder() {
  const { GITHUB_SERVER_URL, GITHUB_REPOSITORY, GITHUB_WORKFLOW_REF, GITHUB_RUN_ID } = Deno.env
    .toObject();
  if (!GITHUB_REPOSITORY) {
    return { repository: "urn:tandem-serve:source", builder: "urn:tandem-serve:builder:local" };
  }
  const repository = `${GITHUB_SERVER_URL}/${GITHUB_REPOSITORY}`;
  return {
    repository,
    builder: `${GITHUB_SERVER_URL}/${GITHUB_WORKFLOW_REF}`,
    invocation: `${repository}/actions/runs/${GITHUB_RUN_ID}`,
  };
}
