/** Control groups of its own for a container, because two in the same ones would share the groups of their units. */

import { exists } from "../../support/image.ts";

const MOUNT = "/sys/fs/cgroup";

/** This process's groups in the hierarchies that systemd uses: one, or two on a machine with both versions. */
function ownFolders(): string[] {
  const groups = Deno.readTextFileSync("/proc/self/cgroup");
  const [, named] = /^\d+:name=systemd:(.*)$/m.exec(groups) ?? [];
  const [, unified = "/"] = /^0::(.*)$/m.exec(groups) ?? [];
  const folders = named === undefined
    ? [MOUNT + unified]
    : [`${MOUNT}/systemd${named}`, `${MOUNT}/unified${unified}`];
  return folders.filter(exists).map((folder) => folder.replace(/\/$/, ""));
}

export class ContainerGroup implements Disposable {
  readonly #folders: string[];

  constructor() {
    const name = `tandem-${crypto.randomUUID().slice(0, 8)}`;
    this.#folders = ownFolders().map((folder) => `${folder}/${name}`);
    for (const folder of this.#folders) Deno.mkdirSync(folder);
  }

  /** Runs a command in the groups; it ends by exec. */
  get prefix(): string[] {
    const join = this.#folders.map((folder) => `echo $$ > ${folder}/cgroup.procs`).join(" && ");
    return ["sh", "-c", `${join} && exec "$@"`, "sh"];
  }

  [Symbol.dispose](): void {
    for (const folder of this.#folders) removeGroups(folder);
  }
}

function removeGroups(folder: string): void {
  for (const { isDirectory, name } of Deno.readDirSync(folder)) {
    if (isDirectory) removeGroups(`${folder}/${name}`);
  }
  Deno.removeSync(folder);
}
