/** The process, its standard streams, and the error classes. */

import type { Cases } from "./cases.ts";

function classOf(call: () => void): string {
  try {
    call();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "NotFound";
    if (error instanceof Deno.errors.PermissionDenied) return "PermissionDenied";
    if (error instanceof Deno.errors.AlreadyExists) return "AlreadyExists";
    throw error;
  }
  return "nothing thrown";
}

export const system: Cases = () => ({
  "args": () => Deno.args.length,
  "env": () => [
    Deno.env.get("CONFORMANCE"),
    Deno.env.get("CONFORMANCE_MISSING"),
    Deno.env.has("CONFORMANCE"),
    Deno.env.has("CONFORMANCE_MISSING"),
    Deno.env.toObject().CONFORMANCE,
    Deno.env.get("CONFORMANCE_EMPTY"),
  ],
  "env: malformed entries": () =>
    Object.entries(Deno.env.toObject()).filter(([name]) => name.includes("MALFORM")),
  "env.set": () => {
    Deno.env.set("CONFORMANCE_SET", "a=b");
    return [Deno.env.get("CONFORMANCE_SET"), Deno.env.toObject().CONFORMANCE_SET];
  },
  "env.set, env.delete, and what a child inherits": async () => {
    Deno.env.set("CONFORMANCE_INHERITED", "é");
    const command = new Deno.Command("/bin/sh", {
      args: ["-c", "echo $CONFORMANCE_INHERITED $CONFORMANCE_EXTRA"],
      env: { CONFORMANCE_EXTRA: "extra" },
    });
    const set = new TextDecoder().decode((await command.output()).stdout);
    Deno.env.delete("CONFORMANCE_INHERITED");
    Deno.env.delete("CONFORMANCE_MISSING");
    const deleted = new TextDecoder().decode((await command.output()).stdout);
    return [set, deleted, Deno.env.has("CONFORMANCE_INHERITED")];
  },
  "env.get: empty name": () => Deno.env.get(""),
  "env.set: invalid name": () => Deno.env.set("a=b", "c"),
  "uid, gid, pid": () => [Deno.uid(), Deno.gid(), Deno.pid > 0],
  "build": () => [Deno.build.os, Deno.build.arch],
  "execPath": () => Deno.statSync(Deno.execPath()).isFile,
  "CPUs": () => navigator.hardwareConcurrency,
  "isTerminal": () => [
    Deno.stdin.isTerminal(),
    Deno.stdout.isTerminal(),
    Deno.stderr.isTerminal(),
  ],
  "consoleSize: no terminal": () => Deno.consoleSize(),
  "read stdin at its end": () => Deno.stdin.read(new Uint8Array(8)),
  "write to stdout": () =>
    Deno.stdout.write(new TextEncoder().encode('{"case":"system: written"}\n')),
  "write 300 kB to stdout": async () => {
    const line = `{"case":"system: long","value":"${"x".repeat(300_000)}"}\n`;
    return await Deno.stdout.write(new TextEncoder().encode(line)) > 0;
  },
  "error classes": () => {
    const error = new Deno.errors.NotFound("what");
    return [
      error instanceof Error,
      error instanceof Deno.errors.BadResource,
      `${error}`,
      error.name,
      Object.keys(Deno.errors).length >= 22,
    ];
  },
  "errors.NotFound": () => classOf(() => Deno.statSync("/no/such/file")),
  "errors.AlreadyExists": () => classOf(() => Deno.mkdirSync("/")),
  "errors.PermissionDenied": () => classOf(() => Deno.chmodSync("/proc/self/status", 0o600)),
  "version": () => Object.values(Deno.version).every((version) => /^\d/.test(version)),
  "cwd": () => Deno.cwd(),
});
