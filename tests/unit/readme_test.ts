import assert from "node:assert/strict";
import { documents, withTables } from "../../scripts/readme_tables.ts";
import { parseCommandLine } from "../../lib/cli/arguments.ts";
import { variableNames } from "../../lib/cli/help.ts";
import { settingsTable } from "../../lib/cli/settings.ts";
import type { Setting } from "../../lib/cli/settings/setting.ts";
import { repository } from "../support/paths.ts";
import { bareImage } from "./support/invocation_for.ts";

function read(path: string): string {
  return Deno.readTextFileSync(`${repository}/${path}`);
}

const readme = read("README.md");

for (const document of Object.keys(documents)) {
  Deno.test(`documents: the tables of ${document} match the code`, () => {
    const fix = `${document} is behind the code, run: deno run -A scripts/readme_tables.ts`;
    const [current, expected] = [read(document), withTables(read(document), document)];
    const lines = expected.split("\n").filter((line) => !current.split("\n").includes(line));
    assert.ok(current === expected, `${fix}\n${lines.join("\n")}`);
  });
}

const DOCUMENT = "docs/running.md";
const markers = documents[DOCUMENT]!.map((name) => `<!-- ${name} -->\n<!-- /${name} -->\n`);

Deno.test("documents: the tables replace only the text between their markers", () => {
  const once = withTables(`before\n${markers.join("between\n")}after\n`, DOCUMENT);

  assert.ok(once.startsWith("before\n<!-- stop time-outs -->\n\n| platform "));
  assert.equal(once.split("between\n").length, markers.length);
  assert.ok(once.endsWith("|\n\n<!-- /exit status -->\nafter\n"));
  assert.equal(withTables(once, DOCUMENT), once);
  assert.equal(withTables(once.replaceAll("SIGTERM", "SIGBUS"), DOCUMENT), once);
});

Deno.test("documents: a missing marker is an error that names the document", () => {
  assert.throws(() => withTables(markers.slice(1).join(""), DOCUMENT), /lacks <!-- stop time-outs/);
  assert.throws(() => withTables("", "docs/settings.md"), /^Error: docs\/settings\.md lacks/);
});

Deno.test("readme: it is short, and shows the two commands that do everything", () => {
  assert.ok(readme.split("\n").length <= 300, `${readme.split("\n").length} lines`);
  const tasks: Record<string, unknown> = JSON.parse(read("deno.json")).tasks;
  for (const task of ["demo", "test"]) {
    assert.match(readme, new RegExp(`^\\./scripts/deno task ${task} `, "m"));
    assert.ok(task in tasks);
  }
});

Deno.test("readme: it gives a reason for every dependency, and only for those", () => {
  const table = readme.slice(readme.indexOf("## Dependencies"));
  const rows = [...table.matchAll(/^\| (.+?) +\| .+? +\| (.+?) +\|$/gm)].slice(2);
  for (const [, packages, reason] of rows) assert.ok(reason!.length > 10, packages);
  const listed = rows.flatMap(([, packages]) =>
    [...packages!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!)
  );
  const imports = Object.keys(JSON.parse(read("deno.json")).imports);
  assert.deepEqual(imports.filter((name) => !listed.includes(name)), [], "without a reason");
  const others = listed.filter((name) => !imports.includes(name));
  assert.deepEqual(others.filter((name) => !name.startsWith("node:")), [], "no dependency");
});

Deno.test("readme: tandem understands each command, and has each flag and variable", () => {
  const commands = [...readme.matchAll(/^tandem .+$|(?<=`)tandem [^`]+(?=`)/gm)]
    .map(([command]) => command.split(" ").slice(1));
  assert.ok(commands.length >= 12, `${commands.length} commands`);
  for (const args of commands) parseCommandLine(args, {}, bareImage);

  const settings = Object.values(settingsTable) as Setting<unknown>[];
  const known = settings.flatMap((setting) => [
    `--${setting.flag}`,
    `--no-${setting.flag}`,
    ...variableNames(setting),
  ]);
  const named = [...readme.matchAll(/(?<=`)(--[a-z-]+|(?:TANDEM|MODEL_SERVER)_[A-Z_]+)\b/g)]
    .map(([name]) => name);
  // gunicorn's own.
  assert.deepEqual(named.filter((name) => !known.includes(name)), ["--preload"]);
});

const pages = [
  ...["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"],
  ...["docs", "docs/decisions", "deploy/sagemaker"].flatMap((folder) =>
    [...Deno.readDirSync(`${repository}/${folder}`)]
      .filter(({ name }) => name.endsWith(".md"))
      .map(({ name }) => `${folder}/${name}`)
  ),
].sort();

for (const page of pages) {
  Deno.test(`links: every relative link of ${page} leads to a file, and to a heading in it`, () => {
    const broken = linksOf(read(page)).filter((link) => !leadsSomewhere(page, link));
    assert.deepEqual(broken, []);
  });
}

Deno.test("links: a missing file and a missing heading are found", () => {
  assert.ok(leadsSomewhere("docs/logs.md", "../README.md#dependencies"));
  assert.ok(!leadsSomewhere("docs/logs.md", "README.md"));
  assert.ok(!leadsSomewhere("docs/logs.md", "../README.md#no-such-heading"));
  assert.ok(!leadsSomewhere("README.md", "#no-such-heading"));
});

/** Without code, and without addresses of other sites. */
function linksOf(text: string): string[] {
  const prose = text.replace(/^( *)```[^]*?^\1```$/gm, "").replace(/`[^`\n]*`/g, "code");
  return [...prose.matchAll(/\]\(([^)\s]+)\)|(?:src|href)="([^"]+)"/g)]
    .map(([, link, attribute]) => (link ?? attribute)!)
    .filter((link) => !/^[a-z]+:/.test(link));
}

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", heading] = link.split("#");
  const target = new URL(path === "" ? page.split("/").at(-1)! : path, `file:///${page}`).pathname;
  try {
    const { isFile } = Deno.statSync(`${repository}${target}`);
    return heading === undefined || (isFile && anchorsOf(read(target.slice(1))).includes(heading));
  } catch {
    return false;
  }
}

/** As GitHub makes them. */
function anchorsOf(text: string): string[] {
  return [...text.replace(/^```[^]*?^```$/gm, "").matchAll(/^#+ (.+)$/gm)].map(([, heading]) =>
    heading!.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-")
  );
}
