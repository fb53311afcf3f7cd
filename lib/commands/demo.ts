/** `tandem demo`: the main job on a built-in app, in a private folder that goes with it. */

import app from "./demo_app.py" with { type: "text" };
import { createPrivateFolder, removeIfExists, writeAtomically } from "../host/files/files.ts";
import { writeToStderr } from "../host/output/output.ts";
import type { Invocation, SettingReport, Settings } from "../plan/settings.ts";

/** @returns the exit status */
export async function demo(
  request: Invocation,
  serve: (request: Invocation) => Promise<number>,
): Promise<number> {
  const folder = createPrivateFolder("tandem-demo-");
  try {
    writeAtomically(`${folder}/wsgi.py`, app);
    const inFolder: Partial<Settings> = {
      chdir: folder,
      socket: `${folder}/gunicorn.sock`,
      logDir: `${folder}/log`,
      stateDir: `${folder}/state`,
      nginxConf: undefined,
      app: "wsgi:app",
    };
    const settings = { ...request.settings, ...unlessGiven(inFolder, request.report) };
    const url = `http://127.0.0.1:${settings.port}`;
    writeToStderr(
      `tandem: demo: when it is ready, try  curl -i ${url}/ping\n` +
        `tandem: demo: or  curl -d hello ${url}/invocations;  curl ${url}/slow and Ctrl-C at once\n` +
        `tandem: demo: in another shell  tandem status --watch --state-dir ${settings.stateDir}\n`,
    );
    return await serve({ ...request, settings });
  } finally {
    removeIfExists(folder, { recursive: true });
  }
}

/** What the user said beats the demo's own. */
function unlessGiven(own: Partial<Settings>, report: SettingReport[]): Partial<Settings> {
  const flagOf = (key: string) => key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  const isDefault = (key: string) =>
    report.some(({ flag, origin }) => flag === flagOf(key) && origin.kind === "default");
  return Object.fromEntries(Object.entries(own).filter(([key]) => isDefault(key)));
}
