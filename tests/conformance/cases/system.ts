import type { Cases } from "./cases.ts";

export const system: Cases = () => ({
  "arguments": () => Deno.args.length,
  "environment": () => [
    Deno.env.get("CONFORMANCE"),
    Deno.env.get("CONFORMANCE_MISSING"),
    Deno.env.has("CONFORMANCE"),
    Deno.env.has("CONFORMANCE_MISSING"),
    Deno.env.toObject().CONFORMANCE,
    Deno.env.get("CONFORMANCE_EMPTY"),
  ],
  "environment, changed": () => {
    Deno.env.set("CONFORMANCE_SET", "a=b");
    return [Deno.env.get("CONFORMANCE_SET"), Deno.env.toObject().CONFORMANCE_SET];
  },
  "environment, no name": () => Deno.env.get(""),
  "environment, no good name": () => Deno.env.set("a=b", "c"),
  "who": () => [Deno.uid(), Deno.gid(), Deno.pid > 0],
  "machine": () => [Deno.build.os, Deno.build.arch],
  "executable": () => Deno.statSync(Deno.execPath()).isFile,
  "CPUs": () => navigator.hardwareConcurrency,
  "terminals": () => [
    Deno.stdin.isTerminal(),
    Deno.stdout.isTerminal(),
    Deno.stderr.isTerminal(),
  ],
  "size of no terminal": () => Deno.consoleSize(),
  "standard input": () => Deno.stdin.read(new Uint8Array(8)),
  "write": () => Deno.stdout.write(new TextEncoder().encode('{"case":"system: written"}\n')),
  "write, much at once": async () => {
    const line = `{"case":"system: long","value":"${"x".repeat(300_000)}"}\n`;
    return await Deno.stdout.write(new TextEncoder().encode(line)) > 0;
  },
  "error classes": () => {
    const { NotFound, BadResource } = Deno.errors;
    const error = new NotFound("what");
    return [
      error instanceof Error,
      error instanceof BadResource,
      `${error}`,
      error.name,
      Object.keys(Deno.errors).length >= 22,
    ];
  },
  "working directory": () => Deno.cwd(),
});
