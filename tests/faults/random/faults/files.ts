/** A file of the run is removed, or replaced by something else. */

import assert from "node:assert/strict";
import { exists, type Image, listing } from "../../../support/image.ts";
import type { RandomNumbers } from "../random_numbers.ts";
import type { Expectation, Fault, Scene } from "../fault.ts";

const REPLACEMENTS = ["nothing", "a folder", "a FIFO", "another file", "a link"] as const;
type Replacement = (typeof REPLACEMENTS)[number];

const THEIRS = "theirs\n";

/** @returns what identifies the new thing, or `undefined` if there is none */
function replace(path: string, by: Replacement): string | undefined {
  Deno.removeSync(path, { recursive: true });
  switch (by) {
    case "nothing":
      return undefined;
    case "a folder":
      Deno.mkdirSync(path);
      Deno.writeTextFileSync(`${path}/notes.txt`, THEIRS);
      break;
    case "a FIFO": {
      const { success } = new Deno.Command("mkfifo", { args: [path] }).outputSync();
      assert.ok(success, `mkfifo ${path}`);
      break;
    }
    case "another file":
      Deno.writeTextFileSync(path, THEIRS);
      break;
    case "a link":
      Deno.symlinkSync("/etc/hostname", path);
      break;
  }
  return identity(path);
}

function identity(path: string): string | undefined {
  if (!exists(path)) return undefined;
  const { dev, ino } = Deno.lstatSync(path);
  return `${dev}:${ino}`;
}

interface Target {
  name: string;
  path: (image: Image, isBuiltIn: boolean) => string;
  expects: (isBuiltIn: boolean) => Expectation;
  /** tandem never writes it again, so what replaced it is still there after the run. */
  staysReplaced?: boolean;
}

const harmless = () => ({});

const targets: readonly Target[] = [
  {
    name: "gunicorn's socket",
    path: ({ socket }) => socket,
    expects: () => ({ losesRequests: true, cannotServe: true }),
  },
  {
    name: "gunicorn's socket's lock",
    path: ({ socket }) => `${socket}.lock`,
    expects: harmless,
    staysReplaced: true,
  },
  {
    name: "nginx's pid file",
    path: ({ folder, state }, isBuiltIn) =>
      isBuiltIn ? `${state}/tandem-nginx/nginx.pid` : `${folder}/nginx.pid`,
    // Something unknown in its folder keeps the built-in conf from being removed.
    expects: (isBuiltIn) => ({ leavesFiles: isBuiltIn }),
  },
  { name: "state.json", path: ({ state }) => `${state}/state.json`, expects: harmless },
  {
    name: "tandem.pid",
    path: ({ state }) => `${state}/tandem.pid`,
    expects: harmless,
    staysReplaced: true,
  },
  {
    name: "tandem.lock",
    path: ({ state }) => `${state}/tandem.lock`,
    expects: harmless,
    staysReplaced: true,
  },
];

function swapping({ name, path, expects, staysReplaced }: Target): Fault {
  return {
    name: `${name} replaced`,
    expects: expects(true),
    inject({ image, setup, random, undo, note }: Scene) {
      const isBuiltIn = setup.conf === "built-in";
      const by = random.pick(REPLACEMENTS);
      note(`by ${by}`);
      const at = path(image, isBuiltIn);
      const fresh = replace(at, by);
      undo.defer(() => {
        const left = identity(at);
        if (left) Deno.removeSync(at, { recursive: true });
        if (staysReplaced) assert.equal(left, fresh, `${at}, which another process made, stays`);
      });
      return Promise.resolve(expects(isBuiltIn));
    },
  };
}

function replaceFolder(image: Image, random: RandomNumbers): Replacement {
  const { state, folder } = image;
  Deno.renameSync(state, `${folder}/moved`);
  Deno.mkdirSync(state);
  const by = random.pick(REPLACEMENTS);
  replace(state, by);
  return by;
}

export const fileFaults: readonly Fault[] = [
  ...targets.map(swapping),
  {
    name: "the state folder replaced",
    // nginx keeps large bodies in it.
    expects: { losesRequests: true, leavesFiles: true },
    inject({ image, setup, random, undo, note }) {
      note(`by ${replaceFolder(image, random)}`);
      undo.defer(() => {
        if (exists(image.state)) Deno.removeSync(image.state, { recursive: true });
        assert.ok(listing(`${image.folder}/moved`).length > 0);
        Deno.removeSync(`${image.folder}/moved`, { recursive: true });
      });
      const losesRequests = setup.conf === "built-in";
      return Promise.resolve({ losesRequests, leavesFiles: true });
    },
  },
];
