import assert from "node:assert/strict";
import config from "../../../deno.json" with { type: "json" };
import { repository } from "../../support/paths.ts";

Deno.test("docs: the version of deno.json is the newest in the changelog, with its date", () => {
  const changelog = Deno.readTextFileSync(`${repository}/CHANGELOG.md`);
  const [unreleased, newest] = [...changelog.matchAll(/^## \[(.*)$/gm)].map(([, text]) => text!);
  assert.equal(unreleased, "Unreleased]");
  assert.match(newest!, /^\d+\.\d+\.\d+\] - \d{4}-\d\d-\d\d$/);
  assert.equal(newest!.split("]")[0], config.version);
});
