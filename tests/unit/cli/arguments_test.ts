import assert from "node:assert/strict";
import { parseCommandLine } from "../../../lib/cli/arguments.ts";
import { commandNames } from "../../../lib/cli/command_table.ts";
import { settingsTable } from "../../../lib/cli/settings.ts";
import type { Environment } from "../../../lib/cli/resolve.ts";
import { variableOf } from "../../../lib/cli/settings/setting.ts";
import { isOfService } from "../../../lib/cli/stray_variables.ts";
import { UsageError } from "../../../lib/cli/usage_error.ts";
import { byoImage, invocationFor } from "../support/invocation_for.ts";

const parse = (args: string[], env: Environment = {}) => parseCommandLine(args, env, byoImage);

function refusal(args: string[], env: Environment = {}): string {
  try {
    parse(args, env);
  } catch (error) {
    assert.ok(error instanceof UsageError, String(error));
    return error.message;
  }
  assert.fail(`${args.join(" ")} is accepted`);
}

function commandOf(args: string[]): string {
  const commandLine = parse(args);
  return commandLine.kind === "run" ? commandLine.command : commandLine.kind;
}

Deno.test("arguments: serve is the default command, and may come before or after its options", () => {
  assert.equal(commandOf([]), "serve");
  assert.equal(commandOf(["serve"]), "serve");
  assert.equal(commandOf(["--workers", "2"]), "serve");
  assert.equal(commandOf(["serve", "--workers", "2"]), "serve");
  assert.equal(commandOf(["--workers", "2", "serve"]), "serve");
});

Deno.test("arguments: every command of the table is known", () => {
  const needed: Partial<Record<string, string[]>> = {
    completions: ["bash"],
    plan: ["--for", "docker"],
  };
  for (const name of commandNames) assert.equal(commandOf([name, ...needed[name] ?? []]), name);
});

Deno.test("arguments: a current directory that was removed is refused, but not for help", () => {
  const machine = {
    ...byoImage,
    currentDirectory: () => {
      throw new Deno.errors.NotFound();
    },
  };
  assert.throws(() => parseCommandLine([], {}, machine), UsageError);
  assert.equal(parseCommandLine(["--help"], {}, machine).kind, "help");
});

Deno.test("arguments: help and version are results, not exits", () => {
  assert.deepEqual(parse(["--help"]), { kind: "help", topic: undefined });
  assert.deepEqual(parse(["-h"]), { kind: "help", topic: undefined });
  assert.deepEqual(parse(["help"]), { kind: "help", topic: undefined });
  assert.deepEqual(parse(["help", "serve"]), { kind: "help", topic: "serve" });
  assert.deepEqual(parse(["help", "signals"]), { kind: "help", topic: "signals" });
  assert.deepEqual(parse(["help", "--all"]), { kind: "help", topic: "all" });
  assert.deepEqual(parse(["config", "--help"]), { kind: "help", topic: "config" });
  assert.deepEqual(parse(["--version"]), { kind: "version", json: false });
  assert.deepEqual(parse(["-V"]), { kind: "version", json: false });
  assert.deepEqual(parse(["serve", "--version"]), { kind: "version", json: false });
  assert.deepEqual(parse(["version"]), { kind: "version", json: false });
  assert.deepEqual(parse(["version", "--json"]), { kind: "version", json: true });
});

Deno.test("arguments: help and version are shown even if a value is wrong", () => {
  assert.deepEqual(parse(["serve", "--workers", "many", "-h"]), { kind: "help", topic: "serve" });
  assert.deepEqual(parse(["--help"], { MODEL_SERVER_WORKERS: "many" }).kind, "help");
  assert.deepEqual(parse(["--version"], { MODEL_SERVER_WORKERS: "many" }).kind, "version");
  assert.deepEqual(parse(["version"], { MODEL_SERVER_WORKERS: "many" }).kind, "version");
});

Deno.test("arguments: plan needs a platform, and says which there are", () => {
  const choices = "one of docker, compose, kubernetes, ecs, sagemaker, systemd, cloudrun";
  assert.equal(refusal(["plan"]), `plan needs --for: ${choices}`);
  assert.equal(
    refusal(["plan", "--for", "kubernets"]),
    `--for: "kubernets" is not ${choices}; did you mean "kubernetes"?`,
  );
  assert.equal(parse(["plan", "--help"]).kind, "help");
});

