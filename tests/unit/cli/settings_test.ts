/** Every setting, by its flag and by each of its variables, with good values and thousands of bad ones. */

import assert from "node:assert/strict";
import fc from "fast-check";
import { parseCommandLine } from "../../../lib/cli/arguments.ts";
import type { ValueType } from "../../../lib/cli/value_types.ts";
import { variableNames } from "../../../lib/cli/help.ts";
import { settingsTable } from "../../../lib/cli/settings.ts";
import { type Setting, variableOf } from "../../../lib/cli/settings/setting.ts";
import { UsageError } from "../../../lib/cli/usage_error.ts";
import type { Settings } from "../../../lib/plan/settings.ts";
import { bareImage, byoImage, invocationFor } from "../support/invocation_for.ts";
import { anyText, type Rule, ruleOf } from "./values.ts";

/** One way to give a setting a value. */
interface Way {
  key: keyof Settings;
  name: string;
  rule: Rule;
  give: (text: string) => [args: string[], env: Record<string, string>];
  /** Whether the text can be given that way. */
  arrives: (text: string) => boolean;
}

const table = Object.entries(settingsTable) as [keyof Settings, Setting<unknown>][];

const ways = table.flatMap(([key, setting]): Way[] => {
  const { flag, placeholder, type, variables = [] } = setting;
  const byFlag: Way[] = placeholder === undefined ? [] : [
    {
      key,
      name: `--${flag}`,
      rule: ruleOf(type),
      give: (text) => [[`--${flag}=${text}`], {}],
      arrives: () => true,
    },
    {
      key,
      name: `--${flag}`,
      rule: ruleOf(type),
      give: (text) => [["serve", `--${flag}`, text], {}],
      // A word that begins with a dash is read as the next flag.
      arrives: (text) => !text.startsWith("-"),
    },
  ];
  const byVariable = (name: string, own: ValueType<unknown>, beside?: string): Way => ({
    key,
    name,
    rule: ruleOf(own),
    give: (text) => [[], { [name]: text, ...beside && { [beside]: "x" } }],
    // An empty variable counts as unset, and a variable cannot hold a NUL.
    arrives: (text) => text !== "" && !text.includes("\0"),
  });
  return [
    ...byFlag,
    byVariable(variableOf(flag), type),
    ...variables.flatMap((variable) => {
      if (typeof variable === "string") return byVariable(variable, type);
      const { name, type: own = type, beside = [undefined] } = variable;
      return beside.map((other) => byVariable(name, own, other));
    }),
  ];
});

const CASES_A_WAY = 100;

Deno.test("settings: every bad value is refused in one line with the flag or variable and the value", () => {
  let cases = 0;
  for (const { name, rule, give, arrives } of ways) {
    const bad = anyText(rule.good).filter((text) => arrives(text) && !rule.isGood(text));
    fc.assert(
      fc.property(bad, (text) => {
        cases++;
        assertRefusal(refusalOf(give(text), `${name} ${JSON.stringify(text)}`), name, text);
      }),
      { numRuns: CASES_A_WAY },
    );
  }
  assert.ok(cases >= 1000, `only ${cases} cases`);
});

function refusalOf([args, env]: ReturnType<Way["give"]>, what: string): string {
  try {
    parseCommandLine(args, env, byoImage);
  } catch (error) {
    assert.ok(error instanceof UsageError, `${what} is a ${error}`);
    return error.message;
  }
  assert.fail(`${what} was accepted`);
}

function assertRefusal(message: string, name: string, text: string): void {
  // Cc holds the characters that move the cursor or end a line; some readers end lines at Zl and Zp too.
  assert.doesNotMatch(message, /[\p{Cc}\p{Zl}\p{Zp}]/u, "the message is one harmless line");
  assert.ok(message.startsWith(`${name}: `), `names ${name}: ${message}`);
  const [quoted = "null"] = /"(?:[^"\\]|\\.)*"/.exec(message) ?? [];
  const shown = JSON.parse(quoted);
  const start = shown.replace(/…$/, "");
  const isStart = start.length >= 20 && text.startsWith(start);
  assert.ok(shown === text || isStart, `shows the value: ${message}`);
  assert.ok(message.length < 400, `${message.length} characters`);
  assert.match(message, / is not \S+/, "says what is expected");
}

Deno.test("settings: every good value is accepted and converted", () => {
  for (const { key, name, rule, give } of ways) {
    fc.assert(
      fc.property(rule.good, (text) => {
        fc.pre(!text.startsWith("-"));
        assert.ok(rule.isGood(text), `${name}: the rule contradicts itself about ${text}`);
        const [args, env] = give(text);
        // The drain delay must be less than the grace period.
        fc.pre(fits(key, Number(text)));
        const { settings } = invocationFor(args, env);
        assert.deepEqual(settings[key], rule.value ? rule.value(text) : text);
      }),
      { numRuns: 15 },
    );
  }
});

