/** What a supervisor is, for the trials that all of them share. */

import { type PreparedRoot, prepareRootWith } from "../../matrix/roots.ts";
import { runInRoot } from "../../matrix/in_root.ts";
import type { Platform, Prepared, Trial } from "../platform.ts";
import type { Container } from "./container.ts";

export interface Supervisor {
  /** Paths below deploy/, and where they are in the image. */
  deploy: Record<string, string>;
  /** Further files: those of the supervisor itself. */
  files?: Record<string, string>;
  /** The file and text by which the image sets these variables for tandem. */
  settings(variables: Record<string, string>): [path: string, text: string];
  /** Runs the supervisor in the foreground. */
  command: readonly string[];
  /** Run once the supervisor runs, unless it starts the service by itself. */
  start?: readonly string[];
  /** What the supervisor itself says. */
  isReady(container: Container): Promise<boolean>;
  reload: readonly string[];
  stop: readonly string[];
  /** Of tandem, oldest first, as the supervisor or its log keeps them. */
  exitStatuses(container: Container): Promise<number[]>;
  /** Whether the supervisor will not start tandem again. */
  hasGivenUp(container: Container): Promise<boolean>;
  /** Everything that the pair has printed. */
  log(container: Container): string;
}

const PACKAGES = [
  ...["nginx-light", "gunicorn", "python3-gevent"],
  ...["s6", "runit", "supervisor", "daemontools", "openrc", "monit"],
];

/** Of the root that all supervisors share; `undefined` until a platform is prepared. */
let root: PreparedRoot | undefined;

export function rootPath(): string {
  if (root?.kind !== "ready") throw new Error("The platform is not prepared");
  return root.path;
}

/** @param packageName Debian's, whose version is the platform's */
export function supervisorPlatform(
  name: string,
  packageName: string,
  trials: readonly Trial[],
): Platform {
  async function prepare(): Promise<Prepared> {
    root ??= await prepareRootWith("supervisors", "bookworm", PACKAGES);
    if (root.kind === "ignored") return root;
    const query = ["dpkg-query", "--show", "--showformat", "${Version}", packageName];
    const { stdout } = await runInRoot(root.path, query);
    return { kind: "ready", version: `${packageName} ${stdout}` };
  }
  return { name, prepare, trials };
}
