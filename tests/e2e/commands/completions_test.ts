/** Tab in bash, zsh and fish offers exactly what fits at the cursor. */

import assert from "node:assert/strict";
import { commandNames, commandOf, settingsOf } from "../../../lib/cli/command_table.ts";
import { logsModes } from "../../../lib/plan/settings.ts";
import { type Edition, editions } from "../../support/editions.ts";
import { titled } from "../../support/machine/needs.ts";
import { type Asked, linesOf, shells } from "../../support/terminal/shells.ts";

const lines: [line: string, offered: readonly string[]][] = [
  ["tandem ", commandNames],
  ["tandem co", ["config", "completions"]],
  ["tandem --port 8080 st", ["status", "stop"]],
  ["tandem --wor", ["--workers", "--worker-class"]],
  ["tandem serve --wor", ["--workers", "--worker-class"]],
  ["tandem serve --workers ", []],
  ["tandem serve --logs ", logsModes],
  ["tandem serve --logs=p", ["prefix"]],
  ["tandem serve --app wsgi:app --logs=prefix --log-f", ["--log-format"]],
  ["tandem serve --no-log-links --log-level=debug --log-format j", ["json"]],
  ["tandem serve --chdir fol", ["folder", "folder of mine"]],
  ["tandem serve --chdir=fol", ["folder", "folder of mine"]],
  ["tandem check --nginx-conf f", ["file", "folder", "folder of mine"]],
  ["tandem check --sta", ["--state-dir", "--start-timeout"]],
  ["tandem stop --ti", ["--timeout"]],
  ["tandem status --ti", ["--timeline"]],
  ["tandem serve -- ", []],
  ["tandem serve -- --", []],
  ["tandem --workers 2 -- --log", []],
  ["tandem help co", ["config", "completions"]],
  ["tandem help s", ["serve", "status", "stop", "signals"]],
  ["tandem help ", [...commandNames, "exit-status", "signals"]],
  ["tandem help --a", ["--all"]],
  ["tandem completions ", ["bash", "zsh", "fish"]],
  ["tandem completions bash z", []],
  ["tandem nonsense --", []],
  ["./tandem serve --log-l", ["--log-level"]],
];

/** Every command offers its own flags. */
const flagLines = commandNames.map((name): [string, string[]] => {
  const own = [...commandOf(name).flags ?? [], ...settingsOf(commandOf(name))];
  return [`tandem ${name} --`, [...own.map(({ flag }) => `--${flag}`), "--help", "--version"]];
});

const hostile = [
  "tandem $(touch harm) --",
  "tandem serve --chdir $(touch${IFS}harm)/f",
  "tandem serve --chdir `touch harm`/f",
  "tandem serve --nginx-conf=$(touch harm)",
  "tandem serve --logs '$(touch harm)",
  "tandem serve --port x[$(touch${IFS}harm)0] --",
];

const [first, ...others] = editions;

for (const [name, complete] of Object.entries(shells)) {
  Deno.test({
    ...titled(`completions: ${name}`, { tools: [name] }),
    fn: async (test) => {
      await using asked = await openFolder(await printed(first!, name));
      for (const [line, offered] of [...lines, ...flagLines]) {
        await test.step(line, async () => {
          assert.deepEqual((await complete(line, asked)).sort(), [...offered].sort());
        });
      }
      await test.step("what is typed is never executed", async () => {
        for (const line of hostile) await complete(line, asked);
        await assert.rejects(Deno.stat(`${asked.folder}/harm`), Deno.errors.NotFound);
      });
    },
  });

  for (const edition of others) {
    Deno.test(`completions: ${name}, the same script from ${edition.name}`, async () => {
      assert.equal(await printed(edition, name), await printed(first!, name));
    });
  }
}

test(
  "completions: bash in a terminal, with tandem called by its path",
  ["bash", "script"],
  async () => {
    await using asked = await openFolder(await printed(first!, "bash"));
    const { folder, script } = asked;
    await Deno.writeTextFile(`${folder}/tandem`, `#!/bin/sh\nprintf '<%s>' "$@" >words\n`);
    await Deno.chmod(`${folder}/tandem`, 0o755);
    await Deno.writeTextFile(`${folder}/it's`, "");
    await Deno.writeTextFile(`${folder}/script`, script);
    await Deno.writeTextFile(
      `${folder}/keys`,
      "source ./script\n" +
        "./tandem serve --log-l\tdeb\t--logs=pre\t --app wsgi:app --no-l\t --gr\t 9 " +
        `--socket it\t --chdir folder\\ \t --nginx-conf "fi\t --state-dir ~/folder\\ \t\nexit\n`,
    );
    const shell = "bash --norc --noprofile -i";
    await linesOf(["sh", "-c", `script -qec '${shell}' /dev/null <keys >/dev/null`], folder);
    assert.equal(
      await Deno.readTextFile(`${folder}/words`),
      "<serve><--log-level><debug><--logs=prefix><--app><wsgi:app><--no-log-links><--grace-period><9>" +
        `<--socket><it's><--chdir><folder of mine/><--nginx-conf><file><--state-dir><${folder}/folder of mine/>`,
    );
  },
);

test("completions: zsh loads the script from fpath", ["zsh"], async () => {
  await using asked = await openFolder("");
  const { folder } = asked;
  await Deno.mkdir(`${folder}/functions`);
  await Deno.writeTextFile(`${folder}/functions/_tandem`, await printed(first!, "zsh"));
  const script = "fpath=($PWD/functions $fpath); compinit -u -D";
  for (const line of ["tandem nginx", "tandem help nginx", "folder/tandem nginx"]) {
    assert.deepEqual(await shells.zsh(line, { folder, script }), ["nginx-conf"]);
  }
});

test("completions: fish shows descriptions", ["fish"], async () => {
  await using asked = await openFolder(await printed(first!, "fish"));
  const { folder, script } = asked;
  await Deno.writeTextFile(`${folder}/script`, script);
  const ask = "source script; complete -C 'tandem stop --t'; complete -C 'tandem sto'";
  assert.deepEqual(await linesOf(["fish", "--no-config", "-c", ask], folder), [
    "--timeout\tgive up after S seconds; the default is the instance's grace period plus 5 s",
    "stop\tstop the running instance and wait until it has exited",
  ]);
});

function test(title: string, tools: string[], fn: () => Promise<void>): void {
  Deno.test({ ...titled(title, { tools }), fn });
}

async function printed({ path }: Edition, shell: string): Promise<string> {
  return (await linesOf([path, "completions", shell], "/")).join("\n") + "\n";
}

/** A folder with a file and two folders to complete. */
async function openFolder(script: string): Promise<Asked & AsyncDisposable> {
  const folder = await Deno.makeTempDir();
  await Deno.writeTextFile(`${folder}/file`, "");
  for (const name of ["folder", "folder of mine"]) await Deno.mkdir(`${folder}/${name}`);
  return {
    folder,
    script,
    async [Symbol.asyncDispose]() {
      await Deno.remove(folder, { recursive: true });
    },
  };
}
