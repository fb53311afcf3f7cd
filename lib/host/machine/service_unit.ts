/** Finds the systemd service that this process belongs to, and how systemd stops it, from the files of systemd. */

import { environmentVariable } from "../system/environment.ts";
import { listNames, readTextIfExists, statIfExists } from "../system/if_exists.ts";

export interface ServiceUnit {
  name: string;
  /** `control-group` if it is not set. */
  killMode: string;
  /** Whether systemd runs a command of the unit before it sends a signal. */
  hasStopCommand: boolean;
}

/** Without systemctl, which a container or a sandbox may not have. @returns `undefined` outside of a service */
export function readServiceUnit(): ServiceUnit | undefined {
  const cgroup = findServiceCgroup(readTextIfExists("/proc/self/cgroup") ?? "");
  if (!cgroup) return undefined;
  const { name, isOfUser } = cgroup;
  const texts = readUnitTexts(name, isOfUser ? userFolders() : SYSTEM_FOLDERS);
  return texts.length ? { name, ...parseStopSettings(texts) } : undefined;
}

/**
 * @param text of /proc/PID/cgroup
 * @returns `undefined` in a scope too, such as that of a login or of a container
 */
export function findServiceCgroup(text: string): { name: string; isOfUser: boolean } | undefined {
  const path = /^(?:0:|\d+:name=systemd):(.*)$/m.exec(text)?.[1] ?? "";
  const units = path.split("/").filter((part) => /\.(service|scope)$/.test(part));
  const name = units.at(-1);
  if (!name?.endsWith(".service")) return undefined;
  return { name, isOfUser: units.slice(0, -1).some((unit) => /^user@\d+\.service$/.test(unit)) };
}

/** @param texts of the unit and its drop-ins, in their order */
export function parseStopSettings(texts: readonly string[]): Omit<ServiceUnit, "name"> {
  let killMode = "control-group";
  let hasStopCommand = false;
  for (const line of texts.join("\n").split("\n")) {
    const [, key, value] = /^\s*(KillMode|ExecStop)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
    // An empty value resets the setting.
    if (key === "KillMode") killMode = value || "control-group";
    if (key === "ExecStop") hasStopCommand = value !== "";
  }
  return { killMode, hasStopCommand };
}

/** From the one that wins to the one that all others replace. */
const SYSTEM_FOLDERS = [
  "/etc/systemd/system.control",
  "/run/systemd/system.control",
  "/run/systemd/transient",
  "/etc/systemd/system",
  "/run/systemd/system",
  "/run/systemd/generator",
  "/usr/local/lib/systemd/system",
  "/usr/lib/systemd/system",
  "/lib/systemd/system",
];

function userFolders(): string[] {
  const home = environmentVariable("HOME") ?? "";
  const own = environmentVariable("XDG_CONFIG_HOME") || `${home}/.config`;
  const runtime = environmentVariable("XDG_RUNTIME_DIR") ?? "";
  return [
    `${own}/systemd/user.control`,
    `${runtime}/systemd/transient`,
    `${own}/systemd/user`,
    "/etc/systemd/user",
    `${runtime}/systemd/user`,
    "/run/systemd/user",
    `${home}/.local/share/systemd/user`,
    "/usr/local/lib/systemd/user",
    "/usr/lib/systemd/user",
  ];
}

/** @param folders with the one that wins first */
export function readUnitTexts(name: string, folders: readonly string[]): string[] {
  const unit = templatesOf(name).flatMap((file) => folders.map((folder) => `${folder}/${file}`))
    .map(readFile).find((text) => text !== undefined);
  if (unit === undefined) return [];
  const dropIns = new Map<string, string>();
  for (const folder of [...folders].reverse()) {
    for (const owner of dropInOwners(name)) {
      for (const file of listNames(`${folder}/${owner}.d`)) {
        if (file.endsWith(".conf")) dropIns.set(file, `${folder}/${owner}.d/${file}`);
      }
    }
  }
  const paths = [...dropIns].sort(([a], [b]) => a < b ? -1 : 1).map(([, path]) => path);
  return [unit, ...paths.map((path) => readFile(path) ?? "")];
}

/** An instance such as model@a.service, then its template. */
function templatesOf(name: string): string[] {
  const template = name.replace(/@.+\.service$/, "@.service");
  return template === name ? [name] : [name, template];
}

/** From the most general to the unit itself: service, model-.service, model-a@.service, model-a@b.service. */
function dropInOwners(name: string): string[] {
  const prefixes = [...name.matchAll(/-/g)].map(({ index }) =>
    `${name.slice(0, index + 1)}.service`
  );
  return ["service", ...prefixes, ...templatesOf(name).reverse()];
}

/** A masked unit is a link to /dev/null. */
function readFile(path: string): string | undefined {
  return statIfExists(path)?.isFile ? readTextIfExists(path) : undefined;
}
