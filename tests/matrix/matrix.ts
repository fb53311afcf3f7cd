/**
 * The version matrix: both editions with the nginx, gunicorn and worker classes of four Debian suites.
 *
 *   deno task test:matrix [--suite S] [--class C] [--play P] [--quick] [--write] [--jobs N]
 *
 * --quick is the short form in the gate: two classes a suite. --write updates docs/matrix.md.
 */

// deno-lint-ignore-file no-console -- a script prints
import { parseArgs } from "node:util";
import { editions } from "../support/editions.ts";
import { pool } from "../support/pool.ts";
import { type Cell, Scene, type Tally } from "./cell.ts";
import { runInRoot } from "./in_root.ts";
import { plays } from "./plays.ts";
import { type CellResult, matrixTable, writeMatrix } from "./report.ts";
import { prepareRoot, type Suite, SUITES } from "./roots.ts";
import { CLASS_LABELS, readSuiteFacts } from "./suite_facts.ts";

const { values } = parseArgs({
  options: {
    suite: { type: "string" },
    class: { type: "string" },
    /** Only the plays with this in their name. */
    play: { type: "string", default: "" },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    /** Cells at the same time. */
    jobs: { type: "string", default: "2" },
  },
});

const DEFAULT_CLASS = "gevent";

/** Beside the default class. */
const QUICK_CLASS: Record<Suite, string> = {
  bullseye: "sync",
  bookworm: "gthread",
  trixie: "uvicorn",
  forky: "asgi",
};

const suites = SUITES.filter((suite) => (values.suite ?? suite) === suite);
if (suites.length === 0) throw new Error(`--suite ${values.suite}: use ${SUITES.join(", ")}`);
if (values.class && !CLASS_LABELS.includes(values.class)) {
  throw new Error(`--class ${values.class}: use ${CLASS_LABELS.join(", ")}`);
}
const played = plays.filter(({ name, isQuick }) =>
  name.includes(values.play) && (isQuick || !values.quick)
);
Deno.exit(await main());

/** @returns the exit status */
async function main(): Promise<number> {
  const results: CellResult[] = [];
  for (const suite of suites) {
    const root = await prepareRoot(suite);
    if (root.kind === "ignored") console.log(`matrix: ${suite} ignored: ${root.reason}`);
    else results.push(...await playSuite(suite, root.path));
  }
  if (results.length === 0) return 0;
  const failed = results.filter(({ failures }) => failures.length > 0);
  console.log(`\n${matrixTable(results)}\n`);
  console.log(`${results.length} cells, ${failed.length} failed`);
  if (values.write) writeMatrix(results);
  return failed.length > 0 ? 1 : 0;
}

async function playSuite(suite: Suite, root: string): Promise<CellResult[]> {
  const facts = await readSuiteFacts(root);
  const classes = facts.classes.filter(({ label }) =>
    values.class ? label === values.class : isWanted(suite, label)
  );
  const cells = classes.flatMap((workerClass) =>
    editions.map((edition): Cell => ({ suite, root, facts, workerClass, edition }))
  );
  const results = new Map<Cell, CellResult>();
  await pool(Number(values.jobs), cells, async (cell) => {
    results.set(cell, await playCell(cell));
  });
  return cells.map((cell) => results.get(cell)!);
}

function isWanted(suite: Suite, label: string): boolean {
  return !values.quick || label === DEFAULT_CLASS || label === QUICK_CLASS[suite];
}

async function playCell(cell: Cell): Promise<CellResult> {
  const begin = performance.now();
  const tally: Tally = { runs: 0, answered: 0, lost: 0, remarks: new Set() };
  const failures: string[] = [];
  const complaint = await findComplaint(cell);
  if (complaint) tally.remarks.add(`does not run here: ${complaint}`);
  else {
    for (const play of played) {
      if (play.isForOneCell && !isDefault(cell)) continue;
      try {
        await Scene.play(cell, play, tally);
      } catch (error) {
        failures.push(play.name);
        tally.remarks.add(`failed: ${play.name}`);
        console.log(`${play.name}: ${error instanceof Error ? error.message : error}`);
      }
    }
  }
  const { suite, workerClass, edition } = cell;
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  console.log(
    `${suite}, ${workerClass.label}, ${edition.name}: ${tally.runs} runs, ` +
      `${tally.answered} answered, ${tally.lost} lost, ${failures.length} failed (${seconds} s)`,
  );
  return { cell, tally, failures };
}

function isDefault({ edition, workerClass }: Cell): boolean {
  return edition === editions[0] && workerClass.label === DEFAULT_CLASS;
}

/** @returns why the edition does not run in the root; `undefined` if it runs */
async function findComplaint({ root, edition }: Cell): Promise<string | undefined> {
  const folder = edition.path.slice(0, edition.path.lastIndexOf("/"));
  const { code, stderr } = await runInRoot(root, [edition.path, "--version"], [folder]);
  return code === 0 ? undefined : stderr.split("\n")[0] || `exit status ${code}`;
}
