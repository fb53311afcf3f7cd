import assert from "node:assert/strict";
import { withTables } from "../../scripts/readme_tables.ts";

const readme = Deno.readTextFileSync(new URL("../../README.md", import.meta.url));

Deno.test("readme: its tables match the code", () => {
  const fix = "README.md is behind the code, run: deno run -A scripts/readme_tables.ts";
  const [current, expected] = [readme, withTables(readme)].map((text) => text.split("\n"));
  const lines = expected!.filter((line) => !current!.includes(line));
  assert.ok(readme === withTables(readme), `${fix}\n${lines.join("\n")}`);
});

const markers = ["settings", "signals", "exit status", "stop time-outs"]
  .map((name) => `<!-- ${name} -->\n<!-- /${name} -->\n`);

Deno.test("readme: the tables replace only the text between their markers", () => {
  const once = withTables(`before\n${markers.join("between\n")}after\n`);

  assert.ok(once.startsWith("before\n<!-- settings -->\n\n| flag "));
  assert.equal(once.split("between\n").length, 4);
  assert.ok(once.endsWith("|\n\n<!-- /stop time-outs -->\nafter\n"));
  assert.equal(withTables(once), once);
  assert.equal(withTables(once.replaceAll("SIGTERM", "SIGBUS")), once);
});

Deno.test("readme: a missing marker is an error", () => {
  assert.throws(() => withTables(markers.slice(1).join("")), /lacks <!-- settings -->/);
  assert.throws(() => withTables(""), /README\.md lacks/);
});
