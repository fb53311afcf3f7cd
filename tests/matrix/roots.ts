/** Root file systems of Debian suites: for the matrix, with the nginx, gunicorn and worker classes that a suite has. */

// deno-lint-ignore-file no-console -- a script prints
import { findMirror } from "../../scripts/debian.ts";
import { isRoot } from "../support/machine/needs.ts";
import { exists } from "../support/image.ts";
import { repository } from "../support/paths.ts";

export const SUITES = ["bullseye", "bookworm", "trixie", "forky"] as const;
export type Suite = (typeof SUITES)[number];

export type PreparedRoot = { kind: "ready"; path: string } | { kind: "ignored"; reason: string };

const folder = `${repository}/.cache/roots`;

/** In each root: the recipe by which it was made. A root of another recipe is made again. */
const RECIPE = "/etc/tandem-recipe";

const PACKAGES = [
  ...["nginx-light", "gunicorn", "python3-gevent", "python3-tornado", "python3-uvicorn"],
  ...["python3-eventlet"],
];
/** What a suite no longer has. */
const ABSENT: Partial<Record<Suite, readonly string[]>> = { forky: ["python3-eventlet"] };

/** What uvicorn's worker class needs in a suite. */
const MORE: Partial<Record<Suite, readonly string[]>> = {
  bullseye: ["python3-httptools", "python3-uvloop"],
};

/** What apt says when it reaches no mirror. */
const UNREACHABLE =
  /^(E: Failed to fetch|E: Unable to|W: Failed to fetch).*(resolv|connect|timed? ?out|reachable|Connection|Proxy)/im;

/** The root of the matrix, with all worker classes that the suite has. */
export function prepareRoot(suite: Suite): Promise<PreparedRoot> {
  const packages = [...PACKAGES, ...MORE[suite] ?? []]
    .filter((name) => !ABSENT[suite]?.includes(name));
  return prepareRootWith(suite, suite, packages);
}

/**
 * Makes a root unless `.cache/roots` has it; that takes half a minute and 200 MB.
 * @param name of its folder in `.cache/roots`
 * @throws {Error} if the archive is reached, but the root cannot be made
 */
export async function prepareRootWith(
  name: string,
  suite: Suite,
  packageNames: readonly string[],
): Promise<PreparedRoot> {
  if (!isRoot) return { kind: "ignored", reason: "needs root" };
  const path = `${folder}/${name}`;
  const packages = packageNames.join(",");
  await Deno.mkdir(folder, { recursive: true });
  // Held until this process exits at the latest; a second run waits and then finds the root.
  using lock = await Deno.open(`${folder}/${name}.lock`, { create: true, write: true });
  await lock.lock(true);
  if (readRecipe(path) === packages) return { kind: "ready", path };

  const mirror = await findMirror().catch((error: Error) => error);
  if (mirror instanceof Error) {
    return { kind: "ignored", reason: `cannot reach Debian's archive: ${mirror.message}` };
  }
  const made = `${path}.new`;
  for (const old of [made, path]) {
    if (exists(old)) await Deno.remove(old, { recursive: true });
  }
  const { code, errors } = await debootstrap(suite, made, packages, mirror);
  if (code !== 0) {
    const unreachable = UNREACHABLE.exec(errors)?.[0];
    if (unreachable) {
      return { kind: "ignored", reason: `cannot reach Debian's archive: ${unreachable}` };
    }
    throw new Error(`mmdebstrap cannot make ${made}:\n${errors}`);
  }
  await Deno.writeTextFile(`${made}${RECIPE}`, packages);
  await Deno.rename(made, path);
  return { kind: "ready", path };
}

function readRecipe(root: string): string | undefined {
  try {
    return Deno.readTextFileSync(root + RECIPE);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** @returns its exit status and what it printed */
async function debootstrap(
  suite: Suite,
  made: string,
  packages: string,
  mirror: string,
): Promise<{ code: number; errors: string }> {
  const begin = performance.now();
  const say = (text: string) => {
    const seconds = Math.round((performance.now() - begin) / 1000);
    console.error(`roots: ${suite}, ${seconds} s: ${text}`);
  };
  say(`making ${made} from ${mirror}`);
  const child = new Deno.Command("setpriv", {
    args: [
      // If this process is killed, all of mmdebstrap's processes are, so that none writes into the next attempt.
      ...["--pdeathsig", "KILL", "unshare", "--pid", "--fork", "--mount-proc", "--kill-child"],
      ...["mmdebstrap", "--variant=minbase", `--include=${packages}`],
      // The index of a suite that has been frozen is older than it says.
      `--aptopt=Acquire::Check-Valid-Until "false"`,
      ...[`--aptopt=Acquire::http::Timeout "20"`, `--aptopt=Acquire::Retries "2"`],
      ...[suite, made, `deb ${mirror} ${suite} main`],
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const lines: string[] = [];
  const ticker = setInterval(() => say(lines.at(-1)?.slice(0, 80) ?? "…"), 5000);
  try {
    for await (const text of child.stderr.pipeThrough(new TextDecoderStream())) {
      lines.push(...text.split(/[\r\n]+/).filter((line) => /^([IWE]: |\s+\S)/.test(line)));
    }
    const { code } = await child.status;
    say(code === 0 ? "made" : `failed with ${code}`);
    return { code, errors: lines.join("\n") };
  } finally {
    clearInterval(ticker);
  }
}
