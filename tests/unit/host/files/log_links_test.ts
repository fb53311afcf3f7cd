import assert from "node:assert/strict";
import { makeLogLink } from "../../../../lib/host/files/log_links.ts";
import { libc } from "../../../../lib/host/system/libc.ts";
import { inFolder } from "../../support/in_folder.ts";

libc(); // Opened here, because a test that opens it would count as leaking a library.

const target = "/dev/stdout";

const namesIn = (folder: string) => [...Deno.readDirSync(folder)].map(({ name }) => name).sort();

Deno.test("log links: a missing link is made, and its folder too", () =>
  inFolder((folder) => {
    const path = `${folder}/var/log/access.log`;
    assert.equal(makeLogLink({ path, target }), "made");
    assert.equal(Deno.readLinkSync(path), target);
    assert.deepEqual(namesIn(`${folder}/var/log`), ["access.log"]);
  }));

Deno.test("log links: a link that is right keeps its inode", () =>
  inFolder((folder) => {
    const path = `${folder}/access.log`;
    makeLogLink({ path, target });
    const before = Deno.lstatSync(path);

    assert.equal(makeLogLink({ path, target }), "already right");

    assert.equal(Deno.lstatSync(path).ino, before.ino);
  }));

Deno.test("log links: a link to another file is replaced, and that file is unchanged", () =>
  inFolder((folder) => {
    const path = `${folder}/access.log`;
    Deno.writeTextFileSync(`${folder}/elsewhere`, "precious");
    Deno.symlinkSync(`${folder}/elsewhere`, path);

    assert.equal(makeLogLink({ path, target }), "made");

    assert.equal(Deno.readLinkSync(path), target);
    assert.equal(Deno.readTextFileSync(`${folder}/elsewhere`), "precious");
    assert.deepEqual(namesIn(folder), ["access.log", "elsewhere"]);
  }));

Deno.test("log links: a broken link is replaced", () =>
  inFolder((folder) => {
    const path = `${folder}/access.log`;
    Deno.symlinkSync(`${folder}/nowhere`, path);
    assert.equal(makeLogLink({ path, target }), "made");
    assert.equal(Deno.readLinkSync(path), target);
  }));

Deno.test("log links: an empty log file is replaced without a copy", () =>
  inFolder((folder) => {
    const path = `${folder}/access.log`;
    Deno.writeTextFileSync(path, "");
    assert.equal(makeLogLink({ path, target }), "made");
    assert.deepEqual(namesIn(folder), ["access.log"]);
  }));

Deno.test("log links: a log file with data is kept under a number, and so are older ones", () =>
  inFolder((folder) => {
    const path = `${folder}/access.log`;
    const start = (data: string) => {
      Deno.writeTextFileSync(`${folder}/new`, data);
      Deno.renameSync(`${folder}/new`, path);
      return makeLogLink({ path, target });
    };

    assert.equal(start("first"), "made, old log kept as a .1 file");
    start("second");

    assert.deepEqual(namesIn(folder), ["access.log", "access.log.1", "access.log.2"]);
    assert.equal(Deno.readLinkSync(path), target);
    assert.equal(Deno.readTextFileSync(`${path}.1`), "first");
    assert.equal(Deno.readTextFileSync(`${path}.2`), "second");
  }));

Deno.test("log links: a folder at the path of the log is an error and stays", () =>
  inFolder((folder) => {
    const path = `${folder}/access.log`;
    Deno.mkdirSync(path);
    assert.throws(() => makeLogLink({ path, target }), /neither a file nor a link/);
    assert.ok(Deno.lstatSync(path).isDirectory);
    assert.deepEqual(namesIn(folder), ["access.log"]);
  }));

Deno.test("log links: if the folder cannot be created, the file system's error is thrown", () =>
  inFolder((folder) => {
    Deno.writeTextFileSync(`${folder}/file`, "");
    assert.throws(
      () => makeLogLink({ path: `${folder}/file/log/access.log`, target }),
      (error) => error instanceof Error && /not a directory/i.test(error.message),
    );
  }));
