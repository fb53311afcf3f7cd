/** tandem: runs nginx and gunicorn as one. Reads what it was given, and exits with what came of it. */

import { run } from "./lib/cli/run.ts";

Deno.exit(await run(Deno.args, Deno.env.toObject()));
