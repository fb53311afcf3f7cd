/** tandem runs nginx and gunicorn as one: parses the command line, runs the command, exits with its status. */

import { run } from "./lib/cli/run.ts";

Deno.exit(await run(Deno.args, Deno.env.toObject()));
