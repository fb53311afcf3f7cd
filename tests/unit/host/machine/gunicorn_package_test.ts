import assert from "node:assert/strict";
import { hasControlSocket } from "../../../../lib/host/machine/gunicorn_package.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { inFolder } from "../../support/in_folder.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

/** Makes a virtual environment's Python and its packages. */
function makeEnvironment(folder: string, ...packages: string[]): string {
  Deno.mkdirSync(`${folder}/bin`, { recursive: true });
  Deno.writeTextFileSync(`${folder}/bin/python3.13`, "");
  Deno.symlinkSync("python3.13", `${folder}/bin/python3`);
  for (const path of packages) Deno.mkdirSync(`${folder}/lib/${path}`, { recursive: true });
  return `${folder}/bin/python3`;
}

const cases: [what: string, packages: string[], expected: boolean][] = [
  ["a new gunicorn has one", ["python3.13/site-packages/gunicorn/ctl"], true],
  ["an old gunicorn has none", ["python3.13/site-packages/gunicorn"], false],
  ["Debian's folder counts", ["python3/dist-packages/gunicorn/ctl"], true],
  ["another Python's gunicorn does not", ["python3.12/site-packages/gunicorn/ctl"], false],
  ["of two, both have to", [
    "python3.13/site-packages/gunicorn",
    "python3/dist-packages/gunicorn/ctl",
  ], false],
  ["without a gunicorn there is none", [], false],
];

for (const [what, packages, expected] of cases) {
  Deno.test(`control socket: ${what}`, () =>
    inFolder((folder) => {
      assert.equal(hasControlSocket(makeEnvironment(folder, ...packages)), expected);
    }));
}
