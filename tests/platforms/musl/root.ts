/** A root file system without glibc and without a shell: static nginx and CPython on musl, and gunicorn. */

import { unpackPackage } from "../../../scripts/debian.ts";
import { sha256 } from "../../../scripts/build/denort.ts";
import { exists } from "../../support/image.ts";
import { repository } from "../../support/paths.ts";
import { buildServers } from "./build.ts";

/** gunicorn and what it needs; they have no compiled part. */
const PACKAGES = ["gunicorn", "python3-gunicorn", "python3-packaging"];
const DEBIAN_PACKAGES = "usr/lib/python3/dist-packages";
const SITE_PACKAGES = "usr/lib/python3.13/site-packages";

/** In place of Python's own, which needs OpenSSL. gunicorn imports it even if it serves no TLS. */
const SSL = `class SSLError(OSError):
    pass


PROTOCOL_SSLv23 = 2
SSL_ERROR_EOF = 8
CERT_NONE, CERT_OPTIONAL, CERT_REQUIRED = range(3)
`;

const ACCOUNTS = {
  passwd: "root:x:0:0::/:/none\nnobody:x:65534:65534::/:/none\n",
  group: "root:x:0:\nnobody:x:65534:\nnogroup:x:65534:\n",
};

/** Where something is mounted for a run. */
const MOUNT_POINTS = ["proc", "dev", "tmp", "run", "var/log/nginx", "var/lib/nginx", "opt/program"];

/** @returns its path in .cache, where it stays; a change of these files makes it again */
export async function prepareMuslRoot(): Promise<string> {
  const recipe = ["build.ts", "root.ts"]
    .map((name) => Deno.readTextFileSync(`${import.meta.dirname}/${name}`)).join("");
  const key = (await sha256(new TextEncoder().encode(recipe))).slice(0, 12);
  const parent = `${repository}/.cache/roots`;
  const path = `${parent}/musl-${key}`;
  if (exists(path)) return path;
  await Deno.mkdir(parent, { recursive: true });
  const work = await Deno.makeTempDir({ dir: parent, prefix: "musl-build-" });
  try {
    const root = `${work}/root`;
    await Deno.mkdir(root);
    await Deno.chmod(root, 0o755);
    await buildServers(work, root);
    await addGunicorn(work, root);
    for (const folder of [...MOUNT_POINTS, "usr/local/bin"]) {
      await Deno.mkdir(`${root}/${folder}`, { recursive: true });
    }
    for (const [name, text] of Object.entries(ACCOUNTS)) {
      await Deno.writeTextFile(`${root}/etc/${name}`, text);
    }
    // What the executable is mounted on.
    await Deno.writeTextFile(`${root}/usr/local/bin/tandem`, "");
    await Deno.rename(root, path);
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return path;
}

async function addGunicorn(work: string, root: string): Promise<void> {
  const folder = `${work}/packages`;
  await Deno.mkdir(folder);
  for (const name of PACKAGES) await unpackPackage(name, "amd64", folder);
  for (const { name } of Deno.readDirSync(`${folder}/${DEBIAN_PACKAGES}`)) {
    await Deno.rename(`${folder}/${DEBIAN_PACKAGES}/${name}`, `${root}/${SITE_PACKAGES}/${name}`);
  }
  await Deno.rename(`${folder}/usr/bin/gunicorn`, `${root}/usr/bin/gunicorn`);
  await Deno.writeTextFile(`${root}/${SITE_PACKAGES}/../ssl.py`, SSL);
}
