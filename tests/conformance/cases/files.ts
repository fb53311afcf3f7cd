/** Files and folders. */

import type { Cases } from "./cases.ts";

function typeOf(info: Deno.FileInfo) {
  const { isFile, isDirectory, isSymlink, isCharDevice, isFifo, isSocket, size, mode } = info;
  return { isFile, isDirectory, isSymlink, isCharDevice, isFifo, isSocket, size, mode };
}

const byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;

/** Compares a path whose middle is random. */
function hasShape(path: string, start: string, end: string) {
  return path.startsWith(start) && path.endsWith(end) && path.length > start.length + end.length;
}

export const files: Cases = (folder) => {
  const file = `${folder}/file`;
  const missing = `${folder}/missing`;
  return {
    "write and read": () => {
      Deno.writeTextFileSync(file, "hällo\n");
      return Deno.readTextFileSync(file);
    },
    "write with an explicit mode": () => {
      Deno.writeTextFileSync(`${folder}/moded`, "", { mode: 0o666 });
      return Deno.statSync(`${folder}/moded`).mode;
    },
    "append": () => {
      Deno.writeTextFileSync(file, "more", { append: true });
      return Deno.readTextFileSync(file);
    },
    "truncate": () => {
      Deno.writeTextFileSync(file, "short");
      return Deno.readFileSync(file);
    },
    "create new": () => Deno.writeTextFileSync(`${folder}/new`, "x", { createNew: true }),
    "create new: exists": () => Deno.writeTextFileSync(file, "x", { createNew: true }),
    "write without creating": () => {
      Deno.writeTextFileSync(file, "new", { create: false });
      return Deno.readTextFileSync(file);
    },
    "write without creating: missing": () =>
      Deno.writeTextFileSync(missing, "x", { create: false }),
    "write: folder missing": () => Deno.writeTextFileSync(`${missing}/x`, "x"),
    "write: path is a folder": () => Deno.writeTextFileSync(folder, "x"),
    "read: missing": () => Deno.readTextFileSync(missing),
    "read: path is a folder": () => Deno.readTextFileSync(folder),
    "read: parent is a file": () => Deno.readTextFileSync(`${file}/x`),
    "read a file that reports size 0": () =>
      Deno.readTextFileSync("/proc/self/status").length > 500,
    "read invalid UTF-8": () => {
      Deno.writeFileSync(`${folder}/broken`, new Uint8Array([0x61, 0xff, 0xe2, 0x82]));
      return Deno.readTextFileSync(`${folder}/broken`);
    },
    "read: NUL in the path": () => Deno.readTextFileSync("a\0b"),
    "stat: file": () => typeOf(Deno.statSync(file)),
    "stat: times and owner": () => {
      const { mtime, uid, gid } = Deno.statSync(file);
      return [mtime instanceof Date, Math.abs(Date.now() - Number(mtime)) < 60_000, uid, gid];
    },
    "stat: folder": () => Deno.statSync(folder).isDirectory,
    "stat: device": () => typeOf(Deno.statSync("/dev/null")),
    "stat: same inode twice": () => {
      const [one, two] = [Deno.statSync(file), Deno.statSync(file)];
      return one.ino === two.ino && one.dev === two.dev && Number(one.ino) > 0;
    },
    "stat: missing": () => Deno.statSync(missing),
    "symlink": () => Deno.symlinkSync(file, `${folder}/link`),
    "symlink: exists": () => Deno.symlinkSync(file, `${folder}/link`),
    "lstat: link": () => Deno.lstatSync(`${folder}/link`).isSymlink,
    "stat: link": () => typeOf(Deno.statSync(`${folder}/link`)),
    "lstat: missing": () => Deno.lstatSync(missing),
    "readLink": () => Deno.readLinkSync(`${folder}/link`),
    "readLink: not a link": () => Deno.readLinkSync(file),
    "realPath": () => Deno.realPathSync(`${folder}/../${folder.split("/").pop()}/link`),
    "realPath: missing": () => Deno.realPathSync(missing),
    "stat: link to itself": () => {
      Deno.symlinkSync(`${folder}/loop`, `${folder}/loop`);
      return Deno.statSync(`${folder}/loop`);
    },
    "rename": () => {
      Deno.renameSync(`${folder}/new`, `${folder}/renamed`);
      return Deno.readTextFileSync(`${folder}/renamed`);
    },
    "rename: replaces a link": () => {
      Deno.symlinkSync("/dev/stdout", `${folder}/fresh`);
      Deno.renameSync(`${folder}/fresh`, `${folder}/link`);
      return Deno.readLinkSync(`${folder}/link`);
    },
    "rename: missing": () => Deno.renameSync(missing, file),
    "rename: target is a folder": () => {
      Deno.mkdirSync(`${folder}/taken`);
      Deno.renameSync(file, `${folder}/taken`);
    },
    "chmod": () => {
      Deno.chmodSync(file, 0o640);
      return Deno.statSync(file).mode;
    },
    "chmod: missing": () => Deno.chmodSync(missing, 0o600),
    "chown: own ids": () => Deno.chownSync(file, Deno.uid(), Deno.gid()),
    "chown: missing": () => Deno.chownSync(missing, 0, 0),
    "mkdir": () => Deno.mkdirSync(`${folder}/sub`),
    "mkdir: exists": () => Deno.mkdirSync(`${folder}/sub`),
    "mkdir, recursive": () => {
      Deno.mkdirSync(`${folder}/a/b/c`, { recursive: true, mode: 0o750 });
      return [Deno.statSync(`${folder}/a/b/c`).mode, Deno.statSync(`${folder}/a`).mode];
    },
    "mkdir, recursive: exists": () => Deno.mkdirSync(`${folder}/a/b`, { recursive: true }),
    "mkdir, recursive: path is a file": () => Deno.mkdirSync(file, { recursive: true }),
    "mkdir, recursive: parent is a file": () => Deno.mkdirSync(`${file}/x/y`, { recursive: true }),
    "mkdir: parent missing": () => Deno.mkdirSync(`${missing}/x`),
    "readDir": () => [...Deno.readDirSync(folder)].sort(byName),
    "readDir: missing": () => [...Deno.readDirSync(missing)],
    "readDir: path is a file": () => [...Deno.readDirSync(file)],
    "remove: file": () => Deno.removeSync(file),
    "remove: missing": () => Deno.removeSync(missing),
    "remove, recursive: missing": () => Deno.removeSync(missing, { recursive: true }),
    "remove: folder not empty": () => Deno.removeSync(`${folder}/a`),
    "remove, recursive: does not follow links": () => {
      Deno.symlinkSync("/etc", `${folder}/a/etc`);
      Deno.removeSync(`${folder}/a`, { recursive: true });
      return Deno.statSync("/etc/passwd").isFile;
    },
    "remove, recursive: link to a folder": () => {
      Deno.symlinkSync(`${folder}/sub`, `${folder}/to-sub`);
      Deno.removeSync(`${folder}/to-sub`, { recursive: true });
      return Deno.statSync(`${folder}/sub`).isDirectory;
    },
    "makeTempDir": () => {
      const path = Deno.makeTempDirSync({ dir: folder, prefix: "p-", suffix: ".s" });
      return [hasShape(path, `${folder}/p-`, ".s"), Deno.statSync(path).mode];
    },
    "makeTempFile": () => {
      const path = Deno.makeTempFileSync({ dir: folder });
      return [hasShape(path, `${folder}/`, ""), typeOf(Deno.statSync(path))];
    },
    "makeTempDir: parent missing": () => Deno.makeTempDirSync({ dir: missing }),
    "cwd": () => Deno.cwd(),
  };
};
