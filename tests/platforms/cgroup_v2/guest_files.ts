/** What the virtual machine has beside its root file system: the unit of deploy/, the editions, the program, the trial. */

import { editions } from "../../support/editions.ts";
import { makeOpenFolder } from "../../support/machine/open_folder.ts";
import { repository } from "../../support/paths.ts";
import { Program } from "../systemd/program.ts";

const UNITS = "etc/systemd/system";
const GUEST = "opt/trial/guest.py";

export const MEMORY_MAX = 300 * 2 ** 20;

/** The limits of the trials, and more time: half of an emulated CPU is slow. */
const LIMITS = `[Service]
CPUQuota=50%
MemoryMax=${MEMORY_MAX}
Environment=TANDEM_TIMEOUT=240
WatchdogSec=600
ExecStartPre=-/bin/sh -c "exec tandem check --json > %t/tandem/check.json"
`;

const TRIAL = `[Service]
Type=oneshot
ExecStart=/usr/bin/python3 /${GUEST} ${editions.map(({ name }) => name).join(" ")}
ExecStopPost=/bin/systemctl poweroff --no-block
StandardError=tty
TTYPath=/dev/ttyS0
`;

/** @returns a folder that the caller removes */
export function makeGuestFiles(): string {
  const folder = makeOpenFolder();
  const deploy = `${repository}/deploy/systemd`;
  using program = new Program("/run/tandem", 8080);
  copy(`${deploy}/tandem.service`, `${UNITS}/tandem.service`);
  // systemd 252 needs it.
  copy(`${deploy}/before-253.conf`, `${UNITS}/tandem.service.d/before-253.conf`);
  for (const name of ["wsgi.py", "nginx.conf"]) {
    copy(`${program.folder}/${name}`, `opt/program/${name}`);
  }
  for (const { name, path } of editions) copy(path, `opt/editions/${name}`);
  copy(`${import.meta.dirname}/guest.py`, GUEST);
  write(`${UNITS}/tandem.service.d/trial.conf`, LIMITS);
  write(`${UNITS}/trial.service`, TRIAL);
  link("../trial.service", `${UNITS}/multi-user.target.wants/trial.service`);
  // Debian's own would only cost time.
  link("/dev/null", `${UNITS}/nginx.service`);
  return folder;

  function place(path: string): string {
    const whole = `${folder}/${path}`;
    Deno.mkdirSync(whole.slice(0, whole.lastIndexOf("/")), { recursive: true });
    return whole;
  }
  function copy(from: string, path: string): void {
    Deno.copyFileSync(from, place(path));
  }
  function write(path: string, text: string): void {
    Deno.writeTextFileSync(place(path), text);
  }
  function link(target: string, path: string): void {
    Deno.symlinkSync(target, place(path));
  }
}
