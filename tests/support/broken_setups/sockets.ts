/** Broken setups of gunicorn's socket and its folder. */

import { exists } from "../image.ts";
import { leaveSocket, listenWithFullBacklog } from "../machine/unix_sockets.ts";
import {
  asNobody,
  type BrokenSetup,
  failed,
  giveToNobody,
  isNotReady,
  ownTemps,
  refuses,
  serves,
  warning,
} from "./setup.ts";

export const socketSetups: BrokenSetup[] = [
  {
    what: "a stale socket",
    prepare: ({ socket }) => leaveSocket(socket),
    okFinding: {
      name: "socket",
      found: /gunicorn\.sock is stale, left by an earlier run: gunicorn re/,
    },
    serve: serves,
  },
  {
    what: "a socket that is in use",
    prepare: ({ socket }) => Deno.listen({ transport: "unix", path: socket }),
    findings: [
      failed(
        "socket",
        /^\S+gunicorn\.sock is in use \(\S+, pid \d+\)$/,
        /^stop that process, or choose another --socket$/,
      ),
    ],
    serve: refuses,
    error: /gunicorn\.sock is in use/,
    isUnharmed: ({ socket }) => exists(socket),
  },
  {
    what: "a socket in use that has no room for another connection",
    prepare: ({ socket }) => listenWithFullBacklog(socket),
    findings: [
      failed(
        "socket",
        /^\S+gunicorn\.sock is in use \(\S+, pid \d+\)$/,
        /^stop that process, or choose another --socket$/,
      ),
    ],
    serve: refuses,
    isUnharmed: ({ socket }) => exists(socket),
  },
  {
    what: "a file in place of the socket",
    prepare: ({ folder }) => Deno.writeTextFileSync(`${folder}/file`, ""),
    options: ({ folder }) => ({ args: ["--socket", `${folder}/file`] }),
    findings: [
      failed(
        "socket",
        /\/file exists and is not a socket/,
        /^remove it, or choose another --socket$/,
      ),
      warning(
        "proxy_pass",
        /\/file, but nginx passes requests to unix:\S+, so clients get 502$/,
        /./,
      ),
    ],
    serve: refuses,
    isUnharmed: ({ folder }) => exists(`${folder}/file`),
  },
  {
    what: "no folder for the socket",
    options: ({ folder }) => ({ args: ["--socket", `${folder}/none/gunicorn.sock`] }),
    findings: [
      failed(
        "socket folder",
        /^there is no folder \S+\/none for gunicorn's socket$/,
        /^create it, or correct --socket$/,
      ),
      warning(
        "proxy_pass",
        /\/none\/gunicorn\.sock, but nginx passes requests to unix:\S+, so/,
        /./,
      ),
    ],
    serve: refuses,
    error: /no folder .*\/none/,
  },
  {
    what: "a socket folder that is not writable",
    needsRoot: true,
    prepare(image) {
      Deno.mkdirSync(`${image.folder}/closed`, { mode: 0o555 });
      image.writeConf({ socket: `${image.folder}/closed/g.sock`, locations: ownTemps(image) });
      giveToNobody(image);
    },
    options: ({ folder }) => ({ ...asNobody, args: ["--socket", `${folder}/closed/g.sock`] }),
    findings: [
      failed(
        "socket folder",
        /^cannot create gunicorn's socket in \S+\/closed \(it belongs to root, mode 0555, and tandem runs as \S+\)$/,
        /^make that folder writable for tandem, or change --socket$/,
      ),
    ],
    serve: refuses,
  },
  {
    what: "a stale socket of another owner",
    needsRoot: true,
    async prepare(image) {
      const folder = `${image.folder}/sticky`;
      Deno.mkdirSync(folder);
      Deno.chmodSync(folder, 0o1777);
      await leaveSocket(`${folder}/g.sock`);
      image.writeConf({ socket: `${folder}/g.sock`, locations: ownTemps(image) });
      giveToNobody(image);
    },
    options: ({ folder }) => ({ ...asNobody, args: ["--socket", `${folder}/sticky/g.sock`] }),
    findings: [
      failed("socket", /is stale and belongs to root, so gunicorn cannot/, /^remove it, or/),
    ],
    serve: refuses,
  },
  {
    what: "a socket folder that nginx's user cannot enter",
    needsRoot: true,
    prepare(image) {
      Deno.mkdirSync(`${image.folder}/private`, { mode: 0o700 });
      image.writeConf({ socket: `${image.folder}/private/g.sock` });
    },
    options: ({ folder }) => ({ args: ["--socket", `${folder}/private/g.sock`] }),
    findings: [
      warning(
        "nginx's user",
        /workers run as \S+, who cannot enter \S+\/private and so cannot reach gunicorn's socket \(/,
        /^allow it \(chmod o\+x \S+\/private\), or choose another path$/,
      ),
    ],
    serve: isNotReady,
  },
];
