/** The slim edition's host gives the same answers as Deno does. */

import assert from "node:assert/strict";
import { join } from "node:path";
import * as esbuild from "esbuild";
import { buildSlim } from "../../scripts/build_slim.ts";
import { listenWithFullBacklog } from "../support/machine/unix_sockets.ts";
import { flavours } from "../../scripts/quickjs.ts";

const here = import.meta.dirname!;
const decoder = new TextDecoder();

/** What starts a program on each of the two hosts. */
type Hosts = Record<"deno" | "slim", string[]>;

async function prepare(program: string, folder: string): Promise<Hosts> {
  const source = join(here, `${program}.ts`);
  const output = join(folder, program);
  await buildSlim(source, output, flavours.x64, "test");
  return { deno: [Deno.execPath(), "run", "-A", "--quiet", "--no-check", source], slim: [output] };
}

const env = {
  CONFORMANCE: "value",
  CONFORMANCE_EMPTY: "",
  NO_COLOR: "1",
  // Standard library and subprocesses speak one language.
  LC_ALL: "C",
};

async function run([executable = "", ...first]: string[], args: string[]) {
  const command = new Deno.Command(executable, { args: [...first, ...args], env, stdin: "null" });
  const { code, signal, stdout, stderr } = await command.output();
  return { code, signal, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}

/** Two servers that the calls talk to. */
function startServers(folder: string) {
  const echo = Deno.listen({ transport: "unix", path: join(folder, "echo.sock") });
  const hangUp = Deno.listen({ transport: "unix", path: join(folder, "hang-up.sock") });
  const tcp = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serve = async (listener: Deno.Listener, answer: (conn: Deno.Conn) => Promise<void>) => {
    for await (const connection of listener) answer(connection).catch(() => {});
  };
  const back = (connection: Deno.Conn) => connection.readable.pipeTo(connection.writable);
  const running = [
    serve(echo as Deno.Listener, back),
    serve(tcp, back),
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
    const deno = await run(calls.deno, args);
    const slim = await run(calls.slim, args);
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

    const endings = await prepare("endings", folder);
    const ways = [
      ...(await Deno.readTextFile(join(here, "endings.ts"))).matchAll(/^ {2}"(.+?)": /gm),
    ]
      .map(([, way]) => way!)
      .filter((way) => !way.startsWith("a reader"));
    for (const way of ways) {
      await t.step(`end: ${way}`, async () => {
        const [deno, slim] = await Promise.all([
          run(endings.deno, [way]),
          run(endings.slim, [way]),
        ]);
        // Stack traces differ; what was thrown does not.
        const essence = ({ stderr, ...rest }: typeof deno) => ({
          ...rest,
          said: stderr.split("\n")[0],
          cause: /^Caused by: .*/m.exec(stderr)?.[0],
        });
        assert.deepEqual(essence(slim), essence(deno));
      });
    }

    for (const [host, command] of Object.entries(endings)) {
      await t.step(`a reader who sleeps holds nothing up: ${host}`, async () => {
        const [executable = "", ...args] = command;
        const child = new Deno.Command(executable, {
          args: [...args, "a reader who sleeps"],
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

      await t.step(`a reader who is gone: ${host}`, async () => {
        const [executable = "", ...args] = command;
        const child = new Deno.Command("/bin/sh", {
          args: [
            "-c",
            '(sleep 0.1; "$@"; echo $? >&2) | true',
            "sh",
            executable,
            ...args,
            "a reader who is gone",
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
