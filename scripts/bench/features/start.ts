/** What a client, an init system and a user see of a start. */

import { fixtures } from "../../../tests/support/paths.ts";
import { OutputLines } from "../../../tests/support/output_lines.ts";
import { pause } from "../../../tests/support/waiting.ts";
import type { Feature } from "../features.ts";
import { type Image, readIfThere } from "../harness/image.ts";
import type { Launch } from "../harness/launch.ts";
import { endCell, yesOrNo } from "./cells.ts";
import { delayImport, ofThePair, PATIENCE_MS, serves, start, watch } from "./trial.ts";

const IMPORT_SECONDS = 2;
const END_MS = 12_000;
/** For a message that is on its way. */
const LATE_MS = 1000;

export const earlyAnswers: Feature = {
  name: "502s at the start",
  question:
    `How many answers other than 200 does a client get before the first 200, if the app imports for ${IMPORT_SECONDS} s and the client asks every millisecond?`,
  async decide(candidate, benchFolder) {
    await using launch = start(candidate, benchFolder, {
      arrange: (image) => delayImport(image, IMPORT_SECONDS),
    });
    const { refusals } = await launch.firstAnswer();
    return `${refusals}`;
  },
};

export const readiness: Feature = {
  name: "says READY=1",
  question:
    "Is systemd's NOTIFY_SOCKET told that the pair is ready, and not before the app is imported?",
  async decide(candidate, benchFolder) {
    const image = benchFolder.image();
    image.editApp((app) => `${GATE}${app}`);
    const socket = `${image.folder}/notify`;
    const messages = notifySocket(socket, image);
    await messages.line(/^listening$/, PATIENCE_MS);
    await using launch = start(candidate, benchFolder, {
      image,
      environment: { NOTIFY_SOCKET: socket },
    });
    const isReady = () => messages.lines.includes("READY=1");
    const { program } = image;
    await launch.bounded("the import", () => readIfThere(`${program}/importing`) !== "");
    await pause(LATE_MS);
    if (isReady()) return "too early";
    Deno.writeTextFileSync(`${program}/gate`, "open");
    await serves(launch);
    await pause(LATE_MS);
    return yesOrNo(isReady());
  },
};

/** The import of the app ends when a file exists. */
const GATE = `import ctypes, os

open("importing", "w").write("yes")
while not os.path.exists("gate"):
    ctypes.CDLL(None).usleep(20000)
`;

export const failingApp: Feature = {
  name: "app cannot be imported",
  question:
    "What does the container do if the import of the app fails: with which status does it exit?",
  async decide(candidate, benchFolder) {
    await using launch = start(candidate, benchFolder, {
      arrange: (image) => image.editApp(() => "import no_such_module\n"),
    });
    return await endOf(launch);
  },
};

export const brokenConf: Feature = {
  name: "broken nginx.conf",
  question: "What does the container do if nginx.conf has an unknown directive?",
  decide: ofThePair(async (candidate, benchFolder) => {
    await using launch = start(candidate, benchFolder, {
      arrange: (image) => image.editConf((conf) => `no_such_directive on;\n${conf}`),
    });
    return await endOf(launch);
  }),
};

export const takenPort: Feature = {
  name: "port in use",
  question: "What does the container do if another process listens on its port?",
  async decide(candidate, benchFolder) {
    const image = benchFolder.image();
    using _other = Deno.listen({ hostname: "0.0.0.0", port: image.port });
    await using launch = start(candidate, benchFolder, { image });
    return await endOf(launch);
  },
};

async function endOf(launch: Launch): Promise<string> {
  return endCell(await watch(launch, END_MS));
}

/** Listens where systemd would; the end of the launch kills it too, because it runs in the same folder. */
function notifySocket(path: string, { program }: Image): OutputLines {
  const { stdout } = new Deno.Command("python3", {
    args: [`${fixtures}/datagrams.py`, path],
    cwd: program,
    stdin: "null",
    stdout: "piped",
  }).spawn();
  return new OutputLines(stdout);
}
