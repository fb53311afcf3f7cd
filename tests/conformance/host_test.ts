/** Runs the same programs on Deno and on the slim host, and compares results and messages. */

import assert from "node:assert/strict";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { buildSlim } from "../../scripts/build_slim.ts";
import { listenWithFullBacklog } from "../support/machine/unix_sockets.ts";
import { flavours } from "../../scripts/build/quickjs.ts";

const here = import.meta.dirname!;
const decoder = new TextDecoder();

/** The command that runs a program on each host. */
type Hosts = Record<"deno" | "slim", string[]>;

/** @param defines for the C files of the slim host */
async function prepare(
  program: string,
  folder: string,
  defines: Record<string, number> = {},
): Promise<Hosts> {
  const source = join(here, `${program}.ts`);
  const output = join(folder, program);
  const hostFlags = Object.entries(defines).map(([name, value]) => `-D${name}=${value}`);
  await buildSlim(source, output, { ...flavours.x64, hostFlags }, "test");
  return { deno: [Deno.execPath(), "run", "-A", "--quiet", "--no-check", source], slim: [output] };
}

const env = {
  CONFORMANCE: "value",
  CONFORMANCE_EMPTY: "",
  NO_COLOR: "1",
  LC_ALL: "C",
};

async function run([executable = "", ...first]: string[], args: string[]) {
  const command = new Deno.Command(executable, {
    args: [...first, ...args],
    env,
    stdin: "null",
    // Longer than any program takes on a busy machine.
    signal: AbortSignal.timeout(120_000),
  });
  const { code, signal, stdout, stderr } = await command.output();
  return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Adds two entries that Deno.Command cannot pass: one without "=", one that starts with it. */
const withMalformedEnv = [
  "python3",
  "-c",
  `
import ctypes, os, sys
entries = [f"{name}={value}" for name, value in os.environ.items()] + ["MALFORMED", "=MALFORMED=x"]
strings = lambda texts: (ctypes.c_char_p * (len(texts) + 1))(*map(os.fsencode, texts), None)
ctypes.CDLL(None).execve(os.fsencode(sys.argv[1]), strings(sys.argv[1:]), strings(entries))`,
];

/** The servers that the cases connect to. */
function startServers(folder: string) {
  const echo = Deno.listen({ transport: "unix", path: join(folder, "echo.sock") });
  const hangUp = Deno.listen({ transport: "unix", path: join(folder, "hang-up.sock") });
  const tcp = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (listener: Deno.Listener, handle: (conn: Deno.Conn) => Promise<void>) => {
    for await (const connection of listener) handle(connection).catch(() => {});
  };
  const echoBack = (connection: Deno.Conn) => connection.readable.pipeTo(connection.writable);
  const running = [
    serve(echo as Deno.Listener, echoBack),
    serve(tcp, echoBack),
    serve(hangUp as Deno.Listener, async (connection) => {
      await connection.write(new TextEncoder().encode("bye"));
      connection.close();
    }),
  ];
  return {
    args: [
      join(folder, "echo.sock"),
      join(folder, "hang-up.sock"),
      String((tcp.addr as Deno.NetAddr).port),
    ],
    async [Symbol.asyncDispose]() {
      for (const listener of [echo, hangUp, tcp]) listener.close();
      await Promise.all(running);
    },
  };
}

Deno.test("the hosts agree", async (t) => {
  const folder = await Deno.makeTempDir({ prefix: "tandem-conformance-" });
  try {
    const calls = await prepare("host_calls", folder);
    await using servers = startServers(folder);
    const fullPath = join(folder, "full.sock");
    await using _full = await listenWithFullBacklog(fullPath);
    const args = [...servers.args, fullPath];
    const deno = await run([...withMalformedEnv, ...calls.deno], args);
    const slim = await run([...withMalformedEnv, ...calls.slim], args);
    assert.equal(deno.stderr, "");
    assert.equal(slim.stderr, "");
    assert.equal(slim.code, deno.code);
    const [expected, actual] = [deno, slim].map(({ stdout }) => stdout.trimEnd().split("\n"));
    for (const [i, line] of expected!.entries()) {
      const name = JSON.parse(line).case;
      await t.step(
        name,
        () => assert.deepEqual(JSON.parse(actual![i] ?? "null"), JSON.parse(line)),
      );
    }
    assert.equal(actual!.length, expected!.length);

    await t.step("watches and timers go on after 2^31 of them", async () => {
      // The ids of one case, which starts 100,000 timers, pass that number.
      const late = await prepare("host_calls", folder, { FIRST_ID: 2 ** 31 - 50_000 });
      const { code, stdout, stderr } = await run([...withMalformedEnv, ...late.slim], args);
      assert.deepEqual([code, stderr], [0, ""]);
      assert.deepEqual(stdout.trimEnd().split("\n"), actual);
    });

    const exits = await prepare("exits", folder);
    const titles = [
      ...(await Deno.readTextFile(join(here, "exits.ts"))).matchAll(/^ {2}"(.+?)": /gm),
    ]
      .map(([, title]) => title!)
      .filter((title) => !title.startsWith("stdout:"));
    for (const title of titles) {
      await t.step(`exit: ${title}`, async () => {
        const [deno, slim] = await Promise.all([
          run(exits.deno, [title]),
          run(exits.slim, [title]),
        ]);
        // Stack traces differ; the first line and the cause do not.
        const comparable = ({ stderr, ...rest }: typeof deno) => ({
          ...rest,
          message: stderr.split("\n")[0],
          cause: /^Caused by: .*/m.exec(stderr)?.[0],
        });
        assert.deepEqual(comparable(slim), comparable(deno));
      });
    }

    for (const [host, command] of Object.entries(exits)) {
      await t.step(`stdout: a slow reader does not block the loop: ${host}`, async () => {
        const [executable = "", ...args] = command;
        const child = new Deno.Command(executable, {
          args: [...args, "stdout: reader is slow"],
          stdout: "piped",
          stderr: "piped",
        }).spawn();
        const errors = child.stderr.getReader();
        assert.equal(decoder.decode((await errors.read()).value), "awake\n");
        const lengths = (await Array.fromAsync(child.stdout)).map(({ length }) => length);
        assert.equal(lengths.reduce((sum, length) => sum + length), 300_000);
        assert.equal(decoder.decode((await errors.read()).value), "300000\n");
        await errors.cancel();
        assert.equal((await child.status).code, 0);
      });

      await t.step(`stdout: reader has exited: ${host}`, async () => {
        const [executable = "", ...args] = command;
        const child = new Deno.Command("/bin/sh", {
          args: [
            "-c",
            '(sleep 0.1; "$@"; echo $? >&2) | true',
            "sh",
            executable,
            ...args,
            "stdout: reader has exited",
          ],
          stderr: "piped",
        });
        assert.equal(decoder.decode((await child.output()).stderr), "BrokenPipe\n9\n");
      });
    }
  } finally {
    await esbuild.stop();
    await Deno.remove(folder, { recursive: true });
  }
});
