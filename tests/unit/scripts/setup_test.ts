/** What scripts/setup.sh installs for each kind of task, seen where nothing is on PATH, apt-get least of all. */

import { match, strictEqual } from "node:assert";
import { root } from "../../../scripts/imports.ts";

async function setup(...args: string[]): Promise<{ code: number; stderr: string }> {
  const command = new Deno.Command("/bin/sh", {
    args: [`${root}scripts/setup.sh`, ...args],
    env: { PATH: "/nonexistent" },
    stdin: "null",
  });
  const { code, stderr } = await command.output();
  return { code, stderr: new TextDecoder().decode(stderr) };
}

const kinds: Record<string, { installs: string[]; leaves: string[] }> = {
  run: { installs: ["gunicorn"], leaves: ["gcc", "tmux"] },
  slim: { installs: ["musl-tools", "gcc", "xz-utils"], leaves: ["gcc-aarch64-linux-gnu", "tmux"] },
  arm64: { installs: ["gcc-aarch64-linux-gnu", "gcc"], leaves: ["musl-tools", "qemu-user-static"] },
  sanitize: { installs: ["gcc"], leaves: ["musl-tools", "gcc-aarch64-linux-gnu"] },
  fuzz: { installs: ["clang", "xz-utils"], leaves: ["musl-tools", "tmux"] },
  check: { installs: ["clang-format", "shellcheck", "pyflakes3"], leaves: ["gcc", "gunicorn"] },
  bench: { installs: ["gunicorn", "runit", "monit", "uvicorn"], leaves: ["musl-tools", "tmux"] },
  test: {
    installs: ["gunicorn", "musl-tools", "shellcheck", "tmux"],
    leaves: ["runit", "uvicorn"],
  },
};

/** setup.sh adds /usr/sbin to PATH; where that is /usr/bin, it finds what it should miss. */
const ignore = Deno.realPathSync("/usr/sbin") === Deno.realPathSync("/usr/bin");

for (const [kind, { installs, leaves }] of Object.entries(kinds)) {
  const name = `setup ${kind}: without apt-get it names what is missing, and only that`;
  Deno.test({ name, ignore }, async () => {
    const { code, stderr } = await setup(kind);
    strictEqual(code, 69);
    match(stderr, /^setup: packages are missing, and there is no apt-get: [^\n]+\n$/);
    const missing = stderr.trim().split(" ");
    for (const name of installs) strictEqual(missing.includes(name), true, `without ${name}`);
    for (const name of leaves) strictEqual(missing.includes(name), false, `with ${name}`);
  });
}

Deno.test("setup: an unknown kind is refused before anything is installed", async () => {
  const { code, stderr } = await setup("slim", "everything");
  strictEqual(code, 64);
  match(stderr, /^setup: unknown argument 'everything': use test, run, [^\n]+\n$/);
});
