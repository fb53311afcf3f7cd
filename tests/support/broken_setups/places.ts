/** Broken setups of executables and folders. */

import type { Image } from "../image.ts";
import type { Launcher } from "../launcher.ts";
import { findTool } from "../machine/needs.ts";
import { NOBODY } from "../outputs.ts";
import {
  asNobody,
  type BrokenSetup,
  failed,
  giveToNobody,
  ownTemps,
  refuses,
  serves,
  warning,
} from "./setup.ts";

export const placeSetups: BrokenSetup[] = [
  {
    what: "no nginx on PATH",
    prepare: (image) => putOnPath(image, "gunicorn"),
    options: ({ folder }) => ({ env: { PATH: `${folder}/bin` } }),
    findings: [
      failed(
        "nginx",
        /^cannot find nginx on PATH$/,
        /^install nginx, or set its path with --nginx$/,
      ),
    ],
    serve: refuses,
    error: /nginx.*PATH/,
  },
  {
    what: "no gunicorn on PATH",
    prepare: (image) => putOnPath(image, "nginx"),
    options: ({ folder }) => ({ env: { PATH: `${folder}/bin` } }),
    findings: [
      failed(
        "gunicorn",
        /^cannot find gunicorn on PATH$/,
        /^install gunicorn, or set its path with --gunicorn$/,
      ),
    ],
    serve: refuses,
    error: /gunicorn.*PATH/,
  },
  {
    what: "a wrong path to nginx",
    options: () => ({ args: ["--nginx", "/nope"] }),
    findings: [failed("nginx", /^\/nope is missing or not executable$/, /^correct --nginx$/)],
    serve: refuses,
  },
  {
    what: "another tandem with the same state folder",
    async prepare(image, harness) {
      const first = await harness.start({ args: ["--workers", "1"] });
      await first.ready();
      firstOf.set(image, first);
    },
    options: (image) => ({ args: ["--state-dir", firstOf.get(image)!.image.state] }),
    findings: [
      failed(
        "instance",
        /^tandem already runs with \S+\/state \(pid \d+\)$/,
        /^stop it, or choose another --state-dir$/,
      ),
    ],
    serve: refuses,
    error: /already runs with \S+ \(pid \d+\)/,
    isUnharmed: (image) => firstOf.get(image)!.isRunning,
  },
  {
    what: "a state folder that is not writable",
    needsRoot: true,
    prepare(image) {
      Deno.mkdirSync(`${image.folder}/closed`, { mode: 0o555 });
      image.writeConf({ locations: ownTemps(image) });
      giveToNobody(image);
    },
    options: ({ folder }) => ({ ...asNobody, args: ["--state-dir", `${folder}/closed/state`] }),
    findings: [
      warning(
        "state",
        /^cannot keep state in \S+\/closed\/state \(it belongs to root, mode 0555, .*\), so /,
        /^choose another --state-dir$/,
      ),
    ],
    serve: serves,
  },
  {
    what: "a state folder of another user",
    needsRoot: true,
    prepare({ folder }) {
      Deno.mkdirSync(`${folder}/theirs`);
      Deno.chownSync(`${folder}/theirs`, NOBODY, NOBODY);
    },
    options: ({ folder }) => ({ args: ["--state-dir", `${folder}/theirs`] }),
    findings: [
      failed(
        "state",
        /^the state folder \S+\/theirs belongs to nobody, who could replace tandem's files$/,
        /^choose another --state-dir$/,
      ),
    ],
    serve: refuses,
  },
  {
    what: "a state folder with a file of that name that tandem did not make",
    prepare({ folder }) {
      Deno.mkdirSync(`${folder}/data`);
      Deno.writeTextFileSync(`${folder}/data/state.json`, "[]\n");
    },
    options: ({ folder }) => ({ args: ["--state-dir", `${folder}/data`] }),
    findings: [
      failed(
        "state",
        /^\S+\/data\/state\.json was not made by tandem$/,
        /^move it, or choose another --state-dir$/,
      ),
    ],
    serve: refuses,
    isUnharmed: ({ folder }) => Deno.readTextFileSync(`${folder}/data/state.json`) === "[]\n",
  },
  {
    what: "a temp folder that is not writable",
    needsRoot: true,
    prepare(image) {
      Deno.mkdirSync(`${image.folder}/temp_proxy`, { mode: 0o555 });
      image.writeConf({ locations: ownTemps(image) });
      giveToNobody(image);
    },
    options: () => asNobody,
    findings: [
      warning(
        "temp folders",
        /^nginx cannot write to \S+\/temp_proxy \(it belongs to root, mode 0555, /,
        /^make that folder writable for nginx, or set client_body_temp_path and proxy_temp_path$/,
      ),
    ],
    serve: serves,
  },
  {
    what: "a read-only root",
    needsRoot: true,
    options: ({ folder }) => ({ prefix: readOnly("/", folder) }),
    findings: [
      failed(
        "socket folder",
        /^cannot create gunicorn's socket in \S+ \(a read-only file system\)$/,
        /--socket/,
      ),
      warning("state", /^cannot keep state in .*read-only file system/, /--state-dir/),
      failed(
        "nginx -t",
        /\(30: Read-only file system\)/,
        /^set `pid` to a path that is writable, such as/,
      ),
      warning("link access.log", /read-only file system/, /^run `tandem link-logs` when/),
      warning("link error.log", /read-only file system/, /^run `tandem link-logs` when/),
    ],
    serve: refuses,
  },
];

/** Maps an image to the other tandem that already runs. */
const firstOf = new WeakMap<Image, Launcher>();

/** Makes a folder for PATH that holds only this executable. */
function putOnPath({ folder }: Image, name: string): void {
  Deno.mkdirSync(`${folder}/bin`);
  Deno.symlinkSync(findTool(name)!, `${folder}/bin/${name}`);
}

function readOnly(...folders: string[]): string[] {
  const mounts = folders.map((folder) =>
    `mount --bind ${folder} ${folder} && mount -o remount,bind,ro ${folder} && `
  );
  return ["unshare", "--mount", "sh", "-c", `${mounts.join("")} exec "$@"`, "sh"];
}
