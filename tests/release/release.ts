// Makes a release and uses each of its files as its users do, without a network.
//
//   deno task test:release           all of it: 80 s on two quiet cores
//   deno task test:release --quick   half a minute: without the Deno edition, Debian and image, arm64, and compiling QuickJS again
// deno-lint-ignore-file no-console -- a script prints

import { parseArgs } from "node:util";
import { repository } from "../support/paths.ts";

const EX_USAGE = 64;
const QUICK = ["inventory", "python", "npm", "reproducible"];
const SLOW = ["arm64", "image", "debian", "source"];

function isQuick(): boolean {
  try {
    const options = { quick: { type: "boolean", default: false } } as const;
    return parseArgs({ args: Deno.args, options }).values.quick;
  } catch (error) {
    console.error(`test:release: ${(error as Error).message}; usage: test:release [--quick]`);
    Deno.exit(EX_USAGE);
  }
}

async function run(program: string, args: string[]): Promise<void> {
  const child = new Deno.Command(program, { args, cwd: repository, stdin: "null" }).spawn();
  const { code } = await child.status;
  if (code !== 0) Deno.exit(code);
}

const quick = isQuick();
// The gate has installed what the short form needs.
if (!quick) await run("scripts/setup.sh", ["release"]);
await run(Deno.execPath(), ["task", "release", ...quick ? ["--without-deno"] : []]);
const files = [...QUICK, ...quick ? [] : SLOW].map((name) => `tests/release/${name}.ts`);
await run(Deno.execPath(), [
  "test",
  "-A",
  "--parallel",
  ...files,
  ...quick ? ["--", "--quick"] : [],
]);
