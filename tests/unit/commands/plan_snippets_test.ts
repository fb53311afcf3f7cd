/** A snippet has every number of its plan, in the platform's own format. */

import assert from "node:assert/strict";
import { planSnippet } from "../../../lib/commands/plan/snippets.ts";
import { toYaml } from "../../../lib/commands/plan/yaml.ts";
import { planPlatform } from "../../../lib/plan/platform_plan.ts";
import { plannedPlatforms } from "../../../lib/plan/platforms.ts";
import { invocationFor } from "../support/invocation_for.ts";

// Values that no two numbers share by default, so that a number in the wrong place shows.
const flags = ["--grace-period=41", "--drain-delay=7", "--start-timeout=203", "--timeout=130"];

for (const platform of plannedPlatforms) {
  Deno.test(`plan: the snippet for ${platform} has every number under its name`, () => {
    const invocation = invocationFor([...flags, "--port=9001", "--ready-path=/ready"]);
    const plan = planPlatform(invocation, platform);
    const snippet = planSnippet(plan, invocation.settings);
    assert.ok(snippet.endsWith("\n") && !snippet.endsWith("\n\n"));
    // On one line each, so that a number's path can be read from left to right.
    const found = platform === "docker" || platform === "systemd"
      ? snippet
      : flattened(snippet).join("\n");
    for (const { name, value } of plan.numbers) {
      const key = name.replaceAll(".", "\\.");
      assert.match(found, new RegExp(`(^|[ .=])${key}[ =]${value}s?( |$)`, "m"), name);
    }
  });
}

/** `spec.template.name value` for each line of YAML or indented JSON. */
function flattened(snippet: string): string[] {
  const text = snippet.replaceAll(/[",{}[\]]/g, "");
  const path: { indent: number; key: string }[] = [];
  const lines = text.split("\n").flatMap((line) => {
    const [, indent = "", key = "", value = ""] = /^([ -]*)([^:]*):? ?(.*)$/.exec(line) ?? [];
    if (!key) return [];
    while (path.length && path.at(-1)!.indent >= indent.length) path.pop();
    path.push({ indent: indent.length, key });
    return value ? [`${path.map(({ key }) => key).join(".")} ${value}`] : [];
  });
  // `name: A` and `value: 1`, `Key: a` and `Value: 1` are one pair.
  return lines.flatMap((line, index) => {
    const [, name] = /\.(?:name|Key) (\S+)$/.exec(line) ?? [];
    const [, value] = /\.(?:value|Value) (\S+)$/.exec(lines[index + 1] ?? "") ?? [];
    return name && value ? [line, `${name} ${value}`] : [line];
  });
}

Deno.test("plan: the snippets of AWS are JSON", () => {
  for (const platform of ["ecs", "sagemaker"] as const) {
    const invocation = invocationFor(flags);
    JSON.parse(planSnippet(planPlatform(invocation, platform), invocation.settings));
  }
});

Deno.test("plan: Cloud Run probes the port and the ready path of the settings", () => {
  const invocation = invocationFor(["--port=9001", "--ready-path=/ready?deep=1"]);
  const snippet = planSnippet(planPlatform(invocation, "cloudrun"), invocation.settings);
  assert.match(snippet, /- containerPort: 9001\n/);
  assert.match(snippet, /httpGet:\n +path: "\/ready\?deep=1"\n +port: 9001\n/);
});

Deno.test("plan: YAML quotes what could be something else", () => {
  assert.equal(
    toYaml({
      plain: "a-b/c.d_e",
      path: "/ping",
      number: 12,
      texts: ["12", "true", "No", "null", "", "a: b", "#a", "- a", "a\nb", 'a"b', "{a}", "1e3"],
      nested: [{ name: "x", list: [{ deep: 1 }] }, ["a", ["b"]]],
    }),
    [
      "plain: a-b/c.d_e",
      "path: /ping",
      "number: 12",
      "texts:",
      ...['"12"', '"true"', '"No"', '"null"', '""', '"a: b"', '"#a"', '"- a"', '"a\\nb"']
        .map((text) => `  - ${text}`),
      '  - "a\\"b"',
      '  - "{a}"',
      '  - "1e3"',
      "nested:",
      "  - name: x",
      "    list:",
      "      - deep: 1",
      "  - - a",
      "    - - b",
      "",
    ].join("\n"),
  );
});
