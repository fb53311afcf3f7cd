import type { Cases } from "./cases.ts";

function typeOf(info: Deno.FileInfo) {
  const { isFile, isDirectory, isSymlink, isCharDevice, isFifo, isSocket, size, mode } = info;
  return { isFile, isDirectory, isSymlink, isCharDevice, isFifo, isSocket, size, mode };
}

const byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;

/** Without a path that ends differently at each run. */
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
    "write and read later": async () => {
      await Deno.writeTextFile(`${folder}/later`, "later");
      return [await Deno.readTextFile(`${folder}/later`), await Deno.readFile(`${folder}/later`)];
    },
    "write with a mode": () => {
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
    "create new, there already": () => Deno.writeTextFileSync(file, "x", { createNew: true }),
    "write into a missing folder": () => Deno.writeTextFileSync(`${missing}/x`, "x"),
    "write to a folder": () => Deno.writeTextFileSync(folder, "x"),
    "read what is missing": () => Deno.readTextFileSync(missing),
    "read later what is missing": () => Deno.readTextFile(missing),
    "read a folder": () => Deno.readTextFileSync(folder),
    "read below a file": () => Deno.readTextFileSync(`${file}/x`),
    "read a file without a size": () => Deno.readTextFileSync("/proc/self/status").length > 500,
    "read broken UTF-8": () => {
      Deno.writeFileSync(`${folder}/broken`, new Uint8Array([0x61, 0xff, 0xe2, 0x82]));
      return Deno.readTextFileSync(`${folder}/broken`);
    },
    "a NUL in the name": () => Deno.readTextFileSync("a\0b"),
    "stat a file": () => typeOf(Deno.statSync(file)),
    "stat a file, times": () => {
      const { mtime, uid, gid } = Deno.statSync(file);
      return [mtime instanceof Date, Math.abs(Date.now() - Number(mtime)) < 60_000, uid, gid];
    },
    "stat a folder": () => Deno.statSync(folder).isDirectory,
    "stat a device": () => typeOf(Deno.statSync("/dev/null")),
    "stat twice, same file": () => {
      const [one, two] = [Deno.statSync(file), Deno.statSync(file)];
      return one.ino === two.ino && one.dev === two.dev && Number(one.ino) > 0;
    },
    "stat what is missing": () => Deno.statSync(missing),
    "stat later what is missing": () => Deno.stat(missing),
    "make a link": () => Deno.symlinkSync(file, `${folder}/link`),
    "make a link, there already": () => Deno.symlinkSync(file, `${folder}/link`),
    "lstat a link": () => Deno.lstatSync(`${folder}/link`).isSymlink,
    "stat a link": () => typeOf(Deno.statSync(`${folder}/link`)),
    "lstat what is missing": () => Deno.lstatSync(missing),
    "read a link": () => Deno.readLinkSync(`${folder}/link`),
    "read a link that is none": () => Deno.readLinkSync(file),
    "real path": () => Deno.realPathSync(`${folder}/../${folder.split("/").pop()}/link`),
    "real path of what is missing": () => Deno.realPathSync(missing),
    "a link to itself": () => {
      Deno.symlinkSync(`${folder}/loop`, `${folder}/loop`);
      return Deno.statSync(`${folder}/loop`);
    },
    "rename": () => {
      Deno.renameSync(`${folder}/new`, `${folder}/renamed`);
      return Deno.readTextFileSync(`${folder}/renamed`);
    },
    "rename over a link": () => {
      Deno.symlinkSync("/dev/stdout", `${folder}/fresh`);
      Deno.renameSync(`${folder}/fresh`, `${folder}/link`);
      return Deno.readLinkSync(`${folder}/link`);
    },
    "rename what is missing": () => Deno.renameSync(missing, file),
    "rename a file over a folder": () => {
      Deno.mkdirSync(`${folder}/taken`);
      Deno.renameSync(file, `${folder}/taken`);
    },
    "chmod": () => {
      Deno.chmodSync(file, 0o640);
      return Deno.statSync(file).mode;
    },
    "chmod what is missing": () => Deno.chmodSync(missing, 0o600),
    "chown to oneself": () => Deno.chownSync(file, Deno.uid(), Deno.gid()),
    "chown what is missing": () => Deno.chownSync(missing, 0, 0),
    "make a folder": () => Deno.mkdirSync(`${folder}/sub`),
    "make a folder, there already": () => Deno.mkdirSync(`${folder}/sub`),
    "make folders": () => {
      Deno.mkdirSync(`${folder}/a/b/c`, { recursive: true, mode: 0o750 });
      return [Deno.statSync(`${folder}/a/b/c`).mode, Deno.statSync(`${folder}/a`).mode];
    },
    "make folders, there already": () => Deno.mkdirSync(`${folder}/a/b`, { recursive: true }),
    "make folders over a file": () => Deno.mkdirSync(file, { recursive: true }),
    "make folders below a file": () => Deno.mkdirSync(`${file}/x/y`, { recursive: true }),
    "make a folder in a missing one": () => Deno.mkdirSync(`${missing}/x`),
    "list a folder": () => [...Deno.readDirSync(folder)].sort(byName),
    "list a folder later": async () => {
      const names: string[] = [];
      for await (const { name } of Deno.readDir(folder)) names.push(name);
      return names.sort();
    },
    "list what is missing": () => [...Deno.readDirSync(missing)],
    "list a file": () => [...Deno.readDirSync(file)],
    "remove a file": () => Deno.removeSync(file),
    "remove what is missing": () => Deno.removeSync(missing),
    "remove what is missing and all in it": () => Deno.removeSync(missing, { recursive: true }),
    "remove a full folder": () => Deno.removeSync(`${folder}/a`),
    "remove a full folder and all in it": () => {
      Deno.symlinkSync("/etc", `${folder}/a/etc`);
      Deno.removeSync(`${folder}/a`, { recursive: true });
      return Deno.statSync("/etc/passwd").isFile;
    },
    "remove a link to a folder": () => {
      Deno.symlinkSync(`${folder}/sub`, `${folder}/to-sub`);
      Deno.removeSync(`${folder}/to-sub`, { recursive: true });
      return Deno.statSync(`${folder}/sub`).isDirectory;
    },
    "a temporary folder": () => {
      const path = Deno.makeTempDirSync({ dir: folder, prefix: "p-", suffix: ".s" });
      return [hasShape(path, `${folder}/p-`, ".s"), Deno.statSync(path).mode];
    },
    "a temporary file": () => {
      const path = Deno.makeTempFileSync({ dir: folder });
      return [hasShape(path, `${folder}/`, ""), typeOf(Deno.statSync(path))];
    },
    "a temporary folder in a missing one": () => Deno.makeTempDirSync({ dir: missing }),
    "the working directory": () => Deno.cwd(),
  };
};
