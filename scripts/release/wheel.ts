/** The Python wheels: the executable itself as a script, so that no Python starts before it. */

import { join } from "node:path";
import { sha256 } from "../build/denort.ts";
import { root } from "../imports.ts";
import { below, type Entry, programEntry, textEntry } from "./entries.ts";
import {
  type Arch,
  ARCHES,
  type Artefact,
  completionEntries,
  type Release,
  slimProgram,
} from "./release.ts";
import { zip } from "./zip.ts";

const DISTRIBUTION = "tandem_serve";
const modules = ["__init__.py", "__main__.py", "_find_tandem.py"];

/** A static executable needs no libc, so one wheel fits the glibc and the musl images. */
function tagOf(arch: Arch): string {
  return `py3-none-manylinux_2_17_${arch}.manylinux2014_${arch}.musllinux_1_1_${arch}`;
}

export async function wheels(release: Release): Promise<Artefact[]> {
  return await Promise.all(ARCHES.map((arch) => wheel(release, arch)));
}

async function wheel(release: Release, arch: Arch): Promise<Artefact> {
  const { version, documents, time } = release;
  const { data, sbom, notices } = slimProgram(release, arch);
  const stem = `${DISTRIBUTION}-${version}`;
  const info = `${stem}.dist-info`;
  const entries = [
    ...await Promise.all(modules.map(moduleEntry)),
    programEntry(`${stem}.data/scripts/tandem`, data),
    textEntry(`${stem}.data/data/share/man/man1/tandem.1`, documents.manPage),
    ...below(`${stem}.data/data/share`, completionEntries(documents.completions)),
    textEntry(`${info}/METADATA`, metadata(release)),
    textEntry(`${info}/WHEEL`, wheelFile(arch)),
    textEntry(`${info}/licenses/LICENSE`, documents.license),
    textEntry(`${info}/licenses/THIRD-PARTY-NOTICES.txt`, notices),
    textEntry(`${info}/sboms/tandem.cdx.json`, sbom),
  ];
  const record = textEntry(`${info}/RECORD`, await recordOf(entries, `${info}/RECORD`));
  return { name: `${stem}-${tagOf(arch)}.whl`, data: zip([...entries, record], time) };
}

async function moduleEntry(name: string): Promise<Entry> {
  const text = await Deno.readTextFile(join(root, "scripts", "release", "wheel", name));
  return textEntry(`${DISTRIBUTION}/${name}`, text);
}

function metadata({ version, documents }: Release): string {
  return [
    "Metadata-Version: 2.4",
    "Name: tandem-serve",
    `Version: ${version}`,
    "Summary: Runs nginx and gunicorn as one: the entrypoint of model-serving images",
    "Keywords: nginx,gunicorn,sagemaker,docker,entrypoint,supervisor",
    "Author: The tandem authors",
    "License-Expression: MIT",
    "License-File: LICENSE",
    "License-File: THIRD-PARTY-NOTICES.txt",
    "Classifier: Environment :: Console",
    "Classifier: Operating System :: POSIX :: Linux",
    "Classifier: Topic :: Internet :: WWW/HTTP :: WSGI :: Server",
    "Requires-Python: >=3.8",
    "Description-Content-Type: text/markdown",
    "",
    documents.readme,
  ].join("\n");
}

function wheelFile(arch: Arch): string {
  const [python, abi, platforms = ""] = tagOf(arch).split("-");
  return [
    "Wheel-Version: 1.0",
    "Generator: tandem",
    "Root-Is-Purelib: false",
    ...platforms.split(".").map((platform) => `Tag: ${python}-${abi}-${platform}`),
    "",
  ].join("\n");
}

/** Name, SHA-256 and size of each file; of itself only the name. */
async function recordOf(entries: readonly Entry[], self: string): Promise<string> {
  const lines = await Promise.all(entries.map(async ({ path, data }) => {
    const digest = Uint8Array.fromHex(await sha256(data));
    const hash = digest.toBase64({ alphabet: "base64url", omitPadding: true });
    return `${path},sha256=${hash},${data.length}\n`;
  }));
  return `${lines.join("")}${self},,\n`;
}
