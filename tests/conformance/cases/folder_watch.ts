import { type Cases, until } from "./cases.ts";

/** The kinds of events that a step brings, repeated ones once: Deno may join or split them. */
export const folderWatch: Cases = (parent) => {
  const folder = `${parent}/watched`;
  let seen: string[] = [];
  let watcher: Deno.FsWatcher;
  let hasEnded = false;

  async function follow() {
    for await (const { kind, paths } of watcher) {
      const event = `${kind} ${paths.map((path) => path.slice(folder.length)).join(" ")}`;
      if (!seen.includes(event)) seen.push(event);
    }
    hasEnded = true;
  }

  const afterwards = (act: () => void, last: string) => async () => {
    seen = [];
    act();
    await until(() => seen.includes(last));
    return seen;
  };

  return {
    "watch": () => {
      Deno.mkdirSync(folder);
      watcher = Deno.watchFs(folder, { recursive: false });
      follow();
    },
    "a new file": afterwards(() => Deno.writeTextFileSync(`${folder}/f`, "x"), "access /f"),
    "changed rights": afterwards(() => Deno.chmodSync(`${folder}/f`, 0o600), "modify /f"),
    "a renamed file": afterwards(
      () => Deno.renameSync(`${folder}/f`, `${folder}/g`),
      "rename /f /g",
    ),
    "moved here": afterwards(() => {
      Deno.writeTextFileSync(`${parent}/outside`, "x");
      Deno.renameSync(`${parent}/outside`, `${folder}/h`);
    }, "rename /h"),
    "moved away": afterwards(
      () => Deno.renameSync(`${folder}/h`, `${parent}/outside`),
      "remove /h",
    ),
    "a new folder": afterwards(() => Deno.mkdirSync(`${folder}/sub`), "create /sub"),
    "a removed file": afterwards(() => Deno.removeSync(`${folder}/g`), "remove /g"),
    "a removed folder": afterwards(() => Deno.removeSync(`${folder}/sub`), "remove /sub"),
    "close": async () => {
      watcher.close();
      await until(() => hasEnded);
    },
    "watch what is missing": () => Deno.watchFs(`${folder}/missing`, { recursive: false }),
  };
};
