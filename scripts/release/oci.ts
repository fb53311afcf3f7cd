/** An image of the executable alone, for both machines, as an archive of an OCI image layout: for `COPY --from=`. */

import { sha256 } from "../build/denort.ts";
import { isoTime } from "../git.ts";
import { type Bytes, bytesOf, type Entry, programEntry, textEntry } from "./entries.ts";
import { type Arch, ARCHES, type Artefact, type Release, slimProgram } from "./release.ts";
import { gzip, tar } from "./tar.ts";

const TYPE = "application/vnd.oci.image";

/** As Go names the machines. */
const architectures: Record<Arch, string> = { x86_64: "amd64", aarch64: "arm64" };

interface Blob {
  entry: Entry;
  descriptor: { mediaType: string; digest: string; size: number };
}

export async function ociImage(release: Release): Promise<Artefact[]> {
  const images = await Promise.all(ARCHES.map((arch) => image(release, arch)));
  const index = await jsonBlob(`${TYPE}.index.v1+json`, {
    schemaVersion: 2,
    mediaType: `${TYPE}.index.v1+json`,
    manifests: images.map(({ manifest, arch }) => ({
      ...manifest.descriptor,
      platform: { architecture: architectures[arch], os: "linux" },
    })),
    annotations: annotations(release),
  });
  const layout = {
    schemaVersion: 2,
    manifests: [{
      ...index.descriptor,
      annotations: { "org.opencontainers.image.ref.name": release.version },
    }],
  };
  const entries = [
    textEntry("oci-layout", JSON.stringify({ imageLayoutVersion: "1.0.0" })),
    textEntry("index.json", JSON.stringify(layout)),
    ...[index, ...images.flatMap(({ blobs }) => blobs)].map(({ entry }) => entry),
  ];
  return [{ name: `tandem-${release.version}-oci.tar`, data: tar(entries, release.time) }];
}

async function image(release: Release, arch: Arch) {
  const { data, notices } = slimProgram(release, arch);
  const { documents, time } = release;
  const files = tar([
    programEntry("tandem", data),
    textEntry("licenses/LICENSE", documents.license),
    textEntry("licenses/THIRD-PARTY-NOTICES.txt", notices),
  ], time);
  const layer = await blob(`${TYPE}.layer.v1.tar+gzip`, gzip(files));
  const created = isoTime(time);
  const config = await jsonBlob(`${TYPE}.config.v1+json`, {
    created,
    architecture: architectures[arch],
    os: "linux",
    config: { Entrypoint: ["/tandem"], Labels: annotations(release) },
    rootfs: { type: "layers", diff_ids: [`sha256:${await sha256(files)}`] },
    history: [{ created, created_by: "tandem" }],
  });
  const manifest = await jsonBlob(`${TYPE}.manifest.v1+json`, {
    schemaVersion: 2,
    mediaType: `${TYPE}.manifest.v1+json`,
    config: config.descriptor,
    layers: [layer.descriptor],
    annotations: annotations(release),
  });
  return { arch, manifest, blobs: [manifest, config, layer] };
}

function annotations({ version, commit, time }: Release): Record<string, string> {
  return {
    "org.opencontainers.image.title": "tandem",
    "org.opencontainers.image.description": "Runs nginx and gunicorn as one",
    "org.opencontainers.image.licenses": "MIT",
    "org.opencontainers.image.version": version,
    "org.opencontainers.image.created": isoTime(time),
    "org.opencontainers.image.revision": commit.hash,
  };
}

function jsonBlob(mediaType: string, value: unknown): Promise<Blob> {
  return blob(mediaType, bytesOf(JSON.stringify(value)));
}

async function blob(mediaType: string, data: Bytes): Promise<Blob> {
  const digest = await sha256(data);
  return {
    entry: { path: `blobs/sha256/${digest}`, mode: 0o644, data },
    descriptor: { mediaType, digest: `sha256:${digest}`, size: data.length },
  };
}
