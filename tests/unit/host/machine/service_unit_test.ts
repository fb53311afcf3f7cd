import assert from "node:assert/strict";
import {
  findServiceCgroup,
  parseStopSettings,
  readUnitTexts,
} from "../../../../lib/host/machine/service_unit.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { checkKillMode } from "../../../../lib/checks/rules/deployment.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

const USER = "/user.slice/user-1000.slice/user@1000.service";

for (
  const [cgroup, name, isOfUser] of [
    ["0::/system.slice/model.service", "model.service", false],
    ["12:cpu:/\n1:name=systemd:/system.slice/model.service\n0::/", "model.service", false],
    ["0::/system.slice/system-model.slice/model@a.service/workers", "model@a.service", false],
    [`0::${USER}/app.slice/model.service`, "model.service", true],
    [`0::${USER}/app.slice/terminal-17.scope`, undefined, false],
    ["0::/system.slice/docker-12ab.scope", undefined, false],
    ["0::/user.slice/user-0.slice/session-3.scope", undefined, false],
    ["0::/", undefined, false],
    ["", undefined, false],
  ] as const
) {
  Deno.test(`service unit: ${JSON.stringify(cgroup)}`, () => {
    assert.deepEqual(findServiceCgroup(cgroup), name && { name, isOfUser });
  });
}

for (
  const [texts, killMode, hasStopCommand] of [
    [["[Service]\nExecStart=/usr/bin/tandem\n"], "control-group", false],
    [["[Service]\nKillMode = mixed \n"], "mixed", false],
    [["[Service]\n#KillMode=mixed\n;KillMode=mixed\n"], "control-group", false],
    [["KillMode=mixed\n", "KillMode=process"], "process", false],
    [["KillMode=mixed\n", "KillMode=\n"], "control-group", false],
    [["ExecStop=/usr/bin/tandem stop\n"], "control-group", true],
    [["ExecStop=/usr/bin/tandem stop\n", "ExecStop=\n"], "control-group", false],
    [["ExecStopPost=/bin/true\n"], "control-group", false],
  ] as const
) {
  Deno.test(`service unit: ${JSON.stringify(texts)}`, () => {
    assert.deepEqual(parseStopSettings(texts), { killMode, hasStopCommand });
  });
}

Deno.test("service unit: the files of a template, its instance and their drop-ins", () => {
  const root = Deno.makeTempDirSync();
  try {
    const [etc, lib] = [`${root}/etc`, `${root}/lib`];
    const write = (path: string, text: string) => {
      Deno.mkdirSync(path.slice(0, path.lastIndexOf("/")), { recursive: true });
      Deno.writeTextFileSync(path, text);
    };
    const read = () => readUnitTexts("my-model@a.service", [etc, lib]);
    assert.deepEqual(read(), []);

    write(`${lib}/my-model@.service`, "lib");
    write(`${lib}/service.d/30-all.conf`, "all");
    write(`${lib}/my-model@.service.d/20-mode.conf`, "replaced");
    write(`${etc}/my-model@.service.d/20-mode.conf`, "template");
    write(`${etc}/my-.service.d/10-mode.conf`, "prefix");
    write(`${etc}/my-model@a.service.d/40-mode.conf`, "instance");
    write(`${etc}/my-model@a.service.d/README`, "no drop-in");
    write(`${etc}/my-model@b.service.d/50-mode.conf`, "another's");
    assert.deepEqual(read(), ["lib", "prefix", "template", "all", "instance"]);

    write(`${etc}/my-model@.service`, "etc");
    assert.equal(read()[0], "etc");
    // Masked.
    Deno.symlinkSync("/dev/null", `${etc}/my-model@a.service`);
    assert.equal(read()[0], "etc");
  } finally {
    Deno.removeSync(root, { recursive: true });
  }
});

for (
  const [killMode, hasStopCommand, result] of [
    ["mixed", false, "ok"],
    ["process", false, "ok"],
    ["control-group", false, "warning"],
    ["control-group", true, "ok"],
    ["none", false, "warning"],
  ] as const
) {
  const what = `KillMode=${killMode}${hasStopCommand ? " and ExecStop" : ""}`;
  Deno.test(`service unit: ${what} is ${result}`, () => {
    const finding = checkKillMode({ name: "model.service", killMode, hasStopCommand });
    assert.equal(finding.result, result);
    if (result === "warning") assert.match(finding.fix!, /KillMode=mixed/);
  });
}
