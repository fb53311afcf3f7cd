/** A worker class that this gunicorn does not have is not one whose library is missing: gunicorn 26 has no eventlet. */

import assert from "node:assert/strict";
import { forEachLaunch } from "../../support/harness.ts";

/** What gunicorn 26 has removed. */
const COPY = `import gunicorn, os, re, shutil, sys
package = os.path.join(sys.argv[1], "gunicorn")
shutil.copytree(gunicorn.__path__[0], package)
path = os.path.join(package, "workers", "__init__.py")
text = open(path).read()
open(path, "w").write(re.sub(r".*eventlet.*\\n", "", text))
worker = os.path.join(package, "workers", "geventlet.py")
if os.path.exists(worker):
    os.remove(worker)`;

forEachLaunch("check gives advice on eventlet that suits the gunicorn", async (harness) => {
  const image = harness.image();
  const folder = `${image.folder}/packages`;
  Deno.mkdirSync(folder);
  const copy = new Deno.Command("/usr/bin/python3", { args: ["-c", COPY, folder] });
  assert.ok((await copy.output()).success);
  const check = await harness.start({
    image,
    command: ["check", ...image.flags, "--worker-class", "eventlet"],
    env: { PYTHONPATH: folder },
  });
  assert.equal((await check.exit(60_000)).code, 78);
  const line = check.lines.find((line) => /^failed +worker class /.test(line)) ?? "";
  assert.match(
    line,
    /cannot load the worker class eventlet .*: choose another --worker-class: this version of gunicorn does not have it$/,
  );
}, ["ordinary process"]);