const fits = (key: keyof Settings, value: number) =>
  key === "drainDelay" ? value < 10 : key === "gracePeriod" ? value > 10 : true;

Deno.test("settings: a switch takes no value", () => {
  const switches = table.filter(([, { placeholder }]) => placeholder === undefined);
  assert.ok(switches.length > 0);
  for (const [key, { flag }] of switches) {
    assert.equal(invocationFor([`--${flag}`]).settings[key], true);
    assert.equal(
      refusalOf([[`--${flag}=1`], {}], flag),
      `--${flag} takes no value: remove "1"`,
    );
  }
});

Deno.test("settings: the defaults are those of the contract", () => {
  assert.deepEqual(invocationFor([]).settings, {
    workers: 4,
    timeout: 60,
    workerClass: "gevent",
    app: "wsgi:app",
    chdir: "/opt/program",
    socket: "/tmp/gunicorn.sock",
    port: 8080,
    maxBody: "25m",
    proxyReadTimeout: 1200,
    trustProxy: [],
    streaming: false,
    upstreamKeepAlive: 0,
    nginxConf: "/opt/program/nginx.conf",
    nginx: "nginx",
    gunicorn: "gunicorn",
    plainGunicorn: false,
    logDir: "/var/log/nginx",
    accessLog: "combined",
    logProbes: false,
    noLogLinks: false,
    logs: "auto",
    logLevel: "info",
    logFormat: "text",
    readyPath: "/ping",
    reloadImportApp: false,
    startTimeout: 0,
    drainDelay: 0,
    gracePeriod: 25,
    stateDir: "/run/tandem",
    notificationFd: undefined,
    textfile: undefined,
  });
  assert.equal(invocationFor([], {}, bareImage).settings.nginxConf, "builtin");
});

Deno.test("settings: no two settings share a flag or a variable", () => {
  const flags = table.map(([, { flag }]) => flag);
  const variables = table.flatMap(([, setting]) => variableNames(setting));
  assert.equal(new Set(flags).size, flags.length);
  assert.equal(new Set(variables).size, variables.length);
  for (const name of variables) assert.match(name, /^[A-Z][A-Z0-9_]*$/);
  for (const flag of flags) assert.match(flag, /^[a-z]+(-[a-z]+)*$/);
});

const variablesOfImages: Partial<Record<keyof Settings, string[]>> = {
  workers: ["MODEL_SERVER_WORKERS", "SAGEMAKER_MODEL_SERVER_WORKERS", "WEB_CONCURRENCY"],
  timeout: ["MODEL_SERVER_TIMEOUT", "SAGEMAKER_MODEL_SERVER_TIMEOUT"],
  workerClass: ["SAGEMAKER_GUNICORN_WORKER_CLASS"],
  port: ["SAGEMAKER_BIND_TO_PORT", "PORT"],
  maxBody: ["SAGEMAKER_MAX_PAYLOAD_IN_MB"],
  proxyReadTimeout: ["SAGEMAKER_NGINX_PROXY_READ_TIMEOUT_SECONDS"],
};

Deno.test("settings: the variables that images already use are those of the contract", () => {
  for (const [key, setting] of table) {
    const own = `TANDEM_${setting.flag.toUpperCase().replaceAll("-", "_")}`;
    assert.deepEqual(variableNames(setting), [own, ...variablesOfImages[key] ?? []]);
  }
});

Deno.test("settings: PORT counts only where the platform that sets it is known, and last", () => {
  const portIn = (env: Record<string, string>) => {
    const { settings, report } = invocationFor([], env);
    return [settings.port, report.find(({ key }) => key === "port")!.origin];
  };
  assert.deepEqual(portIn({ PORT: "9000" }), [8080, { kind: "default" }]);
  assert.deepEqual(portIn({ PORT: "no port", K_SERVICE: "" }), [8080, { kind: "default" }]);
  for (const known of ["K_SERVICE", "DYNO"]) {
    const env = { PORT: "9000", [known]: "web.1" };
    assert.deepEqual(portIn(env), [9000, { kind: "variable", name: "PORT" }]);
    for (const name of ["SAGEMAKER_BIND_TO_PORT", "TANDEM_PORT"]) {
      assert.deepEqual(portIn({ ...env, [name]: "9001" }), [9001, { kind: "variable", name }]);
    }
  }
});

Deno.test("settings: WEB_CONCURRENCY counts after the other variables", () => {
  const workersIn = (env: Record<string, string>) => invocationFor([], env).settings.workers;
  assert.equal(workersIn({ WEB_CONCURRENCY: "3" }), 3);
  for (const name of ["TANDEM_WORKERS", "MODEL_SERVER_WORKERS", "SAGEMAKER_MODEL_SERVER_WORKERS"]) {
    assert.equal(workersIn({ WEB_CONCURRENCY: "3", [name]: "2" }), 2);
  }
});
