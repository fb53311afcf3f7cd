/** Which linter checks which file. */

import { deepStrictEqual } from "node:assert";
import { sortFiles } from "../../../scripts/lint.ts";

Deno.test("lint: files are sorted by extension, then by their first line", () => {
  const firstLines: Record<string, string> = {
    "slim/native/host.c": "",
    "slim/native/host.h": "",
    "elsewhere/other.c": "",
    "scripts/setup.sh": "#!/bin/sh",
    ".ci/run": "#!/usr/bin/env bash",
    "without_shebang.sh": "# sourced",
    "finish": "#!/usr/bin/fish",
    "tests/app.py": "",
    "tests/stubborn": "#!/usr/bin/python3",
    "main.ts": "/** share */",
    ".github/workflows/ci.yml": "",
    ".gitlab-ci.yml": "",
    "deploy/pod.yml": "",
  };
  deepStrictEqual(sortFiles(Object.keys(firstLines), (path) => firstLines[path]!), {
    c: ["slim/native/host.c", "slim/native/host.h"],
    shell: ["scripts/setup.sh", ".ci/run"],
    python: ["tests/app.py", "tests/stubborn"],
    ci: [".github/workflows/ci.yml", ".gitlab-ci.yml"],
  });
});
