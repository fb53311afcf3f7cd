/** The cells of the benchmark's table of features. */

import { deepStrictEqual, match, strictEqual } from "node:assert";
import type { BenchFolder } from "../../../scripts/bench/harness/bench_folder.ts";
import { candidates } from "../../../scripts/bench/candidates.ts";
import { type Feature, features, runFeatures } from "../../../scripts/bench/features.ts";
import { endCell, needsCell, needsOf } from "../../../scripts/bench/features/cells.ts";

Deno.test("features: an end is a status and a time, a restart, or neither", () => {
  strictEqual(endCell({ kind: "exited", status: 137, milliseconds: 340 }), "137 in 0.3 s");
  strictEqual(endCell({ kind: "recovered", milliseconds: 1250 }), "restarted in 1.3 s");
  strictEqual(endCell({ kind: "neither" }), "runs on");
});

Deno.test("features: a script needs its interpreter, an executable its libraries", () => {
  deepStrictEqual(needsOf("#!/usr/bin/python3 -B", ""), ["Python"]);
  deepStrictEqual(needsOf("#!/usr/bin/env python3", ""), ["Python"]);
  deepStrictEqual(needsOf("#!/bin/sh", ""), ["a shell"]);
  deepStrictEqual(needsOf("#!/bin/bash", ""), ["a shell"]);
  const ldd = `\tlinux-vdso.so.1 (0x00007ffd)
\tlibskarnet.so.2.13 => /lib/x86_64-linux-gnu/libskarnet.so.2.13 (0x00007f)
\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)
\t/lib64/ld-linux-x86-64.so.2 (0x00007f)
`;
  deepStrictEqual(needsOf("\x7fELF", ldd), ["libskarnet", "glibc"]);
  deepStrictEqual(needsOf("\x7fELF", ""), []);
});

Deno.test("features: the needs of several files are listed once, in order", () => {
  strictEqual(needsCell(new Set()), "nothing");
  strictEqual(needsCell(new Set(["glibc", "a shell"])), "a shell, glibc");
});

Deno.test("features: a cell without a decision is '?', with its reason among the failures", async () => {
  const column = (name: string, decide: Feature["decide"]): Feature => ({
    name,
    question: "",
    decide,
  });
  const list = [
    column("name", ({ name }) => Promise.resolve(name)),
    column(
      "fails for s6",
      ({ name }) => name === "s6" ? Promise.reject(new Error("no answer")) : Promise.resolve("yes"),
    ),
  ];
  const chosen = candidates.filter(({ name }) => ["tandem", "s6"].includes(name));
  const table = await runFeatures(list, chosen, {} as BenchFolder);
  deepStrictEqual(table.candidates, [
    { name: "tandem", cells: ["tandem", "yes"] },
    { name: "s6", cells: ["s6", "?"] },
  ]);
  deepStrictEqual(table.failures, [{ name: "s6", column: "fails for s6", reason: "no answer" }]);
});

Deno.test("features: each column asks a question, under a name of its own", () => {
  for (const { question } of features) match(question, /^[A-Z0-9].*\?$/);
  strictEqual(new Set(features.map(({ name }) => name)).size, features.length);
});
