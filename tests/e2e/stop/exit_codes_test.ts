/**
 * Every exit code and every deadly signal of either child becomes tandem's status. TANDEM_ALL_STATUSES=1 runs each in
 * both modes; otherwise each is run in one, and of the exit codes every fourth.
 */

import assert from "node:assert/strict";
import { type Edition, editions } from "../../support/editions.ts";
import { type Harness, onHarness } from "../../support/harness.ts";
import type { Launcher, Mode } from "../../support/launcher.ts";
import { isRoot } from "../../support/machine/needs.ts";
import { fixtures } from "../../support/paths.ts";
import { pool } from "../../support/pool.ts";

type ChildName = "nginx" | "gunicorn";

const isSlowForm = Deno.env.get("TANDEM_ALL_STATUSES") === "1";
const WIDTH = 4;
const EXIT_MS = 20_000;

const codes = Array.from({ length: 256 }, (_, code) => code);
/** Ignored by default, or stops or continues a process. */
const HARMLESS = [17, 18, 19, 20, 21, 22, 23, 28];
/** Those of libc: glibc's posix_spawn leaves them ignored, as it does in every process of this test. */
const RESERVED = [32, 33];
const signals = Array.from({ length: 64 }, (_, index) => index + 1)
  .filter((number) => ![...HARMLESS, ...RESERVED].includes(number));

for (const edition of editions) {
  test(
    "each exit code of gunicorn",
    edition,
    isSlowForm ? codes : everyNth(codes, 4),
    (harness, code) => {
      return assertStatus(harness, "gunicorn", `exit ${code}`, code || 1);
    },
  );
  test("each deadly signal to gunicorn", edition, signals, (harness, number) => {
    return assertStatus(harness, "gunicorn", `kill -${number}`, 128 + number);
  });
  // Each start costs 75 ms of CPU; nginx starts once an app has answered, which takes longer.
  test(
    "each exit code of nginx",
    edition,
    isSlowForm ? codes : everyNth(codes, 16),
    (harness, code) => {
      return assertStatus(harness, "nginx", `exit ${code}`, code || 1);
    },
  );
  test(
    "each deadly signal to nginx",
    edition,
    isSlowForm ? signals : everyNth(signals, 4),
    (harness, number) => {
      return assertStatus(harness, "nginx", `kill -${number}`, 128 + number);
    },
  );
}

/** Runs the action for each item, in PID 1 and ordinary mode by turns or, in the slow form, in both. */
function test(
  what: string,
  edition: Edition,
  items: readonly number[],
  action: (harness: Harness, item: number) => Promise<void>,
): void {
  Deno.test(`${what} becomes tandem's status (${edition.name})`, async () => {
    const modes: Mode[] = isRoot ? ["ordinary process", "PID 1"] : ["ordinary process"];
    const runs = items.flatMap((item, index) =>
      (isSlowForm ? modes : [modes[index % modes.length]!]).map((mode) => ({ item, mode }))
    );
    const failures: string[] = [];
    await pool(WIDTH, runs, async ({ item, mode }) => {
      const run = onHarness(edition, mode, (harness) => action(harness, item));
      await run.catch((error: Error) => failures.push(`${item}: ${error.message}`));
    });
    assert.deepEqual(failures, []);
  });
}

async function assertStatus(
  harness: Harness,
  child: ChildName,
  end: string,
  status: number,
): Promise<void> {
  const gunicorn = child === "gunicorn" ? "ending" : "quick_gunicorn";
  const launcher = await harness.start({
    args: [
      ...["--gunicorn", `${fixtures}/${gunicorn}`],
      ...child === "nginx" ? ["--nginx", `${fixtures}/ending`] : [],
    ],
    env: { END: end },
  });
  const { code } = await launcher.exit(EXIT_MS);
  assert.equal(code, status, `${child}: ${end}`);
  assertSaid(launcher, child, status);
}

function assertSaid({ stderr }: Launcher, child: ChildName, status: number): void {
  const last = stderr.lines.findLast((line) => /^tandem: stopped: /.test(line)) ?? "";
  assert.match(
    last,
    new RegExp(`stopped: ${child} (exited by itself|was killed by).*; exit ${status}$`),
  );
}

/** The first, the last, and every nth between them. */
function everyNth(items: readonly number[], n: number): number[] {
  return items.filter((_, index) => index % n === 0 || index === items.length - 1);
}
