/** `tandem demo`: serves a built-in app from a temporary directory, removed at the end. */

import app from "./demo_app.py" with { type: "text" };
import { createPrivateFolder, removeIfExists, writeAtomically } from "../host/files/files.ts";
import { writeToStderr } from "../host/output/output.ts";
import { EXIT } from "../plan/exit_codes.ts";
import { formatError } from "../plan/format.ts";
import {
  BUILT_IN_CONF,
  type Invocation,
  type SettingReport,
  type Settings,
} from "../plan/settings.ts";

/** @returns the exit status of `serve` */
export async function demo(
  invocation: Invocation,
  serve: (invocation: Invocation) => Promise<number>,
): Promise<number> {
  let folder: string;
  try {
    folder = createPrivateFolder("tandem-demo-");
  } catch (error) {
    const reason = `cannot create a temporary folder: ${formatError(error)}`;
    await writeToStderr(`tandem: demo: ${reason}: set TMPDIR to a folder that is writable\n`);
    return EXIT.configuration;
  }
  try {
    writeAtomically(`${folder}/wsgi.py`, app);
    const demoSettings: Partial<Settings> = {
      chdir: folder,
      socket: `${folder}/gunicorn.sock`,
      logDir: `${folder}/log`,
      stateDir: `${folder}/state`,
      nginxConf: BUILT_IN_CONF,
      app: "wsgi:app",
    };
    const settings = { ...invocation.settings, ...unlessGiven(demoSettings, invocation.report) };
    const url = `http://127.0.0.1:${settings.port}`;
    await writeToStderr(
      `tandem: demo: once ready, try: curl -i ${url}/ping\n` +
        `tandem: demo: or: curl -d hello ${url}/invocations, or: curl ${url}/slow and then Ctrl-C\n` +
        `tandem: demo: in another shell: tandem status --watch --state-dir ${settings.stateDir}\n`,
    );
    return await serve({ ...invocation, settings });
  } finally {
    await removeDemoFolder(folder);
  }
}

/** Of a unique name, so everything in it is the demo's. What cannot be removed does not change the exit status. */
async function removeDemoFolder(folder: string): Promise<void> {
  try {
    removeIfExists(folder, { recursive: true });
  } catch (error) {
    await writeToStderr(`tandem: demo: cannot remove ${folder}: ${formatError(error)}\n`);
  }
}

/** Drops the settings that the user has given. */
function unlessGiven(settings: Partial<Settings>, report: SettingReport[]): Partial<Settings> {
  const isDefault = (name: string) =>
    report.some(({ key, origin }) => key === name && origin.kind === "default");
  return Object.fromEntries(Object.entries(settings).filter(([key]) => isDefault(key)));
}