const workers = (args: string[], env: Environment = {}) =>
  invocationFor(args, env).settings.workers;

Deno.test("arguments: a flag beats its variables, which beat the default", () => {
  const env = {
    TANDEM_WORKERS: "5",
    MODEL_SERVER_WORKERS: "6",
    SAGEMAKER_MODEL_SERVER_WORKERS: "7",
  };
  assert.equal(workers(["--workers", "2"], env), 2);
  assert.equal(workers([], env), 5);
  assert.equal(workers([], { ...env, TANDEM_WORKERS: "" }), 6);
  assert.equal(workers([], { SAGEMAKER_MODEL_SERVER_WORKERS: "7" }), 7);
  assert.equal(workers([]), byoImage.cpus());
});

Deno.test("arguments: an empty variable counts as unset, an empty flag does not", () => {
  const nothing = { TANDEM_WORKERS: "", MODEL_SERVER_WORKERS: "", TANDEM_NO_LOG_LINKS: "" };
  assert.equal(workers([], nothing), 4);
  assert.equal(invocationFor([], nothing).settings.noLogLinks, false);
  assert.match(refusal(["--workers="]), /^--workers: "" is not a whole number/);
});

Deno.test("arguments: a wrong variable does not matter if a flag or an earlier variable is set", () => {
  assert.equal(workers(["--workers", "2"], { MODEL_SERVER_WORKERS: "many" }), 2);
  assert.match(
    refusal([], { TANDEM_WORKERS: "many", MODEL_SERVER_WORKERS: "6" }),
    /^TANDEM_WORKERS: "many"/,
  );
});

Deno.test("arguments: a value follows = or is the next word; the last value counts", () => {
  assert.equal(workers(["--workers=3"]), 3);
  assert.equal(workers(["--workers", "3"]), 3);
  assert.equal(workers(["--workers=3", "--workers=8"]), 8);
  assert.equal(invocationFor(["--chdir=-odd=name"]).settings.chdir, "-odd=name");
});

Deno.test("arguments: SAGEMAKER_MAX_PAYLOAD_IN_MB takes megabytes, and TANDEM_MAX_BODY beats it", () => {
  const maxBody = (env: Environment) => invocationFor([], env).settings.maxBody;
  assert.equal(maxBody({ SAGEMAKER_MAX_PAYLOAD_IN_MB: "100" }), "100m");
  assert.equal(maxBody({ SAGEMAKER_MAX_PAYLOAD_IN_MB: "100", TANDEM_MAX_BODY: "1g" }), "1g");
  assert.match(
    refusal([], { SAGEMAKER_MAX_PAYLOAD_IN_MB: "100m" }),
    /^SAGEMAKER_MAX_PAYLOAD_IN_MB: "100m" is not a whole number of megabytes/,
  );
});

Deno.test("arguments: everything after -- goes to gunicorn unchanged", () => {
  const { gunicornArguments, settings } = invocationFor(
    ["serve", "--workers", "2", "--", "--workers", "9", "--", "-x", "", "help"],
  );
  assert.deepEqual(gunicornArguments, ["--workers", "9", "--", "-x", "", "help"]);
  assert.equal(settings.workers, 2);
  assert.deepEqual(invocationFor(["--"]).gunicornArguments, []);
  assert.deepEqual(invocationFor([]).gunicornArguments, []);
});

