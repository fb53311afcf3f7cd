/** A wrong command line or variable exits 64 with one line, before anything is started or changed. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";
import type { Image } from "../../support/image.ts";
import { pool } from "../../support/pool.ts";
import { snapshot } from "../../support/machine/snapshot.ts";

/** Bad values of each flag; each is tried as a flag and as the `TANDEM_…` variable. */
const badValues: Record<string, string[]> = {
  "workers": ["0", "-1", "1025", "2.5", "two", "1\n", " 1", "0x2", "99999999999999999999"],
  "timeout": ["60s", "1.5", "-5"],
  "worker-class": ["ge vent", "-k"],
  "app": ["wsgi", "wsgi:", ":app"],
  "chdir": ["a\nb"],
  "socket": ["gunicorn.sock", "/tmp/", `/tmp/${"x".repeat(120)}`],
  "port": ["0", "65536", "http", "80 80"],
  "max-body": ["25mb", "-1"],
  "proxy-read-timeout": ["0", "20m"],
  "log-dir": ["log", "/tmp/$log"],
  "logs": ["loud"],
  "log-level": ["INFO", "verbose"],
  "log-format": ["xml"],
  "ready-path": ["ping", "/a b", "/a\nb"],
  "start-timeout": ["2m", "2147484"],
  "drain-delay": ["-1"],
  "grace-period": ["0", "25s"],
  "notification-fd": ["1", "x"],
};

/** Bad values of variables that images already use, beside the `TANDEM_…` ones. */
const otherVariables: [string, string][] = [
  ["MODEL_SERVER_WORKERS", "abc"],
  ["SAGEMAKER_MODEL_SERVER_WORKERS", "0"],
  ["MODEL_SERVER_TIMEOUT", "1 minute"],
  ["SAGEMAKER_MODEL_SERVER_TIMEOUT", "-1"],
  ["SAGEMAKER_GUNICORN_WORKER_CLASS", "no class"],
  ["WEB_CONCURRENCY", "0"],
  ["SAGEMAKER_BIND_TO_PORT", "eighty"],
  ["SAGEMAKER_MAX_PAYLOAD_IN_MB", "6MB"],
  ["SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS", "0"],
];

/** Wrong command lines, and what the message must contain. */
const otherCommandLines: [args: string[], names: string][] = [
  [["serv"], 'did you mean "serve"'],
  [["dance"], '"dance"'],
  [["serve", "serve"], '"serve"'],
  [["--wrokers", "2"], 'did you mean "--workers"'],
  [["--dance"], '"--dance"'],
  [["-w", "2"], '"-w"'],
  [["--workers"], "--workers"],
  [["--workers", "--timeout"], "--workers"],
  [["--workers="], "--workers"],
  [["--no-log-links=1"], "--no-log-links"],
  [["--drain-delay", "25"], "--drain-delay"],
  [["--grace", "9"], 'did you mean "--grace-period"'],
  [["--log", "x"], 'did you mean "--logs", "--log-dir" or "--log-level"'],
  [["stat"], 'did you mean "status"'],
  [["completions"], "one of bash, zsh, fish"],
  [["stop", "--", "x"], '"x"'],
  // Not open for the user, although the runtime may use such a descriptor itself.
  ...["3", "7", "9", "12", "200"].map((fd): [string[], string] => [
    ["--notification-fd", fd],
    "--notification-fd",
  ]),
  [["--logs", "inherti"], 'did you mean "inherit"'],
];

interface Refusal {
  command: string[];
  env?: Record<string, string>;
  names: string;
}

const refusals: Refusal[] = [
  ...Object.entries(badValues).flatMap(([flag, values]) =>
    values.flatMap((value): Refusal[] => {
      const variable = `TANDEM_${flag.toUpperCase().replaceAll("-", "_")}`;
      return [
        { command: ["serve", `--${flag}=${value}`], names: `--${flag}` },
        { command: ["serve"], env: { [variable]: value }, names: variable },
      ];
    })
  ),
  ...otherVariables.map(([name, value]) => ({
    command: ["serve"],
    env: { [name]: value },
    names: name,
  })),
  ...otherCommandLines.map(([command, names]) => ({ command, names })),
];

forEachLaunch(
  `${refusals.length} wrong usages exit 64 with one line that names the mistake`,
  async (harness) => {
    const image = harness.image();
    const before = snapshot(image.folder);
    const failures: string[] = [];
    await pool(2, refusals, async ({ command, env, names }) => {
      const launcher = await harness.start({ image, command, env: { ...harmless(image), ...env } });
      const exit = await launcher.exit(5000).catch(() => undefined);
      const { stdout, stderr } = launcher;
      const isRight = exit?.code === 64 && stdout.text === "" && stderr.lines.length === 1 &&
        stderr.text.startsWith("tandem: ") && stderr.text.includes(names);
      if (!isRight) failures.push(`${JSON.stringify({ command, env })}\n${launcher.story}`);
    });
    assert.equal(failures.length, 0, failures.join(""));
    assert.deepEqual(snapshot(image.folder), before);
  },
  ["ordinary process"],
);

/** If tandem accepts one of them by mistake, what it starts stays within the image. */
function harmless({ nginxConf, socket, log, state }: Image): Record<string, string> {
  return {
    TANDEM_NGINX_CONF: nginxConf,
    TANDEM_SOCKET: socket,
    TANDEM_LOG_DIR: log,
    TANDEM_STATE_DIR: state,
    // If it were set, it would beat the variables after it.
    MODEL_SERVER_WORKERS: "",
  };
}
