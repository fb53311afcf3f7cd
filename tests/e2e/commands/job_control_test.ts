/** Job control of a real shell: Ctrl-Z and fg, a terminal that closes, and a shell that dies. */

import assert from "node:assert/strict";
import { editions } from "../../support/editions.ts";
import { Image } from "../../support/image.ts";
import { killFamily } from "../../support/machine/launch_processes.ts";
import { titled } from "../../support/machine/needs.ts";
import { isTaken } from "../../support/machine/ports.ts";
import { fixtures } from "../../support/paths.ts";
import { processes, workingDirectoryOf } from "../../support/machine/process_table.ts";
import { Tmux } from "../../support/terminal/tmux.ts";
import { ask } from "../../support/traffic/http_client.ts";
import { until } from "../../support/waiting.ts";

const WINDOW = 0;
const LONG_MS = 60_000;

async function openSession(path: string, image: Image): Promise<Tmux> {
  const env = { TMPDIR: image.temp, MODEL_SERVER_WORKERS: "1" };
  const tmux = await Tmux.open({ folder: image.folder, env, columns: 100, rows: 30 });
  const command = `${path} serve ${image.flags.join(" ")} --chdir ${image.program}`;
  await tmux.type(WINDOW, `${command}; echo "exit status $?"`);
  await tmux.line(WINDOW, /^tandem: ready in \d+ ms/, LONG_MS);
  return tmux;
}

for (const { name, path } of editions) {
  Deno.test({
    ...titled(`the pair serves while tandem is stopped by Ctrl-Z, and fg continues it (${name})`, {
      tools: ["tmux"],
    }),
    async fn() {
      using image = new Image();
      await using tmux = await openSession(path, image);
      await tmux.press(WINDOW, "C-z");
      await tmux.line(WINDOW, /Stopped/);
      assert.equal((await ask(image.port, "/ping")).status, 200);
      await tmux.type(WINDOW, 'fg; echo "at last $?"');
      await tmux.line(WINDOW, /^\S*tandem\S* serve/);
      assert.equal((await ask(image.port, "/ping")).status, 200);
      await tmux.press(WINDOW, "C-c");
      await tmux.line(WINDOW, /^at last 0$/, LONG_MS);
    },
  });

  Deno.test({
    ...titled(`a terminal that closes ends the pair (${name})`, { tools: ["tmux"] }),
    async fn() {
      using image = new Image();
      await using tmux = await openSession(path, image);
      // Another window keeps tmux alive.
      await tmux.newWindow();
      await tmux.closeWindow(WINDOW);
      const left = () =>
        processes().filter(({ pid, name }) =>
          /tandem|nginx|gunicorn/.test(name) && workingDirectoryOf(pid)?.startsWith(image.folder)
        );
      await until(
        LONG_MS,
        "the end of the pair",
        async () => left().length === 0 && !await isTaken(image.port),
      );
      assert.deepEqual([...Deno.readDirSync(image.state)], []);
    },
  });

  Deno.test({
    ...titled(`a shell that dies while its terminal stays open ends the pair (${name})`, {
      tools: ["python3"],
    }),
    async fn() {
      using image = new Image();
      const id = crypto.randomUUID();
      await using family = new AsyncDisposableStack();
      family.defer(() => killFamily({ variable: `PAIR_TEST_ID=${id}`, folder: image.folder }));
      const shell = new Deno.Command("python3", {
        args: [
          `${fixtures}/killed_shell.py`,
          ...[path, "serve", ...image.flags, "--chdir", image.program],
        ],
        env: { TMPDIR: image.temp, MODEL_SERVER_WORKERS: "1", PAIR_TEST_ID: id },
        signal: AbortSignal.timeout(LONG_MS),
        stderr: "null",
      });
      const shown = new TextDecoder().decode((await shell.output()).stdout);
      assert.match(shown, /tandem: stopping: SIGHUP/);
      assert.match(shown, /; exit 0\r?$/m);
      assert.equal(await isTaken(image.port), false);
    },
  });
}