const mistakes: [args: string[], says: RegExp][] = [
  [["--wrokers", "3"], /^unknown flag "--wrokers"; did you mean "--workers"\?$/],
  [["--no-log-link"], /^unknown flag "--no-log-link"; did you mean "--no-log-links"\?$/],
  [["--nonsense-of-mine"], /^unknown flag "--nonsense-of-mine"$/],
  [["--Workers", "3"], /^unknown flag "--Workers"; did you mean "--workers"\?$/],
  [["-w", "3"], /^unknown flag "-w"$/],
  [["--__proto__=1"], /^unknown flag "--__proto__"$/],
  [["--constructor"], /^unknown flag "--constructor"$/],
  [["--new\nline"], /^unknown flag "--new\\nline"$/],
  [["--json"], /^serve has no flag "--json"$/],
  [["stop", "--json"], /^stop has no flag "--json"$/],
  [["helth", "--json"], /^unknown command "helth"; did you mean "health"\?$/],
  [["--grace", "3"], /^unknown flag "--grace"; did you mean "--grace-period"\?$/],
  [["--log", "x"], /^unknown flag "--log"; did you mean "--logs", "--log-dir" or "--log-level"\?$/],
  [["stop", "--time"], /^unknown flag "--time"; did you mean "--timeout"\?$/],
  [["stat"], /^unknown command "stat"; did you mean "status"\?$/],
  [["help", "st"], /^unknown help topic "st"; did you mean "stop" or "status"\?$/],
  [["help", "exit"], /^unknown help topic "exit"; did you mean "exit-status"\?$/],
  [["help", "signal"], /^unknown help topic "signal"; did you mean "signals"\?$/],
  [["help", "nothing"], /^unknown help topic "nothing"$/],
  [["--all"], /^serve has no flag "--all"$/],
  [["--logs", "in"], /^--logs: "in" is not one of .*; did you mean "inherit"\?$/],
  [["completions"], /^completions needs an argument: one of bash, zsh, fish$/],
  [["completions", "bsh"], /^completions: "bsh" is not one of .*; did you mean "bash"\?$/],
  [["stop", "--", "x"], /^stop takes no arguments after --: remove "x"$/],
  [["train"], /^"train" is .* \/opt\/program\/serve, .* serve status .* \/opt\/program\/train$/],
  [["train", "--epochs", "3"], /^"train" is not for tandem/],
  [["srve"], /^unknown command "srve"; did you mean "serve"\?$/],
  [["conf"], /^unknown command "conf"; did you mean "config"\?$/],
  [["toString"], /^unknown command "toString"$/],
  [[""], /^unknown command ""$/],
  [["-"], /^unknown command "-"$/],
  [["help", "srve"], /^unknown help topic "srve"; did you mean "serve"\?$/],
  [["serve", "now"], /^unexpected argument "now"$/],
  [["config", "serve"], /^unexpected argument "serve"$/],
  [["help", "serve", "now"], /^unexpected argument "now"$/],
  [["--workers"], /^--workers needs a value: a whole number from 1 to 1024$/],
  [["--workers", "--port", "80"], /^--workers needs a value, not "--port": a whole number/],
  [["--workers", "-5"], /^--workers needs a value, not "-5": a whole number/],
  [["--app", "--", "x"], /^--app needs a value, not "--": module:callable/],
  [["--no-log-links=yes"], /^--no-log-links takes no value: remove "yes"$/],
  [["--help=serve"], /^--help takes no value: remove "serve"$/],
  [["--logs", "inherits"], /^--logs: "inherits" is not one of .*; did you mean "inherit"\?$/],
  [["--log-level", "INFO"], /^--log-level: "INFO" is not one of .*; did you mean "info"\?$/],
  [["--log-format", "xml"], /^--log-format: "xml" is not one of text, json$/],
];

for (const [args, says] of mistakes) {
  Deno.test(`arguments: ${JSON.stringify(args)} is refused`, () => {
    assert.match(refusal(args), says);
  });
}

Deno.test("arguments: every flag and command is suggested for a misspelling", () => {
  for (const { flag } of Object.values(settingsTable)) {
    const misspelled = `--${flag[0]}${flag[0]}${flag.slice(1)}`;
    assert.match(refusal([misspelled]), new RegExp(`did you mean "--${flag}"\\?$`));
  }
  for (const name of commandNames) {
    assert.match(refusal([`${name}e`]), new RegExp(`did you mean "${name}"\\?$`));
  }
});

Deno.test("arguments: a drain delay as long as the grace period is refused", () => {
  const says = "25 is not less than --grace-period 25: " +
    "shorten the delay or lengthen the grace period";
  assert.equal(refusal(["--drain-delay", "25"]), `--drain-delay ${says}`);
  assert.equal(refusal([], { TANDEM_DRAIN_DELAY: "25" }), `TANDEM_DRAIN_DELAY ${says}`);
  assert.match(refusal(["--grace-period=5", "--drain-delay=6"]), /--drain-delay 6 .* 5/);
  assert.equal(invocationFor(["--drain-delay", "24"]).settings.drainDelay, 24);
  assert.equal(invocationFor(["--drain-delay=25", "--grace-period=26"]).settings.gracePeriod, 26);
});

Deno.test("arguments: the report has the value and the origin of each setting", () => {
  const { report } = invocationFor(["--port", "9000", "--no-log-links"], {
    MODEL_SERVER_TIMEOUT: "120",
    TANDEM_APP: "main:app",
  });
  const of = (flag: string) => report.find((entry) => entry.flag === flag);
  assert.deepEqual(of("port"), {
    key: "port",
    flag: "port",
    value: "9000",
    origin: { kind: "flag", name: "--port" },
    isOfBuiltInConf: true,
  });
  assert.deepEqual(of("no-log-links")?.value, "true");
  assert.deepEqual(of("timeout"), {
    key: "timeout",
    flag: "timeout",
    value: "120",
    origin: { kind: "variable", name: "MODEL_SERVER_TIMEOUT" },
  });
  assert.deepEqual(of("app")?.origin, { kind: "variable", name: "TANDEM_APP" });
  assert.deepEqual(of("workers"), {
    key: "workers",
    flag: "workers",
    value: "4",
    origin: { kind: "default" },
  });
  assert.deepEqual(report.map(({ flag }) => flag), Object.values(settingsTable).map((s) => s.flag));
  assert.deepEqual(report.map(({ key }) => key), Object.keys(settingsTable));
});

/** What Kubernetes sets in every container for a Service of this name and two ports. */
function serviceVariables(service: string): Environment {
  const name = service.toUpperCase().replaceAll("-", "_");
  return {
    [`${name}_SERVICE_HOST`]: "10.0.0.11",
    [`${name}_SERVICE_PORT`]: "6379",
    [`${name}_SERVICE_PORT_HTTP`]: "6379",
    [`${name}_PORT`]: "tcp://10.0.0.11:6379",
    [`${name}_PORT_6379_TCP`]: "tcp://10.0.0.11:6379",
    [`${name}_PORT_6379_TCP_PROTO`]: "tcp",
    [`${name}_PORT_6379_TCP_PORT`]: "6379",
    [`${name}_PORT_6379_TCP_ADDR`]: "10.0.0.11",
    [`${name}_PORT_53_UDP`]: "udp://10.0.0.11:53",
  };
}

for (const service of ["tandem", "tandem-foo", "tandem-port", "tandem-log-dir"]) {
  Deno.test(`arguments: the variables of a Service ${service} are ignored`, () => {
    const env = serviceVariables(service);
    const { settings, strayVariables } = invocationFor([], env);
    assert.deepEqual(settings, invocationFor([]).settings);
    assert.deepEqual(strayVariables, { unknown: [], ofServices: Object.keys(env).sort() });
    assert.equal(invocationFor([], { ...env, SAGEMAKER_BIND_TO_PORT: "9" }).settings.port, 9);
  });
}

Deno.test("arguments: no setting's variable is taken for a Service's, unless its value is a Service's", () => {
  for (const { flag } of Object.values(settingsTable)) {
    assert.equal(isOfService(variableOf(flag), "80"), false, flag);
  }
  assert.match(refusal([], { TANDEM_PORT: "tcp//x" }), /^TANDEM_PORT: "tcp\/\/x" is not/);
});

Deno.test("arguments: unknown variables are reported with what was meant, and do not change anything", () => {
  const env = { TANDEM_WORKER_CLAS: "sync", TANDEM_NONSENSE: "1", TANDEM_GRACE: "", OTHER: "x" };
  const { settings, strayVariables } = invocationFor([], { ...env, TANDEM_WORKERS: "2" });
  assert.equal(settings.workers, 2);
  assert.deepEqual(strayVariables, {
    unknown: [
      { name: "TANDEM_NONSENSE", meant: [] },
      { name: "TANDEM_WORKER_CLAS", meant: ["TANDEM_WORKER_CLASS"] },
    ],
    ofServices: [],
  });
});

Deno.test("arguments: the name of an unknown variable cannot act on a terminal", () => {
  const { strayVariables } = invocationFor([], { "TANDEM_\x1b[31m\nX": "1" });
  assert.deepEqual(strayVariables.unknown.map(({ name }) => name), ["TANDEM_\\x1b[31m\\x0aX"]);
});

Deno.test("arguments: the report shows none for a setting without a value", () => {
  const { report } = invocationFor([], {}, { ...byoImage, isFile: () => false });
  const of = (flag: string) => report.find((entry) => entry.flag === flag)?.value;
  assert.equal(of("nginx-conf"), "builtin");
  assert.equal(of("notification-fd"), "none");
  assert.equal(of("trust-proxy"), "none");
});
